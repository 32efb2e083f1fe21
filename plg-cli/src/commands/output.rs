//! `output`: the remote ids of what is deployed.

use crate::args::{Global, OutputArgs};
use crate::failure::Failure;
use crate::output::Output;
use crate::stage;
use plg_runtime::error::Error;
use plg_runtime::store::{Folder, State, read};
use plg_schema::Stack;
use serde_json::{Value, json};
use std::process::ExitCode;

pub(crate) fn run(
    stack: &'static Stack,
    global: &Global,
    args: &OutputArgs,
    output: &Output,
) -> Result<ExitCode, Failure> {
    let state = state(stack, global)?;
    let all: serde_json::Map<String, Value> =
        state.resources.iter().map(|(address, entry)| (address.clone(), json!(entry.outputs))).collect();
    let value = match &args.address {
        None => Value::Object(all),
        Some(address) => match all.get(address) {
            Some(value) => value.clone(),
            None => return Err(unknown(&state, address)),
        },
    };
    output.event("output", json!({ "output": value }));
    output.data(&serde_json::to_string_pretty(&value).unwrap_or_default());
    Ok(ExitCode::SUCCESS)
}

/// The state of the stage; empty where it was never deployed.
pub(crate) fn state(stack: &'static Stack, global: &Global) -> Result<State, Failure> {
    let place = stage::place(stack, global)?;
    let read =
        read(&Folder::new(&place.folder), stack.name, place.stage.name).map_err(|e| Failure::from(Error::from(e)))?;
    Ok(read.map_or_else(|| State::new(stack.name, place.stage.name), |(state, _)| state))
}

/// Says which address was meant.
pub(crate) fn unknown(state: &State, address: &str) -> Failure {
    let close = state
        .resources
        .keys()
        .map(|a| (strsim::jaro_winkler(a, address), a))
        .filter(|(score, _)| *score > 0.8)
        .max_by(|a, b| a.0.total_cmp(&b.0));
    Error::UnknownAddress { address: address.to_owned(), close: close.map(|(_, a)| a.clone()) }.into()
}
