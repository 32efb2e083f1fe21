//! Dashboards: soft deleted by PATCH, restored by PATCH, never by DELETE.

pub(crate) mod actions;
pub(crate) mod cards;
pub(crate) mod filters;
pub(crate) mod layout;
pub(crate) mod list;
pub(crate) mod read;
pub(crate) mod rows;
pub(crate) mod show;
pub(crate) mod templates;
pub(crate) mod tiles;

use super::body;
use super::call::PosthogCall;
use super::fault::{Fault, PosthogAnswer};
use super::json::{is_set, merge, number_at, truthy};
use crate::message::Reply;
use list::list;
use read::{STEERING, raw_objects, read, tile_changes};
use rows::{blank, find, keep, live, of_project};
use serde_json::{Value, json};
use show::show;

pub(crate) fn route(call: &mut PosthogCall, tail: &[&str]) -> PosthogAnswer {
    let method = call.request.method.clone();
    match (method.as_str(), tail) {
        ("GET", []) => list(call),
        ("POST", []) => create(call),
        ("POST", ["create_from_template_json"]) => templates::create(call),
        ("DELETE", [_]) => call.no_destroy(),
        ("GET", [id]) => retrieve(call, id),
        ("PATCH" | "PUT", [id]) => update(call, id),
        ("POST" | "PATCH", [id, action]) => actions::route(call, id, action),
        ("GET", [_, _]) => Err(Fault::no_endpoint()),
        (_, [] | [_] | [_, _]) => call.no_method(),
        _ => Err(Fault::no_endpoint()),
    }
}

fn retrieve(call: &mut PosthogCall, id: &str) -> PosthogAnswer {
    let mut row = find(call, id)?;
    row["last_accessed_at"] = json!(call.now());
    keep(call, &row);
    Ok(Reply::json(200, show(call, &row)))
}

fn create(call: &mut PosthogCall) -> PosthogAnswer {
    let mut read = read(call)?;
    let template = read.get("use_template").and_then(Value::as_str).filter(|t| !t.is_empty()).map(str::to_owned);
    let source = read.get("use_dashboard").and_then(Value::as_i64);
    if let Some(template) = &template
        && !templates::is_known(template)
    {
        return Err(Fault::invalid_input("use_template", format!("Invalid template provided: {template}")));
    }
    let source = match source {
        None => None,
        Some(id) => match u64::try_from(id).ok().and_then(|id| live(call.store, call.project, id)) {
            Some(row) => Some(row.clone()),
            None => return Err(Fault::invalid_input("use_dashboard", "Invalid value provided")),
        },
    };
    let mut row = json!({});
    raw_objects(call, &mut row)?;
    let raw = row;
    let mut row = blank(call);
    read.retain(|key, _| !STEERING.contains(&key.as_str()));
    merge(&mut row, read);
    merge(&mut row, raw.as_object().cloned().unwrap_or_default());
    if template.is_some() {
        row["creation_mode"] = json!("template");
    }
    if source.is_some() {
        row["creation_mode"] = json!("duplicate");
    }
    keep(call, &row);
    let id = number_at(&row, "id");
    if template.is_some() {
        templates::fill_default(call, id);
    }
    if let Some(source) = source {
        let deep = truthy(call.body.get("duplicate_tiles"));
        for tile in tiles::shown(call.store, number_at(&source, "id")) {
            if deep { cards::duplicate(call, &tile, id) } else { tiles::copy(call.store, &tile, id) }
        }
    }
    Ok(Reply::json(201, show(call, &row)))
}

fn update(call: &mut PosthogCall, id: &str) -> PosthogAnswer {
    let restoring = call.body.get("deleted").and_then(body::flag) == Some(Value::Bool(false));
    let row = id.parse().ok().and_then(|id| of_project(call.store, call.project, id));
    let row = row.filter(|row| restoring || !is_set(row, "deleted"));
    let mut row = row.cloned().ok_or_else(Fault::not_found)?;
    let id = number_at(&row, "id");
    let mut read = read(call)?;
    raw_objects(call, &mut row)?;
    let changes = tile_changes(call)?;
    if is_set(&row, "deleted") && read.get("deleted") == Some(&json!(false)) {
        tiles::restore_all(call.store, id);
    }
    if read.get("deleted") == Some(&json!(true)) {
        tiles::remove_all(call.store, id, read.get("delete_insights") == Some(&json!(true)));
    }
    read.retain(|key, _| !STEERING.contains(&key.as_str()));
    merge(&mut row, read);
    keep(call, &row);
    for change in &changes {
        cards::patch(call, id, change)?;
    }
    Ok(Reply::json(200, show(call, &row)))
}
