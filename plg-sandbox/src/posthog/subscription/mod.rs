//! Subscriptions: an insight or a dashboard delivered on a schedule; soft deleted by PATCH.

pub(crate) mod read;
pub(crate) mod recurrence;
pub(crate) mod rows;

use super::body;
use super::call::PosthogCall;
use super::fault::{Fault, PosthogAnswer};
use super::json::{is_set, merge, number_at, truthy};
use crate::message::Reply;
use crate::posthog::dashboard::rows as dashboards;
use crate::posthog::insight::rows as insights;
use read::read;
use rows::{SUBSCRIPTIONS, find};
use serde_json::{Value, json};

/// Fields whose change moves the next delivery.
const SCHEDULE: [&str; 7] = ["frequency", "interval", "byweekday", "bysetpos", "count", "start_date", "until_date"];

pub(crate) fn route(call: &mut PosthogCall, tail: &[&str]) -> PosthogAnswer {
    let method = call.request.method.clone();
    match (method.as_str(), tail) {
        ("GET", []) => list(call),
        ("POST", []) => create(call),
        ("DELETE", [_]) => call.no_destroy(),
        ("GET", [id]) => {
            let row = find(call, id).filter(|row| !is_set(row, "deleted")).ok_or_else(Fault::not_found)?;
            Ok(Reply::json(200, show(call, row)))
        }
        ("PATCH" | "PUT", [id]) => update(call, id),
        (_, [] | [_]) => call.no_method(),
        _ => Err(Fault::no_endpoint()),
    }
}

fn list(call: &mut PosthogCall) -> PosthogAnswer {
    let number = |key: &str| call.request.query(key).and_then(|v| v.parse::<u64>().ok());
    let (insight, dashboard) = (number("insight"), number("dashboard"));
    let call: &PosthogCall = call;
    let mut rows: Vec<&Value> = Vec::new();
    for (_, row) in call.store.rows(SUBSCRIPTIONS).rev() {
        if row["team_id"].as_u64() == Some(call.project)
            && !is_set(row, "deleted")
            && insight.is_none_or(|id| row["insight"].as_u64() == Some(id))
            && dashboard.is_none_or(|id| row["dashboard"].as_u64() == Some(id))
        {
            rows.push(row);
        }
    }
    Ok(call.page_of(&rows, 100, |row| show(call, row)))
}

/// Sets the next delivery; a schedule that has come to its end is refused where it matters.
fn plan(call: &PosthogCall, row: &mut Value, old: &Value, moved: bool) -> Result<(), Fault> {
    const BASE: &str = "Subscription schedule has reached its end date. Extend until_date or remove count";
    let next = recurrence::next(row, call.settings.clock());
    let again = !old.is_null() && is_set(row, "enabled") && !is_set(old, "enabled");
    if next.is_none() {
        if again {
            return Err(Fault::invalid_input("enabled", format!("{BASE} before re-enabling.")));
        }
        if old.is_null() {
            return Err(Fault::invalid_input("start_date", format!("{BASE}.")));
        }
        if moved && is_set(old, "enabled") {
            return Err(Fault::invalid(format!("{BASE}.")));
        }
    }
    row["next_delivery_date"] = json!(next);
    Ok(())
}

fn create(call: &mut PosthogCall) -> PosthogAnswer {
    let read = read(call, &Value::Null)?;
    let mut row = json!({
        "id": null, "team_id": call.project, "content_type": null, "dashboard": null, "insight": null,
        "dashboard_export_insights": [], "prompt": null, "ai_config": null, "target_type": null,
        "target_value": null, "frequency": null, "interval": 1, "byweekday": null, "bysetpos": null, "count": null,
        "start_date": null, "until_date": null, "created_at": call.now(), "created_by": call.user(), "deleted": false,
        "enabled": true, "title": null, "next_delivery_date": null, "integration_id": null, "invite_message": null,
        "summary_enabled": false, "summary_prompt_guide": "",
    });
    merge(&mut row, read);
    plan(call, &mut row, &Value::Null, true)?;
    let id = call.store.next_number(SUBSCRIPTIONS);
    row["id"] = json!(id);
    call.store.put(SUBSCRIPTIONS, &id.to_string(), row.clone());
    Ok(Reply::json(201, show(call, &row)))
}

fn update(call: &mut PosthogCall, id: &str) -> PosthogAnswer {
    let restoring = call.body.get("deleted").and_then(body::flag) == Some(json!(false));
    let old =
        find(call, id).filter(|row| restoring || !is_set(row, "deleted")).cloned().ok_or_else(Fault::not_found)?;
    let read = read(call, &old)?;
    let moved = SCHEDULE.iter().any(|key| read.contains_key(*key));
    let mut row = old.clone();
    merge(&mut row, read);
    plan(call, &mut row, &old, moved)?;
    call.store.put(SUBSCRIPTIONS, &number_at(&row, "id").to_string(), row.clone());
    Ok(Reply::json(200, show(call, &row)))
}

fn show(call: &PosthogCall, row: &Value) -> Value {
    let mut out = row.clone();
    if let Value::Object(out) = &mut out {
        out.shift_remove("team_id");
    }
    let parent = |table: &str, key: &str| row[key].as_u64().and_then(|id| call.store.get(table, &id.to_string()));
    let insight = parent(insights::INSIGHTS, "insight");
    let dashboard = parent(dashboards::DASHBOARDS, "dashboard");
    out["insight_short_id"] = insight.map_or(Value::Null, |insight| insight["short_id"].clone());
    out["resource_name"] = match (insight, dashboard) {
        (Some(insight), _) if truthy(insight.get("name")) => insight["name"].clone(),
        (Some(insight), _) => insight["derived_name"].clone(),
        (None, Some(dashboard)) => dashboard["name"].clone(),
        (None, None) => Value::Null,
    };
    out["summary"] = json!(recurrence::summary(row));
    out["invite_message"] = Value::Null;
    out
}
