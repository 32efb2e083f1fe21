//! The user behind the key and the project: enough for a client to check both.

use super::call::{PosthogCall, the_user};
use super::fault::{Fault, PosthogAnswer};
use crate::message::Reply;
use crate::settings::ApiToken;
use crate::store::Store;
use serde_json::{Value, json};

/// Whether a path names the one organization there is.
pub(crate) fn is_organization(name: &str) -> bool {
    matches!(name, "@current" | ORGANIZATION)
}

/// The one organization there is.
pub(crate) const ORGANIZATION: &str = "01900000-0000-7000-8000-000000000002";

/// What the project is called, where it is not the first.
const TABLE: &str = "_project";

/// Gives the project the name of its account.
pub(crate) fn call(store: &mut Store, account: &str) {
    if store.get(TABLE, "name").and_then(Value::as_str) != Some(account) {
        store.put(TABLE, "name", json!(account));
    }
}

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

/// The key that is asked with, whatever it may do: `GET /api/personal_api_keys/@current/`, or by its own id. Nothing
/// else of keys can be done with a key.
pub(crate) fn key(call: &PosthogCall, token: &ApiToken, tail: &[&str]) -> PosthogAnswer {
    match (call.method(), tail) {
        ("GET", ["@current" | KEY]) => Ok(Reply::json(200, shown(call, token))),
        ("GET", [_]) => Err(Fault::not_found()),
        _ => Err(Fault::forbidden("This action does not support Personal API Key access")),
    }
}

/// The id of every key: there is no other to be told apart from it.
const KEY: &str = "sandbox-key";

fn shown(call: &PosthogCall, token: &ApiToken) -> Value {
    // A key without scopes is shown as one with all of them, and may do nothing.
    let all = vec!["*".to_owned()];
    let scopes = if token.scopes.is_empty() { &all } else { &token.scopes };
    json!({
        "id": KEY,
        "label": "Sandbox",
        "value": null,
        "mask_value": "phx_...dbox",
        "created_at": "2026-01-01T00:00:00Z",
        "last_used_at": call.now(),
        "last_rolled_at": null,
        "user_id": 1,
        "scopes": scopes,
        // Lists also where nothing is limited: that is how keys are made in the web app.
        "scoped_teams": token.projects,
        "scoped_organizations": token.organizations,
    })
}

/// The project as nobody can change it, with a name that people can.
pub(crate) fn team(call: &PosthogCall) -> Value {
    let own = call.store.get(TABLE, "name").and_then(Value::as_str);
    let uuid = own.map_or("01900000-0000-7000-8000-000000000003".to_owned(), |_| {
        format!("01900000-0000-7000-8001-{:012}", call.settings.project)
    });
    json!({
        "id": call.project,
        "uuid": uuid,
        "organization": ORGANIZATION,
        "name": own.unwrap_or("Sandbox"),
        "api_token": own.map_or("phc_sandbox".to_owned(), |name| format!("phc_sandbox_{name}")),
        "secret_api_token": null,
        "secret_api_token_backup": null,
        "project_id": call.project,
        "created_at": "2026-01-01T00:00:00Z",
        "access_control": false,
        "is_demo": false,
        "ingested_event": false,
        "has_group_types": false,
        "group_types": [],
        "user_access_level": "admin",
        "effective_membership_level": 15,
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
    json!({
        "id": ORGANIZATION,
        "name": "Sandbox",
        "slug": "sandbox",
        "membership_level": 15,
        "member_count": 1,
        "teams": [team(call)],
        "projects": [team(call)],
        "available_product_features": features,
    })
}

/// `organizations/…`: the one there is, which nobody changes here.
pub(crate) fn organizations(call: &PosthogCall, token: &ApiToken, tail: &[&str]) -> PosthogAnswer {
    if !token.projects.is_empty() {
        return Err(Fault::forbidden("API keys with scoped projects are only supported on project-based endpoints."));
    }
    call.need_scope(if call.method() == "GET" { "organization:read" } else { "organization:write" })?;
    match (call.method(), tail) {
        ("GET", []) => Ok(call.page(vec![organization(call)], 100)),
        ("GET" | "PATCH", ["@current" | ORGANIZATION]) => Ok(Reply::json(200, organization(call))),
        (_, [] | [_]) => call.no_method(),
        _ => Err(Fault::no_endpoint()),
    }
}
