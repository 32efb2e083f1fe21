//! PostHog cohorts: people who have something in common.

use super::posthog;
use super::prelude::*;

mod check;
mod condition;
mod form;
mod import;
mod people;
mod wire;

pub(super) use check::is_behavioral;
pub use condition::*;
pub use people::*;

plg_core::kind! {
    /// People who have something in common, found anew by PostHog every day; or people who are put into it once.
    ///
    /// Left out: lists of people as a file, and PostHog's own type of a cohort, which it works out from the conditions.
    cohort Cohort {
        /// What people read in PostHog; from the item's name unless given.
        title: Name,
        /// Conditions that all hold. Either this or `any`.
        all: &'static [Condition] = &[],
        /// Conditions of which at least one holds. Either this or `all`.
        any: &'static [Condition] = &[],
        /// Who is put into it once, when it is made: a static cohort. What stands here cannot be changed: other people are
        /// another cohort, which replaces it. Who is added later, in PostHog or by an application, stays.
        people: Option<People> = None,
    }
    provider: &crate::PROVIDER,
    key: &["title"],
    check: check::check,
    unique: &[],
    titled: Some("title"),
    surface: Surface::NONE,
    wire: &wire::Cohorts,
}

impl Describe for Cohort {
    fn want(&self) -> Want {
        let (word, conditions) = if self.any.is_empty() { ("AND", self.all) } else { ("OR", self.any) };
        let criteria = || term!({ "properties": top(word, conditions) });
        let mut want = Want::of(&self.common).set("name", self.title.0).set("description", self.common.doc);
        want = match self.people {
            None => want.set("filters", criteria()),
            Some(People::snapshot) => want.set(form::SNAPSHOT, criteria()),
            Some(People::sql(sql)) => want.set("query", json!({ "kind": "HogQLQuery", "query": sql.0 })),
            Some(People::ids(ids)) => want.set(form::IDS, ids.of.iter().map(|id| id.0).collect::<Vec<_>>()),
        };
        want = want.set("is_static", self.people.is_some());
        for what in conditions.iter().flat_map(Condition::named) {
            want = want.after(what.address());
        }
        want
    }

    fn lint(&self) -> Vec<String> {
        posthog::too_long(&self.common, 1_000)
    }
}

/// The two levels that PostHog's editor shows: single conditions in one group, then the groups.
fn top(word: &str, conditions: &[Condition]) -> Term {
    let (groups, leaves): (Vec<Condition>, Vec<Condition>) =
        conditions.iter().partition(|c| matches!(c, Condition::all(_) | Condition::any(_)));
    let leaves = nodes(&leaves);
    let first = (!leaves.is_empty()).then(|| term!({ "type": word, "values": leaves }));
    let values: Vec<Term> = first.into_iter().chain(nodes(&groups)).collect();
    term!({ "type": word, "values": values })
}

#[cfg(test)]
mod tests;
