//! `promote`: shows how two stages differ, then applies the stack to the second.

use super::deploy::{apply, confirm};
use super::plan::{recovered, requests};
use super::report::report;
use super::shown::show as show_plan;
use super::{first, loss};
use crate::args::{Adopted, AllowLoss, ApplicationFolders, Global, Waiting, Yes};
use crate::confirm::Ask;
use crate::failure::CommandFailure;
use crate::output::Output;
use crate::sources;
use crate::stage;
use clap::Args;
use plg_core::{AccountName, Stack};
use plg_runtime::answers::stages::Difference;
use plg_runtime::exit::Exit;
use plg_runtime::plan::is_meant;
use plg_runtime::session::PlanOptions;
use plg_runtime::show;
use serde_json::json;

/// Show how two stages differ, then deploy the stack to the second.
#[derive(Debug, Args)]
pub(crate) struct PromoteArgs {
    /// The stage to compare with.
    #[arg(long, value_name = "STAGE")]
    pub(crate) from: String,
    /// The stage to deploy to.
    #[arg(long, value_name = "STAGE")]
    pub(crate) to: String,
    /// Only this address and what it depends on; may be repeated.
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) target: Vec<String>,
    /// Leave this address as it is, with everything that depends on it; `*` stands for any letters; may be repeated.
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) exclude: Vec<String>,
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
}

pub(crate) async fn run(
    stack: &'static Stack,
    global: &Global,
    args: &PromoteArgs,
    output: &Output,
) -> Result<Exit, CommandFailure> {
    if args.from == args.to {
        return Err(CommandFailure::usage(
            format!("--from and --to name the same stage, {}", args.from),
            "name two stages: `promote --from dev --to prod`",
        ));
    }
    sources::folders(&args.application.folders)?;
    let at = |stage: &str| Global { stage: stage.to_owned(), ..global.clone() };
    let options = PlanOptions {
        refresh: true,
        targets: args.target.clone(),
        excludes: args.exclude.clone(),
        include_adopted: args.adopted.include_adopted,
        ..PlanOptions::default()
    };
    let mut from = stage::open(stack, &at(&args.from), &options, "promote", true).await?;
    let mut to = stage::open(stack, &at(&args.to), &options, "promote", false).await?;
    lacking(stack, args, output);
    first::say(&from.session, output);
    recovered(&to.session, output);
    let before = from.session.plan(&options).await?;
    let plan = to.session.plan(&options).await?;
    let mut differences = from.session.compare(&to.session);
    if !args.target.is_empty() {
        differences.retain(|difference| plan.step(&difference.address).is_some());
    }
    differences.retain(|one| !args.exclude.iter().any(|pattern| is_meant(pattern, &one.address)));
    differ(&differences, args, output);
    // Only what is declared can be promoted.
    let astray: Vec<&str> = before.steps.iter().filter(|s| s.writes()).map(|s| s.address.as_str()).collect();
    if !astray.is_empty() && from.session.unremembered().is_none() {
        output.warn(&format!(
            "stage {} differs from the stack, too ({}): plg promotes the declared values, not changes made in the web app",
            args.from,
            astray.join(", ")
        ));
    }
    let shown = show_plan(stack, &to, &plan, &args.application, output).await?;
    if plan.changes() {
        let chosen = &to.chosen;
        let usual = if chosen.protected() && !plan.losses().is_empty() {
            Ask::Name(chosen.stage.name)
        } else if chosen.is_local() {
            Ask::Nothing
        } else {
            Ask::YesNo
        };
        let how = loss::ask(shown.impact(), chosen, (&args.loss, &args.yes), usual)?;
        confirm(how, args.yes.yes, &format!("Promote {} to {}: {}", args.from, args.to, shown.question(&plan)))?;
    }
    let outcome = apply(&mut to, &plan, 16, &args.waiting, output).await?;
    requests(&to.session, output);
    Ok(report(&outcome, &plan, false, output, &format!("Promoted from {} to {}", args.from, args.to)))
}

/// Says which accounts one of the stages has and the other one lacks: what is in them cannot be compared.
fn lacking(stack: &'static Stack, args: &PromoteArgs, output: &Output) {
    let names = |stage: &str| -> Vec<AccountName> {
        let stage = stack.stage(stage).into_iter();
        stage.flat_map(|stage| stack.accounts_of(stage)).map(|account| account.name).collect()
    };
    let (from, to) = (names(&args.from), names(&args.to));
    for (has, lacks, here, there) in [(&args.from, &args.to, &from, &to), (&args.to, &args.from, &to, &from)] {
        let gone: Vec<String> =
            here.iter().filter(|name| !there.contains(name)).map(|name| format!("`{name}`")).collect();
        if !gone.is_empty() {
            output.warn(&format!(
                "stage {lacks} lacks {}, which stage {has} has: declarations in it exist in {has} only",
                gone.join(", ")
            ));
        }
    }
}

/// Prints how the stages differ.
fn differ(differences: &[Difference], args: &PromoteArgs, output: &Output) {
    output.event("differences", json!({ "from": args.from, "to": args.to, "resources": differences }));
    if differences.is_empty() {
        return output.data(&format!("{} and {} agree in all declared fields.", args.from, args.to));
    }
    let shown = show::stages(differences, (&args.from, &args.to), output.style());
    output.data(&format!("{} and {} differ:\n\n{shown}", args.from, args.to));
    output.data("");
}
