//! `state`: what was applied last.

use super::output::{state, unknown};
use crate::args::{Global, StateCommand};
use crate::failure::Failure;
use crate::output::Output;
use plg_schema::Stack;
use serde_json::json;
use std::process::ExitCode;

pub(crate) fn run(
    stack: &'static Stack,
    global: &Global,
    command: &StateCommand,
    output: &Output,
) -> Result<ExitCode, Failure> {
    let state = state(stack, global)?;
    match command {
        StateCommand::List => {
            output.event("state", json!({ "serial": state.serial, "lineage": state.lineage, "resources": state.resources.iter().map(|(a, e)| json!({ "address": a, "id": e.id })).collect::<Vec<_>>() }));
            if state.resources.is_empty() {
                output.say(&format!("Nothing was deployed to stage {} yet.", state.stage));
                return Ok(ExitCode::SUCCESS);
            }
            let width = state.resources.keys().map(String::len).max().unwrap_or(0);
            let lines: Vec<String> =
                state.resources.iter().map(|(address, entry)| format!("{address:width$}  {}", entry.id)).collect();
            output.data(&lines.join("\n"));
        }
        StateCommand::Show { address } => {
            let Some(entry) = state.resources.get(address) else { return Err(unknown(&state, address)) };
            output.event("resource", json!({ "address": address, "resource": entry }));
            output.data(&serde_json::to_string_pretty(entry).unwrap_or_default());
        }
    }
    Ok(ExitCode::SUCCESS)
}
