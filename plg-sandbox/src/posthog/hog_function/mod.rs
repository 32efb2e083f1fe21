//! Hog functions: destinations and transformations, from a template or from source; soft deleted by PATCH.

pub(crate) mod read;
pub(crate) mod rows;

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

pub(crate) fn route(call: &mut PosthogCall, tail: &[&str]) -> PosthogAnswer {
    let method = call.request.method.clone();
    match (method.as_str(), tail) {
        ("GET", []) => list(call),
        ("POST", []) => create(call),
        ("DELETE", [_]) => call.no_destroy(),
        ("GET", [id]) => {
            let row = find(call, id).filter(|row| !is_set(row, "deleted")).ok_or_else(Fault::not_found)?;
            Ok(Reply::json(200, show(row)))
        }
        ("PATCH" | "PUT", [id]) => update(call, id),
        (_, [] | [_]) => call.no_method(),
        _ => Err(Fault::not_found()),
    }
}

fn list(call: &mut PosthogCall) -> PosthogAnswer {
    let search = call.search()?;
    let types: Vec<&str> =
        ["type", "types"].iter().filter_map(|key| call.request.query(key)).flat_map(|t| t.split(',')).collect();
    let enabled = call.request.query("enabled").and_then(|v| body::flag(&json!(v)));
    let call: &PosthogCall = call;
    let mut rows: Vec<&Value> = Vec::new();
    for (_, row) in call.store.rows(FUNCTIONS).rev() {
        let kind = text_at(row, "type");
        if row["team_id"].as_u64() == Some(call.project)
            && !is_set(row, "deleted")
            // Unless asked for, a list shows destinations only.
            && if types.is_empty() { kind == "destination" } else { types.contains(&kind) }
            && enabled.as_ref().is_none_or(|e| row["enabled"] == *e)
            && search.as_ref().is_none_or(|n| match_type(n, &[text_at(row, "name"), text_at(row, "description")]) == Some("exact"))
        {
            rows.push(row);
        }
    }
    Ok(call.page_of(&rows, 100, |row| show(row)))
}

fn create(call: &mut PosthogCall) -> PosthogAnswer {
    let mut read = read(call, &Value::Null)?;
    let (now, user) = (call.now(), call.user());
    let id = uuid::Uuid::new_v4().to_string();
    let mut row = json!({
        "id": id, "team_id": call.project, "type": "destination", "name": null, "description": "", "created_at": now,
        "created_by": user, "updated_at": now, "deleted": false, "enabled": false, "hog": "", "bytecode": ["_H", 1],
        "transpiled": null, "inputs_schema": [], "inputs": {}, "filters": null, "masking": null, "mappings": null,
        "icon_url": null, "template": null, "execution_order": null,
    });
    read.retain(|key, _| key == "deleted" || !WRITE_ONLY.contains(&key.as_str()));
    merge(&mut row, read);
    if text_at(&row, "type").starts_with("transformation") && row["execution_order"].is_null() {
        row["execution_order"] = json!(1);
    }
    call.store.put(FUNCTIONS, &id, row.clone());
    Ok(Reply::json(201, show(&row)))
}

fn update(call: &mut PosthogCall, id: &str) -> PosthogAnswer {
    let restoring = call.body.get("deleted").and_then(body::flag) == Some(json!(false));
    let old =
        find(call, id).filter(|row| restoring || !is_set(row, "deleted")).cloned().ok_or_else(Fault::not_found)?;
    let mut read = read(call, &old)?;
    read.retain(|key, _| key == "deleted" || !WRITE_ONLY.contains(&key.as_str()));
    let mut row = old;
    merge(&mut row, read);
    row["updated_at"] = json!(call.now());
    call.store.put(FUNCTIONS, text_at(&row, "id"), row.clone());
    Ok(Reply::json(200, show(&row)))
}

/// A function as the API writes it: secrets are named, never told.
fn show(row: &Value) -> Value {
    let mut out = row.clone();
    if let Value::Object(out) = &mut out {
        out.shift_remove("team_id");
        out.shift_remove("deleted");
    }
    let secret = |field: &&Value| is_set(field, "secret");
    for field in row["inputs_schema"].as_array().into_iter().flatten().filter(secret) {
        let key = text_at(field, "key");
        if out["inputs"].get(key).is_some() {
            out["inputs"][key] = json!({"secret": true});
        }
    }
    out["status"] = json!({"state": 0, "tokens": 0});
    out
}
