//! How dashboards are stored and found.

use crate::posthog::call::PosthogCall;
use crate::posthog::fault::Fault;
use crate::posthog::json::{is_set, number_at};
use crate::store::Store;
use serde_json::{Value, json};

pub(crate) const DASHBOARDS: &str = "posthog.dashboards";

/// A dashboard of a project that is not deleted.
pub(crate) fn live(store: &Store, project: u64, id: u64) -> Option<&Value> {
    of_project(store, project, id).filter(|row| !is_set(row, "deleted"))
}

pub(crate) fn of_project(store: &Store, project: u64, id: u64) -> Option<&Value> {
    store.get(DASHBOARDS, &id.to_string()).filter(|row| row["team_id"].as_u64() == Some(project))
}

/// The dashboard of a path that is not deleted.
pub(crate) fn find(call: &PosthogCall, id: &str) -> Result<Value, Fault> {
    let row = id.parse().ok().and_then(|id| live(call.store, call.project, id));
    row.cloned().ok_or_else(Fault::not_found)
}

pub(crate) fn keep(call: &mut PosthogCall, row: &Value) {
    call.store.put(DASHBOARDS, &number_at(row, "id").to_string(), row.clone());
}

/// A new row with every default.
pub(crate) fn blank(call: &mut PosthogCall) -> Value {
    let (now, user) = (call.now(), call.user());
    json!({
        "id": call.store.next_number(DASHBOARDS), "team_id": call.project, "name": null, "description": "",
        "pinned": false, "created_at": now, "created_by": user, "is_shared": false, "deleted": false,
        "creation_mode": "default", "filters": {}, "variables": {}, "breakdown_colors": [],
        "data_color_theme_id": null, "quick_filter_ids": [], "tags": [], "restriction_level": 21,
        "last_accessed_at": now, "last_refresh": null,
    })
}
