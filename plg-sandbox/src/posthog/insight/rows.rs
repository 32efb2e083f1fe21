//! How insights are stored and found, and which tiles show them.

use crate::posthog::call::PosthogCall;
use crate::posthog::json::{is_set, merge};
use crate::store::Store;
use serde_json::{Map, Value, json};

/// The dashboards and tiles of an insight, also removed ones.
pub(crate) fn links(store: &Store, insight: u64) -> Vec<(u64, u64)> {
    let row = store.get(INSIGHTS, &insight.to_string());
    row.map(links_of).unwrap_or_default()
}

/// The dashboards and tiles an insight's row names.
pub(crate) fn links_of(insight: &Value) -> Vec<(u64, u64)> {
    let pair = |link: &Value| Some((link.get(0)?.as_u64()?, link.get(1)?.as_u64()?));
    insight["_tiles"].as_array().map(|all| all.iter().filter_map(pair).collect()).unwrap_or_default()
}

pub(crate) fn link(store: &mut Store, insight: u64, dashboard: u64, tile: u64) {
    let key = insight.to_string();
    let Some(mut row) = store.get(INSIGHTS, &key).cloned() else { return };
    let mut links = links_of(&row);
    links.retain(|(d, t)| *t != tile && *d != dashboard);
    links.push((dashboard, tile));
    row["_tiles"] = json!(links);
    store.put(INSIGHTS, &key, row);
}

pub(crate) fn unlink(store: &mut Store, insight: u64, tile: u64) {
    let key = insight.to_string();
    let Some(mut row) = store.get(INSIGHTS, &key).cloned() else { return };
    let mut links = links_of(&row);
    links.retain(|(_, t)| *t != tile);
    row["_tiles"] = json!(links);
    store.put(INSIGHTS, &key, row);
}

pub(crate) const INSIGHTS: &str = "posthog.insights";

/// Short ids with the number they stand for.
const SHORT_IDS: &str = "posthog.insight_short_ids";

/// An insight of a project that is not deleted.
pub(crate) fn live(store: &Store, project: u64, id: u64) -> Option<&Value> {
    let row = store.get(INSIGHTS, &id.to_string())?;
    (row["team_id"].as_u64() == Some(project) && !is_set(row, "deleted")).then_some(row)
}

/// Digits are a number first and a short id second.
pub(crate) fn find<'a>(call: &'a PosthogCall, id: &str) -> Option<&'a Value> {
    let ours = |row: &&Value| row["team_id"].as_u64() == Some(call.project);
    let numbered = id.parse::<u64>().ok().and_then(|id| call.store.get(INSIGHTS, &id.to_string()));
    if let Some(row) = numbered.filter(ours) {
        return Some(row);
    }
    let key = call.store.get(SHORT_IDS, id)?.as_u64()?;
    call.store.get(INSIGHTS, &key.to_string()).filter(ours)
}

/// A new insight with these fields; on no dashboard yet.
pub(crate) fn insert(call: &mut PosthogCall, fields: Map<String, Value>) -> u64 {
    let (now, user) = (call.now(), call.user());
    let id = call.store.next_number(INSIGHTS);
    let short = short_id();
    let mut row = json!({
        "id": id, "short_id": short, "team_id": call.project, "name": null, "derived_name": null, "query": null,
        "filters": {}, "order": null, "deleted": false, "description": null, "favorited": false, "saved": true,
        "tags": [], "created_at": now, "created_by": user, "updated_at": now, "last_modified_at": now,
        "last_modified_by": user, "is_sample": false, "_tiles": [],
    });
    merge(&mut row, fields);
    call.store.put(SHORT_IDS, &short, json!(id));
    call.store.put(INSIGHTS, &id.to_string(), row);
    id
}

fn short_id() -> String {
    const LETTERS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    let bytes = uuid::Uuid::new_v4().into_bytes();
    bytes.iter().filter(|b| **b < 248).map(|b| char::from(LETTERS[usize::from(b % 62)])).take(8).collect()
}

/// A copy of an insight, on no dashboard.
pub(crate) fn duplicate(call: &mut PosthogCall, id: u64) -> u64 {
    let old = call.store.get(INSIGHTS, &id.to_string()).and_then(Value::as_object).cloned().unwrap_or_default();
    let keep = ["derived_name", "query", "filters", "description", "tags", "saved", "favorited"];
    let mut fields: Map<String, Value> =
        old.iter().filter(|(k, _)| keep.contains(&k.as_str())).map(|(k, v)| (k.clone(), v.clone())).collect();
    if let Some(name) = old.get("name").and_then(Value::as_str).filter(|n| !n.is_empty()) {
        fields.insert("name".into(), json!(format!("{name} (Copy)")));
    }
    insert(call, fields)
}

/// Deletes or restores an insight and nothing around it.
pub(crate) fn set_deleted(store: &mut Store, id: u64, deleted: bool) {
    let key = id.to_string();
    if let Some(mut row) = store.get(INSIGHTS, &key).cloned() {
        row["deleted"] = json!(deleted);
        store.put(INSIGHTS, &key, row);
    }
}
