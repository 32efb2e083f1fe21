//! Variables of SQL insights: found by a code name that is made once, deleted for good, listed in numbered pages.

pub(crate) mod rows;
pub(crate) mod values;

use super::body;
use super::call::PosthogCall;
use super::fault::{Fault, PosthogAnswer};
use super::field::{ANY_TEXT, BodyField, Holds};
use super::json::{flagged, merge, text_at};
use crate::message::Reply;
use rows::{VARIABLES, by_code_name, code_name, find};
use serde_json::{Map, Value, json};
use values::{lenient, lenient_all, strict};

const TYPES: &[&str] = &["String", "Number", "Boolean", "List", "Date"];
const FIELDS: &[BodyField] = &[
    BodyField::new("name", Holds::Text { max: 400, blank: false }).required(),
    BodyField::new("type", Holds::Word(TYPES)).required(),
    BodyField::new("default_value", Holds::Json).or_null(),
    BodyField::new("values", Holds::Json).or_null(),
    BodyField::new("is_multi", Holds::Flag),
    BodyField::new("values_query", ANY_TEXT).or_null(),
    BodyField::new("values_query_connection_id", Holds::Text { max: 400, blank: true }).or_null(),
];

/// How many are on a page; `limit` and `offset` are not looked at.
const PAGE: usize = 500;

/// Answers `insight_variables/…`.
pub(crate) fn route(call: &mut PosthogCall, tail: &[&str]) -> PosthogAnswer {
    let method = call.request.method.clone();
    match (method.as_str(), tail) {
        ("GET", []) => {
            let rows: Vec<Value> = rows::all(call.store, call.project).map(show).collect();
            call.numbered_page(rows, PAGE)
        }
        ("POST", []) => create(call),
        ("GET", [id]) => Ok(Reply::json(200, show(&find(call, id)?))),
        ("PATCH" | "PUT", [id]) => update(call, id),
        ("DELETE", [id]) => {
            let row = find(call, id)?;
            call.store.remove(VARIABLES, text_at(&row, "id"));
            Ok(Reply::empty(204))
        }
        (_, [] | [_]) => call.no_method(),
        _ => Err(Fault::no_endpoint()),
    }
}

fn create(call: &mut PosthogCall) -> PosthogAnswer {
    let read = read(call, &Value::Null)?;
    let code = code_name(read.get("name").and_then(Value::as_str).unwrap_or_default());
    if by_code_name(call.store, call.project, &code).is_some() {
        return Err(Fault::invalid("Variable with this code name already exists"));
    }
    let id = uuid::Uuid::new_v4().to_string();
    let mut row = json!({
        "id": id, "team_id": call.project, "name": null, "type": null, "default_value": null,
        "created_by": call.user()["id"], "created_at": call.now(), "code_name": code, "values": null,
        "is_multi": false, "values_query": null, "values_query_connection_id": null,
    });
    merge(&mut row, read);
    call.store.put(VARIABLES, &id, row.clone());
    Ok(Reply::json(201, show(&row)))
}

fn update(call: &mut PosthogCall, id: &str) -> PosthogAnswer {
    let mut row = find(call, id)?;
    let read = read(call, &row)?;
    merge(&mut row, read);
    call.store.put(VARIABLES, text_at(&row, "id"), row.clone());
    Ok(Reply::json(200, show(&row)))
}

/// Reads a body over what the variable has; `old` is null for a new one.
fn read(call: &PosthogCall, old: &Value) -> Result<Map<String, Value>, Fault> {
    let mut read = body::read(FIELDS, &call.body, call.partial())?;
    let kind = read.get("type").or_else(|| old.get("type")).and_then(Value::as_str);
    if kind != Some("List") {
        read.insert("is_multi".into(), json!(false));
        read.insert("values_query".into(), Value::Null);
        read.insert("values_query_connection_id".into(), Value::Null);
        return Ok(read);
    }
    let sent_multi = read.contains_key("is_multi");
    let multi = if sent_multi { flagged(&read, "is_multi") } else { old["is_multi"] == true };
    if !read.contains_key("default_value") {
        if sent_multi && !old.is_null() {
            read.insert("default_value".into(), old["default_value"].clone());
        } else if multi && old.is_null() {
            read.insert("default_value".into(), json!([]));
        }
    }
    if let Some(values) = read.get_mut("values") {
        *values = match &*values {
            Value::Array(list) => strict(list)?,
            _ => json!([]),
        };
    }
    // A query of nothing is none.
    if read.get("values_query").and_then(Value::as_str).is_some_and(|query| query.trim().is_empty()) {
        read.insert("values_query".into(), Value::Null);
    }
    if read.get("values_query").unwrap_or(&old["values_query"]).is_null() {
        read.insert("values_query_connection_id".into(), Value::Null);
    }
    if let Some(default) = read.get_mut("default_value") {
        *default = match &*default {
            Value::Array(list) if multi => lenient_all(list),
            one if multi => lenient_all(std::slice::from_ref(one)),
            Value::Array(list) => list.first().map_or(json!(""), |first| json!(lenient(first))),
            one => json!(lenient(one).unwrap_or_default()),
        };
    }
    Ok(read)
}

fn show(row: &Value) -> Value {
    let mut out = row.clone();
    if let Value::Object(out) = &mut out {
        out.shift_remove("team_id");
    }
    // What was written before it was a list is shown as one.
    if row["type"] == "List" {
        out["values"] = row["values"].as_array().map_or(json!([]), |list| lenient_all(list));
        out["default_value"] = match &row["default_value"] {
            Value::Array(list) if row["is_multi"] == true => lenient_all(list),
            one if row["is_multi"] == true => lenient_all(std::slice::from_ref(one)),
            one => json!(lenient(one)),
        };
    }
    out
}
