//! The user behind the key and the project: enough for a client to check both.

use super::call::{PosthogCall, the_user};
use super::fault::{Fault, PosthogAnswer};
use crate::message::Reply;
use crate::settings::ApiToken;
use serde_json::{Value, json};

const ORGANIZATION: &str = "01900000-0000-7000-8000-000000000002";

/// `GET /api/users/@me/`.
pub(crate) fn user(call: &PosthogCall, token: &ApiToken) -> PosthogAnswer {
    if call.method() != "GET" {
        return call.no_method();
    }
    if !token.projects.is_empty() {
        return Err(Fault::forbidden("API keys with scoped projects are only supported on project-based endpoints."));
    }
    call.need_scope("user:read")?;
    let mut user = the_user();
    if let Value::Object(fields) = &mut user {
        fields.insert("organization".into(), organization(call));
        fields.insert("team".into(), team(call));
    }
    Ok(Reply::json(200, user))
}

/// `GET /api/projects/{id}/`.
pub(crate) fn project(call: &PosthogCall) -> PosthogAnswer {
    if call.method() != "GET" {
        return call.no_method();
    }
    call.need_scope("project:read")?;
    Ok(Reply::json(200, team(call)))
}

fn team(call: &PosthogCall) -> Value {
    json!({
        "id": call.project,
        "uuid": "01900000-0000-7000-8000-000000000003",
        "organization": ORGANIZATION,
        "name": "Sandbox",
        "api_token": "phc_sandbox",
        "timezone": "UTC",
        "test_account_filters": [],
    })
}

fn organization(call: &PosthogCall) -> Value {
    let mut features = Vec::new();
    if call.settings.tagging {
        features.push(json!({ "key": "tagging", "name": "Tags" }));
    }
    if call.settings.white_labelling {
        features.push(json!({ "key": "white_labelling", "name": "White labelling" }));
    }
    json!({ "id": ORGANIZATION, "name": "Sandbox", "available_product_features": features })
}
