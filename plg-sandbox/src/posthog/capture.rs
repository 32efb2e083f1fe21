//! What an application sends to PostHog's ingestion: one event, or a batch.

use super::captured::CapturedEvent;
use super::event_definition::rows;
use crate::message::{Reply, SandboxRequest};
use crate::settings::Settings;
use crate::store::Store;
use serde_json::{Map, Value, json};

/// Whether an application sends events with it.
pub(crate) fn is_capture(request: &SandboxRequest) -> bool {
    let path = request.path.trim_end_matches('/');
    request.method == "POST" && matches!(path, "/i/v0/e" | "/e" | "/capture" | "/batch")
}

/// Lets an event arrive at the project, now.
pub(crate) fn ingest(store: &mut Store, settings: &Settings, event: &str, properties: &Map<String, Value>) {
    let at = settings.clock().strftime("%Y-%m-%dT%H:%M:%S.%6fZ").to_string();
    rows::ingest(store, settings.project, event, properties, &at);
}

/// Answers a request to ingestion.
pub(crate) fn handle(store: &mut Store, request: &SandboxRequest, settings: &Settings) -> Reply {
    let refused = |status: u16, detail: &str| {
        Reply::json(status, json!({ "type": "validation_error", "code": "invalid_payload", "detail": detail }))
    };
    let Ok(Value::Object(body)) = serde_json::from_slice::<Value>(&request.body) else {
        return refused(400, "the body is no JSON object");
    };
    let key = body.get("api_key").and_then(Value::as_str).unwrap_or_default();
    if key.is_empty() {
        return refused(401, "`api_key` is missing");
    }
    for event in sent(&body) {
        match CapturedEvent::of(event, &body) {
            Ok(event) => ingest(store, settings, &event.name, &event.properties),
            Err(lacks) => return refused(400, lacks),
        }
    }
    Reply::json(200, json!({ "status": "Ok" }))
}

/// The events of a body.
fn sent(body: &Map<String, Value>) -> Vec<&Map<String, Value>> {
    match body.get("batch") {
        Some(Value::Array(batch)) => batch.iter().filter_map(Value::as_object).collect(),
        _ => vec![body],
    }
}

/// The events of a request to ingestion that was answered with 200.
pub(crate) fn events(request: &SandboxRequest) -> Vec<CapturedEvent> {
    let Ok(Value::Object(body)) = serde_json::from_slice::<Value>(&request.body) else { return Vec::new() };
    sent(&body).into_iter().filter_map(|event| CapturedEvent::of(event, &body).ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_arrive_when_they_say_who_and_what() {
        let mut store = Store::in_memory();
        let mut send = |path: &str, body: &Value| {
            let body = body.to_string().into_bytes();
            let request = SandboxRequest { body, ..SandboxRequest::new("POST", path) };
            assert!(is_capture(&request));
            handle(&mut store, &request, &Settings::default()).status
        };
        let event =
            json!({ "api_key": "phc", "event": "signed_up", "distinct_id": "u", "properties": { "plan": "pro" } });
        assert_eq!(send("/i/v0/e/", &event), 200);
        let batch = json!({ "api_key": "phc", "batch": [{ "event": "left", "distinct_id": "u" }] });
        assert_eq!(send("/batch/", &batch), 200);
        assert_eq!(send("/i/v0/e/", &json!({ "event": "left", "distinct_id": "u" })), 401);
        assert_eq!(send("/i/v0/e/", &json!({ "api_key": "phc", "distinct_id": "u" })), 400);
        assert_eq!(send("/i/v0/e/", &json!({ "api_key": "phc", "event": "left" })), 400);
        assert_eq!(send("/i/v0/e/", &json!([])), 400);
        assert!(!is_capture(&SandboxRequest::new("POST", "/elsewhere")));
    }
}
