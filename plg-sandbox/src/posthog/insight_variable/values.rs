//! What a list variable may choose from: texts, whatever was sent.

use crate::posthog::fault::Fault;
use crate::posthog::python::python_json;
use serde_json::{Value, json};

/// A text, number or boolean as text.
fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Bool(_) | Value::Number(_) => Some(value.to_string()),
        _ => None,
    }
}

/// The values of a list: each a scalar; nulls are left out.
pub(crate) fn strict(list: &[Value]) -> Result<Value, Fault> {
    let mut out = Vec::with_capacity(list.len());
    for (index, value) in list.iter().enumerate().filter(|(_, value)| !value.is_null()) {
        let Some(text) = scalar(value) else {
            let shape = if value.is_object() { "an object" } else { "an array" };
            let detail = format!(
                "List variable values must be strings or numbers (got {shape} at index {index}). \
                 Enter each value as plain text or a number."
            );
            return Err(Fault::invalid_input("values", detail));
        };
        out.push(text);
    }
    Ok(json!(out))
}

/// A default as text: an option by its value or label, anything else as JSON; null is none.
pub(crate) fn lenient(value: &Value) -> Option<String> {
    if value.is_null() {
        return None;
    }
    let option = || ["value", "label"].iter().find_map(|key| scalar(value.get(*key)?));
    scalar(value).or_else(option).or_else(|| Some(python_json(value)))
}

/// Every one of a list, without nulls.
pub(crate) fn lenient_all(list: &[Value]) -> Value {
    json!(list.iter().filter_map(lenient).collect::<Vec<_>>())
}
