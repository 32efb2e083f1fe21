//! `doctor`: everything that can keep a deploy from working.

use crate::args::Global;
use crate::failure::CommandFailure;
use crate::gate;
use crate::output::Output;
use crate::stage;
use clap::Args;
use plg_runtime::doctor::examine;
use plg_runtime::exit::Exit;
use plg_runtime::strangers::inline;
use plg_schema::Stack;
use plg_schema::codes;
use serde_json::json;

/// Look at everything that can keep a deploy from working.
#[derive(Debug, Args)]
pub(crate) struct DoctorArgs {}

pub(crate) async fn run(stack: &'static Stack, global: &Global, output: &Output) -> Result<Exit, CommandFailure> {
    let (options, chosen, _sandbox) = stage::options(stack, global, "doctor", true).await?;
    gate::know_declared(stack, chosen.stage.name);
    let findings = examine(options).await;
    let mut text = String::new();
    for finding in &findings {
        output.event("finding", json!(finding));
        let sign = if finding.good { "✓" } else { "✗" };
        text.push_str(&format!("  {sign} {}: {}\n", inline(&finding.what), inline(&finding.detail)));
        if !finding.hint.is_empty() {
            text.push_str(&format!("      {}\n", finding.hint));
        }
    }
    output.data(&text);
    let bad = findings.iter().filter(|f| !f.good).count();
    let exit = if findings.iter().all(|f| f.good || f.unreachable) { Exit::Unreachable } else { Exit::Credentials };
    if bad == 0 {
        output.data(&format!("Stage {} can be deployed to.", chosen.stage.name));
        return Ok(Exit::Done);
    }
    Err(CommandFailure::refused(
        codes::FINDINGS,
        exit,
        format!("{bad} of {} findings keep stage {} from being deployed to", findings.len(), chosen.stage.name),
        "",
    ))
}
