//! Kinds of activities: one of the workspace from the start, and those that somebody makes.

use super::call::{AttioAnswer, AttioCall, data};
use super::names;
use super::refusal::AttioRefusal;
use super::row::{id, new_id, shown, text};
use super::schema::{BodyShape, JsonKind, SchemaField};
use super::workspace::kept;
use crate::store::Store;
use serde_json::{Value, json};

const TABLE: &str = "attio.activities";
const SLUGS: &str = "activities";
const SYSTEM: &str = "phone_calls";

const CREATE: BodyShape = BodyShape {
    fields: &[
        SchemaField::required("api_slug", JsonKind::Slug),
        SchemaField::required("singular_noun", JsonKind::Word),
        SchemaField::required("plural_noun", JsonKind::Word),
        SchemaField::required("extends", JsonKind::OneOf(&["activities", "interactions", "calls", "emails"])),
    ],
    strict: true,
};

const UPDATE: BodyShape = BodyShape {
    fields: &[
        SchemaField::optional("api_slug", JsonKind::Slug),
        SchemaField::optional("singular_noun", JsonKind::Word),
        SchemaField::optional("plural_noun", JsonKind::Word),
    ],
    strict: true,
};

/// What one that extends another is, down to the one that all are.
fn chain(extends: &str) -> Vec<&str> {
    match extends {
        "calls" => vec!["calls", "interactions", "activities"],
        "emails" => vec!["emails", "interactions", "activities"],
        "interactions" => vec!["interactions", "activities"],
        _ => vec!["activities"],
    }
}

/// The one that every workspace has, which is kept nowhere.
fn system(store: &Store) -> Value {
    json!({
        "id": {"workspace_id": kept(store, "id"), "activity_id": kept(store, "client")},
        "api_slug": SYSTEM,
        "singular_noun": "Phone call",
        "plural_noun": "Phone calls",
        "extends": chain("calls"),
        "is_system_activity": true,
        "created_at": kept(store, "stamp"),
    })
}

fn find(store: &Store, reference: &str) -> Result<Value, AttioRefusal> {
    let own = system(store);
    if reference == SYSTEM || reference == id(&own, "activity_id") {
        return Ok(own);
    }
    let by_slug = names::find(store, SLUGS, reference);
    let row = store.get(TABLE, by_slug.as_deref().unwrap_or(reference)).cloned();
    row.ok_or_else(|| AttioRefusal::missing(format!("Activity with slug/ID \"{reference}\" not found.")))
}

fn is_taken(store: &Store, slug: &str, own: &str) -> bool {
    slug == SYSTEM || names::is_taken(store, SLUGS, slug, own)
}

pub(crate) fn list(call: &mut AttioCall) -> AttioAnswer {
    let limit = call.whole("limit", 1, 1000, 100)?;
    let own = system(call.store);
    let rows: Vec<Value> = std::iter::once(own).chain(call.store.rows(TABLE).map(|(_, row)| shown(row))).collect();
    let after = call.request.query("cursor");
    let from =
        after.and_then(|after| rows.iter().position(|row| id(row, "activity_id") == after)).map_or(0, |at| at + 1);
    let next = (rows.len() > from + limit).then(|| id(&rows[from + limit - 1], "activity_id").to_owned());
    let page: Vec<&Value> = rows.iter().skip(from).take(limit).collect();
    Ok(json!({"data": page, "pagination": {"next_cursor": next}}))
}

pub(crate) fn get(call: &mut AttioCall) -> AttioAnswer {
    data(shown(&find(call.store, call.part(1))?))
}

pub(crate) fn create(call: &mut AttioCall) -> AttioAnswer {
    let body = Value::Object(call.data(&CREATE)?);
    let (slug, activity_id) = (text(&body, "api_slug"), new_id());
    if is_taken(call.store, slug, "") {
        return Err(AttioRefusal::taken(
            "Failed to create activity. Please ensure your api_slug and names are unique.",
        ));
    }
    let row = json!({
        "id": {"workspace_id": call.workspace, "activity_id": activity_id},
        "api_slug": slug,
        "singular_noun": body["singular_noun"],
        "plural_noun": body["plural_noun"],
        "extends": chain(text(&body, "extends")),
        "is_system_activity": false,
        "created_at": call.now(),
    });
    names::claim(call.store, SLUGS, slug, &activity_id);
    call.store.put(TABLE, &activity_id, row.clone());
    data(row)
}

pub(crate) fn update(call: &mut AttioCall) -> AttioAnswer {
    let changes = call.data(&UPDATE)?;
    if changes.is_empty() {
        return Err(AttioRefusal::invalid(
            "You passed an empty payload. Please ensure you are updating at least one property in your request.",
        ));
    }
    let mut row = own(call, "updating")?;
    let (activity_id, old) = (id(&row, "activity_id").to_owned(), text(&row, "api_slug").to_owned());
    for (key, value) in changes {
        row[key] = value;
    }
    let slug = text(&row, "api_slug");
    if is_taken(call.store, slug, &activity_id) {
        return Err(AttioRefusal::taken("Failed to update activity. Please ensure your api_slug is unique."));
    }
    names::release(call.store, SLUGS, &old);
    names::claim(call.store, SLUGS, slug, &activity_id);
    call.store.put(TABLE, &activity_id, row.clone());
    data(row)
}

pub(crate) fn delete(call: &mut AttioCall) -> AttioAnswer {
    let row = own(call, "deleting")?;
    names::release(call.store, SLUGS, text(&row, "api_slug"));
    call.store.remove(TABLE, id(&row, "activity_id"));
    Ok(json!({}))
}

/// One that somebody made.
fn own(call: &AttioCall, doing: &str) -> Result<Value, AttioRefusal> {
    let row = find(call.store, call.part(1))?;
    if row["is_system_activity"] == true {
        let message = format!("Only {doing} custom activities is allowed.");
        return Err(AttioRefusal::refused("system_edit_unauthorized", message));
    }
    Ok(row)
}
