//! `state salvage`: goes on from what is whole of a damaged state.

use super::{me, sure};
use crate::args::Global;
use crate::commands::deploy::confirm;
use crate::failure::CommandFailure;
use crate::output::Output;
use crate::stage;
use plg_core::Stack;
use plg_runtime::error::Error;
use plg_runtime::store::{self, Lock, StoreError};
use serde_json::json;
use std::fs::OpenOptions;
use std::io::Write;
use std::path::Path;

pub(super) fn salvage(
    stack: &'static Stack,
    global: &Global,
    yes: bool,
    output: &Output,
) -> Result<(), CommandFailure> {
    let chosen = stage::choose(stack, global)?;
    let medium = chosen.backend(stack)?;
    // Nobody is asked about a state that is intact; it is looked at again under the lock.
    store::damage(&*medium, stack.name, chosen.stage.name).map_err(Error::from)?;
    let question =
        format!("Move the damaged state of stage {} aside, and rebuild it from the intact entries?", chosen.stage.name);
    confirm(sure(&chosen), yes, &question)?;
    // On this machine, wherever the state is: a place for states has room for one.
    let aside = chosen.folder.join(format!("aside-{}", plg_runtime::session::now().replace(':', "")));
    let keep = |name: &str, bytes: &[u8]| {
        Lock::folder(&aside)?;
        let path = aside.join(name);
        write(&path, bytes).map(|()| path.clone()).map_err(|source| StoreError::Io { doing: "write", path, source })
    };
    let saved =
        store::salvage(&*medium, &me("state salvage"), stack.name, chosen.stage.name, keep).map_err(Error::from)?;
    output.event(
        "salvaged",
        json!({
            "why": saved.why, "resources": saved.resources, "pending": saved.pending,
            "snapshot_lost": saved.snapshot_lost, "lines_lost": saved.lines_lost, "kept": saved.kept,
        }),
    );
    let snapshot = if saved.snapshot_lost { "the snapshot is lost, " } else { "" };
    output.data(&format!(
        "The state of stage {} has {} resources and {} open requests; {snapshot}{} lines of the journal are lost.\n\
         The damaged files are in {}.\n\
         The next deploy finds the live objects of lost entries by key or name. Secrets of lost entries are lost: \
         `output --reveal ADDRESS` shows whether the state still has one.",
        chosen.stage.name,
        saved.resources,
        saved.pending,
        saved.lines_lost,
        aside.display()
    ));
    Ok(())
}

/// Only for its owner, as what it is a copy of.
fn write(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}
