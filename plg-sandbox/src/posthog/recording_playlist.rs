//! Playlists of recordings: collections, which people fill, and saved filters. A path names one by its short id.

use super::call::PosthogCall;
use super::fault::{Fault, PosthogAnswer};
use super::field::{ANY_TEXT, BodyField, Holds};
use super::json::{flagged, shown, text, truthy};
use crate::message::Reply;
use serde_json::{Map, Value, json};

const TABLE: &str = "posthog.recording_playlists";

const FIELDS: &[BodyField] = &[
    BodyField::new("name", Holds::Text { max: 400, blank: true }).or_null(),
    BodyField::new("description", ANY_TEXT),
    BodyField::new("pinned", Holds::Flag),
    BodyField::new("deleted", Holds::Flag),
    BodyField::new("filters", Holds::Json),
];

/// Answers `session_recording_playlists/…`.
pub(crate) fn route(call: &mut PosthogCall, tail: &[&str]) -> PosthogAnswer {
    match (call.method(), tail) {
        ("GET", []) => {
            let rows: Vec<_> =
                call.rows(TABLE).rev().map(|(_, row)| row).filter(|row| !flagged(row, "deleted")).collect();
            Ok(call.page_of(&rows, 100, |row| Value::Object(shown(row))))
        }
        ("POST", []) => post(call),
        ("GET", [id]) => Ok(Reply::json(200, Value::Object(shown(&find(call, id)?)))),
        ("PATCH" | "PUT", [id]) => update(call, id),
        ("DELETE", [_]) => call.no_destroy(),
        (_, [] | [_]) => call.no_method(),
        _ => Err(Fault::no_endpoint()),
    }
}

fn find(call: &PosthogCall, id: &str) -> Result<Map<String, Value>, Fault> {
    call.row(TABLE, id).ok().filter(|row| !flagged(row, "deleted")).ok_or_else(Fault::not_found)
}

fn read(call: &PosthogCall) -> Result<Map<String, Value>, Fault> {
    let mut read = call.reader();
    read.take(FIELDS)?;
    Ok(read.done())
}

fn post(call: &mut PosthogCall) -> PosthogAnswer {
    let fields = read(call)?;
    let filters = truthy(fields.get("filters"));
    let ty = match call.body.get("type").and_then(Value::as_str) {
        Some("collection") if filters => return Err(Fault::invalid("You cannot create a collection with filters")),
        Some("filters") if !filters => {
            return Err(Fault::invalid("You must provide a valid filters when creating a saved filter"));
        }
        Some(ty @ ("collection" | "filters")) => ty.to_owned(),
        _ => return Err(Fault::invalid("Must provide a valid playlist type: either filters or collection")),
    };
    let number = call.next_id(TABLE);
    let id = format!("pl{number:06}");
    let now = call.now();
    let row = json!({
        "id": number,
        "short_id": id,
        "name": null,
        "derived_name": null,
        "description": "",
        "pinned": false,
        "created_at": now,
        "created_by": call.user(),
        "deleted": false,
        "filters": {},
        "last_modified_at": now,
        "last_modified_by": call.user(),
        "recordings_counts": { "saved_filters": null, "collection": null },
        "type": ty,
        "is_synthetic": false,
    });
    let Value::Object(mut row) = row else { return Err(Fault::not_found()) };
    row.extend(fields);
    call.put(TABLE, &id, row.clone());
    Ok(Reply::json(201, Value::Object(shown(&row))))
}

fn update(call: &mut PosthogCall, id: &str) -> PosthogAnswer {
    let mut row = find(call, id)?;
    let fields = read(call)?;
    if text(&row, "type") == "filters" && !truthy(fields.get("filters")) {
        return Err(Fault::invalid("You cannot remove all filters when updating a saved filter"));
    }
    row.extend(fields);
    row.insert("last_modified_at".into(), json!(call.now()));
    call.put(TABLE, id, row.clone());
    Ok(Reply::json(200, Value::Object(shown(&row))))
}
