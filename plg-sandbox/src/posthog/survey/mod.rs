//! Surveys: hard deleted, uniquely named, each with hidden flags that follow its dates.

pub(crate) mod hidden_flags;
pub(crate) mod html;
pub(crate) mod list;
pub(crate) mod markup;
pub(crate) mod parts;
pub(crate) mod questions;
pub(crate) mod read;
pub(crate) mod rows;
pub(crate) mod schedule;
pub(crate) mod show;
pub(crate) mod stats;
pub(crate) mod translations;
pub(crate) mod write;

use super::call::PosthogCall;
use super::fault::{Fault, PosthogAnswer};
use super::json::{is_set, text_at};
use super::time::moment;
use crate::message::Reply;
use crate::posthog::feature_flag::rows as flags;
use jiff::Timestamp;
use list::list;
use rows::{ASIDE, NAMES, SURVEYS, aside_key, find, keep, name_key};
use serde_json::{Value, json};
use show::show;
use write::{create, replace, update};

pub(crate) fn route(call: &mut PosthogCall, tail: &[&str]) -> PosthogAnswer {
    let method = call.request.method.clone();
    match (method.as_str(), tail) {
        ("GET", []) => list(call),
        ("POST", []) => create(call),
        ("GET", ["activity"] | [_, "activity"]) => call.activity(),
        ("GET", ["responses_count"]) => stats::responses(call),
        ("GET", ["stats"]) => stats::all(call),
        ("GET", [id, "stats"]) => stats::one(call, id),
        ("GET", [id]) => {
            let row = find(call, id)?;
            Ok(Reply::json(200, show(call, &row)))
        }
        ("PATCH", [id]) => update(call, id),
        ("PUT", [id]) => replace(call, id),
        ("DELETE", [id]) => remove(call, id),
        ("POST", [id, "launch"]) => launch(call, id),
        ("POST", [id, "stop"]) => stop(call, id),
        ("POST", [id, "responses", response, "archive"]) => archive(call, id, response),
        ("POST", [id, "responses", response, "unarchive"]) => unarchive(call, id, response),
        (_, [] | [_] | [_, "launch" | "stop" | "stats"]) => call.no_method(),
        _ => Err(Fault::no_endpoint()),
    }
}

fn remove(call: &mut PosthogCall, id: &str) -> PosthogAnswer {
    let row = find(call, id)?;
    if row["targeting_flag_id"].is_u64() {
        call.need_scope("feature_flag:write")?;
    }
    for key in ["targeting_flag_id", "internal_targeting_flag_id"] {
        if let Some(flag) = row[key].as_u64() {
            flags::remove(call, flag);
        }
    }
    let name = name_key(call.project, text_at(&row, "name"));
    call.store.remove(NAMES, &name);
    call.store.remove(SURVEYS, text_at(&row, "id"));
    Ok(Reply::empty(204))
}

/// Whether the moment under `key` is not later than now.
fn is_past(row: &Value, key: &str) -> bool {
    moment(text_at(row, key)).is_some_and(|at| at <= Timestamp::now())
}

fn launch(call: &mut PosthogCall, id: &str) -> PosthogAnswer {
    let row = find(call, id)?;
    if is_set(&row, "archived") {
        return Err(Fault::invalid("Cannot launch an archived survey. Unarchive it first."));
    }
    if is_past(&row, "end_date") {
        return Err(Fault::invalid("Cannot launch a survey with end_date in the past. Extend the end_date first."));
    }
    let done = is_past(&row, "start_date");
    mark(call, row, "start_date", done)
}

fn stop(call: &mut PosthogCall, id: &str) -> PosthogAnswer {
    let row = find(call, id)?;
    if is_set(&row, "archived") {
        return Err(Fault::invalid("Cannot stop an archived survey. Unarchive it first if needed."));
    }
    let done = is_past(&row, "end_date");
    mark(call, row, "end_date", done)
}

/// Keeps one date and nothing else: neither flags nor iterations follow until the next PATCH.
fn mark(call: &mut PosthogCall, mut row: Value, key: &str, done: bool) -> PosthogAnswer {
    if !done {
        row[key] = json!(call.now());
        keep(call, &row);
        schedule::iterations(&mut row);
    }
    Ok(Reply::json(200, show(call, &row)))
}

/// Sets a response aside: statistics can be asked for without it.
fn archive(call: &mut PosthogCall, id: &str, response: &str) -> PosthogAnswer {
    set_aside(call, id, response, true)
}

fn unarchive(call: &mut PosthogCall, id: &str, response: &str) -> PosthogAnswer {
    set_aside(call, id, response, false)
}

fn set_aside(call: &mut PosthogCall, id: &str, response: &str, is_aside: bool) -> PosthogAnswer {
    let row = find(call, id)?;
    let Ok(response) = uuid::Uuid::parse_str(response) else {
        return Ok(Reply::json(400, json!({"detail": "Invalid UUID format"})));
    };
    let key = aside_key(text_at(&row, "id"), &response.to_string());
    if is_aside {
        call.store.put(ASIDE, &key, json!(true));
    } else {
        call.store.remove(ASIDE, &key);
    }
    Ok(Reply::json(200, json!(200)))
}
