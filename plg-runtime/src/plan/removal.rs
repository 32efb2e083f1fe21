//! What becomes of what is remembered and no longer declared, and in which order.

use super::change::Change;
use super::prior::{Inputs, prior};
use super::step::Step;
use crate::store::{Entry, MOVED, Origin, State};
use plg_core::{Map, OnDestroy, Removal, linked};
use std::collections::BTreeMap;

/// How many others each address stands on, one on the other.
pub(super) fn depths(state: &State) -> BTreeMap<&str, u32> {
    fn depth<'a>(
        state: &'a State,
        address: &'a str,
        found: &mut BTreeMap<&'a str, u32>,
        open: &mut Vec<&'a str>,
    ) -> u32 {
        if let Some(depth) = found.get(address) {
            return *depth;
        }
        if open.contains(&address) {
            return 0;
        }
        open.push(address);
        let deepest = state.resources.get(address).map_or(0, |e| {
            e.depends
                .iter()
                .filter(|d| state.resources.contains_key(*d))
                .map(|d| depth(state, d, found, open) + 1)
                .max()
                .unwrap_or(0)
        });
        open.pop();
        found.insert(address, deepest);
        deepest
    }
    let mut found = BTreeMap::new();
    for address in state.resources.keys() {
        depth(state, address, &mut found, &mut Vec::new());
    }
    found
}

/// Why something is forgotten that could be removed.
fn stays(entry: &Entry) -> &'static str {
    match entry.origin {
        Origin::Unknown => "an earlier plg did not record whether it created it: it stays as it is",
        Origin::Adopted => "it existed before plg: it stays as it is",
        Origin::Made => "somebody created it again: it stays as it is",
    }
}

/// What is done with a resource that is remembered and not declared.
pub(super) fn removed(inputs: &Inputs, address: &str, entry: &Entry) -> Step {
    let place = if entry.file.is_empty() { String::new() } else { format!("{}:{}", entry.file, entry.line) };
    let mut step = Step {
        id: Some(entry.id.clone()),
        depends: entry.depends.clone(),
        ..Step::of(address, (&entry.kind, entry.account()), place, Change::Forget)
    };
    let Some(spec) = linked::find(&entry.kind) else {
        step.reason = Some(format!("this plg has no kind {}", entry.kind));
        return step;
    };
    step.provider = spec.provider().title.to_owned();
    let live = inputs.seen.live(address);
    if entry.existing {
        step.reason = Some("it existed before".to_owned());
        return step;
    }
    // A marker's instances are not listed: deleting one that is gone is no failure.
    let looked = inputs.seen.fresh && inputs.seen.look(address).is_some();
    if looked && live.is_none() {
        step.reason = Some("it no longer exists".to_owned());
        return step;
    }
    if live.is_some_and(|l| l.archived) {
        step.change = Change::Keep;
        step.reason = Some("it is already archived, and cannot be deleted".to_owned());
        return step;
    }
    let declared = inputs.graph.get(address);
    // What was left in another account is still declared: it stays where either says so.
    let moved = address.split_once(MOVED).and_then(|(base, _)| inputs.graph.get(base));
    let is_kept = |declared| inputs.on_destroy(entry, declared) == Some(OnDestroy::keep);
    if is_kept(declared) || moved.is_some_and(|moved| is_kept(Some(moved))) {
        step.change = Change::Keep;
        step.reason = Some("`on_destroy: keep`".to_owned());
        return step;
    }
    if !inputs.is_removable((address, entry), live, declared) {
        step.reason = Some(stays(entry).to_owned());
        return step;
    }
    let Some(prior) = prior(spec.wire, &Map::new(), Some(entry), live) else { return step };
    match spec.wire.remove(&prior) {
        Removal::Delete(_) => step.change = Change::Delete,
        Removal::Archive(_) => {
            step.change = Change::Archive;
            step.reason = Some(format!("{} cannot delete it: its values are kept, but hidden", spec.provider().title));
        }
        Removal::Keep(why) => {
            step.change = Change::Keep;
            step.reason = Some(why.to_owned());
        }
        Removal::Forget(why) => step.reason = Some(why.to_owned()),
    }
    step
}
