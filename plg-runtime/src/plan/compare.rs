//! The fields of one resource, as declared, as applied last and as live.

use super::identify::Identity;
use super::prior::Inputs;
use super::step::{FieldChange, Unmanaged};
use super::unmanaged::{create_only, unkept};
use crate::declared::terms::{unresolved, variables};
use plg_schema::Map;
use serde_json::{Value as Json, json};
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
    declared: &Map,
    resolved: &Map,
    made: &BTreeSet<String>,
) -> Compared {
    let Identity { node, entry, live, .. } = *identity;
    let wire = node.spec.wire;
    let mut found = Compared::default();
    // What is written as it was applied has nothing that differs, and need not be read to find that out.
    if live.is_none() && entry.is_some_and(|e| e.fields.is_text_of(declared)) {
        return found;
    }
    let ignored: Vec<&str> = node.item.common().ignore.iter().flat_map(|word| wire.fields_of(word)).copied().collect();
    for ((field, to), sent) in declared.iter().zip(resolved.values()) {
        let applied = || entry.and_then(|e| e.fields.get(field));
        // What is not looked at and not made anew is where it was: Attio's own objects are in no state.
        let unseen = !inputs.seen.fresh && unresolved(to).is_some_and(|address| !made.contains(&address));
        if unseen && applied().is_some() {
            continue;
        }
        if wire.parents().contains(&field.as_str()) {
            if applied().is_some_and(|applied| !plg_schema::wire::same(applied, to)) {
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
        if is_same(identity, field, to, sent) {
            continue;
        }
        if let Some(left) = entry.and_then(|e| e.unkept.get(field)).and_then(|u| unkept(node, field, to, u, live)) {
            found.unmanaged.push(left);
            continue;
        }
        if wire.fixed().contains(&field.as_str()) {
            found.fixed.push(field.clone());
        }
        found.fields.push(change(identity, field, to));
    }
    found
}

/// Whether a field is as declared: live, or as applied where nobody looked.
fn is_same(identity: &Identity, field: &str, to: &Json, sent: &Json) -> bool {
    let wire = identity.node.spec.wire;
    match identity.live {
        Some(live) => {
            let now = live.fields.get(field);
            now.is_some_and(|now| wire.same(field, sent, now)) || (sent.is_null() && now.is_none())
        }
        None => identity.entry.and_then(|e| e.fields.get(field)).is_some_and(|applied| wire.same(field, to, applied)),
    }
}

/// One field that differs, as a plan shows it.
fn change(identity: &Identity, field: &str, to: &Json) -> FieldChange {
    let Identity { node, entry, live, .. } = *identity;
    let from_variable = |value: &Json| !variables(&Map::from_iter([(field.to_owned(), value.clone())])).is_empty();
    let applied = entry.and_then(|e| e.fields.get(field));
    let secret = from_variable(to) || applied.is_some_and(from_variable);
    let from = live.and_then(|l| l.fields.get(field)).or(applied).cloned();
    FieldChange {
        field: field.to_owned(),
        from: if secret { Some(Box::new(json!("(set)"))) } else { from.map(Box::new) },
        to: Some(Box::new(to.clone())),
        drift: applied.is_some_and(|applied| node.spec.wire.same(field, to, applied)) && live.is_some(),
    }
}
