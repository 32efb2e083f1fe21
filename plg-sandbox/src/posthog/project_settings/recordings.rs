//! Settings of recordings, which have the most rules.

use super::rules::merged;
use crate::posthog::fault::Fault;
use crate::posthog::json::whole;
use crate::posthog::pattern;
use crate::posthog::python::python_str;
use serde_json::{Map, Value, json};

const MASKING: &[&str] = &["maskAllInputs", "maskTextSelector", "blockSelector"];
const REPLAY: &[&str] = &["record_canvas", "ai_config"];
const SUMMARIES: &[&str] =
    &["included_event_properties", "opt_in", "preferred_events", "excluded_events", "important_user_properties"];
const OPERATORS: &[&str] = &["exact", "gt", "icontains", "is_not", "lt", "not_icontains", "not_regex", "regex"];

/// Reads them out of a body into `fields`; `old` is how they are.
pub(crate) fn read(
    body: &Map<String, Value>,
    old: &Map<String, Value>,
    is_legacy: bool,
    fields: &mut Map<String, Value>,
) -> Result<(), Fault> {
    for (name, value) in body {
        let wrong = |detail: String| Fault::invalid_input(name, detail);
        let kept = match name.as_str() {
            "session_recording_sample_rate"
            | "session_recording_linked_flag"
            | "session_recording_network_payload_capture_config"
            | "session_recording_masking_config"
            | "session_replay_config"
            | "session_recording_trigger_groups"
                if value.is_null() =>
            {
                Value::Null
            }
            "session_recording_sample_rate" => share(name, value)?,
            "session_recording_linked_flag" => linked(value).map_err(wrong)?,
            "session_recording_network_payload_capture_config" => {
                keys(value, &["recordHeaders", "recordBody"]).then(|| value.clone()).ok_or_else(|| {
                    wrong("Must provide a dictionary with only 'recordHeaders' and/or 'recordBody' keys.".into())
                })?
            }
            "session_recording_masking_config" => masking(value).map_err(wrong)?,
            "session_replay_config" => {
                replay(value).map_err(wrong)?;
                merged(value, old.get(name), 2)
            }
            "session_recording_trigger_groups" => {
                triggers(value).map_err(wrong)?;
                value.clone()
            }
            "session_recording_trigger_match_type_config" => {
                if is_legacy && !value.is_null() && !["all", "any"].iter().any(|word| value == word) {
                    return Err(wrong(
                        "Must provide a valid trigger match type. Only 'all' or 'any' or None are allowed.".into(),
                    ));
                }
                value.clone()
            }
            _ => continue,
        };
        fields.insert(name.clone(), kept);
    }
    Ok(())
}

fn keys(value: &Value, known: &[&str]) -> bool {
    value.as_object().is_some_and(|map| map.keys().all(|key| known.contains(&key.as_str())))
}

/// A share with two places, which is answered as text.
fn share(name: &str, value: &Value) -> Result<Value, Fault> {
    let text = python_str(value);
    let Ok(number) = text.trim().parse::<f64>() else {
        return Err(Fault::invalid_input(name, "A valid number is required."));
    };
    if number < 0.0 {
        return Err(Fault::min_value(name, 0));
    }
    if number > 1.0 {
        return Err(Fault::max_value(name, 1));
    }
    if text.trim().split_once('.').is_some_and(|(_, places)| places.len() > 2) {
        let detail = "Ensure that there are no more than 2 decimal places.";
        return Err(Fault::refused(name, "max_decimal_places", detail));
    }
    Ok(json!(format!("{number:.2}")))
}

fn linked(value: &Value) -> Result<Value, String> {
    let Some(link) = value.as_object() else { return Err("Must provide a dictionary or None.".into()) };
    let has = |key: &str| link.contains_key(key);
    if !has("id") || !has("key") || !keys(value, &["id", "key", "variant"]) {
        return Err(
            "Must provide a dictionary with only 'id' and 'key' keys. _or_ only 'id', 'key', and 'variant' keys."
                .into(),
        );
    }
    let id = link.get("id").filter(|id| !id.is_boolean()).and_then(whole).ok_or("Must provide an integer 'id'.")?;
    let mut link = link.clone();
    link.insert("id".into(), json!(id));
    Ok(Value::Object(link))
}

fn masking(value: &Value) -> Result<Value, String> {
    if !keys(value, MASKING) {
        return Err(format!("Must provide a dictionary with only known keys: {}", MASKING.join(", ")));
    }
    for (key, value) in value.as_object().into_iter().flatten() {
        match key.as_str() {
            "maskAllInputs" if !value.is_boolean() => return Err("maskAllInputs must be a boolean.".into()),
            "maskTextSelector" | "blockSelector" if !value.is_string() => {
                return Err(format!("{key} must be a string."));
            }
            _ => {}
        }
    }
    Ok(value.clone())
}

fn replay(value: &Value) -> Result<(), String> {
    if !keys(value, REPLAY) {
        return Err("Must provide a dictionary with only known keys. One or more of record_canvas, ai_config.".into());
    }
    match value.get("ai_config") {
        Some(config) if !config.is_null() && !keys(config, SUMMARIES) => {
            Err(format!("Must provide a dictionary with only allowed keys: {}.", SUMMARIES.join(", ")))
        }
        _ => Ok(()),
    }
}

/// Groups of triggers: which recordings are kept, and how many of them.
fn triggers(value: &Value) -> Result<(), String> {
    let missing = |key: &str| format!("Missing required field: '{key}'.");
    match value.get("version").ok_or_else(|| missing("version"))? {
        version if version == 2 => {}
        version => return Err(format!("Invalid version: {}. Only version 2 is supported.", python_str(version))),
    }
    let groups = value.get("groups").ok_or_else(|| missing("groups"))?.as_array();
    for (place, group) in groups.into_iter().flatten().enumerate() {
        trigger(group).map_err(|why| format!("Group {place}: {why}"))?;
    }
    Ok(())
}

fn trigger(group: &Value) -> Result<(), String> {
    let Some(share) = group.get("sampleRate") else { return Err("missing required field 'sampleRate'.".into()) };
    if !share.as_f64().is_some_and(|share| (0.0..=1.0).contains(&share)) {
        return Err(format!("invalid sampleRate '{}'. Must be a number between 0 and 1.", python_str(share)));
    }
    if let Some(least) = group.get("minDurationMs").filter(|least| !least.is_null())
        && !least.as_i64().is_some_and(|least| (0..=30_000).contains(&least))
    {
        return Err(format!("'minDurationMs' must be between 0 and 30000 (30 seconds). Got: {}.", python_str(least)));
    }
    let conditions = &group["conditions"];
    if let Some(word) = conditions["matchType"].as_str().filter(|word| !["any", "all"].contains(word)) {
        return Err(format!("invalid matchType '{word}'. Must be 'any' or 'all'."));
    }
    for url in conditions["urls"].as_array().into_iter().flatten() {
        if url["matching"] != "regex" {
            return Err(format!("URL matching must be 'regex'. Got: '{}'.", python_str(&url["matching"])));
        }
        let text = url["url"].as_str().unwrap_or_default();
        if pattern::check(text).is_err() {
            return Err(format!("invalid regex pattern in URL: '{text}'."));
        }
    }
    for (place, property) in conditions["properties"].as_array().into_iter().flatten().enumerate() {
        let operator = property["operator"].as_str().unwrap_or_default();
        if !OPERATORS.contains(&operator) {
            let known = OPERATORS.join(", ");
            return Err(format!("property {place} has invalid operator '{operator}'. Valid operators: {known}."));
        }
    }
    Ok(())
}
