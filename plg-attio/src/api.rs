//! How Attio's API is talked to.

use crate::kinds::attio::BASE;
use plg_core::provider::{AccountIdentity, FailureKind, LimitClass, LimitRate, Refusal, of_billing};
use plg_core::{Api, Call, Permission};
use serde_json::Value as Json;

/// Attio's REST API v2.
#[derive(Debug)]
pub(crate) struct AttioApi;

/// The resources of a workspace, by the first part of their paths.
const OBJECTS: &[(&str, &str)] = &[
    ("objects", "object_configuration"),
    ("lists", "list_configuration"),
    ("webhooks", "webhook"),
    ("workspace_members", "user_management"),
    ("notes", "note"),
    ("tasks", "task"),
];

static LIMITS: [LimitClass; 2] = [
    LimitClass {
        of: "Attio",
        allows: "100 reads a second",
        published: &[LimitRate::a_second(100.0, 100.0)],
        rates: &[LimitRate::a_second(45.0, 86.0)],
    },
    LimitClass {
        of: "Attio",
        allows: "25 writes a second",
        published: &[LimitRate::a_second(25.0, 25.0)],
        rates: &[LimitRate::a_second(12.0, 23.0)],
    },
];

fn text(body: &Json, key: &str) -> Option<String> {
    body.get(key)?.as_str().map(str::to_owned)
}

fn permission(object: &'static str) -> Permission {
    Permission { change: "read-write", object, older: None }
}

impl Api for AttioApi {
    fn base(&self) -> &'static str {
        BASE
    }

    /// Reads `{"status_code", "type", "code", "message", "validation_errors"}`.
    fn refusal(&self, status: u16, body: &Json) -> Refusal {
        let (code, message) = (text(body, "code"), text(body, "message"));
        let issues: Vec<&Json> = body.get("validation_errors").and_then(Json::as_array).into_iter().flatten().collect();
        let field = issues.first().and_then(|i| i.get("path")).and_then(Json::as_array).map(|path| {
            path.iter().map(|p| p.as_str().map_or_else(|| p.to_string(), str::to_owned)).collect::<Vec<_>>().join(".")
        });
        let reasons: Vec<String> = issues.iter().filter_map(|i| text(i, "message")).collect();
        let is_endpoint = message.as_ref().is_some_and(|message| message.starts_with("Could not find endpoint"));
        let kind = match (status, code.as_deref()) {
            // An endpoint that is not there is no object that is gone.
            (404, _) if is_endpoint => FailureKind::Refused,
            (404, _) | (400, Some("value_not_found")) => FailureKind::NotFound,
            (status, code) if of_billing(status, code) || of_billing(status, text(body, "type").as_deref()) => {
                FailureKind::Billing
            }
            _ => FailureKind::of(status),
        };
        let message = if reasons.is_empty() {
            message
        } else {
            Some(message.into_iter().chain([reasons.join("; ")]).collect::<Vec<_>>().join(" "))
        };
        Refusal { kind, code, message, field }
    }

    fn request_id(&self) -> &'static [&'static str] {
        &["x-attio-execution-id", "x-request-id"]
    }

    fn whoami(&self) -> Call {
        Call::bare("GET", format!("{BASE}self"))
    }

    fn identity(&self, answer: &Json, _: &str, _: &[(&'static str, String)]) -> Result<AccountIdentity, String> {
        // A key that is not good is answered with 200 all the same.
        if answer.get("active") != Some(&Json::Bool(true)) {
            return Err("the API key is not active".into());
        }
        let id = text(answer, "workspace_id").ok_or("the answer names no workspace")?;
        let scopes = text(answer, "scope").map(|s| s.split_whitespace().map(str::to_owned).collect());
        Ok(AccountIdentity { id, name: text(answer, "workspace_name").unwrap_or_default(), scopes })
    }

    fn keys_are(&self) -> &'static str {
        "under Workspace settings, Developers"
    }

    fn permission(&self, path: &str) -> Option<Permission> {
        let parts: Vec<&str> = path.strip_prefix(BASE)?.split(['/', '?']).collect();
        if let ["objects", _, "records", ..] = parts[..] {
            return Some(permission("record_permission"));
        }
        let first = parts.first()?;
        OBJECTS.iter().find(|(part, _)| part == first).map(|(_, object)| permission(object))
    }

    /// An object goes with all of its records.
    fn permission_to_delete(&self, path: &str) -> Option<Permission> {
        (path.strip_prefix(BASE) == Some("objects")).then(|| permission("record_permission"))
    }

    fn switched_off(&self) -> &'static str {
        "an admin switches it on in Attio, under the workspace's settings for objects"
    }

    fn limits(&self) -> &'static [LimitClass] {
        &LIMITS
    }

    fn limit_of(&self, method: &str, _: &str) -> usize {
        usize::from(method != "GET")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_missing_endpoint_is_no_missing_object() {
        let kind = |status, body: Json| AttioApi.refusal(status, &body).kind;
        let gone = json!({ "code": "not_found", "message": "Object with slug/ID \"x\" not found." });
        let none = json!({ "code": "not_found", "message": "Could not find endpoint \"DELETE /v2/x\"." });
        assert_eq!(kind(404, gone), FailureKind::NotFound);
        assert_eq!(kind(404, none), FailureKind::Refused);
        assert_eq!(kind(400, json!({ "code": "value_not_found" })), FailureKind::NotFound);
    }

    #[test]
    fn what_is_wrong_is_said_with_where() {
        let body = json!({ "code": "validation_type", "message": "Body payload validation error.",
            "validation_errors": [{ "code": "invalid_type", "path": ["data", "subscriptions", 0, "filter"], "message": "Invalid input" }] });
        let said = AttioApi.refusal(400, &body);
        assert_eq!(said.field.as_deref(), Some("data.subscriptions.0.filter"));
        assert_eq!(said.message.as_deref(), Some("Body payload validation error. Invalid input"));
    }

    #[test]
    fn every_kind_has_a_permission() {
        // What a raw resource takes follows from its path.
        for spec in crate::kinds::ALL.iter().filter(|spec| spec.wire.keys_in().is_none()) {
            let path = spec.wire.listing(&plg_core::Map::new()).path;
            assert!(AttioApi.permission(&path).is_some(), "{}: {path}", spec.keyword);
        }
    }
}
