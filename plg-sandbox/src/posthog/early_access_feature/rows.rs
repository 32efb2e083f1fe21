//! How early access features are stored and found.

use crate::posthog::call::PosthogCall;
use crate::posthog::feature_flag::rows as flags;
use serde_json::{Map, Value, json};

pub(crate) const FEATURES: &str = "posthog.early_access_features";

pub(crate) fn flag_of(row: &Map<String, Value>) -> u64 {
    row.get("_flag").and_then(Value::as_u64).unwrap_or(0)
}

/// The form of a feature inside its flag.
pub(crate) fn brief(call: &PosthogCall, id: &str) -> Option<Value> {
    let row = call.find(FEATURES, id)?;
    Some(json!({
        "id": id,
        "name": row.get("name"),
        "description": row.get("description"),
        "stage": row.get("stage"),
        "documentationUrl": row.get("documentation_url"),
        "payload": row.get("payload"),
        "flagKey": flags::flag(call, flag_of(row)).and_then(|flag| flag.get("key")),
    }))
}
