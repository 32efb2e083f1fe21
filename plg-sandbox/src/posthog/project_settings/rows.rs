//! The settings of a project as they are stored, and what flags and dashboards have to do with them.

use crate::posthog::call::PosthogCall;
use crate::store::Store;
use serde_json::{Map, Value, json};

/// Rows of the sandbox itself: what they hold is of the project, and no object in it.
const TABLE: &str = "_project";

fn key(call: &PosthogCall) -> String {
    format!("settings {}", call.project)
}

/// The settings as they are: what nobody changed is as in a new project.
pub(crate) fn row(call: &PosthogCall) -> Map<String, Value> {
    let mut row: Map<String, Value> = serde_json::from_str(FRESH).unwrap_or_default();
    row.extend(call.store.get(TABLE, &key(call)).and_then(Value::as_object).into_iter().flatten().map(own));
    row
}

fn own((key, value): (&String, &Value)) -> (String, Value) {
    (key.clone(), value.clone())
}

/// Changes some of them.
pub(crate) fn change(call: &mut PosthogCall, fields: Map<String, Value>) {
    let key = key(call);
    let mut row = call.store.get(TABLE, &key).and_then(Value::as_object).cloned().unwrap_or_default();
    row.extend(fields);
    row.insert("updated_at".into(), json!(call.now()));
    call.store.put(TABLE, &key, Value::Object(row));
}

/// What must be so of events for them not to be a test user's.
pub(crate) fn test_account_filters(store: &Store, project: u64) -> Vec<Value> {
    let row = store.get(TABLE, &format!("settings {project}"));
    row.and_then(|row| row["test_account_filters"].as_array()).cloned().unwrap_or_default()
}

/// The flag that recordings wait for.
pub(crate) fn linked_flag(call: &PosthogCall) -> Option<u64> {
    row(call).get("session_recording_linked_flag")?.get("id")?.as_u64()
}

/// The flag that recordings wait for has another key.
pub(crate) fn rename_linked_flag(call: &mut PosthogCall, flag: u64, renamed: &str) {
    if linked_flag(call) != Some(flag) {
        return;
    }
    let mut link = row(call).remove("session_recording_linked_flag").unwrap_or_default();
    link["key"] = json!(renamed);
    change(call, Map::from_iter([("session_recording_linked_flag".to_owned(), link)]));
}

/// Whether a new flag needs a tag, and whether it needs a context.
pub(crate) fn asks_of_flags(call: &PosthogCall) -> (bool, bool) {
    let row = row(call);
    let policy = row.get("feature_flag_policy_config").and_then(|policy| policy.get("require_tags"));
    (policy == Some(&json!(true)), row.get("require_evaluation_contexts") == Some(&json!(true)))
}

/// The settings of a project that nobody has changed yet.
const FRESH: &str = include_str!("fresh.json");
