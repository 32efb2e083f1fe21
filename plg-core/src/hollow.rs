//! Values that say nothing: APIs and their web apps write them for what is not set.

use crate::Map;
use serde_json::Value as Json;

/// Whether a value says nothing.
pub fn is_hollow(value: &Json) -> bool {
    match value {
        Json::Null | Json::Bool(false) => true,
        Json::String(text) => text.is_empty(),
        Json::Array(list) => list.is_empty(),
        Json::Object(map) => map.values().all(is_hollow),
        Json::Bool(true) | Json::Number(_) => false,
    }
}

/// A value without the keys that hold nothing.
pub fn solid(value: &Json) -> Json {
    match value {
        Json::Array(list) => Json::Array(list.iter().map(solid).collect()),
        Json::Object(map) => {
            map.iter().filter(|(_, v)| !is_hollow(v)).map(|(k, v)| (k.clone(), solid(v))).collect::<Map>().into()
        }
        other => other.clone(),
    }
}
