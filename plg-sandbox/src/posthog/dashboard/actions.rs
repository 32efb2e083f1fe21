//! What can be done to a dashboard's tiles beside PATCH.

use super::rows::{find, live};
use super::show::show;
use super::{cards, layout, tiles};
use crate::message::Reply;
use crate::posthog::body;
use crate::posthog::call::PosthogCall;
use crate::posthog::fault::{Fault, PosthogAnswer};
use crate::posthog::field::{BodyField, Holds, WHOLE};
use crate::posthog::json::{number_at, whole};
use serde_json::{Map, Value, json};

const LOOKS: &[BodyField] = &[
    BodyField::new("layouts", Holds::Json),
    BodyField::new("color", Holds::Text { max: 400, blank: true }).or_null(),
    BodyField::new("show_description", Holds::Flag).or_null(),
];

pub(crate) fn route(call: &mut PosthogCall, id: &str, action: &str) -> PosthogAnswer {
    let method = call.request.method.clone();
    match (method.as_str(), action) {
        ("POST", "create_text_tile") => create_text(call, id),
        ("POST", "update_text_tile") => update_text(call, id),
        ("POST", "update_tile") => update_tile(call, id),
        ("POST", "delete_tile") => delete(call, id),
        ("POST", "reorder_tiles") => reorder(call, id),
        ("POST" | "PATCH", "move_tile") => carry(call, id),
        ("POST", "copy_tile") => copy(call, id),
        (
            _,
            "create_text_tile" | "update_text_tile" | "update_tile" | "delete_tile" | "reorder_tiles" | "copy_tile",
        ) => call.no_method(),
        _ => Err(Fault::no_endpoint()),
    }
}

/// A whole number of the body that must be there.
fn number(body: &Map<String, Value>, key: &'static str) -> Result<u64, Fault> {
    let read = body::read(&[BodyField::new(key, WHOLE).required()], body, false)?;
    Ok(read.get(key).and_then(Value::as_u64).unwrap_or(0))
}

/// The body of a text tile, which this action insists on.
fn body_text(call: &PosthogCall, required: bool) -> Result<Option<Value>, Fault> {
    match call.body.get("body") {
        None if required => Err(Fault::required("body")),
        None => Ok(None),
        Some(Value::Null) => Err(Fault::null("body")),
        Some(Value::String(body)) if body.trim().is_empty() => Err(Fault::blank("body")),
        Some(Value::String(body)) if body.chars().count() > 4000 => Err(Fault::max_length("body", 4000)),
        Some(Value::String(body)) => Ok(Some(json!(body.trim()))),
        Some(_) => Err(Fault::invalid_input("body", "Not a valid string.")),
    }
}

fn create_text(call: &mut PosthogCall, id: &str) -> PosthogAnswer {
    let dashboard = number_at(&find(call, id)?, "id");
    let body = body_text(call, true)?.unwrap_or_default();
    let looks = looks(call)?;
    let tile = cards::add_text(call, dashboard, body, &looks);
    shown(call, 201, dashboard, tile)
}

fn update_text(call: &mut PosthogCall, id: &str) -> PosthogAnswer {
    let dashboard = number_at(&find(call, id)?, "id");
    let tile = number(&call.body, "tile_id")?;
    let body = body_text(call, false)?;
    let looks = looks(call)?;
    let row = tiles::live_tile(call.store, dashboard, tile).ok_or_else(Fault::not_found)?;
    let Some(text) = row["text_id"].as_u64() else { return Err(Fault::invalid("Tile is not a text tile.")) };
    cards::edit_text(call, text, body);
    tiles::change(call.store, dashboard, tile, |row| tiles::look(row, &looks));
    shown(call, 200, dashboard, tile)
}

/// How an insight's tile looks: only what is sent changes.
fn update_tile(call: &mut PosthogCall, id: &str) -> PosthogAnswer {
    let dashboard = number_at(&find(call, id)?, "id");
    let tile = number(&call.body, "tile_id")?;
    let looks = looks(call)?;
    let row = tiles::live_tile(call.store, dashboard, tile).ok_or_else(Fault::not_found)?;
    if row["insight_id"].is_null() {
        return Err(Fault::invalid("Only insight and widget tiles can be updated with this action."));
    }
    tiles::change(call.store, dashboard, tile, |row| tiles::look(row, &looks));
    shown(call, 200, dashboard, tile)
}

/// How a tile is to look, from the body of an action: of each box only where it stands and how large it is.
fn looks(call: &PosthogCall) -> Result<Map<String, Value>, Fault> {
    let mut looks = body::read(LOOKS, &call.body, true)?;
    let Some(layouts) = looks.get_mut("layouts") else { return Ok(looks) };
    let Some(sent) = layouts.as_object() else { return Err(Fault::not_a_dict("layouts", layouts)) };
    let mut kept = Map::new();
    for size in ["sm", "xs"] {
        let Some(sent) = sent.get(size).filter(|sent| !sent.is_null()) else { continue };
        let Some(sent) = sent.as_object() else { return Err(Fault::not_a_dict(&format!("layouts__{size}"), sent)) };
        let mut bounds = Map::new();
        for key in ["x", "y", "w", "h"] {
            if let Some(value) = sent.get(key) {
                let at = format!("layouts__{size}__{key}");
                let value = whole(value).ok_or_else(|| Fault::invalid_input(&at, "A valid integer is required."))?;
                bounds.insert(key.to_owned(), json!(value));
            }
        }
        kept.insert(size.to_owned(), Value::Object(bounds));
    }
    *layouts = Value::Object(kept);
    Ok(looks)
}

fn shown(call: &PosthogCall, status: u16, dashboard: u64, tile: u64) -> PosthogAnswer {
    let row = tiles::live_tile(call.store, dashboard, tile).ok_or_else(Fault::not_found)?;
    Ok(Reply::json(status, cards::show(call, row, 0, &Value::Null)))
}

fn delete(call: &mut PosthogCall, id: &str) -> PosthogAnswer {
    let dashboard = number_at(&find(call, id)?, "id");
    let tile = number(&call.body, "tile_id")?;
    if tiles::live_tile(call.store, dashboard, tile).is_none() {
        return Err(Fault::not_found());
    }
    tiles::remove(call.store, dashboard, tile);
    let left = tiles::shown(call.store, dashboard);
    for (index, layouts) in layout::compact(&left) {
        tiles::change(call.store, dashboard, number_at(&left[index], "id"), |row| row["layouts"] = layouts);
    }
    Ok(Reply::empty(204))
}

fn reorder(call: &mut PosthogCall, id: &str) -> PosthogAnswer {
    let row = find(call, id)?;
    let dashboard = number_at(&row, "id");
    let order = match call.body.get("tile_order") {
        None => return Err(Fault::required("tile_order")),
        Some(Value::Null) => return Err(Fault::null("tile_order")),
        Some(Value::Array(order)) => order,
        Some(other) => return Err(Fault::not_a_list("tile_order", other)),
    };
    if order.is_empty() {
        return Err(Fault::refused("tile_order", "empty", "This list may not be empty."));
    }
    let mut ids = Vec::with_capacity(order.len());
    for (index, id) in order.iter().enumerate() {
        let attr = format!("tile_order__{index}");
        ids.push(whole(id).ok_or_else(|| Fault::invalid_input(&attr, "A valid integer is required."))?);
    }
    let modes = Holds::Word(&["preserve", "two_column", "full_width"]);
    let read = body::read(&[BodyField::new("layout", modes)], &call.body, true)?;
    let mode = read.get("layout").and_then(Value::as_str).unwrap_or("preserve");
    let mut sorted = ids.clone();
    sorted.sort_unstable();
    sorted.dedup();
    if sorted.len() != ids.len() {
        return Ok(Reply::json(400, json!({"detail": "tile_order must contain unique tile IDs"})));
    }
    let tile = |id: &i64| u64::try_from(*id).ok().and_then(|id| tiles::live_tile(call.store, dashboard, id));
    let missing: Vec<String> = sorted.iter().filter(|id| tile(id).is_none()).map(i64::to_string).collect();
    if !missing.is_empty() {
        let detail = format!("Tile IDs not found on this dashboard: [{}]", missing.join(", "));
        return Ok(Reply::json(404, json!({ "detail": detail })));
    }
    let wanted: Vec<&Value> = ids.iter().filter_map(tile).collect();
    let layouts = layout::in_order(&wanted, mode);
    let wanted: Vec<u64> = wanted.into_iter().map(|t| number_at(t, "id")).collect();
    for (tile, layouts) in wanted.into_iter().zip(layouts) {
        tiles::change(call.store, dashboard, tile, |row| row["layouts"] = layouts);
    }
    Ok(Reply::json(200, show(call, &row)))
}

fn carry(call: &mut PosthogCall, id: &str) -> PosthogAnswer {
    let row = find(call, id)?;
    let from = number_at(&row, "id");
    let mut body = call.body.clone();
    if let Some(old) = body.get("toDashboard").cloned() {
        body.entry("to_dashboard").or_insert(old);
    }
    let to = number(&body, "to_dashboard")?;
    let tile = match body.get("tile") {
        Some(Value::Object(tile)) => number(tile, "id").map_err(|fault| fault.under("tile"))?,
        Some(_) => return Err(Fault::invalid_input("tile", "Invalid data. Expected a dictionary.")),
        None => return Err(Fault::required("tile")),
    };
    let tile = tiles::live_tile(call.store, from, tile).cloned().ok_or_else(Fault::not_found)?;
    if live(call.store, call.project, to).is_none() {
        return Err(Fault::not_found());
    }
    if to != from {
        tiles::carry(call, from, to, &tile)?;
    }
    Ok(Reply::json(200, show(call, &row)))
}

fn copy(call: &mut PosthogCall, id: &str) -> PosthogAnswer {
    let row = find(call, id)?;
    let to = number_at(&row, "id");
    let from = number(&call.body, "fromDashboardId")?;
    let tile = number(&call.body, "tileId")?;
    if from == to {
        return Err(Fault::invalid("Destination must be a different dashboard than the source."));
    }
    if live(call.store, call.project, from).is_none() {
        return Err(Fault::not_found());
    }
    let tile = tiles::live_tile(call.store, from, tile).cloned().ok_or_else(Fault::not_found)?;
    let there = |holds: &str| {
        let body = tile[holds].as_u64()?;
        let other = tiles::holding(call.store, to, holds, body)?;
        tiles::live_tile(call.store, to, other)
    };
    if there("insight_id").is_some() {
        return Err(Fault::invalid("This insight is already on the destination dashboard."));
    }
    if there("text_id").is_some() {
        return Err(Fault::invalid("This text card is already on the destination dashboard."));
    }
    if tile["button_id"].is_u64() {
        return Err(Fault::invalid("Only insight, text, and widget tiles can be copied between dashboards."));
    }
    tiles::copy(call.store, &tile, to);
    Ok(Reply::json(200, show(call, &row)))
}
