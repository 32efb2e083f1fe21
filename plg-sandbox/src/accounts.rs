//! Whose requests these are: every account of a sandbox has a name, and an address of its own.

use crate::api::SandboxApi;
use crate::endpoints;
use crate::limits::RateLimits;
use crate::message::decode;
use crate::settings::Settings;
use crate::store::Store;
use crate::tagged::TaggedWrites;
use crate::traffic::RequestCounts;
use crate::{Reply, SandboxRequest};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// Where every account answers, before its name.
const ACCOUNTS: &str = "/accounts/";

/// Whose default accounts answer without that, and what their paths begin with.
const ROOTS: [(&str, &str); 2] = [("attio", "/v2"), ("posthog", "/api")];

/// An account of a sandbox: a workspace of Attio, a project of PostHog, or whatever a mounted API has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SandboxAccount {
    /// Its name: letters, digits, `_` and `-`.
    pub name: String,
    /// The word of its API, such as `posthog`.
    pub provider: String,
}

impl SandboxAccount {
    /// An account of an API. One that is called like its API is that API's default account.
    pub fn new(name: impl Into<String>, provider: impl Into<String>) -> Self {
        SandboxAccount { name: name.into(), provider: provider.into() }
    }

    /// Whether it is the default account of its API.
    pub fn is_default(&self) -> bool {
        self.name == self.provider
    }

    /// What the paths of its API are put after, in a sandbox at `base`: `http://host:port/accounts/marketing`. The
    /// default accounts of Attio and PostHog answer at `base` itself.
    pub fn url(&self, base: &str) -> String {
        match self.root() {
            Some(_) => base.to_owned(),
            None => format!("{base}{ACCOUNTS}{}", self.name),
        }
    }

    /// What its paths begin with where it answers without its name.
    pub(crate) fn root(&self) -> Option<&'static str> {
        ROOTS.iter().find(|(provider, _)| self.is_default() && self.provider == *provider).map(|(_, root)| *root)
    }
}

/// Where an account of a running sandbox answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct AccountAddress {
    /// Its name.
    pub name: String,
    /// The word of its API.
    pub provider: String,
    /// What the paths of its API are put after.
    pub url: String,
    /// The number of its project, where its API has such.
    pub number: u64,
}

/// What is kept of one account, or of the two that have always been kept together.
#[derive(Debug, Default)]
pub(crate) struct AccountRows {
    pub(crate) store: Store,
    pub(crate) settings: Settings,
}

/// An account that is served.
#[derive(Debug)]
pub(crate) struct ServedAccount {
    pub(crate) account: SandboxAccount,
    pub(crate) api: Arc<dyn SandboxApi>,
    /// Where its rows are, among all that is kept.
    pub(crate) kept: usize,
    pub(crate) limits: RateLimits,
    pub(crate) counts: RequestCounts,
    pub(crate) tagged: TaggedWrites,
}

impl ServedAccount {
    pub(crate) fn new(account: SandboxAccount, api: Arc<dyn SandboxApi>, kept: usize) -> Self {
        ServedAccount {
            account,
            api,
            kept,
            limits: RateLimits::default(),
            counts: RequestCounts::default(),
            tagged: TaggedWrites::default(),
        }
    }

    /// What the names of its tables begin with among those of all accounts.
    pub(crate) fn prefix(&self) -> String {
        if self.kept == 0 { String::new() } else { format!("{}/", self.account.name) }
    }
}

/// Whose a request is, and the request as its API has it, where that differs from what was sent.
pub(crate) fn addressed(
    accounts: &[ServedAccount],
    request: &SandboxRequest,
) -> (Option<usize>, Option<SandboxRequest>) {
    if let Some(rest) = request.path.strip_prefix(ACCOUNTS) {
        let (name, rest) = rest.split_once('/').unwrap_or((rest, ""));
        let to = accounts.iter().position(|served| served.account.name == decode(name));
        let inner = to.map(|_| SandboxRequest {
            path: format!("/{rest}"),
            // So that the links of its answers lead back here.
            origin: format!("{}{ACCOUNTS}{name}", request.origin),
            ..request.clone()
        });
        return (to, inner);
    }
    let is_asked = |served: &ServedAccount| {
        served.account.root().is_some_and(|root| {
            let rest = request.path.strip_prefix(root);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/')) || served.api.is_for_applications(request)
        })
    };
    (accounts.iter().position(is_asked), None)
}

/// What a request is answered that no account has.
pub(crate) fn nobody(accounts: &[ServedAccount], request: &SandboxRequest) -> Reply {
    let Some(rest) = request.path.strip_prefix(ACCOUNTS) else {
        let none = format!("the sandbox has no `{} {}`", request.method, request.path);
        return match endpoints::lacked(request) {
            Some(one) => Reply::error(404, &format!("{none}: {}", one.reason())).with(endpoints::LACKS, one.name()),
            None => Reply::error(404, &none),
        };
    };
    let name = decode(rest.split('/').next().unwrap_or_default());
    let names: Vec<&str> = accounts.iter().map(|served| served.account.name.as_str()).collect();
    Reply::error(404, &format!("this sandbox has no account `{name}`; it has {}", names.join(", ")))
}
