//! `state`: what was applied last, and where it is kept.

mod dump;
mod edit;
mod lock;

use super::output::{state, unknown};
use crate::args::{Global, StateCommand};
use crate::confirm::Ask;
use crate::failure::Failure;
use crate::output::Output;
use crate::stage::Place;
use plg_runtime::store::{Holder, State};
use plg_schema::Stack;
use serde_json::json;
use std::process::ExitCode;

pub(crate) async fn run(
    stack: &'static Stack,
    global: &Global,
    command: &StateCommand,
    output: &Output,
) -> Result<ExitCode, Failure> {
    match command {
        StateCommand::List => list(&state(stack, global)?, output),
        StateCommand::Show { address } => show(&state(stack, global)?, address, output)?,
        StateCommand::Pull => dump::pull(stack, global, output)?,
        StateCommand::Push { file, force, yes } => dump::push(stack, global, file, *force, yes.yes, output)?,
        StateCommand::Migrate { from, yes } => dump::migrate(stack, global, from, yes.yes, output)?,
        StateCommand::Unlock { nonce, yes } => lock::unlock(stack, global, nonce, yes.yes, output)?,
        StateCommand::Mv { from, to, yes } => edit::rename(stack, global, from, to, yes.yes, output).await?,
        StateCommand::Rm { address, yes } => edit::forget(stack, global, address, yes.yes, output).await?,
    }
    Ok(ExitCode::SUCCESS)
}

fn list(state: &State, output: &Output) {
    output.event("state", json!({ "serial": state.serial, "lineage": state.lineage, "resources": state.resources.iter().map(|(a, e)| json!({ "address": a, "id": e.id })).collect::<Vec<_>>() }));
    if state.resources.is_empty() {
        output.say(&format!("Nothing was deployed to stage {} yet.", state.stage));
        return;
    }
    let width = state.resources.keys().map(String::len).max().unwrap_or(0);
    let lines: Vec<String> =
        state.resources.iter().map(|(address, entry)| format!("{address:width$}  {}", entry.id)).collect();
    output.data(&lines.join("\n"));
}

fn show(state: &State, address: &str, output: &Output) -> Result<(), Failure> {
    let Some(entry) = state.resources.get(address) else { return Err(unknown(state, address)) };
    output.event("resource", json!({ "address": address, "resource": entry }));
    // As a value: what it was applied with is kept as text of one line.
    output.data(&serde_json::to_string_pretty(&json!(entry)).unwrap_or_default());
    Ok(())
}

/// How a change of what is remembered is confirmed.
fn sure(place: &Place) -> Ask<'_> {
    if place.protected() { Ask::Name(place.stage.name) } else { Ask::YesNo }
}

fn me(command: &str) -> Holder {
    Holder::me(command, &plg_runtime::session::now())
}
