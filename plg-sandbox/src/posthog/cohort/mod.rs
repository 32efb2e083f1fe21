//! Cohorts: criteria that are checked for their form when written and for their sense when calculated.

pub(crate) mod criteria;
pub(crate) mod list;
pub(crate) mod people;
pub(crate) mod read;
pub(crate) mod rows;
pub(crate) mod uses;

use super::call::PosthogCall;
use super::fault::{Fault, PosthogAnswer};
use super::json::{flagged, text};
use super::person::PERSONS;
use crate::message::Reply;
use criteria::Tree;
use list::list;
use read::{check_query, check_type, read};
use rows as cohorts;
use rows::{COHORTS, create, create_static, recalculate, settle, show};
use serde_json::{Map, Value, json};

/// Answers `cohorts/…`.
pub(crate) fn route(call: &mut PosthogCall, tail: &[&str]) -> PosthogAnswer {
    match (call.method(), tail) {
        ("GET", []) => list(call),
        ("POST", []) => post(call),
        ("GET", ["activity"] | [_, "activity"]) => call.activity(),
        ("DELETE", [_]) => call.no_destroy(),
        ("GET", [id]) => {
            settle(call, id);
            Ok(Reply::json(200, show(&call.row(COHORTS, id)?)))
        }
        ("PATCH" | "PUT", [id]) => update(call, id),
        ("GET", [id, "persons"]) => {
            call.need_scope("person:read")?;
            call.row(COHORTS, id)?;
            Ok(Reply::json(200, json!({ "results": people::shown(call, id), "next": null, "previous": null })))
        }
        ("GET", [id, "used_in"]) => uses::used_in(call, id),
        ("GET", [id, "calculation_history"]) => {
            call.row(COHORTS, id)?;
            Ok(call.page(Vec::new(), 100))
        }
        ("GET" | "POST", [id, "duplicate_as_static_cohort"]) => {
            call.need_scope("cohort:write")?;
            let row = call.row(COHORTS, id)?;
            Ok(Reply::json(200, create_static(call, &format!("{} (static copy)", text(&row, "name")))))
        }
        ("POST" | "PATCH", [id, "add_persons_to_static_cohort"]) => {
            if !flagged(&call.row(COHORTS, id)?, "is_static") {
                return Err(Fault::invalid("Can only add users to static cohorts"));
            }
            let named = call.body.get("person_ids").cloned();
            put_in(call, id, named.as_ref(), None);
            Ok(Reply::json(200, json!({ "success": true })))
        }
        (_, [] | [_]) => call.no_method(),
        _ => Err(Fault::no_endpoint()),
    }
}

fn post(call: &mut PosthogCall) -> PosthogAnswer {
    let (mut fields, tree) = read(call)?;
    let is_static = flagged(&fields, "is_static");
    let has = |fields: &Map<String, Value>, key: &str| fields.get(key).is_some_and(|v| !v.is_null());
    check_query(&fields, is_static, has(&fields, "filters"))?;
    let csv = call.body.get("csv").and_then(Value::as_str).map(str::to_owned);
    if is_static
        && csv.is_none()
        && !has(&fields, "filters")
        && !has(&fields, "query")
        && !has(&fields, "_create_static_person_ids")
    {
        let source = |name: &str| call.request.query(name).is_some();
        if !source("from_cohort") && !source("from_feature_flag") {
            return Err(Fault::invalid(
                "Invalid source for static cohort. Requires criteria, a csv, feature flag, existing cohort or query.",
            ));
        }
    }
    check_type(call, &fields, is_static, tree.as_ref())?;
    let named = fields.remove("_create_static_person_ids");
    let id = create(call, fields, tree.as_ref());
    if is_static {
        put_in(call, &id.to_string(), named.as_ref(), csv.as_deref());
    }
    Ok(Reply::json(201, show(&call.row(COHORTS, &id.to_string())?)))
}

/// Puts people into a static cohort: those with these ids, and those of a table. Who is not known is passed over.
fn put_in(call: &mut PosthogCall, cohort: &str, named: Option<&Value>, csv: Option<&str>) {
    let ids = named.and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).map(str::to_owned);
    let mut found: Vec<String> = ids.filter(|id| call.find(PERSONS, id).is_some()).collect();
    found.extend(csv.into_iter().flat_map(|csv| people::of_table(call, csv)));
    people::add(call, cohort, found);
    let count = people::shown(call, cohort).len();
    if let Some(mut row) = call.find(COHORTS, cohort).cloned() {
        row.insert("count".into(), json!(count));
        call.put(COHORTS, cohort, row);
    }
}

fn update(call: &mut PosthogCall, id: &str) -> PosthogAnswer {
    let old = call.row(COHORTS, id)?;
    let (mut fields, tree) = read(call)?;
    let is_static = flagged(&old, "is_static");
    if let Some(csv) = call.body.get("csv").and_then(Value::as_str).map(str::to_owned).filter(|_| is_static) {
        put_in(call, id, None, Some(&csv));
    }
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
        uses::check_loop(call, number, tree)?;
        uses::check_flags(call, number, tree)?;
    }
    check_type(call, &fields, is_static, tree.as_ref())?;
    if flagged(&fields, "deleted") && !flagged(&old, "deleted") {
        uses::may_delete(call, number)?;
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
        cohorts::note(call, id, tree.as_ref());
    }
    call.put(COHORTS, id, row.clone());
    Ok(Reply::json(200, show(&row)))
}
