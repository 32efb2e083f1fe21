//! Records.

pub(crate) mod merge;
mod mirror;
pub(crate) mod rows;

pub(crate) use merge::merge;

use super::call::{AttioAnswer, AttioCall, data};
use super::cell::{Mode, taken};
use super::path::QueriedPlace;
use super::query::Query;
use super::refusal::AttioRefusal;
use super::row::{id, new_id, text};
use super::schema::{BodyShape, JsonKind, SchemaField};
use super::validate::is_uuid;
use super::{cell, history, names, value, workspace};
use crate::attio::attribute::rows as attributes;
use crate::attio::entry::held;
use crate::attio::entry::rows as entries;
use crate::attio::object::rows as objects;
use mirror::mirror;
use rows::table;
use serde_json::{Map, Value, json};

const BODY: BodyShape = BodyShape { fields: &[SchemaField::required("values", JsonKind::Map)], strict: false };

fn show(call: &AttioCall, object: &Value, row: &Value) -> Value {
    let path = match text(object, "api_slug") {
        "people" => "person".to_owned(),
        "companies" => "company".to_owned(),
        slug => format!("{slug}/record"),
    };
    json!({
        "id": row["id"],
        "created_at": row["created_at"],
        "web_url": format!("https://app.attio.com/{}/{path}/{}", workspace::slug(call.store), id(row, "record_id")),
        "values": cell::render(call.store, call.settings, id(object, "object_id"), &row["_values"]),
    })
}

fn values(call: &AttioCall) -> Result<Map<String, Value>, AttioRefusal> {
    let mut body = call.data(&BODY)?;
    Ok(taken(body.remove("values")))
}

fn find(call: &AttioCall, object: &Value) -> Result<Value, AttioRefusal> {
    let reference = call.part(3);
    let row = is_uuid(reference).then(|| call.store.get(&table(id(object, "object_id")), reference).cloned()).flatten();
    row.ok_or_else(|| AttioRefusal::missing(format!("Record with ID \"{reference}\" not found.")))
}

fn insert(call: &mut AttioCall, object: &Value, given: &Map<String, Value>) -> AttioAnswer {
    let (object_id, record_id) = (id(object, "object_id"), new_id());
    let now = call.now();
    let mut values = cell::write(call, object_id, &record_id, &Map::new(), given, Mode::Overwrite)?;
    id_value(call, object_id, &record_id, &mut values);
    let row = json!({
        "id": {"workspace_id": call.workspace, "object_id": object_id, "record_id": record_id},
        "created_at": now,
        "_values": values,
    });
    call.store.put(&table(object_id), &record_id, row.clone());
    mirrored(call, object, row, &Map::new())
}

/// Shows the other ends of relationships what was written, and answers the record as it is then.
fn mirrored(call: &mut AttioCall, object: &Value, row: Value, held: &Map<String, Value>) -> AttioAnswer {
    let (object_id, record_id) = (id(object, "object_id"), id(&row, "record_id"));
    mirror(call, object_id, record_id, held, &values_of(&row));
    let row = call.store.get(&table(object_id), record_id).cloned().unwrap_or(row);
    data(show(call, object, &row))
}

/// A record's values, by attribute.
fn values_of(row: &Value) -> Map<String, Value> {
    taken(Some(row["_values"].clone()))
}

/// Writes a record's id among its values.
fn id_value(call: &AttioCall, object_id: &str, record_id: &str, values: &mut Map<String, Value>) {
    if let Some(row) = attributes::lookup(call.store, call.settings, object_id, "record_id") {
        let parts = json!({"value": record_id, "attribute_type": "text"});
        let value = cell::wrap(&call.now(), &call.actor(), taken(Some(parts)));
        values.insert(id(row, "attribute_id").to_owned(), json!([value]));
    }
}

fn change(call: &mut AttioCall, object: &Value, mut row: Value, given: &Map<String, Value>, mode: Mode) -> AttioAnswer {
    let (object_id, record_id) = (id(object, "object_id"), id(&row, "record_id").to_owned());
    let held = taken(Some(row["_values"].take()));
    let values = cell::write(call, object_id, &record_id, &held, given, mode)?;
    history::note(call, object_id, &record_id, &held, &values);
    row["_values"] = Value::Object(values);
    call.store.put(&table(object_id), &record_id, row.clone());
    mirrored(call, object, row, &held)
}

pub(crate) fn create(call: &mut AttioCall) -> AttioAnswer {
    let given = values(call)?;
    let object = objects::for_records(call, call.part(1))?;
    insert(call, &object, &given)
}

pub(crate) fn assert(call: &mut AttioCall) -> AttioAnswer {
    let given = values(call)?;
    let object = objects::for_records(call, call.part(1))?;
    let object_id = id(&object, "object_id");
    let Some(reference) = call.request.query("matching_attribute") else {
        let issue = json!({
            "code": "invalid_type", "path": ["matching_attribute"], "message": "Required",
            "expected": "string", "received": "undefined",
        });
        return Err(AttioRefusal::issues("Query params validation error.", vec![issue]));
    };
    let Some(matching) = attributes::lookup(call.store, call.settings, object_id, reference).cloned() else {
        let message = format!("No attribute was found for matching_attribute slug/ID \"{reference}\".");
        return Err(AttioRefusal::unknown(message));
    };
    if matching["is_unique"] != true {
        let message = "The matching attribute specified is not a unique attribute.";
        return Err(AttioRefusal::refused("matching_attribute_definition_not_unique", message));
    }
    let attribute_id = id(&matching, "attribute_id");
    let input = given.get(text(&matching, "api_slug")).or_else(|| given.get(attribute_id));
    let Some(input) = input.filter(|v| !v.is_null()) else {
        let message = format!("Required value for attribute with ID \"{attribute_id}\" was not provided.");
        return Err(AttioRefusal::refused("missing_value", message));
    };
    let sought: Value = value::parse(call, &matching, input)?.into_iter().map(Value::Object).collect();
    let mut found: Vec<String> = cell::keys(Some(&sought))
        .filter_map(|key| names::find(call.store, &format!("values.{attribute_id}"), &key))
        .collect();
    found.dedup();
    match found.as_slice() {
        [] => insert(call, &object, &given),
        [one] => match call.store.get(&table(object_id), one).cloned() {
            Some(row) => change(call, &object, row, &given, Mode::AppendTo(attribute_id)),
            None => insert(call, &object, &given),
        },
        _ => Err(AttioRefusal::refused("multiple_match_results", "Multiple records match the given values.")),
    }
}

pub(crate) fn get(call: &mut AttioCall) -> AttioAnswer {
    let object = objects::for_records(call, call.part(1))?;
    let row = find(call, &object)?;
    data(show(call, &object, &row))
}

pub(crate) fn append(call: &mut AttioCall) -> AttioAnswer {
    update(call, Mode::Append)
}

pub(crate) fn overwrite(call: &mut AttioCall) -> AttioAnswer {
    update(call, Mode::Overwrite)
}

fn update(call: &mut AttioCall, mode: Mode) -> AttioAnswer {
    let given = values(call)?;
    let object = objects::for_records(call, call.part(1))?;
    let row = find(call, &object)?;
    change(call, &object, row, &given, mode)
}

pub(crate) fn delete(call: &mut AttioCall) -> AttioAnswer {
    let object = objects::for_records(call, call.part(1))?;
    let row = find(call, &object)?;
    let object_id = id(&object, "object_id");
    let (held, record_id) = (values_of(&row), id(&row, "record_id"));
    cell::forget(call, object_id, &held);
    mirror(call, object_id, record_id, &held, &Map::new());
    call.store.remove(&table(object_id), record_id);
    rows::let_go(call.store, object_id, record_id);
    // What lists say of it goes with it.
    for entry in held::of(call.store, record_id) {
        let list = id(&entry, "list_id");
        cell::forget(call, list, &values_of(&entry));
        entries::remove(call.store, list, id(&entry, "entry_id"));
    }
    Ok(json!({}))
}

pub(crate) fn query(call: &mut AttioCall) -> AttioAnswer {
    let asked = Query::read(call)?;
    let object = objects::for_records(call, call.part(1))?;
    let place = QueriedPlace::object(call, &object);
    asked.check(call, &place)?;
    let rows = call.store.rows(&table(id(&object, "object_id"))).map(|(_, row)| show(call, &object, row));
    data(asked.select(&place, rows))
}
