//! JSON in comparable form: what is equal, and parts of it.

use super::Map;
use serde_json::Value as Json;

/// Equal JSON, numbers by value (`50` is `50.0`), objects by key whatever the order.
pub fn same(a: &Json, b: &Json) -> bool {
    match (a, b) {
        (Json::Number(a), Json::Number(b)) => a == b || a.as_f64() == b.as_f64(),
        (Json::Array(a), Json::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b)),
        (Json::Object(a), Json::Object(b)) => {
            // Most have their keys in the same order.
            let equal = |((k, v), (l, w)): ((&String, &Json), (&String, &Json))| {
                if k == l { same(v, w) } else { b.get(k).is_some_and(|w| same(v, w)) }
            };
            a.len() == b.len() && a.iter().zip(b).all(equal)
        }
        _ => a == b,
    }
}

/// Whether `live` says all that `want` says: it may have more keys, at every depth.
pub fn includes(want: &Json, live: &Json) -> bool {
    match (want, live) {
        (Json::Object(want), Json::Object(live)) => {
            want.iter().all(|(k, v)| live.get(k).is_some_and(|l| includes(v, l)))
        }
        (Json::Array(want), Json::Array(live)) => {
            want.len() == live.len() && want.iter().zip(live).all(|(w, l)| includes(w, l))
        }
        _ => same(want, live),
    }
}

/// Equal as sets of texts, whatever the order.
pub fn same_set(a: &Json, b: &Json) -> bool {
    let sorted = |v: &Json| -> Option<Vec<String>> {
        let mut out: Vec<String> = v.as_array()?.iter().map(Json::to_string).collect();
        out.sort();
        out.dedup();
        Some(out)
    };
    match (sorted(a), sorted(b)) {
        (Some(a), Some(b)) => a == b,
        _ => a == b,
    }
}

/// The fields named, as far as they are there.
pub fn pick(fields: &Map, names: &[String]) -> Map {
    fields.iter().filter(|(field, _)| names.contains(field)).map(|(k, v)| (k.clone(), v.clone())).collect()
}

/// All fields but those named.
pub fn without(fields: &Map, names: &[&str]) -> Map {
    fields.iter().filter(|(field, _)| !names.contains(&field.as_str())).map(|(k, v)| (k.clone(), v.clone())).collect()
}

/// A text field, or nothing.
pub fn text<'a>(fields: &'a Map, key: &str) -> &'a str {
    fields.get(key).and_then(Json::as_str).unwrap_or_default()
}

/// An id field as text, whether the API has numbers or text.
pub fn id_text(json: &Json) -> Option<String> {
    match json {
        Json::String(text) => Some(text.clone()),
        Json::Number(number) => Some(number.to_string()),
        _ => None,
    }
}
