//! What people of a cohort have in common.

use crate::kinds::Cohort;
use crate::kinds::element::ElementTest;
use crate::kinds::hogql::Hogql;
use crate::kinds::posthog;
use crate::kinds::prelude::*;
use crate::kinds::property::PropertyTest;

const MONTH: Span = Span { count: 30, unit: Unit::days };

plg_core::choice! {
    /// What must be so for an event to count in a cohort.
    EventTest "filter of an event" {
        /// What was clicked: `element(text, contains: "Upgrade")`.
        element(ElementTest),
        /// An expression in HogQL: `sql("properties.amount > 100")`.
        sql(Hogql),
        ; /// A property of the event: `{ property: "plan", is: ["pro"] }`.
        else event(PropertyTest)
    }
}

plg_core::record! {
    /// People who did something, often enough and lately enough, or between two dates.
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
        within: Span = MONTH,
        /// The time ends so long ago, and not now: `within: 90 days, ending: 30 days ago`. PostHog counts the cohort once a
        /// day then, and not as things happen.
        ending: Option<Ago> = None,
        /// From this day or moment on, in place of `within`. PostHog counts the cohort once a day then, and not as things
        /// happen.
        since: Option<When> = None,
        /// Until this day or moment; needs `since`.
        until: Option<When> = None,
        /// What must be so for it to count, all of it: `with: [{ property: "plan", is: ["pro"] }]`.
        with: &'static [EventTest] = &[],
    }
}

plg_core::record! {
    /// People who did not do something lately, or did it for the first time.
    Lately {
        /// What is looked for: an event or an action.
        event: &'static dyn Trackable,
        /// Within this time until now.
        within: Span = MONTH,
        /// What must be so for it to count, all of it.
        with: &'static [EventTest] = &[],
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
        within: Span = MONTH,
        /// What must be so for it to count, all of it.
        with: &'static [EventTest] = &[],
    }
}

plg_core::record! {
    /// People who did something before, then not for a while, and do it again.
    Restarted {
        /// What they do: an event or an action, whatever its properties.
        event: &'static dyn Trackable,
        /// Within this time until now they did it again; shorter than `quiet_since`.
        back_within: Span,
        /// So long ago the while began in which they did not do it.
        quiet_since: Span = MONTH,
    }
}

plg_core::record! {
    /// People who did one thing and then another.
    DidThen {
        /// The event or action that came first, with any properties.
        first: &'static dyn Trackable,
        /// The event or action that came after it, with any properties.
        second: &'static dyn Trackable,
        /// The longest that lies between the two; not longer than `within`.
        apart: Span,
        /// Within this time until now.
        within: Span = MONTH,
    }
}

plg_core::record! {
    /// People who do something in most periods: `regularly(FeatureUsed, every: 1 weeks, periods: 3, of: 4)` is in three of
    /// the last four weeks. The last period ended yesterday.
    Regularly {
        /// What they do: an event or an action, whatever its properties.
        event: &'static dyn Trackable,
        /// How long a period is.
        every: Span,
        /// In how many periods they do it, at least.
        periods: i64,
        /// How many periods are looked at.
        of: i64,
        /// This often or more in a period: once, unless something else is written.
        at_least: Option<i64> = None,
        /// This often or less in a period, but at least once.
        at_most: Option<i64> = None,
        /// Exactly this often in a period.
        exactly: Option<i64> = None,
    }
}

plg_core::record! {
    /// When somebody was seen first: exactly one comparison.
    FirstSeen {
        /// Later than this: `7 days ago`.
        after: Option<Ago> = None,
        /// Earlier than this: `7 days ago`.
        before: Option<Ago> = None,
        /// Later than this day or moment.
        after_day: Option<When> = None,
        /// Earlier than this day or moment.
        before_day: Option<When> = None,
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
        /// They do something again after a while without: `restarted(FeatureUsed, back_within: 7 days)`. PostHog looks at
        /// no properties of it.
        restarted(Restarted),
        /// They did one thing and then another: `did_then(SignupCompleted, FeatureUsed, apart: 2 days)`. PostHog looks at
        /// no properties of them.
        did_then(DidThen),
        /// They do something in most periods: `regularly(FeatureUsed, every: 1 weeks, periods: 3, of: 4)`. PostHog looks
        /// at no properties of it.
        regularly(Regularly),
        /// A property of theirs compares: `person("plan", is: ["trial"])`.
        person(PropertyTest),
        /// When they were seen first: `first_seen(after: 7 days ago)`.
        first_seen(FirstSeen),
        /// They are in another cohort: `member(PowerUsers)`.
        member(Link<Cohort>),
        /// They are not in another cohort. Needs another condition beside it that people meet.
        not_member(Link<Cohort>),
        /// All of these hold: `all [ … ]`.
        all(Conditions),
        /// At least one of these holds: `any [ … ]`.
        any(Conditions),
        /// None of these holds: `none [person("plan", is: ["free"])]`. Needs another condition beside it that people meet,
        /// and holds no groups.
        none(Conditions),
    }
}

impl EventTest {
    fn json(&self) -> Json {
        match self {
            EventTest::event(test) => test.filter("event"),
            EventTest::element(element) => element.filter(),
            EventTest::sql(sql) => json!({ "type": "hogql", "key": sql.0 }),
        }
    }
}

impl FirstSeen {
    /// PostHog's operator, and the value.
    fn comparison(&self) -> (&'static str, String) {
        let found = [
            self.after.map(|ago| ("is_date_after", ago.relative())),
            self.before.map(|ago| ("is_date_before", ago.relative())),
            self.after_day.map(|day| ("is_date_after", day.0.to_owned())),
            self.before_day.map(|day| ("is_date_before", day.0.to_owned())),
        ];
        found.into_iter().flatten().next().unwrap_or(("is_set", "is_set".to_owned()))
    }
}

impl Condition {
    /// The declared events and actions it looks for.
    pub(super) fn named(&self) -> Vec<&'static dyn Trackable> {
        match self {
            Condition::did(did) => vec![did.event],
            Condition::did_not(lately) | Condition::first_did(lately) => vec![lately.event],
            Condition::stopped(stopped) => vec![stopped.event],
            Condition::restarted(restarted) => vec![restarted.event],
            Condition::did_then(then) => vec![then.first, then.second],
            Condition::regularly(regularly) => vec![regularly.event],
            Condition::person(_) | Condition::first_seen(_) | Condition::member(_) | Condition::not_member(_) => {
                Vec::new()
            }
            Condition::all(list) | Condition::any(list) | Condition::none(list) => {
                list.of.iter().flat_map(Condition::named).collect()
            }
        }
    }

    /// As PostHog keeps it: one node, or one for each of those of which none holds, since it negates single conditions.
    pub(super) fn nodes(&self) -> Vec<Term> {
        let group = |word: &str, list: &Conditions| term!({ "type": word, "values": nodes(list.of) });
        match self {
            Condition::all(list) => vec![group("AND", list)],
            Condition::any(list) => vec![group("OR", list)],
            Condition::none(list) => {
                let leaves = list.of.iter().filter_map(Condition::leaf);
                leaves.map(|leaf| negated(leaf).into()).collect()
            }
            single => single.leaf().map(Term::from).into_iter().collect(),
        }
    }

    fn leaf(&self) -> Option<Terms> {
        Some(match self {
            Condition::did(did) => did.leaf(),
            Condition::did_not(lately) => negated(lately.leaf("performed_event")),
            Condition::first_did(lately) => lately.leaf("performed_event_first_time"),
            Condition::stopped(stopped) => {
                let mut leaf = behavioral(stopped.event, "stopped_performing_event");
                for_the_last(&mut leaf, stopped.within);
                in_turn(&mut leaf, stopped.quiet_for);
                filtered(&mut leaf, stopped.with);
                leaf
            }
            Condition::restarted(restarted) => {
                let mut leaf = behavioral(restarted.event, "restarted_performing_event");
                for_the_last(&mut leaf, restarted.quiet_since);
                in_turn(&mut leaf, restarted.back_within);
                leaf
            }
            Condition::did_then(then) => {
                let mut leaf = behavioral(then.first, "performed_event_sequence");
                let (key, ty) = posthog::tracked(then.second);
                leaf.insert("seq_event", key);
                leaf.insert("seq_event_type", ty);
                for_the_last(&mut leaf, then.within);
                in_turn(&mut leaf, then.apart);
                leaf
            }
            Condition::regularly(regularly) => {
                let mut leaf = behavioral(regularly.event, "performed_event_regularly");
                let counts = (regularly.at_least, regularly.at_most, regularly.exactly);
                let (operator, count) = counted(counts, "exact").unwrap_or(("gte", 1));
                leaf.insert("operator", operator);
                leaf.insert("operator_value", count);
                for_the_last(&mut leaf, regularly.every);
                leaf.insert("min_periods", regularly.periods);
                leaf.insert("total_periods", regularly.of);
                leaf
            }
            Condition::person(test) => {
                let Json::Object(filter) = test.filter("person") else { return None };
                filter.into_iter().map(|(key, value)| (key, Term::from(value))).collect()
            }
            Condition::first_seen(seen) => {
                let (operator, value) = seen.comparison();
                Terms::from_iter([
                    ("type", Term::from("person_metadata")),
                    ("key", Term::from("created_at")),
                    ("operator", Term::from(operator)),
                    ("value", Term::from(value)),
                ])
            }
            Condition::member(cohort) => in_cohort(cohort),
            Condition::not_member(cohort) => negated(in_cohort(cohort)),
            Condition::all(_) | Condition::any(_) | Condition::none(_) => return None,
        })
    }
}

/// Conditions of one group, as PostHog keeps them.
pub(super) fn nodes(conditions: &[Condition]) -> Vec<Term> {
    conditions.iter().flat_map(Condition::nodes).collect()
}

fn in_cohort(cohort: Link<Cohort>) -> Terms {
    Terms::from_iter([("type", Term::from("cohort")), ("key", Term::from("id")), ("value", reference(cohort))])
}

fn negated(mut leaf: Terms) -> Terms {
    leaf.insert("negation", true);
    leaf
}

/// The operator and the number of a count, where one is written.
fn counted(
    (at_least, at_most, exactly): (Option<i64>, Option<i64>, Option<i64>),
    exact: &'static str,
) -> Option<(&'static str, i64)> {
    let counts = [(at_least, "gte"), (at_most, "lte"), (exactly, exact)];
    counts.into_iter().find_map(|(count, operator)| Some((operator, count?)))
}

impl Did {
    fn leaf(&self) -> Terms {
        let count = counted((self.at_least, self.at_most, self.exactly), "eq");
        let value = if count.is_some() { "performed_event_multiple" } else { "performed_event" };
        let mut leaf = behavioral(self.event, value);
        if let Some((operator, count)) = count {
            leaf.insert("operator", operator);
            leaf.insert("operator_value", count);
        }
        match (self.since, self.ending) {
            (Some(since), _) => {
                leaf.insert("explicit_datetime", since.0);
                leaf.extend(self.until.map(|until| ("explicit_datetime_to", until.0)));
            }
            (None, Some(ending)) => {
                leaf.insert("explicit_datetime", Ago(self.within).relative());
                leaf.insert("explicit_datetime_to", ending.relative());
            }
            (None, None) => for_the_last(&mut leaf, self.within),
        }
        filtered(&mut leaf, self.with);
        leaf
    }
}

impl Lately {
    fn leaf(&self, value: &str) -> Terms {
        let mut leaf = behavioral(self.event, value);
        for_the_last(&mut leaf, self.within);
        filtered(&mut leaf, self.with);
        leaf
    }
}

fn behavioral(what: &dyn Trackable, value: &str) -> Terms {
    let (key, ty) = posthog::tracked(what);
    Terms::from_iter([("type", "behavioral".into()), ("key", key), ("event_type", ty.into()), ("value", value.into())])
}

fn for_the_last(leaf: &mut Terms, within: Span) {
    leaf.insert("time_value", within.count);
    leaf.insert("time_interval", within.unit.as_str());
}

/// The shorter of two times.
fn in_turn(leaf: &mut Terms, span: Span) {
    leaf.insert("seq_time_value", span.count);
    leaf.insert("seq_time_interval", span.unit.as_str());
}

fn filtered(leaf: &mut Terms, with: &[EventTest]) {
    if !with.is_empty() {
        leaf.insert("event_filters", with.iter().map(EventTest::json).collect::<Vec<_>>());
    }
}
