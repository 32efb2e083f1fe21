//! Views: each object and each list has one that shows everything. People make more in the web app, which the sandbox is
//! told of by a setting.

use super::call::{AttioAnswer, AttioCall};
use super::refusal::AttioRefusal;
use super::row::{id, text};
use crate::attio::list::rows as lists;
use crate::attio::object::rows as objects;
use serde_json::{Value, json};
use uuid::Uuid;

/// An id that follows from the place that the view is of, and from which one it is.
fn view_id(place: &str, of: u128) -> String {
    let base = Uuid::parse_str(place).map_or(0, |id| id.as_u128());
    Uuid::from_u128(base ^ (0x7fff_ffff << 16) ^ of).to_string()
}

/// The views of an object or a list.
fn all(call: &AttioCall, place: &Value, key: &str, noun: &str) -> Vec<Value> {
    let place_id = id(place, key);
    let titles = std::iter::once(format!("All {noun}"));
    let more = call.settings.views.get(text(place, "api_slug")).into_iter().flatten().cloned();
    let row = |(at, title): (usize, String)| {
        json!({
            "id": {"workspace_id": call.workspace, key: place_id, "view_id": view_id(place_id, at as u128)},
            "title": title,
            "created_at": place["created_at"],
        })
    };
    let mut rows: Vec<Value> = titles.chain(more).enumerate().map(row).collect();
    rows.sort_by(|a, b| id(a, "view_id").cmp(id(b, "view_id")));
    rows
}

/// The views of what a path names.
fn of_path(call: &AttioCall) -> Result<Vec<Value>, AttioRefusal> {
    let reference = call.part(1);
    if call.part(0) == "lists" {
        let list = lists::find(call.store, reference).ok_or_else(|| lists::missing(reference))?;
        return Ok(all(call, &list, "list_id", text(&list, "name")));
    }
    let object = objects::find(call, reference).ok_or_else(|| objects::missing(reference))?;
    Ok(all(call, &object, "object_id", text(&object, "plural_noun")))
}

pub(crate) fn list(call: &mut AttioCall) -> AttioAnswer {
    let limit = call.whole("limit", 1, 1000, 500)?;
    call.show_archived()?;
    let rows = of_path(call)?;
    let after = call.request.query("cursor").map(str::to_owned);
    let rest: Vec<Value> =
        rows.into_iter().filter(|row| after.as_deref().is_none_or(|after| id(row, "view_id") > after)).collect();
    let next = (rest.len() > limit).then(|| id(&rest[limit - 1], "view_id").to_owned());
    let page: Vec<Value> = rest.into_iter().take(limit).collect();
    Ok(json!({"data": page, "pagination": {"next_cursor": next}}))
}

/// Refuses a view of another place in a query. What a view filters by nobody can ask: each lets everything through.
pub(crate) fn check(call: &AttioCall, view: &str) -> Result<(), AttioRefusal> {
    let is_there = of_path(call)?.iter().any(|row| id(row, "view_id") == view);
    if is_there { Ok(()) } else { Err(AttioRefusal::unknown(format!("View with ID \"{view}\" not found."))) }
}
