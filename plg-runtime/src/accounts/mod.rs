//! Where the keys of a stage lead, and what they may do there.

mod key;
mod permissions;

use crate::http::{Certainty, Client, Clients, Endpoint, Endpoints, Failure, FailureKind, check};
pub use key::KeyProblem;
pub(crate) use key::misplaced;
pub(crate) use permissions::Needs;
use plg_core::provider::{AccountIdentity, KeyRights};
use plg_core::{AccountName, Provider};

/// Where the key of one account leads.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct KnownAccount {
    /// The account's name in the stage.
    pub name: AccountName,
    /// Whose account it is.
    pub provider: &'static Provider,
    /// What tells it apart from every other one of the provider.
    pub id: String,
    /// What people called it there.
    pub title: String,
}

impl KnownAccount {
    /// Whether it is its provider's default one.
    pub fn is_default(&self) -> bool {
        self.name == self.provider.default_account()
    }

    /// What people call it, such as a project of its provider, and with its name where it is not the default one.
    pub fn what(&self) -> String {
        let what = self.provider.account_title();
        if self.is_default() { what } else { format!("{what} ({})", self.name) }
    }
}

/// Where the keys of a stage lead, in the order of its accounts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Accounts(pub Vec<KnownAccount>);

impl Accounts {
    /// What the id of an account on this machine begins with, whatever the server's port, where an API has no id of
    /// its own.
    pub(crate) const LOOPBACK: &str = "loopback";

    /// The id of an account as people read it: without how it is asked for.
    pub(crate) fn said(id: &str) -> String {
        let id = id.split_once("://").map_or(id, |(_, rest)| rest);
        id.replacen(Self::LOOPBACK, "this machine", 1)
    }

    /// The account of this name.
    pub fn of(&self, name: &str) -> Option<&KnownAccount> {
        self.0.iter().find(|account| account.name.0 == name)
    }
}

/// What the APIs say of the keys of a stage.
#[derive(Debug)]
pub(crate) struct StageKeys {
    pub(crate) found: Vec<(Endpoint, Result<AccountIdentity, Failure>)>,
    rights: Rights,
}

/// What the keys of a stage may do, where the APIs say so.
#[derive(Debug, Clone)]
pub(crate) struct Rights(Vec<(Endpoint, KeyRights)>);

/// Asks every account what its key is, side by side.
pub(crate) async fn keys(clients: &Clients) -> StageKeys {
    let mut tasks = tokio::task::JoinSet::new();
    for (place, endpoint) in clients.endpoints().0.iter().enumerate() {
        let (client, endpoint) = (clients.of(endpoint.provider, endpoint.account), endpoint.clone());
        tasks.spawn(async move {
            let (identity, rights) = tokio::join!(identity(&client, &endpoint), rights(&client));
            let told = identity.as_ref().ok().and_then(|identity| identity.scopes.clone());
            let rights = KeyRights { scopes: rights.scopes.clone().or(told), ..rights };
            (place, endpoint, identity, rights)
        });
    }
    let mut all = Vec::new();
    while let Some(task) = tasks.join_next().await {
        // One that was given up, as the whole run is, is heard of by nobody.
        all.extend(task.ok());
    }
    for (place, endpoint) in clients.endpoints().0.iter().enumerate() {
        if !all.iter().any(|(other, ..)| *other == place) {
            let who = (endpoint.provider, endpoint.account);
            let failure = Failure::of(
                who,
                &endpoint.provider.api.whoami(),
                None,
                (FailureKind::Network, Certainty::NothingChanged),
                "the question was given up",
            );
            all.push((place, endpoint.clone(), Err(failure), KeyRights::default()));
        }
    }
    all.sort_by_key(|(place, ..)| *place);
    let rights = Rights(all.iter().map(|(_, endpoint, _, rights)| (endpoint.clone(), rights.clone())).collect());
    StageKeys { found: all.into_iter().map(|(_, endpoint, identity, _)| (endpoint, identity)).collect(), rights }
}

/// Where a key leads.
async fn identity(client: &Client, endpoint: &Endpoint) -> Result<AccountIdentity, Failure> {
    let api = endpoint.provider.api;
    let call = api.whoami();
    let body = client.read(&call).await.map_err(|mut failure| {
        if matches!(failure.kind, FailureKind::NotFound | FailureKind::Scope)
            && let Some(nowhere) = api.nowhere(&endpoint.holes)
        {
            failure.message = format!("{nowhere}: {}", failure.message);
        }
        failure
    })?;
    let base = endpoint.base.trim_end_matches('/');
    // A server on this machine has another port each time it is started.
    let address = if check(base) == Ok(true) { Accounts::LOOPBACK } else { base };
    let identity = api.identity(&body, address, &endpoint.holes).map(|mut identity| {
        if let Some(side) = api.side(endpoint.key.expose()) {
            identity.id = format!("{}/{side}", identity.id);
        }
        identity
    });
    identity
        .map_err(|why| Failure::of(client.who(), &call, Some(200), (FailureKind::Auth, Certainty::NothingChanged), why))
}

/// What a key may do. An answer that says no is no reason to stop: what a key may not do is refused all the same, one
/// by one.
async fn rights(client: &Client) -> KeyRights {
    let api = client.who().0.api;
    let Some(call) = api.ask_rights() else { return KeyRights::default() };
    client.read(&call).await.map_or_else(|_| KeyRights::default(), |body| api.rights(&body))
}

impl StageKeys {
    /// Where those keys lead that are accepted.
    pub(crate) fn known(&self) -> Accounts {
        let known = |(endpoint, identity): &(Endpoint, Result<AccountIdentity, Failure>)| {
            let identity = identity.as_ref().ok()?;
            let (id, title) = (identity.id.clone(), identity.name.clone());
            Some(KnownAccount { name: endpoint.account, provider: endpoint.provider, id, title })
        };
        Accounts(self.found.iter().filter_map(known).collect())
    }

    /// What the keys may do.
    pub(crate) fn rights(&self) -> &Rights {
        &self.rights
    }

    /// Everything that keeps the keys from what is needed.
    pub(crate) fn problems(&self, needs: &Needs) -> Vec<KeyProblem> {
        let refused = |failure: &Failure| matches!(failure.kind, FailureKind::Scope | FailureKind::NotFound);
        let unreached = self.found.iter().zip(&self.rights.0).filter_map(|((endpoint, identity), (_, rights))| {
            let refused = identity.as_ref().is_err_and(refused);
            let flaw = endpoint.provider.api.unreached(rights, &endpoint.holes, refused)?;
            Some(KeyProblem::of(endpoint, flaw))
        });
        unreached.chain(self.rights.lacking(needs)).collect()
    }

    /// Where the keys lead; with `some`, those that lead anywhere, where any does.
    ///
    /// # Errors
    /// When a key is not accepted, or the account is not there for it.
    pub(crate) fn accounts(self, some: bool) -> Result<Accounts, Failure> {
        let known = |(endpoint, identity): (Endpoint, Result<AccountIdentity, Failure>)| {
            let AccountIdentity { id, name: title, .. } = identity?;
            Ok(KnownAccount { name: endpoint.account, provider: endpoint.provider, id, title })
        };
        let is_any = self.found.iter().any(|(_, identity)| identity.is_ok());
        let found = self.found.into_iter().filter(|(_, identity)| !(some && is_any) || identity.is_ok());
        Ok(Accounts(found.map(known).collect::<Result<_, Failure>>()?))
    }
}

impl Rights {
    /// What of this the keys lack, one entry a key.
    pub(crate) fn lacking(&self, needs: &Needs) -> Vec<KeyProblem> {
        self.0.iter().filter_map(|(endpoint, rights)| key::lacking(rights, endpoint, needs)).collect()
    }

    /// Whether a key is known not to be able to read what is at this path.
    pub(crate) fn cannot_read(&self, account: AccountName, path: &str) -> bool {
        let Some((endpoint, rights)) = self.0.iter().find(|(endpoint, _)| endpoint.account == account) else {
            return false;
        };
        let permission = endpoint.provider.api.permission(path);
        rights.scopes.as_ref().zip(permission).is_some_and(|(scopes, permission)| !permission.is_in(scopes, false))
    }
}

/// A key that cannot be the one that is needed, as it looks: no request has to be made for that.
pub(crate) fn every_misplaced(endpoints: &Endpoints) -> Vec<KeyProblem> {
    endpoints.0.iter().filter_map(misplaced).collect()
}
