//! Markers in a want: what they stand for, once it is known.

use crate::declared::environment::Environment;
use plg_schema::Map;
use serde_json::Value as Json;
use std::borrow::Cow;

/// The address and the output that a value refers to.
pub(crate) fn reference(value: &Json) -> Option<(&str, &str)> {
    let map = value.as_object()?;
    Some((map.get("$ref")?.as_str()?, map.get("get").and_then(Json::as_str).unwrap_or("id")))
}

fn variable(value: &Json) -> Option<&str> {
    value.as_object()?.get("$env")?.as_str()
}

fn walk<'a>(value: &'a Json, see: &mut impl FnMut(&'a Json)) {
    see(value);
    match value {
        Json::Array(list) => list.iter().for_each(|v| walk(v, see)),
        Json::Object(map) => map.values().for_each(|v| walk(v, see)),
        _ => {}
    }
}

/// Addresses that fields refer to.
pub(crate) fn references(fields: &Map) -> Vec<String> {
    let mut all = Vec::new();
    for value in fields.values() {
        walk(value, &mut |v| all.extend(reference(v).map(|(address, _)| address.to_owned())));
    }
    all
}

/// Variables that fields name.
pub(crate) fn variables(fields: &Map) -> Vec<String> {
    let mut all = Vec::new();
    for value in fields.values() {
        walk(value, &mut |v| all.extend(variable(v).map(str::to_owned)));
    }
    all
}

/// The first address a value still refers to.
pub(crate) fn unresolved(value: &Json) -> Option<String> {
    let mut first = None;
    walk(value, &mut |v| {
        if first.is_none() {
            first = reference(v).map(|(address, _)| address.to_owned());
        }
    });
    first
}

/// Replaces every part that stands for something known, where it is.
fn replace(value: &mut Json, known: &impl Fn(&Json) -> Option<Json>) {
    if let Some(now) = known(value) {
        *value = now;
        return;
    }
    match value {
        Json::Array(list) => list.iter_mut().for_each(|v| replace(v, known)),
        Json::Object(map) => map.values_mut().for_each(|v| replace(v, known)),
        _ => {}
    }
}

/// Whether a value or a part of it is one of these.
fn any(value: &Json, is: &impl Fn(&Json) -> bool) -> bool {
    is(value)
        || match value {
            Json::Array(list) => list.iter().any(|v| any(v, is)),
            Json::Object(map) => map.values().any(|v| any(v, is)),
            _ => false,
        }
}

/// Every field with its references replaced, as far as they are known. Most have none, and are not copied.
pub(crate) fn all_references<'a>(fields: &'a Map, known: &impl Fn(&str, &str) -> Option<Json>) -> Cow<'a, Map> {
    if !fields.values().any(|value| any(value, &|v| reference(v).is_some())) {
        return Cow::Borrowed(fields);
    }
    // What a reference stands for may look like one, and is left as it is.
    let now = |value: &Json| reference(value).map(|(to, get)| known(to, get).unwrap_or_else(|| value.clone()));
    let mut resolved = fields.clone();
    resolved.values_mut().for_each(|value| replace(value, &now));
    Cow::Owned(resolved)
}

/// Every field with its variables replaced. Most have none, and are not copied. Only what is sent or
/// compared with what is live has them replaced.
pub(crate) fn all_variables<'a>(fields: &'a Map, environment: &Environment) -> Cow<'a, Map> {
    if !fields.values().any(|value| any(value, &|v| variable(v).is_some())) {
        return Cow::Borrowed(fields);
    }
    let now =
        |value: &Json| variable(value).map(|name| environment.get(name).map_or_else(|| value.clone(), Json::from));
    let mut resolved = fields.clone();
    resolved.values_mut().for_each(|value| replace(value, &now));
    Cow::Owned(resolved)
}
