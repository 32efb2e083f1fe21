//! What differs and is left as it is, in the stack's words; of what is made anew, what the new one will have.

use super::change::Change;
use super::prior::{Inputs, declared_and_resolved, known_later};
use super::step::{Step, Unmanaged, UnmanagedBy};
use super::unmanaged::said;
use crate::declared::graph::GraphNode;
use crate::declared::terms::{sent, stood};
use plg_core::source::words::{self, Changed, Names, WordChange};
use plg_core::{Live, Term};
use serde_json::Value as Json;
use std::collections::BTreeSet;

/// Whether anything that a step leaves as it is may be told in words: most have nothing, and cost nothing.
pub(super) fn has_words(step: &Step) -> bool {
    let is_told = |left: &Unmanaged| {
        matches!(left.whose, UnmanagedBy::People | UnmanagedBy::Others | UnmanagedBy::Undeclared)
            && left.field.is_some()
    };
    step.unmanaged.iter().any(is_told)
}

/// Tells what a step leaves as it is as a stack would write it, where it has words for it.
pub(super) fn tell(inputs: &Inputs, node: &GraphNode, step: &mut Step, made: &BTreeSet<String>, names: &mut Names) {
    let Some(live) = inputs.seen.live(&step.address).filter(|_| !step.unmanaged.is_empty()) else { return };
    let is_new = step.change == Change::Replace;
    for left in &mut step.unmanaged {
        match (left.whose, left.field.clone()) {
            (UnmanagedBy::People, Some(field)) => people(inputs, node, (&field, live), (made, is_new), left, names),
            (UnmanagedBy::People, None) if is_new => left.says = format!("of the old one: {}", left.says),
            (UnmanagedBy::Others, Some(field)) => {
                others(inputs, node, (&field, live), made, left, names);
                if is_new {
                    left.says.push_str(" on the old one, and the new one will not have it");
                }
            }
            (UnmanagedBy::Undeclared, Some(field)) => {
                undeclared(inputs, node, (&field, live), (made, is_new), left, names)
            }
            _ => {}
        }
    }
    // Several parts of one field are told together.
    step.unmanaged.dedup();
}

/// What was applied and is declared no more.
fn undeclared(
    inputs: &Inputs,
    node: &GraphNode,
    (field, live): (&str, &Live),
    (made, is_new): (&BTreeSet<String>, bool),
    left: &mut Unmanaged,
    names: &mut Names,
) {
    let applied = inputs.state.resources.get(&node.address).and_then(|entry| entry.fields.get(field));
    let Some(applied) = applied.filter(|applied| !applied.names_variable()) else { return };
    let (declared, _) = declared_and_resolved(inputs, node, made);
    let mut becomes = live.clone();
    match (declared.get(field), becomes.fields.get_mut(field)) {
        (Some(to), Some(now)) => take_out(now, to, applied),
        _ => drop(becomes.fields.shift_remove(field)),
    }
    let changed = [Changed { field, is_secret: false, applied: Some(applied) }];
    let told = words::differences(names, node.item, (live, &becomes), &changed);
    let stays = if is_new { "the old one has" } else { "stays" };
    let says = told
        .iter()
        .filter_map(|told| Some(format!("`{}` is no longer declared, and {stays} {}", told.path, told.from.as_ref()?)));
    let says: Vec<String> = says.collect();
    if !says.is_empty() {
        left.says = says.join(", ");
    }
}

/// Takes what was applied and is declared no more out of what is there.
fn take_out(now: &mut Json, to: &Term, applied: &Term) {
    match (now, to, applied) {
        (Json::Object(now), Term::Map(to), Term::Map(applied)) => {
            for (key, applied) in applied.iter() {
                match (now.get_mut(key), to.get(key)) {
                    (Some(now), Some(to)) => take_out(now, to, applied),
                    (_, None) => drop(now.shift_remove(key)),
                    (None, Some(_)) => {}
                }
            }
        }
        (Json::Array(now), Term::List(to), Term::List(applied))
            if now.len() == to.len() && to.len() == applied.len() =>
        {
            for ((now, to), applied) in now.iter_mut().zip(to).zip(applied) {
                take_out(now, to, applied);
            }
        }
        _ => {}
    }
}

/// A field that people decide: how it is, and how a new one begins.
fn people(
    inputs: &Inputs,
    node: &GraphNode,
    (field, live): (&str, &Live),
    (made, is_new): (&BTreeSet<String>, bool),
    left: &mut Unmanaged,
    names: &mut Names,
) {
    let told = declared_as(inputs, node, (field, live), made, names);
    let nothing = || "nothing".to_owned();
    let says = told.iter().map(|told| {
        let (from, to) = (told.from.clone().unwrap_or_else(nothing), told.to.clone().unwrap_or_else(nothing));
        let new = if is_new { format!(", and the new one gets {to}") } else { String::new() };
        format!("`{}` is {from}{new}", told.path)
    });
    let says: Vec<String> = says.collect();
    if !says.is_empty() {
        left.says = says.join(", ");
    }
}

/// What others added to a field, by name where it stands for something.
fn others(
    inputs: &Inputs,
    node: &GraphNode,
    (field, live): (&str, &Live),
    made: &BTreeSet<String>,
    left: &mut Unmanaged,
    names: &mut Names,
) {
    let (declared, resolved) = declared_and_resolved(inputs, node, made);
    let Some((to, now)) = declared.get(field).zip(live.fields.get(field)) else { return };
    let entry = inputs.state.resources.get(&node.address);
    let then = entry.map(|entry| sent(&entry.fields, inputs.environment));
    let then = then.as_ref().and_then(|fields| fields.get(field));
    let beside: Vec<_> = [now].into_iter().chain(then).collect();
    let theirs = node.spec.wire.theirs(field, &stood(to, resolved.get(field), &beside), then, now);
    if theirs.is_empty() || !theirs.iter().all(|one| one.is_item && one.path == field) {
        return;
    }
    let members: Vec<_> = theirs.into_iter().map(|one| one.value).collect();
    if let Some(told) = words::members(names, node.item, live, field, &members) {
        left.says = format!("{} also has {}", said(node.spec, field), told.join(", "));
    }
}

/// A field as it is live, and as it is declared.
fn declared_as(
    inputs: &Inputs,
    node: &GraphNode,
    (field, live): (&str, &Live),
    made: &BTreeSet<String>,
    names: &mut Names,
) -> Vec<WordChange> {
    let (declared, _) = declared_and_resolved(inputs, node, made);
    let Some(to) = declared.get(field) else { return Vec::new() };
    let mut becomes = live.clone();
    let is_secret = to.names_variable();
    if !is_secret {
        becomes.fields.insert(field.to_owned(), known_later(to));
    }
    let applied: Option<&Term> = None;
    words::differences(names, node.item, (live, &becomes), &[Changed { field, is_secret, applied }])
}
