//! What has to be looked at even where nothing else is: what was there before plg is in no state
//! until it was read, and what every account has never is.

use crate::declared::graph::{GraphNode, StackGraph};
use crate::store::State;
use std::collections::BTreeSet;

/// Addresses whose ids are needed where these nodes are written, and which nobody remembers.
pub(crate) fn needed(graph: &StackGraph, state: &State, is_written: impl Fn(&GraphNode) -> bool) -> BTreeSet<String> {
    let unknown: Vec<bool> =
        graph.nodes.iter().map(|n| n.existing() && !state.resources.contains_key(&n.address)).collect();
    let of = |node: &GraphNode| node.depends.iter().copied().filter(|place| unknown[*place]).collect::<Vec<_>>();
    let mut all = BTreeSet::new();
    for node in &graph.nodes {
        // Most need none, and are not asked about.
        let mut open = of(node);
        if open.is_empty() || !is_written(node) {
            continue;
        }
        while let Some(place) = open.pop() {
            let target = &graph.nodes[place];
            if all.insert(target.address.clone()) {
                open.extend(of(target));
            }
        }
    }
    all
}
