//! `state rekey`: seals anew what the APIs showed once.

use super::edit::{open, record};
use super::sure;
use crate::args::Global;
use crate::commands::deploy::confirm;
use crate::failure::CommandFailure;
use crate::output::Output;
use plg_core::{Stack, codes};
use plg_runtime::exit::Exit;
use plg_runtime::store::seal::{SealError, SecretSealer};
use plg_runtime::store::{State, StateEvent};
use serde_json::json;

/// Prints a key for the variable, and changes nothing.
pub(super) fn generate(output: &Output) -> Result<(), CommandFailure> {
    let key = SecretSealer::generate().map_err(refused)?;
    output.revealed("key", json!({ "key": key.expose() }), key.expose());
    Ok(())
}

/// Seals every secret of a stage with the key that seals now, or with a new one where all are.
///
/// What cannot be opened stops it before anything is changed. A new key is in its file before anything is sealed with
/// it, and the old ones stay there: wherever it dies, everything that is kept still opens, and run again it goes on.
pub(super) async fn rekey(
    stack: &'static Stack,
    global: &Global,
    yes: bool,
    output: &Output,
) -> Result<(), CommandFailure> {
    let (chosen, book) = open(stack, global, "state rekey")?;
    let (state, keeper) = (book.state(), chosen.sealer());
    let count: usize = state.resources.values().map(|entry| entry.sealed.len()).sum();
    if count == 0 {
        output.event("rekeyed", json!({ "sealed": 0, "key": null }));
        output.data(&format!("The state of stage {} has no secrets. Nothing was changed.", chosen.stage.name));
        return Ok(());
    }
    // All of it is opened before any of it is changed.
    anew(&state, &|sealed| keeper.open(sealed).map(|_| String::new()))?;
    let question = format!("Encrypt {count} secrets of stage {} again?", chosen.stage.name);
    confirm(sure(&chosen), yes, &question)?;
    let all = state.resources.values().flat_map(|entry| entry.sealed.values());
    let mut done = true;
    for sealed in all {
        done &= keeper.is_current(sealed).map_err(refused)?;
    }
    if done || keeper.id().map_err(refused)?.is_none() {
        keeper.check().and_then(|()| keeper.renew()).map_err(refused)?;
    }
    let changes = anew(&state, &|sealed| keeper.open(sealed).and_then(|secret| keeper.seal(&secret)))?;
    record(&book, changes).await?;
    let key = keeper.id().map_err(refused)?.unwrap_or_default();
    output.event("rekeyed", json!({ "sealed": count, "key": key }));
    output.data(&format!(
        "{count} secrets of stage {} are encrypted with the key {key} now. The earlier keys stay: other stages, backups and dumps may need them. Remove them once nothing does.",
        chosen.stage.name
    ));
    Ok(())
}

/// Every resource with what `seal` makes of its secrets, where that is anything else.
fn anew(state: &State, seal: &dyn Fn(&str) -> Result<String, SealError>) -> Result<Vec<StateEvent>, CommandFailure> {
    let mut changes = Vec::new();
    for (address, entry) in state.resources.iter().filter(|(_, entry)| !entry.sealed.is_empty()) {
        let mut entry = entry.clone();
        for (name, sealed) in &mut entry.sealed {
            *sealed = seal(sealed).map_err(|error| {
                CommandFailure::refused(
                    codes::SECRET_SEALED,
                    Exit::Internal,
                    format!("the `{name}` of {address} cannot be encrypted again: {error}"),
                    error.hint(),
                )
            })?;
        }
        changes.push(StateEvent::Adopt { address: address.clone(), entry: Box::new(entry) });
    }
    Ok(changes)
}

fn refused(error: SealError) -> CommandFailure {
    CommandFailure::refused(codes::SECRET_SEALED, Exit::Internal, error.to_string(), error.hint())
}
