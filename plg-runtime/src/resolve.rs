//! Markers in a want: what they stand for, once it is known.

use plg_schema::Map;
use serde_json::Value as Json;
use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

type Read = dyn Fn(&str) -> Option<String> + Send + Sync;

/// Reads environment variables; what they hold is never printed.
#[derive(Clone)]
pub struct Environment(Arc<Read>);

impl Environment {
    /// An environment by a function.
    pub fn new(read: impl Fn(&str) -> Option<String> + Send + Sync + 'static) -> Self {
        Environment(Arc::new(read))
    }

    /// A variable that is set and not empty.
    pub fn get(&self, name: &str) -> Option<String> {
        (self.0)(name).filter(|value| !value.is_empty())
    }
}

impl fmt::Debug for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Environment")
    }
}

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

/// A value with its references replaced, as far as they are known.
pub(crate) fn references_in(value: &Json, known: &impl Fn(&str, &str) -> Option<Json>) -> Json {
    if let Some((address, get)) = reference(value) {
        return known(address, get).unwrap_or_else(|| value.clone());
    }
    match value {
        Json::Array(list) => Json::Array(list.iter().map(|v| references_in(v, known)).collect()),
        Json::Object(map) => Json::Object(map.iter().map(|(k, v)| (k.clone(), references_in(v, known))).collect()),
        other => other.clone(),
    }
}

/// A value with its variables replaced. Only what is sent or compared with what is live has them replaced.
pub(crate) fn variables_in(value: &Json, environment: &Environment) -> Json {
    if let Some(name) = variable(value) {
        return environment.get(name).map_or_else(|| value.clone(), Json::from);
    }
    match value {
        Json::Array(list) => Json::Array(list.iter().map(|v| variables_in(v, environment)).collect()),
        Json::Object(map) => Json::Object(map.iter().map(|(k, v)| (k.clone(), variables_in(v, environment))).collect()),
        other => other.clone(),
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

/// Every field with its references replaced. Most have none, and are not copied.
pub(crate) fn all_references<'a>(fields: &'a Map, known: &impl Fn(&str, &str) -> Option<Json>) -> Cow<'a, Map> {
    if !fields.values().any(|value| any(value, &|v| reference(v).is_some())) {
        return Cow::Borrowed(fields);
    }
    Cow::Owned(fields.iter().map(|(k, v)| (k.clone(), references_in(v, known))).collect())
}

/// Every field with its variables replaced. Most have none, and are not copied.
pub(crate) fn all_variables<'a>(fields: &'a Map, environment: &Environment) -> Cow<'a, Map> {
    if !fields.values().any(|value| any(value, &|v| variable(v).is_some())) {
        return Cow::Borrowed(fields);
    }
    Cow::Owned(fields.iter().map(|(k, v)| (k.clone(), variables_in(v, environment))).collect())
}
