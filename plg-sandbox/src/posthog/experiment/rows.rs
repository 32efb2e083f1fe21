//! How experiments are stored and found.

use crate::posthog::call::PosthogCall;
use crate::posthog::fault::Fault;
use crate::posthog::feature_flag::filters;
use crate::posthog::json::flagged;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

/// The table of experiments, by id.
pub(crate) const EXPERIMENTS: &str = "posthog.experiments";

/// An experiment that is not deleted.
pub(crate) fn live(call: &PosthogCall, id: &str) -> Result<Map<String, Value>, Fault> {
    call.row(EXPERIMENTS, id).and_then(|row| if flagged(&row, "deleted") { Err(Fault::not_found()) } else { Ok(row) })
}

pub(crate) fn flag_of(row: &Map<String, Value>) -> u64 {
    row.get("_flag").and_then(Value::as_u64).unwrap_or(0)
}

pub(crate) fn is_set(row: &Map<String, Value>, key: &str) -> bool {
    row.get(key).is_some_and(|v| !v.is_null())
}

/// Puts a row; the fingerprints of its metrics follow from the rest of it.
pub(crate) fn save(call: &mut PosthogCall, mut row: Map<String, Value>) -> Map<String, Value> {
    row.insert("updated_at".into(), json!(call.now()));
    fingerprint(&mut row);
    let id = row.get("id").map(Value::to_string).unwrap_or_default();
    call.put(EXPERIMENTS, &id, row.clone());
    row
}

/// Recomputes what tells one metric's results from another's.
fn fingerprint(row: &mut Map<String, Value>) {
    let around: Vec<Value> = ["start_date", "stats_config", "exposure_criteria"]
        .iter()
        .map(|k| row.get(*k).cloned().unwrap_or_default())
        .collect();
    for list in ["metrics", "metrics_secondary"] {
        for metric in filters::objects(row, list) {
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
