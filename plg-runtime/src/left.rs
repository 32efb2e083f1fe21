//! What is not as declared and stays so: people decide it, or the API does; and what goes with a
//! resource that cannot stay as it is.

use crate::graph::Node;
use crate::plan::prior;
use crate::store::{Entry, Unkept};
use plg_schema::{Live, Map, Removal, Standing};
use serde::Serialize;
use serde_json::Value as Json;
use std::collections::BTreeSet;

/// Why a field is left as it is, though it is not as declared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Whose {
    /// People decide it in the web app.
    People,
    /// The API took what was sent, and did not keep it.
    Api,
    /// A request that was given up made it a second time.
    Late,
}

/// Something that is left as it is.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Left {
    /// Why.
    pub whose: Whose,
    /// The field, in the API's word; none for what no field says, such as that an experiment runs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// How it is, as in "it runs since 2026-11-01".
    pub says: String,
}

/// A field that people decide, where they decided otherwise.
pub(crate) fn loose(node: &Node, field: &str, want: &Json, live: &Live) -> Option<Left> {
    let now = live.fields.get(field)?;
    (!node.spec.wire.same(field, want, now)).then(|| Left {
        whose: Whose::People,
        field: Some(field.to_owned()),
        says: format!("`{field}` is {now}"),
    })
}

/// A field that the API did not keep when it was sent as it is still declared, and that nobody
/// changed since.
pub(crate) fn unkept(node: &Node, field: &str, to: &Json, unkept: &Unkept, live: Option<&Live>) -> Option<Left> {
    let wire = node.spec.wire;
    let now = live.and_then(|live| live.fields.get(field));
    let moved = match (&unkept.left, now) {
        (Some(left), Some(now)) => !wire.same(field, left, now),
        _ => false,
    };
    let says = match &unkept.left {
        Some(left) => format!("`{field}` stays {left}"),
        None => format!("`{field}` is not as it was sent"),
    };
    (!moved && wire.same(field, to, &unkept.sent)).then(|| Left {
        whose: Whose::Api,
        field: Some(field.to_owned()),
        says,
    })
}

/// What a request made that was given up: it may be meant, so that people remove it.
pub(crate) fn late(ids: &[String]) -> Option<Left> {
    (!ids.is_empty()).then(|| Left {
        whose: Whose::Late,
        field: None,
        says: format!("a request that was given up arrived after all; remove {} in the web app", ids.join(", ")),
    })
}

/// In which order it is replaced, and what is lost by it.
pub(crate) fn replacement(node: &Node, full: &Map, entry: Option<&Entry>, live: Option<&Live>) -> Vec<String> {
    let wire = node.spec.wire;
    let Some(prior) = prior(wire.parents(), full, entry, live) else { return Vec::new() };
    let stays = !matches!(wire.remove(&prior), Removal::Delete(_));
    let order = match wire.retire(&prior, "") {
        Some(_) if stays => "the old one cannot be deleted: it is renamed and put away first, then the new one is made",
        Some(_) => "the old one is renamed first, then the new one is made, then the old one is removed",
        None if wire.identity_is_unique() => "the old one is removed first, then the new one is made",
        None => "the new one is made first, then the old one is removed",
    };
    vec![order.to_owned(), format!("lost: {}", wire.lost())]
}

/// Why fields that differ cannot be changed as it stands, where that is so.
pub(crate) fn held<'a>(standing: &Standing, differ: impl Iterator<Item = &'a str>) -> Option<String> {
    let held: BTreeSet<&str> = differ.filter(|field| standing.held.contains(field)).collect();
    let held: Vec<String> = held.into_iter().map(|field| format!("`{field}`")).collect();
    (!held.is_empty()).then(|| format!("{}, and {} cannot be changed meanwhile", standing.says, held.join(", ")))
}
