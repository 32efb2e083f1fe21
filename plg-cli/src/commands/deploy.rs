//! `deploy`: brings the stage in line with the stack.

use super::loss;
use super::plan::{recovered, requests};
use super::report::report;
use super::shown::{PlanFormat, show_as};
use crate::args::{Adopted, AllowLoss, ApplicationFolders, Global, Planning, Waiting, Yes};
use crate::commit::who;
use crate::confirm::{Ask, Confirmation, ask};
use crate::deadline::{self, Applying};
use crate::failure::CommandFailure;
use crate::output::Output;
use crate::progress::ProgressLines;
use crate::sample;
use crate::sources;
use crate::stage::{self, Opened};
use clap::Args;
use plg_core::Stack;
use plg_core::codes;
use plg_runtime::apply::{ApplyOptions, Outcome};
use plg_runtime::error::Error;
use plg_runtime::exit::Exit;
use plg_runtime::plan::Plan;
use plg_runtime::plan::saved::Saved;
use plg_runtime::session::PlanOptions;
use plg_runtime::show;
use serde_json::json;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

/// Apply the stack to the stage: create, change and remove resources.
#[derive(Debug, Args)]
#[command(after_help = sample::examples(&[
    "deploy".into(),
    "deploy --stage prod".into(),
    "deploy --stage prod prod.plan".into(),
    format!("deploy --target {}", sample::address()),
    format!("deploy --exclude '{}.*' --timeout 10m", sample::kind()),
]))]
pub(crate) struct DeployArgs {
    /// A plan saved by `plan --out`, to apply as it was shown, without a question.
    #[arg(value_name = "FILE", conflicts_with_all = ["target", "exclude", "no_refresh", "include_adopted"])]
    pub(crate) plan: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) planning: Planning,
    #[command(flatten)]
    pub(crate) yes: Yes,
    #[command(flatten)]
    pub(crate) waiting: Waiting,
    #[command(flatten)]
    pub(crate) loss: AllowLoss,
    #[command(flatten)]
    pub(crate) adopted: Adopted,
    #[command(flatten)]
    pub(crate) application: ApplicationFolders,
    /// Print secrets that an API shows once, such as a webhook's signing secret, to standard output.
    #[arg(long, env = "PLG_REVEAL", value_parser = clap::builder::FalseyValueParser::new(), action = clap::ArgAction::SetTrue)]
    pub(crate) reveal: bool,
}

pub(crate) async fn run(
    stack: &'static Stack,
    global: &Global,
    args: &DeployArgs,
    output: &Output,
) -> Result<Exit, CommandFailure> {
    let saved = args.plan.as_deref().map(|path| load(path, stack, global)).transpose()?;
    let options = saved.as_ref().map_or_else(|| covered(args, false), Saved::options);
    sources::folders(&args.application.folders)?;
    let mut opened = stage::open(stack, global, &options, "deploy", false).await?;
    recovered(&opened.session, output);
    let plan = match &saved {
        Some(saved) => {
            // What may still arrive is no reason to call a plan stale: it is waited for, and then looked at.
            if let Some(exit) = settle(&mut opened, args, output).await? {
                return Ok(exit);
            }
            opened.session.restore(saved).await?
        }
        None => opened.plan(&options, output).await?,
    };
    let made = (PlanFormat::Text, saved.as_ref());
    let shown = show_as(stack, &opened, &plan, &args.application, made, output).await?;
    // A saved plan was looked at when it was made: it is applied as it is, and loses nothing unsaid.
    if saved.is_some() {
        loss::ask(shown.impact(), &opened.chosen, (&args.loss, &Yes { yes: true }), Ask::Nothing)?;
    } else if plan.changes() {
        let chosen = &opened.chosen;
        let usual = if chosen.protected() && !plan.losses().is_empty() {
            Ask::Name(chosen.stage.name)
        } else if chosen.is_local() {
            Ask::Nothing
        } else {
            Ask::YesNo
        };
        let how = loss::ask(shown.impact(), chosen, (&args.loss, &args.yes), usual)?;
        confirm(how, args.yes.yes, &shown.question(&plan))?;
    }
    let outcome = apply(&mut opened, &plan, args.planning.parallelism, &args.waiting, output).await?;
    requests(&opened.session, output);
    Ok(report(&outcome, &plan, args.reveal, output, &format!("PLG stack deployed: {}", stack.name)))
}

/// What a plan covers, as the command says.
pub(crate) fn covered(args: &DeployArgs, destroy: bool) -> PlanOptions {
    PlanOptions {
        refresh: !args.planning.no_refresh,
        destroy,
        targets: args.planning.target.clone(),
        excludes: args.planning.exclude.clone(),
        include_adopted: args.adopted.include_adopted,
    }
}

/// Reads a plan that was saved for this stack and stage.
fn load(path: &Path, stack: &Stack, global: &Global) -> Result<Saved, CommandFailure> {
    let bytes = std::fs::read(path).map_err(|error| {
        CommandFailure::usage(
            format!("the plan {} cannot be read: {error}", path.display()),
            "save a plan with `plan --out FILE`",
        )
    })?;
    let saved = Saved::parse(&bytes).map_err(Error::from)?;
    if saved.stack != stack.name {
        return Err(CommandFailure::usage(
            format!(
                "{} is a plan for the stack {}, and this program deploys {}",
                path.display(),
                saved.stack,
                stack.name
            ),
            "apply it with the program of that stack",
        ));
    }
    if saved.stage != global.stage {
        return Err(CommandFailure::usage(
            format!(
                "{} is a plan for stage {}, and this command is for stage {}",
                path.display(),
                saved.stage,
                global.stage
            ),
            format!("to apply it: --stage {}", saved.stage),
        ));
    }
    Ok(saved)
}

/// Asks, and refuses where there is no yes.
pub(crate) fn confirm(how: Ask, yes: bool, question: &str) -> Result<(), CommandFailure> {
    match ask(how, yes, question) {
        Confirmation::Yes => Ok(()),
        Confirmation::No => Err(CommandFailure::refused(
            codes::NOT_CONFIRMED,
            Exit::Usage,
            "you did not confirm",
            "run it again and answer yes",
        )),
        Confirmation::Nobody => Err(CommandFailure::refused(
            codes::NOT_CONFIRMED,
            Exit::Usage,
            format!("there is no terminal to ask for confirmation: {question}"),
            "run it in a terminal; or add --yes, which answers yes",
        )),
    }
}

/// Applies a plan, and stops early on Ctrl-C: once finishes what is under way, twice stops at once.
pub(crate) async fn apply(
    opened: &mut Opened,
    plan: &Plan,
    parallelism: u16,
    waiting: &Waiting,
    output: &Output,
) -> Result<Outcome, CommandFailure> {
    opened.session.signed(who());
    opened.session.showed(&show::plan(plan, Output::PLAIN));
    interruptible(parallelism, waiting, (output, Some(plan)), async |options| opened.session.apply(plan, options).await)
        .await
}

/// Waits for creates of an earlier run that may still arrive; says how the process ends, where it ends with that.
async fn settle(opened: &mut Opened, args: &DeployArgs, output: &Output) -> Result<Option<Exit>, CommandFailure> {
    if !opened.session.is_waiting() {
        return Ok(None);
    }
    if args.waiting.no_wait {
        output.say("A create of an earlier run may still arrive: run this again later, or without --no-wait.");
        return Ok(Some(Exit::Failed));
    }
    let is_settled = interruptible(args.planning.parallelism, &args.waiting, (output, None), async |options| {
        opened.session.settle_open(options).await
    });
    Ok((!is_settled.await?).then_some(Exit::Interrupted))
}

/// Does something that Ctrl-C ends early.
async fn interruptible<T>(
    parallelism: u16,
    waiting: &Waiting,
    (output, plan): (&Output, Option<&Plan>),
    work: impl AsyncFnOnce(&ApplyOptions) -> Result<T, Error>,
) -> Result<T, CommandFailure> {
    let cancel = CancellationToken::new();
    let told = Arc::new(ProgressLines::new(*output, plan));
    let applying = Applying::begin();
    let watcher = tokio::spawn(interrupts(cancel.clone(), *output, told.clone()));
    let Waiting { no_wait, keep_going } = *waiting;
    let parallelism = usize::from(parallelism);
    let options = ApplyOptions { parallelism, cancel, progress: told.clone(), no_wait, keep_going };
    let done = work(&options).await;
    watcher.abort();
    told.end();
    drop(applying);
    Ok(done?)
}

async fn interrupts(cancel: CancellationToken, output: Output, told: Arc<ProgressLines>) {
    let why = tokio::select! {
        () = signal() => "Interrupted".to_owned(),
        time = deadline::over() => format!("Out of time after {time}"),
    };
    told.ends();
    output.event("interrupted", json!({ "why": why }));
    output.say(&format!("{why}: finishing the running requests. Press Ctrl-C again to stop at once."));
    cancel.cancel();
    signal().await;
    told.end();
    output.say("Stopped. The running requests are in the journal; the next deploy looks up their outcome.");
    std::process::exit(i32::from(Exit::Interrupted.number()));
}

pub(crate) async fn signal() {
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
