//! Annotations: marks on charts, hidden while what they are about is deleted.

pub(crate) mod rows;

use super::body;
use super::call::PosthogCall;
use super::fault::{Fault, PosthogAnswer};
use super::field::{BodyField, Holds, WHOLE};
use super::json::{is_set, merge, number_at, text_at};
use super::time::moment;
use crate::message::Reply;
use crate::posthog::dashboard::rows as dashboards;
use crate::posthog::insight::rows as insights;
use rows::{ANNOTATIONS, find, is_visible};
use serde_json::{Map, Value, json};

const SCOPES: &[&str] = &["dashboard_item", "dashboard", "project", "organization", "recording", "tag"];
/// No annotation has more.
const MOST_TAGS: usize = 100;

const FIELDS: &[BodyField] = &[
    BodyField::new("content", Holds::Text { max: 8192, blank: true }).or_null(),
    BodyField::new("date_marker", Holds::Moment).or_null(),
    BodyField::new("creation_type", Holds::Word(&["USR", "GIT"])),
    BodyField::new("dashboard_item", Holds::Json).or_null(),
    BodyField::new("dashboard_id", WHOLE).or_null(),
    BodyField::new("deleted", Holds::Flag),
    BodyField::new("scope", Holds::Word(SCOPES)),
    BodyField::new("emoji", Holds::Text { max: 16, blank: true }).or_null(),
    BodyField::new("hidden_in_user_interface", Holds::Flag).or_null(),
    BodyField::new("tags", Holds::Texts { max: 255 }),
];

pub(crate) fn route(call: &mut PosthogCall, tail: &[&str]) -> PosthogAnswer {
    let method = call.request.method.clone();
    match (method.as_str(), tail) {
        ("GET", []) => list(call),
        ("POST", []) => create(call),
        ("DELETE", [_]) => call.no_destroy(),
        ("GET", [id]) => match find(call, id) {
            Some(row) if !is_set(row, "deleted") => Ok(Reply::json(200, show(call, row))),
            _ => Err(Fault::not_found()),
        },
        ("PATCH" | "PUT", [id]) => update(call, id),
        (_, [] | [_]) => call.no_method(),
        _ => Err(Fault::no_endpoint()),
    }
}

fn list(call: &mut PosthogCall) -> PosthogAnswer {
    let ask = |key: &str| call.request.query(key).filter(|v| !v.is_empty());
    let says = |value: &str| ["true", "1", "yes"].contains(&value.to_lowercase().as_str());
    let scope = ask("scope").map(|scope| if scope == "insight" { "dashboard_item" } else { scope });
    if let Some(scope) = scope.filter(|scope| !SCOPES.contains(scope)) {
        return Err(Fault::invalid(format!("Invalid scope: {scope}")));
    }
    let date = |key: &str| match ask(key).map(moment) {
        Some(None) => Err(Fault::invalid(format!("Invalid date range: {key} must be a valid ISO 8601 date"))),
        date => Ok(date.flatten()),
    };
    let (from, to) = (date("date_from")?, date("date_to")?);
    if from.zip(to).is_some_and(|(from, to)| from > to) {
        return Err(Fault::invalid("Invalid date range: date_from must be before date_to"));
    }
    let hidden = call.request.query("hidden_in_user_interface").map(says);
    let emoji = call.request.query("is_emoji").map(says);
    let words: Vec<String> = ask("search").unwrap_or_default().split_whitespace().map(str::to_lowercase).collect();
    let call: &PosthogCall = call;
    let mut rows: Vec<(Option<jiff::Timestamp>, &Value)> = Vec::new();
    for (_, row) in call.store.rows(ANNOTATIONS) {
        let marker = moment(text_at(row, "date_marker"));
        let content = text_at(row, "content").to_lowercase();
        if !is_set(row, "deleted")
            && is_visible(call.store, call.project, row)
            && scope.is_none_or(|scope| row["scope"] == scope)
            && from.is_none_or(|from| marker.is_some_and(|m| m >= from))
            && to.is_none_or(|to| marker.is_some_and(|m| m <= to))
            && hidden.is_none_or(|hidden| is_set(row, "hidden_in_user_interface") == hidden)
            && emoji.is_none_or(|emoji| row["emoji"].is_string() == emoji)
            && words.iter().all(|word| content.contains(word))
        {
            rows.push((marker, row));
        }
    }
    // The newest marker first, and before them those without one.
    rows.sort_by_key(|(marker, _)| (marker.is_some(), std::cmp::Reverse(*marker)));
    Ok(call.page_of(&rows, 1000, |(_, row)| show(call, row)))
}

/// Reads a body over what the annotation has; `old` is null for a new one.
fn read(call: &PosthogCall, old: &Value) -> Result<Map<String, Value>, Fault> {
    let mut read = body::read(FIELDS, &call.body, call.partial())?;
    if let Some(id) = read.get("dashboard_item").filter(|id| !id.is_null()) {
        let there = |id| insights::live(call.store, call.project, id).is_some();
        let id = body::known(id, "dashboard_item", there)?;
        read.insert("dashboard_item".into(), json!(id));
    }
    if let Some(id) = read.get("dashboard_id").and_then(Value::as_i64)
        && u64::try_from(id).ok().and_then(|id| dashboards::live(call.store, call.project, id)).is_none()
    {
        return Err(Fault::invalid_input("dashboard_id", "Dashboard not found."));
    }
    if read.get("scope").is_some_and(|scope| scope == "recording") {
        return Err(Fault::invalid("Recording scope is deprecated"));
    }
    if read.get("emoji").is_some_and(|emoji| emoji == "") {
        read.insert("emoji".into(), Value::Null);
    }
    tags(&read, old)?;
    Ok(read)
}

/// Tags go with the scope of the same name, and with no other.
fn tags(read: &Map<String, Value>, old: &Value) -> Result<(), Fault> {
    let refuse = |detail: &str| Err(Fault::invalid_input("tags", detail));
    let after = |key: &str| read.get(key).unwrap_or(&old[key]);
    let count = after("tags").as_array().map_or(0, Vec::len);
    if count > MOST_TAGS {
        return refuse("Ensure this field has no more than 100 elements.");
    }
    match after("scope") == "tag" {
        true if count == 0 => refuse("At least one tag is required when scope is 'tag'."),
        false if count > 0 => refuse("Tags can only be set when scope is 'tag'."),
        _ => Ok(()),
    }
}

fn create(call: &mut PosthogCall) -> PosthogAnswer {
    let read = read(call, &Value::Null)?;
    let (now, user) = (call.now(), call.user());
    let id = call.store.next_number(ANNOTATIONS);
    let mut row = json!({
        "id": id, "team_id": call.project, "content": null, "date_marker": null, "creation_type": "USR",
        "dashboard_item": null, "dashboard_id": null, "created_by": user, "created_at": now, "updated_at": now,
        "deleted": false, "scope": "dashboard_item", "emoji": null, "hidden_in_user_interface": null,
        "tags": [],
    });
    merge(&mut row, read);
    call.store.put(ANNOTATIONS, &id.to_string(), row.clone());
    Ok(Reply::json(201, show(call, &row)))
}

fn update(call: &mut PosthogCall, id: &str) -> PosthogAnswer {
    let partial = call.partial();
    let row = find(call, id).filter(|row| partial || !is_set(row, "deleted"));
    let mut row = row.cloned().ok_or_else(Fault::not_found)?;
    let read = read(call, &row)?;
    merge(&mut row, read);
    // Whoever changes an organization's annotation takes it into their own project.
    row["team_id"] = json!(call.project);
    row["updated_at"] = json!(call.now());
    call.store.put(ANNOTATIONS, &number_at(&row, "id").to_string(), row.clone());
    Ok(Reply::json(200, show(call, &row)))
}

fn show(call: &PosthogCall, row: &Value) -> Value {
    let mut out = row.clone();
    if let Value::Object(out) = &mut out {
        out.shift_remove("team_id");
    }
    let parent = |table: &str, key: &str| row[key].as_u64().and_then(|id| call.store.get(table, &id.to_string()));
    let insight = parent(insights::INSIGHTS, "dashboard_item");
    let of = |key: &str| insight.map_or(Value::Null, |insight| insight[key].clone());
    out["insight_short_id"] = of("short_id");
    out["insight_name"] = of("name");
    out["insight_derived_name"] = of("derived_name");
    out["dashboard_name"] = parent(dashboards::DASHBOARDS, "dashboard_id").map_or(Value::Null, |d| d["name"].clone());
    out
}
