//! List entries.

pub(crate) mod held;
pub(crate) mod rows;

use super::call::{AttioAnswer, AttioCall, data};
use super::cell::{Mode, taken};
use super::path::QueriedPlace;
use super::query::Query;
use super::refusal::AttioRefusal;
use super::row::{id, new_id, text};
use super::schema::{BodyShape, JsonKind, SchemaField};
use super::validate::is_uuid;
use super::{cell, history};
use crate::attio::list::rows as lists;
use crate::attio::object::rows as objects;
use crate::attio::record::rows as records;
use rows::table;
use serde_json::{Map, Value, json};

const CREATE: BodyShape = BodyShape {
    fields: &[
        SchemaField::required("parent_record_id", JsonKind::Uuid),
        SchemaField::required("parent_object", JsonKind::Text),
        SchemaField::required("entry_values", JsonKind::Map),
    ],
    strict: false,
};

const UPDATE: BodyShape = BodyShape { fields: &[SchemaField::required("entry_values", JsonKind::Map)], strict: false };

fn list_of(call: &AttioCall) -> Result<Value, AttioRefusal> {
    let reference = call.part(1);
    lists::find(call.store, reference).ok_or_else(|| lists::missing(reference))
}

fn find(call: &AttioCall, list: &Value) -> Result<Value, AttioRefusal> {
    let reference = call.part(3);
    let row = is_uuid(reference).then(|| call.store.get(&table(id(list, "list_id")), reference).cloned()).flatten();
    row.ok_or_else(|| AttioRefusal::missing(format!("Entry with ID \"{reference}\" not found.")))
}

fn show(call: &AttioCall, row: &Value) -> Value {
    let parent = objects::any(call.store, text(row, "_parent_object")).unwrap_or_default();
    json!({
        "id": row["id"],
        "parent_record_id": row["parent_record_id"],
        "parent_object": parent["api_slug"],
        "created_at": row["created_at"],
        "entry_values": cell::render(call.store, call.settings, id(row, "list_id"), &row["_values"]),
    })
}

/// The parent's object id, once the body's parent is a record that the list takes.
fn parent(call: &AttioCall, list: &Value, body: &Value) -> Result<String, AttioRefusal> {
    let (reference, record_id) = (text(body, "parent_object"), text(body, "parent_record_id"));
    let object = objects::for_records(call, reference)?;
    if !lists::takes(list, id(&object, "object_id")) {
        return Err(AttioRefusal::invalid(format!("The list does not take records of object \"{reference}\".")));
    }
    if !records::exists(call.store, id(&object, "object_id"), record_id) {
        return Err(AttioRefusal::unknown(format!("Parent record with slug/ID \"{record_id}\" not found.")));
    }
    Ok(id(&object, "object_id").to_owned())
}

pub(crate) fn create(call: &mut AttioCall) -> AttioAnswer {
    let body = Value::Object(call.data(&CREATE)?);
    let reference = call.part(1);
    let list = lists::find(call.store, reference)
        .ok_or_else(|| AttioRefusal::missing(format!("Could not find list with slug/ID \"{reference}\".")))?;
    let object_id = parent(call, &list, &body)?;
    insert(call, &list, &object_id, &body)
}

fn insert(call: &mut AttioCall, list: &Value, object_id: &str, body: &Value) -> AttioAnswer {
    let (list_id, entry_id) = (id(list, "list_id"), new_id());
    let given = taken(Some(body["entry_values"].clone()));
    let values = cell::write(call, list_id, &entry_id, &Map::new(), &given, Mode::Overwrite)?;
    let row = json!({
        "id": {"workspace_id": call.workspace, "list_id": list_id, "entry_id": entry_id},
        "parent_record_id": body["parent_record_id"],
        "created_at": call.now(),
        "_parent_object": object_id,
        "_values": values,
    });
    call.store.put(&table(list_id), &entry_id, row.clone());
    data(show(call, &row))
}

fn change(call: &mut AttioCall, list: &Value, mut row: Value, given: &Map<String, Value>, mode: Mode) -> AttioAnswer {
    let (list_id, entry_id) = (id(list, "list_id"), id(&row, "entry_id").to_owned());
    let held = taken(Some(row["_values"].take()));
    let values = cell::write(call, list_id, &entry_id, &held, given, mode)?;
    history::note(call, list_id, &entry_id, &held, &values);
    row["_values"] = Value::Object(values);
    call.store.put(&table(list_id), &entry_id, row.clone());
    data(show(call, &row))
}

pub(crate) fn assert(call: &mut AttioCall) -> AttioAnswer {
    let body = Value::Object(call.data(&CREATE)?);
    let reference = call.part(1);
    let list = lists::find(call.store, reference)
        .ok_or_else(|| AttioRefusal::missing(format!("List with slug/ID \"{reference}\" was not found.")))?;
    let object_id = parent(call, &list, &body)?;
    let rows = call.store.rows(&table(id(&list, "list_id"))).map(|(_, row)| row);
    let mut found = rows.filter(|row| row["parent_record_id"] == body["parent_record_id"]).cloned();
    let first = found.next();
    if found.next().is_some() {
        return Err(AttioRefusal::refused(
            "multiple_match_results",
            "Multiple entries were founds for the given parent record. Please remove duplicates or use the update or \
             create entry endpoints instead.",
        ));
    }
    drop(found);
    match first {
        Some(row) => change(call, &list, row, &taken(Some(body["entry_values"].clone())), Mode::Overwrite),
        None => insert(call, &list, &object_id, &body),
    }
}

pub(crate) fn get(call: &mut AttioCall) -> AttioAnswer {
    let list = list_of(call)?;
    data(show(call, &find(call, &list)?))
}

pub(crate) fn append(call: &mut AttioCall) -> AttioAnswer {
    update(call, Mode::Append)
}

pub(crate) fn overwrite(call: &mut AttioCall) -> AttioAnswer {
    update(call, Mode::Overwrite)
}

fn update(call: &mut AttioCall, mode: Mode) -> AttioAnswer {
    let body = Value::Object(call.data(&UPDATE)?);
    let list = list_of(call)?;
    let row = find(call, &list)?;
    if body.get("parent_record_id").is_some_and(|parent| *parent != row["parent_record_id"]) {
        let message = "The parent record for a list entry cannot be updated once created.";
        return Err(AttioRefusal::refused("immutable_value", message));
    }
    change(call, &list, row, &taken(Some(body["entry_values"].clone())), mode)
}

pub(crate) fn delete(call: &mut AttioCall) -> AttioAnswer {
    let list = list_of(call)?;
    let row = find(call, &list)?;
    cell::forget(call, id(&list, "list_id"), &taken(Some(row["_values"].clone())));
    rows::remove(call.store, id(&list, "list_id"), id(&row, "entry_id"));
    Ok(json!({}))
}

pub(crate) fn query(call: &mut AttioCall) -> AttioAnswer {
    let asked = Query::read(call)?;
    let list = list_of(call)?;
    let place = QueriedPlace::list(call, &list);
    asked.check(call, &place)?;
    let rows = call.store.rows(&table(id(&list, "list_id"))).map(|(_, row)| show(call, row));
    data(asked.select(&place, rows))
}

/// The entries of one record in all lists.
pub(crate) fn of_record(call: &mut AttioCall) -> AttioAnswer {
    let limit = call.whole("limit", 1, 1000, 100)?;
    let offset = call.whole("offset", 0, usize::MAX, 0)?;
    let object = objects::for_records(call, call.part(1))?;
    let record_id = call.part(3);
    if !records::exists(call.store, id(&object, "object_id"), record_id) {
        return Err(AttioRefusal::missing(format!("Record with ID \"{record_id}\" not found.")));
    }
    let mut found = Vec::new();
    for list in lists::all(call.store) {
        let rows = call.store.rows(&table(id(list, "list_id"))).map(|(_, row)| row);
        for row in rows.filter(|row| text(row, "parent_record_id") == record_id) {
            found.push(json!({
                "list_id": id(row, "list_id"),
                "list_api_slug": list["api_slug"],
                "entry_id": id(row, "entry_id"),
                "created_at": row["created_at"],
            }));
        }
    }
    data(found.into_iter().skip(offset).take(limit).collect())
}
