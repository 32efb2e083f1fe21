//! What a function asks for, and what it is given.

use crate::posthog::fault::Fault;
use crate::posthog::json::{is_set, text_at};
use serde_json::{Map, Value, json};

const TYPES: [&str; 19] = [
    "string",
    "number",
    "boolean",
    "dictionary",
    "choice",
    "json",
    "integration",
    "integration_multi",
    "integration_field",
    "email",
    "native_email",
    "posthog_assignee",
    "posthog_ticket_tags",
    "posthog_business_hours",
    "non_failure_status_codes",
    "customer_analytics_account_properties",
    "task_model",
    "task_repository",
    "task_mcp_installations",
];

/// What a secret is shown as where an old server kept the mask for it.
const MASK: &str = "********";

/// The items that a function asks for, each with what is not said.
pub(super) fn schema(sent: &Value) -> Result<Value, Fault> {
    let mut items = Vec::new();
    for (place, item) in sent.as_array().ok_or_else(|| Fault::not_a_list("inputs_schema", sent))?.iter().enumerate() {
        let at = |key: &str| format!("inputs_schema__{place}__{key}");
        let Some(item) = item.as_object() else { return Err(Fault::not_an_object(item).at("inputs_schema")) };
        let mut item = item.clone();
        match item.get("key") {
            Some(Value::String(_)) => {}
            _ => return Err(Fault::required(&at("key"))),
        }
        match item.get("type") {
            None => return Err(Fault::required(&at("type"))),
            Some(Value::String(ty)) if TYPES.contains(&ty.as_str()) => {}
            Some(other) => return Err(Fault::invalid_choice(&at("type"), other)),
        }
        for flag in ["required", "secret", "hidden"] {
            item.entry(flag).or_insert(json!(false));
        }
        items.push(Value::Object(item));
    }
    Ok(items.into())
}

/// The inputs with what the compiler adds; a secret that is not sent anew stays.
pub(super) fn inputs(schema: &Value, sent: &Value, old: &Value, kind: &str) -> Result<Value, Fault> {
    let Some(sent) = sent.as_object().cloned().or_else(|| sent.is_null().then(Map::new)) else {
        return Err(Fault::not_a_dict("inputs", sent));
    };
    let mut out = Map::new();
    for (order, field) in schema.as_array().into_iter().flatten().enumerate() {
        let key = text_at(field, "key");
        let at = format!("inputs__{key}");
        let input = sent.get(key).filter(|input| !input.is_null());
        if is_set(field, "secret") {
            let value = input.and_then(|input| input.get("value"));
            let is_marked = input.is_some_and(|input| is_set(input, "secret"));
            let is_untouched = input.is_none_or(|input| input.as_object().is_some_and(Map::is_empty));
            if is_untouched || (is_marked && value.is_none_or(|value| value == MASK)) {
                match old.get(key) {
                    Some(kept) => {
                        out.insert(key.to_owned(), kept.clone());
                        continue;
                    }
                    None if is_marked => {
                        let detail = "No value is saved for this secret input. Enter the value again.";
                        return Err(Fault::invalid_input(&at, detail));
                    }
                    None => {}
                }
            } else if value.is_some_and(|value| value == MASK) {
                let detail = "This secret input was not updated correctly. Enter the value again.";
                return Err(Fault::invalid_input(&at, detail));
            }
        }
        if let Some(kept) = one(field, input, order, kind).map_err(|fault| fault.at(&at))? {
            out.insert(key.to_owned(), kept);
        }
    }
    Ok(Value::Object(out))
}

/// One input as it is stored; nothing where it is not given.
fn one(field: &Value, input: Option<&Value>, order: usize, kind: &str) -> Result<Option<Value>, Fault> {
    let given = input.and_then(|input| input.get("value")).filter(|value| !value.is_null() && *value != "");
    let default = field.get("default").filter(|value| !value.is_null());
    let required = is_set(field, "required");
    let value = match (given, default) {
        (Some(value), _) => value,
        (None, Some(default)) if required => default,
        (None, _) if required => return Err(Fault::invalid("This field is required.")),
        (None, _) => return Ok(None),
    };
    let mut kept = input.and_then(Value::as_object).cloned().unwrap_or_default();
    let templating = field.get("templating").or_else(|| kept.get("templating")).cloned();
    holds(field, value, templating.as_ref())?;
    if kind == "transformation" {
        only_events(value)?;
    }
    kept.insert("value".into(), value.clone());
    kept.insert("order".into(), json!(order));
    if matches!(text_at(field, "type"), "string" | "boolean" | "dictionary" | "json" | "email") {
        kept.insert("bytecode".into(), json!(["_H", 1, 32, value]));
    }
    Ok(Some(Value::Object(kept)))
}

/// Refuses a value of another type; what is empty is looked at no further.
fn holds(field: &Value, value: &Value, templating: Option<&Value>) -> Result<(), Fault> {
    let wrong = |detail: &str| Err(Fault::invalid(detail));
    if !crate::posthog::json::truthy(Some(value)) {
        return Ok(());
    }
    match text_at(field, "type") {
        "string" if !value.is_string() => wrong("Value must be a string."),
        "number" if !value.is_number() => wrong("Value must be a number."),
        "dictionary" if !value.is_object() => wrong("Value must be a dictionary."),
        "integration" if value.as_i64().is_none() => wrong("Value must be an Integration ID."),
        "integration_multi" if !value.as_array().is_some_and(|all| all.iter().all(Value::is_i64)) => {
            wrong("Value must be a list of Integration IDs.")
        }
        "boolean" if value.is_string() && templating == Some(&json!("liquid")) => {
            wrong("Liquid templating is not supported for boolean fields. Use Hog templating instead.")
        }
        "boolean" if !value.is_boolean() && !value.is_string() => {
            wrong("Value must be a boolean or a template string.")
        }
        _ => Ok(()),
    }
}

/// A transformation runs before there is a person.
fn only_events(value: &Value) -> Result<(), Fault> {
    match value {
        Value::String(text) => {
            for part in text.split('{').skip(1) {
                let name: String = part.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
                if ["person", "groups", "source", "request"].contains(&name.as_str()) {
                    return Err(Fault::invalid(format!(
                        "Invalid template: Variable not available in transformations: {name}. Transformations only have access to project, event, and inputs."
                    )));
                }
            }
            Ok(())
        }
        Value::Array(all) => all.iter().try_for_each(only_events),
        Value::Object(all) => all.values().try_for_each(only_events),
        _ => Ok(()),
    }
}
