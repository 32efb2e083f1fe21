//! Property definitions as they are stored, and the mark that an event leaves on them.

use crate::posthog::call::PosthogCall;
use crate::posthog::fault::Fault;
use crate::posthog::json::text_at;
use crate::posthog::time::moment;
use crate::store::Store;
use serde_json::{Value, json};

pub(crate) const PROPERTIES: &str = "posthog.property_definitions";

/// `project:type:name` of every definition, with its id.
pub(crate) const NAMES: &str = "posthog.property_names";

pub(crate) fn find(call: &PosthogCall, id: &str) -> Result<Value, Fault> {
    let row =
        call.store.get(PROPERTIES, &id.to_lowercase()).filter(|row| row["team_id"].as_u64() == Some(call.project));
    row.cloned().ok_or_else(Fault::not_found)
}

/// What [`NAMES`] knows a definition by. Definitions of people were added later: those of events have no type.
pub(crate) fn key(row: &Value) -> String {
    let of = if is_of_people(row) { "\u{1}person:" } else { "" };
    format!("{}:{of}{}", row["team_id"], text_at(row, "name"))
}

/// Whether it is a property of people.
pub(crate) fn is_of_people(row: &Value) -> bool {
    row["_type"] == "person"
}

/// Somebody has a property: its definition is there.
pub(crate) fn seen_of_people(store: &mut Store, project: u64, name: &str, value: &Value) {
    let mut row = new(project, name, value);
    row["_type"] = json!("person");
    if store.get(NAMES, &key(&row)).is_none() {
        store.put(NAMES, &key(&row), row["id"].clone());
        let id = text_at(&row, "id").to_owned();
        store.put(PROPERTIES, &id, row);
    }
}

fn new(project: u64, name: &str, value: &Value) -> Value {
    let kind = kind_of(value);
    json!({
        "id": uuid::Uuid::new_v4().to_string(), "team_id": project, "name": name, "description": "", "tags": [],
        "property_type": kind, "is_numerical": kind == Some("Numeric"), "verified": false, "verified_at": null,
        "verified_by": null, "hidden": false, "updated_at": null, "updated_by": null, "_events": [],
    })
}

/// An event carried a property: its definition is there, and knows the event.
pub(crate) fn seen(store: &mut Store, project: u64, event: &str, name: &str, value: &Value) {
    let key = format!("{project}:{name}");
    let known = store.get(NAMES, &key).and_then(Value::as_str).and_then(|id| store.get(PROPERTIES, id)).cloned();
    let mut row = match known {
        Some(row) => row,
        None => {
            let row = new(project, name, value);
            store.put(NAMES, &key, row["id"].clone());
            row
        }
    };
    if let Some(events) = row["_events"].as_array_mut()
        && !events.iter().any(|e| e == event)
    {
        events.push(json!(event));
    }
    let id = text_at(&row, "id").to_owned();
    store.put(PROPERTIES, &id, row);
}

fn kind_of(value: &Value) -> Option<&'static str> {
    match value {
        Value::Number(_) => Some("Numeric"),
        Value::Bool(_) => Some("Boolean"),
        Value::String(text) if text.len() >= 10 && moment(text).is_some() => Some("DateTime"),
        Value::String(_) => Some("String"),
        _ => None,
    }
}
