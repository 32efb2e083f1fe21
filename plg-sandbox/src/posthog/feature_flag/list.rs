//! The list of flags and its filters.

use super::filters::variants;
use super::rows::FLAGS;
use super::rules::fits_experiment;
use super::show::show;
use super::{filters, links};
use crate::message::Reply;
use crate::posthog::call::PosthogCall;
use crate::posthog::fault::PosthogAnswer;
use crate::posthog::json::{flagged, text};
use serde_json::{Map, Value, json};

/// `GET feature_flags/`: newest first; deleted, archived and internal flags are hidden.
pub(crate) fn list(call: &PosthogCall) -> PosthogAnswer {
    let search = call.search()?;
    let mut rows: Vec<&Map<String, Value>> = call
        .rows(FLAGS)
        .rev()
        .map(|(_, row)| row)
        .filter(|row| !flagged(row, "deleted") && !flagged(row, "_internal"))
        .filter(|row| search.as_deref().is_none_or(|words| found(call, row, words)))
        .filter(|row| asked(call, row))
        .collect();
    order(call, &mut rows);
    Ok(call.page_of(&rows, 100, |row| show(call, row)))
}

fn found(call: &PosthogCall, row: &Map<String, Value>, words: &str) -> bool {
    let has = |text: &str| text.to_lowercase().contains(words);
    has(text(row, "key")) || has(text(row, "name")) || links::experiments(call, row).any(|e| has(text(e, "name")))
}

/// Whether a flag is what the query's filters ask for.
fn asked(call: &PosthogCall, row: &Map<String, Value>) -> bool {
    let empty = Value::Null;
    let filters = row.get("filters").unwrap_or(&empty);
    let multivariant = !variants(filters).is_empty();
    let archived = flagged(row, "archived");
    if call.request.query("archived").is_none() && archived {
        return false;
    }
    call.request.query.iter().all(|(name, value)| match name.as_str() {
        "key" => text(row, "key").eq_ignore_ascii_case(value),
        "active" => match value.as_str() {
            // A flag is stale once it was not asked for in weeks, and nothing asks in a sandbox.
            "STALE" => false,
            other => flagged(row, "active") == is_true(other),
        },
        "archived" => archived == is_true(value),
        "type" => match value.as_str() {
            "boolean" => !multivariant && !flagged(row, "is_remote_configuration"),
            "multivariant" => multivariant,
            "experiment" => links::experiments(call, row).any(|e| !flagged(e, "deleted")),
            "remote_config" => flagged(row, "is_remote_configuration"),
            _ => true,
        },
        "tags" => listed(value).is_none_or(|tags| tags.iter().any(|tag| tagged(row, tag))),
        "excluded_tags" => listed(value).is_none_or(|tags| !tags.iter().any(|tag| tagged(row, tag))),
        "created_by_id" => {
            row.get("created_by").and_then(|u| u.get("id")).and_then(Value::as_u64) == value.parse().ok()
        }
        "evaluation_runtime" => text(row, "evaluation_runtime") == value,
        "has_evaluation_contexts" => !is_true(value),
        "eligible_for_experiment" if is_true(value) => fits_experiment(filters),
        _ => true,
    })
}

fn is_true(text: &str) -> bool {
    text.eq_ignore_ascii_case("true") || text == "1"
}

fn listed(text: &str) -> Option<Vec<Value>> {
    serde_json::from_str(text).ok()
}

fn tagged(row: &Map<String, Value>, tag: &Value) -> bool {
    filters::items(row, "tags").contains(tag)
}

fn order(call: &PosthogCall, rows: &mut [&Map<String, Value>]) {
    let Some(order) = call.request.query("order") else { return };
    let field = order.trim_start_matches('-');
    rows.sort_by(|a, b| {
        let of = |row: &Map<String, Value>| match row.get(field) {
            Some(Value::String(text)) => text.to_lowercase(),
            Some(other) => other.to_string(),
            None => String::new(),
        };
        if order.starts_with('-') { of(b).cmp(&of(a)) } else { of(a).cmp(&of(b)) }
    });
}

/// `GET feature_flags/my_flags/`: enabled flags with what the caller gets; no one is evaluated here.
pub(crate) fn mine(call: &PosthogCall) -> PosthogAnswer {
    let flags: Vec<Value> = call
        .rows(FLAGS)
        .rev()
        .map(|(_, row)| row)
        .filter(|row| !flagged(row, "deleted") && !flagged(row, "_internal") && flagged(row, "active"))
        .map(|row| json!({ "feature_flag": show(call, row), "value": false }))
        .collect();
    Ok(Reply::json(200, json!(flags)))
}
