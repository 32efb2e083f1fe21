//! `destroy`: removes everything the stack made in a stage, and leaves what it adopted.

use super::deploy::{DeployArgs, apply, confirm, covered};
use super::loss;
use super::plan::{recovered, requests};
use super::report::report;
use super::shown::show;
use crate::args::Global;
use crate::confirm::Ask;
use crate::failure::CommandFailure;
use crate::output::Output;
use crate::sources;
use crate::stage;
use clap::Args;
use plg_core::Stack;
use plg_core::codes;
use plg_runtime::exit::Exit;

/// Remove everything this stack created in the stage, and leave objects that existed before as they are.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  destroy --stage local --yes\n  destroy --stage dev --include-adopted\n  plan --destroy"
)]
pub(crate) struct DestroyArgs {
    #[command(flatten)]
    pub(crate) deploy: DeployArgs,
}

pub(crate) async fn run(
    stack: &'static Stack,
    global: &Global,
    DestroyArgs { deploy: args }: &DestroyArgs,
    output: &Output,
) -> Result<Exit, CommandFailure> {
    let chosen = stage::choose(stack, global)?;
    if chosen.protected() {
        return Err(CommandFailure::refused(
            codes::PROTECTED,
            Exit::Refused,
            format!("stage {} is protected", chosen.stage.name),
            "to remove everything in it: take `protect: true` off the stage, deploy, then run this again",
        ));
    }
    sources::folders(&args.application.folders)?;
    let options = covered(args, true);
    let mut opened = stage::open(stack, global, &options, "destroy", false).await?;
    recovered(&opened.session, output);
    let plan = opened.plan(&options, output).await?;
    let shown = show(stack, &opened, &plan, &args.application, output).await?;
    // Nothing is written either: a state, even an empty one, would say that something is known.
    if plan.steps.is_empty() && opened.session.unremembered().is_some() {
        requests(&opened.session, output);
        return Ok(Exit::Done);
    }
    if plan.changes() || plan.remembers() {
        let usual = Ask::Name(opened.chosen.stage.name);
        let how = loss::ask(shown.impact(), &opened.chosen, (&args.loss, &args.yes), usual)?;
        confirm(how, args.yes.yes, &shown.question(&plan))?;
    }
    let outcome = apply(&mut opened, &plan, args.planning.parallelism, &args.waiting, output).await?;
    requests(&opened.session, output);
    Ok(report(
        &outcome,
        &plan,
        args.reveal,
        output,
        &format!("{} removed from stage {}", stack.name, opened.chosen.stage.name),
    ))
}
