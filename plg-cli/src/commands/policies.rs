//! The stack's policies, before and after a plan.

use crate::failure::CommandFailure;
use crate::output::Output;
use plg_core::Stack;
use plg_core::codes;
use plg_core::policy::{Broken, Policy, Violation, check};
use plg_runtime::exit::Exit;
use serde_json::json;
use std::sync::OnceLock;

/// The policies that plans are held against.
static KNOWN: OnceLock<&'static [Policy]> = OnceLock::new();

/// Remembers which policies there are.
pub(crate) fn know(policies: &'static [Policy]) {
    let _ = KNOWN.set(policies);
}

/// What policies say of a stage.
pub(crate) struct HeldPolicies {
    /// How many there are.
    pub(crate) count: usize,
    /// What they object to: addresses, each with a sentence.
    pub(crate) broken: Vec<(String, String)>,
}

/// Holds the policies against a stage, for what is shown of a plan.
pub(crate) fn held(stack: &'static Stack, stage: &str) -> HeldPolicies {
    let policies = KNOWN.get().copied().unwrap_or_default();
    let broken = stack.stage(stage).map(|stage| check(stack, stage.name, policies)).unwrap_or_default();
    let said = |one: Broken| {
        let Violation { address, place, message, help } = one.violation;
        let help = if help.is_empty() { String::new() } else { format!("; {help}") };
        (address, format!("{message} [{}]{help} ({place})", one.policy))
    };
    HeldPolicies { count: policies.len(), broken: broken.into_iter().map(said).collect() }
}

/// Says what the policies object to, and refuses where they do.
pub(crate) fn hold(
    stack: &'static Stack,
    stage: &str,
    policies: &[Policy],
    output: &Output,
) -> Result<(), CommandFailure> {
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
    Err(CommandFailure::refused(
        codes::REFUSED_BY_POLICY,
        Exit::Refused,
        format!("{what}:\n{}", lines.join("\n")),
        "fix the declarations listed above",
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::Cli;
    use clap::Parser;
    use plg_core::policy::Graph;
    use plg_core::{StackItems, Stage, Target};

    static STACK: Stack = Stack {
        name: "judged",
        stages: &[Stage { name: "local", target: Target::Sandbox }],
        items: StackItems::none(),
        overrides: &[],
        parts: &[],
        providers: &[&plg_attio::PROVIDER, &plg_posthog::PROVIDER],
        accounts: &[],
        folder: "",
        ..Stack::NOTHING
    };

    fn never(graph: &Graph) -> Vec<Violation> {
        vec![Violation {
            address: "feature_flag.F".into(),
            place: "src/lib.rs:3".into(),
            message: format!("not in {}", graph.stage()),
            help: "remove it".into(),
        }]
    }

    #[test]
    fn what_a_policy_objects_to_is_refused() {
        let cli = Cli::try_parse_from(["plg", "plan"]).expect("it is a command");
        let output = Output::new(&cli.global);
        let policies = [Policy { name: "none at all", rule: never }];
        assert!(hold(&STACK, "local", &[], &output).is_ok());
        assert!(hold(&STACK, "elsewhere", &policies, &output).is_ok());
        let refused = hold(&STACK, "local", &policies, &output).expect_err("it is broken");
        assert_eq!(refused.exit, Exit::Refused);
        assert!(
            refused.message.contains("feature_flag.F (src/lib.rs:3) in stage local: not in local [none at all]"),
            "{}",
            refused.message
        );
    }
}
