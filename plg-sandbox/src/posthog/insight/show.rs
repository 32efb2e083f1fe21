//! How an insight is shown.

use super::{rows as insights, upgrade};
use crate::posthog::alert::rows as alerts;
use crate::posthog::call::PosthogCall;
use crate::posthog::dashboard::{rows as dashboards, tiles};
use crate::posthog::json::number_at;
use serde_json::{Map, Value, json};

/// An insight as the API writes it; `basic` leaves out what a query would compute.
pub(crate) fn show(call: &PosthogCall, row: &Value, basic: bool) -> Value {
    const OWN: [&str; 18] = [
        "id",
        "short_id",
        "name",
        "derived_name",
        "order",
        "deleted",
        "description",
        "favorited",
        "saved",
        "tags",
        "created_at",
        "created_by",
        "updated_at",
        "last_modified_at",
        "last_modified_by",
        "is_sample",
        "query",
        "filters",
    ];
    let mut out: Map<String, Value> = OWN.iter().map(|key| ((*key).to_owned(), row[*key].clone())).collect();
    if row["query"].is_null() {
        let source = json!({"kind": "TrendsQuery", "series": []});
        out.insert("query".into(), json!({"kind": "InsightVizNode", "source": source, "full": true}));
    } else {
        out.insert("query".into(), upgrade::shown(call.store, call.project, &row["query"]));
        out.insert("filters".into(), json!({}));
    }
    let mut on = Vec::new();
    let mut shown = Vec::new();
    for (dashboard, tile) in insights::links_of(row) {
        if dashboards::live(call.store, call.project, dashboard).is_none() {
            continue;
        }
        if let Some(tile) = tiles::live_tile(call.store, dashboard, tile) {
            on.push(json!(dashboard));
            shown.push(json!({"id": tile["id"], "dashboard_id": dashboard, "deleted": tile["deleted"]}));
        }
    }
    out.insert("dashboards".into(), Value::Array(on));
    out.insert("dashboard_tiles".into(), Value::Array(shown));
    out.insert("last_refresh".into(), Value::Null);
    out.insert("last_viewed_at".into(), Value::Null);
    out.insert("user_access_level".into(), json!("manager"));
    out.insert("effective_restriction_level".into(), json!(21));
    out.insert("effective_privilege_level".into(), json!(37));
    if !basic {
        for key in [
            "cache_target_age",
            "next_allowed_client_refresh",
            "result",
            "hasMore",
            "columns",
            "timezone",
            "query_status",
            "hogql",
            "types",
            "resolved_date_range",
            "filters_hash",
        ] {
            out.insert(key.to_owned(), Value::Null);
        }
        out.insert("is_cached".into(), json!(false));
        out.insert("alerts".into(), alerts::of_insight(call, number_at(row, "id")));
    }
    Value::Object(out)
}
