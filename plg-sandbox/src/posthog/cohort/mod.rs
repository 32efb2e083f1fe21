//! Cohorts: criteria that are checked for their form when written and for their sense when calculated.

pub(crate) mod criteria;
pub(crate) mod list;
pub(crate) mod read;
pub(crate) mod rows;
pub(crate) mod uses;

use super::call::Cx;
use super::fault::{Fault, Outcome};
use super::json::{flagged, text};
use crate::message::Reply;
use criteria::Tree;
use list::list;
use read::{check_query, check_type, read};
use rows as cohorts;
use rows::{COHORTS, create, create_static, recalculate, settle, show};
use serde_json::{Map, Value, json};

/// Answers `cohorts/…`.
pub(crate) fn route(cx: &mut Cx, tail: &[&str]) -> Outcome {
    match (cx.method(), tail) {
        ("GET", []) => list(cx),
        ("POST", []) => post(cx),
        ("GET", ["activity"] | [_, "activity"]) => cx.activity(),
        ("DELETE", [_]) => cx.no_destroy(),
        ("GET", [id]) => {
            settle(cx, id);
            Ok(Reply::json(200, show(&cx.row(COHORTS, id)?)))
        }
        ("PATCH" | "PUT", [id]) => update(cx, id),
        ("GET", [id, "persons"]) => {
            cx.need_scope("person:read")?;
            cx.row(COHORTS, id)?;
            Ok(Reply::json(200, json!({ "results": [], "next": null, "previous": null })))
        }
        ("GET", [id, "used_in"]) => uses::used_in(cx, id),
        ("GET", [id, "calculation_history"]) => {
            cx.row(COHORTS, id)?;
            Ok(cx.page(Vec::new(), 100))
        }
        ("GET" | "POST", [id, "duplicate_as_static_cohort"]) => {
            cx.need_scope("cohort:write")?;
            let row = cx.row(COHORTS, id)?;
            Ok(Reply::json(200, create_static(cx, &format!("{} (static copy)", text(&row, "name")))))
        }
        ("POST" | "PATCH", [id, "add_persons_to_static_cohort"]) => {
            if !flagged(&cx.row(COHORTS, id)?, "is_static") {
                return Err(Fault::invalid("Can only add users to static cohorts"));
            }
            Ok(Reply::json(200, json!({ "success": true })))
        }
        (_, [] | [_]) => cx.no_method(),
        _ => Err(Fault::not_found_as("Endpoint not found.")),
    }
}

fn post(cx: &mut Cx) -> Outcome {
    let (mut fields, tree) = read(cx)?;
    let is_static = flagged(&fields, "is_static");
    let has = |fields: &Map<String, Value>, key: &str| fields.get(key).is_some_and(|v| !v.is_null());
    check_query(&fields, is_static, has(&fields, "filters"))?;
    if is_static && !has(&fields, "filters") && !has(&fields, "query") && !has(&fields, "_create_static_person_ids") {
        let source = |name: &str| cx.request.query(name).is_some();
        if !source("from_cohort") && !source("from_feature_flag") {
            return Err(Fault::invalid(
                "Invalid source for static cohort. Requires criteria, a csv, feature flag, existing cohort or query.",
            ));
        }
    }
    check_type(cx, &fields, is_static, tree.as_ref())?;
    fields.remove("_create_static_person_ids");
    let id = create(cx, fields, tree.as_ref());
    Ok(Reply::json(201, show(&cx.row(COHORTS, &id.to_string())?)))
}

fn update(cx: &mut Cx, id: &str) -> Outcome {
    let old = cx.row(COHORTS, id)?;
    let (mut fields, tree) = read(cx)?;
    let is_static = flagged(&old, "is_static");
    for fixed in ["is_static", "_create_static_person_ids"] {
        fields.remove(fixed);
    }
    check_query(&fields, is_static, fields.get("filters").is_some_and(|f| !f.is_null()))?;
    if is_static && ["filters", "query"].iter().any(|key| fields.get(*key).is_some_and(|v| old.get(*key) != Some(v))) {
        return Err(Fault::invalid(
            "Editing the criteria of a static cohort is not supported yet. Create a new static cohort instead.",
        ));
    }
    let number = old.get("id").and_then(Value::as_i64).unwrap_or(0);
    if let Some(tree) = &tree {
        uses::check_loop(cx, number, tree)?;
        uses::check_flags(cx, number, tree)?;
    }
    check_type(cx, &fields, is_static, tree.as_ref())?;
    if flagged(&fields, "deleted") && !flagged(&old, "deleted") {
        uses::may_delete(cx, number)?;
    }
    let mut row = old;
    let refiltered = fields.contains_key("filters");
    let recalculates = refiltered && !is_static;
    fields.remove("cohort_type");
    row.extend(fields);
    if row.get("filters").is_some_and(Value::is_null) {
        row.insert("filters".into(), json!({ "properties": {} }));
    }
    if recalculates {
        row.insert("cohort_type".into(), json!(tree.as_ref().and_then(Tree::realtime)));
        recalculate(&mut row);
    }
    if refiltered {
        cohorts::note(cx, id, tree.as_ref());
    }
    cx.put(COHORTS, id, row.clone());
    Ok(Reply::json(200, show(&row)))
}
