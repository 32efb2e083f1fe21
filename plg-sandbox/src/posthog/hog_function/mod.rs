//! Hog functions: destinations and transformations, from a template or from source; soft deleted by PATCH.

mod attio;
mod filled;
mod filters;
mod inputs;
pub(crate) mod read;
pub(crate) mod rows;
pub(crate) mod run;
pub(crate) mod templates;
mod told;

use super::body;
use super::call::PosthogCall;
use super::fault::{Fault, PosthogAnswer};
use super::json::{is_set, merge, text_at};
use super::search::match_type;
use crate::message::Reply;
use read::read;
use rows::{FUNCTIONS, find};
use serde_json::{Value, json};

/// What is written and never answered.
const WRITE_ONLY: [&str; 3] = ["deleted", "template_id", "base_updated_at"];

/// What a row of a list leaves out, unless it is asked for.
const OF_DETAIL: [&str; 10] = [
    "inputs",
    "inputs_schema",
    "mappings",
    "masking",
    "bytecode",
    "transpiled",
    "version",
    "draft",
    "batch_export_id",
    "search_match_type",
];

/// Fields of which a change makes another version.
const VERSIONED: [&str; 6] = ["hog", "inputs", "inputs_schema", "filters", "mappings", "masking"];

/// How many functions of a type may be switched on.
const MOST: [(&str, usize); 1] = [("transformation", 20)];

pub(crate) fn route(call: &mut PosthogCall, tail: &[&str]) -> PosthogAnswer {
    let method = call.request.method.clone();
    match (method.as_str(), tail) {
        ("GET", []) => list(call),
        ("POST", []) => create(call),
        // A session gets the 405 that others do; no scope has it.
        ("DELETE", [_]) => Err(Fault::forbidden("This action does not support Personal API Key access")),
        ("GET", ["masked_secrets"]) => Ok(Reply::json(200, json!([]))),
        ("PATCH", ["rearrange"]) => rearrange(call),
        ("GET", [id]) => Ok(Reply::json(200, show(&there(call, id)?))),
        ("GET", [id, "revisions"]) => {
            let row = there(call, id)?;
            let all: Vec<Value> =
                (1..=row["version"].as_u64().unwrap_or(1)).rev().map(|version| json!({ "version": version })).collect();
            Ok(call.page(all, 100))
        }
        ("GET", [id, "logs"]) => {
            let row = there(call, id)?;
            Ok(call.page(run::lines(call.store, text_at(&row, "id")), 50))
        }
        ("GET", [id, "metrics", "totals"]) => {
            let row = there(call, id)?;
            Ok(Reply::json(200, json!({ "totals": run::counts(call.store, text_at(&row, "id")) })))
        }
        ("PATCH" | "PUT", [id]) => update(call, id),
        (_, [] | [_]) => call.no_method(),
        _ => Err(Fault::no_endpoint()),
    }
}

fn there(call: &PosthogCall, id: &str) -> Result<Value, Fault> {
    find(call, id).filter(|row| !is_set(row, "deleted")).cloned().ok_or_else(Fault::not_found)
}

fn list(call: &mut PosthogCall) -> PosthogAnswer {
    let search = call.search()?;
    for (key, is_it) in
        [("filters", Value::is_object as fn(&Value) -> bool), ("filter_groups", Value::is_array as fn(&Value) -> bool)]
    {
        let sent = call.request.query(key).map(serde_json::from_str::<Value>);
        if sent.is_some_and(|sent| !sent.is_ok_and(|sent| is_it(&sent))) {
            return Err(Fault::invalid_input(key, format!("Invalid {key}")));
        }
    }
    let types: Vec<&str> =
        ["type", "types"].iter().filter_map(|key| call.request.query(key)).flat_map(|t| t.split(',')).collect();
    let enabled = call.request.query("enabled").and_then(|v| body::flag(&json!(v)));
    let is_full = call.request.query("full") == Some("true");
    let call: &PosthogCall = call;
    let mut rows: Vec<&Value> = Vec::new();
    for (_, row) in call.store.rows(FUNCTIONS) {
        let kind = text_at(row, "type");
        if row["team_id"].as_u64() == Some(call.project)
            && !is_set(row, "deleted")
            && (types.is_empty() || types.contains(&kind))
            && enabled.as_ref().is_none_or(|e| row["enabled"] == *e)
            && search
                .as_ref()
                .is_none_or(|n| match_type(n, &[text_at(row, "name"), text_at(row, "description")]) == Some("exact"))
        {
            rows.push(row);
        }
    }
    rows.sort_by(|one, other| {
        let order = |row: &Value| row["execution_order"].as_u64().unwrap_or(u64::MAX);
        order(one).cmp(&order(other)).then_with(|| text_at(other, "updated_at").cmp(text_at(one, "updated_at")))
    });
    Ok(call.page_of(&rows, 100, |row| {
        let mut shown = show(row);
        if let Some(shown) = shown.as_object_mut().filter(|_| !is_full) {
            OF_DETAIL.iter().for_each(|key| drop(shown.shift_remove(*key)));
        }
        shown
    }))
}

/// The place after all others of its type.
fn last(call: &PosthogCall, kind: &str) -> u64 {
    let own = call.store.rows(FUNCTIONS).map(|(_, row)| row);
    let own = own.filter(|row| row["team_id"].as_u64() == Some(call.project) && row["type"] == kind);
    own.filter_map(|row| row["execution_order"].as_u64()).max().unwrap_or(0) + 1
}

/// Refuses one more that is switched on than there may be.
fn is_one_too_many(call: &PosthogCall, row: &Value) -> Result<(), Fault> {
    let Some((kind, most)) = MOST.into_iter().find(|(kind, _)| row["type"] == *kind && is_set(row, "enabled")) else {
        return Ok(());
    };
    let others = call.store.rows(FUNCTIONS).map(|(_, other)| other).filter(|other| {
        other["team_id"] == row["team_id"]
            && other["type"] == kind
            && other["id"] != row["id"]
            && is_set(other, "enabled")
            && !is_set(other, "deleted")
    });
    if others.count() < most {
        return Ok(());
    }
    let detail = format!(
        "Maximum of {most} enabled {kind} functions allowed per team. Please disable an existing one before creating a new one."
    );
    Err(Fault::invalid_input("type", detail))
}

fn create(call: &mut PosthogCall) -> PosthogAnswer {
    let mut read = read(call, &Value::Null)?;
    let (now, user) = (call.now(), call.user());
    let id = uuid::Uuid::new_v4().to_string();
    let mut row = json!({
        "id": id, "team_id": call.project, "type": "destination", "name": null, "description": "", "created_at": now,
        "created_by": user, "updated_at": now, "deleted": false, "enabled": false, "hog": "", "bytecode": ["_H", 1],
        "transpiled": null, "inputs_schema": [], "inputs": {}, "filters": null, "masking": null, "mappings": null,
        "icon_url": null, "template": null, "execution_order": null, "batch_export_id": null, "version": 1,
        "draft": null, "draft_updated_at": null,
    });
    read.retain(|key, value| {
        let is_kept = key == "deleted" || !WRITE_ONLY.contains(&key.as_str());
        is_kept && !(key == "inputs_schema" && value.is_null())
    });
    merge(&mut row, read);
    let kind = text_at(&row, "type").to_owned();
    if kind.starts_with("site_") {
        row["bytecode"] = Value::Null;
        row["transpiled"] = json!("(function() {})");
    }
    if kind == "transformation" && row["execution_order"].is_null() {
        row["execution_order"] = json!(last(call, &kind));
    }
    is_one_too_many(call, &row)?;
    call.store.put(FUNCTIONS, &id, row.clone());
    Ok(Reply::json(201, show(&row)))
}

fn update(call: &mut PosthogCall, id: &str) -> PosthogAnswer {
    let restoring = call.body.get("deleted").and_then(body::flag) == Some(json!(false));
    let old =
        find(call, id).filter(|row| restoring || !is_set(row, "deleted")).cloned().ok_or_else(Fault::not_found)?;
    let mut read = read(call, &old)?;
    read.retain(|key, _| key == "deleted" || !WRITE_ONLY.contains(&key.as_str()));
    let is_placed = read.contains_key("execution_order");
    let mut row = old.clone();
    merge(&mut row, read);
    let comes_back = is_set(&old, "deleted") && !is_set(&row, "deleted");
    let is_switched_on = !is_set(&old, "enabled") && is_set(&row, "enabled") && !is_placed;
    if row["type"] == "transformation" && (comes_back || is_switched_on) {
        row["execution_order"] = json!(last(call, "transformation"));
    }
    if !is_set(&row, "deleted") {
        is_one_too_many(call, &row)?;
    }
    if VERSIONED.iter().any(|key| row[*key] != old[*key]) {
        row["version"] = json!(old["version"].as_u64().unwrap_or(1) + 1);
    }
    row["updated_at"] = json!(call.now());
    call.store.put(FUNCTIONS, text_at(&row, "id"), row.clone());
    Ok(Reply::json(200, show(&row)))
}

/// Puts functions of one type in another order.
fn rearrange(call: &mut PosthogCall) -> PosthogAnswer {
    let orders = call.body.get("orders").and_then(Value::as_object).cloned().unwrap_or_default();
    if orders.is_empty() {
        return Err(Fault::invalid("No orders provided"));
    }
    let mut changed = Vec::new();
    for (id, order) in orders {
        let mut row = there(call, &id)?;
        row["execution_order"] = order;
        call.store.put(FUNCTIONS, text_at(&row, "id"), row.clone());
        changed.push(row);
    }
    changed.sort_by_key(|row| row["execution_order"].as_u64());
    Ok(Reply::json(200, changed.iter().map(show).collect()))
}

/// A function as the API writes it.
fn show(row: &Value) -> Value {
    let mut out = row.clone();
    if let Value::Object(out) = &mut out {
        out.shift_remove("team_id");
        out.shift_remove("deleted");
    }
    out["inputs"] = read::masked(&row["inputs_schema"], &row["inputs"]);
    out["status"] = json!({"state": 0, "tokens": 0});
    out
}
