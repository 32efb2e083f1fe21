//! An experiment's metrics: its own, and those it shares.

use super::is_set;
use crate::posthog::feature_flag::items;
use crate::posthog::{Cx, Fault, action, flagged, not_an_object, saved_metric, text, whole};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

/// Checks the form of one metric.
pub(crate) fn check(metric: &Map<String, Value>, attr: &str) -> Result<(), Fault> {
    let refuse = |detail: String| Err(Fault::invalid_input(attr, detail));
    match text(metric, "kind") {
        "ExperimentMetric" => {}
        legacy @ ("ExperimentTrendsQuery" | "ExperimentFunnelsQuery") => {
            return refuse(format!("Legacy metric kind {legacy} is not supported. Use ExperimentMetric."));
        }
        _ => return refuse("Metric kind must be ExperimentMetric".to_owned()),
    }
    let needed: &[&str] = match text(metric, "metric_type") {
        "mean" => &["source"],
        "funnel" => &["series"],
        "ratio" => &["numerator", "denominator"],
        "retention" => &["start_event", "completion_event"],
        _ => return refuse("metric_type must be one of: mean, funnel, ratio, retention".to_owned()),
    };
    match needed.iter().find(|key| !is_set(metric, key)) {
        Some(key) => refuse(format!("{} metric requires {key}", text(metric, "metric_type"))),
        None => Ok(()),
    }
}

/// Reads a list of metrics: each gets a uuid, and its events and actions must be known.
pub(super) fn read(cx: &Cx, attr: &str, sent: &Value, lax: bool) -> Result<Value, Fault> {
    let Some(sent) = sent.as_array() else { return Ok(json!([])) };
    let mut metrics = Vec::new();
    let (mut unknown, mut lost) = (Vec::new(), Vec::new());
    for metric in sent {
        let Some(metric) = metric.as_object() else { return Err(not_an_object(metric).at(attr)) };
        check(metric, attr)?;
        let mut metric = metric.clone();
        if !is_set(&metric, "uuid") {
            metric.insert("uuid".into(), json!(uuid::Uuid::new_v4().to_string()));
        }
        let metric = Value::Object(metric);
        sources(cx, &metric, &mut unknown, &mut lost);
        metrics.push(metric);
    }
    if !lost.is_empty() {
        return Err(Fault::invalid_input(attr, format!("Action(s) with ID {} not found.", lost.join(", "))));
    }
    if !unknown.is_empty() && !lax {
        let names = unknown.iter().map(|e| format!("'{e}'")).collect::<Vec<_>>().join(", ");
        let detail = format!("Event(s) {names} not found. Set allow_unknown_events to true to use them anyway.");
        return Err(Fault::invalid_input(attr, detail));
    }
    Ok(Value::Array(metrics))
}

/// Collects events that no definition knows and actions that are not there.
fn sources(cx: &Cx, value: &Value, unknown: &mut Vec<String>, lost: &mut Vec<String>) {
    match value {
        Value::Array(items) => items.iter().for_each(|v| sources(cx, v, unknown, lost)),
        Value::Object(map) => {
            match text(map, "kind") {
                "EventsNode" => {
                    let event = text(map, "event");
                    let known = || cx.store.get("posthog.event_names", &format!("{}:{event}", cx.project)).is_some();
                    if !event.is_empty() && !unknown.iter().any(|e| e == event) && !known() {
                        unknown.push(event.to_owned());
                    }
                }
                "ActionsNode" => {
                    let id = map.get("id").and_then(whole).unwrap_or(0).to_string();
                    if cx.find(action::ACTIONS, &id).is_none_or(|row| flagged(row, "deleted")) {
                        lost.push(id);
                    }
                }
                _ => {}
            }
            map.values().for_each(|v| sources(cx, v, unknown, lost));
        }
        _ => {}
    }
}

/// Recomputes what tells one metric's results from another's.
pub(super) fn fingerprint(row: &mut Map<String, Value>) {
    let around: Vec<Value> = ["start_date", "stats_config", "exposure_criteria"]
        .iter()
        .map(|k| row.get(*k).cloned().unwrap_or_default())
        .collect();
    for list in ["metrics", "metrics_secondary"] {
        for metric in crate::posthog::feature_flag::objects(row, list) {
            let mut plain = metric.clone();
            for label in ["uuid", "name", "fingerprint"] {
                plain.remove(label);
            }
            let digest = Sha256::digest(json!([plain, around]).to_string());
            let hex: String = digest.iter().map(|b| format!("{b:02x}")).collect();
            metric.insert("fingerprint".into(), json!(hex));
        }
    }
}

/// Checks `saved_metrics_ids`; null is an empty list.
pub(super) fn saved_ids(cx: &Cx, sent: &Value) -> Result<Value, Fault> {
    let attr = "saved_metrics_ids";
    let refuse = |detail: &str| Err(Fault::invalid_input(attr, detail));
    let list = match sent {
        Value::Null => return Ok(json!([])),
        Value::Array(list) => list,
        other => return Err(Fault::not_a_list(attr, other)),
    };
    for metric in list {
        let Some(metric) = metric.as_object() else { return refuse("Saved metric must be an object") };
        let Some(id) = metric.get("id") else { return refuse("Saved metric must have an id") };
        match metric.get("metadata") {
            None | Some(Value::Null) => {}
            Some(Value::Object(metadata)) if metadata.contains_key("type") => {}
            Some(Value::Object(_)) => return refuse("Metadata must have a type key"),
            Some(_) => return refuse("Metadata must be an object"),
        }
        if saved_metric::find(cx, id).is_none() {
            return refuse("Saved metric does not exist or does not belong to this project");
        }
    }
    Ok(sent.clone())
}

/// Replaces the set of shared metrics, if it was sent.
pub(super) fn attach(cx: &mut Cx, row: &mut Map<String, Value>, sent: Option<Value>) {
    let Some(Value::Array(sent)) = sent else { return };
    let now = cx.now();
    let saved: Vec<Value> = sent
        .into_iter()
        .map(|metric| {
            let id = cx.next_id("posthog.experiment_to_saved_metric");
            let metadata = metric.get("metadata").filter(|m| !m.is_null()).cloned();
            json!({
                "id": id,
                "saved_metric": metric["id"],
                "metadata": metadata.unwrap_or(json!({ "type": "primary" })),
                "created_at": now,
            })
        })
        .collect();
    row.insert("_saved".into(), json!(saved));
}

/// The shared metrics as an experiment shows them.
pub(super) fn shared(cx: &Cx, row: &Map<String, Value>) -> Value {
    let show = |link: &Value| {
        let metric = saved_metric::find(cx, &link["saved_metric"])?;
        let mut link = link.as_object()?.clone();
        link.insert("experiment".into(), row.get("id")?.clone());
        link.insert("name".into(), metric.get("name")?.clone());
        link.insert("query".into(), metric.get("query")?.clone());
        Some(Value::Object(link))
    };
    Value::Array(items(row, "_saved").iter().filter_map(show).collect())
}
