//! Reads what a place has: the snapshot, and the journal replayed over it where it is its own.

use super::StoreError;
use super::backend::StateBackend;
use super::journal::{Intent, replay};
use super::line::{self, Journal};
use super::snapshot::{Snapshot, SnapshotSource, parse_snapshot};
use super::state::State;

/// How often a place is read again that was written meanwhile.
const TRIES: usize = 64;

/// What is in a place.
#[derive(Debug)]
pub(super) struct Loaded {
    pub(super) snapshot: Snapshot,
    /// Whether the journal has anything that is not in the snapshot.
    pub(super) changed: bool,
    /// Whether anything was ever written there.
    pub(super) is_new: bool,
}

/// Reads a stage without its lock, also while it is being deployed. `None` where it never was.
///
/// # Errors
/// As [`super::StateStore::open`].
pub fn read(medium: &dyn StateBackend, stack: &str, stage: &str) -> Result<Option<(State, Vec<Intent>)>, StoreError> {
    let Loaded { snapshot, is_new, .. } = load(medium, stack, stage)?;
    Ok((!is_new).then_some((snapshot.state, snapshot.pending)))
}

pub(super) fn load(medium: &dyn StateBackend, stack: &str, stage: &str) -> Result<Loaded, StoreError> {
    let loaded = load_moved(medium, stack, stage)?;
    match loaded.snapshot.moved {
        Some(to) => Err(StoreError::Moved { path: medium.place("state.json"), to }),
        None => Ok(loaded),
    }
}

/// What is in a place, also where it is only left over from a move.
pub(super) fn load_moved(medium: &dyn StateBackend, stack: &str, stage: &str) -> Result<Loaded, StoreError> {
    // In this order, as a deploy may be at work: a journal that was folded in the meantime is passed over.
    let mut journal = medium.journal()?;
    for _ in 0..TRIES {
        let snapshot = medium.snapshot()?;
        let failed = match together(medium, (stack, stage), snapshot.as_deref(), journal.as_deref()) {
            Err(error @ StoreError::Damaged { .. }) => error,
            other => return other,
        };
        // If the two do not fit together, a deploy may have written between the two reads.
        let now = medium.journal()?;
        if now == journal {
            return Err(failed);
        }
        journal = now;
    }
    Err(StoreError::Damaged { path: medium.place("journal"), what: "it changes each time plg reads it".into() })
}

fn together(
    medium: &dyn StateBackend,
    (stack, stage): (&str, &str),
    snapshot: Option<&[u8]>,
    journal: Option<&[u8]>,
) -> Result<Loaded, StoreError> {
    let (path, journal_path) = (medium.place("state.json"), medium.place("journal"));
    let foreign = |path, of: &str, at: &str| StoreError::Foreign {
        path,
        found: format!("stack {of}, stage {at}"),
        wanted: format!("stack {stack}, stage {stage}"),
    };
    let snapshot = snapshot.map(|bytes| parse_snapshot(&path, bytes, SnapshotSource::Place)).transpose()?;
    if let Some((Snapshot { state, .. }, _)) = &snapshot
        && (state.stack.as_str(), state.stage.as_str()) != (stack, stage)
    {
        return Err(foreign(path, &state.stack, &state.stage));
    }
    // It was put here whole, by who died before its journal was: whatever is beside it is not its own.
    if let Some((Snapshot { placed: true, state, .. }, _)) = &snapshot
        && !journal.is_some_and(|bytes| continues(bytes, state))
    {
        let snapshot = snapshot.map(|(snapshot, _)| snapshot);
        return Ok(Loaded { snapshot: snapshot.unwrap_or_else(|| new(stack, stage)), changed: true, is_new: false });
    }
    // Earlier plgs emptied a journal before they put a snapshot of another history beside it.
    let emptied = |bytes: &&[u8]| bytes.is_empty() && matches!(snapshot, Some((_, 1)));
    let journal = journal.filter(|bytes| !emptied(bytes)).map(|bytes| line::parse(&journal_path, bytes)).transpose()?;
    if let Some(Journal { base, .. }) = &journal
        && base.version > 1
        && (base.stack.as_str(), base.stage.as_str()) != (stack, stage)
    {
        return Err(foreign(journal_path, &base.stack, &base.stage));
    }
    match (snapshot, journal) {
        (None, None) => Ok(Loaded { snapshot: new(stack, stage), changed: false, is_new: true }),
        (Some((snapshot, 1)), None) => Ok(Loaded { snapshot, changed: false, is_new: false }),
        (Some(_), None) => Err(StoreError::Damaged { path: journal_path, what: "it is missing".into() }),
        (None, Some(journal)) if journal.base.serial > 0 => Err(StoreError::Damaged {
            path,
            what: format!("it is missing: the journal beside it continues snapshot {}", journal.base.serial),
        }),
        (None, Some(journal)) => {
            let mut first = new(stack, stage);
            first.state.lineage.clone_from(&journal.base.lineage);
            Ok(replayed(first, journal))
        }
        (Some((snapshot, _)), Some(journal)) => {
            if let Some(what) = unfit(&snapshot.state, &journal) {
                return Err(StoreError::Damaged { path: journal_path, what });
            }
            if journal.base.serial < snapshot.state.serial {
                // The snapshot was made of it already.
                return Ok(Loaded { snapshot, changed: true, is_new: false });
            }
            Ok(replayed(snapshot, journal))
        }
    }
}

fn new(stack: &str, stage: &str) -> Snapshot {
    Snapshot { state: State::new(stack, stage), pending: Vec::new(), moved: None, placed: false }
}

fn continues(journal: &[u8], state: &State) -> bool {
    line::parse("journal".as_ref(), journal)
        .is_ok_and(|journal| journal.base.lineage == state.lineage && journal.base.serial == state.serial)
}

/// Why a journal is not the one that belongs beside a snapshot.
fn unfit(state: &State, journal: &Journal) -> Option<String> {
    let Journal { base, last, .. } = journal;
    if base.lineage != state.lineage || base.serial > state.serial {
        return Some(format!(
            "it continues snapshot {} of {} history, and the snapshot here is {}: one of the two files was replaced by another",
            base.serial,
            if base.lineage == state.lineage { "the same" } else { "another" },
            state.serial
        ));
    }
    let before = base.serial < state.serial;
    let numbered = base.version > 1 || state.sequence > 0;
    if before && numbered && *last < state.sequence {
        return Some(format!(
            "it ends with record {last}, and the snapshot has all records up to {}: it was truncated, or is an older file",
            state.sequence
        ));
    }
    if !before && base.version > 1 && base.sequence != state.sequence {
        return Some(format!(
            "it goes on after record {}, and the snapshot ends with {}: one of the two files was replaced by another",
            base.sequence, state.sequence
        ));
    }
    None
}

fn replayed(mut snapshot: Snapshot, journal: Journal) -> Loaded {
    let Journal { records, last, torn, .. } = journal;
    let changed = !records.is_empty() || torn;
    for record in records {
        replay(&mut snapshot.state, &mut snapshot.pending, record);
    }
    snapshot.state.sequence = snapshot.state.sequence.max(last);
    Loaded { snapshot, changed, is_new: false }
}
