//! Lists below a parent whose id the state lacks, asked for by the parent's name beside the list that
//! tells its id: one round of requests less.

use super::found::{Key, LiveState, Subject, client_of};
use super::list::of_row;
use super::listed::Listed;
use crate::declared::graph::StackGraph;
use crate::http::Clients;
use plg_core::{Term, linked};
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

/// What was listed by name.
#[derive(Debug, Default)]
pub(super) struct Prefetched(HashMap<Key, Listed>);

/// The name by which paths know a parent before its id is known; only what is not ours to make is
/// surely there.
fn name(graph: &StackGraph, term: &Term) -> Option<String> {
    let Term::Ref { address, get } = term else { return None };
    let node = graph
        .get(address)
        .filter(|_| get == "id")
        .filter(|node| node.existing() && node.spec.wire.identity_is_path())?;
    node.spec.wire.identity(node.known()).filter(|name| !name.is_empty())
}

/// The list of a subject by its parents' names.
fn key(graph: &StackGraph, subject: &Subject<'_>) -> Option<Key> {
    let mut parents = subject.parents();
    let mut named = false;
    for value in parents.values_mut() {
        if value.unresolved().is_some() {
            *value = name(graph, value)?.into();
            named = true;
        }
    }
    named.then(|| (subject.account, subject.spec.keyword, subject.spec.wire.listing(&parents.known())))
}

/// The lists that no subject can name by an id yet.
pub(super) fn wanted(graph: &StackGraph, subjects: &[Subject<'_>]) -> BTreeSet<Key> {
    let (known, unknown): (Vec<_>, Vec<_>) = subjects.iter().partition(|subject| subject.listing.is_some());
    let mut wanted: BTreeSet<Key> = unknown.into_iter().filter_map(|subject| key(graph, subject)).collect();
    if !wanted.is_empty() {
        for subject in known {
            if let Some(key) = key(graph, subject) {
                wanted.remove(&key);
            }
        }
    }
    wanted
}

impl Prefetched {
    /// What cannot be listed so is left out: it is asked for again by its id, and fails then.
    pub(super) async fn fetch(client: &Clients, gate: &Arc<Semaphore>, keys: BTreeSet<Key>) -> Prefetched {
        let mut tasks = JoinSet::new();
        for key in keys {
            let (Some(client), Some(spec)) = (client_of(client, &key), linked::find(key.1)) else { continue };
            let gate = gate.clone();
            tasks.spawn(async move {
                let _permit = gate.acquire().await;
                let rows = client.list_as(&key.2, 0, of_row(spec, &key.2)).await;
                (key, rows)
            });
        }
        let mut early = Prefetched::default();
        while let Some(task) = tasks.join_next().await {
            let Ok((key, Ok(rows))) = task else { continue };
            let spec = linked::find(key.1);
            early.0.insert(key, Listed::of(spec, rows.into_iter().flatten().collect()));
        }
        early
    }

    /// The list of a subject, where each parent was found under the name that it was listed by.
    pub(super) fn take(&mut self, graph: &StackGraph, seen: &LiveState, subject: &Subject<'_>) -> Option<Listed> {
        if self.0.is_empty() {
            return None;
        }
        let key = key(graph, subject)?;
        let found = |value: &Term| {
            let Term::Ref { address, .. } = value else { return true };
            let (Some(node), Some(live)) = (graph.get(address), seen.live(address)) else { return false };
            node.spec.wire.identity(&live.fields) == name(graph, value)
        };
        if subject.parents().values().all(found) { self.0.remove(&key) } else { None }
    }
}
