//! How scheduled changes are stored and found.

use crate::posthog::call::PosthogCall;
use crate::posthog::fault::Fault;
use crate::posthog::json::number_at;
use crate::store::Store;
use serde_json::Value;

pub(crate) const CHANGES: &str = "posthog.scheduled_changes";

/// The scheduled changes of a project, oldest first.
pub(crate) fn all(store: &Store, project: u64) -> impl Iterator<Item = &Value> {
    store.rows(CHANGES).map(|(_, row)| row).filter(move |row| row["team_id"].as_u64() == Some(project))
}

/// The scheduled change of a path.
pub(crate) fn find(call: &PosthogCall, id: &str) -> Result<Value, Fault> {
    let row = call.store.get(CHANGES, id).filter(|row| row["team_id"].as_u64() == Some(call.project));
    row.cloned().ok_or_else(Fault::not_found)
}

pub(crate) fn keep(call: &mut PosthogCall, row: &Value) {
    call.store.put(CHANGES, &number_at(row, "id").to_string(), row.clone());
}

/// A scheduled change as the API writes it.
pub(crate) fn show(row: &Value) -> Value {
    row.clone()
}
