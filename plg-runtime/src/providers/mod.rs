//! What is particular to each API: how it says no, and how to find out whether a key is good.

mod attio;
mod posthog;

use crate::http::{Client, Failure};
use plg_schema::Provider;
use serde_json::Value as Json;

/// Where Attio's API is.
pub const ATTIO: &str = "https://api.attio.com";

/// Reads an answer that says no.
pub(crate) fn failure(provider: Provider, method: &str, path: &str, status: u16, body: &Json) -> Failure {
    match provider {
        Provider::Attio => attio::failure(method, path, status, body),
        Provider::Posthog => posthog::failure(method, path, status, body),
    }
}

/// The accounts a stage's keys lead to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accounts {
    /// The Attio workspace's id.
    pub workspace: String,
    /// Its name.
    pub workspace_name: String,
    /// PostHog's host and project.
    pub project: String,
    /// The project's name.
    pub project_name: String,
}

/// Checks both keys, and says where they lead.
///
/// # Errors
/// When a key is not accepted, or the project is not there for it.
pub async fn accounts(client: &Client) -> Result<Accounts, Failure> {
    let (attio, posthog) = tokio::join!(attio::account(client), posthog::account(client));
    let ((workspace, workspace_name), (project, project_name)) = (attio?, posthog?);
    Ok(Accounts { workspace, workspace_name, project, project_name })
}
