//! Event definitions: made by hand or by the first event of a name, found by that name.

pub(crate) mod rows;

use super::body;
use super::call::PosthogCall;
use super::fault::{Fault, PosthogAnswer};
use super::field::{ANY_TEXT, BodyField, Holds, WHOLE};
use super::json::{is_set, text_at};
use super::property_group;
use super::taxonomy::{change, either_hidden_or_verified};
use crate::message::Reply;
use rows::{EVENTS, NAMES, find, insert, name_key, named};
use serde_json::{Map, Value, json};

const FIELDS: &[BodyField] = &[
    BodyField::new("name", Holds::Text { max: 400, blank: false }).required(),
    BodyField::new("owner", WHOLE).or_null(),
    BodyField::new("description", ANY_TEXT).or_null(),
    BodyField::new("verified", Holds::Flag),
    BodyField::new("hidden", Holds::Flag).or_null(),
    BodyField::new("enforcement_mode", Holds::Word(&["allow", "reject"])),
    BodyField::new("primary_property", Holds::Text { max: 400, blank: true }).or_null(),
    BodyField::new("default_columns", Holds::Json),
    BodyField::new("post_to_slack", Holds::Flag),
];

pub(crate) fn route(call: &mut PosthogCall, tail: &[&str]) -> PosthogAnswer {
    let method = call.request.method.clone();
    match (method.as_str(), tail) {
        ("GET", []) => list(call),
        ("POST", []) => create(call),
        ("GET", ["by_name"]) => by_name(call),
        ("POST", ["bulk_update_tags"]) => bulk_tags(call),
        ("POST", ["bulk_update_verified"]) => bulk_verified(call),
        ("GET", [id]) => Ok(Reply::json(200, show(&find(call, id)?))),
        ("PATCH" | "PUT", [id]) => update(call, id),
        ("DELETE", [id]) => {
            let row = find(call, id)?;
            let name = name_key(call.project, text_at(&row, "name"));
            property_group::rows::drop_of_event(call, text_at(&row, "id"));
            call.store.remove(NAMES, &name);
            call.store.remove(EVENTS, text_at(&row, "id"));
            Ok(Reply::empty(204))
        }
        (_, [] | [_]) => call.no_method(),
        _ => Err(Fault::no_endpoint()),
    }
}

fn list(call: &mut PosthogCall) -> PosthogAnswer {
    let words: Vec<String> =
        call.request.query("search").unwrap_or_default().split_whitespace().map(str::to_lowercase).collect();
    let names: Vec<&str> = call.request.query.iter().filter(|(k, _)| k == "names").map(|(_, v)| v.as_str()).collect();
    let kind = call.request.query("event_type").unwrap_or("event");
    let (hide, verified) = (call.request.query("exclude_hidden") == Some("true"), call.request.query("verified"));
    let call: &PosthogCall = call;
    let mut rows: Vec<&Value> = Vec::new();
    for (_, row) in call.store.rows(EVENTS) {
        let name = text_at(row, "name");
        let lower = name.to_lowercase();
        let fits = row["team_id"].as_u64() == Some(call.project)
            && words.iter().all(|word| lower.contains(word))
            && (names.is_empty() || names.contains(&name))
            && (!hide || !is_set(row, "hidden"))
            && verified.is_none_or(|v| is_set(row, "verified") == (v == "true"))
            && match kind {
                "event_custom" => !name.starts_with('$'),
                "event_posthog" => name.starts_with('$'),
                "action_event" => false,
                _ => true,
            };
        if fits {
            rows.push(row);
        }
    }
    // The day last seen, latest first, then the name; never seen comes last.
    let day = |row: &Value| text_at(row, "last_seen_at").get(..10).unwrap_or_default().to_owned();
    rows.sort_by_cached_key(|row| (std::cmp::Reverse(day(row)), text_at(row, "name").to_owned()));
    let mut reply = call.page_of(&rows, 100, |row| show(row));
    if let Some(page) = &mut reply.body {
        page["count_is_capped"] = json!(false);
    }
    Ok(reply)
}

fn by_name(call: &mut PosthogCall) -> PosthogAnswer {
    let Some(name) = call.request.query("name").filter(|n| !n.is_empty()) else {
        return Ok(Reply::json(400, json!({"detail": "Query parameter 'name' is required"})));
    };
    match named(call.store, call.project, name) {
        Some(row) => Ok(Reply::json(200, show(row))),
        None => {
            let detail = format!("Event definition with name '{name}' not found");
            Ok(Reply::json(404, json!({ "detail": detail })))
        }
    }
}

pub(crate) fn read(call: &PosthogCall, partial: bool) -> Result<Map<String, Value>, Fault> {
    // The name comes first in the table, and cannot be changed.
    let mut read = body::read(&FIELDS[usize::from(partial)..], &call.body, partial)?;
    if let Some(owner) = read.get("owner").filter(|o| !o.is_null()).cloned() {
        if owner != call.user()["id"] {
            return Err(Fault::does_not_exist("owner", &owner));
        }
        read.insert("owner".into(), call.user());
    }
    if read.get("enforcement_mode").is_some_and(|mode| mode == "reject") {
        return Err(Fault::invalid_input(
            "enforcement_mode",
            "Setting schema enforcement mode to \"reject\" requires the schema-enforcement-reject feature flag",
        ));
    }
    if let Some(columns) = read.get("default_columns").filter(|c| !c.is_array()) {
        return Err(Fault::not_a_list("default_columns", columns));
    }
    if let Some(tags) = call.tags()? {
        read.insert("tags".into(), tags);
    }
    either_hidden_or_verified(&mut read, "An event cannot be both hidden and verified")?;
    Ok(read)
}

fn create(call: &mut PosthogCall) -> PosthogAnswer {
    let read = read(call, false)?;
    let name = read.get("name").and_then(Value::as_str).unwrap_or_default().to_owned();
    if named(call.store, call.project, &name).is_some() {
        return Err(Fault::invalid_input("name", format!("Event definition with name '{name}' already exists")));
    }
    let mut row = insert(call.store, call.project, &name);
    change(call, &mut row, read);
    call.store.put(EVENTS, text_at(&row, "id"), row.clone());
    Ok(Reply::json(201, show(&row)))
}

fn update(call: &mut PosthogCall, id: &str) -> PosthogAnswer {
    let mut row = find(call, id)?;
    let read = read(call, true)?;
    change(call, &mut row, read);
    call.store.put(EVENTS, text_at(&row, "id"), row.clone());
    Ok(Reply::json(200, show(&row)))
}

/// The rows that a bulk request names; what is unknown is left out.
fn bulk(call: &PosthogCall) -> Result<Vec<Value>, Fault> {
    let Some(ids) = call.body.get("ids") else { return Err(Fault::required("ids")) };
    let Some(ids) = ids.as_array() else { return Err(Fault::not_a_list("ids", ids)) };
    Ok(ids.iter().filter_map(|id| find(call, id.as_str()?).ok()).collect())
}

fn bulk_tags(call: &mut PosthogCall) -> PosthogAnswer {
    let rows = bulk(call)?;
    let action = call.body.get("action").and_then(Value::as_str).unwrap_or("set").to_owned();
    if !["add", "remove", "set"].contains(&action.as_str()) {
        return Err(Fault::invalid_choice("action", &json!(action)));
    }
    let tags: Vec<String> = serde_json::from_value(call.tags()?.unwrap_or(json!([]))).unwrap_or_default();
    let mut updated = Vec::new();
    for mut row in rows {
        let mut kept: Vec<String> = serde_json::from_value(row["tags"].clone()).unwrap_or_default();
        match action.as_str() {
            "add" => kept.extend(
                tags.iter().filter(|t| !row["tags"].as_array().is_some_and(|k| k.contains(&json!(t)))).cloned(),
            ),
            "remove" => kept.retain(|tag| !tags.contains(tag)),
            _ => kept = tags.clone(),
        }
        row["tags"] = json!(kept);
        updated.push(json!({"id": row["id"], "tags": row["tags"]}));
        call.store.put(EVENTS, text_at(&row, "id"), row.clone());
    }
    Ok(Reply::json(200, json!({"updated": updated, "skipped": []})))
}

fn bulk_verified(call: &mut PosthogCall) -> PosthogAnswer {
    let rows = bulk(call)?;
    let mut read = body::read(&[BodyField::new("verified", Holds::Flag).required()], &call.body, false)?;
    either_hidden_or_verified(&mut read, "An event cannot be both hidden and verified")?;
    let mut updated = Vec::new();
    for mut row in rows {
        change(call, &mut row, read.clone());
        updated.push(row["id"].clone());
        call.store.put(EVENTS, text_at(&row, "id"), row.clone());
    }
    Ok(Reply::json(200, json!({"updated": updated, "skipped": []})))
}

fn show(row: &Value) -> Value {
    let mut out = row.clone();
    if let Value::Object(out) = &mut out {
        out.shift_remove("team_id");
    }
    out
}
