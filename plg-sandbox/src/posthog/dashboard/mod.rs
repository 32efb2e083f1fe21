//! Dashboards: soft deleted by PATCH, restored by PATCH, never by DELETE.

pub(crate) mod actions;
pub(crate) mod cards;
pub(crate) mod layout;
pub(crate) mod list;
pub(crate) mod read;
pub(crate) mod rows;
pub(crate) mod show;
pub(crate) mod templates;
pub(crate) mod tiles;

use super::call::Cx;
use super::fault::{Fault, Outcome, wrong};
use super::json::{is_set, truthy};
use super::{body, json};
use crate::message::Reply;
use list::list;
use read::{STEERING, raw_objects, read, tile_changes};
use rows::{blank, find, keep, live, of_project};
use serde_json::{Value, json};
use show::show;

pub(crate) fn route(cx: &mut Cx, tail: &[&str]) -> Outcome {
    let method = cx.request.method.clone();
    match (method.as_str(), tail) {
        ("GET", []) => list(cx),
        ("POST", []) => create(cx),
        ("POST", ["create_from_template_json"]) => templates::create(cx),
        ("DELETE", [_]) => cx.no_destroy(),
        ("GET", [id]) => retrieve(cx, id),
        ("PATCH" | "PUT", [id]) => update(cx, id),
        ("POST" | "PATCH", [id, action]) => actions::route(cx, id, action),
        ("GET", [_, _]) => Err(Fault::not_found()),
        (_, [] | [_] | [_, _]) => cx.no_method(),
        _ => Err(Fault::not_found()),
    }
}

fn retrieve(cx: &mut Cx, id: &str) -> Outcome {
    let mut row = find(cx, id)?;
    row["last_accessed_at"] = json!(cx.now());
    keep(cx, &row);
    Ok(Reply::json(200, show(cx, &row)))
}

fn create(cx: &mut Cx) -> Outcome {
    let mut read = read(cx)?;
    let template = read.get("use_template").and_then(Value::as_str).filter(|t| !t.is_empty()).map(str::to_owned);
    let source = read.get("use_dashboard").and_then(Value::as_i64);
    if let Some(template) = &template
        && !templates::is_known(template)
    {
        return Err(wrong("use_template", &format!("Invalid template provided: {template}")));
    }
    let source = match source {
        None => None,
        Some(id) => match u64::try_from(id).ok().and_then(|id| live(cx.store, cx.project, id)) {
            Some(row) => Some(row.clone()),
            None => return Err(wrong("use_dashboard", "Invalid value provided")),
        },
    };
    let mut row = json!({});
    raw_objects(cx, &mut row)?;
    let raw = row;
    let mut row = blank(cx);
    read.retain(|key, _| !STEERING.contains(&key.as_str()));
    json::merge(&mut row, read);
    json::merge(&mut row, raw.as_object().cloned().unwrap_or_default());
    if template.is_some() {
        row["creation_mode"] = json!("template");
    }
    if source.is_some() {
        row["creation_mode"] = json!("duplicate");
    }
    keep(cx, &row);
    let id = json::number_at(&row, "id");
    if template.is_some() {
        templates::fill_default(cx, id);
    }
    if let Some(source) = source {
        let deep = truthy(cx.body.get("duplicate_tiles"));
        for tile in tiles::shown(cx.store, json::number_at(&source, "id")) {
            if deep { cards::duplicate(cx, &tile, id) } else { tiles::copy(cx.store, &tile, id) }
        }
    }
    Ok(Reply::json(201, show(cx, &row)))
}

fn update(cx: &mut Cx, id: &str) -> Outcome {
    let restoring = cx.body.get("deleted").and_then(body::flag) == Some(Value::Bool(false));
    let row = id.parse().ok().and_then(|id| of_project(cx.store, cx.project, id));
    let row = row.filter(|row| restoring || !is_set(row, "deleted"));
    let mut row = row.cloned().ok_or_else(Fault::not_found)?;
    let id = json::number_at(&row, "id");
    let mut read = read(cx)?;
    raw_objects(cx, &mut row)?;
    let changes = tile_changes(cx)?;
    if is_set(&row, "deleted") && read.get("deleted") == Some(&json!(false)) {
        tiles::restore_all(cx.store, id);
    }
    if read.get("deleted") == Some(&json!(true)) {
        tiles::remove_all(cx.store, id, read.get("delete_insights") == Some(&json!(true)));
    }
    read.retain(|key, _| !STEERING.contains(&key.as_str()));
    json::merge(&mut row, read);
    keep(cx, &row);
    for change in &changes {
        cards::patch(cx, id, change)?;
    }
    Ok(Reply::json(200, show(cx, &row)))
}
