//! PostHog cohorts: people who have something in common.

use super::posthog;
use super::prelude::*;
use super::property::{self, PropertyTest};

/// Thirty days: how far back cohorts look where nothing else is said.
const MONTH: Span = Span { count: 30, unit: Unit::days };

record! {
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
        within: Span = MONTH,
    }
}

record! {
    /// People who did not do something lately, or did it for the first time.
    Lately {
        /// What is looked for: an event or an action.
        event: &'static dyn Trackable,
        /// Within this time until now.
        within: Span = MONTH,
    }
}

record! {
    /// People who did something before, but not lately.
    Stopped {
        /// What they did: an event or an action.
        event: &'static dyn Trackable,
        /// How long they have not done it.
        quiet_for: Span,
        /// Within this time until now they did it; longer than `quiet_for`.
        within: Span = MONTH,
    }
}

record! {
    /// Conditions taken together.
    Conditions {
        /// The conditions.
        of: &'static [Condition],
    }
}

choice! {
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

kind! {
    /// People who have something in common, found anew by PostHog every day.
    cohort Cohort {
        /// What people read in PostHog; from the item's name unless given.
        title: Name,
        /// Conditions that all hold. Either this or `any`.
        all: &'static [Condition] = &[],
        /// Conditions of which at least one holds. Either this or `all`.
        any: &'static [Condition] = &[],
    }
    provider: Posthog,
    check: check,
    unique: &[],
    titled: Some("title"),
    surface: Surface::NONE,
    wire: &Cohorts,
}

fn check(cohort: &Block, _: &World, report: &mut Report) {
    let conditions = match (cohort.get("all"), cohort.get("any")) {
        (Some(all), None) => all,
        (None, Some(any)) => any,
        (Some(_), Some(_)) => {
            report.error(
                cohort.key_site("any"),
                "a cohort has either `all` or `any`\nhelp: put one inside the other: `all: [any [ … ], … ]`",
            );
            return;
        }
        (None, None) => {
            if !cohort.existing {
                report.error(
                    cohort.at,
                    format!(
                        "`{}` says nothing about its people\nhelp: write `all: [did(Event, within: 7 days)]`",
                        cohort.name
                    ),
                );
            }
            return;
        }
    };
    let before = report.errors.len();
    check_list(conditions, report);
    if report.errors.len() == before && conditions.list().iter().all(negated) {
        report.error(
            conditions.at,
            "a cohort of negations alone is stored but never calculates\nhelp: add a condition that people meet, such as `did(Event, within: 30 days)`",
        );
    }
}

fn check_list(conditions: &Node, report: &mut Report) {
    if conditions.list().is_empty() {
        report
            .error(conditions.at, "this list has no condition\nhelp: write one, such as `did(Event, within: 7 days)`");
    }
    for condition in conditions.list() {
        let Some(held) = condition.held() else { continue };
        match condition.word().unwrap_or_default() {
            "all" | "any" => check_list(held.field("of").unwrap_or(held), report),
            "did" => check_count(held, report),
            "stopped" => check_stopped(held, report),
            "person" => property::check(held, report),
            _ => {}
        }
    }
}

fn check_count(did: &Node, report: &mut Report) {
    let counts: Vec<(&str, &Node)> =
        ["at_least", "at_most", "exactly"].into_iter().filter_map(|c| Some((c, did.field(c)?))).collect();
    for (name, count) in &counts {
        if matches!(count.given, Given::Int(..1)) {
            report.error(
                count.at,
                format!("`{name}` counts from 1\nhelp: for people who never did it, write `did_not(…)` beside a condition that they meet"),
            );
        }
    }
    if let [(first, _), (second, at), ..] = counts[..] {
        report.error(
            at.at,
            format!(
                "`{first}` and `{second}` cannot stand together\nhelp: write one `did(…)` for each, beside each other"
            ),
        );
    }
}

fn check_stopped(stopped: &Node, report: &mut Report) {
    let span = |field: &str| match stopped.field(field).map(|n| &n.given) {
        Some(Given::Span(span)) => Some(*span),
        _ => None,
    };
    let Some(quiet) = span("quiet_for") else { return };
    if minutes(quiet) >= minutes(span("within").unwrap_or(MONTH)) {
        report.error(
            stopped.field("quiet_for").map_or(stopped.at, |n| n.at),
            "`quiet_for` must be shorter than `within`, 30 days unless it is written\nhelp: write a longer `within`",
        );
    }
}

/// About how long it is: enough to compare two spans.
fn minutes(span: Span) -> u64 {
    let each = match span.unit {
        Unit::minutes => 1,
        Unit::hours => 60,
        Unit::days => 1_440,
        Unit::weeks => 10_080,
        Unit::months => 43_200,
        Unit::years => 525_600,
    };
    u64::from(span.count) * each
}

fn negated(condition: &Node) -> bool {
    match condition.word() {
        Some("did_not" | "not_member") => true,
        Some("all" | "any") => {
            let inside = condition.held().map_or(&[][..], |held| held.field("of").unwrap_or(held).list());
            !inside.is_empty() && inside.iter().all(negated)
        }
        _ => false,
    }
}

/// Whether the cohort's people are found by what they did, in itself or in a cohort it names.
pub(super) fn is_behavioral(cohort: &Block, world: &World) -> bool {
    fn any(conditions: &[Node], world: &World, seen: &mut Vec<String>) -> bool {
        conditions.iter().any(|condition| match (condition.word(), condition.held()) {
            (Some("did" | "did_not" | "first_did" | "stopped"), _) => true,
            (Some("all" | "any"), Some(held)) => any(held.field("of").unwrap_or(held).list(), world, seen),
            (Some("member" | "not_member"), Some(held)) => {
                world.target(held).is_some_and(|inner| within(inner, world, seen))
            }
            _ => false,
        })
    }
    fn within(cohort: &Block, world: &World, seen: &mut Vec<String>) -> bool {
        if seen.contains(&cohort.name) {
            return false;
        }
        seen.push(cohort.name.clone());
        ["all", "any"].into_iter().filter_map(|field| cohort.get(field)).any(|node| any(node.list(), world, seen))
    }
    within(cohort, world, &mut Vec::new())
}

impl Describe for Cohort {
    fn want(&self) -> Want {
        let (word, conditions) = if self.any.is_empty() { ("AND", self.all) } else { ("OR", self.any) };
        let mut want = posthog::declared(&self.common)
            .set("name", self.title.0)
            .set("description", self.common.doc)
            .set("filters", json!({ "properties": top(word, conditions) }));
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
fn top(word: &str, conditions: &[Condition]) -> Json {
    let (groups, leaves): (Vec<_>, Vec<_>) =
        conditions.iter().partition(|c| matches!(c, Condition::all(_) | Condition::any(_)));
    let leaves: Vec<Json> = leaves.into_iter().map(Condition::json).collect();
    let first = (!leaves.is_empty()).then(|| json!({ "type": word, "values": leaves }));
    let values: Vec<Json> = first.into_iter().chain(groups.into_iter().map(Condition::json)).collect();
    json!({ "type": word, "values": values })
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

    fn json(&self) -> Json {
        let group = |word: &str, list: &Conditions| json!({ "type": word, "values": list.of.iter().map(Condition::json).collect::<Vec<_>>() });
        match self {
            Condition::did(did) => did.json(),
            Condition::did_not(lately) => {
                let mut leaf = behavioral(lately.event, "performed_event", lately.within);
                leaf.insert("negation".into(), Json::Bool(true));
                Json::Object(leaf)
            }
            Condition::first_did(lately) => {
                Json::Object(behavioral(lately.event, "performed_event_first_time", lately.within))
            }
            Condition::stopped(stopped) => {
                let mut leaf = behavioral(stopped.event, "stopped_performing_event", stopped.within);
                leaf.insert("seq_time_value".into(), stopped.quiet_for.count.into());
                leaf.insert("seq_time_interval".into(), stopped.quiet_for.unit.as_str().into());
                Json::Object(leaf)
            }
            Condition::person(test) => test.filter("person"),
            Condition::member(cohort) => json!({ "type": "cohort", "key": "id", "value": reference(*cohort) }),
            Condition::not_member(cohort) => {
                json!({ "type": "cohort", "key": "id", "value": reference(*cohort), "negation": true })
            }
            Condition::all(list) => group("AND", list),
            Condition::any(list) => group("OR", list),
        }
    }
}

impl Did {
    fn json(&self) -> Json {
        let counts = [(self.at_least, "gte"), (self.at_most, "lte"), (self.exactly, "eq")];
        let count = counts.into_iter().find_map(|(count, operator)| Some((count?, operator)));
        let Some((count, operator)) = count else {
            return Json::Object(behavioral(self.event, "performed_event", self.within));
        };
        let mut leaf = behavioral(self.event, "performed_event_multiple", self.within);
        leaf.insert("operator".into(), operator.into());
        leaf.insert("operator_value".into(), count.into());
        Json::Object(leaf)
    }
}

fn behavioral(what: &dyn Trackable, value: &str, within: Span) -> Map {
    let (key, ty) = posthog::tracked(what);
    Map::from_iter([
        ("type".to_owned(), "behavioral".into()),
        ("key".to_owned(), key),
        ("event_type".to_owned(), ty.into()),
        ("value".to_owned(), value.into()),
        ("time_value".to_owned(), within.count.into()),
        ("time_interval".to_owned(), within.unit.as_str().into()),
    ])
}

/// A group or a condition without what the server adds to it.
fn comparable(node: &Json) -> Json {
    let Json::Object(node) = node else { return node.clone() };
    let mut node = node.clone();
    if let Some(Json::Array(values)) = node.get("values") {
        let values: Vec<Json> = values.iter().map(comparable).collect();
        node.insert("values".into(), values.into());
        return Json::Object(node);
    }
    if node.get("negation") == Some(&Json::Bool(false)) {
        node.remove("negation");
    }
    match text(&node, "type") {
        "person" => property::comparable(&Json::Object(node)),
        _ => Json::Object(node),
    }
}

#[derive(Debug)]
struct Cohorts;

const PATH: &str = "/api/projects/{project}/cohorts/";

impl Wire for Cohorts {
    fn listing(&self, _: &Map) -> Listing {
        posthog::pages(PATH)
    }

    fn read(&self, json: &Json) -> Option<Live> {
        let mut live = posthog::row(json)?;
        posthog::default(&mut live.fields, "name", "");
        posthog::default(&mut live.fields, "description", "");
        posthog::normalise(&mut live.fields, "filters", |filters| {
            let filters = posthog::compact(filters, &["bytecode", "bytecode_error", "conditionHash"]);
            match filters.get("properties") {
                Some(properties) => json!({ "properties": comparable(properties) }),
                None => filters,
            }
        });
        Some(live)
    }

    fn create(&self, want: &Map) -> Call {
        Call::new("POST", PATH, Json::Object(want.clone()))
    }

    fn update(&self, want: &Map, changed: &[String], prior: &Prior) -> Option<Call> {
        Some(posthog::patch(PATH, prior, posthog::only(want, changed)))
    }

    fn revive(&self, want: &Map, prior: &Prior) -> Option<Call> {
        Some(posthog::undelete(PATH, prior, want.clone()))
    }

    fn remove(&self, prior: &Prior) -> Removal {
        posthog::soft_delete(PATH, prior)
    }

    fn identity(&self, fields: &Map) -> Option<String> {
        Some(text(fields, "name").to_owned())
    }

    fn identity_is_unique(&self) -> bool {
        false
    }
}
