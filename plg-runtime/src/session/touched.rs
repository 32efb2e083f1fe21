//! Which accounts a command is about, and whether what is remembered is for this program and this stage.

use crate::declared::graph::StackGraph;
use crate::error::Error;
use crate::plan::{PlanOptions, is_meant};
use crate::store::{Intent, State};
use plg_core::codes::{self, Code};
use plg_core::{Account, AccountName, Stack, Stage, linked};
use std::collections::{BTreeMap, BTreeSet};

/// How many addresses a message names.
const NAMED: usize = 3;

/// The accounts of a stage that a command with these options touches: those of what is declared or remembered, as far
/// as the command is about it. The keys of all others are not needed. `state` reads what is remembered, where that
/// matters.
pub fn touched(
    stack: &'static Stack,
    stage: &Stage,
    covers: &PlanOptions,
    state: impl FnOnce() -> Option<State>,
) -> Vec<Account> {
    linked::link(&stack.every_provider());
    let mut all = stack.accounts_of(stage);
    let is_whole = covers.targets.is_empty() && covers.excludes.is_empty();
    let mut used: BTreeSet<AccountName> = BTreeSet::new();
    if is_whole && !stage.is_sandbox() {
        used = stack.all().into_iter().map(|row| row.account()).collect();
        if all.iter().all(|account| used.contains(&account.name)) {
            return all;
        }
    }
    let state = state();
    let remembered = || state.iter().flat_map(|state| &state.resources);
    if !is_whole {
        let Ok(graph) = StackGraph::of(stack, stage.name) else { return all };
        let is_excluded = |address: &str| covers.excludes.iter().any(|pattern| is_meant(pattern, address));
        let is_wanted = |address: &str| {
            let is_target = covers.targets.iter().any(|pattern| is_meant(pattern, address));
            (covers.targets.is_empty() || is_target) && !is_excluded(address)
        };
        // What it needs is looked at, too.
        let mut open: Vec<usize> =
            (0..graph.nodes.len()).filter(|place| is_wanted(&graph.nodes[*place].address)).collect();
        let mut seen = BTreeSet::new();
        while let Some(place) = open.pop() {
            if seen.insert(place) {
                used.insert(graph.nodes[place].account);
                open.extend(&graph.nodes[place].depends);
            }
        }
        let left = remembered().filter(|(address, _)| is_wanted(address));
        used.extend(left.map(|(_, entry)| entry.account()));
    } else {
        used.extend(remembered().map(|(_, entry)| entry.account()));
        used.extend(state.iter().flat_map(|state| &state.watched).map(|watched| watched.account()));
    }
    if stage.is_sandbox() {
        // A sandbox has every account that anything is in.
        for (_, entry) in remembered() {
            let (name, spec) = (entry.account(), linked::find(&entry.kind));
            if let Some(spec) = spec.filter(|_| all.iter().all(|account| account.name != name)) {
                all.push(Account { name, provider: spec.provider(), settings: None });
            }
        }
        if is_whole {
            return all;
        }
    }
    all.retain(|account| used.contains(&account.name));
    all
}

/// Refuses what is remembered of kinds that this program does not know, and in accounts that the stage does not name any
/// more: nothing of it could be looked at, or removed.
pub(crate) fn known(state: &State, pending: &[Intent], stack: &'static Stack, stage: &str) -> Result<(), Error> {
    let kept = state.resources.iter().map(|(address, entry)| (address, &entry.kind));
    let sent = pending.iter().map(|intent| (&intent.address, &intent.kind));
    let mut unknown: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    let mut last = "";
    for (address, kind) in kept.chain(sent) {
        // Addresses are in order, and so are their kinds.
        if kind == last || linked::find(kind).is_some() {
            last = kind;
            continue;
        }
        let all = unknown.entry(kind).or_default();
        if !all.contains(&address.as_str()) {
            all.push(address);
        }
    }
    if let Some((kind, addresses)) = unknown.first_key_value() {
        let kinds: Vec<String> = unknown.keys().map(|kind| format!("`{kind}`")).collect();
        let what = if kinds.len() == 1 { "kind" } else { "kinds" };
        return Err(refused(
            codes::STATE_UNUSABLE,
            format!(
                "this program has no {what} {}, and the state has {}",
                kinds.join(", "),
                counted(addresses, kind)
            ),
            "run the program that has the provider of that kind, or add the provider to the stack again; or remove the entry from the state, and leave the object as it is: `state rm ADDRESS`"
                .to_owned(),
        ));
    }
    let Some(at) = stack.stage(stage).filter(|stage| !stage.is_sandbox()) else { return Ok(()) };
    if state.accounts_used().iter().all(|account| at.account(*account).is_some()) {
        return Ok(());
    }
    let mut gone: BTreeMap<AccountName, Vec<&str>> = BTreeMap::new();
    for (address, entry) in &state.resources {
        let account = entry.account();
        if at.account(account).is_none() {
            gone.entry(account).or_default().push(address);
        }
    }
    let Some((account, addresses)) = gone.first_key_value() else { return Ok(()) };
    Err(refused(
        codes::OTHER_ACCOUNT,
        format!(
            "stage {stage} no longer names the account `{account}`, and {} in it",
            counted(addresses, if addresses.len() == 1 { "object is" } else { "objects are" })
        ),
        format!(
            "name `{account}` in the stage again, remove its declarations and deploy, then remove the account; or remove the entries from the state, and leave the objects as they are: `state rm ADDRESS`"
        ),
    ))
}

fn refused(code: &'static Code, message: String, hint: String) -> Error {
    Error::NotOurs { code, message, hint }
}

/// How many there are of something, and which.
fn counted(addresses: &[&str], what: &str) -> String {
    let more = addresses.len().saturating_sub(NAMED);
    let named = addresses[..addresses.len().min(NAMED)].join(", ");
    let more = if more == 0 { String::new() } else { format!(" and {more} more") };
    format!("{} {what} ({named}{more})", addresses.len())
}
