//! The body of a scheduled change: its fields, and the rules between them.

use super::cron::Cron;
use crate::posthog::body;
use crate::posthog::call::PosthogCall;
use crate::posthog::fault::Fault;
use crate::posthog::feature_flag::rows as flags;
use crate::posthog::field::{BodyField, Holds};
use crate::posthog::json::truthy;
use crate::posthog::time::moment;
use serde_json::{Map, Value};

const FIELDS: &[BodyField] = &[
    BodyField::new("record_id", Holds::Text { max: 200, blank: false }).required(),
    BodyField::new("model_name", Holds::Word(&["FeatureFlag"])).required(),
    BodyField::new("payload", Holds::Json).required(),
    BodyField::new("scheduled_at", Holds::Moment).required(),
    BodyField::new("is_recurring", Holds::Flag),
    BodyField::new("recurrence_interval", Holds::Word(&["daily", "weekly", "monthly", "yearly"])).or_null(),
    BodyField::new("cron_expression", Holds::Text { max: 100, blank: true }).or_null(),
    BodyField::new("end_date", Holds::Moment).or_null(),
];

/// The flag that a change is about.
pub(crate) fn target(call: &PosthogCall, record: &str) -> Result<u64, Fault> {
    let id = record.trim().parse().ok().filter(|id| flags::flag(call, *id).is_some());
    id.ok_or_else(|| Fault::invalid("Feature flag not found"))
}

/// Reads a body over what the change has; `old` is null for a new one.
pub(crate) fn read(call: &PosthogCall, old: &Value) -> Result<Map<String, Value>, Fault> {
    let read = body::read(FIELDS, &call.body, call.partial())?;
    let is_new = old.is_null();
    let changed = |key: &str| !is_new && read.get(key).is_some_and(|sent| *sent != old[key]);
    if changed("record_id") {
        let detail = "Cannot change the target record of an existing scheduled change.";
        return Err(Fault::invalid_input("record_id", detail));
    }
    if changed("model_name") {
        let detail = "Cannot change the model type of an existing scheduled change.";
        return Err(Fault::invalid_input("model_name", detail));
    }
    if !is_new && !old["executed_at"].is_null() && old["is_recurring"] != true {
        return Err(Fault::invalid("Cannot modify a scheduled change that has already executed."));
    }
    let after = |key: &str| read.get(key).unwrap_or(&old[key]);
    let set = |key: &str| truthy(Some(after(key)));
    if set("cron_expression") && set("recurrence_interval") {
        let detail = "Cannot set both cron_expression and recurrence_interval. Use one or the other.";
        return Err(Fault::invalid_input("cron_expression", detail));
    }
    if let Some(cron) = after("cron_expression").as_str().filter(|cron| !cron.is_empty()) {
        Cron::read(cron).map_err(|detail| Fault::invalid_input("cron_expression", detail))?;
    }
    // A payload that is not an object holds no operation.
    if !after("payload").is_object() && set("is_recurring") {
        return Err(Fault::trips("A recurring change needs an object as its payload."));
    }
    if set("is_recurring") {
        recurs(&set, after("payload"))?;
    } else if is_new && let Some(key) = ["recurrence_interval", "cron_expression"].into_iter().find(|key| set(key)) {
        let detail = format!("Cannot set {key} when is_recurring is false for new schedules.");
        return Err(Fault::invalid_input(key, detail));
    }
    let at = |key: &str| after(key).as_str().and_then(moment);
    match (at("end_date"), at("scheduled_at")) {
        (Some(end), Some(start)) if end <= start => {
            Err(Fault::invalid_input("end_date", "End date must be after the scheduled start date."))
        }
        _ => Ok(read),
    }
}

fn recurs(set: &impl Fn(&str) -> bool, payload: &Value) -> Result<(), Fault> {
    if !set("recurrence_interval") && !set("cron_expression") {
        let detail = "Either recurrence_interval or cron_expression is required when is_recurring is true.";
        return Err(Fault::invalid_input("recurrence_interval", detail));
    }
    if payload["operation"] == "add_release_condition" {
        let detail = "Recurring schedules are not supported for add_release_condition because it appends conditions \
                      on each run, creating duplicates.";
        return Err(Fault::invalid_input("payload", detail));
    }
    Ok(())
}
