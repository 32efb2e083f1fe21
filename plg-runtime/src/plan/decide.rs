//! What is done with one declaration.

use super::change::Change;
use super::changed_key::changed_key;
use super::compare::{Compared, compare};
use super::identify::Identity;
use super::prior::{Inputs, declared_and_resolved, prior};
use super::step::{FieldChange, Step, Unmanaged, UnmanagedBy};
use super::unmanaged::{held, late, replacement, said};
use crate::declared::graph::GraphNode;
use crate::error::Problem;
use crate::store::{Action, Entry, Intent, MOVED};
use plg_core::{Map, Term, Terms};
use std::collections::BTreeSet;

/// The step of a declaration; `made` are the addresses whose ids this plan will only know later.
pub(super) fn step_of(inputs: &Inputs, node: &GraphNode, made: &BTreeSet<String>) -> Result<Step, Problem> {
    let mut step = blank(inputs, node);
    if node.is_marker() {
        step.change = Change::Marker;
        return Ok(step);
    }
    let identity = Identity::of(inputs, node)?;
    step.renamed_from.clone_from(&identity.renamed_from);
    if node.existing() {
        return existing(inputs, &identity, step);
    }
    let (declared, resolved) = declared_and_resolved(inputs, node, made);
    let is_looked_for = inputs.seen.fresh || identity.is_looked_for();
    let is_there = if is_looked_for { identity.live.is_some() } else { identity.entry.is_some() };
    if !is_there {
        return Ok(absent(inputs, &identity, &declared, &resolved, step));
    }
    step.id = identity.id();
    step.unmanaged.extend(late(identity.late()));
    if identity.live.is_some_and(|l| l.system) {
        return Err(identity
            .problem("the API manages it itself, and it cannot be changed".to_owned(), "declare it as `existing`"));
    }
    step.remembers = identity.entry.map(|entry| treated(node, entry)).unwrap_or_default();
    let compared = compare(inputs, &identity, &declared, &resolved, made);
    step.own = identity.entry.is_some_and(|entry| is_removed_by_plg(inputs, entry))
        && identity.live.is_some_and(|live| live.archived);
    present(inputs, &identity, &resolved, compared, step)
}

/// How a resource is treated from now on, where it was remembered otherwise.
fn treated(node: &GraphNode, entry: &Entry) -> Vec<String> {
    let common = node.item.common();
    let protect = (entry.protect != common.protect).then(|| format!("`protect: {}`", common.protect));
    let differs = entry.written_on_destroy() != common.on_destroy;
    let written =
        || common.on_destroy.map_or("no `on_destroy`".to_owned(), |it| format!("`on_destroy: {}`", it.word()));
    let on_destroy = differs.then(written);
    protect.into_iter().chain(on_destroy).collect()
}

fn blank(inputs: &Inputs, node: &GraphNode) -> Step {
    Step {
        provider: node.spec.provider().title.to_owned(),
        depends: node.depends.iter().map(|d| inputs.graph.nodes[*d].address.clone()).collect(),
        wave: node.wave,
        ..Step::of(&node.address, (node.spec.keyword, node.account), node.place(), Change::Unchanged)
    }
}

/// What is declared `existing` is referred to only, and has to be there.
fn existing(inputs: &Inputs, identity: &Identity, mut step: Step) -> Result<Step, Problem> {
    step.change = Change::Read;
    step.id = identity.id();
    let looked = inputs.seen.fresh || identity.is_looked_for();
    if looked && identity.live.is_none() && !identity.node.spec.wire.existing_may_be_absent() {
        if identity.node.standard {
            let nodes = &inputs.graph.nodes;
            let needs_it = |one: &&GraphNode| one.depends.iter().any(|d| nodes[*d].address == identity.node.address);
            let by = nodes.iter().find(needs_it).map_or(String::new(), |one| format!(", and {} needs it", one.address));
            let hint = identity.node.spec.provider().api.switched_off();
            return Err(identity.problem(format!("it is switched off{by}"), hint));
        }
        let hint = "create it in the web app, or declare it without `existing`";
        return Err(identity.problem("it does not exist".to_owned(), hint));
    }
    Ok(step)
}

/// Why something that was applied is not there.
const DELETED: &str = "it was deleted in the web app";

/// And where that is plg's own work.
const REMOVED: &str = "an earlier deploy sent its removal, and got no answer";

/// Whether an earlier run sent its removal, and nobody saw the answer.
fn is_removed_by_plg(inputs: &Inputs, entry: &Entry) -> bool {
    let is_removal = |intent: &&Intent| matches!(intent.action, Action::Delete | Action::Archive);
    let mut removals = inputs.unanswered.iter().filter(is_removal);
    removals.any(|intent| {
        intent.kind == entry.kind && intent.account == entry.account && intent.id.as_ref() == Some(&entry.id)
    })
}

/// Plans a resource that is missing: restores it, creates it, or waits for whoever makes objects of its kind.
fn absent(inputs: &Inputs, identity: &Identity, declared: &Terms, resolved: &Map, mut step: Step) -> Step {
    let wire = identity.node.spec.wire;
    if let Some(why) = wire.made_elsewhere() {
        step.change = Change::Await;
        step.reason = Some(why.to_owned());
        return step;
    }
    if let Some(entry) = identity.entry
        && let Some(why) = wire.over(resolved, &inputs.seen.at)
    {
        step.id = Some(entry.id.clone());
        step.unmanaged.push(Unmanaged { whose: UnmanagedBy::Noted, field: None, says: why.to_owned() });
        return step;
    }
    if let Some(entry) = identity.entry {
        step.own = is_removed_by_plg(inputs, entry);
        step.reason = Some(if step.own { REMOVED.to_owned() } else { DELETED.to_owned() });
        let provider = identity.node.spec.provider().title;
        let known = prior(wire, resolved, Some(entry), None);
        if known.is_some_and(|known| wire.undelete(resolved, &known).is_some()) {
            step.change = Change::Revive;
            step.id = Some(entry.id.clone());
            step.means = vec![
                format!("{provider} restores it under its id, {}", entry.id),
                format!("if it cannot be restored, plg creates a new one; lost then: {}", wire.lost()),
            ];
            return step;
        }
        step.means = vec![format!("{provider} cannot restore it; lost: {}", wire.lost())];
    }
    step.change = Change::Create;
    if let Some((from, says)) = moved_from(inputs, identity.node) {
        step.moved_from = Some(from);
        step.means.push(says);
    }
    let created = |(field, to): (&String, &Term)| FieldChange {
        field: field.clone(),
        from: None,
        to: Some(Box::new(to.clone())),
        drift: false,
        variables: Vec::new(),
        rotated: false,
        own: false,
    };
    step.fields = declared.iter().map(created).collect();
    let made: Vec<&str> = resolved.keys().map(String::as_str).collect();
    step.warnings.extend(wire.effects(resolved, &made, None));
    step
}

/// The account that something was in that is made anew in another one, with what is said of that.
fn moved_from(inputs: &Inputs, node: &GraphNode) -> Option<(String, String)> {
    if !inputs.graph.has_named_accounts && inputs.state.resources.values().all(|entry| entry.account.is_none()) {
        return None;
    }
    let left = format!("{}{MOVED}", node.address);
    let (_, entry) =
        inputs.state.resources.range(left.clone()..).next().filter(|(address, _)| address.starts_with(&left))?;
    let (from, to, lost) = (entry.account(), node.account, node.spec.wire.lost());
    let says = format!(
        "it moves from the account `{from}` to `{to}`: plg creates it there, then removes it from `{from}`; lost: {lost}"
    );
    Some((from.0.to_owned(), says))
}

/// What is there is changed, replaced, restored or adopted by what differs.
fn present(
    inputs: &Inputs,
    identity: &Identity,
    resolved: &Map,
    compared: Compared,
    mut step: Step,
) -> Result<Step, Problem> {
    let Identity { node, entry, live, .. } = *identity;
    let Compared { fields, unmanaged, fixed } = compared;
    step.fields = fields;
    step.unmanaged.extend(unmanaged);
    if let Some(live) = live
        && let Some(standing) = node.spec.wire.standing(resolved, live)
    {
        let differ = step.fields.iter().map(|f| f.field.as_str()).chain(fixed.iter().map(String::as_str));
        if let Some(message) = held(node.spec, &standing, differ) {
            return Err(identity.problem(message, standing.help));
        }
        step.unmanaged.push(Unmanaged { whose: UnmanagedBy::People, field: None, says: standing.says });
    }
    // Most are as declared, and none of this has to be asked of them.
    if !(step.fields.is_empty() && fixed.is_empty()) {
        step.changed_key = changed_key(node, entry, resolved);
        let differ: Vec<&str> = step.fields.iter().map(|field| field.field.as_str()).collect();
        step.warnings.extend(live.and_then(|live| node.spec.wire.unsettles(&differ, live)));
        step.warnings.extend(node.spec.wire.effects(resolved, &differ, live));
    }
    if !fixed.is_empty() {
        let mut named: Vec<String> = fixed.iter().map(|field| said(node.spec, field)).collect();
        named.dedup();
        let reason = format!("{} cannot be changed", named.join(", "));
        if identity.is_adopted() && entry.is_none() && live.is_none_or(|l| !l.archived) {
            return Err(identity.problem(
                format!("a matching object exists already, and {reason}"),
                "declare it with its present values, or give the declaration another key",
            ));
        }
        let remembered_as = identity.renamed_from.as_deref().unwrap_or(&node.address);
        if let Some(entry) = entry
            && !inputs.is_removable((remembered_as, entry), live, Some(node))
        {
            let written = node.spec.removed_by().map(|word| format!(", or write `on_destroy: {}`", word.word()));
            return Err(identity.problem(
                format!("{reason}, and plg did not create it, so plg does not replace it"),
                &format!(
                    "declare it with its present values, or give the declaration another key; to replace it anyway, add --include-adopted{}",
                    written.unwrap_or_default()
                ),
            ));
        }
        step.means = replacement(node, resolved, entry, live);
        step.reason = Some(reason);
        step.change = Change::Replace;
    } else if let Some(why) = live.filter(|l| l.archived && entry.is_some()).and_then(|l| node.spec.wire.ended(l)) {
        step.unmanaged.push(Unmanaged { whose: UnmanagedBy::Noted, field: None, says: why.to_owned() });
        if !step.fields.is_empty() {
            step.change = Change::Update;
        }
    } else if live.is_some_and(|l| l.archived) {
        step.reason = Some(if step.own { REMOVED.to_owned() } else { "it is archived".to_owned() });
        step.change = Change::Revive;
    } else if entry.is_none() {
        step.reason = Some("it exists already".to_owned());
        step.change = Change::Adopt;
    } else if !step.fields.is_empty() {
        step.change = Change::Update;
    }
    let is_theirs = step.fields.iter().any(|field| field.drift) || (step.change == Change::Revive && !step.own);
    step.last_change = live.filter(|_| is_theirs).and_then(|live| node.spec.provider().api.last_change(&live.fields));
    Ok(step)
}
