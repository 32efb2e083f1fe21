//! A change in as many requests as it takes, one after the other.

use super::request::change;
use super::work::{Did, Shared, Why, Worked};
use crate::declared::graph::GraphNode;
use crate::live::by_id;
use crate::plan::prior;
use crate::store::{Action, Entry};
use plg_core::wire::{pick, same};
use plg_core::{Map, Prior, Terms, codes};

/// Sends what differs. What only a later request sends is not remembered as applied before that: a run that dies in
/// between leaves it to the next one.
pub(super) async fn altered(
    shared: &Shared,
    node: &GraphNode,
    mut entry: Option<Entry>,
    mut before: Prior,
    declared: &Terms,
    sent: &Map,
    mut changed: Vec<String>,
) -> Worked {
    let wire = node.spec.wire;
    let mut all = Did::default();
    loop {
        let part = if changed.is_empty() { None } else { wire.part(sent, &changed, &before) };
        let Some(part) = part else {
            let call = if changed.is_empty() { None } else { wire.update(sent, &changed, &before) };
            let sent = pick(sent, &changed);
            let did = Box::pin(change(shared, node, Action::Update, call, entry, &before, declared, &sent)).await?;
            return Ok(together(all, did));
        };
        let names: Vec<String> = part.keys().cloned().collect();
        let is_done = |field: &String| part.get(field).zip(sent.get(field)).is_some_and(|(now, last)| same(now, last));
        let rest: Vec<String> = changed.iter().filter(|field| !is_done(field)).cloned().collect();
        let mut so_far = declared.clone();
        so_far.retain(|field, _| !rest.iter().any(|name| name == field));
        let call = wire.update(&part, &names, &before);
        let did = Box::pin(change(shared, node, Action::Update, call, entry, &before, &so_far, &part)).await?;
        all = together(all, did);
        if rest.is_empty() {
            return Ok(all);
        }
        if rest == changed && names.iter().all(|name| before.fields.get(name) == part.get(name)) {
            return Err(Why::Here(codes::INTERNAL, "what is left to do of it does not become less".into()));
        }
        entry = shared.book.with_state(|state| state.resources.get(&node.address).cloned());
        let live = by_id(&shared.client_of(node), node.spec, &before).await?;
        let Some(now) = prior(wire, sent, entry.as_ref(), live.as_ref()) else {
            return Err(Why::Here(codes::NOT_APPLIED, "it no longer exists: run it again".into()));
        };
        (before, changed) = (now, rest);
    }
}

fn together(mut all: Did, did: Did) -> Did {
    all.warnings.extend(did.warnings);
    all.secrets.extend(did.secrets);
    Did { warnings: all.warnings, secrets: all.secrets, ..did }
}
