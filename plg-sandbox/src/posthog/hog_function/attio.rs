//! What the templates for Attio write, each as PostHog's has it: a record is found by one attribute, and what is empty is
//! left out.

use crate::message::SandboxRequest;
use crate::posthog::json::text_at;
use serde_json::{Map, Value, json};

/// The requests that a template makes of its filled inputs, in order; nothing for any other template.
pub(super) fn writes(template: &str, inputs: &Map<String, Value>) -> Option<Vec<SandboxRequest>> {
    let input = |key: &str| inputs.get(key).cloned().unwrap_or_default();
    let with = |first: Value, key: &str| {
        let mut values = first;
        for (slug, value) in input(key).as_object().into_iter().flatten().filter(|(_, value)| !is_empty(value)) {
            values[slug] = value.clone();
        }
        values
    };
    let people = || with(json!({ "email_addresses": [{ "email_address": input("email") }] }), "personAttributes");
    let writes = match template {
        "template-attio" => vec![("people", "email_addresses", people())],
        "template-attio-user" => {
            let user = json!({
                "user_id": input("userId"),
                "primary_email_address": [{ "email_address": input("email") }],
                "person": input("email"),
            });
            vec![("people", "email_addresses", people()), ("users", "user_id", with(user, "userAttributes"))]
        }
        "template-attio-workspace" => {
            let company = json!({ "domains": [{ "domain": input("companyDomain") }] });
            let mut workspace = json!({ "workspace_id": input("workspaceId"), "company": input("companyDomain") });
            if !is_empty(&input("userId")) {
                workspace["users"] = json!([input("userId")]);
            }
            vec![
                ("companies", "domains", with(company, "companyAttributes")),
                ("workspaces", "workspace_id", with(workspace, "workspaceAttributes")),
            ]
        }
        _ => return None,
    };
    let key = text_at(&Value::Object(inputs.clone()), "apiKey").to_owned();
    Some(writes.into_iter().map(|(object, by, values)| write(&key, object, by, &values)).collect())
}

fn write(key: &str, object: &str, by: &str, values: &Value) -> SandboxRequest {
    let target = format!("/v2/objects/{object}/records?matching_attribute={by}");
    let mut request = SandboxRequest::new("PUT", &target);
    request.headers.push(("authorization".into(), format!("Bearer {key}")));
    request.headers.push(("content-type".into(), "application/json".into()));
    request.body = json!({ "data": { "values": values } }).to_string().into_bytes();
    request
}

/// Numbers and switches are never empty.
fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Bool(_) | Value::Number(_) => false,
        Value::String(text) => text.is_empty(),
        Value::Array(all) => all.is_empty(),
        Value::Object(all) => all.is_empty(),
    }
}
