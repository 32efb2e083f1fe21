//! `drift`: what was changed in the web apps since it was applied.

use super::deploy::{apply, confirm, report};
use super::plan::{print, recovered, requests};
use crate::args::{DriftArgs, Global};
use crate::confirm::Ask;
use crate::failure::Failure;
use crate::output::Output;
use crate::stage;
use plg_runtime::session::PlanOptions;
use plg_schema::Stack;
use serde_json::json;
use std::process::ExitCode;

/// The exit code for drift.
const DRIFT: u8 = 8;

pub(crate) async fn run(
    stack: &'static Stack,
    global: &Global,
    args: &DriftArgs,
    output: &Output,
) -> Result<ExitCode, Failure> {
    let mut opened = stage::open(stack, global, "drift", !args.repair).await?;
    recovered(&opened.session, output);
    let options = PlanOptions { refresh: true, destroy: false, targets: args.target.clone() };
    let drift = opened.session.plan(&options).await?.drift();
    output.event("drift", json!({ "resources": drift.steps }));
    if drift.steps.is_empty() {
        output.data(&format!("No drift in stage {}: what is live is as it was applied.", opened.place.stage.name));
        return Ok(ExitCode::SUCCESS);
    }
    print(&opened.session, &drift, output);
    if !args.repair {
        requests(&opened.session, output);
        output.say(
            "`drift --repair` brings back what was applied; `ignore: [field]` leaves a field to the people who click.",
        );
        return Ok(ExitCode::from(if args.exit_code { DRIFT } else { 0 }));
    }
    let how = if opened.place.is_local() { Ask::Nothing } else { Ask::YesNo };
    confirm(how, args.yes.yes, "Bring this back?")?;
    let outcome = apply(&mut opened, &drift, 16, output).await?;
    requests(&opened.session, output);
    report(&outcome, &drift, false, output, &format!("Drift repaired in stage {}", opened.place.stage.name))
}
