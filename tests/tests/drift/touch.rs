//! What somebody else does to a declared object, through the API that the web app uses too.

use plg_core::Prior;
use plg_runtime::store::Entry;
use serde_json::{Value, json};
use tests::stage::Stage;

/// Where an object of ours is.
pub(crate) fn place(entry: &Entry) -> String {
    let prior = Prior { id: entry.id.clone(), outputs: entry.outputs.to_map(), fields: entry.fields.known() };
    let spec = tests::kind(&entry.kind).expect("its kind is known");
    spec.wire.collection_of(&prior).object(&prior.id).replace("{project}", "12345")
}

/// An object as it is: a tile is in the answer that is its dashboard.
pub(crate) fn look(stage: &Stage, entry: &Entry) -> Value {
    let path = if is_tile(entry) { page(entry) } else { place(entry) };
    // Attio has no request that reads a single option or status.
    let now = stage.ask("GET", &path, &Value::Null).body.unwrap_or_default();
    if !is_tile(entry) {
        return now;
    }
    let id: Option<u64> = entry.id.parse().ok();
    let is_it = |tile: &&Value| tile["id"].as_u64() == id;
    now["tiles"].as_array().into_iter().flatten().find(is_it).cloned().unwrap_or_default()
}

fn is_tile(entry: &Entry) -> bool {
    entry.kind == "dashboard_tile"
}

/// The dashboard that a tile is on.
fn page(entry: &Entry) -> String {
    let prior = Prior { id: entry.id.clone(), outputs: entry.outputs.to_map(), fields: entry.fields.known() };
    let spec = tests::kind(&entry.kind).expect("its kind is known");
    spec.wire.collection_of(&prior).path.replace("{project}", "12345")
}

/// Changes an object, where `body` makes the change out of how it is now; says what was refused.
pub(crate) fn touch(stage: &Stage, entry: &Entry, body: fn(&Stage, &Value) -> Value) -> Result<(), String> {
    let path = if is_tile(entry) { page(entry) } else { place(entry) };
    let change = body(stage, &look(stage, entry));
    let change = if is_tile(entry) { of_tile(entry, change) } else { change };
    let change = if path.starts_with("/v2") { json!({ "data": change }) } else { change };
    let reply = stage.ask("PATCH", &path, &change);
    if reply.status < 300 { Ok(()) } else { Err(format!("{change} is refused: {:?}", reply.body)) }
}

/// A change of one tile, as its dashboard takes it.
fn of_tile(entry: &Entry, mut change: Value) -> Value {
    change["id"] = serde_json::from_str(&entry.id).expect("a number");
    json!({ "tiles": [change] })
}

/// The filters of a flag with some keys changed.
pub(crate) fn filters(flag: &Value, change: impl FnOnce(&mut Value)) -> Value {
    let mut filters = flag["filters"].clone();
    change(&mut filters);
    json!({ "filters": filters })
}

/// A field of an object with something in it changed.
pub(crate) fn edited(object: &Value, field: &str, change: impl FnOnce(&mut Value)) -> Value {
    let mut value = object[field].clone();
    change(&mut value);
    json!({ field: value })
}
