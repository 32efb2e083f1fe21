//! Persons, events and types of groups, as keys with the scope for it read them.

use super::people::{self, EVENTS};
use crate::message::Reply;
use crate::posthog::call::PosthogCall;
use crate::posthog::fault::{Fault, PosthogAnswer};
use crate::posthog::json::text;
use crate::posthog::person::{self, PERSONS};
use crate::posthog::time::moment;
use serde_json::{Map, Value, json};

/// Answers `persons/…`.
pub(crate) fn persons(call: &mut PosthogCall, tail: &[&str]) -> PosthogAnswer {
    match (call.method(), tail) {
        ("GET", []) => {
            let asked = |name: &str| call.request.query(name).filter(|value| !value.is_empty());
            let is_asked = |row: &Map<String, Value>| {
                let has = |name: &str| row.get("properties").and_then(|properties| properties.get(name));
                let ids = || {
                    row.get("distinct_ids").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str)
                };
                let of_id = asked("distinct_id").is_none_or(|id| ids().any(|own| own == id));
                let of_email = asked("email").is_none_or(|email| has("email").and_then(Value::as_str) == Some(email));
                let of_search = asked("search").is_none_or(|words| {
                    let words = words.to_lowercase();
                    let email = has("email").and_then(Value::as_str).unwrap_or_default().to_lowercase();
                    email.contains(&words) || ids().any(|id| id.to_lowercase().contains(&words))
                });
                of_id && of_email && of_search && has_properties(row, asked("properties"))
            };
            let rows: Vec<_> = call.rows(PERSONS).rev().map(|(_, row)| row).filter(|row| is_asked(row)).collect();
            let reply = call.page_of(&rows, 100, |row| person::listed(row));
            Ok(uncounted(reply))
        }
        ("GET", [id]) => {
            let found = call
                .rows(PERSONS)
                .map(|(_, row)| row)
                .find(|row| text(row, "uuid") == *id || row.get("id").and_then(Value::as_u64) == id.parse().ok());
            found.map(|row| Reply::json(200, person::show(row))).ok_or_else(Fault::not_found)
        }
        ("GET", _) => Err(Fault::no_endpoint()),
        _ => call.no_method(),
    }
}

/// A page without how many there are.
fn uncounted(mut reply: Reply) -> Reply {
    if let Some(Value::Object(page)) = &mut reply.body {
        page.remove("count");
    }
    reply
}

/// Whether a person has what `properties` of a list asks: a JSON list of conditions, each held as text.
fn has_properties(row: &Map<String, Value>, asked: Option<&str>) -> bool {
    let asked = asked.and_then(|asked| serde_json::from_str::<Vec<Value>>(asked).ok()).unwrap_or_default();
    asked.iter().all(|one| {
        let name = one.get("key").and_then(Value::as_str).unwrap_or_default();
        let has = row.get("properties").and_then(|properties| properties.get(name));
        match one.get("value") {
            Some(Value::Array(all)) => has.is_some_and(|has| all.contains(has)),
            Some(value) => has == Some(value),
            None => has.is_some(),
        }
    })
}

/// Answers `events/…`, newest first.
pub(crate) fn events(call: &mut PosthogCall, tail: &[&str]) -> PosthogAnswer {
    match (call.method(), tail) {
        ("GET", []) => {
            let asked = |name: &str| call.request.query(name).filter(|value| !value.is_empty());
            let instant = |name: &str| asked(name).and_then(moment);
            let (after, before) = (instant("after"), instant("before"));
            let is_asked = |row: &Map<String, Value>| {
                let at = moment(text(row, "timestamp"));
                asked("event").is_none_or(|event| text(row, "event") == event)
                    && asked("distinct_id").is_none_or(|id| text(row, "distinct_id") == id)
                    && asked("person_id").is_none_or(|id| text(row, "_person") == id)
                    && after.is_none_or(|after| at.is_some_and(|at| at > after))
                    && before.is_none_or(|before| at.is_some_and(|at| at < before))
            };
            let rows = newest(call).into_iter().filter(|row| is_asked(row));
            let (offset, limit) = call.window(100);
            let page: Vec<Value> = rows.skip(offset).take(limit + 1).map(|row| event(call, row)).collect();
            let has_more = page.len() > limit;
            let next = has_more.then(|| {
                let last =
                    page.get(limit.saturating_sub(1)).and_then(|row| row["timestamp"].as_str()).unwrap_or_default();
                format!("{}{}?limit={limit}&before={last}", call.request.origin, call.request.path)
            });
            let results: Vec<&Value> = page.iter().take(limit).collect();
            Ok(Reply::json(200, json!({ "next": next, "results": results })))
        }
        ("GET", [id]) => Ok(Reply::json(200, event(call, &call.row(EVENTS, id)?))),
        ("GET", _) => Err(Fault::no_endpoint()),
        _ => call.no_method(),
    }
}

/// The last events, by when they happened.
pub(super) fn newest<'c>(call: &'c PosthogCall) -> Vec<&'c Map<String, Value>> {
    let mut rows: Vec<_> = call.rows(EVENTS).rev().map(|(_, row)| row).collect();
    rows.sort_by_key(|row| std::cmp::Reverse(moment(text(row, "timestamp"))));
    rows
}

fn event(call: &PosthogCall, row: &Map<String, Value>) -> Value {
    let person = call.find(PERSONS, text(row, "_person")).map(|row| {
        json!({
            "is_identified": row.get("_identified").is_some(),
            "distinct_ids": row.get("distinct_ids"),
            "properties": row.get("properties"),
        })
    });
    let mut out = crate::posthog::json::shown(row);
    out.insert("person".into(), person.unwrap_or(Value::Null));
    out.insert("elements".into(), json!([]));
    out.insert("elements_chain".into(), json!(""));
    Value::Object(out)
}

/// Answers `groups_types/`: a plain list.
pub(crate) fn group_types(call: &mut PosthogCall, tail: &[&str]) -> PosthogAnswer {
    match (call.method(), tail) {
        ("GET", []) => {
            let all: Vec<Value> = people::group_types(call)
                .into_iter()
                .map(|(index, name)| {
                    json!({
                        "group_type": name, "group_type_index": index, "name_singular": null, "name_plural": null,
                        "detail_dashboard": null, "default_columns": null, "created_at": null,
                    })
                })
                .collect();
            Ok(Reply::json(200, json!(all)))
        }
        ("DELETE", [_]) => Err(Fault::not_found()),
        ("GET", _) => Err(Fault::no_endpoint()),
        _ => call.no_method(),
    }
}

/// Answers `groups/`: the groups of one type.
pub(crate) fn groups(call: &mut PosthogCall, tail: &[&str]) -> PosthogAnswer {
    match (call.method(), tail) {
        ("GET", []) => {
            let index = call.request.query("group_type_index").and_then(|index| index.parse::<u64>().ok());
            let is_asked = |row: &Map<String, Value>| row.get("group_type_index").and_then(Value::as_u64) == index;
            let rows: Vec<Value> = people::groups_of(call)
                .into_iter()
                .filter(|row| is_asked(row))
                .map(|row| Value::Object(crate::posthog::json::shown(&row)))
                .collect();
            Ok(uncounted(call.page(rows, 100)))
        }
        ("GET", _) => Err(Fault::no_endpoint()),
        _ => call.no_method(),
    }
}
