//! How annotations are stored and found.

use crate::posthog::call::PosthogCall;
use crate::posthog::dashboard::rows as dashboards;
use crate::posthog::insight::rows as insights;
use crate::posthog::json::{is_set, text_at};
use crate::store::Store;
use serde_json::Value;

pub(crate) const ANNOTATIONS: &str = "posthog.annotations";

/// An annotation that can be seen from this project, also a deleted one.
pub(crate) fn find<'a>(call: &'a PosthogCall, id: &str) -> Option<&'a Value> {
    let id: u64 = id.parse().ok()?;
    call.store.get(ANNOTATIONS, &id.to_string()).filter(|row| is_visible(call.store, call.project, row))
}

/// An organization's annotations are seen from everywhere; those of a deleted parent from nowhere.
pub(crate) fn is_visible(store: &Store, project: u64, row: &Value) -> bool {
    let gone = |table: &str, key: &str| {
        row[key]
            .as_u64()
            .and_then(|id| store.get(table, &id.to_string()))
            .is_some_and(|parent| is_set(parent, "deleted"))
    };
    match text_at(row, "scope") {
        "organization" => true,
        _ if row["team_id"].as_u64() != Some(project) => false,
        "dashboard_item" => !gone(insights::INSIGHTS, "dashboard_item"),
        "dashboard" => !gone(dashboards::DASHBOARDS, "dashboard_id"),
        _ => true,
    }
}
