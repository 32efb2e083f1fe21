//! A whole state as text, and its way from one place to another.

use super::StoreError;
use super::backend::{StateBackend, StateWriter};
use super::formats::STATE;
use super::holder::Holder;
use super::journal::Intent;
use super::load::{Loaded, load_moved};
use super::snapshot::{Snapshot, SnapshotSource, parse_snapshot};
use super::state::State;
use super::state_store::base;
use std::path::Path;

/// Everything that is remembered of a stage: the snapshot with its journal folded in, and the
/// requests whose outcome nobody knows.
#[derive(Debug, Clone, PartialEq)]
pub struct Dump(Snapshot);

impl Dump {
    /// Reads a stage without its lock. `None` where it never was deployed.
    ///
    /// # Errors
    /// When it cannot be read, or is kept elsewhere now.
    pub fn read(medium: &dyn StateBackend, stack: &str, stage: &str) -> Result<Option<Self>, StoreError> {
        let Some((dump, moved)) = look(medium, stack, stage)? else { return Ok(None) };
        match moved {
            Some(to) => Err(StoreError::Moved { path: medium.place("state.json"), to }),
            None => Ok(Some(dump)),
        }
    }

    /// Reads what [`Dump::text`] wrote; messages call it `name`.
    ///
    /// # Errors
    /// When it is something else, or a later plg wrote it.
    pub fn parse(name: &Path, bytes: &[u8]) -> Result<Self, StoreError> {
        let (mut snapshot, _) = parse_snapshot(name, bytes, SnapshotSource::Given)?;
        (snapshot.moved, snapshot.placed) = (None, false);
        Ok(Dump(snapshot))
    }

    /// As JSON, for [`Dump::parse`]: without a checksum, as it may be edited.
    ///
    /// # Errors
    /// When it is no JSON, which it always is.
    pub fn text(&self) -> Result<Vec<u8>, StoreError> {
        let mut bytes = serde_json::to_vec_pretty(&self.0)
            .map_err(|e| StoreError::Damaged { path: "the state".into(), what: e.to_string() })?;
        bytes.push(b'\n');
        Ok(bytes)
    }

    /// What is remembered.
    pub fn state(&self) -> &State {
        &self.0.state
    }

    /// Requests whose outcome nobody knows.
    pub fn pending(&self) -> &[Intent] {
        &self.0.pending
    }

    /// Puts it in the place of what a stage remembers, under the stage's lock. Says whether that
    /// changed anything. With `force`, the serial is raised above the one that is there.
    ///
    /// # Errors
    /// [`StoreError::Refused`] where something that is there would be lost, unless forced.
    pub fn put(
        &self,
        medium: &dyn StateBackend,
        holder: &Holder,
        stack: &str,
        stage: &str,
        force: bool,
    ) -> Result<bool, StoreError> {
        let State { stack: of, stage: at, .. } = &self.0.state;
        if (of.as_str(), at.as_str()) != (stack, stage) {
            return Err(StoreError::Foreign {
                path: "the state given".into(),
                found: format!("stack {of}, stage {at}"),
                wanted: format!("stack {stack}, stage {stage}"),
            });
        }
        let pen = medium.lock(holder)?;
        let mut put = self.0.clone();
        let Some((there, moved)) = look(medium, stack, stage)? else {
            write(medium, &*pen, &put)?;
            return Ok(true);
        };
        if there == *self && moved.is_none() {
            return Ok(false);
        }
        if force {
            put.state.serial = put.state.serial.max(there.0.state.serial + 1);
        } else {
            self.may_replace(&there)?;
        }
        put.state.sequence = put.state.sequence.max(there.0.state.sequence);
        write(medium, &*pen, &put)?;
        Ok(true)
    }

    fn may_replace(&self, there: &Dump) -> Result<(), StoreError> {
        let (new, old) = (&self.0.state, &there.0.state);
        let refused = |message: String, hint: &str| Err(StoreError::Refused { message, hint: hint.to_owned() });
        if new.lineage != old.lineage {
            return refused(
                "the file is a state of another lineage than the stage's state".into(),
                "compare it with the output of `state pull`; to replace the stage's state, add --force",
            );
        }
        if new.serial < old.serial {
            return refused(
                format!("the file is older (serial {}) than the stage's state (serial {})", new.serial, old.serial),
                "run `state pull` again and repeat your edit; to go back to the older state, add --force",
            );
        }
        if new.serial == old.serial {
            return refused(
                format!("the file and the stage's state have the same serial ({}) and differ", new.serial),
                "raise `serial` in the file by one, if the difference is your edit",
            );
        }
        let lost = there.0.pending.iter().find(|intent| !self.0.pending.iter().any(|i| i.op == intent.op));
        match lost {
            Some(intent) => refused(
                format!(
                    "the stage's state has a request for {} whose outcome is unknown, and the file lacks it",
                    intent.address
                ),
                "deploy first: it looks up the outcome; to forget the request, add --force",
            ),
            None => Ok(()),
        }
    }
}

/// Moves the state of a stage from one place to another, with every request whose outcome nobody
/// knows. The old place keeps it, and says from then on where it is now. Run again after it died on
/// the way, it does what is left to do.
///
/// # Errors
/// When either cannot be read or written, is locked, or something at the new place would be lost.
pub fn migrate(
    from: &dyn StateBackend,
    to: &dyn StateBackend,
    holder: &Holder,
    stack: &str,
    stage: &str,
) -> Result<Dump, StoreError> {
    let new = to.lock(holder)?;
    let old = from.lock(holder)?;
    let Some((source, moved)) = look(from, stack, stage)? else {
        return Err(StoreError::Refused {
            message: format!("there is no state of stage {stage} in {}", from.place("").display()),
            hint: "name the place that the stage was last deployed with: `--from PLACE`".into(),
        });
    };
    if let Some(to) = moved {
        return Err(StoreError::Moved { path: from.place("state.json"), to });
    }
    let mut put = source.0.clone();
    put.state.serial += 1;
    match look(to, stack, stage)? {
        None => write(to, &*new, &put)?,
        Some((there, _)) if there.0.state.lineage != put.state.lineage => {
            return Err(StoreError::Refused {
                message: format!("{} has a state of another lineage", to.place("").display()),
                hint: "name another place in the stack; or replace the state there: `state pull > FILE` with the old place in the stack, `state push --force FILE` with the new one".into(),
            });
        }
        Some((there, Some(_))) => {
            put.state.serial = put.state.serial.max(there.0.state.serial + 1);
            write(to, &*new, &put)?;
        }
        // It was moved already, and what is left is to say so.
        Some((there, None)) if there.0.state.serial >= put.state.serial => put = there.0,
        Some((there, None)) => {
            return Err(StoreError::Refused {
                message: format!(
                    "the stage was deployed with both places: {} has serial {}, {} has serial {}",
                    from.place("").display(),
                    source.0.state.serial,
                    to.place("").display(),
                    there.0.state.serial
                ),
                hint:
                    "compare the two with `state pull`, and put the right one in place with `state push --force FILE`"
                        .into(),
            });
        }
    }
    let mut left = source.0;
    left.state.serial += 1;
    left.moved = Some(to.place("").display().to_string().trim_end_matches('/').to_owned());
    write(from, &*old, &left)?;
    Ok(Dump(put))
}

/// What is in a place, as the next deploy would fold it.
fn look(medium: &dyn StateBackend, stack: &str, stage: &str) -> Result<Option<(Dump, Option<String>)>, StoreError> {
    let Loaded { mut snapshot, changed, is_new } = load_moved(medium, stack, stage)?;
    if is_new {
        return Ok(None);
    }
    let moved = snapshot.moved.take();
    // What was put there has its own number, though no journal is its own yet.
    snapshot.state.serial += u64::from(changed && !snapshot.placed);
    snapshot.placed = false;
    Ok(Some((Dump(snapshot), moved)))
}

/// Puts a whole state into a place. Until the journal beside it is its own, it says that it is not.
pub(super) fn write(medium: &dyn StateBackend, pen: &dyn StateWriter, snapshot: &Snapshot) -> Result<(), StoreError> {
    let path = medium.place("state.json");
    let mut placed = snapshot.clone();
    (placed.state.version, placed.placed) = (STATE, true);
    pen.put_snapshot(&placed.write(&path)?)?;
    pen.put_journal(&base(&placed.state)?)?;
    placed.placed = false;
    pen.put_snapshot(&placed.write(&path)?)
}
