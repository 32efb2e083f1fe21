//! `state`: what was applied last, and where it is kept.

mod dump;
mod edit;
mod late;
mod lock;
mod own;
mod rekey;
mod salvage;

use super::output::{state, unknown};
use crate::args::{Global, Yes};
use crate::confirm::Ask;
use crate::failure::CommandFailure;
use crate::output::Output;
use crate::stage::ChosenStage;
use clap::Subcommand;
use plg_core::Stack;
use plg_runtime::exit::Exit;
use plg_runtime::store::{Entry, Holder, State};
use serde_json::json;
use std::path::PathBuf;

/// Inspect and edit the state.
#[derive(Debug, Subcommand)]
pub(crate) enum StateCommand {
    /// Print every address with its remote id.
    List,
    /// Print the state's entry of one address.
    Show {
        /// An address, as `state list` prints it.
        address: String,
    },
    /// Print the whole state of the stage, for `state push`.
    Pull,
    /// Replace the state with the output of `state pull`, which you may have edited.
    Push {
        /// The file; `-` is standard input.
        file: PathBuf,
        /// Replace the present state even if it is newer or of another lineage.
        #[arg(long)]
        force: bool,
        #[command(flatten)]
        yes: Yes,
    },
    /// Move the state to the place that the stage declares, from the place where it was kept before.
    Migrate {
        /// `folder`, `folder:PATH`, `s3://bucket/prefix?region=…&endpoint=…`, `gs://bucket/prefix`,
        /// `azure://account/container/prefix`, or `env:NAME` for a variable that holds one of these or
        /// the address of a PostgreSQL database.
        #[arg(long, value_name = "PLACE")]
        from: String,
        #[command(flatten)]
        yes: Yes,
    },
    /// Release the lock of a deploy that died; the error of a locked stage has its nonce.
    Unlock {
        /// The lock's nonce, from that error.
        nonce: String,
        #[command(flatten)]
        yes: Yes,
    },
    /// Move a damaged state and journal aside, and rebuild the state from their intact entries.
    Salvage {
        #[command(flatten)]
        yes: Yes,
    },
    /// Encrypt the stored secrets again: with the newest key, or with a new key if they already use the newest.
    Rekey {
        /// Print a new key for `PLG_STATE_KEY`, and change nothing.
        #[arg(long, conflicts_with = "yes")]
        generate: bool,
        #[command(flatten)]
        yes: Yes,
    },
    /// Move an entry of the state to another address, as `was:` does.
    Mv {
        /// The address now.
        from: String,
        /// The address from now on.
        to: String,
        #[command(flatten)]
        yes: Yes,
    },
    /// Delete the object of a create that was given up and arrived later; asks you to type the id that `plan` names.
    RemoveLate {
        /// The remote id.
        id: String,
    },
    /// Record plg as the creator of a resource, so that plg removes it once it is no longer declared.
    Own {
        /// Addresses, as `state list` prints them.
        #[arg(required_unless_present = "all", value_name = "ADDRESS")]
        addresses: Vec<String>,
        /// Every resource of unknown origin.
        #[arg(long, conflicts_with = "addresses")]
        all: bool,
        /// With `--all`: also every resource that existed before plg, as far as plg knows, for use after a state was lost.
        #[arg(long, requires = "all")]
        adopted: bool,
        #[command(flatten)]
        yes: Yes,
    },
    /// Remove an entry from the state, and leave the object as it is.
    Rm {
        /// An address, as `state list` prints it.
        address: String,
        #[command(flatten)]
        yes: Yes,
    },
}

pub(crate) async fn run(
    stack: &'static Stack,
    global: &Global,
    command: &StateCommand,
    output: &Output,
) -> Result<Exit, CommandFailure> {
    match command {
        StateCommand::List => list(&state(stack, global)?, output),
        StateCommand::Show { address } => show(&state(stack, global)?, address, output)?,
        StateCommand::Pull => dump::pull(stack, global, output)?,
        StateCommand::Push { file, force, yes } => dump::push(stack, global, file, *force, yes.yes, output)?,
        StateCommand::Migrate { from, yes } => dump::migrate(stack, global, from, yes.yes, output)?,
        StateCommand::Unlock { nonce, yes } => lock::unlock(stack, global, nonce, yes.yes, output)?,
        StateCommand::Salvage { yes } => salvage::salvage(stack, global, yes.yes, output)?,
        StateCommand::Rekey { generate: true, .. } => rekey::generate(output)?,
        StateCommand::Rekey { yes, .. } => rekey::rekey(stack, global, yes.yes, output).await?,
        StateCommand::Mv { from, to, yes } => edit::rename(stack, global, from, to, yes.yes, output).await?,
        StateCommand::RemoveLate { id } => return late::remove(stack, global, id, output).await,
        StateCommand::Own { addresses, adopted, yes, .. } => {
            own::own(stack, global, (addresses, *adopted), yes.yes, output).await?;
        }
        StateCommand::Rm { address, yes } => edit::forget(stack, global, address, yes.yes, output).await?,
    }
    Ok(Exit::Done)
}

fn list(state: &State, output: &Output) {
    output.event("state", json!({ "serial": state.serial, "lineage": state.lineage, "resources": state.resources.iter().map(|(a, e)| json!({ "address": a, "account": e.account().0, "id": e.id, "origin": e.origin })).collect::<Vec<_>>() }));
    if state.resources.is_empty() {
        output.say(&format!("Stage {} was never deployed.", state.stage));
        return;
    }
    let width = state.resources.keys().map(String::len).max().unwrap_or(0);
    let line = |(address, entry): (&String, &Entry)| {
        let account = entry.account.as_ref().map_or_else(String::new, |account| format!("  ({account})"));
        format!("{address:width$}  {}{account}", entry.id)
    };
    let lines: Vec<String> = state.resources.iter().map(line).collect();
    output.data(&lines.join("\n"));
}

fn show(state: &State, address: &str, output: &Output) -> Result<(), CommandFailure> {
    let Some(entry) = state.resources.get(address) else { return Err(unknown(state, address)) };
    // As a value: what it was applied with is kept as text of one line.
    let mut resource = json!(entry);
    // States say neither that it is unknown, nor which account is the default one.
    resource["origin"] = json!(entry.origin);
    resource["account"] = json!(entry.account().0);
    output.event("resource", json!({ "address": address, "resource": resource }));
    output.json_data(&serde_json::to_string_pretty(&resource).unwrap_or_default());
    Ok(())
}

/// How a change of what is remembered is confirmed.
fn sure(chosen: &ChosenStage) -> Ask<'_> {
    if chosen.protected() { Ask::Name(chosen.stage.name) } else { Ask::YesNo }
}

fn me(command: &str) -> Holder {
    Holder::me(command, &plg_runtime::session::now())
}
