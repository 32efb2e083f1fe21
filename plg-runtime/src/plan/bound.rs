//! The budget of an API that holds a plan up.

use super::change::Change;
use super::step::{Plan, Step};
use plg_core::provider::{LimitClass, LimitRate};
use plg_core::{AccountName, Map, Term, linked};
use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

/// The least time that so many requests of a class take, by its published rates.
fn least(class: &LimitClass, requests: u32) -> Duration {
    // So many spans have to be over before the last one has room.
    let spans = |rate: &LimitRate| (f64::from(requests.saturating_sub(1)) / rate.burst).floor();
    let after = |rate: &LimitRate| Duration::try_from_secs_f64(spans(rate) * rate.burst / rate.per_second);
    class.published.iter().filter_map(|rate| after(rate).ok()).max().unwrap_or_default()
}

/// A budget that makes a plan wait.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct Binding {
    /// The account whose budget it is.
    pub account: AccountName,
    /// Which.
    pub class: LimitClass,
    /// Writes of the plan that draw on it.
    pub writes: u32,
    /// The least time they take.
    pub least: Duration,
}

/// The budget that holds a plan up longest, if any does for a second or more.
pub(crate) fn binding(plan: &Plan) -> Option<Binding> {
    let mut writes: BTreeMap<(AccountName, usize), (&'static LimitClass, u32)> = BTreeMap::new();
    for step in plan.steps.iter().filter(|s| s.writes()) {
        let (Some(budget), Some(spec)) = (step.budget(), linked::find(&step.kind)) else { continue };
        let Some(class) = spec.provider().api.limits().get(budget.1) else { continue };
        writes.entry(budget).or_insert((class, 0)).1 += 1;
    }
    let all = writes.into_iter().map(|((account, _), (class, writes))| Binding {
        account,
        class: *class,
        writes,
        least: least(class, writes),
    });
    all.max_by_key(|b| b.least).filter(|binding| binding.least >= Duration::from_secs(1))
}

impl Step {
    /// The budget that its write draws on: an account, and the place of a class of limits.
    pub(crate) fn budget(&self) -> Option<(AccountName, usize)> {
        let spec = linked::find(&self.kind)?;
        let class = spec.provider().api.limit_of("POST", &spec.wire.listing(&Map::new()).path);
        Some((AccountName::read(&self.account), class))
    }

    /// Whether its write carries tags, and so waits for every other one that does.
    pub fn carries_tags(&self) -> bool {
        let has_some = |to: Option<&Term>| to.and_then(Term::as_list).is_some_and(|tags| !tags.is_empty());
        let tags = self.fields.iter().find(|field| field.field == "tags");
        self.writes() && tags.is_some_and(|tags| self.change == Change::Update || has_some(tags.to.as_deref()))
    }
}

impl fmt::Display for Binding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let LimitClass { of, allows, .. } = self.class;
        write!(f, "{} writes to {of} take at least {} s: it allows {allows}", self.writes, self.least.as_secs())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SLOW: LimitClass = LimitClass {
        of: "it",
        allows: "",
        published: &[LimitRate::a_minute(240.0, 240.0), LimitRate::a_minute(1_200.0, 20.0)],
        rates: &[],
    };

    #[test]
    fn a_budget_binds_only_past_its_burst() {
        assert_eq!(least(&SLOW, 240), Duration::ZERO);
        assert_eq!(least(&SLOW, 241), Duration::from_secs(60));
        assert_eq!(least(&SLOW, 1_200), Duration::from_secs(240));
        assert_eq!(least(&SLOW, 1_201), Duration::from_secs(3_600));
    }
}
