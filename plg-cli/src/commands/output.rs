//! `output`: the remote ids of what is deployed.

use crate::args::Global;
use crate::failure::CommandFailure;
use crate::gate::know_declared;
use crate::output::Output;
use crate::sample;
use crate::stage;
use clap::Args;
use plg_core::Stack;
use plg_core::codes;
use plg_runtime::error::Error;
use plg_runtime::exit::Exit;
use plg_runtime::store::{State, read};
use serde_json::{Value, json};

/// Print the remote ids and other outputs of what is deployed.
#[derive(Debug, Args)]
#[command(after_help = sample::examples(&[format!("output {}", sample::address()), "output --reveal ADDRESS".into()]))]
pub(crate) struct OutputArgs {
    /// An address, as `state list` prints it; without it, every address.
    pub(crate) address: Option<String>,
    /// Also print the secrets of this address, decrypted with the key in `.plg/key` or `PLG_STATE_KEY`.
    #[arg(long, requires = "address")]
    pub(crate) reveal: bool,
}

pub(crate) fn run(
    stack: &'static Stack,
    global: &Global,
    args: &OutputArgs,
    output: &Output,
) -> Result<Exit, CommandFailure> {
    let state = state(stack, global)?;
    if args.reveal {
        return reveal(stack, global, &state, args.address.as_deref().unwrap_or_default(), output);
    }
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
    output.json_data(&serde_json::to_string_pretty(&value).unwrap_or_default());
    Ok(Exit::Done)
}

/// Prints what the API showed once.
fn reveal(
    stack: &'static Stack,
    global: &Global,
    state: &State,
    address: &str,
    output: &Output,
) -> Result<Exit, CommandFailure> {
    let entry = state.resources.get(address).ok_or_else(|| unknown(state, address))?;
    if entry.sealed.is_empty() {
        return Err(CommandFailure::refused(
            codes::NOTHING_REMEMBERED,
            Exit::Usage,
            format!("the state has no secret of {address}"),
            "an API shows a secret once, when the resource is created: to get another one, remove the resource from the stack, deploy, and deploy it again",
        ));
    }
    let keeper = stage::choose(stack, global)?.sealer();
    for (name, sealed) in &entry.sealed {
        let secret = keeper.open(sealed).map_err(|e| {
            CommandFailure::refused(
                codes::SECRET_SEALED,
                Exit::Internal,
                format!("the `{name}` of {address} cannot be decrypted: {e}"),
                e.hint(),
            )
        })?;
        let event = json!({ "address": address, "name": name, "secret": secret.expose() });
        output.revealed("secret", event, secret.expose());
    }
    Ok(Exit::Done)
}

/// The state of the stage; empty where it was never deployed.
pub(crate) fn state(stack: &'static Stack, global: &Global) -> Result<State, CommandFailure> {
    let chosen = stage::choose(stack, global)?;
    know_declared(stack, chosen.stage.name);
    let read = read(&*chosen.backend(stack)?, stack.name, chosen.stage.name).map_err(Error::from)?;
    Ok(read.map_or_else(|| State::new(stack.name, chosen.stage.name), |(state, _)| state))
}

/// Says which address was meant.
pub(crate) fn unknown(state: &State, address: &str) -> CommandFailure {
    Error::unknown(address, state.resources.keys().map(String::as_str)).into()
}
