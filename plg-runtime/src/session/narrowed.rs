//! The addresses that a plan is narrowed to.

use super::Session;
use crate::declared::graph::StackGraph;
use crate::error::Error;
use crate::live::LiveState;
use crate::plan::is_meant;
use crate::store::MOVED;
use std::collections::{BTreeMap, BTreeSet};

impl Session {
    /// The addresses that somebody means with one, or with a pattern: declared, or remembered.
    pub(super) fn meant(&self, given: &str) -> Result<Vec<String>, Error> {
        let state = self.remembered();
        let declared = self.graph.nodes.iter().map(|node| node.address.as_str());
        let known: BTreeSet<&str> = declared.chain(state.resources.keys().map(String::as_str)).collect();
        let meant: Vec<String> =
            known.iter().filter(|address| is_meant(given, address)).map(|address| (*address).to_owned()).collect();
        if meant.is_empty() { Err(Error::unknown(given, known)) } else { Ok(meant) }
    }

    /// The addresses a plan is narrowed to: those given, and all they need. One that is remembered under another name by
    /// now stands for that.
    pub(super) fn targets(
        &self,
        given: &[String],
        renamed: &BTreeMap<String, String>,
    ) -> Result<BTreeSet<String>, Error> {
        let mut all = BTreeSet::new();
        let meant = given.iter().map(|given| self.meant(given)).collect::<Result<Vec<_>, _>>()?;
        for address in &meant.concat() {
            let now = renamed.iter().find(|(_, from)| *from == address && self.graph.get(address).is_none());
            with_needed(&self.graph, now.map_or(address, |(now, _)| now), &mut all);
        }
        // What a declaration leaves behind in another account goes with it.
        let state = self.remembered();
        let left = state
            .resources
            .keys()
            .filter(|address| address.split_once(MOVED).is_some_and(|(base, _)| all.contains(base)));
        let left: Vec<String> = left.cloned().collect();
        all.extend(left);
        Ok(all)
    }
}

/// Adds an address, and everything it needs.
fn with_needed(graph: &StackGraph, address: &str, all: &mut BTreeSet<String>) {
    let mut open = vec![address.to_owned()];
    while let Some(address) = open.pop() {
        let node = graph.get(&address);
        if all.insert(address)
            && let Some(node) = node
        {
            open.extend(node.depends.iter().map(|d| graph.nodes[*d].address.clone()));
        }
    }
}

/// The same addresses, and the declarations that have an object of one of them now.
pub(super) fn follow(graph: &StackGraph, targets: &BTreeSet<String>, seen: &LiveState) -> BTreeSet<String> {
    let mut all = targets.clone();
    if targets.is_empty() {
        return all;
    }
    for node in &graph.nodes {
        let owner = seen.look(&node.address).and_then(|look| look.owner.as_ref());
        if owner.is_some_and(|owner| targets.contains(owner)) {
            with_needed(graph, &node.address, &mut all);
        }
    }
    all
}
