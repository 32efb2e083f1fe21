//! How actions are stored and found.

use crate::posthog::call::PosthogCall;
use crate::posthog::json::{flagged, text};
use serde_json::{Map, Value, json};

/// The table of actions, by id.
pub(crate) const ACTIONS: &str = "posthog.actions";

/// `project:name` of actions that are not deleted, to their id.
pub(crate) const NAMES: &str = "posthog.action_names";

pub(crate) fn save(call: &mut PosthogCall, id: u64, row: Map<String, Value>) {
    let place = |row: &Map<String, Value>| format!("{}:{}", call.project, text(row, "name"));
    let old = call.find(ACTIONS, &id.to_string()).map(&place);
    let new = place(&row);
    if let Some(old) = old
        && call.store.get(NAMES, &old) == Some(&json!(id))
    {
        call.store.remove(NAMES, &old);
    }
    // Restoring does not check the name, so an older holder may keep it.
    if !flagged(&row, "deleted") && call.store.get(NAMES, &new).is_none() {
        call.store.put(NAMES, &new, json!(id));
    }
    call.put(ACTIONS, &id.to_string(), row);
}

/// An action of this project that is not deleted.
pub(crate) fn live_action<'a>(call: &'a PosthogCall, id: u64) -> Option<&'a Map<String, Value>> {
    call.find(ACTIONS, &id.to_string()).filter(|row| !flagged(row, "deleted"))
}
