//! What is compared: the declared fields of a node, and what is known of it before a write.

use crate::declared::environment::Environment;
use crate::declared::graph::{GraphNode, StackGraph};
use crate::declared::terms::{all_references, all_variables, unresolved};
use crate::live::{self, LiveState, known};
use crate::store::{Entry, Intent, State};
use plg_schema::{Live, Map, Prior};
use std::borrow::Cow;
use std::collections::BTreeSet;

/// What is compared.
pub(crate) struct Inputs<'a> {
    pub(crate) graph: &'a StackGraph,
    pub(crate) state: &'a State,
    pub(crate) seen: &'a LiveState,
    pub(crate) environment: &'a Environment,
    /// Changes and removals of earlier runs that nobody saw the answer of: what they did, nobody else did.
    pub(crate) unanswered: &'a [Intent],
}

/// What a node wants, with references replaced that are known: as remembered, and as sent where that
/// is anything else.
pub(crate) fn declared_and_resolved<'a>(
    inputs: &Inputs,
    node: &'a GraphNode,
    made: &BTreeSet<String>,
) -> (Cow<'a, Map>, Option<Map>) {
    if node.plain {
        return (Cow::Borrowed(&node.want.fields), None);
    }
    let look_up = |address: &str, get: &str| {
        if made.contains(address) {
            return live::declared(inputs.graph.get(address), get).cloned();
        }
        known(inputs.graph, inputs.state, inputs.seen, address, get)
    };
    let declared = all_references(&node.want.fields, &look_up);
    let resolved = match all_variables(&declared, inputs.environment) {
        Cow::Borrowed(_) => None,
        Cow::Owned(resolved) => Some(resolved),
    };
    (declared, resolved)
}

/// What is known of the resource before a write, with its parents.
pub(crate) fn prior(
    node_parents: &[&str],
    resolved: &Map,
    entry: Option<&Entry>,
    live: Option<&Live>,
) -> Option<Prior> {
    let mut prior = match (live, entry) {
        (Some(live), _) => Prior { id: live.id.clone(), outputs: live.outputs.clone(), fields: live.fields.clone() },
        (None, Some(entry)) => {
            Prior { id: entry.id.clone(), outputs: entry.outputs.to_map(), fields: entry.fields.to_map() }
        }
        (None, None) => return None,
    };
    if let Some(entry) = entry {
        for (key, value) in entry.outputs.iter() {
            prior.outputs.entry(key.clone()).or_insert_with(|| value.clone());
        }
    }
    for parent in node_parents {
        let at = entry
            .and_then(|e| e.fields.get(*parent))
            .filter(|v| unresolved(v).is_none())
            .or_else(|| resolved.get(*parent));
        if let Some(value) = at {
            prior.fields.insert((*parent).to_owned(), value.clone());
        }
    }
    Some(prior)
}
