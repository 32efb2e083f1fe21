//! Property groups, and the schemas that say which events have them.

pub(crate) mod rows;
pub(crate) mod rules;
pub(crate) mod schemas;

use super::body;
use super::call::PosthogCall;
use super::fault::{Fault, PosthogAnswer};
use super::field::{ANY_TEXT, BodyField, Holds};
use super::json::text;
use crate::message::Reply;
use rows::{GROUPS, show};
use serde_json::{Map, Value, json};
use std::collections::HashSet;

const FIELDS: &[BodyField] = &[
    BodyField::new("name", Holds::Text { max: 400, blank: false }).required(),
    BodyField::new("description", ANY_TEXT),
    BodyField::new("properties", Holds::List),
];

const PROPERTY: &[BodyField] = &[
    BodyField::new("name", Holds::Text { max: 200, blank: false }).required(),
    BodyField::new("property_type", Holds::Word(&["DateTime", "String", "Numeric", "Boolean", "Object"])).required(),
    BodyField::new("is_required", Holds::Flag),
    BodyField::new("is_optional_in_types", Holds::Flag),
    BodyField::new("description", ANY_TEXT),
    BodyField::new("validation_rules", Holds::Object).or_null(),
];

/// Answers `schema_property_groups/…`.
pub(crate) fn route(call: &mut PosthogCall, tail: &[&str]) -> PosthogAnswer {
    match (call.method(), tail) {
        ("GET", []) => {
            let mut rows: Vec<_> = call.rows(GROUPS).map(|(_, row)| row.clone()).collect();
            rows.sort_by_key(|row| text(row, "name").to_owned());
            Ok(call.page_of(&rows, 100, |row| show(call, row)))
        }
        ("POST", []) => create(call),
        ("GET", [id]) => Ok(Reply::json(200, show(call, &call.row(GROUPS, id)?))),
        ("PATCH" | "PUT", [id]) => update(call, id),
        ("DELETE", [id]) => {
            call.row(GROUPS, id)?;
            rows::drop_of(call, id);
            call.store.remove(GROUPS, id);
            Ok(Reply::empty(204))
        }
        (_, [] | [_]) => call.no_method(),
        _ => Err(Fault::no_endpoint()),
    }
}

fn create(call: &mut PosthogCall) -> PosthogAnswer {
    let mut fields = body::read(FIELDS, &call.body, false)?;
    let properties = properties(&fields)?;
    if is_taken(call, text(&fields, "name"), "") {
        return Err(Fault::invalid_input("name", "A property group with this name already exists for this team"));
    }
    let id = uuid::Uuid::new_v4().to_string();
    let now = call.now();
    fields.remove("properties");
    let row = json!({
        "id": id, "name": "", "description": "", "properties": [], "created_at": now, "updated_at": now,
        "created_by": call.user(),
    });
    let mut row = row.as_object().cloned().unwrap_or_default();
    row.extend(fields);
    // The group is there before its properties are: what is wrong with these leaves it behind.
    call.put(GROUPS, &id, row.clone());
    if twice(&properties) {
        return Err(Fault::invalid("Could not create property group due to a database error."));
    }
    rules::check(&properties)?;
    row.insert("properties".into(), json!(properties));
    call.put(GROUPS, &id, row.clone());
    Ok(Reply::json(201, show(call, &row)))
}

fn update(call: &mut PosthogCall, id: &str) -> PosthogAnswer {
    let mut row = call.row(GROUPS, id)?;
    let mut fields = body::read(FIELDS, &call.body, true)?;
    if is_taken(call, text(&fields, "name"), id) {
        return Err(Fault::invalid_input("name", "A property group with this name already exists"));
    }
    if fields.contains_key("properties") {
        let properties = properties(&fields)?;
        if twice(&properties) {
            return Err(Fault::invalid_input("properties", "Property names must be unique within a group."));
        }
        rules::check(&properties)?;
        // All of them are made anew.
        fields.insert("properties".into(), json!(properties));
    }
    row.extend(fields);
    row.insert("updated_at".into(), json!(call.now()));
    call.put(GROUPS, id, row.clone());
    Ok(Reply::json(200, show(call, &row)))
}

fn is_taken(call: &PosthogCall, name: &str, own: &str) -> bool {
    call.rows(GROUPS).any(|(id, row)| id != own && text(row, "name") == name)
}

/// The properties of a body, with new ids.
fn properties(fields: &Map<String, Value>) -> Result<Vec<Map<String, Value>>, Fault> {
    let list = fields.get("properties").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let one = |value: &Value| {
        let body = value.as_object().ok_or_else(|| Fault::not_an_object(value).at("properties"))?;
        let read = body::read(PROPERTY, body, false).map_err(|fault| fault.under("properties"))?;
        let id = uuid::Uuid::new_v4().to_string();
        let fresh = json!({
            "id": id, "is_required": false, "is_optional_in_types": false, "description": "", "validation_rules": null,
        });
        let mut property = fresh.as_object().cloned().unwrap_or_default();
        property.extend(read);
        Ok(property)
    };
    let mut all: Vec<Map<String, Value>> = list.iter().map(one).collect::<Result<_, Fault>>()?;
    all.sort_by_key(|property| text(property, "name").to_owned());
    Ok(all)
}

fn twice(properties: &[Map<String, Value>]) -> bool {
    let mut seen = HashSet::new();
    properties.iter().any(|property| !seen.insert(text(property, "name")))
}
