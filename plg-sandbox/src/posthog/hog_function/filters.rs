//! What a function is told of.

use crate::posthog::fault::Fault;
use crate::posthog::json::text_at;
use serde_json::{Map, Value, json};

/// What is kept of filters; other keys are dropped.
const KEYS: [&str; 6] = ["source", "events", "actions", "data_warehouse", "properties", "filter_test_accounts"];

/// Filters as they are stored.
pub(super) fn filters(sent: &Value, kind: &str, enabled: bool) -> Result<Value, Fault> {
    let none = Map::new();
    let sent = match sent {
        Value::Null => &none,
        Value::Object(sent) => sent,
        _ => return Err(Fault::invalid_input("filters", "Filters must be an object.")),
    };
    if kind == "transformation_log" && !sent.is_empty() {
        return Err(Fault::invalid_input("filters", "Log transformations do not take filters."));
    }
    let source = match kind {
        "internal_destination" => "internal-events",
        _ => sent.get("source").and_then(Value::as_str).unwrap_or("events"),
    };
    let mut kept = Map::from_iter([("source".to_owned(), json!(source))]);
    for key in KEYS.iter().filter(|key| **key != "source") {
        if let Some(value) = sent.get(*key) {
            kept.insert((*key).to_owned(), value.clone());
        }
    }
    let dropped: &[&str] = match source {
        "events" | "internal-events" => &["data_warehouse"],
        "person-updates" => &["events", "actions", "data_warehouse"],
        _ => &["events", "actions"],
    };
    dropped.iter().for_each(|key| drop(kept.shift_remove(*key)));
    let is_named = |row: &Value| !["", "Select a table"].contains(&text_at(row, "table_name"));
    if let Some(Value::Array(rows)) = kept.get_mut("data_warehouse") {
        rows.retain(is_named);
    }
    let has_table = kept.get("data_warehouse").and_then(Value::as_array).is_some_and(|rows| !rows.is_empty());
    if enabled && source == "data-warehouse-view" && !has_table {
        return Err(Fault::invalid_input("filters", "Select the materialized view to trigger on."));
    }
    kept.insert("bytecode".into(), json!(["_H", 1, 29]));
    Ok(Value::Object(kept))
}
