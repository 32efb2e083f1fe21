//! What has to be looked at even where nothing else is: what was there before plg is in no state
//! until it was read, and Attio's own objects never are.

use crate::graph::Graph;
use crate::plan::Plan;
use crate::store::State;
use std::collections::BTreeSet;

/// Addresses whose ids a plan's writes need and nobody remembers.
pub(crate) fn needed(graph: &Graph, state: &State, plan: &Plan) -> BTreeSet<String> {
    let mut all = BTreeSet::new();
    let mut open: Vec<&str> = plan.steps.iter().filter(|s| s.writes()).map(|s| s.address.as_str()).collect();
    while let Some(address) = open.pop() {
        let depends = graph.get(address).into_iter().flat_map(|node| &node.depends).map(|d| &graph.nodes[*d]);
        for target in depends.filter(|t| t.existing() && !state.resources.contains_key(&t.address)) {
            if all.insert(target.address.clone()) {
                open.push(&target.address);
            }
        }
    }
    all
}
