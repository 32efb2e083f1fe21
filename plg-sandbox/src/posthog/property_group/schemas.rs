//! Which events have which property groups.

use super::rows::{self, GROUPS, SCHEMAS};
use crate::message::Reply;
use crate::posthog::call::PosthogCall;
use crate::posthog::event_definition::rows::find as event;
use crate::posthog::fault::{Fault, PosthogAnswer};
use crate::posthog::json::{shown, text};
use serde_json::{Map, Value, json};

/// Answers `event_schemas/…`. One cannot be read by itself.
pub(crate) fn route(call: &mut PosthogCall, tail: &[&str]) -> PosthogAnswer {
    match (call.method(), tail) {
        ("GET", []) => {
            let of = call.request.query("event_definition").map(str::to_owned);
            let is_asked =
                |row: &Map<String, Value>| of.as_deref().is_none_or(|id| text(row, "event_definition") == id);
            let rows: Vec<_> = call.rows(SCHEMAS).rev().map(|(_, row)| row).filter(|row| is_asked(row)).collect();
            Ok(call.page_of(&rows, 100, |row| show(call, row)))
        }
        ("POST", []) => {
            let id = uuid::Uuid::new_v4().to_string();
            write(call, &id, Map::new())?;
            Ok(Reply::json(201, show(call, &call.row(SCHEMAS, &id)?)))
        }
        ("PATCH", [id]) => {
            let row = call.row(SCHEMAS, id)?;
            write(call, id, row)?;
            Ok(Reply::json(200, show(call, &call.row(SCHEMAS, id)?)))
        }
        ("DELETE", [id]) => {
            call.row(SCHEMAS, id)?;
            call.store.remove(SCHEMAS, id);
            Ok(Reply::empty(204))
        }
        ("GET", [_]) => Err(Fault::not_found()),
        (_, [] | [_]) => call.no_method(),
        _ => Err(Fault::no_endpoint()),
    }
}

fn write(call: &mut PosthogCall, id: &str, mut row: Map<String, Value>) -> Result<(), Fault> {
    let named = |field: &str, is_there: &dyn Fn(&str) -> bool| match call.body.get(field) {
        None if call.partial() => Ok(None),
        None => Err(Fault::required(field)),
        Some(id) => match id.as_str().filter(|id| is_there(id)) {
            Some(known) => Ok(Some(json!(known))),
            None => Err(Fault::does_not_exist(field, id)),
        },
    };
    let of = named("event_definition", &|id| event(call, id).is_ok())?;
    let group = named("property_group_id", &|id| call.find(GROUPS, id).is_some())?;
    row.extend(of.map(|id| ("event_definition".to_owned(), id)));
    row.extend(group.map(|id| ("_group".to_owned(), id)));
    let pair = |row: &Map<String, Value>| (text(row, "event_definition").to_owned(), text(row, "_group").to_owned());
    if call.rows(SCHEMAS).any(|(other, there)| other != id && pair(there) == pair(&row)) {
        let name = call.find(GROUPS, text(&row, "_group")).map_or("", |group| text(group, "name"));
        let detail = format!("Property group '{name}' is already added to this event schema");
        return Err(Fault::invalid_input("property_group_id", detail));
    }
    let now = json!(call.now());
    row.insert("id".into(), json!(id));
    row.entry("created_at").or_insert_with(|| now.clone());
    row.insert("updated_at".into(), now);
    call.put(SCHEMAS, id, row);
    Ok(())
}

fn show(call: &PosthogCall, row: &Map<String, Value>) -> Value {
    let mut out = shown(row);
    let group = call.find(GROUPS, text(row, "_group")).map_or(Value::Null, |group| rows::show(call, group));
    out.insert("property_group".into(), group);
    Value::Object(out)
}
