//! Event definitions as they are stored, and the mark that an event leaves on them.

use crate::posthog::call::PosthogCall;
use crate::posthog::fault::Fault;
use crate::posthog::json::text_at;
use crate::posthog::property_definition::rows as properties;
use crate::store::Store;
use serde_json::{Map, Value, json};

pub(crate) const EVENTS: &str = "posthog.event_definitions";

/// `project:name` of every definition, with its id.
pub(crate) const NAMES: &str = "posthog.event_names";

pub(crate) fn name_key(project: u64, name: &str) -> String {
    format!("{project}:{name}")
}

pub(crate) fn find(call: &PosthogCall, id: &str) -> Result<Value, Fault> {
    let row = call.store.get(EVENTS, &id.to_lowercase()).filter(|row| row["team_id"].as_u64() == Some(call.project));
    row.cloned().ok_or_else(Fault::not_found)
}

pub(crate) fn named<'a>(store: &'a Store, project: u64, name: &str) -> Option<&'a Value> {
    let id = store.get(NAMES, &name_key(project, name))?.as_str()?;
    store.get(EVENTS, id)
}

/// Puts a new definition in place.
pub(crate) fn insert(store: &mut Store, project: u64, name: &str) -> Value {
    let id = uuid::Uuid::new_v4().to_string();
    let row = json!({
        "id": id, "team_id": project, "name": name, "owner": null, "description": "", "created_at": null,
        "updated_at": null, "updated_by": null, "last_seen_at": null, "last_updated_at": null, "verified": false,
        "verified_at": null, "verified_by": null, "hidden": false, "enforcement_mode": "allow",
        "primary_property": null, "default_columns": [], "post_to_slack": false, "tags": [], "is_action": false,
        "action_id": null, "is_calculating": false, "last_calculated_at": null, "created_by": null,
    });
    store.put(NAMES, &name_key(project, name), json!(id));
    store.put(EVENTS, &id, row.clone());
    row
}

/// What an event does to the taxonomy when it arrives: its definition is there and seen, and so
/// are its properties. `at` is the time of the event, as the API prints times.
pub fn ingest(store: &mut Store, project: u64, event: &str, properties: &Map<String, Value>, at: &str) {
    let mut row = named(store, project, event).cloned().unwrap_or_else(|| insert(store, project, event));
    if row["created_at"].is_null() {
        row["created_at"] = json!(at);
    }
    row["last_seen_at"] = json!(at);
    store.put(EVENTS, text_at(&row, "id"), row.clone());
    for (name, value) in properties {
        properties::seen(store, project, event, name, value);
        // These say something of the person.
        if let ("$set" | "$set_once", Some(set)) = (name.as_str(), value.as_object()) {
            for (name, value) in set {
                properties::seen_of_people(store, project, name, value);
            }
        }
    }
}
