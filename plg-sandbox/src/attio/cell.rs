//! Values by attribute, as records and list entries hold them.

use super::call::AttioCall;
use super::refusal::AttioRefusal;
use super::row::{id, stamp, text};
use super::{names, value};
use crate::attio::attribute::rows as attributes;
use crate::attio::choice::rows as choices;
use crate::settings::Settings;
use crate::store::Store;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Span, Timestamp, Zoned};
use serde_json::{Map, Value, json};

/// What happens to values that are there already.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Mode<'a> {
    Overwrite,
    /// Values of multiselect attributes are added.
    Append,
    /// Only those of one attribute are added.
    AppendTo(&'a str),
}

/// Puts `given` over `held`, both checked against the attributes of `parent`.
pub(crate) fn write(
    call: &mut AttioCall,
    parent: &str,
    owner: &str,
    held: &Map<String, Value>,
    given: &Map<String, Value>,
    mode: Mode,
) -> Result<Map<String, Value>, AttioRefusal> {
    let (now, actor) = (call.now(), call.actor());
    let mut values = held.clone();
    for (reference, input) in given {
        let Some(row) =
            attributes::lookup(call.store, call.settings, parent, reference).filter(|row| row["is_archived"] != true)
        else {
            return Err(AttioRefusal::unknown(format!("Cannot find attribute with slug/ID \"{reference}\".")));
        };
        if row["is_writable"] != true {
            let message = format!("Attribute with slug \"{}\" is not writable.", text(row, "api_slug"));
            return Err(AttioRefusal::refused("system_edit_unauthorized", message));
        }
        let parsed = value::parse(call, row, input)?;
        let attribute_id = id(row, "attribute_id").to_owned();
        let append = row["is_multiselect"] == true
            && match mode {
                Mode::Overwrite => false,
                Mode::Append => true,
                Mode::AppendTo(only) => only == attribute_id,
            };
        let held = values.get(&attribute_id).and_then(Value::as_array).cloned().unwrap_or_default();
        // What is written again as it is stays as old as it is.
        let kept = |parts: &Map<String, Value>| held.iter().find(|old| parts.iter().all(|(key, v)| old[key] == *v));
        let one = |parts| kept(&parts).cloned().unwrap_or_else(|| wrap(&now, &actor, parts));
        let mut all: Vec<Value> = parsed.into_iter().map(one).collect();
        if append {
            for old in &held {
                if !all.iter().any(|new| value::essence(new) == value::essence(old)) {
                    all.push(old.clone());
                }
            }
        }
        values.insert(attribute_id, Value::Array(all));
    }
    complete(call, parent, &mut values, held.is_empty())?;
    claim(call, parent, owner, held, &values)?;
    Ok(values)
}

/// A value with when and by whom it was written.
pub(crate) fn wrap(now: &str, actor: &Value, parts: Map<String, Value>) -> Value {
    let mut value = json!({"active_from": now, "active_until": null, "created_by_actor": actor});
    if let Value::Object(map) = &mut value {
        map.extend(parts);
    }
    value
}

/// Fills in defaults of what is new, and misses what is required.
fn complete(call: &AttioCall, parent: &str, values: &mut Map<String, Value>, new: bool) -> Result<(), AttioRefusal> {
    let (now, actor) = (call.now(), call.actor());
    for row in attributes::all(call.store, call.settings, parent).filter(|row| row["is_archived"] != true) {
        let attribute_id = id(row, "attribute_id");
        let empty = values.get(attribute_id).and_then(Value::as_array).is_none_or(Vec::is_empty);
        if !empty {
            continue;
        }
        if new && !values.contains_key(attribute_id) {
            let defaults = defaults(call, row);
            if !defaults.is_empty() {
                let all = defaults.into_iter().map(|parts| wrap(&now, &actor, parts)).collect();
                values.insert(attribute_id.to_owned(), all);
                continue;
            }
        }
        if row["is_required"] == true {
            let message = format!("Required value for attribute with ID \"{attribute_id}\" was not provided.");
            return Err(AttioRefusal::refused("missing_value", message));
        }
    }
    Ok(())
}

fn defaults(call: &AttioCall, row: &Value) -> Vec<Map<String, Value>> {
    let (kind, default) = (text(row, "type"), &row["default_value"]);
    let parts = match (text(default, "type"), kind) {
        ("static", _) => {
            return default["template"]
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(Value::as_object)
                .cloned()
                .collect();
        }
        ("dynamic", "actor-reference") => {
            let actor = call.actor();
            json!({"referenced_actor_type": actor["type"], "referenced_actor_id": actor["id"], "attribute_type": kind})
        }
        ("dynamic", _) => {
            let Some(then) = later(call.settings.clock(), text(default, "template")) else { return Vec::new() };
            let value = if kind == "date" { then.strftime("%Y-%m-%d").to_string() } else { stamp(then) };
            json!({"value": value, "attribute_type": kind})
        }
        _ => return Vec::new(),
    };
    parts.as_object().cloned().into_iter().collect()
}

fn later(now: Timestamp, duration: &str) -> Option<Timestamp> {
    if let Ok(exact) = duration.parse::<SignedDuration>() {
        return now.checked_add(exact).ok();
    }
    let span: Span = duration.parse().ok()?;
    Zoned::new(now, TimeZone::UTC).checked_add(span).ok().map(|then| then.timestamp())
}

/// Keeps the index of unique values; refuses one that another record has.
pub(crate) fn claim(
    call: &mut AttioCall,
    parent: &str,
    owner: &str,
    held: &Map<String, Value>,
    values: &Map<String, Value>,
) -> Result<(), AttioRefusal> {
    let unique: Vec<(String, String)> = attributes::all(call.store, call.settings, parent)
        .filter(|row| row["is_unique"] == true && row["is_writable"] == true)
        .map(|row| (id(row, "attribute_id").to_owned(), text(row, "api_slug").to_owned()))
        .collect();
    for (attribute_id, slug) in &unique {
        let scope = format!("values.{attribute_id}");
        if keys(values.get(attribute_id)).any(|key| names::is_taken(call.store, &scope, &key, owner)) {
            let message = format!(
                "The value provided for attribute with slug \"{slug}\" conflicts with one already in the system."
            );
            return Err(AttioRefusal::refused("uniqueness_conflict", message));
        }
    }
    for (attribute_id, _) in &unique {
        let scope = format!("values.{attribute_id}");
        for key in keys(held.get(attribute_id)) {
            names::release(call.store, &scope, &key);
        }
        for key in keys(values.get(attribute_id)) {
            names::claim(call.store, &scope, &key, owner);
        }
    }
    Ok(())
}

/// Keeps the unique values of what is put together from others.
pub(crate) fn keep(call: &mut AttioCall, parent: &str, owner: &str, held: &Map<String, Value>) {
    // Whoever had them has been freed of them.
    let _ = claim(call, parent, owner, &Map::new(), held);
}

/// Frees the unique values of what is removed.
pub(crate) fn forget(call: &mut AttioCall, parent: &str, held: &Map<String, Value>) {
    // Without values nothing can conflict or be missing but required attributes, which do not matter here.
    let _ = claim(call, parent, "", held, &Map::new());
}

/// What the values are found by.
pub(crate) fn keys(values: Option<&Value>) -> impl Iterator<Item = String> {
    values.and_then(Value::as_array).into_iter().flatten().map(|v| match value::essence(v) {
        Value::String(s) => s,
        other => other.to_string(),
    })
}

/// Values by slug in API order, empty ones too, choices as they are now.
pub(crate) fn render(store: &Store, settings: &Settings, parent: &str, values: &Value) -> Value {
    let rows = attributes::all(store, settings, parent).filter(|row| row["is_archived"] != true);
    Value::Object(rows.map(|row| (text(row, "api_slug").to_owned(), current(store, row, values))).collect())
}

/// The values of one attribute, choices as they are now.
pub(crate) fn current(store: &Store, attribute: &Value, values: &Value) -> Value {
    let attribute_id = id(attribute, "attribute_id");
    let all = values[attribute_id].as_array().into_iter().flatten();
    all.map(|value| fresh(store, attribute_id, value.clone())).collect()
}

/// A value with its choice as it is now.
pub(crate) fn fresh(store: &Store, attribute_id: &str, mut value: Value) -> Value {
    for (key, choice_id) in [("option", "option_id"), ("status", "status_id")] {
        if let Some(choice) = value.get(key).and_then(|c| choices::current(store, attribute_id, id(c, choice_id))) {
            value[key] = choice;
        }
    }
    value
}

/// The object that a checked value is.
pub(crate) fn taken(value: Option<Value>) -> Map<String, Value> {
    match value {
        Some(Value::Object(map)) => map,
        _ => Map::new(),
    }
}
