//! What a reference stands for, as far as anybody knows.

use super::found::LiveState;
use crate::declared::graph::StackGraph;
use crate::declared::terms::unresolved;
use crate::store::State;
use serde_json::Value as Json;

/// What another resource's outputs or fields are, as far as anybody knows.
pub(crate) fn known(graph: &StackGraph, state: &State, seen: &LiveState, address: &str, get: &str) -> Option<Json> {
    let live = seen.live(address);
    let entry = state.resources.get(address).filter(|_| !seen.fresh || live.is_some());
    let output = live.and_then(|l| l.outputs.get(get)).or_else(|| entry.and_then(|e| e.outputs.get(get)));
    // A field as it will be comes before the field as it is.
    let declared = || graph.get(address).and_then(|n| n.want.fields.get(get)).filter(|v| unresolved(v).is_none());
    output
        .or_else(declared)
        .or_else(|| live.and_then(|l| l.fields.get(get)))
        .or_else(|| entry.and_then(|e| e.fields.get(get)))
        .cloned()
}
