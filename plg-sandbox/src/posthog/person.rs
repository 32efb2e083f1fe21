//! A person, as the API shows one.

use super::json;
use serde_json::{Map, Value, json};

/// The table of persons, by id.
pub(crate) const PERSONS: &str = "posthog.persons";

/// A person as the API shows one by itself.
pub(crate) fn show(row: &Map<String, Value>) -> Value {
    let mut out = json::shown(row);
    out.insert("name".into(), name(row).clone());
    Value::Object(out)
}

/// A person in a list, where the id is the `uuid`, and not the number that a person has by itself.
pub(crate) fn listed(row: &Map<String, Value>) -> Value {
    json!({
        "type": "person",
        "id": row.get("uuid"),
        "uuid": row.get("uuid"),
        "created_at": row.get("created_at"),
        "last_seen_at": null,
        "properties": row.get("properties"),
        "is_identified": row.get("_identified").is_some(),
        "name": name(row),
        "distinct_ids": row.get("distinct_ids"),
        "matched_recordings": [],
        "value_at_data_point": null,
    })
}

/// The name of a person: an e-mail, a name, or the first of the ids.
fn name(row: &Map<String, Value>) -> &Value {
    let has = |name: &str| row.get("properties").and_then(|properties| properties.get(name)).filter(|v| v.is_string());
    let first = row.get("distinct_ids").and_then(|ids| ids.get(0));
    has("email").or_else(|| has("name")).or(first).unwrap_or(&Value::Null)
}
