//! PostHog's answers.

use super::Account;
use crate::http::{Certainty, Client, Failure, FailureKind};
use plg_schema::{Call, Provider};
use serde_json::Value as Json;

fn text(body: &Json, key: &str) -> Option<String> {
    body.get(key)?.as_str().map(str::to_owned)
}

/// Reads `{"type", "code", "detail", "attr"}`; a 405 has no body at all.
pub(super) fn failure(method: &str, path: &str, status: u16, body: &Json) -> Failure {
    let code = text(body, "code");
    let kind = match status {
        401 => FailureKind::Auth,
        403 => FailureKind::Scope,
        404 => FailureKind::NotFound,
        400 if code.as_deref() == Some("unique") => FailureKind::Conflict,
        409 => FailureKind::Conflict,
        429 => FailureKind::Limited,
        500.. => FailureKind::Server,
        _ => FailureKind::Refused,
    };
    let certainty = if status >= 500 && method != "GET" { Certainty::Unknown } else { Certainty::NothingChanged };
    Failure {
        provider: Provider::Posthog,
        method: method.to_owned(),
        path: path.to_owned(),
        status: Some(status),
        code,
        message: text(body, "detail").unwrap_or_else(|| "no reason given".into()),
        field: text(body, "attr"),
        request_id: None,
        certainty,
        kind,
    }
}

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
