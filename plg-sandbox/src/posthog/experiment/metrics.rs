//! An experiment's metrics: its own, and those it shares.

use super::metric::check;
use super::rows::is_set;
use crate::posthog::action::rows as actions;
use crate::posthog::call::PosthogCall;
use crate::posthog::event_definition::rows as events;
use crate::posthog::fault::Fault;
use crate::posthog::feature_flag::filters::items;
use crate::posthog::json::{flagged, text, whole};
use crate::posthog::saved_metric::rows as saved_metrics;
use serde_json::{Map, Value, json};

/// Reads a list of metrics: each gets a uuid, and its events and actions must be known.
pub(crate) fn read(call: &PosthogCall, attr: &str, sent: &Value, lax: bool) -> Result<Value, Fault> {
    let Some(sent) = sent.as_array() else { return Ok(json!([])) };
    let mut metrics = Vec::new();
    let (mut unknown, mut lost) = (Vec::new(), Vec::new());
    for metric in sent {
        let Some(metric) = metric.as_object() else { return Err(Fault::not_an_object(metric).at(attr)) };
        check(metric, attr)?;
        let mut metric = metric.clone();
        if !is_set(&metric, "uuid") {
            metric.insert("uuid".into(), json!(uuid::Uuid::new_v4().to_string()));
        }
        let metric = Value::Object(metric);
        sources(call, &metric, &mut unknown, &mut lost);
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
fn sources(call: &PosthogCall, value: &Value, unknown: &mut Vec<String>, lost: &mut Vec<String>) {
    match value {
        Value::Array(items) => items.iter().for_each(|v| sources(call, v, unknown, lost)),
        Value::Object(map) => {
            match text(map, "kind") {
                "EventsNode" => {
                    let event = text(map, "event");
                    let known = || events::named(call.store, call.project, event).is_some();
                    if !event.is_empty() && !unknown.iter().any(|e| e == event) && !known() {
                        unknown.push(event.to_owned());
                    }
                }
                "ActionsNode" => {
                    let id = map.get("id").and_then(whole).unwrap_or(0).to_string();
                    if call.find(actions::ACTIONS, &id).is_none_or(|row| flagged(row, "deleted")) {
                        lost.push(id);
                    }
                }
                _ => {}
            }
            map.values().for_each(|v| sources(call, v, unknown, lost));
        }
        _ => {}
    }
}

/// Checks `saved_metrics_ids`; null is an empty list.
pub(crate) fn saved_ids(call: &PosthogCall, sent: &Value) -> Result<Value, Fault> {
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
        if saved_metrics::find(call, id).is_none() {
            return refuse("Saved metric does not exist or does not belong to this project");
        }
    }
    Ok(sent.clone())
}

/// Replaces the set of shared metrics, if it was sent.
pub(crate) fn attach(call: &mut PosthogCall, row: &mut Map<String, Value>, sent: Option<Value>) {
    let Some(Value::Array(sent)) = sent else { return };
    let now = call.now();
    let saved: Vec<Value> = sent
        .into_iter()
        .map(|metric| {
            let id = call.next_id("posthog.experiment_to_saved_metric");
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
pub(crate) fn shared(call: &PosthogCall, row: &Map<String, Value>) -> Value {
    let show = |link: &Value| {
        let metric = saved_metrics::find(call, &link["saved_metric"])?;
        let mut link = link.as_object()?.clone();
        link.insert("experiment".into(), row.get("id")?.clone());
        link.insert("name".into(), metric.get("name")?.clone());
        link.insert("query".into(), metric.get("query")?.clone());
        Some(Value::Object(link))
    };
    Value::Array(items(row, "_saved").iter().filter_map(show).collect())
}
