//! Time passes: changes that are due are made, each as a PATCH of its flag.

use super::cron::Cron;
use super::rows::{all, keep};
use crate::message::SandboxRequest;
use crate::posthog::call::PosthogCall;
use crate::posthog::fault::Fault;
use crate::posthog::feature_flag;
use crate::posthog::feature_flag::rows as flags;
use crate::posthog::json::{merge, text_at};
use crate::posthog::time::{moment, stamp};
use jiff::tz::Offset;
use jiff::{Span, Timestamp, ToSpan};
use serde_json::{Map, Value, json};

/// Makes every change of the project whose time has come, the earliest first.
pub(crate) fn due(call: &mut PosthogCall) {
    let now = call.settings.clock();
    let waits = |row: &&Value| row["executed_at"].is_null() && (row["is_recurring"] == true || !is_paused(row));
    let at = |row: &Value| moment(text_at(row, "scheduled_at"));
    let mut due: Vec<Value> = all(call.store, call.project)
        .filter(waits)
        .filter(|row| at(row).is_some_and(|at| at <= now))
        .cloned()
        .collect();
    due.sort_by_key(at);
    for mut row in due {
        let outcome = make(call, &row);
        let done = settled(&row, outcome, now);
        merge(&mut row, done);
        keep(call, &row);
    }
}

/// Whether a change that came again and again was stopped: it still says when it would.
fn is_paused(row: &Value) -> bool {
    !row["recurrence_interval"].is_null() || !row["cron_expression"].is_null()
}

/// What a change says once it was tried.
fn settled(row: &Value, outcome: Result<(), String>, now: Timestamp) -> Map<String, Value> {
    let at = json!(stamp(now));
    let mut out = Map::from_iter([("updated_at".to_owned(), at.clone())]);
    if let Err(why) = outcome {
        out.insert("failure_reason".into(), json!(why));
        out.insert("executed_at".into(), at);
        return out;
    }
    out.insert("failure_reason".into(), Value::Null);
    if row["is_recurring"] != true {
        out.insert("executed_at".into(), at);
        return out;
    }
    out.insert("last_executed_at".into(), at.clone());
    let end = row["end_date"].as_str().and_then(moment);
    match next(row, now).filter(|next| end.is_none_or(|end| *next <= end)) {
        Some(next) => out.insert("scheduled_at".into(), json!(stamp(next))),
        None => out.insert("executed_at".into(), at),
    };
    out
}

/// When a change comes again; times that were missed are not made up for.
fn next(row: &Value, now: Timestamp) -> Option<Timestamp> {
    if let Some(cron) = row["cron_expression"].as_str().filter(|cron| !cron.is_empty()) {
        return Cron::read(cron).ok()?.next(now);
    }
    let start = Offset::UTC.to_datetime(moment(text_at(row, "scheduled_at"))?);
    let after = |count: i64| -> Option<Timestamp> {
        let span: Span = match text_at(row, "recurrence_interval") {
            "daily" => count.days(),
            "weekly" => count.weeks(),
            "monthly" => count.months(),
            _ => count.years(),
        };
        Offset::UTC.to_timestamp(start.checked_add(span).ok()?).ok()
    };
    (1..).map_while(after).find(|next| *next > now)
}

/// Makes one change, or says why it cannot be made.
fn make(call: &mut PosthogCall, row: &Value) -> Result<(), String> {
    let record = text_at(row, "record_id");
    let flag = record.parse().ok().and_then(|id| flags::flag(call, id));
    let filters = flag.and_then(|flag| flag.get("filters")).cloned().ok_or("Feature flag not found")?;
    let body = change(&row["payload"], filters)?;
    let request = SandboxRequest::new("PATCH", &call.request.path);
    let mut inner = PosthogCall {
        store: call.store,
        request: &request,
        settings: call.settings,
        project: call.project,
        body,
        scopes: vec!["*".to_owned()],
    };
    let answer = feature_flag::route(&mut inner, &[record]);
    answer.map(drop).map_err(|fault: Fault| fault.detail)
}

/// The PATCH that an operation stands for.
fn change(payload: &Value, filters: Value) -> Result<Map<String, Value>, String> {
    let (Some(operation), Some(value)) = (payload["operation"].as_str(), payload.get("value")) else {
        return Err("Invalid payload".into());
    };
    let mut filters = filters;
    match operation {
        "update_status" => return Ok(Map::from_iter([("active".to_owned(), value.clone())])),
        "add_release_condition" => {
            let new = value["groups"].as_array().cloned().unwrap_or_default();
            match filters["groups"].as_array_mut() {
                Some(groups) => groups.extend(new),
                None => filters["groups"] = json!(new),
            }
        }
        "update_variants" => {
            let variants = value["variants"].as_array().cloned().unwrap_or_default();
            let sum: f64 = variants.iter().filter_map(|v| v["rollout_percentage"].as_f64()).sum();
            if !variants.is_empty() && (sum - 100.0).abs() > 1e-6 {
                return Err(format!("Invalid variant rollout percentages: sum is {sum}, must be 100"));
            }
            filters["multivariate"] = json!({ "variants": variants });
            filters["payloads"] = value.get("payloads").filter(|p| p.is_object()).cloned().unwrap_or(json!({}));
        }
        other => return Err(format!("Unrecognized operation: {other}")),
    }
    Ok(Map::from_iter([("filters".to_owned(), filters)]))
}
