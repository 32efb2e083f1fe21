//! Small readers of JSON rows and bodies.

use serde_json::{Map, Value};

/// Whether a field is there and neither null, false, zero nor empty.
pub(crate) fn truthy(value: Option<&Value>) -> bool {
    match value {
        None | Some(Value::Null) => false,
        Some(Value::Bool(said)) => *said,
        Some(Value::Number(number)) => number.as_f64() != Some(0.0),
        Some(Value::String(text)) => !text.is_empty(),
        Some(Value::Array(items)) => !items.is_empty(),
        Some(Value::Object(members)) => !members.is_empty(),
    }
}

/// The text under `key`, or an empty one.
pub(crate) fn text_at<'a>(row: &'a Value, key: &str) -> &'a str {
    row.get(key).and_then(Value::as_str).unwrap_or_default()
}

/// Whether `key` holds true.
pub(crate) fn is_set(row: &Value, key: &str) -> bool {
    row.get(key).and_then(Value::as_bool).unwrap_or(false)
}

/// The number under `key`, or zero.
pub(crate) fn number_at(row: &Value, key: &str) -> u64 {
    row.get(key).and_then(Value::as_u64).unwrap_or(0)
}

/// Puts every member of `changes` into `row`.
pub(crate) fn merge(row: &mut Value, changes: Map<String, Value>) {
    if let Value::Object(row) = row {
        row.extend(changes);
    }
}

/// A row without its private keys.
pub(crate) fn shown(row: &Map<String, Value>) -> Map<String, Value> {
    row.iter().filter(|(key, _)| !key.starts_with('_')).map(|(k, v)| (k.clone(), v.clone())).collect()
}

/// Whether a row's boolean is set.
pub(crate) fn flagged(row: &Map<String, Value>, key: &str) -> bool {
    row.get(key).and_then(Value::as_bool).unwrap_or(false)
}

/// A row's text, or nothing.
pub(crate) fn text<'r>(row: &'r Map<String, Value>, key: &str) -> &'r str {
    row.get(key).and_then(Value::as_str).unwrap_or("")
}

/// A whole number, also as text or as a float without a fraction.
pub(crate) fn whole(value: &Value) -> Option<i64> {
    match value {
        Value::Number(number) => number.as_i64().or_else(|| {
            let float = number.as_f64()?;
            (float.fract() == 0.0 && float.abs() < 9e15).then_some(float as i64)
        }),
        Value::String(text) => {
            let text = text.trim();
            text.split_once('.')
                .filter(|(_, zeros)| zeros.bytes().all(|b| b == b'0'))
                .map_or(text, |(n, _)| n)
                .parse()
                .ok()
        }
        _ => None,
    }
}
