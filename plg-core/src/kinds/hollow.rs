//! Values that say nothing: PostHog and its web app write them for what is not set.

use super::prelude::*;

/// Whether a value says nothing.
pub(crate) fn is_hollow(value: &Json) -> bool {
    match value {
        Json::Null | Json::Bool(false) => true,
        Json::String(text) => text.is_empty(),
        Json::Array(list) => list.is_empty(),
        Json::Object(map) => map.values().all(is_hollow),
        Json::Bool(true) | Json::Number(_) => false,
    }
}

/// A value without the keys that hold nothing.
pub(super) fn solid(value: &Json) -> Json {
    match value {
        Json::Array(list) => Json::Array(list.iter().map(solid).collect()),
        Json::Object(map) => {
            map.iter().filter(|(_, v)| !is_hollow(v)).map(|(k, v)| (k.clone(), solid(v))).collect::<Map>().into()
        }
        other => other.clone(),
    }
}
