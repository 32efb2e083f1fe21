//! The body of a subscription: its fields, and the rules between them.

use super::recurrence;
use crate::posthog::body;
use crate::posthog::call::PosthogCall;
use crate::posthog::dashboard::{rows as dashboards, tiles};
use crate::posthog::fault::Fault;
use crate::posthog::field::{ANY_TEXT, BodyField, COUNT, Holds, SOME_TEXT, WHOLE};
use crate::posthog::insight::rows as insights;
use crate::posthog::json::truthy;
use serde_json::{Map, Value, json};

const MOST_INSIGHTS: usize = 6;
const FIELDS: &[BodyField] = &[
    BodyField::new("content_type", Holds::Word(&["insight", "dashboard", "ai_prompt"])),
    BodyField::new("dashboard", Holds::Json).or_null(),
    BodyField::new("insight", Holds::Json).or_null(),
    BodyField::new("dashboard_export_insights", Holds::Json),
    BodyField::new("prompt", Holds::Text { max: 4000, blank: true }).or_null(),
    BodyField::new("ai_config", Holds::Json).or_null(),
    BodyField::new("target_type", Holds::Word(&["email", "slack", "webhook"])).required(),
    BodyField::new("target_value", SOME_TEXT).required(),
    BodyField::new("frequency", Holds::Word(&["daily", "weekly", "monthly", "yearly"])).required(),
    BodyField::new("interval", WHOLE),
    BodyField::new("byweekday", Holds::Json).or_null(),
    BodyField::new("bysetpos", WHOLE).or_null(),
    BodyField::new("count", COUNT).or_null(),
    BodyField::new("start_date", Holds::Moment).required(),
    BodyField::new("until_date", Holds::Moment).or_null(),
    BodyField::new("deleted", Holds::Flag),
    BodyField::new("enabled", Holds::Flag),
    BodyField::new("title", Holds::Text { max: 100, blank: true }).or_null(),
    BodyField::new("integration_id", WHOLE).or_null(),
    BodyField::new("invite_message", ANY_TEXT).or_null(),
    BodyField::new("summary_enabled", Holds::Flag),
    BodyField::new("summary_prompt_guide", Holds::Text { max: 500, blank: true }),
];

/// Reads a body over what the subscription has; `old` is null for a new one.
pub(crate) fn read(call: &PosthogCall, old: &Value) -> Result<Map<String, Value>, Fault> {
    let mut read = body::read(FIELDS, &call.body, !old.is_null())?;
    for key in ["dashboard", "insight"] {
        if let Some(id) = read.get(key).filter(|id| !id.is_null()) {
            let there = |id| match key {
                "insight" => insights::live(call.store, call.project, id).is_some(),
                _ => dashboards::live(call.store, call.project, id).is_some(),
            };
            let id = body::known(id, key, there)?;
            read.insert(key.into(), json!(id));
        }
    }
    if let Some(ids) = read.get("dashboard_export_insights") {
        let ids = ids
            .as_array()
            .ok_or_else(|| Fault::invalid_input("dashboard_export_insights", "Expected a list of insight IDs."))?;
        if ids.iter().any(|id| !id.is_i64() && !id.is_u64()) {
            return Err(Fault::invalid_input("dashboard_export_insights", "All items must be integers."));
        }
    }
    if let Some(days) = read.get("byweekday").filter(|days| !days.is_null()) {
        let days = days.as_array().ok_or_else(|| Fault::not_a_list("byweekday", days))?;
        if let Some(day) = days.iter().find(|day| !day.as_str().is_some_and(recurrence::is_weekday)) {
            return Err(Fault::invalid_choice("byweekday", day).at("byweekday__0"));
        }
    }
    content(&mut read, old)?;
    exported(call, &read, old)?;
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
        return Err(Fault::invalid_input(
            "content_type",
            "content_type cannot be changed after the subscription is created.",
        ));
    }
    let inferred = if has("dashboard") { "dashboard" } else { "insight" };
    let kind = kind.or_else(|| old.get("content_type").cloned()).unwrap_or_else(|| json!(inferred));
    match kind.as_str() {
        Some("insight") => {
            if !has("insight") {
                return Err(Fault::invalid_input("insight", "Insight is required for insight subscriptions."));
            }
            if sent("dashboard") || sent("prompt") {
                return Err(Fault::invalid_input(
                    "insight",
                    "Insight subscriptions cannot also set dashboard or prompt.",
                ));
            }
        }
        Some("dashboard") => {
            if !has("dashboard") {
                return Err(Fault::invalid_input("dashboard", "Dashboard is required for dashboard subscriptions."));
            }
            if sent("insight") || sent("prompt") {
                return Err(Fault::invalid("Dashboard subscriptions cannot also set insight or prompt."));
            }
        }
        _ => {
            if !has("prompt") {
                return Err(Fault::invalid_input("prompt", "Prompt is required for AI subscriptions."));
            }
            if has("insight") || has("dashboard") {
                return Err(Fault::invalid("AI subscriptions cannot also set insight or dashboard."));
            }
            if read.get("target_type").or_else(|| old.get("target_type")).is_some_and(|to| to == "webhook") {
                let detail = "AI subscriptions only support email or slack delivery.";
                return Err(Fault::invalid_input("target_type", detail));
            }
            return Err(Fault::invalid("AI subscriptions are only available in PostHog Cloud."));
        }
    }
    if read.get("ai_config").is_some_and(|c| !c.is_null()) {
        return Err(Fault::invalid_input("ai_config", "ai_config is only valid on AI subscriptions."));
    }
    read.insert("content_type".into(), kind);
    Ok(())
}

/// The insights of a dashboard that are delivered: one to six, of that dashboard.
fn exported(call: &PosthogCall, read: &Map<String, Value>, old: &Value) -> Result<(), Fault> {
    let bad = |detail: &str| Err(Fault::invalid_input("dashboard_export_insights", detail));
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
    if ids.iter().any(|id| insights::live(call.store, call.project, *id).is_none()) {
        return bad("Some insights do not belong to your team.");
    }
    let shows = |id: u64| {
        insights::links(call.store, id).iter().any(|(d, t)| *d == on && tiles::live_tile(call.store, *d, *t).is_some())
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
            Err(Fault::invalid_input("integration_id", "A Slack integration is required for Slack subscriptions."))
        }
        Some("slack") => Err(Fault::invalid_input(
            "integration_id",
            "This integration does not exist or does not belong to your team.",
        )),
        Some("webhook") if !value.starts_with("https://") && !value.starts_with("http://") => {
            Err(Fault::invalid_input("target_value", "Invalid webhook URL: Invalid URL scheme"))
        }
        _ if truthy(read.get("summary_enabled")) => Err(Fault::forbidden(
            "AI data processing must be approved by your organization before enabling AI summaries",
        )),
        _ => Ok(()),
    }
}
