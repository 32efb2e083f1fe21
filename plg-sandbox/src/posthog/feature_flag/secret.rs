//! Encrypted payloads of remote configurations: kept until a new one is sent.

use crate::posthog::fault::Fault;
use crate::posthog::json::flagged;
use serde_json::{Map, Value, json};

/// What stands for a payload that is not shown; a key sees the payload itself.
const PLACEHOLDER: &str = "\"********* (encrypted)\"";

/// Whether the flag keeps its payload secret once the request is through.
fn keeps(old: &Map<String, Value>, body: &Map<String, Value>) -> bool {
    match body.get("has_encrypted_payloads") {
        Some(sent) => *sent == json!(true) || *sent == json!("true"),
        None => flagged(old, "has_encrypted_payloads"),
    }
}

/// Puts the stored payload where none was sent, or takes it away where it is secret no longer.
pub(crate) fn settle(
    old: &Map<String, Value>,
    body: &Map<String, Value>,
    filters: &mut Map<String, Value>,
) -> Result<(), Fault> {
    let is_said = |payload: &Value| !payload.is_null() && *payload != json!("") && *payload != json!(PLACEHOLDER);
    let sent = body.get("filters").and_then(|filters| filters.pointer("/payloads/true")).filter(|p| is_said(p));
    let stored = old.get("filters").and_then(|filters| filters.pointer("/payloads/true")).filter(|p| is_said(p));
    if !keeps(old, body) {
        if flagged(old, "has_encrypted_payloads") && sent.is_none() {
            filters.insert("payloads".into(), json!({}));
        }
        return Ok(());
    }
    let Some(payload) = sent.or(stored).cloned() else {
        return Err(Fault::invalid("An encrypted payload is required when has_encrypted_payloads is true."));
    };
    let payloads = filters.entry("payloads").or_insert(json!({}));
    if !payloads.is_object() {
        *payloads = json!({});
    }
    payloads["true"] = payload;
    Ok(())
}
