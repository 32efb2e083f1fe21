//! Property definitions: made by the first event that carries a property, never by a request.

pub(crate) mod rows;

use super::body;
use super::call::PosthogCall;
use super::fault::{Fault, PosthogAnswer};
use super::field::{ANY_TEXT, BodyField, Holds};
use super::json::{is_set, text_at};
use super::taxonomy::{change, either_hidden_or_verified};
use crate::message::Reply;
use rows::{NAMES, PROPERTIES, find, is_of_people, key};
use serde_json::{Value, json};

const FIELDS: &[BodyField] = &[
    BodyField::new("description", ANY_TEXT).or_null(),
    BodyField::new("property_type", Holds::Word(&["DateTime", "String", "Numeric", "Boolean", "Duration"])).or_null(),
    BodyField::new("verified", Holds::Flag),
    BodyField::new("hidden", Holds::Flag).or_null(),
];

pub(crate) fn route(call: &mut PosthogCall, tail: &[&str]) -> PosthogAnswer {
    let method = call.request.method.clone();
    match (method.as_str(), tail) {
        ("GET", []) => list(call),
        ("GET", [id]) => Ok(Reply::json(200, show(&find(call, id)?))),
        ("PATCH" | "PUT", [id]) => update(call, id),
        ("DELETE", [id]) => {
            let row = find(call, id)?;
            call.store.remove(NAMES, &key(&row));
            call.store.remove(PROPERTIES, text_at(&row, "id"));
            Ok(Reply::empty(204))
        }
        (_, [] | [_]) => call.no_method(),
        _ => Err(Fault::no_endpoint()),
    }
}

fn list(call: &mut PosthogCall) -> PosthogAnswer {
    let ask = |key: &str| call.request.query(key).filter(|v| !v.is_empty());
    let words: Vec<String> = ask("search").unwrap_or_default().split_whitespace().map(str::to_lowercase).collect();
    let wanted: Option<Vec<&str>> = ask("properties").map(|list| list.split(',').map(str::trim).collect());
    let excluded: Vec<String> =
        ask("excluded_properties").and_then(|t| serde_json::from_str(t).ok()).unwrap_or_default();
    let events: Vec<String> = ask("event_names").and_then(|t| serde_json::from_str(t).ok()).unwrap_or_default();
    let only = ask("filter_by_event_names").is_some_and(|v| v == "true");
    let numerical = ask("is_numerical").map(|v| v == "true");
    let hide = ask("exclude_hidden") == Some("true");
    // Sessions and groups have none here.
    let (of_events, of_people) = (ask("type").is_none_or(|kind| kind == "event"), ask("type") == Some("person"));
    let call: &PosthogCall = call;
    let mut rows: Vec<(&Value, Option<bool>)> = Vec::new();
    for (_, row) in call.store.rows(PROPERTIES) {
        let name = text_at(row, "name");
        let lower = name.to_lowercase();
        let on =
            row["_events"].as_array().is_some_and(|seen| seen.iter().any(|e| events.iter().any(|w| e == w.as_str())));
        if row["team_id"].as_u64() == Some(call.project)
            && if is_of_people(row) { of_people } else { of_events }
            && words.iter().all(|word| lower.contains(word))
            && wanted.as_ref().is_none_or(|wanted| wanted.contains(&name))
            && !excluded.iter().any(|e| e == name)
            && (!only || events.is_empty() || on)
            && numerical.is_none_or(|n| is_set(row, "is_numerical") == n)
            && (!hide || !is_set(row, "hidden"))
        {
            rows.push((row, (!events.is_empty()).then_some(on)));
        }
    }
    rows.sort_by_key(|(row, on)| (!on.unwrap_or(false), text_at(row, "name")));
    Ok(call.page_of(&rows, 100, |(row, on)| {
        let mut out = show(row);
        out["is_seen_on_filtered_events"] = json!(on);
        out
    }))
}

fn update(call: &mut PosthogCall, id: &str) -> PosthogAnswer {
    let mut row = find(call, id)?;
    let mut read = body::read(FIELDS, &call.body, true)?;
    if let Some(tags) = call.tags()? {
        read.insert("tags".into(), tags);
    }
    either_hidden_or_verified(&mut read, "A property cannot be both hidden and verified")?;
    if let Some(kind) = read.get("property_type") {
        let numerical = kind == "Numeric";
        read.insert("is_numerical".into(), json!(numerical));
    }
    change(call, &mut row, read);
    call.store.put(PROPERTIES, text_at(&row, "id"), row.clone());
    Ok(Reply::json(200, show(&row)))
}

fn show(row: &Value) -> Value {
    let mut out = row.clone();
    if let Value::Object(out) = &mut out {
        out.shift_remove("team_id");
        out.shift_remove("_events");
        out.shift_remove("_type");
        out.insert("is_seen_on_filtered_events".into(), Value::Null);
    }
    out
}
