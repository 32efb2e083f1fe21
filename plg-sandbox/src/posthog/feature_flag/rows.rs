//! How flags are stored and found, and what other kinds do to them.

use super::filters;
use crate::posthog::call::PosthogCall;
use crate::posthog::json::{flagged, text};
use crate::store::Store;
use serde_json::{Map, Value, json};

/// The table of flags, by id.
pub(crate) const FLAGS: &str = "posthog.flags";

/// `project:key` of every flag that is not deleted, to its id.
const KEYS: &str = "posthog.flag_keys";

/// `project:key` of deleted flags that still bear their key, to their id.
const TOMBSTONES: &str = "posthog.flag_tombstones";

/// Flags that depend on others, by id: `{"flags": […], "cohorts": […]}`; flags that do not have no row.
const USES: &str = "posthog.flag_uses";

fn place(call: &PosthogCall, key: &str) -> String {
    format!("{}:{key}", call.project)
}

/// The id of the flag that holds a key; deleted flags hold none.
pub(crate) fn by_key(call: &PosthogCall, key: &str) -> Option<u64> {
    call.store.get(KEYS, &place(call, key))?.as_u64()
}

/// A deleted flag that still bears a key.
pub(crate) fn tombstone(call: &PosthogCall, key: &str) -> Option<u64> {
    call.store.get(TOMBSTONES, &place(call, key))?.as_u64()
}

/// A flag's row, of this project.
pub(crate) fn flag<'c>(call: &'c PosthogCall, id: u64) -> Option<&'c Map<String, Value>> {
    call.find(FLAGS, &id.to_string())
}

/// A row's id.
pub(crate) fn id_of(row: &Map<String, Value>) -> u64 {
    row.get("id").and_then(Value::as_u64).unwrap_or(0)
}

/// Flags, not deleted, that use another flag (`flags`) or a cohort (`cohorts`) in their conditions.
pub(crate) fn users<'c>(call: &'c PosthogCall, what: &str, id: u64) -> Vec<&'c Map<String, Value>> {
    let wanted = json!(id);
    call.store
        .rows(USES)
        .filter(|(_, uses)| uses.get(what).and_then(Value::as_array).is_some_and(|ids| ids.contains(&wanted)))
        .filter_map(|(user, _)| call.find(FLAGS, user))
        .filter(|row| !flagged(row, "deleted"))
        .collect()
}

/// Puts a row and keeps the indexes true.
fn save(call: &mut PosthogCall, row: Map<String, Value>) {
    let id = id_of(&row);
    forget(call, id);
    let place = place(call, text(&row, "key"));
    call.store.put(if flagged(&row, "deleted") { TOMBSTONES } else { KEYS }, &place, json!(id));
    let (flags, cohorts) = (filters::flags(&row), filters::cohorts(&row));
    if !flags.is_empty() || !cohorts.is_empty() {
        call.store.put(USES, &id.to_string(), json!({ "flags": flags, "cohorts": cohorts }));
    }
    call.put(FLAGS, &id.to_string(), row);
}

fn forget(call: &mut PosthogCall, id: u64) {
    let Some(key) = flag(call, id).map(|row| text(row, "key").to_owned()) else { return };
    let place = place(call, &key);
    for table in [KEYS, TOMBSTONES] {
        if call.store.get(table, &place) == Some(&json!(id)) {
            call.store.remove(table, &place);
        }
    }
    call.store.remove(USES, &id.to_string());
}

/// A new flag with PostHog's defaults.
pub(crate) fn create(call: &mut PosthogCall, fields: Map<String, Value>) -> u64 {
    let id = call.next_id(FLAGS);
    let now = call.now();
    let row = json!({
        "id": id,
        "key": "",
        "name": "",
        "active": true,
        "archived": false,
        "deleted": false,
        "filters": { "groups": [] },
        "created_by": call.user(),
        "created_at": now,
        "updated_at": now,
        "version": 1,
        "last_modified_by": call.user(),
        "ensure_experience_continuity": false,
        "tags": [],
        "evaluation_contexts": [],
        "evaluation_contexts_match_mode": "any",
        "usage_dashboard": null,
        "analytics_dashboards": [],
        "has_enriched_analytics": false,
        "is_remote_configuration": false,
        "has_encrypted_payloads": false,
        "evaluation_runtime": "all",
        "bucketing_identifier": "distinct_id",
        "last_called_at": null,
        "_experiments": [],
        "_features": [],
    });
    let Value::Object(mut row) = row else { return id };
    row.extend(fields);
    save(call, row);
    id
}

/// Changes a flag and counts it as one version.
pub(crate) fn change(call: &mut PosthogCall, id: u64, fields: Map<String, Value>) {
    let Some(row) = flag(call, id) else { return };
    let version = row.get("version").and_then(Value::as_u64).unwrap_or(0) + 1;
    let mut row = row.clone();
    row.extend(fields);
    row.insert("version".into(), json!(version));
    row.insert("updated_at".into(), json!(call.now()));
    row.insert("last_modified_by".into(), call.user());
    save(call, row);
}

/// Adds an experiment (`_experiments`) or an early access feature (`_features`) to those of a flag.
pub(crate) fn link(call: &mut PosthogCall, id: u64, list: &str, linked: Value) {
    edit_links(call, id, list, |links| links.push(linked));
}

/// Takes an early access feature away from those of a flag.
pub(crate) fn unlink(call: &mut PosthogCall, id: u64, list: &str, linked: &Value) {
    edit_links(call, id, list, |links| links.retain(|l| l != linked));
}

fn edit_links(call: &mut PosthogCall, id: u64, list: &str, edit: impl FnOnce(&mut Vec<Value>)) {
    let Some(mut row) = flag(call, id).cloned() else { return };
    if let Value::Array(links) = row.entry(list).or_insert_with(|| json!([])) {
        edit(links);
    }
    call.put(FLAGS, &id.to_string(), row);
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

/// Notes the dashboard that the server made beside a new flag; no version is counted.
pub(crate) fn note_usage(call: &mut PosthogCall, id: u64, dashboard: u64) {
    let Some(mut row) = flag(call, id).cloned() else { return };
    row.insert("usage_dashboard".into(), json!(dashboard));
    call.put(FLAGS, &id.to_string(), row);
}

/// A flag that works for another resource and is not listed.
pub(crate) fn create_internal(call: &mut PosthogCall, key: &str, name: &str, filters: Value, active: bool) -> u64 {
    let fields = json!({ "key": key, "name": name, "filters": filters, "active": active, "_internal": true });
    create(call, fields.as_object().cloned().unwrap_or_default())
}

/// Turns a flag on or off; nothing happens if it is so already.
pub(crate) fn set_active(call: &mut PosthogCall, id: u64, active: bool) {
    set(call, id, "active", json!(active));
}

/// Replaces a flag's filters as they are, without the checks of the flag's own endpoint.
pub(crate) fn set_filters(call: &mut PosthogCall, id: u64, filters: Value) {
    set(call, id, "filters", filters);
}

/// Sets one field, if it is not so already.
pub(crate) fn set(call: &mut PosthogCall, id: u64, field: &str, value: Value) {
    if flag(call, id).is_some_and(|row| row.get(field) != Some(&value)) {
        change(call, id, Map::from_iter([(field.to_owned(), value)]));
    }
}

/// Removes a flag for good.
pub(crate) fn remove(call: &mut PosthogCall, id: u64) {
    forget(call, id);
    call.store.remove(FLAGS, &id.to_string());
}
