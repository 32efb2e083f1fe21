//! How a dashboard is shown: in full, or in the list without tiles.

use super::{cards, filters, tiles};
use crate::posthog::call::PosthogCall;
use crate::posthog::insight_variable::rows as variables;
use crate::posthog::json::{number_at, truthy};
use serde_json::{Map, Value, json};

/// The shape of a list: no tiles, filters, variables or colours.
pub(crate) fn basic(row: &Value) -> Map<String, Value> {
    const OWN: [&str; 14] = [
        "id",
        "name",
        "description",
        "pinned",
        "created_at",
        "created_by",
        "last_accessed_at",
        "is_shared",
        "deleted",
        "creation_mode",
        "tags",
        "restriction_level",
        "last_refresh",
        "team_id",
    ];
    let mut out: Map<String, Value> = OWN.iter().map(|key| ((*key).to_owned(), row[*key].clone())).collect();
    let version = if row["restriction_level"] == 37 { "v1" } else { "v2" };
    out.insert("last_viewed_at".into(), Value::Null);
    out.insert("effective_restriction_level".into(), row["restriction_level"].clone());
    out.insert("effective_privilege_level".into(), json!(37));
    out.insert("user_access_level".into(), json!("manager"));
    out.insert("access_control_version".into(), json!(version));
    out
}

/// The shape of everything but a list.
pub(crate) fn show(call: &PosthogCall, row: &Value) -> Value {
    let mut out = basic(row);
    for key in ["filters", "variables", "breakdown_colors", "data_color_theme_id", "quick_filter_ids"] {
        out.insert(key.to_owned(), row[key].clone());
    }
    for (key, of) in [("persisted_filters", "filters"), ("persisted_variables", "variables")] {
        let value = if truthy(row.get(of)) { row[of].clone() } else { Value::Null };
        out.insert(key.to_owned(), value);
    }
    out.insert("breakdown_colors".into(), filters::shown_colors(&row["breakdown_colors"]));
    let variables = variables::current(call.store, call.project, &row["variables"]);
    out.insert("variables".into(), variables);
    let shown = tiles::shown(call.store, number_at(row, "id"));
    let shown: Vec<Value> =
        shown.iter().enumerate().map(|(order, tile)| cards::show(call, tile, order, &row["filters"])).collect();
    out.insert("tiles".into(), Value::Array(shown));
    Value::Object(out)
}
