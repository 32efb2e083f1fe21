//! How a survey is shown: to who wrote it, and to who reads it.

use super::hidden_flags;
use crate::posthog::action::rows::live_action;
use crate::posthog::call::PosthogCall;
use crate::posthog::json::shown;
use serde_json::{Map, Value, json};

/// What POST and PATCH answer.
pub(crate) fn show_written(call: &PosthogCall, row: &Value) -> Value {
    const OWN: [&str; 29] = [
        "id",
        "name",
        "description",
        "type",
        "schedule",
        "questions",
        "conditions",
        "appearance",
        "created_at",
        "created_by",
        "start_date",
        "end_date",
        "archived",
        "responses_limit",
        "iteration_count",
        "iteration_frequency_days",
        "iteration_start_dates",
        "current_iteration",
        "current_iteration_start_date",
        "response_sampling_start_date",
        "response_sampling_interval_type",
        "response_sampling_interval",
        "response_sampling_limit",
        "response_sampling_daily_limits",
        "enable_partial_responses",
        "enable_iframe_embedding",
        "base_language",
        "translations",
        "form_content",
    ];
    let mut out: Map<String, Value> = OWN.iter().map(|key| ((*key).to_owned(), row[*key].clone())).collect();
    for key in ["linked_flag", "targeting_flag", "internal_targeting_flag"] {
        out.insert(key.to_owned(), flag_of(call, row, key).unwrap_or_default());
    }
    let linked: Vec<Value> = row["_actions"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|id| live_action(call, id.as_u64()?))
        .map(|row| Value::Object(shown(row)))
        .collect();
    if !linked.is_empty() {
        let conditions = out.entry("conditions").or_insert(Value::Null);
        if conditions.is_null() {
            *conditions = json!({});
        }
        conditions["actions"] = json!({ "values": linked });
    }
    Value::Object(out)
}

fn flag_of(call: &PosthogCall, row: &Value, key: &str) -> Option<Value> {
    hidden_flags::stored(call, row[format!("{key}_id")].as_u64()?)
}

/// What GET answers: more than a write does.
pub(crate) fn show(call: &PosthogCall, row: &Value) -> Value {
    let mut out = show_written(call, row);
    let keys: Vec<Value> = [
        "linked_flag",
        "targeting_flag",
        "internal_targeting_flag",
        "internal_response_sampling_flag",
    ]
    .into_iter()
    .map(|key| json!({"key": format!("{key}_key"), "value": flag_of(call, row, key).map(|flag| flag["key"].clone())}))
    .collect();
    out["feature_flag_keys"] = Value::Array(keys);
    out["linked_flag_id"] = flag_of(call, row, "linked_flag").map_or(Value::Null, |flag| flag["id"].clone());
    out["linked_insight_id"] = row["linked_insight_id"].clone();
    out["user_access_level"] = json!("manager");
    out
}
