//! Insights: addressed by number or short id, soft deleted by PATCH, put on dashboards by their own `dashboards`.

pub(crate) mod list;
pub(crate) mod query;
pub(crate) mod read;
pub(crate) mod rows;
pub(crate) mod schema;
pub(crate) mod show;

use super::call::Cx;
use super::fault::{Fault, Outcome};
use super::json;
use super::json::{is_set, number_at};
use crate::message::Reply;
use crate::posthog::alert::rows as alerts;
use crate::posthog::dashboard::tiles;
use crate::store::Store;
use read::read;
use rows as insights;
use rows::{INSIGHTS, find, insert};
use serde_json::{Value, json};
use show::show;

pub(crate) fn route(cx: &mut Cx, tail: &[&str]) -> Outcome {
    let method = cx.request.method.clone();
    match (method.as_str(), tail) {
        ("GET", []) => list::list(cx),
        ("POST", []) => create(cx),
        ("GET", ["activity"] | [_, "activity"]) => cx.activity(),
        ("GET", ["my_last_viewed" | "trend" | "funnel"]) => {
            Err(Fault::forbidden("This action does not support personal API key access"))
        }
        ("DELETE", [_]) => cx.no_destroy(),
        ("GET", [id]) => {
            let basic = cx.request.query("basic") == Some("true");
            let row = find(cx, id).filter(|row| !is_set(row, "deleted")).ok_or_else(Fault::not_found)?;
            Ok(Reply::json(200, show(cx, row, basic)))
        }
        ("PATCH" | "PUT", [id]) => update(cx, id),
        (_, [] | [_]) => cx.no_method(),
        _ => Err(Fault::not_found()),
    }
}

fn create(cx: &mut Cx) -> Outcome {
    let mut read = read(cx)?;
    let on = read.remove("dashboards");
    let id = insert(cx, read);
    for dashboard in on.as_ref().and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_u64) {
        tiles::attach(cx.store, dashboard, id);
    }
    answer(cx, 201, id)
}

fn answer(cx: &Cx, status: u16, id: u64) -> Outcome {
    let row = cx.store.get(INSIGHTS, &id.to_string()).ok_or_else(Fault::not_found)?;
    Ok(Reply::json(status, show(cx, row, false)))
}

fn update(cx: &mut Cx, id: &str) -> Outcome {
    // Only the JSON value false restores; the word does not.
    let restoring = cx.body.get("deleted") == Some(&Value::Bool(false));
    let row = find(cx, id).filter(|row| restoring || !is_set(row, "deleted"));
    let mut row = row.cloned().ok_or_else(Fault::not_found)?;
    let id = number_at(&row, "id");
    let mut read = read(cx)?;
    let on = read.remove("dashboards");
    let (now, user) = (cx.now(), cx.user());
    if ["name", "description", "filters"].iter().any(|key| read.get(*key).is_some_and(|new| *new != row[*key])) {
        row["last_modified_at"] = json!(now);
        row["last_modified_by"] = user;
    }
    row["updated_at"] = json!(now);
    row["is_sample"] = json!(false);
    read.entry("saved").or_insert(json!(true));
    let deleting = read.get("deleted") == Some(&json!(true));
    json::merge(&mut row, read);
    let alertable = alerts::is_alertable(&row);
    cx.store.put(INSIGHTS, &id.to_string(), row);
    if let Some(on) = on.as_ref().and_then(Value::as_array) {
        place(cx.store, id, &on.iter().filter_map(Value::as_u64).collect::<Vec<_>>());
    }
    if deleting {
        for (dashboard, _) in insights::links(cx.store, id) {
            tiles::detach(cx.store, dashboard, id);
        }
    }
    if deleting || !alertable {
        alerts::remove_of(cx.store, id);
    }
    answer(cx, 200, id)
}

/// Puts an insight on exactly these dashboards.
fn place(store: &mut Store, id: u64, on: &[u64]) {
    let now: Vec<u64> = insights::links(store, id)
        .into_iter()
        .filter(|(d, t)| tiles::live_tile(store, *d, *t).is_some())
        .map(|(d, _)| d)
        .collect();
    for dashboard in now.iter().filter(|d| !on.contains(d)) {
        tiles::detach(store, *dashboard, id);
    }
    for dashboard in on.iter().filter(|d| !now.contains(d)) {
        tiles::attach(store, *dashboard, id);
    }
}
