//! Property groups and schemas as they are stored, and a group as it is shown.

use crate::posthog::call::PosthogCall;
use crate::posthog::event_definition::rows::find as event;
use crate::posthog::json::{shown, text, text_at};
use serde_json::{Map, Value, json};

pub(crate) const GROUPS: &str = "posthog.property_groups";
pub(crate) const SCHEMAS: &str = "posthog.event_schemas";

/// A group with the events that have it.
pub(crate) fn show(call: &PosthogCall, row: &Map<String, Value>) -> Value {
    let mut out = shown(row);
    out.insert("events".into(), events_of(call, text(row, "id")));
    Value::Object(out)
}

/// The events that have a group, by name.
pub(crate) fn events_of(call: &PosthogCall, group: &str) -> Value {
    let of = call.rows(SCHEMAS).filter(|(_, row)| text(row, "_group") == group);
    let mut events: Vec<Value> = of.filter_map(|(_, row)| event(call, text(row, "event_definition")).ok()).collect();
    events.sort_by_key(|event| text_at(event, "name").to_lowercase());
    events.iter().map(|event| json!({ "id": event["id"], "name": event["name"] })).collect()
}

/// What goes with a group.
pub(crate) fn drop_of(call: &mut PosthogCall, group: &str) {
    drop_where(call, "_group", group);
}

/// What goes with an event.
pub(crate) fn drop_of_event(call: &mut PosthogCall, event: &str) {
    drop_where(call, "event_definition", event);
}

fn drop_where(call: &mut PosthogCall, field: &str, is: &str) {
    let of = call.rows(SCHEMAS).filter(|(_, row)| text(row, field) == is);
    let gone: Vec<String> = of.map(|(id, _)| id.to_owned()).collect();
    for id in gone {
        call.store.remove(SCHEMAS, &id);
    }
}
