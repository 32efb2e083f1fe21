//! Scheduled changes of flags: what is to happen, when, and whether it did. They happen as the sandbox's time passes.

pub(crate) mod cron;
pub(crate) mod read;
pub(crate) mod rows;
pub(crate) mod run;

use super::call::PosthogCall;
use super::fault::{Fault, PosthogAnswer};
use super::json::{merge, number_at, text_at};
use crate::message::Reply;
use read::{read, target};
use rows::{CHANGES, find, keep, show};
use serde_json::{Value, json};

/// Answers `scheduled_changes/…`.
pub(crate) fn route(call: &mut PosthogCall, tail: &[&str]) -> PosthogAnswer {
    let method = call.request.method.clone();
    match (method.as_str(), tail) {
        ("GET", []) => list(call),
        ("POST", []) => create(call),
        ("GET", [id]) => Ok(Reply::json(200, show(&find(call, id)?))),
        ("PATCH" | "PUT", [id]) => update(call, id),
        ("DELETE", [id]) => {
            let row = find(call, id)?;
            call.store.remove(CHANGES, &number_at(&row, "id").to_string());
            Ok(Reply::empty(204))
        }
        (_, [] | [_]) => call.no_method(),
        _ => Err(Fault::no_endpoint()),
    }
}

/// Those that happened are listed as well.
fn list(call: &PosthogCall) -> PosthogAnswer {
    let is_asked = |row: &&Value, key: &str| call.request.query(key).is_none_or(|asked| text_at(row, key) == asked);
    let rows: Vec<&Value> = rows::all(call.store, call.project)
        .filter(|row| is_asked(row, "model_name") && is_asked(row, "record_id"))
        .collect();
    Ok(call.page_of(&rows, 100, |row| show(row)))
}

fn create(call: &mut PosthogCall) -> PosthogAnswer {
    let mut read = read(call, &Value::Null)?;
    let flag = target(call, read.get("record_id").and_then(Value::as_str).unwrap_or_default())?;
    read.insert("record_id".into(), json!(flag.to_string()));
    let (now, user) = (call.now(), call.user());
    let mut row = json!({
        "id": call.store.next_number(CHANGES), "team_id": call.project, "record_id": null, "model_name": null,
        "payload": null, "scheduled_at": null, "executed_at": null, "failure_reason": null, "created_at": now,
        "created_by": user, "updated_at": now, "is_recurring": false, "recurrence_interval": null,
        "cron_expression": null, "last_executed_at": null, "end_date": null, "timezone": "UTC",
    });
    merge(&mut row, read);
    keep(call, &row);
    Ok(Reply::json(201, show(&row)))
}

fn update(call: &mut PosthogCall, id: &str) -> PosthogAnswer {
    let mut row = find(call, id)?;
    let mut read = read(call, &row)?;
    read.shift_remove("record_id");
    target(call, text_at(&row, "record_id"))?;
    merge(&mut row, read);
    row["updated_at"] = json!(call.now());
    keep(call, &row);
    Ok(Reply::json(200, show(&row)))
}
