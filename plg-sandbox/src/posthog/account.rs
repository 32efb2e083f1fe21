//! The user behind the key and the project: enough for a client to check both.

use super::call::{Cx, the_user};
use super::fault::{Fault, Outcome};
use crate::message::Reply;
use crate::settings::Token;
use serde_json::{Value, json};

const ORGANIZATION: &str = "01900000-0000-7000-8000-000000000002";

/// `GET /api/users/@me/`.
pub(crate) fn user(cx: &Cx, token: &Token) -> Outcome {
    if cx.method() != "GET" {
        return cx.no_method();
    }
    if !token.projects.is_empty() {
        return Err(Fault::forbidden("API keys with scoped projects are only supported on project-based endpoints."));
    }
    cx.need_scope("user:read")?;
    let mut user = the_user();
    if let Value::Object(fields) = &mut user {
        fields.insert("organization".into(), organization(cx));
        fields.insert("team".into(), team(cx));
    }
    Ok(Reply::json(200, user))
}

/// `GET /api/projects/{id}/`.
pub(crate) fn project(cx: &Cx) -> Outcome {
    if cx.method() != "GET" {
        return cx.no_method();
    }
    cx.need_scope("project:read")?;
    Ok(Reply::json(200, team(cx)))
}

fn team(cx: &Cx) -> Value {
    json!({
        "id": cx.project,
        "uuid": "01900000-0000-7000-8000-000000000003",
        "organization": ORGANIZATION,
        "name": "Sandbox",
        "api_token": "phc_sandbox",
        "timezone": "UTC",
        "test_account_filters": [],
    })
}

fn organization(cx: &Cx) -> Value {
    let mut features = Vec::new();
    if cx.settings.tagging {
        features.push(json!({ "key": "tagging", "name": "Tags" }));
    }
    if cx.settings.white_labelling {
        features.push(json!({ "key": "white_labelling", "name": "White labelling" }));
    }
    json!({ "id": ORGANIZATION, "name": "Sandbox", "available_product_features": features })
}
