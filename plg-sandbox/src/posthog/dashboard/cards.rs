//! The cards on tiles: an insight, a text or a button, as they are read and shown.

use super::filters::{applied, normal};
use super::tiles::{DISPLAY, change, holding, insert, live_tile, look, table};
use crate::posthog::body;
use crate::posthog::call::PosthogCall;
use crate::posthog::fault::Fault;
use crate::posthog::field::{BodyField, Holds};
use crate::posthog::insight::rows::{INSIGHTS, link};
use crate::posthog::insight::{rows as insights, show as insight_view};
use crate::posthog::json::{merge, number_at, truthy, whole};
use serde_json::{Map, Value, json};

/// Bodies of text tiles.
const TEXTS: &str = "posthog.texts";

/// Bodies of button tiles.
const BUTTONS: &str = "posthog.buttons";

const BUTTON: &[BodyField] = &[
    BodyField::new("url", Holds::Text { max: 2000, blank: false }).required(),
    BodyField::new("text", Holds::Text { max: 200, blank: false }).required(),
    BodyField::new("placement", Holds::Word(&["left", "right"])),
    BodyField::new("style", Holds::Word(&["primary", "secondary"])),
];

/// A tile as the API writes it.
pub(crate) fn show(call: &PosthogCall, tile: &Value, order: usize, filters: &Value) -> Value {
    let insight = tile["insight_id"].as_u64().and_then(|id| call.store.get(INSIGHTS, &id.to_string()));
    // A tile with filters of its own is not filtered by its dashboard.
    let own = &tile["filters_overrides"];
    let effective = if truthy(Some(own)) { own } else { filters };
    let shown = insight.map_or(Value::Null, |row| {
        let mut shown = insight_view::show(call, row, false);
        shown["query"] = applied(&shown["query"], effective);
        shown
    });
    let body = |table: &str, key: &str| {
        tile[key].as_u64().and_then(|id| call.store.get(table, &id.to_string())).cloned().unwrap_or(Value::Null)
    };
    json!({
        "id": tile["id"],
        "layouts": tile["layouts"],
        "color": tile["color"],
        "show_description": tile["show_description"],
        "transparent_background": tile["transparent_background"],
        "filters_overrides": tile["filters_overrides"],
        "insight": shown,
        "text": body(TEXTS, "text_id"),
        "button_tile": body(BUTTONS, "button_id"),
        "widget": null,
        "order": order,
        "last_refresh": null,
        "is_cached": false,
    })
}

/// One element of the `tiles` of a PATCH: a text, a button, or how a tile looks.
pub(crate) fn patch(call: &mut PosthogCall, dashboard: u64, tile: &Map<String, Value>) -> Result<(), Fault> {
    let mut looks = tile.clone();
    if let Some(filters) = looks.get_mut("filters_overrides").filter(|filters| !filters.is_null()) {
        *filters = normal(filters)?;
    }
    let tile = &looks;
    if truthy(tile.get("text")) {
        let Some(text) = tile["text"].as_object() else { return Err(Fault::invalid_input("text", "Invalid data.")) };
        let body = text_body(text, "text__body")?;
        let known = known_body(call, dashboard, text, TEXTS, "text_id", "text", "Text tile")?;
        let id = write_text(call, known, body, names_author(text));
        return upsert(call, dashboard, tile, "text_id", id);
    }
    if truthy(tile.get("button_tile")) {
        let Some(button) = tile["button_tile"].as_object() else {
            return Err(Fault::invalid_input("button_tile", "Invalid data."));
        };
        let read = read_button(button)?;
        let known = known_body(call, dashboard, button, BUTTONS, "button_id", "button_tile", "Button tile")?;
        let id = write_body(call, BUTTONS, known, read, names_author(button));
        return upsert(call, dashboard, tile, "button_id", id);
    }
    if truthy(tile.get("widget")) {
        return Err(Fault::invalid_input("widget", "Dashboard widgets are not enabled for this project."));
    }
    if let Some(id) = tile.get("id").and_then(whole).and_then(|id| u64::try_from(id).ok()) {
        change(call.store, dashboard, id, |row| look(row, tile));
    }
    Ok(())
}

/// A new text tile.
pub(crate) fn add_text(call: &mut PosthogCall, dashboard: u64, body: Value, looks: &Map<String, Value>) -> u64 {
    let text = write_text(call, None, body, false);
    let tile = insert(call.store, dashboard, "text_id", text);
    change(call.store, dashboard, tile, |row| look(row, looks));
    tile
}

/// A new body for a tile's text.
pub(crate) fn edit_text(call: &mut PosthogCall, text: u64, body: Option<Value>) {
    let body = body.or_else(|| call.store.get(TEXTS, &text.to_string()).map(|row| row["body"].clone()));
    write_text(call, Some(text), body.unwrap_or_default(), true);
}

fn upsert(
    call: &mut PosthogCall,
    dashboard: u64,
    tile: &Map<String, Value>,
    holds: &str,
    body: u64,
) -> Result<(), Fault> {
    let named = tile.get("id").and_then(whole).and_then(|id| u64::try_from(id).ok());
    let there = named.filter(|id| call.store.get(&table(dashboard), &id.to_string()).is_some());
    if there.is_none() && holding(call.store, dashboard, holds, body).is_some() {
        // A second tile with the same body breaks the database's unique constraint.
        return Err(Fault::trips("A dashboard has one tile of each text and insight."));
    }
    let id = match there {
        Some(id) => id,
        None => insert(call.store, dashboard, holds, body),
    };
    change(call.store, dashboard, id, |row| {
        look(row, tile);
        row[holds] = json!(body);
    });
    Ok(())
}

/// The id of the text or button a tile's body names, which must be on this dashboard.
fn known_body(
    call: &PosthogCall,
    dashboard: u64,
    body: &Map<String, Value>,
    table: &str,
    holds: &str,
    attr: &str,
    noun: &str,
) -> Result<Option<u64>, Fault> {
    if !truthy(body.get("id")) {
        return Ok(None);
    }
    let id = body["id"].as_u64().filter(|id| call.store.get(table, &id.to_string()).is_some());
    let Some(id) = id else { return Err(Fault::invalid_input(attr, format!("{noun} not found in this team."))) };
    match holding(call.store, dashboard, holds, id).and_then(|tile| live_tile(call.store, dashboard, tile)) {
        Some(_) => Ok(Some(id)),
        None => Err(Fault::invalid_input(attr, format!("{noun} not found."))),
    }
}

/// A text's body: at most 4,000 characters, and it may be missing.
fn text_body(from: &Map<String, Value>, attr: &str) -> Result<Value, Fault> {
    match from.get("body") {
        None | Some(Value::Null) => Ok(Value::Null),
        Some(Value::String(body)) if body.chars().count() > 4000 => {
            Err(Fault::refused(attr, "max_length", "Text body cannot exceed 4000 characters"))
        }
        Some(Value::String(body)) => Ok(json!(body.trim())),
        Some(_) => Err(Fault::invalid_input(attr, "Not a valid string.")),
    }
}

fn read_button(button: &Map<String, Value>) -> Result<Map<String, Value>, Fault> {
    if button.get("text").and_then(Value::as_str).is_some_and(|text| text.trim().chars().count() > 200) {
        let detail = "Button text cannot exceed 200 characters";
        return Err(Fault::refused("button_tile__text", "max_length", detail));
    }
    let mut read = body::read(BUTTON, button, false).map_err(|fault| fault.under("button_tile"))?;
    let url = read.get("url").and_then(Value::as_str).unwrap_or_default();
    let is_path_character = |c: char| c.is_ascii_alphanumeric() || "-._~:/?#[]@!$&'()*+,;=%".contains(c);
    if url.starts_with('/') && !url.chars().all(is_path_character) {
        let detail = "Pathname must start with / and contain valid URL path characters";
        return Err(Fault::invalid_input("button_tile__url", detail));
    }
    if !url.starts_with('/') && !url.starts_with("https://") && !url.starts_with("http://") {
        return Err(Fault::invalid_input("button_tile__url", "Must be a valid URL or a pathname starting with /"));
    }
    for (key, default) in [("placement", "left"), ("style", "primary")] {
        read.entry(key).or_insert_with(|| json!(default));
    }
    Ok(read)
}

/// Whether a text or button says who made it, which marks the request as an edit.
fn names_author(sent: &Map<String, Value>) -> bool {
    truthy(sent.get("created_by"))
}

fn write_text(call: &mut PosthogCall, known: Option<u64>, body: Value, edited: bool) -> u64 {
    write_body(call, TEXTS, known, Map::from_iter([("body".to_owned(), body)]), edited)
}

fn write_body(call: &mut PosthogCall, table: &str, known: Option<u64>, read: Map<String, Value>, edited: bool) -> u64 {
    let (now, user) = (call.now(), call.user());
    let id = known.unwrap_or_else(|| call.store.next_number(table));
    let old = call.store.get(table, &id.to_string()).cloned();
    let by = if edited { user.clone() } else { Value::Null };
    let mut row = old.unwrap_or_else(|| json!({"id": id, "created_by": user, "team": call.project}));
    row["last_modified_by"] = by;
    row["last_modified_at"] = json!(now);
    merge(&mut row, read);
    call.store.put(table, &id.to_string(), row);
    id
}

/// Puts a copy of a tile with a copy of what it shows on another dashboard.
pub(crate) fn duplicate(call: &mut PosthogCall, tile: &Value, to: u64) {
    let holds = ["insight_id", "text_id", "button_id"].into_iter().find(|h| tile[*h].as_u64().is_some());
    let Some(holds) = holds else { return };
    let body = number_at(tile, holds);
    let new = match holds {
        "insight_id" => insights::duplicate(call, body),
        _ => {
            let table = if holds == "text_id" { TEXTS } else { BUTTONS };
            let old = call.store.get(table, &body.to_string()).and_then(Value::as_object).cloned().unwrap_or_default();
            let keep =
                |(key, _): &(String, Value)| ["body", "url", "text", "placement", "style"].contains(&key.as_str());
            write_body(call, table, None, old.into_iter().filter(keep).collect(), false)
        }
    };
    let id = insert(call.store, to, holds, new);
    if holds == "insight_id" {
        link(call.store, new, to, id);
    }
    change(call.store, to, id, |row| {
        for key in DISPLAY {
            row[key] = tile[key].clone();
        }
    });
}
