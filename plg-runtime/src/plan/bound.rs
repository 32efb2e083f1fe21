//! The budget of an API that holds a plan up.

use super::change::Change;
use super::step::{Plan, Step};
use crate::http::limits::Class;
use plg_core::{Map, Term, kinds};
use std::fmt;
use std::time::Duration;

/// The least time that so many requests of a class take, by its published rates.
fn least(class: Class, requests: u32) -> Duration {
    let n = f64::from(requests);
    let after = |burst: f64, per_second: f64| (n - burst).max(0.0) / per_second;
    Duration::from_secs_f64(match class {
        Class::AttioRead => after(100.0, 100.0),
        Class::AttioWrite => after(25.0, 25.0),
        Class::Posthog => after(480.0, 8.0).max(after(4_800.0, 4_800.0 / 3_600.0)),
        Class::PosthogInsight => after(240.0, 4.0).max(after(1_200.0, 1_200.0 / 3_600.0)),
    })
}

/// A budget that makes a plan wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Binding {
    /// Which.
    pub class: Class,
    /// Writes of the plan that draw on it.
    pub writes: u32,
    /// The least time they take.
    pub least: Duration,
}

/// The budget that holds a plan up longest, if any does for a second or more.
pub(crate) fn binding(plan: &Plan) -> Option<Binding> {
    let mut writes: [(Class, u32); 4] =
        [Class::AttioRead, Class::AttioWrite, Class::Posthog, Class::PosthogInsight].map(|c| (c, 0));
    for step in plan.steps.iter().filter(|s| s.writes()) {
        let Some(spec) = kinds::find(&step.kind) else { continue };
        let class = Class::of(spec.provider, "POST", &spec.wire.listing(&Map::new()).path);
        if let Some(count) = writes.iter_mut().find(|(c, _)| *c == class) {
            count.1 += 1;
        }
    }
    let binding = writes
        .into_iter()
        .map(|(class, writes)| Binding { class, writes, least: least(class, writes) })
        .max_by_key(|b| b.least)?;
    (binding.least >= Duration::from_secs(1)).then_some(binding)
}

impl Step {
    /// Whether its write carries tags, and so waits for every other one that does.
    pub fn carries_tags(&self) -> bool {
        let has_some = |to: Option<&Term>| to.and_then(Term::as_list).is_some_and(|tags| !tags.is_empty());
        let tags = self.fields.iter().find(|field| field.field == "tags");
        self.writes() && tags.is_some_and(|tags| self.change == Change::Update || has_some(tags.to.as_deref()))
    }
}

impl fmt::Display for Binding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (what, rate) = match self.class {
            Class::AttioRead => ("Attio", "100 reads a second"),
            Class::AttioWrite => ("Attio", "25 writes a second"),
            Class::Posthog => ("PostHog", "480 requests a minute and 4,800 an hour"),
            Class::PosthogInsight => ("PostHog's insights", "240 requests a minute and 1,200 an hour"),
        };
        write!(f, "{} writes to {what} take {} s at least: it allows {rate}", self.writes, self.least.as_secs())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_budget_binds_only_past_its_burst() {
        assert_eq!(least(Class::AttioWrite, 25), Duration::ZERO);
        assert_eq!(least(Class::AttioWrite, 75), Duration::from_secs(2));
        assert_eq!(least(Class::PosthogInsight, 1_201).as_secs(), 240);
        assert_eq!(least(Class::Posthog, 4_800 + 4).as_secs(), 540);
    }
}
