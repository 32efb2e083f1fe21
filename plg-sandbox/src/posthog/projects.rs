//! The list of projects: the one there is, with a name that people can change.

use super::account::ORGANIZATION;
use super::call::PosthogCall;
use super::fault::{Fault, PosthogAnswer};
use super::project_settings;
use crate::settings::ApiToken;
use serde_json::{Map, Value};

/// What a list shows of a project.
const LISTED: [&str; 11] = [
    "id",
    "uuid",
    "organization",
    "api_token",
    "name",
    "completed_snippet_onboarding",
    "has_completed_onboarding_for",
    "ingested_event",
    "is_demo",
    "timezone",
    "access_control",
];

/// Answers `/api/projects/` and `/api/organizations/{id}/projects/`. A second project cannot be made.
pub(crate) fn route(call: &PosthogCall, token: &ApiToken) -> PosthogAnswer {
    if !token.projects.is_empty() {
        return Err(Fault::forbidden("API keys with scoped projects are only supported on project-based endpoints."));
    }
    match call.method() {
        "GET" | "HEAD" => {
            call.need_scope("project:read")?;
            let words = call.search()?;
            let is_reached =
                token.organizations.is_empty() || token.organizations.iter().any(|one| one == ORGANIZATION);
            let is_meant = |row: &Value| {
                let name = row["name"].as_str().unwrap_or_default().to_lowercase();
                words.as_ref().is_none_or(|words| name.contains(words))
            };
            let rows = is_reached.then(|| listed(call)).into_iter().filter(is_meant);
            Ok(call.page(rows.collect(), 100))
        }
        "POST" => {
            call.need_scope("project:write")?;
            Err(Fault::forbidden(
                "You have reached the maximum limit of allowed projects for your current plan. Upgrade your plan to be \
                 able to create and manage more projects.",
            ))
        }
        _ => call.no_method(),
    }
}

fn listed(call: &PosthogCall) -> Value {
    let whole = project_settings::shown(call);
    let part = |key: &str| (key.to_owned(), whole.get(key).cloned().unwrap_or_default());
    Value::Object(LISTED.into_iter().map(part).collect::<Map<_, _>>())
}
