//! What is compared: the declared fields of a node, and what is known of it before a write.

use super::holdings::Holdings;
use crate::declared::environment::Environment;
use crate::declared::graph::{GraphNode, StackGraph};
use crate::declared::terms::sent;
use crate::live::{self, LiveState, known};
use crate::store::seal::ValueTags;
use crate::store::{Entry, Intent, State};
use plg_core::source::words::Names;
use plg_core::{Live, Map, OnDestroy, Prior, Term, Terms, Wire};
use std::borrow::Cow;
use std::collections::BTreeSet;

/// A term as JSON, in which what is only known later stands as [`Names`] know it.
pub(crate) fn known_later(term: &Term) -> plg_core::serde_json::Value {
    term.resolved(&|address: &str, get: &str| Some(Names::later(address, get))).json().unwrap_or_default()
}

/// What is compared.
pub(crate) struct Inputs<'a> {
    pub(crate) graph: &'a StackGraph,
    pub(crate) state: &'a State,
    pub(crate) seen: &'a LiveState,
    pub(crate) environment: &'a Environment,
    /// Whether what was there before plg is removed and replaced like what plg made.
    pub(crate) include_adopted: bool,
    /// What other states hold in the same accounts.
    pub(crate) others: &'a Holdings,
    /// Changes and removals of earlier runs that nobody saw the answer of: what they did, nobody else did.
    pub(crate) unanswered: &'a [Intent],
    /// Tells whether a variable has the value that was applied.
    pub(crate) tags: &'a ValueTags,
}

impl Inputs<'_> {
    /// Whether a resource that is remembered may be removed or replaced: plg made it, its declaration says so, or the
    /// command does. What has another id than is remembered, somebody else made.
    pub(crate) fn is_removable(
        &self,
        (address, entry): (&str, &Entry),
        live: Option<&Live>,
        declared: Option<&GraphNode>,
    ) -> bool {
        let is_written = self.on_destroy(entry, declared).is_some_and(|word| word != OnDestroy::keep);
        let is_another = live.is_some_and(|live| live.id != entry.id);
        self.include_adopted || is_written || (entry.is_made(address) && !is_another)
    }

    /// What `on_destroy` says of a resource. A declaration that is still there says what counts now.
    pub(crate) fn on_destroy(&self, entry: &Entry, declared: Option<&GraphNode>) -> Option<OnDestroy> {
        declared.map_or_else(|| entry.written_on_destroy(), |node| node.item.common().on_destroy)
    }
}

/// What a node wants, with references replaced that are known: as remembered, and those of its fields that could be
/// sent.
pub(crate) fn declared_and_resolved<'a>(
    inputs: &Inputs,
    node: &'a GraphNode,
    made: &BTreeSet<String>,
) -> (Cow<'a, Terms>, Cow<'a, Map>) {
    if node.plain {
        return (Cow::Borrowed(&node.want.fields), node.known_once());
    }
    let declared = resolved(inputs, &node.want.fields, made);
    let sent = sent(&declared, inputs.environment);
    (declared, Cow::Owned(sent))
}

/// The same of those fields alone that it is found by, within its parents.
pub(crate) fn key_and_parents<'a>(inputs: &Inputs, node: &'a GraphNode) -> (Cow<'a, Terms>, Cow<'a, Map>) {
    let names = node.spec.key_fields().chain(node.spec.wire.parents().iter().copied());
    if node.plain {
        return (Cow::Borrowed(&node.want.fields), Cow::Owned(node.want.fields.known_of(names)));
    }
    let fields: Terms = names.filter_map(|name| Some((name.to_owned(), node.want.fields.get(name)?.clone()))).collect();
    let declared = resolved(inputs, &fields, &BTreeSet::new()).into_owned();
    let sent = sent(&declared, inputs.environment);
    (Cow::Owned(declared), Cow::Owned(sent))
}

/// Fields with those references replaced that are known; what `made` names, as it is declared.
fn resolved<'a>(inputs: &Inputs, fields: &'a Terms, made: &BTreeSet<String>) -> Cow<'a, Terms> {
    fields.resolved(&|address: &str, get: &str| {
        if made.contains(address) {
            return live::declared(inputs.graph.get(address), get).cloned();
        }
        known(inputs.graph, inputs.state, inputs.seen, address, get)
    })
}

/// What is known of the resource before a write, with its parents.
pub(crate) fn prior(wire: &dyn Wire, resolved: &Map, entry: Option<&Entry>, live: Option<&Live>) -> Option<Prior> {
    let mut prior = match (live, entry) {
        (Some(live), _) => Prior { id: live.id.clone(), outputs: live.outputs.clone(), fields: live.fields.clone() },
        (None, Some(entry)) => {
            Prior { id: entry.id.clone(), outputs: entry.outputs.to_map(), fields: entry.fields.known() }
        }
        (None, None) => return None,
    };
    if let Some(entry) = entry {
        for (key, value) in entry.outputs.iter() {
            prior.outputs.entry(key.clone()).or_insert_with(|| value.clone());
        }
    }
    for parent in wire.parents() {
        let then = entry.and_then(|e| e.fields.get(parent)).and_then(Term::json);
        let now = resolved.get(*parent).cloned();
        // Where it was made is where it is; how it is talked to is as it is said now.
        if let Some(value) = if wire.ways().contains(parent) { now.or(then) } else { then.or(now) } {
            prior.fields.insert((*parent).to_owned(), value);
        }
    }
    Some(prior)
}
