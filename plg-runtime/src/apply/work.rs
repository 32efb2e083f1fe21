//! What every piece of work needs, and what comes of it.

use super::progress::Progress;
use crate::declared::environment::Environment;
use crate::declared::graph::{GraphNode, StackGraph};
use crate::error::Error;
use crate::http::{Client, Clients, Counts, Failure, SENT_WITHIN};
use crate::live::LiveState;
use crate::plan::Change;
use crate::secret::Secret;
use crate::store::seal::{SealError, SecretSealer};
use crate::store::{By, Intent, StateStore, StoreError};
use plg_core::codes::{self, Code};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// One resource that was not applied.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Failed {
    /// Its address.
    pub address: String,
    /// Where it is declared, as `file:line`.
    pub place: String,
    /// What went wrong.
    pub why: Why,
}

impl Failed {
    /// A resource that could not be applied.
    pub fn new(address: String, place: String, why: Why) -> Self {
        Failed { address, place, why }
    }
}

/// What went wrong with one resource.
#[derive(Debug, Clone)]
pub enum Why {
    /// The API said no, or did not answer.
    Remote(Box<Failure>),
    /// Nobody knows yet: it may still arrive, and is not sent again before it cannot any more.
    Open(Box<Failure>),
    /// What the API did is known, but could not be written down; or the other way round.
    Here(&'static Code, String),
}

impl Why {
    /// The code that `explain` says more about.
    #[must_use]
    pub fn code(&self) -> &'static Code {
        match self {
            Why::Remote(_) => codes::REFUSED_BY_API,
            Why::Open(_) => codes::OPEN_REQUESTS,
            Why::Here(code, _) => code,
        }
    }
}

/// A secret that an API shows once.
#[derive(Debug)]
pub struct Shown {
    /// The address of the resource.
    pub address: String,
    /// What the API calls it.
    pub name: String,
    /// The secret.
    pub secret: Secret<String>,
    /// Why it is not kept, encrypted, in the state.
    pub unkept: Option<SealError>,
}

/// What became of a plan.
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct Outcome {
    /// Addresses with what was done.
    pub done: Vec<(String, Change)>,
    /// Addresses that could not be applied.
    pub failed: Vec<Failed>,
    /// Addresses that were not tried, each with the address that failed before it; empty text when interrupted.
    pub skipped: Vec<(String, String)>,
    /// Addresses that were not done yet, each with the one whose create may still arrive.
    pub waiting: Vec<(String, String)>,
    /// Removals that were not started, as something else did not succeed: the next run does them.
    pub postponed: Vec<String>,
    /// What stays behind after a removal: address and why.
    pub behind: Vec<(String, String)>,
    /// Secrets that are shown once.
    pub secrets: Vec<Shown>,
    /// What a person should know.
    pub warnings: Vec<String>,
    /// Resources that were as declared.
    pub unchanged: usize,
    /// Whether it was interrupted.
    pub interrupted: bool,
    /// Whether it is remembered that it began.
    pub(crate) begun: bool,
    /// Whether anything remote was changed.
    pub(crate) wrote: bool,
    /// Requests made since the session began.
    pub requests: Counts,
    /// How long it took.
    pub took: Duration,
}

impl Outcome {
    /// How many times this was done.
    pub fn count(&self, change: Change) -> usize {
        self.done.iter().filter(|(_, c)| *c == change).count()
    }
}

/// What every piece of work needs.
pub(crate) struct Shared {
    pub(crate) client: Clients,
    pub(crate) book: Arc<StateStore>,
    pub(crate) graph: Arc<StackGraph>,
    pub(crate) seen: Arc<LiveState>,
    /// Addresses with a key whose create of an earlier run may have arrived since anybody looked.
    pub(crate) arriving: BTreeSet<String>,
    /// Creates of earlier runs that are sent again under the keys that they had, by address.
    pub(crate) keyed: BTreeMap<String, Intent>,
    /// Addresses that were restored in this run: an API may bring back more with them than was asked for.
    pub(crate) restored: Mutex<BTreeSet<String>>,
    pub(crate) environment: Environment,
    pub(crate) keeper: SecretSealer,
    pub(crate) by: By,
    /// The plan as it was shown, for the history.
    pub(crate) shown: Vec<String>,
    pub(crate) progress: Arc<dyn Progress>,
}

impl Shared {
    /// Asks the account that a declaration is in.
    pub(crate) fn client_of(&self, node: &GraphNode) -> Client {
        self.client.of(node.spec.provider(), node.account)
    }

    /// The time now (RFC 3339).
    pub(super) fn now(&self) -> String {
        self.client.now().to_string()
    }

    /// Notes that an address was restored.
    pub(super) fn was_restored(&self, address: &str) {
        self.restored.lock().unwrap_or_else(PoisonError::into_inner).insert(address.to_owned());
    }

    /// Whether anything that a node refers to was restored in this run.
    pub(super) fn is_on_restored(&self, node: &GraphNode) -> bool {
        let restored = self.restored.lock().unwrap_or_else(PoisonError::into_inner);
        !restored.is_empty() && node.depends.iter().any(|d| restored.contains(&self.graph.nodes[*d].address))
    }

    /// Until when a write that is announced now may be sent (RFC 3339).
    pub(super) fn sent_by(&self) -> String {
        (self.client.now() + SENT_WITHIN).to_string()
    }
}

/// What one piece of work brought.
#[derive(Debug, Default)]
pub(super) struct Did {
    pub(super) id: String,
    pub(super) behind: Option<String>,
    pub(super) secrets: Vec<Shown>,
    pub(super) warnings: Vec<String>,
}

pub(super) type Worked = Result<Did, Why>;

impl From<StoreError> for Why {
    fn from(error: StoreError) -> Self {
        let message = format!("{error}; {}", error.hint());
        Why::Here(Error::from(error).code(), message)
    }
}

impl From<Failure> for Why {
    fn from(failure: Failure) -> Self {
        Why::Remote(Box::new(failure))
    }
}

pub(super) fn said(why: &Why) -> String {
    match why {
        Why::Remote(failure) | Why::Open(failure) => failure.to_string(),
        Why::Here(_, message) => message.clone(),
    }
}
