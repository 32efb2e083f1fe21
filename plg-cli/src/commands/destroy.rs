//! `destroy`: removes everything the stack made in a stage.

use super::deploy::{apply, confirm, report};
use super::loss;
use super::plan::{print, recovered, requests};
use crate::args::{DeployArgs, Global};
use crate::confirm::Ask;
use crate::failure::Failure;
use crate::output::Output;
use crate::stage;
use plg_runtime::session::PlanOptions;
use plg_schema::Stack;
use std::process::ExitCode;

pub(crate) async fn run(
    stack: &'static Stack,
    global: &Global,
    args: &DeployArgs,
    output: &Output,
) -> Result<ExitCode, Failure> {
    let place = stage::place(stack, global)?;
    if place.protected() {
        return Err(Failure::refused(
            5,
            format!("stage {} is protected", place.stage.name),
            "take `protect: true` off the stage first, if everything in it is really meant to go",
        ));
    }
    let mut opened = stage::open(stack, global, "destroy", false).await?;
    recovered(&opened.session, output);
    let options = PlanOptions { refresh: !args.look.no_refresh, destroy: true, targets: args.look.target.clone() };
    let plan = opened.session.plan(&options).await?;
    print(&opened.session, &plan, output);
    let impact = loss::show(&opened.session, &plan, &args.application, "  ", output).await?;
    if plan.changes() || plan.remembers() {
        let usual = Ask::Name(opened.place.stage.name);
        let how = loss::ask(&impact, &opened.place, (&args.loss, &args.yes), usual)?;
        confirm(how, args.yes.yes, "This removes everything listed.")?;
    }
    let outcome = apply(&mut opened, &plan, args.look.parallelism, output).await?;
    requests(&opened.session, output);
    report(
        &outcome,
        &plan,
        args.reveal,
        output,
        &format!("{} removed from stage {}", stack.name, opened.place.stage.name),
    )
}
