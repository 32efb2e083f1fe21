//! `doctor`: everything that can keep a deploy from working.

use crate::args::Global;
use crate::failure::{CommandFailure, in_stage};
use crate::gate;
use crate::output::Output;
use crate::stage;
use clap::Args;
use plg_core::Stack;
use plg_core::codes;
use plg_runtime::doctor::{Finding, examine};
use plg_runtime::exit::Exit;
use plg_runtime::session::PlanOptions;
use plg_runtime::strangers::inline;
use serde_json::json;

/// Check everything that can prevent a deploy: keys, permissions, accounts, limits and the state.
#[derive(Debug, Args)]
pub(crate) struct DoctorArgs {}

pub(crate) async fn run(stack: &'static Stack, global: &Global, output: &Output) -> Result<Exit, CommandFailure> {
    let (options, chosen, _sandbox) =
        stage::options(stack, stage::accounts(stack, global, &PlanOptions::default())?, global, "doctor", true).await?;
    gate::know_declared(stack, chosen.stage.name);
    let findings = examine(options).await;
    let mut text = String::new();
    for finding in &findings {
        output.event("finding", json!(finding));
        let sign = match finding {
            Finding { good: true, .. } => "✓",
            Finding { note: true, .. } => "!",
            _ => "✗",
        };
        text.push_str(&format!("  {sign} {}: {}\n", inline(&finding.what), inline(&finding.detail)));
        if !finding.hint.is_empty() {
            text.push_str(&format!("      {}\n", in_stage(finding.hint.clone(), chosen.stage.name)));
        }
    }
    output.data(&text);
    let bad = findings.iter().filter(|f| !f.good && !f.note).count();
    let is_about_hosts = findings.iter().all(|f| f.good || f.note || f.unreachable);
    let exit = if is_about_hosts { Exit::Unreachable } else { Exit::Credentials };
    if bad == 0 {
        output.data(&format!("Stage {} can be deployed to.", chosen.stage.name));
        return Ok(Exit::Done);
    }
    Err(CommandFailure::refused(
        codes::FINDINGS,
        exit,
        match bad {
            1 => format!("1 finding prevents a deploy to stage {}", chosen.stage.name),
            _ => format!("{bad} findings prevent a deploy to stage {}", chosen.stage.name),
        },
        "follow the line below each ✗, then run `doctor` again",
    ))
}
