//! PostHog cohorts: people who have something in common.

use super::posthog;
use super::prelude::*;
use super::property::PropertyTest;

mod check;
mod import;
mod wire;

pub(super) use check::is_behavioral;

plg_core::record! {
    /// People who did something, often enough and lately enough.
    Did {
        /// What they did: an event or an action.
        event: &'static dyn Trackable,
        /// This often or more.
        at_least: Option<i64> = None,
        /// This often or less, but at least once.
        at_most: Option<i64> = None,
        /// Exactly this often.
        exactly: Option<i64> = None,
        /// Within this time until now.
        within: Span = Span { count: 30, unit: Unit::days },
    }
}

plg_core::record! {
    /// People who did not do something lately, or did it for the first time.
    Lately {
        /// What is looked for: an event or an action.
        event: &'static dyn Trackable,
        /// Within this time until now.
        within: Span = Span { count: 30, unit: Unit::days },
    }
}

plg_core::record! {
    /// People who did something before, but not lately.
    Stopped {
        /// What they did: an event or an action.
        event: &'static dyn Trackable,
        /// How long they have not done it.
        quiet_for: Span,
        /// Within this time until now they did it; longer than `quiet_for`.
        within: Span = Span { count: 30, unit: Unit::days },
    }
}

plg_core::record! {
    /// Conditions taken together.
    Conditions {
        /// The conditions.
        of: &'static [Condition],
    }
}

plg_core::choice! {
    /// Something people have in common.
    Condition "condition" {
        /// They did something: `did(FeatureUsed, at_least: 10, within: 7 days)`.
        did(Did),
        /// They did not: `did_not(FeatureUsed, within: 7 days)`. Needs another condition beside it that people meet.
        did_not(Lately),
        /// They did something for the first time: `first_did(FeatureUsed, within: 7 days)`.
        first_did(Lately),
        /// They did something before, but not lately: `stopped(FeatureUsed, quiet_for: 7 days)`.
        stopped(Stopped),
        /// A property of theirs compares: `person("plan", is: ["trial"])`.
        person(PropertyTest),
        /// They are in another cohort: `member(PowerUsers)`.
        member(Link<Cohort>),
        /// They are not in another cohort. Needs another condition beside it that people meet.
        not_member(Link<Cohort>),
        /// All of these hold: `all [ … ]`.
        all(Conditions),
        /// At least one of these holds: `any [ … ]`.
        any(Conditions),
    }
}

plg_core::kind! {
    /// People who have something in common, found anew by PostHog every day.
    cohort Cohort {
        /// What people read in PostHog; from the item's name unless given.
        title: Name,
        /// Conditions that all hold. Either this or `any`.
        all: &'static [Condition] = &[],
        /// Conditions of which at least one holds. Either this or `all`.
        any: &'static [Condition] = &[],
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
        let mut want = Want::of(&self.common)
            .set("name", self.title.0)
            .set("description", self.common.doc)
            .set("filters", term!({ "properties": top(word, conditions) }));
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
    let (groups, leaves): (Vec<_>, Vec<_>) =
        conditions.iter().partition(|c| matches!(c, Condition::all(_) | Condition::any(_)));
    let leaves: Vec<Term> = leaves.into_iter().map(Condition::json).collect();
    let first = (!leaves.is_empty()).then(|| term!({ "type": word, "values": leaves }));
    let values: Vec<Term> = first.into_iter().chain(groups.into_iter().map(Condition::json)).collect();
    term!({ "type": word, "values": values })
}

impl Condition {
    /// The declared events and actions it looks for.
    fn named(&self) -> Vec<&'static dyn Trackable> {
        match self {
            Condition::did(did) => vec![did.event],
            Condition::did_not(lately) | Condition::first_did(lately) => vec![lately.event],
            Condition::stopped(stopped) => vec![stopped.event],
            Condition::person(_) | Condition::member(_) | Condition::not_member(_) => Vec::new(),
            Condition::all(list) | Condition::any(list) => list.of.iter().flat_map(Condition::named).collect(),
        }
    }

    fn json(&self) -> Term {
        let group = |word: &str, list: &Conditions| term!({ "type": word, "values": list.of.iter().map(Condition::json).collect::<Vec<_>>() });
        match self {
            Condition::did(did) => did.json(),
            Condition::did_not(lately) => {
                let mut leaf = behavioral(lately.event, "performed_event", lately.within);
                leaf.insert("negation", true);
                leaf.into()
            }
            Condition::first_did(lately) => {
                behavioral(lately.event, "performed_event_first_time", lately.within).into()
            }
            Condition::stopped(stopped) => {
                let mut leaf = behavioral(stopped.event, "stopped_performing_event", stopped.within);
                leaf.insert("seq_time_value", stopped.quiet_for.count);
                leaf.insert("seq_time_interval", stopped.quiet_for.unit.as_str());
                leaf.into()
            }
            Condition::person(test) => test.filter("person").into(),
            Condition::member(cohort) => term!({ "type": "cohort", "key": "id", "value": reference(*cohort) }),
            Condition::not_member(cohort) => {
                term!({ "type": "cohort", "key": "id", "value": reference(*cohort), "negation": true })
            }
            Condition::all(list) => group("AND", list),
            Condition::any(list) => group("OR", list),
        }
    }
}

impl Did {
    fn json(&self) -> Term {
        let counts = [(self.at_least, "gte"), (self.at_most, "lte"), (self.exactly, "eq")];
        let count = counts.into_iter().find_map(|(count, operator)| Some((count?, operator)));
        let Some((count, operator)) = count else {
            return behavioral(self.event, "performed_event", self.within).into();
        };
        let mut leaf = behavioral(self.event, "performed_event_multiple", self.within);
        leaf.insert("operator", operator);
        leaf.insert("operator_value", count);
        leaf.into()
    }
}

fn behavioral(what: &dyn Trackable, value: &str, within: Span) -> Terms {
    let (key, ty) = posthog::tracked(what);
    Terms::from_iter([
        ("type", "behavioral".into()),
        ("key", key),
        ("event_type", ty.into()),
        ("value", value.into()),
        ("time_value", within.count.into()),
        ("time_interval", Term::from(within.unit.as_str())),
    ])
}

#[cfg(test)]
mod tests;
