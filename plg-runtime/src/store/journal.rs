//! The records of a journal, and what each does to what is remembered.

use super::history::{Deployed, KEPT, SHOWN};
use super::object::Object;
use super::state::{Entry, State, Watched, account_of};
use plg_core::{AccountName, Terms};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};

/// What a request does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Makes it.
    Create,
    /// Changes it.
    Update,
    /// Brings it back from the archive.
    Revive,
    /// Moves it out of its replacement's way.
    Retire,
    /// Deletes it.
    Delete,
    /// Hides it, where it cannot be deleted.
    Archive,
}

/// A request that is about to be sent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Intent {
    /// Its number, unique in a journal.
    pub op: u64,
    /// The address of the resource that the request is for.
    pub address: String,
    /// That kind's keyword.
    pub kind: String,
    /// The account it is in, where that is not the default one of its provider.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
    /// What it does.
    pub action: Action,
    /// The method.
    pub method: String,
    /// The path.
    pub path: String,
    /// The fields wanted: references resolved, values from the environment as markers.
    #[serde(default)]
    pub fields: Object<Terms>,
    /// Addresses it refers to.
    #[serde(default)]
    pub depends: Vec<String>,
    /// The remote id of what is changed or removed; of a create, that of the object whose key it takes over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Remote ids that had the same identity before: what is created is none of these.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub known: Vec<String>,
    /// When it was announced (RFC 3339).
    pub at: String,
    /// The instant after which it is not sent any more unless it is announced again (RFC 3339): how long it may
    /// still arrive is counted from here. Journals of before have none, and count from `at`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sent_by: Option<String>,
}

impl Intent {
    /// The account it is sent to.
    pub fn account(&self) -> AccountName {
        account_of(&self.kind, self.account.as_deref())
    }

    /// What tells it apart from every other request of any stage, for an API that takes such a key. What was announced
    /// does not change, so that it is the same after a crash.
    pub(crate) fn key(&self, lineage: &str) -> String {
        let told = [lineage, &self.op.to_string(), &self.at, &self.address, &self.method, &self.path].join("\n");
        Sha256::digest(told).iter().take(16).map(|byte| format!("{byte:02x}")).collect()
    }

    /// Whether it makes the replacement of an object, whose key it takes over: another one would take it once more.
    pub(crate) fn takes_over(&self) -> bool {
        self.action == Action::Create && self.id.is_some()
    }

    /// The last instant at which it could have been sent (RFC 3339).
    pub fn last_sent(&self) -> &str {
        self.sent_by.as_deref().unwrap_or(&self.at)
    }
}

/// What became of a request.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Settled {
    /// The resource is there, like this.
    Applied(Box<Entry>),
    /// The resource is gone.
    Removed,
    /// Nothing was changed, and it is known why.
    Failed {
        /// What the remote said.
        message: String,
    },
    /// Nobody knows: it stays pending and is looked for.
    Unknown {
        /// What happened.
        message: String,
    },
}

/// A change of what is remembered that needs no request.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum StateEvent {
    /// Something that was there is now looked after, or what is known of it has changed.
    Adopt {
        /// Its address.
        address: String,
        /// As it is.
        entry: Box<Entry>,
    },
    /// It is no longer looked after.
    Forget {
        /// Its address.
        address: String,
        /// It is archived by now: brought back, it is what it was.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        archived: bool,
    },
    /// It is declared under another name.
    Rename {
        /// The address before.
        from: String,
        /// The address now.
        to: String,
    },
    /// Which accounts the stage belongs to.
    Pin {
        /// The id of each account, by its name.
        #[serde(default)]
        accounts: BTreeMap<String, String>,
        /// The account that earlier versions said here.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        workspace: Option<String>,
        /// As above.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        project: Option<String>,
    },
    /// A deploy that will change something begins: until it has ended, nobody knows what came of it.
    Begun(Box<Deployed>),
    /// A deploy that changed something has ended.
    Deployed(Box<Deployed>),
    /// A request is sent later than it was announced for, or once more.
    Attempt {
        /// The request's number.
        op: u64,
        /// The instant after which it is not sent any more (RFC 3339).
        sent_by: String,
    },
    /// A create was given up, and is looked out for.
    GivenUp(Box<Watched>),
    /// Which creates are looked out for, instead of those before.
    Watch {
        /// All of them.
        watched: Vec<Watched>,
    },
    /// What may be back beside something that is restored, instead of what was said before.
    Returning {
        /// The kind's keyword.
        kind: String,
        /// The remote ids.
        ids: BTreeSet<String>,
    },
    /// What became of a request of an earlier run.
    Resolved {
        /// The request's number.
        op: u64,
        /// What became of it.
        settled: Settled,
    },
}

/// What a journal continues.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Base {
    /// The format of the lines after it.
    pub(crate) version: u32,
    pub(crate) lineage: String,
    pub(crate) serial: u64,
    /// The number of the last record that snapshot has.
    #[serde(default)]
    pub(crate) sequence: u64,
    /// Whose it is: not said in format 1.
    #[serde(default)]
    pub(crate) stack: String,
    #[serde(default)]
    pub(crate) stage: String,
}

/// One line of the journal.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum JournalRecord {
    /// The first line: which snapshot this continues.
    Base(Base),
    Intent(Box<Intent>),
    Settled {
        op: u64,
        settled: Settled,
    },
    #[serde(rename = "change", alias = "state_event")]
    StateEvent(StateEvent),
}

/// Applies a record to what is remembered.
pub(crate) fn replay(state: &mut State, pending: &mut Vec<Intent>, record: JournalRecord) {
    match record {
        JournalRecord::Base(_) => {}
        JournalRecord::Intent(intent) => pending.push(*intent),
        JournalRecord::Settled { op, settled } | JournalRecord::StateEvent(StateEvent::Resolved { op, settled }) => {
            let Some(place) = pending.iter().position(|i| i.op == op) else { return };
            let (address, action) = (pending[place].address.clone(), pending[place].action);
            match settled {
                Settled::Applied(entry) => state.remember(address, *entry),
                Settled::Removed => state.let_go(&address, action == Action::Archive),
                Settled::Failed { .. } => {}
                Settled::Unknown { .. } => return,
            }
            pending.remove(place);
        }
        JournalRecord::StateEvent(StateEvent::Adopt { address, entry }) => state.remember(address, *entry),
        JournalRecord::StateEvent(StateEvent::Forget { address, archived }) => state.let_go(&address, archived),
        JournalRecord::StateEvent(StateEvent::Rename { from, to }) => {
            if let Some(entry) = state.resources.remove(&from) {
                state.resources.insert(to, entry);
            }
        }
        JournalRecord::StateEvent(StateEvent::Returning { kind, ids }) => {
            if ids.is_empty() {
                state.returning.remove(&kind);
            } else {
                state.returning.insert(kind, ids);
            }
        }
        JournalRecord::StateEvent(StateEvent::Begun(deployed)) => {
            bury(state);
            state.begun = Some(deployed);
        }
        JournalRecord::StateEvent(StateEvent::Deployed(deployed)) => {
            state.begun = None;
            add(state, *deployed);
        }
        JournalRecord::StateEvent(StateEvent::Attempt { op, sent_by }) => {
            if let Some(intent) = pending.iter_mut().find(|intent| intent.op == op) {
                intent.sent_by = Some(sent_by);
            }
        }
        JournalRecord::StateEvent(StateEvent::GivenUp(watched)) => state.watched.push(*watched),
        JournalRecord::StateEvent(StateEvent::Watch { watched }) => state.watched = watched,
        JournalRecord::StateEvent(StateEvent::Pin { accounts, workspace, project }) => {
            state.accounts.extend(accounts);
            state.workspace = workspace.or(state.workspace.take());
            state.project = project.or(state.project.take());
            state.name_accounts();
        }
    }
}

/// Puts a deploy that began and never ended into the history; says whether there was one. Only who holds the lock
/// knows that it is dead.
pub(crate) fn bury(state: &mut State) -> bool {
    let Some(mut begun) = state.begun.take() else { return false };
    begun.died = true;
    add(state, *begun);
    true
}

fn add(state: &mut State, deployed: Deployed) {
    state.history.push(deployed);
    let more = state.history.len().saturating_sub(KEPT);
    state.history.drain(..more);
    let old = state.history.len().saturating_sub(SHOWN);
    state.history[..old].iter_mut().for_each(|deployed| deployed.shown.clear());
}
