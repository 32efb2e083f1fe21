//! What is particular to each API: how it says no, and how to find out whether a key is good.

mod attio;
mod posthog;

use crate::http::{Client, Failure};
use plg_schema::Provider;
use serde_json::Value as Json;
use std::collections::{BTreeMap, BTreeSet};

/// Where Attio's API is.
pub const ATTIO: &str = "https://api.attio.com";

/// Reads an answer that says no.
pub(crate) fn failure(provider: Provider, method: &str, path: &str, status: u16, body: &Json) -> Failure {
    match provider {
        Provider::Attio => attio::failure(method, path, status, body),
        Provider::Posthog => posthog::failure(method, path, status, body),
    }
}

/// Where one key leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Account {
    /// The Attio workspace's id; PostHog's host and project.
    pub(crate) id: String,
    /// Its name.
    pub(crate) name: String,
    /// What the key may do, where the API says so.
    pub(crate) scopes: Option<Vec<String>>,
}

pub(crate) use attio::account as attio_account;
pub(crate) use posthog::account as posthog_account;

/// The permission that a kind needs, by the path of its list.
pub(crate) fn permission(provider: Provider, path: &str) -> Option<&'static str> {
    match provider {
        Provider::Attio => attio::permission(path),
        // PostHog says what a key may do only by refusing.
        Provider::Posthog => None,
    }
}

/// The permissions wanted that a key lacks, where the API says what it has.
pub(crate) fn missing(account: &Account, wanted: Option<&BTreeSet<&'static str>>) -> Vec<&'static str> {
    let Some(scopes) = &account.scopes else { return Vec::new() };
    wanted.into_iter().flatten().copied().filter(|w| !scopes.iter().any(|s| s == w || s == "*")).collect()
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

/// Checks both keys with the permissions wanted, and says where they lead.
///
/// # Errors
/// When a key is not accepted or may not do what is wanted, or the project is not there for it.
pub(crate) async fn accounts(
    client: &Client,
    wanted: &BTreeMap<Provider, BTreeSet<&'static str>>,
) -> Result<Accounts, Failure> {
    let (attio, posthog) = tokio::join!(attio::account(client), posthog::account(client));
    let (attio, posthog) = (attio?, posthog?);
    let lacking = missing(&attio, wanted.get(&Provider::Attio));
    if !lacking.is_empty() {
        return Err(attio::lacking(&lacking));
    }
    Ok(Accounts { workspace: attio.id, workspace_name: attio.name, project: posthog.id, project_name: posthog.name })
}
