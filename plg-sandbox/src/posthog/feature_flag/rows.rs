//! How flags are stored, and what other kinds do to them.

use crate::Store;
use crate::posthog::{Cx, text};
use serde_json::{Map, Value, json};

/// The table of flags, by id.
pub(crate) const FLAGS: &str = "posthog.flags";
/// `project:key` of every flag that is not deleted, to its id.
const KEYS: &str = "posthog.flag_keys";

fn index(project: u64, key: &str) -> String {
    format!("{project}:{key}")
}

/// The id of the flag that holds a key; deleted flags hold none.
pub(crate) fn by_key(cx: &Cx, key: &str) -> Option<u64> {
    cx.store.get(KEYS, &index(cx.project, key))?.as_u64()
}

/// Lets a flag hold its key.
pub(crate) fn claim(cx: &mut Cx, key: &str, id: u64) {
    let place = index(cx.project, key);
    cx.store.put(KEYS, &place, json!(id));
}

/// Frees a key.
pub(crate) fn release(cx: &mut Cx, key: &str) {
    let place = index(cx.project, key);
    cx.store.remove(KEYS, &place);
}

/// A flag's row, of this project.
pub(crate) fn flag<'c>(cx: &'c Cx, id: u64) -> Option<&'c Map<String, Value>> {
    cx.find(FLAGS, &id.to_string())
}

/// A new flag with PostHog's defaults, put in place and holding its key.
pub(crate) fn create(cx: &mut Cx, fields: Map<String, Value>) -> u64 {
    let id = cx.next_id(FLAGS);
    let now = cx.now();
    let row = json!({
        "id": id,
        "key": "",
        "name": "",
        "active": true,
        "archived": false,
        "deleted": false,
        "filters": { "groups": [] },
        "created_by": cx.user(),
        "created_at": now,
        "updated_at": now,
        "version": 1,
        "last_modified_by": cx.user(),
        "ensure_experience_continuity": false,
        "tags": [],
        "evaluation_contexts": [],
        "usage_dashboard": null,
        "analytics_dashboards": [],
        "has_enriched_analytics": false,
        "is_remote_configuration": false,
        "has_encrypted_payloads": false,
        "evaluation_runtime": "all",
        "bucketing_identifier": "distinct_id",
        "last_called_at": null,
    });
    let Value::Object(mut row) = row else { return id };
    row.extend(fields);
    let key = text(&row, "key").to_owned();
    cx.put(FLAGS, &id.to_string(), row);
    claim(cx, &key, id);
    id
}

/// Changes a flag and counts it as one version.
pub(crate) fn change(cx: &mut Cx, id: u64, fields: Map<String, Value>) {
    let Some(mut row) = flag(cx, id).cloned() else { return };
    let version = row.get("version").and_then(Value::as_u64).unwrap_or(0) + 1;
    row.extend(fields);
    row.insert("version".into(), json!(version));
    row.insert("updated_at".into(), json!(cx.now()));
    row.insert("last_modified_by".into(), cx.user());
    cx.put(FLAGS, &id.to_string(), row);
}

/// The short form of a flag inside other resources; null if there is none.
pub(crate) fn minimal(store: &Store, id: u64) -> Value {
    let Some(row) = store.get(FLAGS, &id.to_string()) else { return Value::Null };
    json!({
        "id": id,
        "team_id": row["_project"],
        "name": row["name"],
        "key": row["key"],
        "filters": row["filters"],
        "deleted": row["deleted"],
        "active": row["active"],
        "ensure_experience_continuity": row["ensure_experience_continuity"],
        "version": row["version"],
        "evaluation_runtime": row["evaluation_runtime"],
        "bucketing_identifier": row["bucketing_identifier"],
        "evaluation_contexts": row["evaluation_contexts"],
    })
}

/// A flag that works for another resource and is not listed.
pub(crate) fn create_internal(cx: &mut Cx, key: &str, name: &str, filters: Value, active: bool) -> u64 {
    let mut fields = Map::new();
    fields.insert("key".into(), json!(key));
    fields.insert("name".into(), json!(name));
    fields.insert("filters".into(), filters);
    fields.insert("active".into(), json!(active));
    fields.insert("_internal".into(), json!(true));
    create(cx, fields)
}

/// Turns a flag on or off; nothing happens if it is so already.
pub(crate) fn set_active(cx: &mut Cx, id: u64, active: bool) {
    if flag(cx, id).is_some_and(|row| row.get("active") != Some(&json!(active))) {
        change(cx, id, Map::from_iter([("active".to_owned(), json!(active))]));
    }
}

/// Replaces a flag's filters as they are, without the checks of the flag's own endpoint.
pub(crate) fn set_filters(cx: &mut Cx, id: u64, filters: Value) {
    if flag(cx, id).is_some_and(|row| row.get("filters") != Some(&filters)) {
        change(cx, id, Map::from_iter([("filters".to_owned(), filters)]));
    }
}

/// Removes a flag for good.
pub(crate) fn remove(cx: &mut Cx, id: u64) {
    let Some(row) = flag(cx, id) else { return };
    let (key, live) = (text(row, "key").to_owned(), !crate::posthog::flagged(row, "deleted"));
    if live {
        release(cx, &key);
    }
    cx.store.remove(FLAGS, &id.to_string());
}
