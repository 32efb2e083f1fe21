//! Tiles: one table per dashboard, and on each insight a list of the tiles that show it.
//!
//! A tile holds exactly one of an insight, a text and a button. `deleted` is null until a tile is
//! removed or revived for the first time, and a boolean ever after.

use super::layout;
use crate::posthog::body::{self, Field, Holds, is_set, number_at, refuse, wrong};
use crate::posthog::insight::{self, INSIGHTS};
use crate::posthog::{Cx, Fault, whole};
use crate::store::Store;
use serde_json::{Map, Value, json};

/// Bodies of text tiles.
const TEXTS: &str = "posthog.texts";
/// Bodies of button tiles.
const BUTTONS: &str = "posthog.buttons";
const SEQUENCE: &str = "posthog.tiles";

/// The fields of a tile that say how it looks, and whether it is gone.
const DISPLAY: [&str; 6] =
    ["color", "layouts", "filters_overrides", "show_description", "transparent_background", "deleted"];

const BUTTON: &[Field] = &[
    Field::new("url", Holds::Text { max: 2000, blank: false }).required(),
    Field::new("text", Holds::Text { max: 200, blank: false }).required(),
    Field::new("placement", Holds::Word(&["left", "right"])),
    Field::new("style", Holds::Word(&["primary", "secondary"])),
];

/// The table of one dashboard's tiles.
pub(crate) fn table(dashboard: u64) -> String {
    format!("posthog.tiles.{dashboard}")
}

/// A tile that is not removed.
pub(crate) fn live_tile(store: &Store, dashboard: u64, tile: u64) -> Option<&Value> {
    store.get(&table(dashboard), &tile.to_string()).filter(|t| !is_set(t, "deleted"))
}

/// The tiles a dashboard shows, from the top down: not removed, and their insight not deleted.
pub(crate) fn shown(store: &Store, dashboard: u64) -> Vec<Value> {
    let mut tiles: Vec<&Value> = store
        .rows(&table(dashboard))
        .map(|(_, tile)| tile)
        .filter(|tile| !is_set(tile, "deleted"))
        .filter(|tile| match tile["insight_id"].as_u64() {
            Some(id) => store.get(INSIGHTS, &id.to_string()).is_some_and(|i| !is_set(i, "deleted")),
            None => true,
        })
        .collect();
    tiles.sort_by_key(|tile| layout::place(tile, "sm"));
    tiles.into_iter().cloned().collect()
}

/// A tile as the API writes it.
pub(crate) fn show(cx: &Cx, tile: &Value, order: usize) -> Value {
    let insight = tile["insight_id"].as_u64().and_then(|id| cx.store.get(INSIGHTS, &id.to_string()));
    let body = |table: &str, key: &str| {
        tile[key].as_u64().and_then(|id| cx.store.get(table, &id.to_string())).cloned().unwrap_or(Value::Null)
    };
    json!({
        "id": tile["id"],
        "layouts": tile["layouts"],
        "color": tile["color"],
        "show_description": tile["show_description"],
        "transparent_background": tile["transparent_background"],
        "filters_overrides": tile["filters_overrides"],
        "insight": insight.map_or(Value::Null, |row| insight::show(cx, row, false)),
        "text": body(TEXTS, "text_id"),
        "button_tile": body(BUTTONS, "button_id"),
        "widget": null,
        "order": order,
        "last_refresh": null,
        "is_cached": false,
    })
}

/// Puts an insight on a dashboard: a tile that was there comes back as it was, a new one goes to the bottom.
pub(crate) fn attach(store: &mut Store, dashboard: u64, insight: u64) {
    let known = links(store, insight).into_iter().find(|(d, _)| *d == dashboard);
    if let Some((_, tile)) = known {
        change(store, dashboard, tile, |row| row["deleted"] = json!(false));
        return;
    }
    let boxes: Vec<&Value> = store.rows(&table(dashboard)).map(|(_, t)| t).filter(|t| !is_set(t, "deleted")).collect();
    let layouts = layout::below(&boxes);
    let tile = insert(store, dashboard, "insight_id", insight);
    change(store, dashboard, tile, |row| row["layouts"] = layouts);
    link(store, insight, dashboard, tile);
}

/// Takes an insight off a dashboard; the tile stays behind, removed.
pub(crate) fn detach(store: &mut Store, dashboard: u64, insight: u64) {
    for (_, tile) in links(store, insight).into_iter().filter(|(d, _)| *d == dashboard) {
        remove(store, dashboard, tile);
    }
}

/// Removes a tile.
pub(crate) fn remove(store: &mut Store, dashboard: u64, tile: u64) {
    change(store, dashboard, tile, |row| row["deleted"] = json!(true));
}

/// The dashboards and tiles of an insight, also removed ones.
pub(crate) fn links(store: &Store, insight: u64) -> Vec<(u64, u64)> {
    let row = store.get(INSIGHTS, &insight.to_string());
    row.map(links_of).unwrap_or_default()
}

/// The dashboards and tiles an insight's row names.
pub(crate) fn links_of(insight: &Value) -> Vec<(u64, u64)> {
    let pair = |link: &Value| Some((link.get(0)?.as_u64()?, link.get(1)?.as_u64()?));
    insight["_tiles"].as_array().map(|all| all.iter().filter_map(pair).collect()).unwrap_or_default()
}

fn link(store: &mut Store, insight: u64, dashboard: u64, tile: u64) {
    let key = insight.to_string();
    let Some(mut row) = store.get(INSIGHTS, &key).cloned() else { return };
    let mut links = links_of(&row);
    links.retain(|(d, t)| *t != tile && *d != dashboard);
    links.push((dashboard, tile));
    row["_tiles"] = json!(links);
    store.put(INSIGHTS, &key, row);
}

fn unlink(store: &mut Store, insight: u64, tile: u64) {
    let key = insight.to_string();
    let Some(mut row) = store.get(INSIGHTS, &key).cloned() else { return };
    let mut links = links_of(&row);
    links.retain(|(_, t)| *t != tile);
    row["_tiles"] = json!(links);
    store.put(INSIGHTS, &key, row);
}

/// A new tile of a dashboard, holding the row `id` under `holds`.
fn insert(store: &mut Store, dashboard: u64, holds: &str, id: u64) -> u64 {
    let tile = store.next_number(SEQUENCE);
    let mut row = json!({
        "id": tile, "dashboard_id": dashboard, "layouts": {}, "color": null, "show_description": null,
        "transparent_background": null, "filters_overrides": {}, "insight_id": null, "text_id": null,
        "button_id": null, "deleted": null,
    });
    row[holds] = json!(id);
    store.put(&table(dashboard), &tile.to_string(), row);
    tile
}

/// Changes a tile in place, if it is there.
pub(crate) fn change(store: &mut Store, dashboard: u64, tile: u64, with: impl FnOnce(&mut Value)) {
    let (table, key) = (table(dashboard), tile.to_string());
    if let Some(mut row) = store.get(&table, &key).cloned() {
        with(&mut row);
        store.put(&table, &key, row);
    }
}

/// Removes every tile of a dashboard and, if wished, the insights that are on no other one.
pub(crate) fn remove_all(store: &mut Store, dashboard: u64, insights_too: bool) {
    let all: Vec<Value> = store.rows(&table(dashboard)).map(|(_, tile)| tile.clone()).collect();
    for tile in all {
        let id = number_at(&tile, "id");
        if let Some(insight) = tile["insight_id"].as_u64()
            && insights_too
            && !is_set(&tile, "deleted")
            && links(store, insight).iter().filter(|(d, t)| live_tile(store, *d, *t).is_some()).count() == 1
        {
            insight::set_deleted(store, insight, true);
        }
        remove(store, dashboard, id);
    }
}

/// Brings every tile of a dashboard back, with the insights on them.
pub(crate) fn restore_all(store: &mut Store, dashboard: u64) {
    let all: Vec<Value> = store.rows(&table(dashboard)).map(|(_, tile)| tile.clone()).collect();
    for tile in all {
        change(store, dashboard, number_at(&tile, "id"), |row| row["deleted"] = json!(false));
        if let Some(insight) = tile["insight_id"].as_u64() {
            insight::set_deleted(store, insight, false);
        }
    }
}

/// One element of the `tiles` of a PATCH: a text, a button, or how a tile looks.
pub(crate) fn patch(cx: &mut Cx, dashboard: u64, tile: &Map<String, Value>) -> Result<(), Fault> {
    if body::truthy(tile.get("text")) {
        let Some(text) = tile["text"].as_object() else { return Err(wrong("text", "Invalid data.")) };
        let body = text_body(text, "text__body")?;
        let known = known_body(cx, dashboard, text, TEXTS, "text_id", "text", "Text tile")?;
        let id = write_text(cx, known, body, names_author(text));
        return upsert(cx, dashboard, tile, "text_id", id);
    }
    if body::truthy(tile.get("button_tile")) {
        let Some(button) = tile["button_tile"].as_object() else {
            return Err(wrong("button_tile", "Invalid data."));
        };
        let read = read_button(button)?;
        let known = known_body(cx, dashboard, button, BUTTONS, "button_id", "button_tile", "Button tile")?;
        let id = write_body(cx, BUTTONS, known, read, names_author(button));
        return upsert(cx, dashboard, tile, "button_id", id);
    }
    if body::truthy(tile.get("widget")) {
        return Err(wrong("widget", "Dashboard widgets are not enabled for this project."));
    }
    if let Some(id) = tile.get("id").and_then(whole).and_then(|id| u64::try_from(id).ok()) {
        change(cx.store, dashboard, id, |row| look(row, tile));
    }
    Ok(())
}

/// A new text tile.
pub(crate) fn add_text(cx: &mut Cx, dashboard: u64, body: Value, looks: &Map<String, Value>) -> u64 {
    let text = write_text(cx, None, body, false);
    let tile = insert(cx.store, dashboard, "text_id", text);
    change(cx.store, dashboard, tile, |row| look(row, looks));
    tile
}

/// A new body for a tile's text.
pub(crate) fn edit_text(cx: &mut Cx, text: u64, body: Option<Value>) {
    let body = body.or_else(|| cx.store.get(TEXTS, &text.to_string()).map(|row| row["body"].clone()));
    write_text(cx, Some(text), body.unwrap_or_default(), true);
}

/// Takes over the fields that say how a tile looks.
pub(crate) fn look(row: &mut Value, from: &Map<String, Value>) {
    for key in DISPLAY {
        if let Some(value) = from.get(key) {
            row[key] = value.clone();
        }
    }
}

fn upsert(cx: &mut Cx, dashboard: u64, tile: &Map<String, Value>, holds: &str, body: u64) -> Result<(), Fault> {
    let named = tile.get("id").and_then(whole).and_then(|id| u64::try_from(id).ok());
    let there = named.filter(|id| cx.store.get(&table(dashboard), &id.to_string()).is_some());
    if there.is_none() && holding(cx.store, dashboard, holds, body).is_some() {
        // A second tile with the same body breaks the database's unique constraint.
        return Err(body::crash());
    }
    let id = match there {
        Some(id) => id,
        None => insert(cx.store, dashboard, holds, body),
    };
    change(cx.store, dashboard, id, |row| {
        look(row, tile);
        row[holds] = json!(body);
    });
    Ok(())
}

/// The tile of a dashboard that holds a text or button.
pub(crate) fn holding(store: &Store, dashboard: u64, holds: &str, body: u64) -> Option<u64> {
    let of = |tile: &&Value| tile[holds].as_u64() == Some(body);
    store.rows(&table(dashboard)).map(|(_, t)| t).find(of).map(|t| number_at(t, "id"))
}

/// The id of the text or button a tile's body names, which must be on this dashboard.
fn known_body(
    cx: &Cx,
    dashboard: u64,
    body: &Map<String, Value>,
    table: &str,
    holds: &str,
    attr: &str,
    noun: &str,
) -> Result<Option<u64>, Fault> {
    if !body::truthy(body.get("id")) {
        return Ok(None);
    }
    let id = body["id"].as_u64().filter(|id| cx.store.get(table, &id.to_string()).is_some());
    let Some(id) = id else { return Err(wrong(attr, &format!("{noun} not found in this team."))) };
    match holding(cx.store, dashboard, holds, id).and_then(|tile| live_tile(cx.store, dashboard, tile)) {
        Some(_) => Ok(Some(id)),
        None => Err(wrong(attr, &format!("{noun} not found."))),
    }
}

/// A text's body: at most 4,000 characters, and it may be missing.
pub(crate) fn text_body(from: &Map<String, Value>, attr: &str) -> Result<Value, Fault> {
    match from.get("body") {
        None | Some(Value::Null) => Ok(Value::Null),
        Some(Value::String(body)) if body.chars().count() > 4000 => {
            Err(refuse(attr, "max_length", "Text body cannot exceed 4000 characters"))
        }
        Some(Value::String(body)) => Ok(json!(body.trim())),
        Some(_) => Err(wrong(attr, "Not a valid string.")),
    }
}

fn read_button(button: &Map<String, Value>) -> Result<Map<String, Value>, Fault> {
    let mut read = body::read(BUTTON, button, false).map_err(|fault| fault.under("button_tile"))?;
    let url = read.get("url").and_then(Value::as_str).unwrap_or_default();
    let local = url.starts_with('/') && !url.starts_with("//");
    if !local && !url.starts_with("https://") && !url.starts_with("http://") {
        return Err(wrong("button_tile__url", "Enter a valid URL."));
    }
    for (key, default) in [("placement", "left"), ("style", "primary")] {
        read.entry(key).or_insert_with(|| json!(default));
    }
    Ok(read)
}

/// Whether a text or button says who made it, which marks the request as an edit.
fn names_author(sent: &Map<String, Value>) -> bool {
    body::truthy(sent.get("created_by"))
}

fn write_text(cx: &mut Cx, known: Option<u64>, body: Value, edited: bool) -> u64 {
    write_body(cx, TEXTS, known, Map::from_iter([("body".to_owned(), body)]), edited)
}

fn write_body(cx: &mut Cx, table: &str, known: Option<u64>, read: Map<String, Value>, edited: bool) -> u64 {
    let (now, user) = (cx.now(), cx.user());
    let id = known.unwrap_or_else(|| cx.store.next_number(table));
    let old = cx.store.get(table, &id.to_string()).cloned();
    let by = if edited { user.clone() } else { Value::Null };
    let mut row = old.unwrap_or_else(|| json!({"id": id, "created_by": user, "team": cx.project}));
    row["last_modified_by"] = by;
    row["last_modified_at"] = json!(now);
    body::merge(&mut row, read);
    cx.store.put(table, &id.to_string(), row);
    id
}

/// Moves a tile to another dashboard; a removed tile of the same insight there makes room.
pub(crate) fn carry(cx: &mut Cx, from: u64, to: u64, tile: &Value) -> Result<(), Fault> {
    let id = number_at(tile, "id");
    if let Some(insight) = tile["insight_id"].as_u64() {
        let there = links(cx.store, insight).into_iter().find(|(d, _)| *d == to);
        if let Some((_, other)) = there {
            if live_tile(cx.store, to, other).is_some() {
                return Err(body::wrong_body("Invalid request data for moving tile."));
            }
            cx.store.remove(&table(to), &other.to_string());
            unlink(cx.store, insight, other);
        }
        link(cx.store, insight, to, id);
    }
    let mut row = tile.clone();
    row["dashboard_id"] = json!(to);
    cx.store.remove(&table(from), &id.to_string());
    cx.store.put(&table(to), &id.to_string(), row);
    Ok(())
}

/// Puts a copy of a tile on another dashboard, showing the same insight, text or button.
pub(crate) fn copy(store: &mut Store, tile: &Value, to: u64) {
    for holds in ["insight_id", "text_id", "button_id"] {
        let Some(body) = tile[holds].as_u64() else { continue };
        let there = holding(store, to, holds, body);
        let id = match there {
            Some(id) => id,
            None => insert(store, to, holds, body),
        };
        if holds == "insight_id" {
            link(store, body, to, id);
        }
        change(store, to, id, |row| {
            for key in DISPLAY {
                row[key] = tile[key].clone();
            }
            row["deleted"] = if there.is_some() { json!(false) } else { Value::Null };
        });
    }
}

/// Puts a copy of a tile with a copy of what it shows on another dashboard.
pub(crate) fn duplicate(cx: &mut Cx, tile: &Value, to: u64) {
    let holds = ["insight_id", "text_id", "button_id"].into_iter().find(|h| tile[*h].as_u64().is_some());
    let Some(holds) = holds else { return };
    let body = number_at(tile, holds);
    let new = match holds {
        "insight_id" => insight::duplicate(cx, body),
        _ => {
            let table = if holds == "text_id" { TEXTS } else { BUTTONS };
            let old = cx.store.get(table, &body.to_string()).and_then(Value::as_object).cloned().unwrap_or_default();
            let keep =
                |(key, _): &(String, Value)| ["body", "url", "text", "placement", "style"].contains(&key.as_str());
            write_body(cx, table, None, old.into_iter().filter(keep).collect(), false)
        }
    };
    let id = insert(cx.store, to, holds, new);
    if holds == "insight_id" {
        link(cx.store, new, to, id);
    }
    change(cx.store, to, id, |row| {
        for key in DISPLAY {
            row[key] = tile[key].clone();
        }
    });
}
