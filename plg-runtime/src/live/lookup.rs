//! What a reference stands for: the one place that says which source goes before which.
//!
//! | | while a plan is made | while it is applied |
//! |---|---|---|
//! | 1 | an output, live | an output, as remembered: this run may just have recorded it |
//! | 2 | an output, as remembered | an output, live |
//! | 3 | the field, as declared | the field, as declared |
//! | 4 | the field, live | the field, live |
//! | 5 | the field, as remembered | the field, as remembered |
//!
//! What is remembered counts only where nobody looked, or what was looked for is there or can be restored as it was. A resource that
//! this plan makes has no outputs yet: only what is declared of it is known.

use super::found::LiveState;
use crate::declared::graph::{GraphNode, StackGraph};
use crate::store::{Entry, State};
use plg_core::{Live, Prior, linked};
use serde_json::Value as Json;

/// Everything that can say what a reference stands for.
#[derive(Clone, Copy)]
pub(crate) struct Sources<'a> {
    /// The declaration, where it is declared.
    pub(crate) node: Option<&'a GraphNode>,
    /// The live object, as far as anybody looked.
    pub(crate) live: Option<&'a Live>,
    /// As it was applied last.
    pub(crate) entry: Option<&'a Entry>,
    /// Whether `entry` may be newer than `live`: while a plan is applied.
    pub(crate) is_applying: bool,
}

impl<'a> Sources<'a> {
    /// The value of an output or a field, as far as anybody knows.
    pub(crate) fn value(&self, get: &str) -> Option<Json> {
        let live = || self.live.and_then(|live| live.outputs.get(get));
        let remembered = || self.entry.and_then(|entry| entry.outputs.get(get));
        let output = if self.is_applying { remembered().or_else(live) } else { live().or_else(remembered) };
        let plain =
            output.or_else(|| declared(self.node, get)).or_else(|| self.live.and_then(|live| live.fields.get(get)));
        plain.cloned().or_else(|| self.entry.and_then(|entry| entry.fields.get(get)?.json()))
    }
}

/// A field as it is declared, where it stands for itself.
pub(crate) fn declared<'a>(node: Option<&'a GraphNode>, get: &str) -> Option<&'a Json> {
    node?.known().get(get)
}

/// What another resource's outputs or fields are, while a plan is made.
pub(crate) fn known(graph: &StackGraph, state: &State, seen: &LiveState, address: &str, get: &str) -> Option<Json> {
    let live = seen.live(address);
    let counts = |entry: &&Entry| !seen.fresh || live.is_some() || is_restored(entry);
    let entry = state.resources.get(seen.remembered_as(address)).filter(counts);
    Sources { node: graph.get(address), live, entry, is_applying: false }.value(get)
}

/// Whether what is remembered and gone comes back under its id.
fn is_restored(entry: &Entry) -> bool {
    let prior = Prior { id: entry.id.clone(), outputs: entry.outputs.to_map(), fields: entry.fields.known() };
    let wire = linked::find(&entry.kind).map(|spec| spec.wire);
    !entry.existing && wire.is_some_and(|wire| wire.undelete(&prior.fields, &prior).is_some())
}

/// The same while lists are still asked for: an address that nobody looked at yet is as remembered.
pub(super) fn known_so_far(
    graph: &StackGraph,
    state: &State,
    seen: &LiveState,
    address: &str,
    get: &str,
) -> Option<Json> {
    known(graph, state, seen, address, get).or_else(|| {
        let entry = state.resources.get(seen.remembered_as(address)).filter(|_| seen.look(address).is_none());
        entry?.outputs.get(get).cloned()
    })
}
