//! How Attio says no.

use super::super::failure::{Certainty, Failure, FailureKind, of_billing};
use super::text::text;
use super::unexplained;
use plg_core::Provider;
use serde_json::Value as Json;

/// Reads `{"status_code", "type", "code", "message", "validation_errors"}`.
pub(super) fn failure(method: &str, path: &str, status: u16, body: &Json) -> Failure {
    let code = text(body, "code");
    let message = text(body, "message").unwrap_or_else(|| unexplained(status));
    let issues: Vec<&Json> = body.get("validation_errors").and_then(Json::as_array).into_iter().flatten().collect();
    let field = issues.first().and_then(|i| i.get("path")).and_then(Json::as_array).map(|path| {
        path.iter().map(|p| p.as_str().map_or_else(|| p.to_string(), str::to_owned)).collect::<Vec<_>>().join(".")
    });
    let reasons: Vec<String> = issues.iter().filter_map(|i| text(i, "message")).collect();
    let kind = match (status, code.as_deref()) {
        // An endpoint that is not there is no object that is gone.
        (404, _) if message.starts_with("Could not find endpoint") => FailureKind::Refused,
        (404, _) | (400, Some("value_not_found")) => FailureKind::NotFound,
        (status, code) if of_billing(status, code) || of_billing(status, text(body, "type").as_deref()) => {
            FailureKind::Billing
        }
        _ => FailureKind::of(status),
    };
    let message = if reasons.is_empty() { message } else { format!("{message} {}", reasons.join("; ")) };
    Failure {
        provider: Provider::Attio,
        asked: Box::default(),
        method: method.to_owned(),
        path: path.to_owned(),
        status: Some(status),
        code,
        message,
        field,
        request_id: None,
        certainty: Certainty::of(method, status),
        kind,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_missing_endpoint_is_no_missing_object() {
        let gone = failure(
            "DELETE",
            "/v2/x",
            404,
            &json!({ "code": "not_found", "message": "Object with slug/ID \"x\" not found." }),
        );
        assert_eq!(gone.kind, FailureKind::NotFound);
        let none = failure(
            "DELETE",
            "/v2/x",
            404,
            &json!({ "code": "not_found", "message": "Could not find endpoint \"DELETE /v2/x\"." }),
        );
        assert_eq!(none.kind, FailureKind::Refused);
        assert_eq!(failure("PATCH", "/v2/x", 400, &json!({ "code": "value_not_found" })).kind, FailureKind::NotFound);
    }

    #[test]
    fn what_is_wrong_is_said_with_where() {
        let body = json!({ "code": "validation_type", "message": "Body payload validation error.",
            "validation_errors": [{ "code": "invalid_type", "path": ["data", "subscriptions", 0, "filter"], "message": "Invalid input" }] });
        assert_eq!(
            failure("POST", "/v2/webhooks", 400, &body).to_string(),
            "Attio answered 400 (validation_type) about `data.subscriptions.0.filter`: Body payload validation error. Invalid input"
        );
    }
}
