//! How experiments are shown: in full, or in the list without metrics.

use super::rows::{EXPERIMENTS, flag_of, is_set};
use super::{config, metrics};
use crate::message::Reply;
use crate::posthog::call::PosthogCall;
use crate::posthog::fault::PosthogAnswer;
use crate::posthog::feature_flag::{rows as flags, rules};
use crate::posthog::holdout::rows as holdouts;
use crate::posthog::json::{flagged, shown, text};
use serde_json::{Map, Value, json};

pub(crate) fn reply(call: &PosthogCall, status: u16, row: &Map<String, Value>) -> PosthogAnswer {
    Ok(Reply::json(status, full(call, row)))
}

/// What the list leaves out.
const DETAIL: [&str; 18] = [
    "saved_metrics_ids",
    "metrics",
    "metrics_secondary",
    "saved_metrics",
    "stats_config",
    "exposure_criteria",
    "holdout_id",
    "secondary_metrics",
    "filters",
    "scheduling_config",
    "primary_metrics_ordered_uuids",
    "secondary_metrics_ordered_uuids",
    "only_count_matured_users",
    "repository",
    "resolved_exposure_event",
    "health",
    "can_freeze_exposure",
    "update_feature_flag_params",
];

/// Where an experiment is in its life.
pub(crate) fn status(call: &PosthogCall, row: &Map<String, Value>) -> &'static str {
    let flag = flags::flag(call, flag_of(row));
    match () {
        () if !is_set(row, "start_date") => "draft",
        () if is_set(row, "end_date") => "stopped",
        () if flag.is_some_and(|flag| !flagged(flag, "active")) => "paused",
        () if flag.and_then(|flag| flag.get("filters")).is_some_and(is_frozen) => "exposure_frozen",
        () => "running",
    }
}

fn is_frozen(filters: &Value) -> bool {
    let groups = filters.get("groups").and_then(Value::as_array).map_or(&[] as &[Value], Vec::as_slice);
    groups.iter().any(|group| group.get("exposure_frozen") == Some(&json!(true)))
}

/// An experiment with everything.
fn full(call: &PosthogCall, row: &Map<String, Value>) -> Value {
    let mut out = shown(row);
    let status = status(call, row);
    let flag = flags::flag(call, flag_of(row));
    let mut parameters = row.get("parameters").and_then(Value::as_object).cloned().unwrap_or_default();
    if let Some(flag) = flag {
        parameters.extend(config::projection(flag));
    }
    out.insert("parameters".into(), Value::Object(parameters));
    out.insert("status".into(), json!(status));
    out.insert("feature_flag_key".into(), json!(flag.map_or("", |flag| text(flag, "key"))));
    out.insert("feature_flag".into(), flags::minimal(call.store, flag_of(row)));
    out.insert("holdout".into(), holdouts::show(call, row.get("holdout_id").unwrap_or(&Value::Null)));
    out.insert("saved_metrics".into(), metrics::shared(call, row));
    // It is read as null, whatever was written.
    out.insert("saved_metrics_ids".into(), Value::Null);
    out.insert("can_freeze_exposure".into(), json!(status == "running"));
    out.insert("is_legacy".into(), json!(false));
    out.insert("resolved_exposure_event".into(), json!("$feature_flag_called"));
    out.insert("health".into(), Value::Null);
    out.insert("user_access_level".into(), json!("manager"));
    Value::Object(out)
}

fn brief(call: &PosthogCall, row: &Map<String, Value>) -> Value {
    let mut out = full(call, row);
    if let Value::Object(fields) = &mut out {
        for key in DETAIL {
            fields.remove(key);
        }
    }
    out
}

/// `GET experiments/`: newest first; deleted and, unless asked for, archived ones are hidden.
pub(crate) fn list(call: &PosthogCall) -> PosthogAnswer {
    let search = call.search()?;
    let asked = |name: &str| call.request.query(name).filter(|v| !v.is_empty());
    let archived = asked("archived").is_some_and(|v| v.eq_ignore_ascii_case("true") || v == "1");
    let mut rows: Vec<&Map<String, Value>> = call
        .rows(EXPERIMENTS)
        .rev()
        .map(|(_, row)| row)
        .filter(|row| !flagged(row, "deleted") && flagged(row, "archived") == archived)
        .filter(|row| search.as_deref().is_none_or(|words| text(row, "name").to_lowercase().contains(words)))
        .filter(|row| asked("feature_flag_id").is_none_or(|id| flag_of(row).to_string() == id))
        .filter(|row| {
            let by = row.get("created_by").and_then(|u| u.get("id")).map(Value::to_string);
            asked("created_by_id").is_none_or(|id| by.as_deref() == Some(id))
        })
        .filter(|row| asked("event").is_none_or(|event| uses(row, event)))
        .filter(|row| match asked("status") {
            None | Some("all") => true,
            Some("complete") => status(call, row) == "stopped",
            Some(wanted) => status(call, row) == wanted,
        })
        .collect();
    if let Some(order) = asked("order") {
        let field = order.trim_start_matches('-');
        rows.sort_by_key(|row| row.get(field).map(Value::to_string).unwrap_or_default().to_lowercase());
        if order.starts_with('-') {
            rows.reverse();
        }
    }
    Ok(call.page_of(&rows, 100, |row| brief(call, row)))
}

fn uses(row: &Map<String, Value>, event: &str) -> bool {
    fn has(value: &Value, event: &str) -> bool {
        match value {
            Value::Array(items) => items.iter().any(|v| has(v, event)),
            Value::Object(map) => text(map, "event") == event || map.values().any(|v| has(v, event)),
            _ => false,
        }
    }
    ["metrics", "metrics_secondary"].iter().any(|k| row.get(*k).is_some_and(|v| has(v, event)))
}

/// Flags that an experiment could be put on.
pub(crate) fn eligible_flags(call: &PosthogCall) -> PosthogAnswer {
    let search = call.search()?;
    let rows: Vec<u64> = call
        .rows(flags::FLAGS)
        .rev()
        .map(|(_, row)| row)
        .filter(|row| !["deleted", "archived", "_internal"].iter().any(|k| flagged(row, k)))
        .filter(|row| rules::fits_experiment(row.get("filters").unwrap_or(&Value::Null)))
        .filter(|row| search.as_deref().is_none_or(|words| text(row, "key").to_lowercase().contains(words)))
        .filter_map(|row| row.get("id")?.as_u64())
        .collect();
    Ok(call.page_of(&rows, 100, |id| flags::minimal(call.store, *id)))
}
