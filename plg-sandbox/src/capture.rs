//! What an application sends to PostHog's ingestion: one event, or a batch.

use crate::{Reply, Sandbox, SandboxRequest};
use serde_json::{Map, Value, json};

/// Answers a request to ingestion; nothing, if it is another one.
pub(crate) fn handle(sandbox: &Sandbox, request: &SandboxRequest) -> Option<Reply> {
    if !request.is_capture() {
        return None;
    }
    let refused = |status: u16, detail: &str| {
        Reply::json(status, json!({ "type": "validation_error", "code": "invalid_payload", "detail": detail }))
    };
    let Ok(Value::Object(body)) = serde_json::from_slice::<Value>(&request.body) else {
        return Some(refused(400, "the body is no JSON object"));
    };
    let key = body.get("api_key").and_then(Value::as_str).unwrap_or_default();
    if key.is_empty() {
        return Some(refused(401, "`api_key` is missing"));
    }
    let events = match body.get("batch") {
        Some(Value::Array(batch)) => batch.iter().filter_map(Value::as_object).collect(),
        _ => vec![&body],
    };
    for event in events {
        let Some(name) = event.get("event").and_then(Value::as_str).filter(|name| !name.is_empty()) else {
            return Some(refused(400, "`event` is missing"));
        };
        let properties = event.get("properties").and_then(Value::as_object).cloned().unwrap_or_else(Map::new);
        let person =
            event.get("distinct_id").or_else(|| properties.get("distinct_id")).or_else(|| body.get("distinct_id"));
        if person.and_then(Value::as_str).is_none_or(str::is_empty) {
            return Some(refused(400, "`distinct_id` is missing"));
        }
        if let Err(error) = sandbox.ingest(name, &properties) {
            return Some(refused(500, &error.to_string()));
        }
    }
    Some(Reply::json(200, json!({ "status": "Ok" })))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn send(sandbox: &Sandbox, path: &str, body: &Value) -> Option<u16> {
        let body = body.to_string().into_bytes();
        handle(sandbox, &SandboxRequest { body, ..SandboxRequest::new("POST", path) }).map(|reply| reply.status)
    }

    #[test]
    fn events_arrive_when_they_say_who_and_what() {
        let sandbox = Sandbox::open(None, None).unwrap();
        let event =
            json!({ "api_key": "phc", "event": "signed_up", "distinct_id": "u", "properties": { "plan": "pro" } });
        assert_eq!(send(&sandbox, "/i/v0/e/", &event), Some(200));
        let batch = json!({ "api_key": "phc", "batch": [{ "event": "left", "distinct_id": "u" }] });
        assert_eq!(send(&sandbox, "/batch/", &batch), Some(200));
        assert_eq!(send(&sandbox, "/i/v0/e/", &json!({ "event": "left", "distinct_id": "u" })), Some(401));
        assert_eq!(send(&sandbox, "/i/v0/e/", &json!({ "api_key": "phc", "distinct_id": "u" })), Some(400));
        assert_eq!(send(&sandbox, "/i/v0/e/", &json!({ "api_key": "phc", "event": "left" })), Some(400));
        assert_eq!(send(&sandbox, "/i/v0/e/", &json!([])), Some(400));
        assert_eq!(send(&sandbox, "/elsewhere", &event), None);
    }
}
