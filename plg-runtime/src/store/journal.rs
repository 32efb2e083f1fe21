//! The records of a journal, and how a line is written and read.
//!
//! A line is the first 16 hex digits of the SHA-256 of its JSON, a space, the JSON, and a newline.
//! The first record names the snapshot the journal continues.

use super::StoreError;
use super::history::{Deployed, KEPT};
use super::object::Object;
use super::state::{Entry, State, Watched};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::path::Path;

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
    /// What it is for.
    pub address: String,
    /// That kind's keyword.
    pub kind: String,
    /// What it does.
    pub action: Action,
    /// The method.
    pub method: String,
    /// The path.
    pub path: String,
    /// The fields wanted: references resolved, values from the environment as markers.
    #[serde(default)]
    pub fields: Object,
    /// Addresses it refers to.
    #[serde(default)]
    pub depends: Vec<String>,
    /// The remote id of what is changed or removed.
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
        /// Attio workspace id.
        workspace: Option<String>,
        /// PostHog host and project.
        project: Option<String>,
    },
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
    /// What became of a request of an earlier run.
    Resolved {
        /// The request's number.
        op: u64,
        /// What became of it.
        settled: Settled,
    },
}

/// One line of the journal.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum JournalRecord {
    /// The first line: which snapshot this continues.
    Base {
        version: u32,
        lineage: String,
        serial: u64,
    },
    Intent(Box<Intent>),
    Settled {
        op: u64,
        settled: Settled,
    },
    #[serde(rename = "change")]
    StateEvent(StateEvent),
}

/// A line, checksum first.
pub(crate) fn line(record: &JournalRecord) -> Result<Vec<u8>, serde_json::Error> {
    let mut line = Vec::with_capacity(USUAL);
    line.resize(CHECKSUM + 1, b' ');
    serde_json::to_writer(&mut line, record)?;
    let sum = checksum(&line[CHECKSUM + 1..]);
    line[..CHECKSUM].copy_from_slice(&sum);
    line.push(b'\n');
    Ok(line)
}

/// What most lines fit in, in bytes.
const USUAL: usize = 1_024;

/// Letters of a checksum.
const CHECKSUM: usize = 16;

/// The first eight bytes of a SHA-256, in hexadecimal.
fn checksum(bytes: &[u8]) -> [u8; CHECKSUM] {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut out = [0; CHECKSUM];
    for (pair, byte) in out.chunks_exact_mut(2).zip(Sha256::digest(bytes)) {
        pair[0] = DIGITS[usize::from(byte >> 4)];
        pair[1] = DIGITS[usize::from(byte & 15)];
    }
    out
}

/// Every record of a journal. A last line that is torn was never promised to anybody: it is dropped.
pub(crate) fn parse(path: &Path, bytes: &[u8]) -> Result<Vec<JournalRecord>, StoreError> {
    let mut records = Vec::new();
    let mut rest = bytes;
    let mut number = 0;
    while !rest.is_empty() {
        number += 1;
        let Some(end) = rest.iter().position(|b| *b == b'\n') else { break };
        let (this, after) = (&rest[..end], &rest[end + 1..]);
        match record(this) {
            Some(record) => records.push(record),
            None if after.iter().all(|b| *b == 0 || *b == b'\n') => break,
            None => {
                return Err(StoreError::Damaged {
                    path: path.to_owned(),
                    what: format!("line {number} does not match its checksum"),
                });
            }
        }
        rest = after;
    }
    Ok(records)
}

fn record(line: &[u8]) -> Option<JournalRecord> {
    let text = std::str::from_utf8(line).ok()?;
    let (sum, json) = text.split_once(' ')?;
    if sum.as_bytes() != checksum(json.as_bytes()) {
        return None;
    }
    serde_json::from_str(json).ok()
}

/// Applies a record to what is remembered.
pub(crate) fn replay(state: &mut State, pending: &mut Vec<Intent>, record: JournalRecord) {
    match record {
        JournalRecord::Base { .. } => {}
        JournalRecord::Intent(intent) => pending.push(*intent),
        JournalRecord::Settled { op, settled } | JournalRecord::StateEvent(StateEvent::Resolved { op, settled }) => {
            let Some(place) = pending.iter().position(|i| i.op == op) else { return };
            let address = pending[place].address.clone();
            match settled {
                Settled::Applied(entry) => {
                    state.resources.insert(address, *entry);
                }
                Settled::Removed => {
                    state.resources.remove(&address);
                }
                Settled::Failed { .. } => {}
                Settled::Unknown { .. } => return,
            }
            pending.remove(place);
        }
        JournalRecord::StateEvent(StateEvent::Adopt { address, entry }) => {
            state.resources.insert(address, *entry);
        }
        JournalRecord::StateEvent(StateEvent::Forget { address }) => {
            state.resources.remove(&address);
        }
        JournalRecord::StateEvent(StateEvent::Rename { from, to }) => {
            if let Some(entry) = state.resources.remove(&from) {
                state.resources.insert(to, entry);
            }
        }
        JournalRecord::StateEvent(StateEvent::Deployed(deployed)) => {
            state.history.push(*deployed);
            let more = state.history.len().saturating_sub(KEPT);
            state.history.drain(..more);
        }
        JournalRecord::StateEvent(StateEvent::Attempt { op, sent_by }) => {
            if let Some(intent) = pending.iter_mut().find(|intent| intent.op == op) {
                intent.sent_by = Some(sent_by);
            }
        }
        JournalRecord::StateEvent(StateEvent::GivenUp(watched)) => state.watched.push(*watched),
        JournalRecord::StateEvent(StateEvent::Watch { watched }) => state.watched = watched,
        JournalRecord::StateEvent(StateEvent::Pin { workspace, project }) => {
            state.workspace = workspace;
            state.project = project;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes() -> Vec<u8> {
        let mut out = line(&JournalRecord::Base { version: 1, lineage: "l".into(), serial: 3 }).unwrap();
        out.extend(line(&JournalRecord::StateEvent(StateEvent::Forget { address: "a.B".into() })).unwrap());
        out
    }

    #[test]
    fn a_torn_tail_is_dropped_wherever_it_is_torn() {
        let whole = bytes();
        let first = whole.iter().position(|b| *b == b'\n').unwrap() + 1;
        for cut in first..whole.len() {
            assert_eq!(parse(Path::new("j"), &whole[..cut]).unwrap().len(), 1, "cut at {cut}");
        }
        assert_eq!(parse(Path::new("j"), &whole).unwrap().len(), 2);
    }

    #[test]
    fn damage_in_the_middle_is_no_torn_tail() {
        let mut whole = bytes();
        whole[30] ^= 1;
        assert!(matches!(parse(Path::new("j"), &whole), Err(StoreError::Damaged { .. })));
    }
}
