//! Surveys: hard deleted, uniquely named, each with hidden flags that follow its dates.

mod flags;
mod html;
mod questions;
mod read;
mod schedule;
mod translations;

use super::action::ACTIONS;
use super::body::{self, is_set, match_type, text_at, truthy, wrong, wrong_body};
use super::{Cx, Fault, Outcome, feature_flag, flagged, moment, shown, stamp, whole};
use crate::message::Reply;
use jiff::Timestamp;
use serde_json::{Map, Value, json};

const SURVEYS: &str = "posthog.surveys";
/// `project:name` of every survey, with its id.
const NAMES: &str = "posthog.survey_names";

/// Fields that steer a request and are not kept.
const STEERING: [&str; 2] = ["targeting_flag_filters", "remove_targeting_flag"];

pub(crate) fn route(cx: &mut Cx, tail: &[&str]) -> Outcome {
    let method = cx.request.method.clone();
    match (method.as_str(), tail) {
        ("GET", []) => list(cx),
        ("POST", []) => create(cx),
        ("GET", ["activity"] | [_, "activity"]) => cx.activity(),
        ("GET", ["responses_count"]) => Ok(Reply::json(200, json!({}))),
        ("GET", [id]) => {
            let row = find(cx, id)?;
            Ok(Reply::json(200, show(cx, &row)))
        }
        ("PATCH", [id]) => update(cx, id),
        ("PUT", [id]) => replace(cx, id),
        ("DELETE", [id]) => remove(cx, id),
        ("POST", [id, "launch"]) => launch(cx, id),
        ("POST", [id, "stop"]) => stop(cx, id),
        ("POST", [id, "responses", response, "archive"]) => archive(cx, id, response),
        (_, [] | [_] | [_, "launch" | "stop"]) => cx.no_method(),
        _ => Err(Fault::not_found()),
    }
}

fn find(cx: &Cx, id: &str) -> Result<Value, Fault> {
    let id = id.to_ascii_lowercase();
    let row = cx.store.get(SURVEYS, &id).filter(|row| row["team_id"].as_u64() == Some(cx.project));
    row.cloned().ok_or_else(Fault::not_found)
}

fn name_key(project: u64, name: &str) -> String {
    format!("{project}:{name}")
}

/// Puts a survey, under its name too.
fn keep(cx: &mut Cx, row: &Value) {
    let (id, name) = (text_at(row, "id"), text_at(row, "name"));
    let old = cx.store.get(SURVEYS, id).map(|old| text_at(old, "name").to_owned());
    if let Some(old) = old.filter(|old| old != name) {
        cx.store.remove(NAMES, &name_key(cx.project, &old));
    }
    cx.store.put(NAMES, &name_key(cx.project, name), json!(id));
    cx.store.put(SURVEYS, id, row.clone());
}

fn list(cx: &mut Cx) -> Outcome {
    let cx: &Cx = cx;
    let search = cx.search()?;
    let ask = |key: &str| cx.request.query(key).filter(|v| !v.is_empty());
    let archived = ask("archived").and_then(|v| body::flag(&json!(v)));
    let ids: Option<Vec<String>> = ask("ids").map(|ids| ids.split(',').map(|id| id.trim().to_lowercase()).collect());
    if let Some(kind) = ask("type")
        && !["popover", "widget", "external_survey", "api"].contains(&kind)
    {
        let detail = format!("Select a valid choice. {kind} is not one of the available choices.");
        return Err(body::refuse("type", "invalid_choice", &detail));
    }
    if ids.iter().flatten().any(|id| uuid::Uuid::parse_str(id).is_err()) {
        return Err(wrong("ids", "Enter a valid UUID."));
    }
    let mut rows: Vec<(&Value, Option<&'static str>)> = Vec::new();
    for (_, row) in cx.store.rows(SURVEYS).rev() {
        if row["team_id"].as_u64() != Some(cx.project)
            || archived.as_ref().is_some_and(|a| row["archived"] != *a)
            || ask("type").is_some_and(|t| row["type"] != t)
            || ids.as_ref().is_some_and(|ids| !ids.iter().any(|id| row["id"] == id.as_str()))
        {
            continue;
        }
        let texts = [text_at(row, "name"), text_at(row, "description")];
        let found = search.as_ref().map(|needle| match_type(needle, &texts));
        if found != Some(None) {
            rows.push((row, found.flatten()));
        }
    }
    if rows.iter().any(|(_, found)| *found == Some("exact")) {
        rows.retain(|(_, found)| *found == Some("exact"));
    }
    if search.is_some() {
        rows.sort_by_key(|(row, _)| text_at(row, "name"));
    }
    Ok(cx.page_of(&rows, 100, |(row, found)| {
        let mut out = show(cx, row);
        if let Some(found) = found {
            out["search_match_type"] = json!(found);
        }
        out
    }))
}

fn create(cx: &mut Cx) -> Outcome {
    let mut read = read::read(cx, &Value::Null)?;
    let (now, user) = (cx.now(), cx.user());
    let id = uuid::Uuid::new_v4().to_string();
    let filters = read.get("targeting_flag_filters").filter(|f| truthy(Some(f))).cloned();
    if filters.is_some() || truthy(read.get("targeting_flag_id")) {
        cx.need_scope("feature_flag:write")?;
    }
    if let Some(filters) = filters {
        let name = read.get("name").and_then(Value::as_str).unwrap_or_default().to_owned();
        // Inactive even if the survey starts at once; the next PATCH corrects it.
        let flag = flags::target(cx, &name, filters, false)?;
        read.insert("targeting_flag_id".into(), json!(flag));
    }
    read.retain(|key, _| !STEERING.contains(&key.as_str()));
    let mut row = json!({
        "id": id, "team_id": cx.project, "name": null, "description": "", "type": null, "schedule": "once",
        "linked_flag_id": null, "linked_insight_id": null, "targeting_flag_id": null,
        "internal_targeting_flag_id": null, "internal_response_sampling_flag_id": null, "questions": null,
        "conditions": null, "appearance": null, "created_at": now, "created_by": user, "start_date": null,
        "end_date": null, "archived": false, "responses_limit": null, "iteration_count": null,
        "iteration_frequency_days": null, "iteration_start_dates": null, "current_iteration": null,
        "current_iteration_start_date": null, "response_sampling_start_date": null,
        "response_sampling_interval_type": "week", "response_sampling_interval": null,
        "response_sampling_limit": null, "response_sampling_daily_limits": null,
        "enable_partial_responses": false, "enable_iframe_embedding": false,
        "base_language": translations::ENGLISH, "translations": null, "form_content": null, "_actions": [],
    });
    let conditions = read.get("conditions").cloned();
    body::merge(&mut row, read);
    schedule::settle(&mut row)?;
    questions::add_ids(&mut row["questions"]);
    flags::sync(cx, &mut row)?;
    link_actions(cx, &mut row, conditions.as_ref());
    keep(cx, &row);
    Ok(Reply::json(201, show_written(cx, &row)))
}

fn update(cx: &mut Cx, id: &str) -> Outcome {
    let old = find(cx, id)?;
    let mut read = read::read(cx, &old)?;
    let mut row = old.clone();
    if truthy(read.get("targeting_flag_id")) || truthy(read.get("targeting_flag_filters")) {
        cx.need_scope("feature_flag:write")?;
    }
    if truthy(read.get("remove_targeting_flag")) {
        if let Some(flag) = row["targeting_flag_id"].as_u64() {
            cx.need_scope("feature_flag:write")?;
            feature_flag::remove(cx, flag);
        }
        row["targeting_flag_id"] = Value::Null;
        read.insert("targeting_flag_id".into(), Value::Null);
    }
    let wanted = read.get("iteration_count").and_then(Value::as_i64);
    if let (Some(current), Some(wanted)) = (row["current_iteration"].as_i64(), wanted)
        && current > wanted
        && wanted > 0
    {
        let detail = format!("Cannot change survey recurrence to {wanted}, should be at least {current}");
        return Err(wrong_body(&detail));
    }
    if let Some(filters) = read.get("targeting_flag_filters").and_then(Value::as_object).filter(|f| !f.is_empty()) {
        match row["targeting_flag_id"].as_u64() {
            Some(flag) => flags::retarget(cx, flag, filters)?,
            None => {
                let started = !row["start_date"].is_null();
                let filters = Value::Object(filters.clone());
                let flag = flags::target(cx, text_at(&row, "name"), filters, started)?;
                read.insert("targeting_flag_id".into(), json!(flag));
            }
        }
    }
    if wanted.is_some() && !read.contains_key("iteration_frequency_days") {
        read.insert("iteration_frequency_days".into(), Value::Null);
    }
    read.retain(|key, _| !STEERING.contains(&key.as_str()));
    let conditions = read.get("conditions").cloned();
    body::merge(&mut row, read);
    schedule::settle(&mut row)?;
    questions::add_ids(&mut row["questions"]);
    resume(&old, &mut row);
    if let Some(flag) = row["targeting_flag_id"].as_u64() {
        feature_flag::set_active(cx, flag, flags::is_running(&row));
    }
    flags::sync(cx, &mut row)?;
    link_actions(cx, &mut row, conditions.as_ref());
    keep(cx, &row);
    Ok(Reply::json(200, show_written(cx, &row)))
}

/// A recurring survey that is resumed after its last iteration starts over.
fn resume(old: &Value, row: &mut Value) {
    let resumed = !old["end_date"].is_null() && row["end_date"].is_null();
    let recurs = truthy(row.get("iteration_count")) && truthy(row.get("iteration_frequency_days"));
    let now = Timestamp::now();
    if resumed && recurs && schedule::is_elapsed(row, now) {
        row["start_date"] = json!(stamp(now));
        row["current_iteration"] = Value::Null;
        row["current_iteration_start_date"] = Value::Null;
        schedule::iterations(row);
    }
}

/// PUT goes through the shape that is meant for reading: it trips over dotted fields and ignores the special ones.
fn replace(cx: &mut Cx, id: &str) -> Outcome {
    let old = find(cx, id)?;
    if cx.body.contains_key("linked_flag_id") || cx.body.contains_key("linked_insight_id") {
        return Err(body::crash());
    }
    for key in ["conditions", "targeting_flag_id", "targeting_flag_filters", "remove_targeting_flag"] {
        cx.body.shift_remove(key);
    }
    for key in ["name", "type"] {
        if !cx.body.contains_key(key) {
            return Err(body::refuse(key, "required", "This field is required."));
        }
    }
    let mut row = old.clone();
    let read = read::read(cx, &old)?;
    body::merge(&mut row, read);
    schedule::settle(&mut row)?;
    questions::add_ids(&mut row["questions"]);
    keep(cx, &row);
    Ok(Reply::json(200, show(cx, &row)))
}

/// Links the actions a body's conditions name; a body without conditions unlinks them all.
fn link_actions(cx: &Cx, row: &mut Value, conditions: Option<&Value>) {
    let values = conditions.and_then(|c| c.get("actions")).and_then(|a| a.get("values")).and_then(Value::as_array);
    let ids = values.into_iter().flatten().filter_map(|v| v.get("id").and_then(whole));
    let mut linked: Vec<u64> =
        ids.filter_map(|id| u64::try_from(id).ok()).filter(|id| action(cx, *id).is_some()).collect();
    linked.sort_unstable();
    linked.dedup();
    row["_actions"] = json!(linked);
}

/// An action of this project that is not deleted.
fn action<'a>(cx: &'a Cx, id: u64) -> Option<&'a Map<String, Value>> {
    cx.find(ACTIONS, &id.to_string()).filter(|row| !flagged(row, "deleted"))
}

fn remove(cx: &mut Cx, id: &str) -> Outcome {
    let row = find(cx, id)?;
    if row["targeting_flag_id"].is_u64() {
        cx.need_scope("feature_flag:write")?;
    }
    for key in ["targeting_flag_id", "internal_targeting_flag_id"] {
        if let Some(flag) = row[key].as_u64() {
            feature_flag::remove(cx, flag);
        }
    }
    let name = name_key(cx.project, text_at(&row, "name"));
    cx.store.remove(NAMES, &name);
    cx.store.remove(SURVEYS, text_at(&row, "id"));
    Ok(Reply::empty(204))
}

/// Whether the moment under `key` is not later than now.
fn is_past(row: &Value, key: &str) -> bool {
    moment(text_at(row, key)).is_some_and(|at| at <= Timestamp::now())
}

fn launch(cx: &mut Cx, id: &str) -> Outcome {
    let row = find(cx, id)?;
    if is_set(&row, "archived") {
        return Err(wrong_body("Cannot launch an archived survey. Unarchive it first."));
    }
    if is_past(&row, "end_date") {
        return Err(wrong_body("Cannot launch a survey with end_date in the past. Extend the end_date first."));
    }
    let done = is_past(&row, "start_date");
    mark(cx, row, "start_date", done)
}

fn stop(cx: &mut Cx, id: &str) -> Outcome {
    let row = find(cx, id)?;
    if is_set(&row, "archived") {
        return Err(wrong_body("Cannot stop an archived survey. Unarchive it first if needed."));
    }
    let done = is_past(&row, "end_date");
    mark(cx, row, "end_date", done)
}

/// Keeps one date and nothing else: neither flags nor iterations follow until the next PATCH.
fn mark(cx: &mut Cx, mut row: Value, key: &str, done: bool) -> Outcome {
    if !done {
        row[key] = json!(cx.now());
        keep(cx, &row);
        schedule::iterations(&mut row);
    }
    Ok(Reply::json(200, show(cx, &row)))
}

fn archive(cx: &mut Cx, id: &str, response: &str) -> Outcome {
    find(cx, id)?;
    if uuid::Uuid::parse_str(response).is_err() {
        return Ok(Reply::json(400, json!({"detail": "Invalid UUID format"})));
    }
    Ok(Reply::json(200, json!(200)))
}

/// What POST and PATCH answer.
fn show_written(cx: &Cx, row: &Value) -> Value {
    const OWN: [&str; 29] = [
        "id",
        "name",
        "description",
        "type",
        "schedule",
        "questions",
        "conditions",
        "appearance",
        "created_at",
        "created_by",
        "start_date",
        "end_date",
        "archived",
        "responses_limit",
        "iteration_count",
        "iteration_frequency_days",
        "iteration_start_dates",
        "current_iteration",
        "current_iteration_start_date",
        "response_sampling_start_date",
        "response_sampling_interval_type",
        "response_sampling_interval",
        "response_sampling_limit",
        "response_sampling_daily_limits",
        "enable_partial_responses",
        "enable_iframe_embedding",
        "base_language",
        "translations",
        "form_content",
    ];
    let mut out: Map<String, Value> = OWN.iter().map(|key| ((*key).to_owned(), row[*key].clone())).collect();
    for key in ["linked_flag", "targeting_flag", "internal_targeting_flag"] {
        out.insert(key.to_owned(), flag_of(cx, row, key).unwrap_or_default());
    }
    let linked: Vec<Value> = row["_actions"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|id| action(cx, id.as_u64()?))
        .map(|row| Value::Object(shown(row)))
        .collect();
    if !linked.is_empty() {
        let conditions = out.entry("conditions").or_insert(Value::Null);
        if conditions.is_null() {
            *conditions = json!({});
        }
        conditions["actions"] = json!({ "values": linked });
    }
    Value::Object(out)
}

fn flag_of(cx: &Cx, row: &Value, key: &str) -> Option<Value> {
    flags::stored(cx, row[format!("{key}_id")].as_u64()?)
}

/// What GET answers: more than a write does.
fn show(cx: &Cx, row: &Value) -> Value {
    let mut out = show_written(cx, row);
    let keys: Vec<Value> = [
        "linked_flag",
        "targeting_flag",
        "internal_targeting_flag",
        "internal_response_sampling_flag",
    ]
    .into_iter()
    .map(|key| json!({"key": format!("{key}_key"), "value": flag_of(cx, row, key).map(|flag| flag["key"].clone())}))
    .collect();
    out["feature_flag_keys"] = Value::Array(keys);
    out["linked_flag_id"] = flag_of(cx, row, "linked_flag").map_or(Value::Null, |flag| flag["id"].clone());
    out["linked_insight_id"] = row["linked_insight_id"].clone();
    out["user_access_level"] = json!("manager");
    out
}
