//! `history`: the deploys that changed something.

use super::output::state;
use crate::args::Global;
use crate::failure::CommandFailure;
use crate::output::Output;
use clap::{Args, Subcommand};
use plg_core::Stack;
use plg_core::codes;
use plg_runtime::exit::Exit;
use plg_runtime::store::{Deployed, State};
use plg_runtime::strangers::inline;
use serde_json::{Value, json};

/// Print the deploys that changed something: who, when, from which commit, with which result.
#[derive(Debug, Args)]
pub(crate) struct HistoryArgs {
    #[command(subcommand)]
    command: Option<HistoryCommand>,
}

/// What is asked of the history.
#[derive(Debug, Subcommand)]
enum HistoryCommand {
    /// Print one deploy: its commit, its plan and its result.
    Show {
        /// Its number, as `history` lists it.
        number: u64,
    },
}

pub(crate) fn run(
    stack: &'static Stack,
    global: &Global,
    args: &HistoryArgs,
    output: &Output,
) -> Result<Exit, CommandFailure> {
    let state = state(stack, global)?;
    if let Some(HistoryCommand::Show { number }) = args.command {
        return show(&state, number, output);
    }
    if state.history.is_empty() && state.begun.is_none() {
        output.say(&format!("Stage {} was never deployed.", state.stage));
    }
    let mut lines = Vec::new();
    if let Some(begun) = &state.begun {
        output.event("begun", json!({ "begun": event(begun) }));
        lines.push(format!("{} (at work, or died: the next deploy says which)", line(begun)));
    }
    for deployed in state.history.iter().rev() {
        output.event("deployed", json!({ "deployed": event(deployed) }));
        lines.push(line(deployed));
    }
    let lines: Vec<_> = lines.iter().map(|line| inline(line)).collect();
    output.data(&lines.join("\n"));
    Ok(Exit::Done)
}

/// Where numbers are listed.
const SHOW: &str = "`history` lists the deploys with their numbers";

/// Prints one deploy with its plan.
fn show(state: &State, number: u64, output: &Output) -> Result<Exit, CommandFailure> {
    let all = || state.history.iter().chain(state.begun.as_deref());
    let Some(deployed) = all().find(|deployed| deployed.number == number) else {
        let (first, last) = (all().map(|one| one.number).min(), all().map(|one| one.number).max());
        let (has, hint) = match (first, last) {
            (Some(first), Some(last)) if first == last => (format!("its only deploy is {first}"), SHOW),
            (Some(first), Some(last)) => {
                (format!("it has {} deploys, numbered {first} to {last}", all().count()), SHOW)
            }
            _ => ("it was never deployed".to_owned(), "deploy it first, or name another stage with --stage"),
        };
        let message = format!("stage {} has no deploy {number}: {has}", state.stage);
        return Err(CommandFailure::refused(codes::NOTHING_REMEMBERED, Exit::Usage, message, hint));
    };
    output.event("deployed", json!({ "deployed": event(deployed) }));
    let mut lines = vec![line(deployed)];
    lines.push(match &deployed.by.commit {
        Some(commit) if deployed.by.dirty => format!("commit {commit}, with changes that were not committed"),
        Some(commit) => format!("commit {commit}"),
        None => "commit not known".to_owned(),
    });
    lines.push(format!("plan {}", deployed.plan));
    if !deployed.accounts.is_empty() {
        lines.push(format!("accounts {}", deployed.accounts.join(", ")));
    }
    lines.push(String::new());
    lines.extend(deployed.shown.iter().cloned());
    if deployed.shown.is_empty() {
        lines.push(
            "Its plan is not in the state: plg keeps the plans of the latest 50 deploys, and earlier versions of plg kept none.".to_owned(),
        );
    }
    let lines: Vec<_> = lines.iter().map(|line| inline(line)).collect();
    output.data(&lines.join("\n"));
    Ok(Exit::Done)
}

/// As it is remembered, with the count that is not where it is none.
fn event(deployed: &Deployed) -> Value {
    let mut event = json!(deployed);
    event["adopted"] = deployed.adopted.into();
    event
}

fn line(deployed: &Deployed) -> String {
    #[rustfmt::skip]
    let Deployed {
        number, at, by, plan, shown: _, destroy, accounts: _, created, changed, adopted, removed, failed, interrupted, died, marker,
    } = deployed;
    let mut counts = vec![format!("{created} created"), format!("{changed} changed")];
    for (count, word) in [(adopted, "adopted"), (removed, "removed"), (failed, "failed")] {
        if *count > 0 {
            counts.push(format!("{count} {word}"));
        }
    }
    let what = if *destroy { "destroy" } else { "deploy" };
    let cut = if *interrupted { ", interrupted" } else { "" };
    let came = if *died { "died: the next run found out what became of it".into() } else { counts.join(", ") };
    let moment = at.split('.').next().unwrap_or(at).trim_end_matches('Z');
    let or = |text: &str| if text.is_empty() { "?".to_owned() } else { text.to_owned() };
    let commit = by
        .commit
        .as_deref()
        .map_or(String::new(), |hash| format!("  commit {}{}", short(hash, 10), if by.dirty { " dirty" } else { "" }));
    let marker = marker.as_ref().map_or(String::new(), |(address, id)| format!("  {address} ({id})"));
    format!(
        "{what} {number}  {moment}Z  {}@{}{commit}  plan {}  {}{cut}{marker}",
        or(&by.user),
        or(&by.host),
        short(plan, 10),
        came
    )
}

fn short(text: &str, most: usize) -> String {
    text.chars().take(most).collect()
}
