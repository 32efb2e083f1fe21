//! Which permissions a stack needs, and which of them a key lacks.

use super::account::Account;
use super::attio;
use crate::declared::graph::StackGraph;
use plg_schema::{Map, Provider};
use std::collections::{BTreeMap, BTreeSet};

/// The permission that a kind needs, by the path of its list.
pub(crate) fn permission(provider: Provider, path: &str) -> Option<&'static str> {
    match provider {
        Provider::Attio => attio::permission(path),
        // PostHog says what a key may do only by refusing.
        Provider::Posthog => None,
    }
}

/// The permissions wanted that a key lacks, where the API says what it has.
pub(crate) fn missing(account: &Account, wanted: Option<&BTreeSet<&'static str>>) -> Vec<&'static str> {
    let Some(scopes) = &account.scopes else { return Vec::new() };
    wanted.into_iter().flatten().copied().filter(|w| !scopes.iter().any(|s| s == w || s == "*")).collect()
}

/// The permissions that a graph's kinds need, by API.
pub(crate) fn permissions(graph: &StackGraph) -> BTreeMap<Provider, BTreeSet<&'static str>> {
    let mut all: BTreeMap<Provider, BTreeSet<&'static str>> = BTreeMap::new();
    let mut asked: BTreeSet<&str> = BTreeSet::new();
    for node in graph.nodes.iter().filter(|n| !n.standard && asked.insert(n.spec.keyword)) {
        let path = node.spec.wire.listing(&Map::new()).path;
        if let Some(permission) = permission(node.spec.provider, &path) {
            all.entry(node.spec.provider).or_default().insert(permission);
        }
    }
    all
}
