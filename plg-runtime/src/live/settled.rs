//! What is wanted once declarations that change others in their time did so.

use super::found::LiveState;
use crate::declared::graph::StackGraph;
use crate::store::State;
use plg_core::Settling;
use std::collections::HashMap;
use std::sync::Arc;

/// The graph in which each declaration is wanted as those that change it in their time have left it; the same one, where
/// none did.
pub(crate) fn settled(graph: &Arc<StackGraph>, state: &State, seen: &LiveState) -> Arc<StackGraph> {
    let mut settling: HashMap<usize, Vec<Settling>> = HashMap::new();
    for node in &graph.nodes {
        for place in &node.depends {
            let target = &graph.nodes[*place];
            if !target.spec.wire.may_settle().contains(&node.spec.keyword) || target.existing() {
                continue;
            }
            let live = seen.live(&node.address);
            // What was never made has done nothing.
            if live.is_some() || state.resources.contains_key(seen.remembered_as(&node.address)) {
                let one = Settling { kind: node.spec.keyword, want: &node.want.fields, live };
                settling.entry(*place).or_default().push(one);
            }
        }
    }
    let mut wants = HashMap::new();
    for (place, others) in settling {
        let node = &graph.nodes[place];
        let mut want = node.want.fields.clone();
        node.spec.wire.settled(&mut want, &others);
        if want != node.want.fields {
            wants.insert(place, want);
        }
    }
    if wants.is_empty() { graph.clone() } else { Arc::new(graph.with_wants(wants)) }
}
