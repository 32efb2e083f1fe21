//! The stack's policies, before and after a plan.

use crate::failure::Failure;
use crate::output::Output;
use plg_schema::Stack;
use plg_schema::policy::{Policy, check};
use serde_json::json;

/// The exit code for what is refused.
const REFUSED: u8 = 5;

/// Says what the policies object to, and refuses where they do.
pub(crate) fn hold(stack: &'static Stack, stage: &str, policies: &[Policy], output: &Output) -> Result<(), Failure> {
    // An unknown stage is told about by whoever opens it.
    let Some(stage) = stack.stage(stage) else { return Ok(()) };
    let broken = check(stack, stage.name, policies);
    if broken.is_empty() {
        return Ok(());
    }
    let mut lines = Vec::new();
    for one in &broken {
        let violation = &one.violation;
        output.event(
            "violation",
            json!({
                "policy": one.policy, "stage": one.stage, "address": violation.address, "place": violation.place,
                "message": violation.message, "help": violation.help,
            }),
        );
        lines.push(format!("  {one}"));
    }
    let what = if broken.len() == 1 { "a policy is broken" } else { "policies are broken" };
    Err(Failure::refused(REFUSED, format!("{what}:\n{}", lines.join("\n")), "mend the declarations named"))
}
