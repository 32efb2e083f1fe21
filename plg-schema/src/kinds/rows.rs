//! What PostHog's dashboards, insights and surveys have in common.

use super::prelude::*;

/// A row with the fields its kind made of it.
pub(crate) fn live(row: &Map, fields: Map) -> Option<Live> {
    let id = row.get("id")?;
    Some(Live {
        id: id_text(id)?,
        outputs: Map::from_iter([("id".to_owned(), id.clone())]),
        fields,
        archived: row.get("deleted") == Some(&Json::Bool(true)),
        system: false,
        created: row.get("created_at").and_then(Json::as_str).map(str::to_owned),
    })
}

/// The wanted fields that differ.
pub(crate) fn differing(want: &Map, changed: &[String]) -> Map {
    want.iter().filter(|(field, _)| changed.contains(field)).map(|(k, v)| (k.clone(), v.clone())).collect()
}

/// What was passed through without a word of its own.
pub(crate) fn extra(want: Want, common: &Common) -> Want {
    common.extra.iter().fold(want, |want, (key, value)| want.set(key, value.value()))
}

/// Labels as PostHog keeps them.
pub(crate) fn labels(tags: &[Str]) -> Vec<String> {
    tags.iter().map(|tag| tag.trim().to_lowercase()).collect()
}

/// Whether a value says nothing: PostHog and its web app write these for what is not set.
pub(crate) fn is_hollow(value: &Json) -> bool {
    match value {
        Json::Null | Json::Bool(false) => true,
        Json::String(text) => text.is_empty(),
        Json::Array(list) => list.is_empty(),
        Json::Object(map) => map.values().all(is_hollow),
        Json::Bool(true) | Json::Number(_) => false,
    }
}

/// A value without the keys that say nothing.
pub(crate) fn solid(value: &Json) -> Json {
    match value {
        Json::Array(list) => Json::Array(list.iter().map(solid).collect()),
        Json::Object(map) => {
            map.iter().filter(|(_, v)| !is_hollow(v)).map(|(k, v)| (k.clone(), solid(v))).collect::<Map>().into()
        }
        other => other.clone(),
    }
}
