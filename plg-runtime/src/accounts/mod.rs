//! What is particular to each API: how to find out where a key leads, and what it may do there.

mod account;
mod attio;
mod key;
mod permissions;
mod posthog;

use crate::http::{Client, Failure, FailureKind};
use account::Account;
use key::KeyRights;
pub(crate) use key::misplaced;
pub use key::{KeyProblem, KeyVariables};
pub(crate) use permissions::Needs;
use plg_core::Provider;

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

/// What both APIs say of the keys of a stage.
#[derive(Debug)]
pub(crate) struct StageKeys {
    pub(crate) attio: Result<Account, Failure>,
    pub(crate) posthog: Result<Account, Failure>,
    rights: Rights,
}

/// What the keys of a stage may do, where the APIs say so.
#[derive(Debug, Clone)]
pub(crate) struct Rights {
    attio: KeyRights,
    posthog: KeyRights,
    project: u64,
    variables: KeyVariables,
}

/// Asks both APIs what the keys are, side by side.
pub(crate) async fn keys(client: &Client, variables: KeyVariables) -> StageKeys {
    let (attio, posthog, key) = tokio::join!(attio::account(client), posthog::account(client), posthog::rights(client));
    let of_attio = attio.as_ref().map(|account| KeyRights { scopes: account.scopes.clone(), ..KeyRights::default() });
    let rights =
        Rights { attio: of_attio.unwrap_or_default(), posthog: key, project: client.endpoints().project, variables };
    StageKeys { attio, posthog, rights }
}

impl StageKeys {
    /// What the keys may do.
    pub(crate) fn rights(&self) -> &Rights {
        &self.rights
    }

    /// Everything that keeps the keys from what is needed.
    pub(crate) fn problems(&self, needs: &Needs) -> Vec<KeyProblem> {
        let Rights { posthog, project, variables, .. } = &self.rights;
        let mut all: Vec<KeyProblem> = key::elsewhere(posthog, *project, variables).into_iter().collect();
        let refused = |failure: &Failure| matches!(failure.kind, FailureKind::Scope | FailureKind::NotFound);
        if all.is_empty() && self.posthog.as_ref().is_err_and(refused) {
            all.extend(key::outside(posthog, *project, variables));
        }
        all.extend(self.rights.lacking(needs));
        all
    }

    /// Where the keys lead.
    ///
    /// # Errors
    /// When a key is not accepted, or the project is not there for it.
    pub(crate) fn accounts(self) -> Result<Accounts, Failure> {
        let (attio, posthog) = (self.attio?, self.posthog?);
        Ok(Accounts {
            workspace: attio.id,
            workspace_name: attio.name,
            project: posthog.id,
            project_name: posthog.name,
        })
    }
}

impl Rights {
    /// What of this the keys lack, one entry a key.
    pub(crate) fn lacking(&self, needs: &Needs) -> Vec<KeyProblem> {
        let of = |rights: &KeyRights, provider| key::lacking(rights, provider, needs, &self.variables);
        [of(&self.attio, Provider::Attio), of(&self.posthog, Provider::Posthog)].into_iter().flatten().collect()
    }

    /// Whether a key is known not to be able to read what is at this path.
    pub(crate) fn cannot_read(&self, provider: Provider, path: &str) -> bool {
        let rights = match provider {
            Provider::Attio => &self.attio,
            Provider::Posthog => &self.posthog,
        };
        let permission = plg_core::Permission::of(provider, path);
        rights.scopes.as_ref().zip(permission).is_some_and(|(scopes, permission)| !permission.is_in(scopes, false))
    }
}
