//! Creating and changing a survey, with its flags.

use super::rows::{find, keep};
use super::show::{show, show_written};
use super::{hidden_flags, questions, read, schedule, translations};
use crate::message::Reply;
use crate::posthog::action::rows::live_action;
use crate::posthog::call::PosthogCall;
use crate::posthog::fault::{Fault, PosthogAnswer};
use crate::posthog::feature_flag::rows as flags;
use crate::posthog::json::{merge, text_at, truthy, whole};
use crate::posthog::time::stamp;
use jiff::Timestamp;
use serde_json::{Value, json};

/// Fields that steer a request and are not kept.
const STEERING: [&str; 2] = ["targeting_flag_filters", "remove_targeting_flag"];

pub(crate) fn create(call: &mut PosthogCall) -> PosthogAnswer {
    let mut read = read::read(call, &Value::Null)?;
    let (now, user) = (call.now(), call.user());
    let id = uuid::Uuid::new_v4().to_string();
    let filters = read.get("targeting_flag_filters").filter(|f| truthy(Some(f))).cloned();
    if filters.is_some() || truthy(read.get("targeting_flag_id")) {
        call.need_scope("feature_flag:write")?;
    }
    if let Some(filters) = filters {
        let name = read.get("name").and_then(Value::as_str).unwrap_or_default().to_owned();
        // Inactive even if the survey starts at once; the next PATCH corrects it.
        let flag = hidden_flags::target(call, &name, filters, false)?;
        read.insert("targeting_flag_id".into(), json!(flag));
    }
    read.retain(|key, _| !STEERING.contains(&key.as_str()));
    let mut row = json!({
        "id": id, "team_id": call.project, "name": null, "description": "", "type": null, "schedule": "once",
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
    merge(&mut row, read);
    schedule::settle(&mut row)?;
    questions::add_ids(&mut row["questions"]);
    hidden_flags::sync(call, &mut row)?;
    link_actions(call, &mut row, conditions.as_ref());
    keep(call, &row);
    Ok(Reply::json(201, show_written(call, &row)))
}

pub(crate) fn update(call: &mut PosthogCall, id: &str) -> PosthogAnswer {
    let old = find(call, id)?;
    let mut read = read::read(call, &old)?;
    let mut row = old.clone();
    if truthy(read.get("targeting_flag_id")) || truthy(read.get("targeting_flag_filters")) {
        call.need_scope("feature_flag:write")?;
    }
    if truthy(read.get("remove_targeting_flag")) {
        if let Some(flag) = row["targeting_flag_id"].as_u64() {
            call.need_scope("feature_flag:write")?;
            flags::remove(call, flag);
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
        return Err(Fault::invalid(detail));
    }
    if let Some(filters) = read.get("targeting_flag_filters").and_then(Value::as_object).filter(|f| !f.is_empty()) {
        match row["targeting_flag_id"].as_u64() {
            Some(flag) => hidden_flags::retarget(call, flag, filters)?,
            None => {
                let started = !row["start_date"].is_null();
                let filters = Value::Object(filters.clone());
                let flag = hidden_flags::target(call, text_at(&row, "name"), filters, started)?;
                read.insert("targeting_flag_id".into(), json!(flag));
            }
        }
    }
    if wanted.is_some() && !read.contains_key("iteration_frequency_days") {
        read.insert("iteration_frequency_days".into(), Value::Null);
    }
    read.retain(|key, _| !STEERING.contains(&key.as_str()));
    let conditions = read.get("conditions").cloned();
    merge(&mut row, read);
    schedule::settle(&mut row)?;
    questions::add_ids(&mut row["questions"]);
    resume(&old, &mut row);
    if let Some(flag) = row["targeting_flag_id"].as_u64() {
        flags::set_active(call, flag, hidden_flags::is_running(&row));
    }
    hidden_flags::sync(call, &mut row)?;
    link_actions(call, &mut row, conditions.as_ref());
    keep(call, &row);
    Ok(Reply::json(200, show_written(call, &row)))
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
pub(crate) fn replace(call: &mut PosthogCall, id: &str) -> PosthogAnswer {
    let old = find(call, id)?;
    if call.body.contains_key("linked_flag_id") || call.body.contains_key("linked_insight_id") {
        return Err(Fault::trips("PUT takes no linked_flag_id and no linked_insight_id."));
    }
    for key in ["conditions", "targeting_flag_id", "targeting_flag_filters", "remove_targeting_flag"] {
        call.body.shift_remove(key);
    }
    for key in ["name", "type"] {
        if !call.body.contains_key(key) {
            return Err(Fault::required(key));
        }
    }
    let mut row = old.clone();
    let read = read::read(call, &old)?;
    merge(&mut row, read);
    schedule::settle(&mut row)?;
    questions::add_ids(&mut row["questions"]);
    keep(call, &row);
    Ok(Reply::json(200, show(call, &row)))
}

/// Links the actions a body's conditions name; a body without conditions unlinks them all.
fn link_actions(call: &PosthogCall, row: &mut Value, conditions: Option<&Value>) {
    let values = conditions.and_then(|c| c.get("actions")).and_then(|a| a.get("values")).and_then(Value::as_array);
    let ids = values.into_iter().flatten().filter_map(|v| v.get("id").and_then(whole));
    let mut linked: Vec<u64> =
        ids.filter_map(|id| u64::try_from(id).ok()).filter(|id| live_action(call, *id).is_some()).collect();
    linked.sort_unstable();
    linked.dedup();
    row["_actions"] = json!(linked);
}
