//! PostHog's answers.

use super::account::Account;
use super::key::KeyRights;
use crate::http::text;
use crate::http::{Client, Failure, FailureKind};
use plg_core::{Call, Provider};
use serde_json::Value as Json;

/// The project a key leads to: host with number, and name.
pub(crate) async fn account(client: &Client) -> Result<Account, Failure> {
    let project = client.endpoints().project;
    let body =
        client.read(Provider::Posthog, &Call::bare("GET", Provider::Posthog.base())).await.map_err(|mut failure| {
            if matches!(failure.kind, FailureKind::NotFound | FailureKind::Scope) {
                failure.message = format!("project {project} is not there for this key: {}", failure.message);
            }
            failure
        })?;
    let base = client.endpoints().posthog.base.trim_end_matches('/');
    // A server on this machine has another port each time it is started.
    let host = if crate::http::check(base) == Ok(true) { "loopback" } else { base };
    Ok(Account { id: format!("{host}/project/{project}"), name: text(&body, "name").unwrap_or_default(), scopes: None })
}

/// Where a key says of itself what it is. It is of no project.
const OWN: &str = "/api/personal_api_keys/@current/";

/// What a key may do. Servers that do not say it, and answers that cannot be read, are no reason to stop: what a key
/// may not do is refused all the same, one by one.
pub(crate) async fn rights(client: &Client) -> KeyRights {
    let Ok(body) = client.read(Provider::Posthog, &Call::bare("GET", OWN.to_owned())).await else {
        return KeyRights::default();
    };
    let texts = |key: &str| -> Option<Vec<String>> {
        let said = |item: &Json| match item {
            Json::String(text) => Some(text.clone()),
            Json::Number(number) => Some(number.to_string()),
            _ => None,
        };
        body.get(key)?.as_array()?.iter().map(said).collect()
    };
    KeyRights {
        scopes: texts("scopes"),
        projects: texts("scoped_teams").unwrap_or_default(),
        organizations: texts("scoped_organizations").unwrap_or_default(),
    }
}
