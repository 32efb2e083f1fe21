//! `drift`: what was changed in the web apps since it was applied.

use super::deploy::{apply, confirm};
use super::first;
use super::plan::{recovered, requests};
use super::report::report;
use crate::args::{Global, Waiting, Yes};
use crate::confirm::Ask;
use crate::failure::CommandFailure;
use crate::output::Output;
use crate::stage::{self, Opened};
use clap::Args;
use plg_core::Stack;
use plg_runtime::exit::Exit;
use plg_runtime::plan::Plan;
use plg_runtime::session::{PlanOptions, now};
use plg_runtime::show::{self, PlanFacts};
use serde_json::json;

/// Show the changes that people made in the web apps since the last deploy.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  drift --stage prod --exit-code\n  drift --stage prod --repair")]
pub(crate) struct DriftArgs {
    /// Only this address and what it depends on; may be repeated.
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) target: Vec<String>,
    /// Leave this address out, with everything that depends on it; `*` stands for any letters; may be repeated.
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) exclude: Vec<String>,
    /// Restore the applied values.
    #[arg(long)]
    pub(crate) repair: bool,
    /// Exit with 8 if there is drift, with 11 if the stage has no state.
    #[arg(long)]
    pub(crate) exit_code: bool,
    #[command(flatten)]
    pub(crate) yes: Yes,
    #[command(flatten)]
    pub(crate) waiting: Waiting,
}

pub(crate) async fn run(
    stack: &'static Stack,
    global: &Global,
    args: &DriftArgs,
    output: &Output,
) -> Result<Exit, CommandFailure> {
    let options = PlanOptions {
        refresh: true,
        targets: args.target.clone(),
        excludes: args.exclude.clone(),
        ..PlanOptions::default()
    };
    let mut opened = stage::open(stack, global, &options, "drift", !args.repair).await?;
    recovered(&opened.session, output);
    if opened.session.unremembered().is_some() {
        // An address that nobody knows is a mistake all the same.
        if !options.targets.is_empty() {
            opened.plan(&options, output).await?;
        }
        return Ok(unremembered(&opened, args, output));
    }
    let plan = opened.plan(&options, output).await?;
    let drift = plan.drift();
    let facts = PlanFacts::of(&plan, opened.session.accounts()).made_at(&now());
    output.event(
        "drift",
        json!({
            "resources": drift.steps, "open_writes": drift.open_writes, "late": drift.late, "remembered": true,
            "left": plan.left_to_people(), "variables": plan.other_values(), "own": plan.own_writes(),
            "accounts": facts.accounts, "looked_at": facts.made_at.map(|at| at.to_string()),
        }),
    );
    let shown = show::drift(&plan, output.style());
    if !output.quiet {
        output.data(show::drift_head(&plan, &facts, output.style()).trim_end());
        output.data("");
    }
    if drift.steps.is_empty() {
        if !shown.is_empty() {
            output.data(&shown);
        }
        output.data(&format!("No drift in stage {}: the live values are the applied ones.", opened.chosen.stage.name));
        return Ok(Exit::Done);
    }
    first::others(&opened.session, output);
    output.event("plan", json!({ "plan": drift }));
    if !output.quiet {
        output.data(&format!("{shown}{}", headline(&drift)));
    }
    if !args.repair {
        requests(&opened.session, output);
        output.say("`drift --repair` restores the applied values; `ignore: [field]` leaves a field to the web app.");
        return Ok(if args.exit_code { Exit::Drift } else { Exit::Done });
    }
    let how = if opened.chosen.is_local() { Ask::Nothing } else { Ask::YesNo };
    let accounts = PlanFacts::of(&drift, opened.session.accounts()).touched(&drift);
    confirm(
        how,
        args.yes.yes,
        &format!("Restore the applied values in {accounts}, stage {}?", opened.chosen.stage.name),
    )?;
    let outcome = apply(&mut opened, &drift, 16, &args.waiting, output).await?;
    requests(&opened.session, output);
    Ok(report(&outcome, &drift, false, output, &format!("Drift repaired in stage {}", opened.chosen.stage.name)))
}

/// How much was changed.
fn headline(drift: &Plan) -> String {
    let (count, stage) = (drift.steps.len(), &drift.stage);
    let resources = if count == 1 { "1 resource differs" } else { &format!("{count} resources differ") };
    format!("Drift in stage {stage}: {resources} from the applied values.")
}

/// Drift is from what was applied: where nothing is remembered, nobody can tell.
fn unremembered(opened: &Opened, args: &DriftArgs, output: &Output) -> Exit {
    output.event("drift", json!({ "resources": [], "open_writes": [], "late": [], "remembered": false, "left": [], "variables": [], "own": [], "accounts": [], "looked_at": null }));
    output.data(&format!(
        "plg cannot tell whether stage {} has drifted: it has no state of the stage.",
        opened.chosen.stage.name
    ));
    if args.exit_code { Exit::Unremembered } else { Exit::Done }
}
