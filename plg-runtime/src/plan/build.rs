//! A plan, made from what is declared, what was applied last and what is live.

use super::change::Change;
use super::decide::step_of;
use super::exclude::exclude;
use super::keys;
use super::one_address::claimed_twice;
use super::prior::Inputs;
use super::remarks::remark;
use super::removal::{depths, removed};
use super::shared;
use super::step::{Plan, Step};
use super::words::tell;
use crate::declared::graph::{GraphNode, StackGraph};
use crate::error::Error;
use crate::live::LateObject;
use crate::parallel::par_map;
use crate::store::{Entry, KindInAccount, MOVED};
use plg_core::{AccountName, Spec};
use std::cmp::Reverse;
use std::collections::BTreeSet;
use std::num::NonZero;

/// In the address of what came back although nobody asked for it, before its id.
pub(crate) const BACK: &str = "@back-";

/// Why something is removed, where the whole stack is not.
const GONE: &str = "no longer declared";

/// Compares; says at once everything that cannot be planned. What is excluded is compared, too: what needs it waits.
pub(crate) fn plan(
    inputs: &Inputs,
    stage: &str,
    destroy: bool,
    targets: &BTreeSet<String>,
    excludes: &[String],
) -> Result<Plan, Error> {
    let mut steps = if destroy { Vec::new() } else { declared(inputs, targets)? };
    let mut removals = removals(inputs, &steps, destroy, targets);
    shared::removals(inputs, &mut removals);
    let problems = keys::order(inputs, &mut steps, &mut removals);
    if !problems.is_empty() {
        return Err(Error::Problems(problems));
    }
    let excluded = exclude(inputs.state, excludes, &mut steps, &mut removals);
    shared::declared(inputs, stage, &steps)?;
    let protected = protected(inputs, &steps, &removals);
    if !protected.is_empty() {
        return Err(Error::Protected(protected));
    }
    steps.extend(removals);
    tell(inputs, &mut steps);
    Ok(Plan {
        stack: inputs.state.stack.clone(),
        stage: stage.to_owned(),
        destroy,
        refreshed: inputs.seen.fresh,
        serial: inputs.state.serial,
        open_writes: Vec::new(),
        late: late(inputs, &steps),
        not_queried: Vec::new(),
        unknown_origin: unknown_origin(inputs),
        excluded,
        steps,
    })
}

/// What arrived late and is in no step: what a plan adopts is managed from then on.
fn late(inputs: &Inputs, steps: &[Step]) -> Vec<LateObject> {
    let is_managed = |late: &&LateObject| {
        steps.iter().any(|s| s.kind == late.kind && s.account == late.account && s.id.as_ref() == Some(&late.id))
    };
    inputs.seen.late.iter().filter(|late| !is_managed(late)).cloned().collect()
}

/// How many resources are remembered by states from before origins were noted.
fn unknown_origin(inputs: &Inputs) -> Option<NonZero<usize>> {
    let unknown = inputs.state.resources.iter().filter(|(address, entry)| entry.is_of_unknown_origin(address));
    NonZero::new(unknown.count())
}

/// Whether an address is one of those a plan is narrowed to.
fn is_wanted(targets: &BTreeSet<String>, address: &str) -> bool {
    targets.is_empty() || targets.contains(address)
}

/// The steps of everything declared, wave by wave.
fn declared(inputs: &Inputs, targets: &BTreeSet<String>) -> Result<Vec<Step>, Error> {
    let mut steps = Vec::with_capacity(inputs.graph.nodes.len());
    let mut problems = Vec::new();
    // Addresses whose outputs are only known once they are made.
    let mut made: BTreeSet<String> = BTreeSet::new();
    let nodes: Vec<&GraphNode> = inputs.graph.nodes.iter().filter(|node| is_wanted(targets, &node.address)).collect();
    // What is made in one wave only matters to those after it.
    for wave in nodes.chunk_by(|a, b| a.wave == b.wave) {
        for planned in par_map(wave, |node| step_of(inputs, node, &made)) {
            match planned {
                Ok(step) => {
                    if matches!(step.change, Change::Create | Change::Replace) {
                        made.insert(step.address.clone());
                    }
                    steps.push(step);
                }
                Err(problem) => problems.push(problem),
            }
        }
    }
    problems.extend(claimed_twice(inputs, &steps));
    remark(inputs, &mut steps);
    if problems.is_empty() { Ok(steps) } else { Err(Error::Problems(problems)) }
}

/// The steps of everything that is remembered and no longer declared; what others need goes after them.
fn removals(inputs: &Inputs, steps: &[Step], destroy: bool, targets: &BTreeSet<String>) -> Vec<Step> {
    let moved: BTreeSet<&str> = steps.iter().filter_map(|step| step.renamed_from.as_deref()).collect();
    let is_declared =
        |address: &str| !destroy && (inputs.graph.get(address).is_some() || instance_of_marker(inputs.graph, address));
    let gone = inputs.state.resources.iter().filter(|(address, _)| {
        !is_declared(address) && !moved.contains(address.as_str()) && is_wanted(targets, address)
    });
    let mut removals: Vec<Step> = gone.map(|(address, entry)| removed(inputs, address, entry)).collect();
    for step in &mut removals {
        if !destroy && !step.address.contains('@') && matches!(step.change, Change::Delete | Change::Archive) {
            let more = step.reason.take().map_or_else(String::new, |why| format!("; {why}"));
            step.reason = Some(format!("{GONE}{more}"));
        }
        let Some((base, _)) = step.address.split_once(MOVED) else { continue };
        if let Some(node) = inputs.graph.get(base).filter(|_| step.writes()) {
            let why = step.reason.take().map_or_else(String::new, |why| format!("; {why}"));
            step.reason = Some(format!("{base} is in the account `{}` now{why}", node.account));
        }
    }
    removals.extend(returned(inputs, steps));
    if removals.len() > 1 {
        let depth = depths(inputs.state);
        let place = |s: &Step| (Reverse(depth.get(s.address.as_str()).copied().unwrap_or(0)), s.address.clone());
        removals.sort_by_key(place);
    }
    removals
}

/// What plg had deleted, and an API brought back beside something that was restored.
fn returned(inputs: &Inputs, steps: &[Step]) -> Vec<Step> {
    let is_managed = |spec: &Spec, account: AccountName, id: &String| {
        let is_step =
            |step: &Step| step.kind == spec.keyword && step.account == account.0 && step.id.as_ref() == Some(id);
        steps.iter().any(is_step)
            || inputs.state.resources.values().any(|entry| entry.id == *id && entry.is_in(spec, account))
    };
    let mut found = Vec::new();
    for (kind, ids) in &inputs.state.returning {
        let (kind, named) = KindInAccount::read(kind);
        let Some(spec) = plg_core::linked::find(kind) else { continue };
        let account = named.map_or_else(|| spec.provider().default_account(), AccountName::read);
        let back = inputs.seen.every(account, kind).filter(|live| ids.contains(&live.id) && !live.archived);
        for live in back.filter(|live| !is_managed(spec, account, &live.id)) {
            let of = named.map_or_else(String::new, |name| format!("{name}-"));
            let address = format!("{kind}.Returned{BACK}{of}{}", live.id);
            let mut step = Step::removal(&address, spec, account, Change::Delete, live.id.clone());
            step.reason = Some("plg had deleted it, and the API restored it with the object it is on".to_owned());
            found.push(step);
        }
    }
    found
}

/// Protected addresses that would be lost, removals first, in the order of the state.
fn protected(inputs: &Inputs, steps: &[Step], removals: &[Step]) -> Vec<String> {
    let is_removed = |step: &&Step| {
        let entry = inputs.state.resources.get(&step.address);
        step.writes() && entry.is_some_and(|entry| is_protected(inputs, &step.address, entry))
    };
    let is_replaced = |step: &&Step| {
        step.change == Change::Replace && inputs.graph.get(&step.address).is_some_and(|n| n.item.common().protect)
    };
    let mut removed: Vec<String> = removals.iter().filter(is_removed).map(|step| step.address.clone()).collect();
    removed.sort_unstable();
    removed.extend(steps.iter().filter(is_replaced).map(|step| step.address.clone()));
    removed
}

fn is_protected(inputs: &Inputs, address: &str, entry: &Entry) -> bool {
    // A declaration that is still there says what counts now. What moved to another account is protected by either.
    let said = |address: &str| inputs.graph.get(address).map(|node| node.item.common().protect);
    match address.split_once(MOVED) {
        Some((base, _)) => entry.protect || said(base) == Some(true),
        None => said(address).unwrap_or(entry.protect),
    }
}

/// `annotation.Marker@7` is the seventh that `annotation.Marker` left.
fn instance_of_marker(graph: &StackGraph, address: &str) -> bool {
    address.split_once('@').and_then(|(base, _)| graph.get(base)).is_some_and(GraphNode::is_marker)
}
