//! The order in which an experiment's metrics are shown: it follows the metrics, own and shared ones.

use super::rows::is_set;
use crate::posthog::call::PosthogCall;
use crate::posthog::fault::Fault;
use crate::posthog::feature_flag::filters::items;
use crate::posthog::saved_metric::rows as saved_metrics;
use serde_json::{Map, Value, json};

/// Each order with the list of own metrics it is about, and what shared ones are called that belong to it.
const ORDERS: [(&str, &str, &str); 2] = [
    ("primary_metrics_ordered_uuids", "metrics", "primary"),
    ("secondary_metrics_ordered_uuids", "metrics_secondary", "secondary"),
];

/// The uuids of an experiment's metrics of one list, its own first.
fn uuids(call: &PosthogCall, row: &Map<String, Value>, list: &str, kind: &str) -> Vec<Value> {
    let own = items(row, list).iter().filter_map(|metric| metric.get("uuid").filter(|uuid| uuid.is_string()).cloned());
    let is_of = |link: &&Value| {
        let said = link["metadata"]["type"].as_str().unwrap_or("primary");
        if kind == "primary" { said == "primary" } else { said != "primary" }
    };
    let shared = items(row, "_saved")
        .iter()
        .filter(is_of)
        .filter_map(|link| saved_metrics::find(call, &link["saved_metric"])?.get("query")?.get("uuid").cloned());
    own.chain(shared).collect()
}

/// Brings the orders in line with the metrics; one that was sent and lacks a metric is refused.
pub(crate) fn follow(call: &PosthogCall, old: &Map<String, Value>, row: &mut Map<String, Value>) -> Result<(), Fault> {
    for (key, list, kind) in ORDERS {
        let (before, after) = (uuids(call, old, list, kind), uuids(call, row, list, kind));
        if after.is_empty() && !is_set(row, key) {
            continue;
        }
        let stored = items(row, key).to_vec();
        let was_there = is_set(row, key);
        let mut order: Vec<Value> =
            stored.into_iter().filter(|uuid| !before.contains(uuid) || after.contains(uuid)).collect();
        for uuid in &after {
            if !order.contains(uuid) && (!was_there || !before.contains(uuid)) {
                order.push(uuid.clone());
            }
        }
        let mut missing: Vec<&str> =
            after.iter().filter(|uuid| !order.contains(uuid)).filter_map(Value::as_str).collect();
        if !missing.is_empty() {
            missing.sort_unstable();
            let named = missing.iter().map(|uuid| format!("'{uuid}'")).collect::<Vec<_>>().join(", ");
            return Err(Fault::invalid(format!(
                "{key} is missing UUIDs: [{named}]. This is likely a frontend bug - please refresh and try again."
            )));
        }
        row.insert(key.to_owned(), json!(order));
    }
    Ok(())
}
