//! `history`: the deploys that changed something.

use super::output::state;
use crate::args::Global;
use crate::failure::CommandFailure;
use crate::output::Output;
use clap::Args;
use plg_runtime::exit::Exit;
use plg_runtime::store::Deployed;
use plg_runtime::strangers::inline;
use plg_schema::Stack;
use serde_json::{Value, json};

/// Print the deploys that changed something: who, when, from which commit, what came of it.
#[derive(Debug, Args)]
pub(crate) struct HistoryArgs {}

pub(crate) fn run(stack: &'static Stack, global: &Global, output: &Output) -> Result<Exit, CommandFailure> {
    let state = state(stack, global)?;
    if state.history.is_empty() && state.begun.is_none() {
        output.say(&format!("Nothing was deployed to stage {} yet.", state.stage));
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

/// As it is remembered, with the count that is not where it is none.
fn event(deployed: &Deployed) -> Value {
    let mut event = json!(deployed);
    event["adopted"] = deployed.adopted.into();
    event
}

fn line(deployed: &Deployed) -> String {
    #[rustfmt::skip]
    let Deployed {
        number, at, by, plan, destroy, created, changed, adopted, removed, failed, interrupted, died, marker,
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
