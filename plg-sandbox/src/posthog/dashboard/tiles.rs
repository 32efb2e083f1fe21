//! Tiles: one table per dashboard, and on each insight a list of the tiles that show it.
//!
//! A tile holds exactly one of an insight, a text and a button. `deleted` is null until a tile is
//! removed or revived for the first time, and a boolean ever after.

use super::layout;
use crate::posthog::call::PosthogCall;
use crate::posthog::fault::Fault;
use crate::posthog::insight::rows as insights;
use crate::posthog::insight::rows::{INSIGHTS, link, links, unlink};
use crate::posthog::json::{is_set, number_at};
use crate::store::Store;
use serde_json::{Map, Value, json};

const SEQUENCE: &str = "posthog.tiles";

/// The fields of a tile that say how it looks, and whether it is gone.
pub(crate) const DISPLAY: [&str; 6] =
    ["color", "layouts", "filters_overrides", "show_description", "transparent_background", "deleted"];

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

/// A new tile of a dashboard, holding the row `id` under `holds`.
pub(crate) fn insert(store: &mut Store, dashboard: u64, holds: &str, id: u64) -> u64 {
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
            insights::set_deleted(store, insight, true);
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
            insights::set_deleted(store, insight, false);
        }
    }
}

/// Takes over the fields that say how a tile looks.
pub(crate) fn look(row: &mut Value, from: &Map<String, Value>) {
    for key in DISPLAY {
        if let Some(value) = from.get(key) {
            row[key] = value.clone();
        }
    }
}

/// The tile of a dashboard that holds a text or button.
pub(crate) fn holding(store: &Store, dashboard: u64, holds: &str, body: u64) -> Option<u64> {
    let of = |tile: &&Value| tile[holds].as_u64() == Some(body);
    store.rows(&table(dashboard)).map(|(_, t)| t).find(of).map(|t| number_at(t, "id"))
}

/// Moves a tile to another dashboard; a removed tile of the same insight there makes room.
pub(crate) fn carry(call: &mut PosthogCall, from: u64, to: u64, tile: &Value) -> Result<(), Fault> {
    let id = number_at(tile, "id");
    if let Some(insight) = tile["insight_id"].as_u64() {
        let there = links(call.store, insight).into_iter().find(|(d, _)| *d == to);
        if let Some((_, other)) = there {
            if live_tile(call.store, to, other).is_some() {
                return Err(Fault::invalid("Invalid request data for moving tile."));
            }
            call.store.remove(&table(to), &other.to_string());
            unlink(call.store, insight, other);
        }
        link(call.store, insight, to, id);
    }
    let mut row = tile.clone();
    row["dashboard_id"] = json!(to);
    call.store.remove(&table(from), &id.to_string());
    call.store.put(&table(to), &id.to_string(), row);
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
