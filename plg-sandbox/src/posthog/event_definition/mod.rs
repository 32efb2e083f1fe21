//! Event definitions: made by hand or by the first event of a name, found by that name.

pub(crate) mod rows;

use super::body;
use super::body::{Field, Holds, WHOLE};
use super::call::Cx;
use super::fault::{Fault, Outcome, wrong};
use super::json::{is_set, text_at};
use super::taxonomy::{change, either_hidden_or_verified};
use crate::message::Reply;
use rows::{EVENTS, NAMES, find, insert, name_key, named};
use serde_json::{Map, Value, json};

const FIELDS: &[Field] = &[
    Field::new("name", Holds::Text { max: 400, blank: false }).required(),
    Field::new("owner", WHOLE).or_null(),
    Field::new("description", Holds::Text { max: body::ANY_LENGTH, blank: true }).or_null(),
    Field::new("verified", Holds::Flag),
    Field::new("hidden", Holds::Flag).or_null(),
    Field::new("enforcement_mode", Holds::Word(&["allow", "reject"])),
    Field::new("primary_property", Holds::Text { max: 400, blank: true }).or_null(),
    Field::new("default_columns", Holds::Json),
    Field::new("post_to_slack", Holds::Flag),
];

pub(crate) fn route(cx: &mut Cx, tail: &[&str]) -> Outcome {
    let method = cx.request.method.clone();
    match (method.as_str(), tail) {
        ("GET", []) => list(cx),
        ("POST", []) => create(cx),
        ("GET", ["by_name"]) => by_name(cx),
        ("POST", ["bulk_update_tags"]) => bulk_tags(cx),
        ("POST", ["bulk_update_verified"]) => bulk_verified(cx),
        ("GET", [id]) => Ok(Reply::json(200, show(&find(cx, id)?))),
        ("PATCH" | "PUT", [id]) => update(cx, id),
        ("DELETE", [id]) => {
            let row = find(cx, id)?;
            let name = name_key(cx.project, text_at(&row, "name"));
            cx.store.remove(NAMES, &name);
            cx.store.remove(EVENTS, text_at(&row, "id"));
            Ok(Reply::empty(204))
        }
        (_, [] | [_]) => cx.no_method(),
        _ => Err(Fault::not_found()),
    }
}

fn list(cx: &mut Cx) -> Outcome {
    let words: Vec<String> =
        cx.request.query("search").unwrap_or_default().split_whitespace().map(str::to_lowercase).collect();
    let names: Vec<&str> = cx.request.query.iter().filter(|(k, _)| k == "names").map(|(_, v)| v.as_str()).collect();
    let kind = cx.request.query("event_type").unwrap_or("event");
    let (hide, verified) = (cx.request.query("exclude_hidden") == Some("true"), cx.request.query("verified"));
    let cx: &Cx = cx;
    let mut rows: Vec<&Value> = Vec::new();
    for (_, row) in cx.store.rows(EVENTS) {
        let name = text_at(row, "name");
        let lower = name.to_lowercase();
        let fits = row["team_id"].as_u64() == Some(cx.project)
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
    let mut reply = cx.page_of(&rows, 100, |row| show(row));
    if let Some(page) = &mut reply.body {
        page["count_is_capped"] = json!(false);
    }
    Ok(reply)
}

fn by_name(cx: &mut Cx) -> Outcome {
    let Some(name) = cx.request.query("name").filter(|n| !n.is_empty()) else {
        return Ok(Reply::json(400, json!({"detail": "Query parameter 'name' is required"})));
    };
    match named(cx.store, cx.project, name) {
        Some(row) => Ok(Reply::json(200, show(row))),
        None => {
            let detail = format!("Event definition with name '{name}' not found");
            Ok(Reply::json(404, json!({ "detail": detail })))
        }
    }
}

pub(crate) fn read(cx: &Cx, partial: bool) -> Result<Map<String, Value>, Fault> {
    // The name comes first in the table, and cannot be changed.
    let mut read = body::read(&FIELDS[usize::from(partial)..], &cx.body, partial)?;
    if let Some(owner) = read.get("owner").filter(|o| !o.is_null()).cloned() {
        if owner != cx.user()["id"] {
            return Err(Fault::does_not_exist("owner", &owner));
        }
        read.insert("owner".into(), cx.user());
    }
    if read.get("enforcement_mode").is_some_and(|mode| mode == "reject") {
        return Err(wrong("enforcement_mode", "Rejecting events is not enabled for this organization."));
    }
    if let Some(columns) = read.get("default_columns").filter(|c| !c.is_array()) {
        return Err(Fault::not_a_list("default_columns", columns));
    }
    if let Some(tags) = body::tags(cx)? {
        read.insert("tags".into(), tags);
    }
    either_hidden_or_verified(&mut read, "An event cannot be both hidden and verified")?;
    Ok(read)
}

fn create(cx: &mut Cx) -> Outcome {
    let read = read(cx, false)?;
    let name = read.get("name").and_then(Value::as_str).unwrap_or_default().to_owned();
    if named(cx.store, cx.project, &name).is_some() {
        return Err(wrong("name", &format!("Event definition with name '{name}' already exists")));
    }
    let mut row = insert(cx.store, cx.project, &name);
    change(cx, &mut row, read);
    cx.store.put(EVENTS, text_at(&row, "id"), row.clone());
    Ok(Reply::json(201, show(&row)))
}

fn update(cx: &mut Cx, id: &str) -> Outcome {
    let mut row = find(cx, id)?;
    let read = read(cx, true)?;
    change(cx, &mut row, read);
    cx.store.put(EVENTS, text_at(&row, "id"), row.clone());
    Ok(Reply::json(200, show(&row)))
}

/// The rows that a bulk request names; what is unknown is left out.
fn bulk(cx: &Cx) -> Result<Vec<Value>, Fault> {
    let Some(ids) = cx.body.get("ids") else { return Err(Fault::required("ids")) };
    let Some(ids) = ids.as_array() else { return Err(Fault::not_a_list("ids", ids)) };
    Ok(ids.iter().filter_map(|id| find(cx, id.as_str()?).ok()).collect())
}

fn bulk_tags(cx: &mut Cx) -> Outcome {
    let rows = bulk(cx)?;
    let action = cx.body.get("action").and_then(Value::as_str).unwrap_or("set").to_owned();
    if !["add", "remove", "set"].contains(&action.as_str()) {
        return Err(Fault::invalid_choice("action", &json!(action)));
    }
    let tags: Vec<String> = serde_json::from_value(body::tags(cx)?.unwrap_or(json!([]))).unwrap_or_default();
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
        cx.store.put(EVENTS, text_at(&row, "id"), row.clone());
    }
    Ok(Reply::json(200, json!({"updated": updated, "skipped": []})))
}

fn bulk_verified(cx: &mut Cx) -> Outcome {
    let rows = bulk(cx)?;
    let mut read = body::read(&[Field::new("verified", Holds::Flag).required()], &cx.body, false)?;
    either_hidden_or_verified(&mut read, "An event cannot be both hidden and verified")?;
    let mut updated = Vec::new();
    for mut row in rows {
        change(cx, &mut row, read.clone());
        updated.push(row["id"].clone());
        cx.store.put(EVENTS, text_at(&row, "id"), row.clone());
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
