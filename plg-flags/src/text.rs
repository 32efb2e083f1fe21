//! Values as PostHog compares them.

use serde_json::Value;

/// A text itself; anything else as compact JSON: `5.0` is not `5`.
pub(crate) fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// A number, or a text that is one as a whole.
pub(crate) fn number(value: &Value) -> Option<f64> {
    value.as_f64().or_else(|| value.as_str()?.parse().ok())
}

/// Whether a filter's value only asks for true or false: so does a list of such, and one of nothing.
pub(crate) fn is_boolean(value: &Value) -> bool {
    match value {
        Value::Bool(_) => true,
        Value::String(text) => text.eq_ignore_ascii_case("true") || text.eq_ignore_ascii_case("false"),
        Value::Array(all) => all.iter().all(is_boolean),
        _ => false,
    }
}

/// Whether a value means true.
pub(crate) fn is_true(value: &Value) -> bool {
    match value {
        Value::Bool(is) => *is,
        Value::String(text) => text.eq_ignore_ascii_case("true"),
        Value::Array(all) => all.iter().all(is_true),
        _ => false,
    }
}
