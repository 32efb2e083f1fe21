//! Subscriptions: an insight or a dashboard delivered on a schedule; soft deleted by PATCH.

mod recurrence;

use super::body::{self, COUNT, Field, Holds, WHOLE, is_set, number_at, truthy, wrong, wrong_body};
use super::{Cx, Fault, Outcome, dashboard, insight};
use crate::message::Reply;
use serde_json::{Map, Value, json};

const SUBSCRIPTIONS: &str = "posthog.subscriptions";
const MOST_INSIGHTS: usize = 6;

const FIELDS: &[Field] = &[
    Field::new("content_type", Holds::Word(&["insight", "dashboard", "ai_prompt"])),
    Field::new("dashboard", Holds::Json).or_null(),
    Field::new("insight", Holds::Json).or_null(),
    Field::new("dashboard_export_insights", Holds::Json),
    Field::new("prompt", Holds::Text { max: body::ANY_LENGTH, blank: true }).or_null(),
    Field::new("ai_config", Holds::Json).or_null(),
    Field::new("target_type", Holds::Word(&["email", "slack", "webhook"])).required(),
    Field::new("target_value", Holds::Text { max: body::ANY_LENGTH, blank: false }).required(),
    Field::new("frequency", Holds::Word(&["daily", "weekly", "monthly", "yearly"])).required(),
    Field::new("interval", WHOLE),
    Field::new("byweekday", Holds::Json).or_null(),
    Field::new("bysetpos", WHOLE).or_null(),
    Field::new("count", COUNT).or_null(),
    Field::new("start_date", Holds::Moment).required(),
    Field::new("until_date", Holds::Moment).or_null(),
    Field::new("deleted", Holds::Flag),
    Field::new("enabled", Holds::Flag),
    Field::new("title", Holds::Text { max: 100, blank: true }).or_null(),
    Field::new("integration_id", WHOLE).or_null(),
    Field::new("invite_message", Holds::Text { max: body::ANY_LENGTH, blank: true }).or_null(),
    Field::new("summary_enabled", Holds::Flag),
    Field::new("summary_prompt_guide", Holds::Text { max: 500, blank: true }),
];

/// Fields whose change moves the next delivery.
const SCHEDULE: [&str; 7] = ["frequency", "interval", "byweekday", "bysetpos", "count", "start_date", "until_date"];

pub(crate) fn route(cx: &mut Cx, tail: &[&str]) -> Outcome {
    let method = cx.request.method.clone();
    match (method.as_str(), tail) {
        ("GET", []) => list(cx),
        ("POST", []) => create(cx),
        ("DELETE", [_]) => cx.no_destroy(),
        ("GET", [id]) => {
            let row = find(cx, id).filter(|row| !is_set(row, "deleted")).ok_or_else(Fault::not_found)?;
            Ok(Reply::json(200, show(cx, row)))
        }
        ("PATCH" | "PUT", [id]) => update(cx, id),
        (_, [] | [_]) => cx.no_method(),
        _ => Err(Fault::not_found()),
    }
}

fn find<'a>(cx: &'a Cx, id: &str) -> Option<&'a Value> {
    let id: u64 = id.parse().ok()?;
    cx.store.get(SUBSCRIPTIONS, &id.to_string()).filter(|row| row["team_id"].as_u64() == Some(cx.project))
}

fn list(cx: &mut Cx) -> Outcome {
    let number = |key: &str| cx.request.query(key).and_then(|v| v.parse::<u64>().ok());
    let (insight, dashboard) = (number("insight"), number("dashboard"));
    let cx: &Cx = cx;
    let mut rows: Vec<&Value> = Vec::new();
    for (_, row) in cx.store.rows(SUBSCRIPTIONS).rev() {
        if row["team_id"].as_u64() == Some(cx.project)
            && !is_set(row, "deleted")
            && insight.is_none_or(|id| row["insight"].as_u64() == Some(id))
            && dashboard.is_none_or(|id| row["dashboard"].as_u64() == Some(id))
        {
            rows.push(row);
        }
    }
    Ok(cx.page_of(&rows, 100, |row| show(cx, row)))
}

/// Reads a body over what the subscription has; `old` is null for a new one.
fn read(cx: &Cx, old: &Value) -> Result<Map<String, Value>, Fault> {
    let mut read = body::read(FIELDS, &cx.body, !old.is_null())?;
    for key in ["dashboard", "insight"] {
        if let Some(id) = read.get(key).filter(|id| !id.is_null()) {
            let there = |id| match key {
                "insight" => insight::live(cx.store, cx.project, id).is_some(),
                _ => dashboard::live(cx.store, cx.project, id).is_some(),
            };
            let id = insight::known(id, key, there)?;
            read.insert(key.into(), json!(id));
        }
    }
    if let Some(ids) = read.get("dashboard_export_insights") {
        let ids =
            ids.as_array().ok_or_else(|| wrong("dashboard_export_insights", "Expected a list of insight IDs."))?;
        if ids.iter().any(|id| !id.is_i64() && !id.is_u64()) {
            return Err(wrong("dashboard_export_insights", "All items must be integers."));
        }
    }
    if let Some(days) = read.get("byweekday").filter(|days| !days.is_null()) {
        let days = days.as_array().ok_or_else(|| Fault::not_a_list("byweekday", days))?;
        if let Some(day) = days.iter().find(|day| !day.as_str().is_some_and(recurrence::is_weekday)) {
            return Err(Fault::invalid_choice("byweekday", day).at("byweekday__0"));
        }
    }
    content(&mut read, old)?;
    exported(cx, &read, old)?;
    delivery(&read, old)?;
    Ok(read)
}

/// What is delivered: an insight or a dashboard, decided once.
fn content(read: &mut Map<String, Value>, old: &Value) -> Result<(), Fault> {
    let sent = |key: &str| truthy(read.get(key));
    let has = |key: &str| sent(key) || truthy(old.get(key));
    let kind = read.get("content_type").cloned();
    if let Some(kind) = &kind
        && !old.is_null()
        && *kind != old["content_type"]
    {
        return Err(wrong("content_type", "content_type cannot be changed after the subscription is created."));
    }
    let inferred = if has("dashboard") { "dashboard" } else { "insight" };
    let kind = kind.or_else(|| old.get("content_type").cloned()).unwrap_or_else(|| json!(inferred));
    match kind.as_str() {
        Some("insight") => {
            if !has("insight") {
                return Err(wrong("insight", "Insight is required for insight subscriptions."));
            }
            if sent("dashboard") || sent("prompt") {
                return Err(wrong("insight", "Insight subscriptions cannot also set dashboard or prompt."));
            }
        }
        Some("dashboard") => {
            if !has("dashboard") {
                return Err(wrong("dashboard", "Dashboard is required for dashboard subscriptions."));
            }
            if sent("insight") || sent("prompt") {
                return Err(wrong_body("Dashboard subscriptions cannot also set insight or prompt."));
            }
        }
        _ => return Err(wrong_body("AI subscriptions are only available in PostHog Cloud.")),
    }
    if read.get("ai_config").is_some_and(|c| !c.is_null()) {
        return Err(wrong("ai_config", "ai_config is only valid on AI subscriptions."));
    }
    read.insert("content_type".into(), kind);
    Ok(())
}

/// The insights of a dashboard that are delivered: one to six, of that dashboard.
fn exported(cx: &Cx, read: &Map<String, Value>, old: &Value) -> Result<(), Fault> {
    let bad = |detail: &str| Err(wrong("dashboard_export_insights", detail));
    let sent = read.get("dashboard_export_insights").and_then(Value::as_array);
    let on = read.get("dashboard").filter(|d| !d.is_null()).unwrap_or(&old["dashboard"]).as_u64();
    let Some(on) = on else {
        return match sent {
            Some(sent) if !sent.is_empty() => bad("Cannot set insights selection without a dashboard."),
            _ => Ok(()),
        };
    };
    if sent.map_or(old.is_null(), Vec::is_empty) {
        return bad("Select at least one insight for this subscription.");
    }
    let mut ids: Vec<u64> = sent.into_iter().flatten().filter_map(Value::as_u64).collect();
    ids.sort_unstable();
    ids.dedup();
    if ids.len() > MOST_INSIGHTS {
        return bad("Cannot select more than 6 insights.");
    }
    if ids.iter().any(|id| insight::live(cx.store, cx.project, *id).is_none()) {
        return bad("Some insights do not belong to your team.");
    }
    let shows = |id: u64| {
        dashboard::tiles::links(cx.store, id)
            .iter()
            .any(|(d, t)| *d == on && dashboard::tiles::live_tile(cx.store, *d, *t).is_some())
    };
    if ids.iter().any(|id| !shows(*id)) {
        return bad("Some insights do not belong to the selected dashboard.");
    }
    Ok(())
}

/// Where it is delivered to, and with what.
fn delivery(read: &Map<String, Value>, old: &Value) -> Result<(), Fault> {
    let after = |key: &str| read.get(key).unwrap_or(&old[key]);
    let value = after("target_value").as_str().unwrap_or_default();
    match after("target_type").as_str() {
        Some("slack") if !truthy(Some(after("integration_id"))) => {
            Err(wrong("integration_id", "A Slack integration is required for Slack subscriptions."))
        }
        Some("slack") => {
            Err(wrong("integration_id", "This integration does not exist or does not belong to your team."))
        }
        Some("webhook") if !value.starts_with("https://") && !value.starts_with("http://") => {
            Err(wrong("target_value", "Invalid webhook URL: Invalid URL scheme"))
        }
        _ if truthy(read.get("summary_enabled")) => Err(Fault::forbidden(
            "AI data processing must be approved by your organization before enabling AI summaries",
        )),
        _ => Ok(()),
    }
}

/// Sets the next delivery; a schedule that has come to its end is refused where it matters.
fn plan(cx: &Cx, row: &mut Value, old: &Value, moved: bool) -> Result<(), Fault> {
    const BASE: &str = "Subscription schedule has reached its end date. Extend until_date or remove count";
    let next = recurrence::next(row, cx.settings.clock());
    let again = !old.is_null() && is_set(row, "enabled") && !is_set(old, "enabled");
    if next.is_none() {
        if again {
            return Err(wrong("enabled", &format!("{BASE} before re-enabling.")));
        }
        if old.is_null() {
            return Err(wrong("start_date", &format!("{BASE}.")));
        }
        if moved && is_set(old, "enabled") {
            return Err(wrong_body(&format!("{BASE}.")));
        }
    }
    row["next_delivery_date"] = json!(next);
    Ok(())
}

fn create(cx: &mut Cx) -> Outcome {
    let read = read(cx, &Value::Null)?;
    let mut row = json!({
        "id": null, "team_id": cx.project, "content_type": null, "dashboard": null, "insight": null,
        "dashboard_export_insights": [], "prompt": null, "ai_config": null, "target_type": null,
        "target_value": null, "frequency": null, "interval": 1, "byweekday": null, "bysetpos": null, "count": null,
        "start_date": null, "until_date": null, "created_at": cx.now(), "created_by": cx.user(), "deleted": false,
        "enabled": true, "title": null, "next_delivery_date": null, "integration_id": null, "invite_message": null,
        "summary_enabled": false, "summary_prompt_guide": "",
    });
    body::merge(&mut row, read);
    plan(cx, &mut row, &Value::Null, true)?;
    let id = cx.store.next_number(SUBSCRIPTIONS);
    row["id"] = json!(id);
    cx.store.put(SUBSCRIPTIONS, &id.to_string(), row.clone());
    Ok(Reply::json(201, show(cx, &row)))
}

fn update(cx: &mut Cx, id: &str) -> Outcome {
    let restoring = cx.body.get("deleted").and_then(body::flag) == Some(json!(false));
    let old = find(cx, id).filter(|row| restoring || !is_set(row, "deleted")).cloned().ok_or_else(Fault::not_found)?;
    let read = read(cx, &old)?;
    let moved = SCHEDULE.iter().any(|key| read.contains_key(*key));
    let mut row = old.clone();
    body::merge(&mut row, read);
    plan(cx, &mut row, &old, moved)?;
    cx.store.put(SUBSCRIPTIONS, &number_at(&row, "id").to_string(), row.clone());
    Ok(Reply::json(200, show(cx, &row)))
}

fn show(cx: &Cx, row: &Value) -> Value {
    let mut out = row.clone();
    if let Value::Object(out) = &mut out {
        out.shift_remove("team_id");
    }
    let parent = |table: &str, key: &str| row[key].as_u64().and_then(|id| cx.store.get(table, &id.to_string()));
    let insight = parent(insight::INSIGHTS, "insight");
    let dashboard = parent(dashboard::DASHBOARDS, "dashboard");
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
