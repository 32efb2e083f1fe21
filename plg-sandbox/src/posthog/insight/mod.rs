//! Insights: addressed by number or short id, soft deleted by PATCH, put on dashboards by their own `dashboards`.

pub(crate) mod list;
pub(crate) mod members;
pub(crate) mod parts;
pub(crate) mod properties;
pub(crate) mod query;
pub(crate) mod read;
pub(crate) mod rows;
pub(crate) mod schema;
pub(crate) mod show;
pub(crate) mod upgrade;

use super::call::PosthogCall;
use super::fault::{Fault, PosthogAnswer};
use super::json::{is_set, merge, number_at};
use crate::message::Reply;
use crate::posthog::alert::rows as alerts;
use crate::posthog::dashboard::tiles;
use crate::store::Store;
use read::read;
use rows as insights;
use rows::{INSIGHTS, find, insert};
use serde_json::{Value, json};
use show::show;

pub(crate) fn route(call: &mut PosthogCall, tail: &[&str]) -> PosthogAnswer {
    let method = call.request.method.clone();
    match (method.as_str(), tail) {
        ("GET", []) => list::list(call),
        ("POST", []) => create(call),
        ("GET", ["activity"] | [_, "activity"]) => call.activity(),
        ("GET", ["my_last_viewed" | "trend" | "funnel"]) => {
            Err(Fault::forbidden("This action does not support personal API key access"))
        }
        ("DELETE", [_]) => call.no_destroy(),
        ("GET", [id]) => {
            let basic = call.request.query("basic") == Some("true");
            let row = find(call, id).filter(|row| !is_set(row, "deleted")).ok_or_else(Fault::not_found)?;
            Ok(Reply::json(200, show(call, row, basic)))
        }
        ("PATCH" | "PUT", [id]) => update(call, id),
        (_, [] | [_]) => call.no_method(),
        _ => Err(Fault::no_endpoint()),
    }
}

fn create(call: &mut PosthogCall) -> PosthogAnswer {
    let mut read = read(call)?;
    let on = read.remove("dashboards");
    let id = insert(call, read);
    for dashboard in on.as_ref().and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_u64) {
        tiles::attach(call.store, dashboard, id);
    }
    answer(call, 201, id)
}

fn answer(call: &PosthogCall, status: u16, id: u64) -> PosthogAnswer {
    let row = call.store.get(INSIGHTS, &id.to_string()).ok_or_else(Fault::not_found)?;
    Ok(Reply::json(status, show(call, row, false)))
}

fn update(call: &mut PosthogCall, id: &str) -> PosthogAnswer {
    // Only the JSON value false restores; the word does not.
    let restoring = call.body.get("deleted") == Some(&Value::Bool(false));
    let row = find(call, id).filter(|row| restoring || !is_set(row, "deleted"));
    let mut row = row.cloned().ok_or_else(Fault::not_found)?;
    let id = number_at(&row, "id");
    let mut read = read(call)?;
    let on = read.remove("dashboards");
    let (now, user) = (call.now(), call.user());
    if ["name", "description", "filters"].iter().any(|key| read.get(*key).is_some_and(|new| *new != row[*key])) {
        row["last_modified_at"] = json!(now);
        row["last_modified_by"] = user;
    }
    row["updated_at"] = json!(now);
    row["is_sample"] = json!(false);
    read.entry("saved").or_insert(json!(true));
    let deleting = read.get("deleted") == Some(&json!(true));
    merge(&mut row, read);
    let alertable = alerts::is_alertable(&row);
    call.store.put(INSIGHTS, &id.to_string(), row);
    if let Some(on) = on.as_ref().and_then(Value::as_array) {
        place(call.store, id, &on.iter().filter_map(Value::as_u64).collect::<Vec<_>>());
    }
    if deleting {
        for (dashboard, _) in insights::links(call.store, id) {
            tiles::detach(call.store, dashboard, id);
        }
    }
    if deleting || !alertable {
        alerts::remove_of(call.store, id);
    }
    answer(call, 200, id)
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
