//! A node's fields now that what it needs is there: as they are remembered, and as they are sent.

use super::work::{Shared, Why};
use crate::declared::graph::GraphNode;
use crate::declared::terms::sent;
use crate::live::{Sources, entry_of};
use crate::store::{Entry, KindInAccount, Object, Origin, said};
use plg_core::codes;
use plg_core::{Common, Declared, Live, Map, OnDestroy, Prior, Term, Terms};
use serde_json::Value as Json;
use std::borrow::Cow;

/// What a node wants now that everything it needs is there, as it is remembered.
pub(super) fn declared_fields<'a>(shared: &Shared, node: &'a GraphNode) -> Result<Cow<'a, Terms>, Why> {
    if node.plain {
        return Ok(Cow::Borrowed(&node.want.fields));
    }
    let known = |address: &str, get: &str| {
        let (node, live) = (shared.graph.get(address), shared.seen.live(address));
        shared.book.with_state(|state| {
            let entry = state.resources.get(address);
            Sources { node, live, entry, is_applying: true }.value(get)
        })
    };
    let declared = node.want.fields.resolved(&known);
    if let Some(address) = declared.values().find_map(Term::unresolved) {
        return Err(Why::Here(
            codes::NOT_APPLIED,
            format!(
                "it needs {address}, whose id is not known: check in the web app that it exists, then run it again without --no-refresh"
            ),
        ));
    }
    if let Some(name) = node.variables.iter().find(|name| shared.environment.get(name).is_none()) {
        return Err(Why::Here(
            codes::NOT_APPLIED,
            format!("it needs the variable {name}, which is not set: set it, then run it again"),
        ));
    }
    Ok(declared)
}

/// What a node wants, as it is sent.
pub(super) fn resolved_fields<'a>(shared: &Shared, node: &'a GraphNode, declared: &Terms) -> Cow<'a, Map> {
    if node.plain { Cow::Borrowed(node.known()) } else { Cow::Owned(sent(declared, &shared.environment)) }
}

/// The same with what others added to it live, and without what was applied earlier and is declared no more.
pub(super) fn merged_fields(
    shared: &Shared,
    node: &GraphNode,
    resolved: &Map,
    before: Option<&Entry>,
    live: &Map,
) -> Map {
    let applied = before.map(|before| applied_fields(shared, before));
    let merged = |(field, want): (&String, &Json)| {
        let then = applied.as_ref().and_then(|applied| applied.get(field));
        let now = live.get(field);
        (field.clone(), now.map_or_else(|| want.clone(), |now| node.spec.wire.merged(field, want, then, now)))
    };
    resolved.iter().map(merged).collect()
}

/// What was applied last, as it was sent.
pub(super) fn applied_fields(shared: &Shared, before: &Entry) -> Map {
    sent(&before.fields, &shared.environment)
}

pub(super) fn depends(shared: &Shared, node: &GraphNode) -> Vec<String> {
    node.depends.iter().map(|d| shared.graph.nodes[*d].address.clone()).collect()
}

/// What is remembered of a resource that a request made.
pub(super) fn made_entry(shared: &Shared, node: &GraphNode, live: &Live, fields: &Object<Terms>) -> Entry {
    Entry { origin: Origin::Made, ..entry(shared, node, live, fields, None, None) }
}

/// Remembers how a declaration wants its resource to be treated.
pub(super) fn treat(entry: &mut Entry, common: &Common) {
    if entry.origin == Origin::Unknown && common.on_destroy.is_some_and(|word| word != OnDestroy::keep) {
        // Whoever writes that it goes has decided, and only a known origin says that it was written.
        entry.origin = Origin::Adopted;
    }
    entry.on_destroy = common.on_destroy.map_or(String::new(), |word| word.as_str().to_owned());
    entry.protect = common.protect;
}

/// What is remembered of a resource that was there before, as it was remembered or not at all.
pub(super) fn entry(
    shared: &Shared,
    node: &GraphNode,
    live: &Live,
    fields: &Object<Terms>,
    before: Option<&Entry>,
    prior: Option<&Prior>,
) -> Entry {
    let now = shared.now();
    let common = node.item.common();
    // Whatever has another id than was remembered, somebody else made.
    let before_of_it = before.filter(|before| before.id == live.id);
    // Who brought it back, a request of an earlier run without an answer or somebody in the web app, changes nothing
    // about who made it.
    let kind = || KindInAccount::of(node.spec.keyword, said(node.spec, node.account));
    let is_back =
        || shared.book.with_state(|state| !state.archived.is_empty() && state.has_archived(&kind(), &live.id));
    // What came with something that plg made, plg made.
    let came = || {
        let whole = common.parent.filter(|_| node.spec.wire.comes_with_its_whole()).map(Declared::address);
        let made = |whole: String| shared.book.with_state(|state| Some(state.resources.get(&whole)?.origin));
        whole.and_then(made) == Some(Origin::Made)
    };
    let found = || if is_back() || came() { Origin::Made } else { Origin::Adopted };
    let origin = before_of_it.map_or_else(found, |before| before.origin);
    let mut entry = entry_of(node.spec, node.account, live, origin, fields.clone(), depends(shared, node), now);
    if let Some(prior) = prior {
        for (key, value) in prior.outputs.iter().filter(|(k, _)| !node.spec.wire.secrets().contains(&k.as_str())) {
            entry.outputs.entry(key.clone()).or_insert_with(|| value.clone());
        }
    }
    treat(&mut entry, common);
    entry.existing = common.existing;
    common.file.clone_into(&mut entry.file);
    entry.line = common.line;
    if let Some(before) = before {
        entry.created_at.clone_from(&before.created_at);
        entry.sealed.clone_from(&before.sealed);
        entry.unkept.clone_from(&before.unkept);
        entry.given_up.clone_from(&before.given_up);
        entry.remarks.clone_from(&before.remarks);
        entry.unkept.retain(|field, unkept| fields.get(field) == Some(&unkept.sent));
    }
    hold(shared, node, &mut entry);
    entry
}

/// Remembers which values its variables had, in a way that nobody can read without the stage's key.
pub(super) fn hold(shared: &Shared, node: &GraphNode, entry: &mut Entry) {
    if node.variables.is_empty() {
        return;
    }
    let is_only_written = |field: &&str| node.want.fields.get(field).is_some_and(Term::names_variable);
    // Whether the API tells it again nobody knows before.
    let may_be_untold = node.spec.wire.keys_in().is_some();
    let tags = if may_be_untold || node.spec.wire.write_only().iter().any(is_only_written) {
        shared.keeper.made_tags()
    } else {
        shared.keeper.tags()
    };
    let held = |name: &String| Some((name.clone(), tags.tag(name, &shared.environment.get(name)?)?));
    entry.held = node.variables.iter().filter_map(held).collect();
}
