//! Holdouts as they are stored, and as flags are told of them.

use crate::posthog::call::PosthogCall;
use crate::posthog::experiment::rows::EXPERIMENTS;
use crate::posthog::feature_flag::rows as flags;
use crate::posthog::json::shown;
use serde_json::{Map, Value, json};

pub(crate) const HOLDOUTS: &str = "posthog.holdouts";

/// A holdout as shown inside an experiment; null if there is none.
pub(crate) fn show(call: &PosthogCall, id: &Value) -> Value {
    find(call, id).map_or(Value::Null, |row| Value::Object(shown(row)))
}

fn find<'c>(call: &'c PosthogCall, id: &Value) -> Option<&'c Map<String, Value>> {
    call.find(HOLDOUTS, &id.as_u64()?.to_string())
}

/// What a flag's filters say about a holdout; null for none.
pub(crate) fn filter(call: &PosthogCall, id: &Value) -> Value {
    let Some(row) = find(call, id) else { return Value::Null };
    let share = row.get("filters").and_then(|f| f.pointer("/0/rollout_percentage")).cloned();
    json!({ "id": id, "exclusion_percentage": share })
}

/// The experiments with a holdout, each with its flag.
pub(crate) fn held_back(call: &PosthogCall, id: u64) -> Vec<(String, u64)> {
    call.rows(EXPERIMENTS)
        .filter(|(_, row)| row.get("holdout_id").and_then(Value::as_u64) == Some(id))
        .filter_map(|(key, row)| Some((key.to_owned(), row.get("_flag")?.as_u64()?)))
        .collect()
}

/// Writes a holdout, or null, into a flag's filters.
pub(crate) fn tell(call: &mut PosthogCall, flag: u64, held: Value) {
    let filters = flags::flag(call, flag).and_then(|row| row.get("filters")?.as_object()).cloned();
    if let Some(mut filters) = filters
        && filters.get("holdout").unwrap_or(&Value::Null) != &held
    {
        filters.insert("holdout".into(), held);
        flags::set_filters(call, flag, Value::Object(filters));
    }
}
