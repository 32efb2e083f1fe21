//! Experiment holdouts: a share of people whom no experiment of theirs reaches.

pub(crate) mod rows;

use super::call::PosthogCall;
use super::fault::{Fault, PosthogAnswer};
use super::json::shown;
use crate::message::Reply;
use crate::posthog::experiment::rows::EXPERIMENTS;
use crate::posthog::feature_flag::filters;
use crate::posthog::field::{BodyField, Holds};
use rows::{HOLDOUTS, filter, held_back, tell};
use serde_json::{Map, Value, json};

const FIELDS: &[BodyField] = &[
    BodyField::new("name", Holds::Text { max: 400, blank: false }).required(),
    BodyField::new("description", Holds::Text { max: 400, blank: true }).or_null(),
    BodyField::new("filters", Holds::Json).required(),
];

/// Answers `experiment_holdouts/…`.
pub(crate) fn route(call: &mut PosthogCall, tail: &[&str]) -> PosthogAnswer {
    match (call.method(), tail) {
        ("GET", []) => {
            let rows: Vec<_> = call.rows(HOLDOUTS).rev().map(|(_, row)| row).collect();
            Ok(call.page_of(&rows, 100, |row| Value::Object(shown(row))))
        }
        ("POST", []) => post(call),
        ("GET", ["activity"] | [_, "activity"]) => call.activity(),
        ("GET", [id]) => Ok(Reply::json(200, Value::Object(shown(&call.row(HOLDOUTS, id)?)))),
        ("PATCH" | "PUT", [id]) => update(call, id),
        ("DELETE", [id]) => delete(call, id),
        (_, [] | [_]) => call.no_method(),
        _ => Err(Fault::no_endpoint()),
    }
}

fn post(call: &mut PosthogCall) -> PosthogAnswer {
    let fields = read(call)?;
    let id = call.next_id(HOLDOUTS);
    let now = call.now();
    let row = json!({
        "id": id,
        "name": "",
        "description": null,
        "filters": [],
        "created_by": call.user(),
        "created_at": now,
        "updated_at": now,
        "user_access_level": "manager",
    });
    let Value::Object(mut row) = row else { return Err(Fault::not_found()) };
    row.extend(fields);
    name_variants(&mut row, id);
    call.put(HOLDOUTS, &id.to_string(), row.clone());
    Ok(Reply::json(201, Value::Object(shown(&row))))
}

fn update(call: &mut PosthogCall, id: &str) -> PosthogAnswer {
    let mut row = call.row(HOLDOUTS, id)?;
    let fields = read(call)?;
    let refiltered = fields.contains_key("filters");
    row.extend(fields);
    row.insert("updated_at".into(), json!(call.now()));
    let number = row.get("id").and_then(Value::as_u64).unwrap_or(0);
    name_variants(&mut row, number);
    call.put(HOLDOUTS, id, row.clone());
    if refiltered {
        let held = filter(call, &json!(number));
        for (_, flag) in held_back(call, number) {
            tell(call, flag, held.clone());
        }
    }
    Ok(Reply::json(200, Value::Object(shown(&row))))
}

fn delete(call: &mut PosthogCall, id: &str) -> PosthogAnswer {
    let number = call.row(HOLDOUTS, id)?.get("id").and_then(Value::as_u64).unwrap_or(0);
    for (experiment, flag) in held_back(call, number) {
        if let Some(mut row) = call.find(EXPERIMENTS, &experiment).cloned() {
            row.insert("holdout_id".into(), Value::Null);
            call.put(EXPERIMENTS, &experiment, row);
        }
        tell(call, flag, Value::Null);
    }
    call.store.remove(HOLDOUTS, id);
    Ok(Reply::empty(204))
}

/// The server names every variant after the holdout.
fn name_variants(row: &mut Map<String, Value>, id: u64) {
    for filter in filters::objects(row, "filters") {
        filter.insert("variant".into(), json!(format!("holdout-{id}")));
    }
}

fn read(call: &PosthogCall) -> Result<Map<String, Value>, Fault> {
    let mut read = call.reader();
    read.take(FIELDS)?;
    if let Some(filters) = read.get("filters") {
        check(filters)?;
    }
    Ok(read.done())
}

fn check(filters: &Value) -> Result<(), Fault> {
    let refuse = |detail: &str| Err(Fault::invalid_input("filters", detail));
    let Some(filters) = filters.as_array() else { return Err(Fault::not_a_list("filters", filters)) };
    if filters.is_empty() {
        return refuse("Filters must not be empty.");
    }
    for filter in filters {
        let Some(filter) = filter.as_object() else { return Err(Fault::not_an_object(filter).at("filters")) };
        match filter.get("rollout_percentage") {
            None | Some(Value::Null) => return refuse("Rollout percentage must be present."),
            Some(share) if share.as_f64().is_some_and(|s| (0.0..=100.0).contains(&s)) => {}
            Some(_) => return refuse("Rollout percentage must be between 0 and 100."),
        }
    }
    Ok(())
}
