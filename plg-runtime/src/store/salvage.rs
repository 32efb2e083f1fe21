//! Goes on from a state or a journal that is damaged, with what of them is whole.

use super::StoreError;
use super::backend::StateBackend;
use super::dump::write;
use super::holder::Holder;
use super::journal::{Base, JournalRecord, bury, replay};
use super::line::whole_lines;
use super::load::load_moved;
use super::snapshot::{Snapshot, SnapshotSource, parse_snapshot};
use super::state::State;
use std::path::PathBuf;

/// What was saved of a damaged state, and what was not.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Salvaged {
    /// Why it was refused.
    pub why: String,
    /// How many resources are remembered now.
    pub resources: usize,
    /// How many requests are open now.
    pub pending: usize,
    /// Whether the snapshot could not be used.
    pub snapshot_lost: bool,
    /// How many lines of the journal could not be used.
    pub lines_lost: usize,
    /// Where the damaged files are kept.
    pub kept: Vec<PathBuf>,
}

/// Why the state of a stage, or its journal, counts as damaged. Nothing is locked, and nothing is written.
///
/// # Errors
/// [`StoreError::Refused`] when nothing is damaged; when it is newer, another stage's, or cannot be read.
pub fn damage(medium: &dyn StateBackend, stack: &str, stage: &str) -> Result<String, StoreError> {
    match load_moved(medium, stack, stage) {
        Err(error @ StoreError::Damaged { .. }) => Ok(error.to_string()),
        Err(error) => Err(error),
        Ok(_) => Err(StoreError::Refused {
            message: format!("the state in {} is intact", medium.place("").display()),
            hint: "there is nothing to salvage: deploy".into(),
        }),
    }
}

/// Keeps what is damaged aside with `keep`, which is given a name and the bytes and says where they are, and puts what
/// is whole of it in its place.
///
/// # Errors
/// When nothing is damaged, when it is locked, newer or another stage's, and when it cannot be kept aside or written:
/// it is as it was then.
pub fn salvage(
    medium: &dyn StateBackend,
    holder: &Holder,
    stack: &str,
    stage: &str,
    keep: impl Fn(&str, &[u8]) -> Result<PathBuf, StoreError>,
) -> Result<Salvaged, StoreError> {
    let pen = medium.lock(holder)?;
    let why = damage(medium, stack, stage)?;
    let (snapshot_bytes, journal_bytes) = (medium.snapshot()?, medium.journal()?);
    let snapshot = match snapshot_bytes
        .as_deref()
        .map(|b| parse_snapshot(&medium.place("state.json"), b, SnapshotSource::Place))
    {
        Some(Ok((snapshot, _))) => Some(snapshot),
        Some(Err(StoreError::Damaged { .. })) | None => None,
        Some(Err(error)) => return Err(error),
    };
    let snapshot_lost = snapshot.is_none();
    let mut put = snapshot.unwrap_or_else(|| Snapshot {
        state: State::new(stack, stage),
        pending: Vec::new(),
        moved: None,
        placed: false,
    });
    let (lines, mut lines_lost) = whole_lines(journal_bytes.as_deref().unwrap_or_default());
    let mut kept = Vec::new();
    for (name, bytes) in [("state.json", &snapshot_bytes), ("journal", &journal_bytes)] {
        if let Some(bytes) = bytes {
            kept.push(keep(name, bytes)?);
        }
    }
    lines_lost += go_on(&mut put, lines, snapshot_lost);
    bury(&mut put.state);
    put.state.serial += 1;
    write(medium, &*pen, &put)?;
    let (resources, pending) = (put.state.resources.len(), put.pending.len());
    Ok(Salvaged { why, resources, pending, snapshot_lost, lines_lost, kept })
}

/// Replays the lines that come after a snapshot; says how many were not used.
fn go_on(put: &mut Snapshot, lines: Vec<(Option<u64>, JournalRecord)>, snapshot_lost: bool) -> usize {
    let Snapshot { state, pending, .. } = put;
    let base =
        lines.iter().find_map(|(_, record)| if let JournalRecord::Base(base) = record { Some(base) } else { None });
    let base: Option<Base> = base.cloned();
    let other = base.as_ref().is_some_and(|base| {
        let named = base.version == 1 || (&base.stack, &base.stage) == (&state.stack, &state.stage);
        !named || (!snapshot_lost && (base.lineage != state.lineage || base.serial != state.serial))
    });
    if other {
        return lines.len();
    }
    if let (true, Some(base)) = (snapshot_lost, base) {
        (state.lineage, state.serial, state.sequence) = (base.lineage, base.serial, base.sequence);
    }
    let mut unused = 0;
    for (number, record) in lines {
        // A line without a number is the first line, or of an earlier format.
        if number.is_some_and(|number| number <= state.sequence) {
            unused += 1;
            continue;
        }
        state.sequence = number.unwrap_or(state.sequence);
        if let JournalRecord::Settled { op, .. } = &record
            && !pending.iter().any(|intent| intent.op == *op)
        {
            // Whose it is was in a line that is lost.
            unused += 1;
        }
        replay(state, pending, record);
    }
    unused
}
