//! What belongs to a plan and is not in it: whose accounts it is for, when and from which commit it was made, and what
//! was found out for it.

use crate::accounts::{Accounts, KnownAccount};
use crate::answers::impact::Impact;
use crate::plan::{Change, Plan, Step};
use jiff::Timestamp;
use serde::Serialize;

/// What is said of a plan on top of it and beside its differences.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct PlanFacts {
    /// The accounts that the plan is for: those that any of its steps is in, or all where there is no step.
    pub accounts: Vec<PlanAccount>,
    /// When it was made.
    pub made_at: Option<Timestamp>,
    /// The commit of the stack's sources.
    pub commit: Option<String>,
    /// Whether the sources differed from that commit.
    pub dirty: bool,
    /// Whether nobody looked at what is live for it.
    pub unseen: bool,
    /// What goes with what it removes.
    pub impact: Impact,
    /// The budget of an API that holds it up, as a sentence.
    pub budget: Option<String>,
    /// What policies object to, each as a sentence with an address.
    pub broken: Vec<(String, String)>,
    /// How many policies were held against the stage.
    pub policies: usize,
    /// What should be known of others in the same accounts, each as a sentence.
    pub others: Vec<String>,
}

/// One account that a plan is for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct PlanAccount {
    /// Its name in the stage.
    pub name: String,
    /// Its provider's name.
    pub provider: String,
    /// What people call it there; empty where nothing says so.
    pub title: String,
    /// What tells it apart from every other one of the provider.
    pub id: String,
    /// As a person reads it: `CRM workspace Acme (4f3b…)`.
    pub says: String,
}

/// How many letters of a commit are shown.
const COMMIT: usize = 7;

impl PlanFacts {
    /// The accounts of a plan.
    pub fn of(plan: &Plan, accounts: &Accounts) -> PlanFacts {
        let has_part = |account: &&KnownAccount| plan.steps.iter().any(|step| step.account == account.name.0);
        let all = plan.steps.is_empty();
        let accounts = accounts.0.iter().filter(|account| all || has_part(account)).map(PlanAccount::of).collect();
        PlanFacts { accounts, unseen: !plan.refreshed, ..PlanFacts::default() }
    }

    /// The same, made at this time (RFC 3339).
    #[must_use]
    pub fn made_at(mut self, at: &str) -> PlanFacts {
        self.made_at = at.parse().ok();
        self
    }

    /// When it was made, to the minute.
    pub(super) fn looked_at(&self) -> Option<String> {
        self.made_at.map(|at| at.strftime("%Y-%m-%d %H:%M UTC").to_string())
    }

    /// When, and at which commit: `2026-11-30 07:31 UTC at 1a2b3c4 (dirty)`.
    pub(super) fn made(&self) -> Option<String> {
        let at = self.looked_at();
        let commit = self.commit.as_ref().map(|commit| {
            let dirty = if self.dirty { " (dirty)" } else { "" };
            format!("at {}{dirty}", commit.chars().take(COMMIT).collect::<String>())
        });
        let parts: Vec<String> = at.into_iter().chain(commit).collect();
        (!parts.is_empty()).then(|| parts.join(" "))
    }

    /// The first line of a plan: what of which stage, and when it was made.
    pub fn headline(&self, plan: &Plan) -> String {
        let title = title(plan);
        self.made().map_or(title.clone(), |made| format!("{title}, made {made}"))
    }

    /// The accounts in which a plan does anything, for a question: `CRM workspace Acme (4f3b…) and mail account …`.
    pub fn touched(&self, plan: &Plan) -> String {
        // A deploy marker is written wherever anything is.
        let is_written = |step: &Step| step.writes() || (step.change == Change::Marker && plan.changes());
        let writes =
            |account: &&PlanAccount| plan.steps.iter().any(|step| step.account == account.name && is_written(step));
        let all: Vec<&str> = self.accounts.iter().filter(writes).map(|account| account.says.as_str()).collect();
        match all.split_last() {
            None => format!("stage {}", plan.stage),
            Some((last, [])) => (*last).to_owned(),
            Some((last, before)) => format!("{} and {last}", before.join(", ")),
        }
    }
}

/// What a plan is called, whoever shows it.
pub(super) fn title(plan: &Plan) -> String {
    let what = if plan.destroy { "Plan to remove" } else { "Plan for" };
    format!("{what} {} in stage {}", plan.stack, plan.stage)
}

impl PlanAccount {
    fn of(account: &KnownAccount) -> PlanAccount {
        let what = account.provider.account_title();
        let id = Accounts::said(&account.id);
        let called = if account.is_default() { String::new() } else { format!("{}: ", account.name) };
        let says = match account.title.as_str() {
            "" => format!(
                "{what} {id}{}",
                if account.is_default() { String::new() } else { format!(" ({})", account.name) }
            ),
            title => format!("{what} {title} ({called}{id})"),
        };
        PlanAccount {
            name: account.name.to_string(),
            provider: account.provider.title.to_owned(),
            title: account.title.clone(),
            id: account.id.clone(),
            says,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::{Change, Step};
    use crate::store::State;
    use plg_core::AccountName;

    fn accounts() -> Accounts {
        let known = |name, provider, id: &str, title: &str| KnownAccount {
            name: AccountName(name),
            provider,
            id: id.to_owned(),
            title: title.to_owned(),
        };
        Accounts(vec![
            known("attio", &plg_attio::PROVIDER, "4f3b", "Acme"),
            known("posthog", &plg_posthog::PROVIDER, "https://eu.posthog.com/project/4711", "Acme"),
            known("marketing", &plg_posthog::PROVIDER, "https://us.posthog.com/project/1", ""),
        ])
    }

    #[test]
    fn accounts_are_named_with_their_ids_and_those_without_a_part_are_not() {
        let step = |account, change| Step::of("k.A", ("k", AccountName(account)), String::new(), change);
        let mut plan = Plan::of_one(&State::new("shop", "prod"), "prod", step("posthog", Change::Update));
        plan.destroy = false;
        plan.steps.push(step("attio", Change::Unchanged));
        let facts = PlanFacts::of(&plan, &accounts());
        let said: Vec<&str> = facts.accounts.iter().map(|account| account.says.as_str()).collect();
        assert_eq!(said, ["Attio workspace Acme (4f3b)", "PostHog project Acme (eu.posthog.com/project/4711)"]);
        assert_eq!(facts.touched(&plan), "PostHog project Acme (eu.posthog.com/project/4711)");
        plan.steps.push(step("marketing", Change::Delete));
        let touched = PlanFacts::of(&plan, &accounts()).touched(&plan);
        assert_eq!(
            touched,
            "PostHog project Acme (eu.posthog.com/project/4711) and PostHog project us.posthog.com/project/1 (marketing)"
        );
    }

    #[test]
    fn when_and_at_which_commit() {
        let step = Step::of("k.A", ("k", AccountName("posthog")), String::new(), Change::Update);
        let plan = Plan { destroy: false, ..Plan::of_one(&State::new("shop", "prod"), "prod", step) };
        let mut facts = PlanFacts::default();
        assert_eq!(facts.headline(&plan), "Plan for shop in stage prod");
        facts.made_at = "2026-11-30T07:31:42.5Z".parse().ok();
        facts.commit = Some("1a2b3c4d5e6f".to_owned());
        facts.dirty = true;
        assert_eq!(facts.headline(&plan), "Plan for shop in stage prod, made 2026-11-30 07:31 UTC at 1a2b3c4 (dirty)");
    }
}
