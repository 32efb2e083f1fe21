//! `state unlock`: takes the lock away from who is dead.

use super::sure;
use crate::args::Global;
use crate::commands::deploy::confirm;
use crate::failure::CommandFailure;
use crate::output::Output;
use crate::stage;
use plg_core::{Stack, Storage};
use plg_runtime::error::Error;
use plg_runtime::store::{Holder, StoreError};
use serde_json::json;

pub(super) fn unlock(
    stack: &'static Stack,
    global: &Global,
    nonce: &str,
    yes: bool,
    output: &Output,
) -> Result<(), CommandFailure> {
    let chosen = stage::choose(stack, global)?;
    let medium = chosen.backend(stack)?;
    let holder = match medium.holder().map_err(Error::from)? {
        Some(holder) if holder.nonce == nonce => holder,
        other => {
            // In a folder, the system releases the lock of a process that has ended.
            let is_released = |holder: &Holder| matches!(chosen.stage.storage(), Storage::folder) && holder.is_gone();
            let other = other.filter(|holder| !holder.nonce.is_empty() && !is_released(holder)).map(Box::new);
            return Err(Error::from(StoreError::NotThatLock(other)).into());
        }
    };
    confirm(
        sure(&chosen),
        yes,
        &format!(
            "Release the lock of stage {}, held by {holder}? {}",
            chosen.stage.name,
            if holder.is_gone() {
                "That process has ended."
            } else {
                "If it is still running, requests it has sent may be missing from the state."
            }
        ),
    )?;
    let holder = medium.unlock(nonce).map_err(Error::from)?;
    output.event("unlocked", json!({ "stage": chosen.stage.name, "holder": holder }));
    output.data(&format!("The lock of stage {}, held by {holder}, is released.", chosen.stage.name));
    Ok(())
}
