//! Cohorts: criteria that are checked for their form when written and for their sense when calculated.

mod criteria;
mod uses;

pub(crate) use uses::{behavioral, find};

use super::{Cx, Fault, OPTIONAL, Outcome, flagged, shown, text};
use crate::Reply;
use criteria::Tree;
use serde_json::{Map, Value, json};

/// The table of cohorts, by id.
const COHORTS: &str = "posthog.cohorts";
const TYPES: [&str; 5] = ["static", "person_property", "behavioral", "realtime", "analytical"];

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

fn show(row: &Map<String, Value>) -> Value {
    Value::Object(shown(row))
}

fn list(cx: &mut Cx) -> Outcome {
    let search = cx.search()?;
    let pending: Vec<String> =
        cx.rows(COHORTS).filter(|(_, row)| flagged(row, "is_calculating")).map(|(id, _)| id.to_owned()).collect();
    for id in pending {
        settle(cx, &id);
    }
    let asked = |name: &str| cx.request.query(name);
    let yes = |name: &str| asked(name).is_some_and(|v| v.eq_ignore_ascii_case("true") || v == "1");
    let rows: Vec<&Map<String, Value>> = cx
        .rows(COHORTS)
        .rev()
        .map(|(_, row)| row)
        .filter(|row| !flagged(row, "deleted"))
        .filter(|row| search.as_deref().is_none_or(|words| text(row, "name").to_lowercase().contains(words)))
        .filter(|row| match asked("type") {
            Some("static") => flagged(row, "is_static"),
            Some("dynamic") => !flagged(row, "is_static"),
            _ => true,
        })
        .filter(|row| {
            let by = row.get("created_by").and_then(|u| u.get("id")).map(Value::to_string);
            asked("created_by_id").is_none_or(|id| by.as_deref() == Some(id))
        })
        .filter(|row| {
            !yes("hide_behavioral_cohorts")
                || row.get("id").and_then(Value::as_i64).and_then(|id| behavioral(cx, id)).is_none()
        })
        .collect();
    Ok(cx.page_of(&rows, 100, |row| {
        let mut out = shown(row);
        if let Some(words) = &search {
            let exact = text(row, "name").to_lowercase() == *words;
            out.insert("search_match_type".into(), json!(if exact { "exact" } else { "similar" }));
        }
        if yes("basic") {
            for heavy in ["filters", "query", "groups"] {
                out.remove(heavy);
            }
        }
        Value::Object(out)
    }))
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

fn create(cx: &mut Cx, fields: Map<String, Value>, tree: Option<&Tree>) -> u64 {
    let id = cx.next_id(COHORTS);
    let is_static = flagged(&fields, "is_static");
    let row = json!({
        "id": id,
        "name": null,
        "description": "",
        "groups": [],
        "deleted": false,
        "filters": { "properties": {} },
        "query": null,
        "version": null,
        "pending_version": null,
        "is_calculating": false,
        "created_by": cx.user(),
        "created_at": cx.now(),
        "last_calculation": null,
        "last_backfill_person_properties_at": null,
        "errors_calculating": 0,
        "last_error_message": null,
        "count": if is_static { json!(0) } else { Value::Null },
        "is_static": false,
        "cohort_type": null,
        "experiment_set": [],
    });
    let Value::Object(mut row) = row else { return id };
    row.extend(fields);
    if row.get("filters").is_some_and(Value::is_null) {
        row.insert("filters".into(), json!({ "properties": {} }));
    }
    row.insert("cohort_type".into(), json!(tree.filter(|_| !is_static).and_then(Tree::realtime)));
    if !is_static {
        recalculate(&mut row);
    }
    uses::note(cx, &id.to_string(), tree);
    cx.put(COHORTS, &id.to_string(), row);
    id
}

/// A static cohort without anyone in it.
pub(crate) fn create_static(cx: &mut Cx, name: &str) -> Value {
    let fields = json!({ "name": name, "is_static": true });
    let id = create(cx, fields.as_object().cloned().unwrap_or_default(), None);
    cx.find(COHORTS, &id.to_string()).map_or(Value::Null, show)
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
        uses::note(cx, id, tree.as_ref());
    }
    cx.put(COHORTS, id, row.clone());
    Ok(Reply::json(200, show(&row)))
}

fn read(cx: &Cx) -> Result<(Map<String, Value>, Option<Tree>), Fault> {
    let mut read = cx.fields();
    read.string("name", OPTIONAL.null().blank().max(400))?;
    read.string("description", OPTIONAL.blank().max(1000))?;
    read.json("groups", OPTIONAL)?;
    read.boolean("deleted", OPTIONAL)?;
    read.json("filters", OPTIONAL.null())?;
    let tree = match read.get("filters") {
        None | Some(Value::Null) => None,
        Some(sent) => Some(criteria::read(sent)?),
    };
    if let Some(tree) = &tree {
        read.keep("filters", tree.shown())?;
    }
    read.json("query", OPTIONAL.null())?;
    read.boolean("is_static", OPTIONAL)?;
    read.choice("cohort_type", &TYPES, OPTIONAL.null().blank())?;
    read.strings("_create_static_person_ids", OPTIONAL)?;
    Ok((read.done(), tree))
}

fn check_query(fields: &Map<String, Value>, is_static: bool, filters: bool) -> Result<(), Fault> {
    if fields.get("query").is_none_or(Value::is_null) {
        return Ok(());
    }
    if filters {
        return Err(Fault::invalid("Cannot set both query and filters at the same time."));
    }
    if !is_static {
        return Err(Fault::invalid("Cannot create a dynamic cohort with a query. Set is_static to true."));
    }
    Ok(())
}

fn check_type(cx: &Cx, fields: &Map<String, Value>, is_static: bool, tree: Option<&Tree>) -> Result<(), Fault> {
    let Some(sent) = fields.get("cohort_type").and_then(Value::as_str).filter(|t| !t.is_empty()) else { return Ok(()) };
    let expected = match tree {
        _ if is_static => "static",
        None => return Ok(()),
        Some(tree) if tree.cohorts().into_iter().any(|id| behavioral(cx, id).is_some()) => "analytical",
        Some(tree) => tree.kind(),
    };
    if sent == expected || sent == "realtime" && tree.is_some_and(|tree| tree.realtime().is_some()) {
        return Ok(());
    }
    let detail = format!("Cohort type '{sent}' does not match the filters. Expected type: '{expected}'");
    Err(Fault::invalid_input("cohort_type", detail))
}

/// Hands the cohort to the calculation.
fn recalculate(row: &mut Map<String, Value>) {
    let last = row.get("pending_version").and_then(Value::as_u64).unwrap_or(0);
    row.insert("pending_version".into(), json!(last + 1));
    row.insert("is_calculating".into(), json!(true));
}

/// Finishes a calculation that a write has started; it is done by the time someone looks.
fn settle(cx: &mut Cx, id: &str) {
    let Some(mut row) = cx.find(COHORTS, id).filter(|row| flagged(row, "is_calculating")).cloned() else { return };
    row.insert("is_calculating".into(), json!(false));
    match row.get("filters").and_then(|f| criteria::read(f).ok()).and_then(|tree| tree.fault()) {
        Some(message) => {
            let errors = row.get("errors_calculating").and_then(Value::as_u64).unwrap_or(0) + 1;
            row.insert("errors_calculating".into(), json!(errors));
            row.insert("last_error_message".into(), json!(message));
        }
        None => {
            row.insert("version".into(), row.get("pending_version").cloned().unwrap_or(Value::Null));
            row.insert("count".into(), json!(0));
            row.insert("last_calculation".into(), json!(cx.now()));
            row.insert("errors_calculating".into(), json!(0));
            row.insert("last_error_message".into(), Value::Null);
        }
    }
    cx.put(COHORTS, id, row);
}
