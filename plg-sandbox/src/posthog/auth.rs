//! Who asks, and which projects they reach.

use super::account::ORGANIZATION;
use super::fault::Fault;
use crate::message::SandboxRequest;
use crate::settings::{ApiToken, Settings};
use serde_json::Value;

/// The key's rights; it may be in the header, the body or the query.
pub(crate) fn authenticate(
    request: &SandboxRequest,
    settings: &Settings,
    body: Option<&Value>,
) -> Result<ApiToken, Fault> {
    let (key, place) = if let Some(key) = request.bearer() {
        (key, "Authorization header")
    } else if let Some(key) = body.and_then(|b| b.get("personal_api_key")).and_then(Value::as_str) {
        (key, "body")
    } else if let Some(key) = request.query("personal_api_key") {
        (key, "query string")
    } else {
        let detail = "Authentication credentials were not provided.";
        return Err(Fault::unauthenticated("not_authenticated", detail));
    };
    settings.token(key.trim()).filter(|_| !key.trim().is_empty()).ok_or_else(|| {
        let detail = format!("Personal API key found in request {place} is invalid.");
        Fault::unauthenticated("authentication_failed", &detail)
    })
}

/// The project in the path: the sandbox's own, or one that some key is limited to.
pub(crate) fn project(segment: &str, settings: &Settings, token: &ApiToken) -> Result<u64, Fault> {
    let id = if segment == "@current" { Some(settings.project) } else { segment.parse().ok() };
    let named = |id: u64| settings.tokens.iter().flat_map(|tokens| tokens.values()).any(|t| t.projects.contains(&id));
    let Some(id) = id.filter(|id| *id == settings.project || named(*id)) else {
        return Err(Fault::not_found_as("Project not found."));
    };
    if !token.projects.is_empty() && !token.projects.contains(&id) {
        return Err(Fault::forbidden(format!("API key does not have access to the requested project: ID {id}.")));
    }
    if !token.organizations.is_empty() && !token.organizations.iter().any(|own| own == ORGANIZATION) {
        let detail = format!("API key does not have access to the requested organization: ID {ORGANIZATION}.");
        return Err(Fault::forbidden(detail));
    }
    Ok(id)
}
