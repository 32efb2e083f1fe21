//! The fields of one resource, as declared, as applied last and as live.

use super::identify::Identity;
use super::prior::Inputs;
use super::step::{FieldChange, Unmanaged};
use super::unmanaged::{create_only, is_untold, others, undeclared, unkept, unkept_then};
use crate::declared::terms::{self, is_as_applied, sent, stood};
use crate::store::{Action, Entry, Intent};
use plg_core::{Map, Term, Terms, fill};
use serde_json::Value as Json;
use std::borrow::Cow;
use std::collections::BTreeSet;

/// What differs.
#[derive(Default)]
pub(super) struct Compared {
    /// Fields to write.
    pub(super) fields: Vec<FieldChange>,
    /// Fields that differ and stay so.
    pub(super) unmanaged: Vec<Unmanaged>,
    /// Fields that differ and cannot be changed.
    pub(super) fixed: Vec<String>,
}

/// Compares every declared field. `made` are the addresses whose ids this plan will only know later.
pub(super) fn compare(
    inputs: &Inputs,
    identity: &Identity,
    declared: &Terms,
    resolved: &Map,
    made: &BTreeSet<String>,
) -> Compared {
    let Identity { node, entry, live, .. } = *identity;
    let wire = node.spec.wire;
    let mut found = Compared::default();
    if live.is_none() && entry.is_some_and(|e| !e.unkept.is_empty()) {
        found.unmanaged = unkept_then(node, declared, entry);
    }
    // What is written as it was applied has nothing that differs, and need not be read to find that out.
    let is_as_written = entry.is_some_and(|e| e.fields.is_text_of(declared));
    if live.is_none() && is_as_written {
        return found;
    }
    // As it was sent: what is live has values where it has variables.
    let applied_then = live.and(entry).map(|entry| match is_as_written {
        true => Cow::Borrowed(resolved),
        false => Cow::Owned(sent(&entry.fields, inputs.environment)),
    });
    let then = |field: &str| applied_then.as_ref().and_then(|fields| fields.get(field));
    // Nor is it read for what was applied of a field.
    let remembered = |field: &str| match is_as_written {
        true => declared.get(field),
        false => entry.and_then(|entry| entry.fields.get(field)),
    };
    let ignored: Vec<&str> = node.item.common().ignore.iter().flat_map(|word| wire.fields_of(word)).copied().collect();
    for (field, to) in declared.iter() {
        let applied = || remembered(field);
        let now = live.and_then(|live| live.fields.get(field));
        let beside: Vec<&Json> = now.into_iter().chain(then(field)).collect();
        let sent = &*stood(to, resolved.get(field), &beside);
        // An object that is neither looked at nor made anew has kept its parents. The state has none that every account has.
        let unseen = !inputs.seen.fresh && to.unresolved().is_some_and(|address| !made.contains(address));
        if unseen && applied().is_some() {
            continue;
        }
        if wire.parents().contains(&field.as_str()) {
            if !wire.ways().contains(&field.as_str()) && applied().is_some_and(|applied| !applied.is_same(to)) {
                found.fixed.push(field.clone());
            }
            continue;
        }
        if ignored.contains(&field.as_str()) {
            continue;
        }
        if node.want.create_only.contains(&field.as_str()) {
            found.unmanaged.extend(live.and_then(|live| create_only(node, field, sent, live)));
            continue;
        }
        if let Some(now) = now {
            found.unmanaged.extend(others(node, field, sent, then(field), now));
        }
        let rotated = is_rotated(inputs, identity, field, to);
        if is_same(identity, field, to, sent, then(field)) && !rotated {
            continue;
        }
        let left = entry.and_then(|e| e.unkept.get(field)).filter(|_| live.is_some() && !rotated);
        if let Some(said) = left.and_then(|left| unkept(node, field, (to, Some(sent)), left, live)) {
            found.unmanaged.extend(said.into_iter().filter(|_| left.is_none_or(|left| !left.is_expected(node.spec))));
            continue;
        }
        if wire.is_fixed(field, resolved) {
            found.fixed.push(field.clone());
        }
        found.fields.push(change(inputs, identity, field, to, then(field)));
    }
    if let (Some(live), Some(entry)) = (live, entry.filter(|_| !is_as_written)) {
        let is_same = |field: &str| found.fields.iter().all(|change| change.field != field);
        found.unmanaged.extend(undeclared(node, declared, entry, live, is_same));
    }
    found
}

/// Whether a field is as declared: live, or as applied where nobody looked.
fn is_same(identity: &Identity, field: &str, to: &Term, sent: &Json, then: Option<&Json>) -> bool {
    let wire = identity.node.spec.wire;
    let is_missed = identity.entry.and_then(|entry| entry.unkept.get(field)).is_some_and(|unkept| unkept.absent);
    match identity.live.filter(|live| is_missed || !is_untold(wire, field, live)) {
        Some(live) => {
            let now = live.fields.get(field);
            now.is_some_and(|now| wire.agrees(field, sent, then, now)) || (sent.is_null() && now.is_none())
        }
        None => {
            let applied = identity.entry.and_then(|e| e.fields.get(field));
            applied.is_some_and(|applied| is_as_applied(wire, field, to, applied))
        }
    }
}

/// Whether a variable of a field that no answer tells has another value than was applied.
fn is_rotated(inputs: &Inputs, identity: &Identity, field: &str, to: &Term) -> bool {
    // What an API keeps otherwise than it was sent, such as a secret with stars in it, tells no more than what it keeps
    // to itself.
    let is_unkept = || identity.entry.is_some_and(|entry| entry.unkept.contains_key(field));
    let is_untold = to.names_variable() && (identity.node.spec.wire.write_only().contains(&field) || is_unkept());
    is_untold && to.variables().iter().any(|name| is_value_applied(inputs, identity.entry, name) == Some(false))
}

/// One field that differs, as a plan shows it.
fn change(inputs: &Inputs, identity: &Identity, field: &str, to: &Term, then: Option<&Json>) -> FieldChange {
    let Identity { node, entry, live, .. } = *identity;
    let wire = node.spec.wire;
    let applied = entry.and_then(|e| e.fields.get(field));
    let secret = to.names_variable() || applied.is_some_and(Term::names_variable);
    let now = live.and_then(|l| l.fields.get(field));
    // What others added stays beside what is declared.
    let becomes = now.map_or_else(|| to.clone(), |now| terms::merged(wire, field, to, then, now));
    // Where there was a look, what is not in the answer is not there, whatever was applied.
    let from = if live.is_some() { now.map(|now| Term::from(now.clone())) } else { applied.cloned() };
    let is_as_applied = applied.is_some_and(|applied| terms::is_as_applied(wire, field, to, applied));
    let own = now.is_some_and(|now| is_sent_by_plg(inputs, identity, field, now));
    let is_filled = |now: &Json| fill(to, now).is_some_and(|filled| wire.agrees(field, &filled, then, now));
    let is_variable = |now: &Json| to.names_variable() && is_filled(now);
    let is_of_variables = now.is_some_and(is_variable) || is_rotated(inputs, identity, field, to);
    let mut variables = if is_as_applied && is_of_variables { to.variables() } else { Vec::new() };
    let known: Vec<Option<bool>> = variables.iter().map(|name| is_value_applied(inputs, entry, name)).collect();
    let rotated = known.contains(&Some(false));
    if rotated {
        let all = std::mem::take(&mut variables);
        variables =
            all.into_iter().zip(&known).filter(|(_, known)| **known == Some(false)).map(|(name, _)| name).collect();
    } else if known.iter().all(|known| *known == Some(true)) {
        // Nothing changed here, so that somebody changed it there.
        variables.clear();
    }
    FieldChange {
        field: field.to_owned(),
        from: if secret { Some(Box::new("(set)".into())) } else { from.map(Box::new) },
        to: Some(Box::new(becomes)),
        drift: live.is_some() && is_as_applied && variables.is_empty() && !own,
        own: own && variables.is_empty(),
        variables,
        rotated,
    }
}

/// Whether a variable has the value that was applied, where that is known.
fn is_value_applied(inputs: &Inputs, entry: Option<&Entry>, name: &str) -> Option<bool> {
    inputs.tags.is_of(entry?.held.get(name)?, name, &inputs.environment.get(name)?)
}

/// Whether a field is as an earlier run sent it that saw no answer.
fn is_sent_by_plg(inputs: &Inputs, identity: &Identity, field: &str, now: &Json) -> bool {
    let Some(entry) = identity.entry else { return false };
    let is_change = |intent: &&Intent| {
        matches!(intent.action, Action::Update | Action::Revive)
            && intent.kind == entry.kind
            && intent.id.as_ref() == Some(&entry.id)
    };
    inputs.unanswered.iter().filter(is_change).any(|intent| {
        let sent = intent.fields.get(field).and_then(|term| term.filled(&|name| inputs.environment.get(name)));
        sent.is_some_and(|sent| identity.node.spec.wire.agrees(field, &sent, None, now))
    })
}
