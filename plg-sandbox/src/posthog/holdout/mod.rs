//! Experiment holdouts: a share of people whom no experiment of theirs reaches.

pub(crate) mod rows;

use super::call::Cx;
use super::fault;
use super::fault::{Fault, Outcome};
use super::fields::{OPTIONAL, REQUIRED};
use super::json::shown;
use crate::message::Reply;
use crate::posthog::feature_flag::filters;
use rows::{HOLDOUTS, filter, held_back, tell};
use serde_json::{Map, Value, json};

/// Answers `experiment_holdouts/…`.
pub(crate) fn route(cx: &mut Cx, tail: &[&str]) -> Outcome {
    match (cx.method(), tail) {
        ("GET", []) => {
            let rows: Vec<_> = cx.rows(HOLDOUTS).rev().map(|(_, row)| row).collect();
            Ok(cx.page_of(&rows, 100, |row| Value::Object(shown(row))))
        }
        ("POST", []) => post(cx),
        ("GET", ["activity"] | [_, "activity"]) => cx.activity(),
        ("GET", [id]) => Ok(Reply::json(200, Value::Object(shown(&cx.row(HOLDOUTS, id)?)))),
        ("PATCH" | "PUT", [id]) => update(cx, id),
        ("DELETE", [id]) => delete(cx, id),
        (_, [] | [_]) => cx.no_method(),
        _ => Err(Fault::not_found_as("Endpoint not found.")),
    }
}

fn post(cx: &mut Cx) -> Outcome {
    let fields = read(cx)?;
    let id = cx.next_id(HOLDOUTS);
    let now = cx.now();
    let row = json!({
        "id": id,
        "name": "",
        "description": null,
        "filters": [],
        "created_by": cx.user(),
        "created_at": now,
        "updated_at": now,
        "user_access_level": "manager",
    });
    let Value::Object(mut row) = row else { return Err(Fault::not_found()) };
    row.extend(fields);
    name_variants(&mut row, id);
    cx.put(HOLDOUTS, &id.to_string(), row.clone());
    Ok(Reply::json(201, Value::Object(shown(&row))))
}

fn update(cx: &mut Cx, id: &str) -> Outcome {
    let mut row = cx.row(HOLDOUTS, id)?;
    let fields = read(cx)?;
    let refiltered = fields.contains_key("filters");
    row.extend(fields);
    row.insert("updated_at".into(), json!(cx.now()));
    let number = row.get("id").and_then(Value::as_u64).unwrap_or(0);
    name_variants(&mut row, number);
    cx.put(HOLDOUTS, id, row.clone());
    if refiltered {
        let held = filter(cx, &json!(number));
        for (_, flag) in held_back(cx, number) {
            tell(cx, flag, held.clone());
        }
    }
    Ok(Reply::json(200, Value::Object(shown(&row))))
}

fn delete(cx: &mut Cx, id: &str) -> Outcome {
    let number = cx.row(HOLDOUTS, id)?.get("id").and_then(Value::as_u64).unwrap_or(0);
    for (experiment, flag) in held_back(cx, number) {
        if let Some(mut row) = cx.find("posthog.experiments", &experiment).cloned() {
            row.insert("holdout_id".into(), Value::Null);
            cx.put("posthog.experiments", &experiment, row);
        }
        tell(cx, flag, Value::Null);
    }
    cx.store.remove(HOLDOUTS, id);
    Ok(Reply::empty(204))
}

/// The server names every variant after the holdout.
fn name_variants(row: &mut Map<String, Value>, id: u64) {
    for filter in filters::objects(row, "filters") {
        filter.insert("variant".into(), json!(format!("holdout-{id}")));
    }
}

fn read(cx: &Cx) -> Result<Map<String, Value>, Fault> {
    let mut read = cx.fields();
    read.string("name", REQUIRED.max(400))?;
    read.string("description", OPTIONAL.null().blank().max(400))?;
    read.json("filters", REQUIRED)?;
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
        let Some(filter) = filter.as_object() else { return Err(fault::not_an_object(filter).at("filters")) };
        match filter.get("rollout_percentage") {
            None | Some(Value::Null) => return refuse("Rollout percentage must be present."),
            Some(share) if share.as_f64().is_some_and(|s| (0.0..=100.0).contains(&s)) => {}
            Some(_) => return refuse("Rollout percentage must be between 0 and 100."),
        }
    }
    Ok(())
}
