//! What can be done to a dashboard's tiles beside PATCH.

use super::rows::{find, live};
use super::show::show;
use super::{cards, layout, tiles};
use crate::message::Reply;
use crate::posthog::body;
use crate::posthog::body::{Field, Holds, WHOLE};
use crate::posthog::call::Cx;
use crate::posthog::fault::{Fault, Outcome, refuse, wrong, wrong_body};
use crate::posthog::json::{number_at, whole};
use serde_json::{Map, Value, json};

const LOOKS: &[Field] =
    &[Field::new("layouts", Holds::Json), Field::new("color", Holds::Text { max: 400, blank: true }).or_null()];

pub(crate) fn route(cx: &mut Cx, id: &str, action: &str) -> Outcome {
    let method = cx.request.method.clone();
    match (method.as_str(), action) {
        ("POST", "create_text_tile") => create_text(cx, id),
        ("POST", "update_text_tile") => update_text(cx, id),
        ("POST", "delete_tile") => delete(cx, id),
        ("POST", "reorder_tiles") => reorder(cx, id),
        ("POST" | "PATCH", "move_tile") => carry(cx, id),
        ("POST", "copy_tile") => copy(cx, id),
        (_, "create_text_tile" | "update_text_tile" | "delete_tile" | "reorder_tiles" | "copy_tile") => cx.no_method(),
        _ => Err(Fault::not_found()),
    }
}

/// A whole number of the body that must be there.
fn number(body: &Map<String, Value>, key: &'static str) -> Result<u64, Fault> {
    let read = body::read(&[Field::new(key, WHOLE).required()], body, false)?;
    Ok(read.get(key).and_then(Value::as_u64).unwrap_or(0))
}

/// The body of a text tile, which this action insists on.
fn body_text(cx: &Cx, required: bool) -> Result<Option<Value>, Fault> {
    match cx.body.get("body") {
        None if required => Err(refuse("body", "required", "This field is required.")),
        None => Ok(None),
        Some(Value::Null) => Err(refuse("body", "null", "This field may not be null.")),
        Some(Value::String(body)) if body.trim().is_empty() => {
            Err(refuse("body", "blank", "This field may not be blank."))
        }
        Some(Value::String(body)) if body.chars().count() > 4000 => Err(Fault::max_length("body", 4000)),
        Some(Value::String(body)) => Ok(Some(json!(body.trim()))),
        Some(_) => Err(wrong("body", "Not a valid string.")),
    }
}

fn create_text(cx: &mut Cx, id: &str) -> Outcome {
    let dashboard = number_at(&find(cx, id)?, "id");
    let body = body_text(cx, true)?.unwrap_or_default();
    let looks = body::read(LOOKS, &cx.body, true)?;
    let tile = cards::add_text(cx, dashboard, body, &looks);
    shown(cx, 201, dashboard, tile)
}

fn update_text(cx: &mut Cx, id: &str) -> Outcome {
    let dashboard = number_at(&find(cx, id)?, "id");
    let tile = number(&cx.body, "tile_id")?;
    let body = body_text(cx, false)?;
    let looks = body::read(LOOKS, &cx.body, true)?;
    let row = tiles::live_tile(cx.store, dashboard, tile).ok_or_else(Fault::not_found)?;
    let Some(text) = row["text_id"].as_u64() else { return Err(wrong_body("Tile is not a text tile.")) };
    cards::edit_text(cx, text, body);
    tiles::change(cx.store, dashboard, tile, |row| tiles::look(row, &looks));
    shown(cx, 200, dashboard, tile)
}

fn shown(cx: &Cx, status: u16, dashboard: u64, tile: u64) -> Outcome {
    let row = tiles::live_tile(cx.store, dashboard, tile).ok_or_else(Fault::not_found)?;
    Ok(Reply::json(status, cards::show(cx, row, 0)))
}

fn delete(cx: &mut Cx, id: &str) -> Outcome {
    let dashboard = number_at(&find(cx, id)?, "id");
    let tile = number(&cx.body, "tile_id")?;
    if tiles::live_tile(cx.store, dashboard, tile).is_none() {
        return Err(Fault::not_found());
    }
    tiles::remove(cx.store, dashboard, tile);
    let left = tiles::shown(cx.store, dashboard);
    for (index, layouts) in layout::compact(&left) {
        tiles::change(cx.store, dashboard, number_at(&left[index], "id"), |row| row["layouts"] = layouts);
    }
    Ok(Reply::empty(204))
}

fn reorder(cx: &mut Cx, id: &str) -> Outcome {
    let row = find(cx, id)?;
    let dashboard = number_at(&row, "id");
    let order = match cx.body.get("tile_order") {
        None => return Err(refuse("tile_order", "required", "This field is required.")),
        Some(Value::Null) => return Err(refuse("tile_order", "null", "This field may not be null.")),
        Some(Value::Array(order)) => order,
        Some(other) => return Err(Fault::not_a_list("tile_order", other)),
    };
    if order.is_empty() {
        return Err(refuse("tile_order", "empty", "This list may not be empty."));
    }
    let mut ids = Vec::with_capacity(order.len());
    for (index, id) in order.iter().enumerate() {
        let attr = format!("tile_order__{index}");
        ids.push(whole(id).ok_or_else(|| wrong(&attr, "A valid integer is required."))?);
    }
    let modes = Holds::Word(&["preserve", "two_column", "full_width"]);
    let read = body::read(&[Field::new("layout", modes)], &cx.body, true)?;
    let mode = read.get("layout").and_then(Value::as_str).unwrap_or("preserve");
    let mut sorted = ids.clone();
    sorted.sort_unstable();
    sorted.dedup();
    if sorted.len() != ids.len() {
        return Ok(Reply::json(400, json!({"detail": "tile_order must contain unique tile IDs"})));
    }
    let tile = |id: &i64| u64::try_from(*id).ok().and_then(|id| tiles::live_tile(cx.store, dashboard, id));
    let missing: Vec<String> = sorted.iter().filter(|id| tile(id).is_none()).map(i64::to_string).collect();
    if !missing.is_empty() {
        let detail = format!("Tile IDs not found on this dashboard: [{}]", missing.join(", "));
        return Ok(Reply::json(404, json!({ "detail": detail })));
    }
    let wanted: Vec<&Value> = ids.iter().filter_map(tile).collect();
    let layouts = layout::in_order(&wanted, mode);
    let wanted: Vec<u64> = wanted.into_iter().map(|t| number_at(t, "id")).collect();
    for (tile, layouts) in wanted.into_iter().zip(layouts) {
        tiles::change(cx.store, dashboard, tile, |row| row["layouts"] = layouts);
    }
    Ok(Reply::json(200, show(cx, &row)))
}

fn carry(cx: &mut Cx, id: &str) -> Outcome {
    let row = find(cx, id)?;
    let from = number_at(&row, "id");
    let mut body = cx.body.clone();
    if let Some(old) = body.get("toDashboard").cloned() {
        body.entry("to_dashboard").or_insert(old);
    }
    let to = number(&body, "to_dashboard")?;
    let tile = match body.get("tile") {
        Some(Value::Object(tile)) => number(tile, "id").map_err(|fault| fault.under("tile"))?,
        Some(_) => return Err(wrong("tile", "Invalid data. Expected a dictionary.")),
        None => return Err(refuse("tile", "required", "This field is required.")),
    };
    let tile = tiles::live_tile(cx.store, from, tile).cloned().ok_or_else(Fault::not_found)?;
    if live(cx.store, cx.project, to).is_none() {
        return Err(Fault::not_found());
    }
    if to != from {
        tiles::carry(cx, from, to, &tile)?;
    }
    Ok(Reply::json(200, show(cx, &row)))
}

fn copy(cx: &mut Cx, id: &str) -> Outcome {
    let row = find(cx, id)?;
    let to = number_at(&row, "id");
    let from = number(&cx.body, "fromDashboardId")?;
    let tile = number(&cx.body, "tileId")?;
    if from == to {
        return Err(wrong_body("Destination must be a different dashboard than the source."));
    }
    if live(cx.store, cx.project, from).is_none() {
        return Err(Fault::not_found());
    }
    let tile = tiles::live_tile(cx.store, from, tile).cloned().ok_or_else(Fault::not_found)?;
    let there = |holds: &str| {
        let body = tile[holds].as_u64()?;
        let other = tiles::holding(cx.store, to, holds, body)?;
        tiles::live_tile(cx.store, to, other)
    };
    if there("insight_id").is_some() {
        return Err(wrong_body("This insight is already on the destination dashboard."));
    }
    if there("text_id").is_some() {
        return Err(wrong_body("This text card is already on the destination dashboard."));
    }
    if tile["button_id"].is_u64() {
        return Err(wrong_body("Only insight, text, and widget tiles can be copied between dashboards."));
    }
    tiles::copy(cx.store, &tile, to);
    Ok(Reply::json(200, show(cx, &row)))
}
