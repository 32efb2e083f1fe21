//! `deploy`: brings the stage in line with the stack.

use super::loss;
use super::plan::{print, recovered, requests};
use crate::args::{DeployArgs, Global, Yes};
use crate::commit;
use crate::confirm::{Answer, Ask, ask};
use crate::failure::Failure;
use crate::output::Output;
use crate::progress::Told;
use crate::stage::{self, Opened};
use plg_runtime::apply::{ApplyOptions, Outcome, Shown, Why};
use plg_runtime::error::Error;
use plg_runtime::plan::saved::Saved;
use plg_runtime::plan::{Change, Plan};
use plg_runtime::session::PlanOptions;
use plg_runtime::store::By;
use plg_schema::Stack;
use serde_json::json;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

pub(crate) async fn run(
    stack: &'static Stack,
    global: &Global,
    args: &DeployArgs,
    output: &Output,
) -> Result<ExitCode, Failure> {
    let saved = args.plan.as_deref().map(|path| load(path, stack, global)).transpose()?;
    let mut opened = stage::open(stack, global, "deploy", false).await?;
    recovered(&opened.session, output);
    let options = PlanOptions { refresh: !args.look.no_refresh, destroy: false, targets: args.look.target.clone() };
    let plan = match &saved {
        Some(saved) => opened.session.restore(saved).await?,
        None => opened.session.plan(&options).await?,
    };
    print(&opened.session, &plan, output);
    let impact = loss::show(&opened.session, &plan, &args.application, "  ", output).await?;
    // A saved plan was looked at when it was made: it is applied as it is, and loses nothing unsaid.
    if saved.is_some() {
        loss::ask(&impact, &opened.place, (&args.loss, &Yes { yes: true }), Ask::Nothing)?;
    } else if plan.changes() {
        let place = &opened.place;
        let usual = if place.protected() && !plan.losses().is_empty() {
            Ask::Name(place.stage.name)
        } else if place.is_local() {
            Ask::Nothing
        } else {
            Ask::YesNo
        };
        let question = format!(
            "Deploy this to {} and {}?",
            opened.session.accounts().workspace_name,
            opened.session.accounts().project_name
        );
        let how = loss::ask(&impact, place, (&args.loss, &args.yes), usual)?;
        confirm(how, args.yes.yes, &question)?;
    }
    let outcome = apply(&mut opened, &plan, args.look.parallelism, output).await?;
    requests(&opened.session, output);
    report(&outcome, &plan, args.reveal, output, &format!("PLG stack deployed: {}", stack.name))
}

/// Reads a plan that was saved for this stack and stage.
fn load(path: &Path, stack: &Stack, global: &Global) -> Result<Saved, Failure> {
    let bytes = std::fs::read(path).map_err(|error| {
        Failure::usage(format!("the plan {} cannot be read: {error}", path.display()), "`plan --out FILE` makes one")
    })?;
    let saved = Saved::parse(&bytes).map_err(Error::from)?;
    if saved.stack != stack.name {
        return Err(Failure::usage(
            format!("{} is a plan for the stack {}, and this is {}", path.display(), saved.stack, stack.name),
            "deploy it with the program that made it",
        ));
    }
    if saved.stage != global.stage {
        return Err(Failure::usage(
            format!("{} is a plan for stage {}, and this is {}", path.display(), saved.stage, global.stage),
            format!("if it is meant: --stage {}", saved.stage),
        ));
    }
    Ok(saved)
}

/// Asks, and refuses where there is no yes.
pub(crate) fn confirm(how: Ask, yes: bool, question: &str) -> Result<(), Failure> {
    match ask(how, yes, question) {
        Answer::Yes => Ok(()),
        Answer::No => Err(Failure::refused(2, "not confirmed", "")),
        Answer::Nobody => Err(Failure::refused(
            2,
            "there is no terminal to ask for confirmation",
            "add --yes, if the plan above is what you want",
        )),
    }
}

/// Applies a plan, and stops early on Ctrl-C: once finishes what is under way, twice stops at once.
pub(crate) async fn apply(
    opened: &mut Opened,
    plan: &Plan,
    parallelism: u16,
    output: &Output,
) -> Result<Outcome, Failure> {
    let cancel = CancellationToken::new();
    let told = Arc::new(Told::new(*output));
    let watcher = tokio::spawn(interrupts(cancel.clone(), *output));
    opened.session.signed(who());
    let options = ApplyOptions { parallelism: usize::from(parallelism), cancel, progress: told.clone() };
    let outcome = opened.session.apply(plan, &options).await;
    watcher.abort();
    told.end();
    Ok(outcome?)
}

/// Who is at work, and on which commit.
fn who() -> By {
    let holder = plg_runtime::store::Holder::me("", "");
    By { user: holder.user, host: holder.host, commit: commit::current() }
}

async fn interrupts(cancel: CancellationToken, output: Output) {
    signal().await;
    output.say("Interrupted: finishing what is under way. Press Ctrl-C again to stop at once.");
    cancel.cancel();
    signal().await;
    output.say("Stopped. What was under way is in the journal; the next deploy finds out what became of it.");
    std::process::exit(130);
}

async fn signal() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = tokio::signal::ctrl_c() => {}
                _ = terminate.recv() => {}
            }
            return;
        }
    }
    let _ = tokio::signal::ctrl_c().await;
}

/// Says what became of a plan.
pub(crate) fn report(
    outcome: &Outcome,
    plan: &Plan,
    reveal: bool,
    output: &Output,
    headline: &str,
) -> Result<ExitCode, Failure> {
    for warning in &outcome.warnings {
        output.warn(warning);
    }
    for (address, why) in &outcome.behind {
        output.event("behind", json!({ "address": address, "why": why }));
    }
    if !outcome.behind.is_empty() {
        output.say(&format!("Stays behind ({}):", outcome.behind.len()));
        for (address, why) in &outcome.behind {
            output.say(&format!("  {address}: {why}"));
        }
    }
    for Shown { address, name, secret, unkept } in &outcome.secrets {
        if reveal {
            output.event("secret", json!({ "address": address, "name": name, "secret": secret.expose() }));
            output.data(&format!("{address} {name}: {}", secret.expose()));
            continue;
        }
        match unkept {
            None => output.say(&format!(
                "The `{name}` of {address} is kept, encrypted: `output --reveal {address}` shows it."
            )),
            Some(error) => output.warn(&format!(
                "the `{name}` of {address} is shown once and could not be kept: {error}; {}. To get another one, remove it from the stack, deploy, and deploy it again",
                error.hint()
            )),
        }
    }
    for failed in &outcome.failed {
        let place = if failed.place.is_empty() { String::new() } else { format!("\n  --> {}", failed.place) };
        let (said, hint) = match &failed.why {
            Why::Remote(failure) => (format!("{failure}\n  {}", failure.request()), failure.hint()),
            Why::Here(message) => (message.clone(), ""),
        };
        output.event(
            "failure",
            json!({ "address": failed.address, "place": failed.place, "message": said, "hint": hint }),
        );
        output.say(&format!(
            "{} {} could not be brought in line{place}\n  {said}",
            output.paint("1;31", "error:"),
            failed.address
        ));
        if !hint.is_empty() {
            output.say(&format!("{} {hint}", output.paint("36", " help:")));
        }
    }
    // A marker that was not made is as it should be.
    let unmade = plan.count(Change::Marker) - outcome.count(Change::Marker).min(plan.count(Change::Marker));
    let counts = counts(outcome, unmade, plan.count(Change::Await));
    let took = format!("{:.1} s", outcome.took.as_secs_f64());
    output.event("outcome", json!({
        "done": outcome.done.iter().map(|(address, change)| json!({ "address": address, "change": change })).collect::<Vec<_>>(),
        "failed": outcome.failed.len(),
        "skipped": outcome.skipped.len(),
        "unchanged": outcome.unchanged,
        "interrupted": outcome.interrupted,
        "seconds": outcome.took.as_secs_f64(),
    }));
    if outcome.interrupted {
        output.say(&format!(
            "Interrupted after {took}: {counts}. {} not started; what was done is remembered.",
            outcome.skipped.len()
        ));
        return Ok(ExitCode::from(130));
    }
    if !outcome.failed.is_empty() {
        output.say(&format!(
            "{} failed and {} not tried, after {took}: {counts}. What was done is remembered: run it again to go on.",
            outcome.failed.len(),
            outcome.skipped.len()
        ));
        return Ok(ExitCode::from(4));
    }
    let total = plan.steps.iter().filter(|s| !matches!(s.change, Change::Read)).count();
    output.data(&format!("{headline}, {total} resources: {counts}, in {took}."));
    Ok(ExitCode::SUCCESS)
}

fn counts(outcome: &Outcome, unmade: usize, awaited: usize) -> String {
    let words = [
        (&[Change::Create, Change::Marker][..], "created"),
        (&[Change::Update, Change::Revive, Change::Replace], "changed"),
        (&[Change::Adopt], "adopted"),
        (&[Change::Delete], "deleted"),
        (&[Change::Archive], "archived"),
        (&[Change::Keep, Change::Forget], "let go"),
    ];
    let count = |changes: &[Change]| changes.iter().map(|c| outcome.count(*c)).sum::<usize>();
    let mut parts: Vec<String> = words
        .iter()
        .enumerate()
        .map(|(n, (changes, word))| (n, count(changes), word))
        .filter(|(n, count, _)| *n < 2 || *count > 0)
        .map(|(_, count, word)| format!("{count} {word}"))
        .collect();
    parts.push(format!("{} unchanged", outcome.unchanged + unmade));
    if awaited > 0 {
        parts.push(format!("{awaited} not there yet"));
    }
    parts.join(", ")
}
