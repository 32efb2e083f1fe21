//! Declarations that are in another account than what is remembered of them: that is left behind under an address of its
//! own, and goes as what is declared no more goes. Nothing of it is the declaration's any more.

use crate::declared::graph::StackGraph;
use crate::store::{Entry, MOVED, State, StateEvent, left_behind};
use std::collections::BTreeMap;
use std::sync::Arc;

/// What is remembered, as a stack with these accounts finds it.
pub(crate) fn moved(graph: &StackGraph, state: Arc<State>) -> Arc<State> {
    let renamed = renamed(graph, &state);
    if renamed.is_empty() && !is_anything_left(&state) {
        return state;
    }
    let mut now = (*state).clone();
    for (from, to) in &renamed {
        if let Some(entry) = now.resources.remove(from) {
            now.resources.insert(to.clone(), entry);
        }
    }
    for (address, depends) in followed(&now) {
        if let Some(entry) = now.resources.get_mut(&address) {
            entry.depends = depends;
        }
    }
    Arc::new(now)
}

/// What has to be recorded so that this is remembered: of those addresses alone that are `meant`.
pub(crate) fn events(graph: &StackGraph, state: &Arc<State>, meant: impl Fn(&str) -> bool) -> Vec<StateEvent> {
    let renamed: BTreeMap<String, String> =
        renamed(graph, state).into_iter().filter(|(from, to)| meant(from) || meant(to)).collect();
    if renamed.is_empty() {
        return Vec::new();
    }
    let now = moved(graph, state.clone());
    let before: BTreeMap<&String, &String> = renamed.iter().map(|(from, to)| (to, from)).collect();
    // What stays where it is first: whoever dies in between finds the same again.
    let other = |(address, entry): (&String, &Entry)| {
        let was = before.get(address).copied().unwrap_or(address);
        let differs = state.resources.get(was).is_some_and(|was| was.depends != entry.depends);
        differs.then(|| StateEvent::Adopt { address: was.clone(), entry: Box::new(entry.clone()) })
    };
    let mut events: Vec<StateEvent> = now.resources.iter().filter_map(other).collect();
    // An address that is taken by another one is freed before.
    let (back, away): (Vec<_>, Vec<_>) = renamed.into_iter().partition(|(from, _)| from.contains(MOVED));
    events.extend(away.into_iter().chain(back).map(|(from, to)| StateEvent::Rename { from, to }));
    events
}

/// Addresses with those that they are remembered under now: what is left behind, and what is declared again where it
/// was left.
fn renamed(graph: &StackGraph, state: &State) -> Vec<(String, String)> {
    let is_anything_left = is_anything_left(state);
    if !graph.has_named_accounts && !is_anything_left && state.resources.values().all(|entry| entry.account.is_none()) {
        return Vec::new();
    }
    let mut away = Vec::new();
    let mut back = Vec::new();
    for node in graph.nodes.iter().filter(|node| !node.standard && !node.is_marker()) {
        let own = state.resources.get(&node.address);
        if own.is_some_and(|entry| entry.is_in(node.spec, node.account)) {
            continue;
        }
        if let Some(entry) = own {
            away.push((node.address.clone(), left_behind(&node.address, entry.account(), &entry.id)));
        }
        if is_anything_left {
            let here = left_behind(&node.address, node.account, "");
            let left = state.resources.range(here.clone()..).next().filter(|(address, _)| address.starts_with(&here));
            back.extend(left.map(|(from, _)| (from.clone(), node.address.clone())));
        }
    }
    away.extend(back);
    away
}

/// Whether anything was left behind, and is not gone yet.
fn is_anything_left(state: &State) -> bool {
    state.resources.keys().any(|address| address.contains(MOVED))
}

/// What others need, where that was left behind in their account or came back there.
fn followed(state: &State) -> Vec<(String, Vec<String>)> {
    let of = |address: &str, by: &Entry| {
        let there = state.resources.get(address);
        if there.is_some_and(|there| there.account() == by.account()) {
            return None;
        }
        let base = address.split(MOVED).next().unwrap_or(address);
        if there.is_none() && base != address {
            return state.resources.contains_key(base).then(|| base.to_owned());
        }
        let here = left_behind(base, by.account(), "");
        let left = state.resources.range(here.clone()..).next().filter(|(address, _)| address.starts_with(&here));
        left.map(|(address, _)| address.clone())
    };
    let mut all = Vec::new();
    for (address, entry) in &state.resources {
        let now: Vec<String> =
            entry.depends.iter().map(|needed| of(needed, entry).unwrap_or_else(|| needed.clone())).collect();
        if now != entry.depends {
            all.push((address.clone(), now));
        }
    }
    all
}
