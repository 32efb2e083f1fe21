//! Actions: named sets of steps; names are unique among those that are not deleted.

pub(crate) mod rows;
pub(crate) mod step;
pub(crate) mod uses;

use super::call::PosthogCall;
use super::fault::{Fault, PosthogAnswer};
use super::json::{flagged, shown, text};
use crate::message::Reply;
use crate::posthog::field::{ANY_TEXT, BodyField, Holds};
use rows::{ACTIONS, NAMES, save};
use serde_json::{Map, Value, json};
use step::step;
use uses::references;

const FIELDS: &[BodyField] = &[
    BodyField::new("name", Holds::Text { max: 400, blank: false }).or_null(),
    BodyField::new("description", ANY_TEXT),
    BodyField::new("post_to_slack", Holds::Flag),
    BodyField::new("slack_message_format", Holds::Text { max: 1200, blank: true }),
    BodyField::new("steps", Holds::List),
];

/// Read once the steps are good.
const AFTER_STEPS: &[BodyField] =
    &[BodyField::new("deleted", Holds::Flag), BodyField::new("pinned_at", Holds::Json).or_null()];

/// Answers `actions/…`.
pub(crate) fn route(call: &mut PosthogCall, tail: &[&str]) -> PosthogAnswer {
    match (call.method(), tail) {
        ("GET", []) => list(call),
        ("POST", []) => post(call),
        ("GET", ["activity"] | [_, "activity"]) => call.activity(),
        ("DELETE", [_]) => call.no_destroy(),
        ("GET", [id]) => Ok(Reply::json(200, show(call, &call.row(ACTIONS, id)?))),
        ("PATCH" | "PUT", [id]) => update(call, id),
        ("GET", [id, "references"]) => {
            let row = call.row(ACTIONS, id)?;
            Ok(Reply::json(200, json!(references(call, row.get("id").and_then(Value::as_i64).unwrap_or(0)))))
        }
        (_, [] | [_]) => call.no_method(),
        _ => Err(Fault::no_endpoint()),
    }
}

fn show(call: &PosthogCall, row: &Map<String, Value>) -> Value {
    let mut out = shown(row);
    if !call.settings.tagging {
        out.insert("tags".into(), json!([]));
    }
    Value::Object(out)
}

fn list(call: &PosthogCall) -> PosthogAnswer {
    let search = call.search()?;
    let rows: Vec<&Map<String, Value>> = call
        .rows(ACTIONS)
        .rev()
        .map(|(_, row)| row)
        .filter(|row| !flagged(row, "deleted"))
        .filter(|row| search.as_deref().is_none_or(|words| text(row, "name").to_lowercase().contains(words)))
        .collect();
    let counts = call.request.query("include_reference_count").is_some_and(|v| v == "1" || v == "true");
    let render = |row: &&Map<String, Value>| {
        let mut out = show(call, row);
        if counts && let Some(id) = row.get("id").and_then(Value::as_i64) {
            out["reference_count"] = json!(references(call, id).len());
        }
        out
    };
    if call.request.query("limit").is_some() {
        return Ok(call.page_of(&rows, 100, render));
    }
    let (offset, _) = call.window(usize::MAX);
    let results: Vec<Value> = rows.iter().skip(offset).map(render).collect();
    Ok(Reply::json(200, json!({ "results": results })))
}

fn post(call: &mut PosthogCall) -> PosthogAnswer {
    let fields = read(call, 0)?;
    let id = call.next_id(ACTIONS);
    let now = call.now();
    let row = json!({
        "id": id,
        "name": null,
        "description": "",
        "post_to_slack": false,
        "slack_message_format": "",
        "steps": [],
        "created_at": now,
        "created_by": call.user(),
        "pinned_at": null,
        "deleted": false,
        "creation_context": null,
        "is_calculating": false,
        "last_calculated_at": now,
        "team_id": call.project,
        "is_action": true,
        "bytecode_error": null,
        "tags": [],
        "user_access_level": "manager",
    });
    let Value::Object(mut row) = row else { return Err(Fault::not_found()) };
    row.extend(fields);
    save(call, id, row.clone());
    Ok(Reply::json(201, show(call, &row)))
}

fn update(call: &mut PosthogCall, id: &str) -> PosthogAnswer {
    let mut row = call.row(ACTIONS, id)?;
    let number = row.get("id").and_then(Value::as_u64).unwrap_or(0);
    let fields = read(call, number)?;
    row.extend(fields);
    save(call, number, row.clone());
    Ok(Reply::json(200, show(call, &row)))
}

fn read(call: &PosthogCall, id: u64) -> Result<Map<String, Value>, Fault> {
    let mut read = call.reader();
    read.take(FIELDS)?;
    if let Some(Value::Array(sent)) = read.get("steps") {
        let steps: Vec<Value> = sent.iter().map(step).collect::<Result<_, _>>()?;
        read.keep("steps", json!(steps));
    }
    read.take(AFTER_STEPS)?;
    if read.get("pinned_at").is_some_and(|v| !v.is_null()) {
        read.keep("pinned_at", json!(call.now()));
    }
    read.tags(call.settings.tagging)?;
    let fields = read.done();
    if let Some(name) = fields.get("name").and_then(Value::as_str)
        && let Some(holder) = call.store.get(NAMES, &format!("{}:{name}", call.project)).and_then(Value::as_u64)
        && holder != id
    {
        let detail = format!("This project already has an action with this name, ID {holder}");
        return Err(Fault::validation("unique", detail).at("name"));
    }
    Ok(fields)
}
