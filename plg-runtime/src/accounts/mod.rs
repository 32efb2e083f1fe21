//! What is particular to each API: how it says no, and how to find out whether a key is good.

mod account;
mod attio;
mod permissions;
mod posthog;

use crate::http::{Client, Failure};
pub(crate) use attio::account as attio_account;
pub(crate) use permissions::{missing, permissions};
use plg_schema::Provider;
pub(crate) use posthog::account as posthog_account;
use std::collections::{BTreeMap, BTreeSet};

/// Where Attio's API is.
pub const ATTIO: &str = "https://api.attio.com";

/// The accounts a stage's keys lead to.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
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

impl Accounts {
    /// What the project of a server on this machine begins with, whatever its port.
    pub(crate) const LOOPBACK: &str = "loopback/";
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
