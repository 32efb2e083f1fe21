//! How actions are stored and found.

use crate::posthog::call::Cx;
use crate::posthog::json::{flagged, text};
use serde_json::{Map, Value, json};

/// The table of actions, by id.
pub(crate) const ACTIONS: &str = "posthog.actions";

/// `project:name` of actions that are not deleted, to their id.
pub(crate) const NAMES: &str = "posthog.action_names";

pub(crate) fn save(cx: &mut Cx, id: u64, row: Map<String, Value>) {
    let place = |row: &Map<String, Value>| format!("{}:{}", cx.project, text(row, "name"));
    let old = cx.find(ACTIONS, &id.to_string()).map(&place);
    let new = place(&row);
    if let Some(old) = old
        && cx.store.get(NAMES, &old) == Some(&json!(id))
    {
        cx.store.remove(NAMES, &old);
    }
    // Restoring does not check the name, so an older holder may keep it.
    if !flagged(&row, "deleted") && cx.store.get(NAMES, &new).is_none() {
        cx.store.put(NAMES, &new, json!(id));
    }
    cx.put(ACTIONS, &id.to_string(), row);
}

/// An action of this project that is not deleted.
pub(crate) fn live_action<'a>(cx: &'a Cx, id: u64) -> Option<&'a Map<String, Value>> {
    cx.find(ACTIONS, &id.to_string()).filter(|row| !flagged(row, "deleted"))
}
