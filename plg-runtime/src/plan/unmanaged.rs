//! Differences from the stack that stay: people decide them, or the API does; and what goes with a
//! resource that cannot stay as it is.

use super::kept::{Kept, stands};
use super::prior::prior;
use super::step::{Unmanaged, UnmanagedBy};
use crate::declared::graph::GraphNode;
use crate::declared::terms::is_alike;
use crate::store::{Entry, Unkept};
use plg_core::hollow::is_hollow;
use plg_core::source::words::{MASKED, terms};
use plg_core::{Live, Map, Prior, Removal, Spec, Standing, Term, Terms, Theirs, Wire};
use serde_json::Value as Json;
use std::collections::BTreeSet;

/// A field that people decide, where they decided otherwise.
pub(crate) fn create_only(node: &GraphNode, field: &str, want: &Json, live: &Live) -> Option<Unmanaged> {
    let now = live.fields.get(field)?;
    (!node.spec.wire.same(field, want, now)).then(|| Unmanaged {
        whose: UnmanagedBy::People,
        field: Some(field.to_owned()),
        says: format!("{} is {now}", said(node.spec, field)),
    })
}

/// What others added to a field, beside what is declared of it.
pub(crate) fn others(
    node: &GraphNode,
    field: &str,
    want: &Json,
    applied: Option<&Json>,
    live: &Json,
) -> Option<Unmanaged> {
    let theirs = node.spec.wire.theirs(field, want, applied, live);
    let (items, keys): (Vec<&Theirs>, Vec<&Theirs>) = theirs.iter().partition(|one| one.is_item);
    let values: Vec<String> = items.iter().map(|one| one.value.to_string()).collect();
    let word = node.spec.word_of(field).unwrap_or(field);
    let path = |one: &Theirs| one.path.strip_prefix(field).map_or(one.path.clone(), |rest| format!("{word}{rest}"));
    let mut parts: Vec<String> = keys.iter().map(|one| format!("`{}` is {}", path(one), one.value)).collect();
    if !values.is_empty() {
        parts.insert(0, format!("{} also has {}", said(node.spec, field), values.join(", ")));
    }
    (!parts.is_empty()).then(|| Unmanaged {
        whose: UnmanagedBy::Others,
        field: Some(field.to_owned()),
        says: parts.join(", "),
    })
}

/// What was applied, is declared no more and is still there: no request takes it away. `is_same` says of a field that it is
/// not written.
pub(super) fn undeclared(
    node: &GraphNode,
    declared: &Terms,
    entry: &Entry,
    live: &Live,
    is_same: impl Fn(&str) -> bool,
) -> Vec<Unmanaged> {
    let common = node.item.common();
    let is_theirs = |field: &str| {
        node.spec.wire.parents().contains(&field)
            || node.want.create_only.contains(&field)
            || node.spec.ignored(common).any(|ignored| ignored == field)
    };
    let mut found = Vec::new();
    let mut add = |field: &str, path: String, now: &Term, is_secret: bool| {
        let now = if is_secret { MASKED.to_owned() } else { now.to_string() };
        found.push(Unmanaged {
            whose: UnmanagedBy::Undeclared,
            field: Some(field.to_owned()),
            says: format!("`{path}` is no longer declared, and stays at {now}"),
        });
    };
    for (field, applied) in entry.fields.iter().filter(|(field, _)| !is_theirs(field)) {
        let Some(now) = live.fields.get(field).filter(|now| !is_hollow(now)) else { continue };
        let word = node.spec.word_of(field).unwrap_or(field);
        let (now, is_secret) = (Term::from(now.clone()), applied.names_variable());
        match declared.get(field) {
            None => add(field, word.to_owned(), &now, is_secret),
            Some(to) if is_same(field) && !is_secret && !to.is_same(applied) => {
                let mut gone = Vec::new();
                terms::also_gone(word, (&now, to), applied, &mut gone);
                for (path, now, _) in gone {
                    now.into_iter().for_each(|now| add(field, path.clone(), &now, false));
                }
            }
            Some(_) => {}
        }
    }
    found
}

/// A field that the API did not keep when it was sent as it is still declared, and that nobody
/// changed since.
pub(crate) fn unkept(
    node: &GraphNode,
    field: &str,
    (to, sent): (&Term, Option<&Json>),
    unkept: &Unkept,
    live: Option<&Live>,
) -> Option<Vec<Unmanaged>> {
    let wire = node.spec.wire;
    let is_left = |live: &Live| match (live.fields.get(field), &unkept.left) {
        (now, Some(left)) => {
            stands(sent, Some(left), now) || now.is_some_and(|now| wire.agrees(field, left, None, now))
        }
        (now, None) => !unkept.absent || stands(sent, None, now),
    };
    if !is_alike(wire, field, to, &unkept.sent) || !live.is_none_or(is_left) {
        return None;
    }
    let Kept { lost, added } = Kept::of(field, to, unkept);
    let all = [(UnmanagedBy::Api, lost), (UnmanagedBy::Others, added)].into_iter().filter(|(_, says)| !says.is_empty());
    Some(all.map(|(whose, says)| Unmanaged { whose, field: Some(field.to_owned()), says: says.join(", ") }).collect())
}

/// The same of every field that is as it was applied, where nobody looked.
pub(super) fn unkept_then(node: &GraphNode, declared: &Terms, entry: Option<&Entry>) -> Vec<Unmanaged> {
    let left: Vec<&str> = node.spec.ignored(node.item.common()).chain(node.want.create_only.iter().copied()).collect();
    let all = entry.into_iter().flat_map(|entry| &entry.unkept).filter(|(field, _)| !left.contains(&field.as_str()));
    let said = all.filter_map(|(field, it)| {
        // An object that is neither read nor recreated keeps its id, so references to it stay as they were sent.
        let to = declared.get(field).map(|to| if to.unresolved().is_some() { &it.sent } else { to })?;
        unkept(node, field, (to, None), it, None).filter(|_| !it.is_expected(node.spec))
    });
    said.flatten().collect()
}

/// Whether no answer tells how a field is, so that it is as it was applied: it is only ever written, or the kind's lists
/// leave it out and there is nothing else to ask.
pub(super) fn is_untold(wire: &dyn Wire, field: &str, live: &Live) -> bool {
    let is_listed_only = || {
        let known = Prior { id: live.id.clone(), outputs: live.outputs.clone(), fields: live.fields.clone() };
        wire.by_id(&known).is_none()
    };
    wire.write_only().contains(&field) || (!live.fields.contains_key(field) && is_listed_only())
}

/// What a request made that was given up: it may be meant, so that people remove it.
pub(crate) fn late(ids: &[String]) -> Option<Unmanaged> {
    (!ids.is_empty()).then(|| Unmanaged {
        whose: UnmanagedBy::Late,
        field: None,
        says: format!("a request that plg had given up arrived after all; remove {} in the web app", ids.join(", ")),
    })
}

/// In which order it is replaced, and what is lost by it.
pub(crate) fn replacement(node: &GraphNode, resolved: &Map, entry: Option<&Entry>, live: Option<&Live>) -> Vec<String> {
    let wire = node.spec.wire;
    let Some(prior) = prior(wire, resolved, entry, live) else { return Vec::new() };
    let stays = !matches!(wire.remove(&prior), Removal::Delete(_));
    let order = match wire.retire(&prior, "") {
        Some(_) if stays => "the old one cannot be deleted: it is renamed and archived, then the new one is created",
        Some(_) => "the old one is renamed first, then the new one is made, then the old one is removed",
        None if wire.succeed(resolved).is_some() && stays => {
            "the new one is made first and takes the key over, then the old one is archived"
        }
        None if wire.succeed(resolved).is_some() => {
            "the new one is made first and takes the key over, then the old one is removed"
        }
        None if wire.identity_is_unique() => "the old one is removed first, then the new one is made",
        None => "the new one is made first, then the old one is removed",
    };
    vec![order.to_owned(), format!("lost: {}", wire.lost())]
}

/// A field as a sentence names it: by the word of the language, where it has one.
pub(crate) fn said(spec: &Spec, field: &str) -> String {
    format!("`{}`", spec.word_of(field).unwrap_or(field))
}

/// Why fields that differ cannot be changed as it stands, where that is so.
pub(crate) fn held<'a>(spec: &Spec, standing: &Standing, differ: impl Iterator<Item = &'a str>) -> Option<String> {
    let held = differ.filter(|field| standing.held.contains(field)).map(|field| said(spec, field));
    let held: Vec<String> = held.collect::<BTreeSet<String>>().into_iter().collect();
    (!held.is_empty()).then(|| format!("{}, and {} cannot be changed meanwhile", standing.says, held.join(", ")))
}
