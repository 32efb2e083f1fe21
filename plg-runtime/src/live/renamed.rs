//! Declarations that are remembered under another address: told by the state alone, whether or not anybody looks at
//! what is live.

use super::lookup::Sources;
use crate::declared::environment::Environment;
use crate::declared::graph::{GraphNode, StackGraph};
use crate::declared::terms::sent;
use crate::store::{Entry, State, said};
use plg_core::{Term, Terms};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// The address that each declaration was remembered under, where that is another one: as its `was` says, or, where an
/// address went and another came with the same natural key, as the state says.
pub(crate) fn renamed(graph: &StackGraph, state: &State, environment: &Environment) -> BTreeMap<String, String> {
    let mut renamed = BTreeMap::new();
    let mut added = Vec::new();
    for node in graph.nodes.iter().filter(|node| !state.resources.contains_key(&node.address) && !node.is_marker()) {
        match former(graph, state, &renamed, node) {
            Some(was) => drop(renamed.insert(node.address.clone(), was)),
            None => added.push(node),
        }
    }
    if added.is_empty() {
        return renamed;
    }
    let taken: BTreeSet<&String> = renamed.values().collect();
    // What a replacement or a marker left is nobody's former name.
    let is_gone = |address: &String| graph.get(address).is_none() && !address.contains('@') && !taken.contains(address);
    let gone = Gone::of(state.resources.iter().filter(|(address, _)| is_gone(address)), environment);
    if gone.0.is_empty() {
        return renamed;
    }
    let mut found: BTreeMap<&str, Vec<&GraphNode>> = BTreeMap::new();
    // Parents come first, so that what is within them follows them.
    for node in added {
        // Its parent may just have been found under its former name.
        if let Some(was) = former(graph, state, &renamed, node) {
            renamed.insert(node.address.clone(), was);
        } else if let Some(from) = gone.like(graph, state, &renamed, environment, node) {
            found.entry(from).or_default().push(node);
            renamed.insert(node.address.clone(), from.to_owned());
        }
    }
    // Two that have the same key are refused, and neither is a rename.
    for node in found.values().filter(|nodes| nodes.len() > 1).flatten() {
        renamed.remove(&node.address);
    }
    renamed
}

/// The address that a declaration says it had, where something is remembered under it. What is within another one went
/// with it: `option.Plans.Free` is `option.PlansOf.Free` where `PlansOf` was `Plans`.
fn former(graph: &StackGraph, state: &State, renamed: &BTreeMap<String, String>, node: &GraphNode) -> Option<String> {
    let common = node.item.common();
    let written = common.was.map(|was| plg_core::address(node.spec.keyword, was));
    let around = common.parent.and_then(|parent| renamed.get(&parent.address())).and_then(|around| {
        let (_, around) = around.split_once('.')?;
        let own = common.was.unwrap_or(common.name).rsplit('.').next()?;
        Some(plg_core::address(node.spec.keyword, &format!("{around}.{own}")))
    });
    // Under another account's keys there is nothing to be renamed: it is made there, and removed here.
    let is_there =
        |address: &String| state.resources.get(address).is_some_and(|entry| entry.is_in(node.spec, node.account));
    let is_remembered = |address: &String| is_there(address) && graph.get(address).is_none();
    written.filter(is_there).or_else(|| around.filter(is_remembered))
}

/// Kind, account and key.
type GoneKey<'a> = (&'a str, Option<&'a str>, String);

/// What is remembered and no longer declared, with its address.
struct Gone<'a>(HashMap<GoneKey<'a>, Vec<(&'a str, &'a Entry)>>);

impl<'a> Gone<'a> {
    fn of(entries: impl Iterator<Item = (&'a String, &'a Entry)>, environment: &Environment) -> Self {
        let mut gone: HashMap<GoneKey<'_>, Vec<(&str, &Entry)>> = HashMap::new();
        for (address, entry) in entries {
            let fields = sent(&entry.fields, environment);
            let identity = plg_core::linked::find(&entry.kind).and_then(|spec| spec.wire.identity(&fields));
            if let Some(identity) = identity.filter(|identity| !identity.is_empty()) {
                gone.entry((&entry.kind, entry.account.as_deref(), identity)).or_default().push((address, entry));
            }
        }
        Gone(gone)
    }

    /// The only one that has the kind, the key and the parents of a declaration.
    fn like(
        &self,
        graph: &StackGraph,
        state: &State,
        renamed: &BTreeMap<String, String>,
        environment: &Environment,
        node: &GraphNode,
    ) -> Option<&'a str> {
        let before = |address: &str| renamed.get(address).map_or_else(|| address.to_owned(), Clone::clone);
        let value = |address: &str, get: &str| {
            let entry = state.resources.get(&before(address));
            Sources { node: graph.get(address), live: None, entry, is_applying: false }.value(get)
        };
        let wire = node.spec.wire;
        let referring = node.want.fields.resolved(&value);
        let key_is_known = node.spec.key_fields().all(|field| referring.get(field).is_none_or(is_known));
        let identity = wire.identity(&sent(&referring, environment)).filter(|_| key_is_known)?;
        let same_parent = |entry: &Entry, parent: &str| match node.want.fields.get(parent) {
            // What every account has is in no state, and what is within it says whose it is.
            Some(Term::Ref { address, .. }) => entry.depends.contains(&before(address)),
            Some(to) => entry.fields.get(parent).is_some_and(|applied| applied.is_same(to)),
            None => !entry.fields.contains_key(parent),
        };
        let all = self.0.get(&(node.spec.keyword, said(node.spec, node.account), identity))?;
        let mut like = all.iter().filter(|(_, entry)| wire.parents().iter().all(|parent| same_parent(entry, parent)));
        match (like.next(), like.next()) {
            (Some((address, _)), None) => Some(address),
            _ => None,
        }
    }
}

fn is_known(term: &Term) -> bool {
    term.unresolved().is_none()
}

/// The fields of a map that a kind is found by.
pub(crate) fn key_of(node: &GraphNode, fields: &Terms) -> Vec<Term> {
    node.spec.key_fields().map(|field| fields.get(field).cloned().unwrap_or_default()).collect()
}
