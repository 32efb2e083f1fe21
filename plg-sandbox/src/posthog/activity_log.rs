//! Who changed what: the sandbox keeps it of the settings of projects.

use super::call::PosthogCall;
use super::fault::PosthogAnswer;
use super::json::{shown, text};
use crate::message::Reply;
use serde_json::{Map, Value, json};

const LOG: &str = "posthog.activity_log";

/// How many changes are on a page unless somebody asks for more.
const PAGE: usize = 100;

/// Answers `activity_log/`: the latest first, in pages with a count where one is asked for by its number.
pub(crate) fn route(call: &mut PosthogCall, tail: &[&str]) -> PosthogAnswer {
    match (call.method(), tail) {
        ("GET", []) => {}
        _ => return call.no_method(),
    }
    let asked = |key: &str| call.request.query(key).filter(|value| !value.is_empty());
    let fits = |row: &Map<String, Value>| {
        let is = |key: &str, field: &str| asked(key).is_none_or(|value| text(row, field) == value);
        is("scope", "scope") && is("item_id", "item_id")
    };
    let rows: Vec<Value> =
        call.rows(LOG).rev().filter(|(_, row)| fits(row)).map(|(_, row)| Value::Object(shown(row))).collect();
    let size = asked("page_size").and_then(|size| size.parse().ok()).filter(|size| (1..=1_000).contains(size));
    if asked("page").is_some() {
        return call.numbered_page(rows, size.unwrap_or(PAGE));
    }
    let results: Vec<Value> = rows.into_iter().take(size.unwrap_or(PAGE)).collect();
    Ok(Reply::json(200, json!({ "next": null, "previous": null, "results": results })))
}

/// Notes what became of fields of one object: of which kind it is, which one, and what people call it.
pub(crate) fn note(
    call: &mut PosthogCall,
    (scope, id, name): (&str, &str, &str),
    before: &Map<String, Value>,
    after: &Map<String, Value>,
) {
    let change = |(field, to): (&String, &Value)| {
        let from = before.get(field).unwrap_or(&Value::Null);
        let action = match (from.is_null(), to.is_null()) {
            _ if from == to => return None,
            (true, false) => "created",
            (false, true) => "deleted",
            _ => "changed",
        };
        Some(json!({ "type": scope, "action": action, "field": field, "before": plain(from), "after": plain(to) }))
    };
    let changes: Vec<Value> = after.iter().filter_map(change).collect();
    if changes.is_empty() {
        return;
    }
    let key = call.next_id(LOG).to_string();
    let row = json!({
        "id": uuid::Uuid::new_v4().to_string(),
        "user": call.user(),
        "activity": "updated",
        "scope": scope,
        "item_id": id,
        "detail": { "name": name, "changes": changes, "short_id": null, "trigger": null, "type": null },
        "created_at": call.now(),
        "was_impersonated": false,
        "is_system": false,
        "client": call.request.header("x-posthog-client"),
        "unread": false,
    });
    if let Value::Object(row) = row {
        call.put(LOG, &key, row);
    }
}

/// A number that is kept with two places is noted as it is said.
fn plain(value: &Value) -> Value {
    match value.as_str().filter(|text| text.len() == 4 && text.parse::<f64>().is_ok()) {
        Some(number) => json!(number.trim_end_matches('0').trim_end_matches('.')),
        None => value.clone(),
    }
}
