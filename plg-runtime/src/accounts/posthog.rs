//! PostHog's answers.

use super::account::Account;
use crate::http::text;
use crate::http::{Client, Failure, FailureKind};
use plg_schema::{Call, Provider};

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
