//! Alerts: a threshold on an insight, gone when the insight is.

pub(crate) mod config;
pub(crate) mod detector;
pub(crate) mod quiet;
pub(crate) mod rows;

use super::body;
use super::call::PosthogCall;
use super::fault::{Fault, PosthogAnswer};
use super::field::{BodyField, Holds};
use super::json::{is_set, merge, number_at, text_at, truthy};
use super::search::match_type;
use super::time::stamp;
use crate::message::Reply;
use crate::posthog::insight::{rows as insights, show as insight_view};
use config::AlertSubject;
use rows::{ALERTS, find, is_alertable, is_live};
use serde_json::{Map, Value, json};

const FIELDS: &[BodyField] = &[
    BodyField::new("insight", Holds::Json).required(),
    BodyField::new("name", Holds::Text { max: 255, blank: true }),
    BodyField::new("subscribed_users", Holds::Json).required(),
    BodyField::new("threshold", Holds::Json).required(),
    BodyField::new("condition", Holds::Json).or_null(),
    BodyField::new("enabled", Holds::Flag),
    BodyField::new("config", Holds::Json).or_null(),
    BodyField::new("detector_config", Holds::Json).or_null(),
    BodyField::new(
        "calculation_interval",
        Holds::Word(&["real_time", "every_15_minutes", "hourly", "daily", "weekly", "monthly"]),
    ),
    BodyField::new("snoozed_until", Holds::Json).or_null(),
    BodyField::new("skip_weekend", Holds::Flag).or_null(),
    BodyField::new("schedule_restriction", Holds::Json).or_null(),
    BodyField::new("investigation_agent_enabled", Holds::Flag),
    BodyField::new("investigation_gates_notifications", Holds::Flag),
    BodyField::new("investigation_inconclusive_action", Holds::Word(&["notify", "suppress"])),
];

pub(crate) fn route(call: &mut PosthogCall, tail: &[&str]) -> PosthogAnswer {
    let method = call.request.method.clone();
    match (method.as_str(), tail) {
        ("GET", []) => list(call),
        ("POST", []) => create(call),
        ("GET", [id]) => {
            let row = find(call, id)?;
            Ok(Reply::json(200, show(call, &row)))
        }
        ("PATCH" | "PUT", [id]) => update(call, id),
        ("DELETE", [id]) => {
            let row = find(call, id)?;
            call.store.remove(ALERTS, text_at(&row, "id"));
            Ok(Reply::empty(204))
        }
        (_, [] | [_]) => call.no_method(),
        _ => Err(Fault::no_endpoint()),
    }
}

fn list(call: &mut PosthogCall) -> PosthogAnswer {
    let search = call.search()?;
    let of = call
        .request
        .query("insight")
        .or_else(|| call.request.query("insight_id"))
        .and_then(|id| id.parse::<u64>().ok());
    let call: &PosthogCall = call;
    let mut rows: Vec<(&Value, Option<&'static str>)> = Vec::new();
    for (_, row) in call.store.rows(ALERTS).rev() {
        if is_live(call, row) && of.is_none_or(|of| number_at(row, "insight_id") == of) {
            let found = search.as_ref().map(|needle| match_type(needle, &[text_at(row, "name")]));
            if found != Some(None) {
                rows.push((row, found.flatten()));
            }
        }
    }
    Ok(call.page_of(&rows, 100, |(row, found)| {
        let mut out = show(call, row);
        if let Some(found) = found {
            out["search_match_type"] = json!(found);
        }
        out
    }))
}

/// Reads a body over what the alert has; `old` is null for a new one.
fn read(call: &PosthogCall, old: &Value) -> Result<Map<String, Value>, Fault> {
    let mut read = body::read(FIELDS, &call.body, !old.is_null())?;
    if let Some(id) = read.shift_remove("insight") {
        let id = body::known(&id, "insight", |id| insights::live(call.store, call.project, id).is_some())?;
        read.insert("insight_id".into(), json!(id));
    }
    if let Some(users) = read.get("subscribed_users") {
        let users = users.as_array().ok_or_else(|| Fault::not_a_list("subscribed_users", users))?;
        let me = call.user();
        let there = |id| me["id"].as_u64() == Some(id);
        let known = users.iter().map(|id| body::known(id, "subscribed_users", there).map(|_| me.clone()));
        let known = known.collect::<Result<Vec<_>, _>>()?;
        read.insert("subscribed_users".into(), Value::Array(known));
    }
    if let Some(sent) = read.get("threshold") {
        let threshold = threshold(call, sent, &old["threshold"])?;
        read.insert("threshold".into(), threshold);
    }
    if read.get("snoozed_until").is_some_and(|s| !s.is_null() && !s.is_string()) {
        return Err(Fault::invalid_input("snoozed_until", "snoozed_until has to be passed in string format"));
    }
    if let Some(sent) = read.get("schedule_restriction") {
        let hours = quiet::normal(sent)?;
        read.insert("schedule_restriction".into(), hours);
    }
    if let Some(sent) = read.get("detector_config") {
        let detector = detector::filled(sent)?;
        read.insert("detector_config".into(), detector);
    }
    let after = |key: &str| read.get(key).unwrap_or(&old[key]).clone();
    let insight = after("insight_id").as_u64().and_then(|id| insights::live(call.store, call.project, id));
    let Some(insight) = insight.filter(|insight| is_alertable(insight)) else {
        return Err(Fault::invalid("Alerts are not supported for this insight."));
    };
    let condition = after("condition");
    let kinds = ["absolute_value", "relative_increase", "relative_decrease"];
    if !condition.is_null() && !condition["type"].as_str().is_some_and(|kind| kinds.contains(&kind)) {
        return Err(Fault::invalid(format!("Invalid alert condition: type must be one of {}", kinds.join(", "))));
    }
    let bounds = &after("threshold")["configuration"]["bounds"];
    let bounded = ["lower", "upper"].iter().any(|key| bounds.get(*key).is_some_and(Value::is_number));
    let asked = old.is_null() || read.contains_key("threshold") || read.contains_key("detector_config");
    if asked && after("detector_config").is_null() && !bounded {
        return Err(Fault::invalid_input(
            "threshold__configuration",
            "At least one threshold bound (lower or upper) must be provided.",
        ));
    }
    if !after("config").is_null() {
        config::check(&AlertSubject {
            query: &insight["query"],
            config: &after("config"),
            condition: condition["type"].as_str().unwrap_or("absolute_value"),
            threshold: &after("threshold")["configuration"],
            detector: &after("detector_config"),
        })?;
    }
    if let Some(interval) = read.get("calculation_interval").filter(|i| *i == "real_time" || *i == "every_15_minutes") {
        let detail = format!("Your plan does not include the {} interval.", interval.as_str().unwrap_or_default());
        return Err(Fault::invalid_input("calculation_interval", detail));
    }
    if truthy(Some(&after("investigation_agent_enabled"))) && !truthy(Some(&after("detector_config"))) {
        let detail = "Investigation agent is only supported for anomaly detection alerts.";
        return Err(Fault::invalid_input("investigation_agent_enabled", detail));
    }
    if truthy(Some(&after("investigation_gates_notifications"))) && !truthy(Some(&after("investigation_agent_enabled")))
    {
        let detail = "Notification gating requires investigation_agent_enabled=true.";
        return Err(Fault::invalid_input("investigation_gates_notifications", detail));
    }
    Ok(read)
}

/// A threshold as it is kept: what is sent goes into the one there is.
fn threshold(call: &PosthogCall, sent: &Value, old: &Value) -> Result<Value, Fault> {
    // Nothing takes the threshold away.
    if sent.as_object().is_some_and(Map::is_empty) && !old.is_null() {
        return Ok(Value::Null);
    }
    let Some(sent) = sent.as_object() else {
        return Err(Fault::not_an_object(sent).under("threshold").at("threshold__non_field_errors"));
    };
    let fields = [
        BodyField::new("configuration", Holds::Json).required(),
        BodyField::new("name", Holds::Text { max: 255, blank: true }),
    ];
    let read = body::read(&fields, sent, false).map_err(|fault| fault.under("threshold"))?;
    let configuration = &read["configuration"];
    let kind = configuration.get("type").and_then(Value::as_str);
    if !configuration.is_object() || !matches!(kind, Some("absolute" | "percentage")) {
        return Err(Fault::invalid_input("threshold__configuration", "type must be absolute or percentage"));
    }
    let bound = |key: &str| configuration["bounds"].get(key).and_then(Value::as_f64);
    if let (Some(lower), Some(upper)) = (bound("lower"), bound("upper"))
        && lower > upper
    {
        return Err(Fault::invalid_input(
            "threshold__non_field_errors",
            "Lower threshold must be less than upper threshold",
        ));
    }
    let mut out = if old.is_object() {
        old.clone()
    } else {
        json!({"id": uuid::Uuid::new_v4().to_string(), "created_at": call.now(), "name": ""})
    };
    merge(&mut out, read);
    Ok(out)
}

fn create(call: &mut PosthogCall) -> PosthogAnswer {
    let read = read(call, &Value::Null)?;
    let id = uuid::Uuid::new_v4().to_string();
    let mut row = json!({
        "id": id, "team_id": call.project, "created_by": call.user(), "created_at": call.now(), "insight_id": null,
        "name": "", "subscribed_users": [], "threshold": null, "condition": null, "state": "Not firing",
        "enabled": true, "last_notified_at": null, "last_checked_at": null, "next_check_at": null, "checks": [],
        "config": null, "detector_config": null, "calculation_interval": "daily", "snoozed_until": null,
        "skip_weekend": false, "schedule_restriction": null, "last_value": null,
        "investigation_agent_enabled": false, "investigation_gates_notifications": false,
        "investigation_inconclusive_action": "notify",
    });
    merge(&mut row, read);
    snooze(call, &mut row);
    call.store.put(ALERTS, &id, row.clone());
    Ok(Reply::json(201, show(call, &row)))
}

fn update(call: &mut PosthogCall, id: &str) -> PosthogAnswer {
    let mut row = find(call, id)?;
    let read = read(call, &row)?;
    let snoozing = read.contains_key("snoozed_until");
    let changed = ["condition", "threshold"].iter().any(|key| read.get(*key).is_some_and(|new| *new != row[*key]));
    merge(&mut row, read);
    if changed {
        row["state"] = json!("Not firing");
    }
    if snoozing {
        snooze(call, &mut row);
        let check = json!({
            "id": uuid::Uuid::new_v4().to_string(), "created_at": call.now(), "calculated_value": null,
            "state": row["state"], "targets_notified": false,
        });
        if let Some(checks) = row["checks"].as_array_mut() {
            checks.insert(0, check);
            checks.truncate(5);
        }
    }
    call.store.put(ALERTS, text_at(&row, "id"), row.clone());
    Ok(Reply::json(200, show(call, &row)))
}

/// A relative time such as `2h` becomes the moment it means.
fn snooze(call: &PosthogCall, row: &mut Value) {
    let Some(until) = row["snoozed_until"].as_str() else {
        if is_set(row, "enabled") || row["state"] == "Snoozed" {
            row["state"] = json!("Not firing");
        }
        return;
    };
    let now = call.settings.clock();
    let unit = until.chars().last().unwrap_or('d');
    let hours = match unit {
        'h' => 1,
        'w' => 24 * 7,
        'm' => 24 * 30,
        _ => 24,
    };
    let count: i64 = until.trim_matches(|c: char| !c.is_ascii_digit()).parse().unwrap_or(0);
    let later = count.checked_mul(hours * 3600).map(jiff::SignedDuration::from_secs);
    let until = later.and_then(|later| now.checked_add(later).ok()).unwrap_or(now);
    row["snoozed_until"] = json!(stamp(until));
    row["state"] = json!("Snoozed");
}

fn show(call: &PosthogCall, row: &Value) -> Value {
    let mut out = row.clone();
    if let Value::Object(out) = &mut out {
        out.shift_remove("team_id");
        out.shift_remove("insight_id");
    }
    let insight = insights::live(call.store, call.project, number_at(row, "insight_id"));
    out["insight"] = insight.map_or(Value::Null, |insight| insight_view::show(call, insight, true));
    out
}
