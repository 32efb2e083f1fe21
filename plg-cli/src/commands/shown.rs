//! A plan as it is shown before anything is asked or done: what it is for, what it loses, what changes, and what waits.

use super::{first, loss, policies};
use crate::args::ApplicationFolders;
use crate::commit;
use crate::failure::CommandFailure;
use crate::output::Output;
use crate::stage::Opened;
use clap::ValueEnum;
use plg_core::Stack;
use plg_runtime::answers::impact::Impact;
use plg_runtime::plan::Plan;
use plg_runtime::plan::saved::Saved;
use plg_runtime::session::{Session, now};
use plg_runtime::show::{self, Picture, PlanFacts};
use serde_json::{Map, Value, json};

/// A plan with everything that is said of it.
pub(crate) struct ShownPlan {
    /// What is known of its making, and what was found out for it.
    pub(crate) facts: PlanFacts,
}

impl ShownPlan {
    /// What goes with what it removes.
    pub(crate) fn impact(&self) -> &Impact {
        &self.facts.impact
    }

    /// What is asked before it is applied: `Apply 3 changes to Attio workspace Acme (4f3b…)?`
    pub(crate) fn question(&self, plan: &Plan) -> String {
        if plan.writes() == 0 {
            return format!(
                "Remove the entries of stage {} from the state, and leave the objects as they are?",
                plan.stage
            );
        }
        let (writes, accounts) = (plan.writes(), self.facts.touched(plan));
        let changes = if writes == 1 { "change" } else { "changes" };
        if plan.destroy {
            let resources = if writes == 1 { "resource" } else { "resources" };
            return format!("Remove {writes} {resources} from {accounts}?");
        }
        format!("Apply {writes} {changes} to {accounts}?")
    }
}

/// How a plan is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum PlanFormat {
    /// For a terminal.
    Text,
    /// For a comment on a pull request.
    Markdown,
}

/// Finds out what goes with a plan, and prints it with that.
pub(crate) async fn show(
    stack: &'static Stack,
    opened: &Opened,
    plan: &Plan,
    application: &ApplicationFolders,
    output: &Output,
) -> Result<ShownPlan, CommandFailure> {
    show_as(stack, opened, plan, application, (PlanFormat::Text, None), output).await
}

/// The same, in a form; of a plan that was made earlier, with that time and from which sources.
pub(crate) async fn show_as(
    stack: &'static Stack,
    opened: &Opened,
    plan: &Plan,
    application: &ApplicationFolders,
    (form, made): (PlanFormat, Option<&Saved>),
    output: &Output,
) -> Result<ShownPlan, CommandFailure> {
    let session = &opened.session;
    let found = {
        let _asks = (!plan.losses().is_empty())
            .then(|| output.during(format!("stage {}: looking up what refers to the removed resources", plan.stage)));
        loss::find(session, plan, application).await
    };
    let mut facts = facts(stack, session, plan, made);
    facts.impact = found.as_ref().map(Impact::clone).unwrap_or_default();
    output.event("plan", event(plan, &facts));
    first::others(session, output);
    match form {
        PlanFormat::Text => print_text(plan, &show::plan_with(plan, &facts, output.style()), output),
        // Lines of a comment are not broken, however wide the terminal is.
        PlanFormat::Markdown if !output.json => {
            facts.others = session.others();
            output.text(&show::markdown(&Picture::of_plan_with(plan, &facts)));
        }
        PlanFormat::Markdown => {}
    }
    if let Some(binding) = session.binding(plan) {
        output.event("budget", json!({ "writes": binding.writes, "seconds": binding.least.as_secs() }));
    }
    // A failed lookup is reported after the plan.
    let impact = found?;
    if !impact.losses.is_empty() {
        output.event("blast", json!({ "losses": impact.losses }));
    }
    Ok(ShownPlan { facts })
}

/// Prints what is shown of a plan, and what it comes to.
pub(crate) fn print_text(plan: &Plan, shown: &str, output: &Output) {
    if !output.quiet {
        match shown.trim_end() {
            "" => output.data(&headline(plan)),
            shown => output.data(&format!("{shown}\n\n{}", headline(plan))),
        }
    }
}

/// What a plan comes to, as one sentence.
pub(crate) fn headline(plan: &Plan) -> String {
    let state = if plan.changes() || plan.remembers() { "Plan" } else { "No changes" };
    format!("{state} for {} in stage {}: {}.", plan.stack, plan.stage, show::summary(plan))
}

/// What is known of a plan's making.
pub(crate) fn facts(stack: &'static Stack, session: &Session, plan: &Plan, made: Option<&Saved>) -> PlanFacts {
    let mut facts = PlanFacts::of(plan, session.accounts()).made_at(made.map_or(&*now(), Saved::made));
    (facts.commit, facts.dirty) = made.map_or_else(commit::known, Saved::commit);
    facts.budget = session.binding(plan).map(|binding| binding.to_string());
    let held = policies::held(stack, &plan.stage);
    facts.policies = held.count;
    facts.broken = held.broken;
    facts
}

/// How many resources each change is counted for, as the summary counts them.
fn counts(plan: &Plan) -> Value {
    let counted = plan.tally().into_iter().filter(|(change, _)| change.words().ahead.is_some());
    counted.map(|(change, count)| (change.words().verb.to_owned(), json!(count))).collect::<Map<_, _>>().into()
}

/// A plan for a program, with what is known of its making and said beside it.
pub(crate) fn event(plan: &Plan, facts: &PlanFacts) -> Value {
    json!({
        "plan": plan,
        "made_at": facts.made_at.map(|at| at.to_string()),
        "commit": facts.commit,
        "dirty": facts.dirty,
        "accounts": facts.accounts,
        "sections": show::sections(plan, facts, |_| true),
        "counts": counts(plan),
        "resources": plan.resources(),
        "writes": plan.writes(),
        "summary": headline(plan),
    })
}
