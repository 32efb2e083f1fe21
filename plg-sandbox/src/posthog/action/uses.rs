//! The uses of an action by other resources.

use crate::posthog::call::PosthogCall;
use crate::posthog::cohort::rows::COHORTS;
use crate::posthog::experiment::rows::EXPERIMENTS;
use crate::posthog::hog_function::rows::FUNCTIONS;
use crate::posthog::insight::rows::INSIGHTS;
use crate::posthog::json::{flagged, text, whole};
use crate::posthog::python;
use serde_json::{Map, Value, json};

/// What, not deleted, uses an action.
pub(crate) fn references(call: &PosthogCall, id: i64) -> Vec<Value> {
    let mut found = Vec::new();
    let mut look = |table: &str, kind: &str, place: &str, uses: &dyn Fn(&Map<String, Value>) -> bool| {
        for (key, row) in call.rows(table).filter(|(_, row)| !flagged(row, "deleted")).filter(|(_, row)| uses(row)) {
            let id = row.get("short_id").or_else(|| row.get("id")).cloned().unwrap_or(json!(key));
            let at = python::python_str(&id);
            let name = ["name", "derived_name"].iter().map(|k| text(row, k)).find(|t| !t.is_empty()).unwrap_or("");
            let url = format!("/project/{}/{place}/{at}", call.project);
            found.push(json!({ "type": kind, "id": at, "name": name, "url": url }));
        }
    };
    let node =
        |row: &Map<String, Value>, keys: &[&str]| keys.iter().any(|k| row.get(*k).is_some_and(|v| has_node(v, id)));
    look(INSIGHTS, "insight", "insights", &|row| node(row, &["query"]));
    look(EXPERIMENTS, "experiment", "experiments", &|row| {
        node(row, &["metrics", "metrics_secondary", "exposure_criteria"])
    });
    look(COHORTS, "cohort", "cohorts", &|row| row.get("filters").is_some_and(|v| has_step(v, id)));
    look(FUNCTIONS, "hog_function", "pipeline/destinations", &|row| {
        let actions = row.get("filters").and_then(|f| f.get("actions")).and_then(Value::as_array);
        actions.is_some_and(|a| a.iter().any(|a| a.get("id").and_then(whole) == Some(id)))
    });
    found
}

fn has_node(value: &Value, id: i64) -> bool {
    match value {
        Value::Array(items) => items.iter().any(|v| has_node(v, id)),
        Value::Object(map) => {
            map.get("kind").and_then(Value::as_str) == Some("ActionsNode") && map.get("id").and_then(whole) == Some(id)
                || map.values().any(|v| has_node(v, id))
        }
        _ => false,
    }
}

fn has_step(value: &Value, id: i64) -> bool {
    match value {
        Value::Array(items) => items.iter().any(|v| has_step(v, id)),
        Value::Object(map) => {
            let is = |kind: &str, key: &str| {
                map.get(kind).and_then(Value::as_str) == Some("actions") && map.get(key).and_then(whole) == Some(id)
            };
            is("event_type", "key") || is("seq_event_type", "seq_event") || map.values().any(|v| has_step(v, id))
        }
        _ => false,
    }
}
