//! What an insight counts: events and actions, which of them, and how.

use crate::kinds::filter::{self, Filter};
use crate::kinds::prelude::*;
use crate::kinds::property::PropertyKey;
use crate::kinds::{Hogql, known};
use plg_core::source::{Known, read};

plg_core::record! {
    /// Something people do, under a condition.
    Only {
        /// What they do.
        what: &'static dyn Trackable,
        /// What must be so for it to count.
        with: &'static [Filter] = &[],
        /// What people read instead of its name.
        called: Option<Str> = None,
    }
}

plg_core::choice! {
    /// Something people do.
    Doing "thing people do" {
        /// Any event at all.
        any_event,
        /// An event or an action under a condition: `only(FeatureUsed, with: [{ property: "feature", is: ["export"] }])`.
        only(Only),
        ; /// An event or an action.
        else event(&'static dyn Trackable)
    }
}

plg_core::record! {
    /// Several things that count as one.
    Together {
        /// The things.
        of: &'static [Doing],
    }
}

plg_core::choice! {
    /// What is counted.
    What "thing to count" {
        /// Any event at all.
        any_event,
        /// Any of these: `any_of [SignupCompleted, InviteAccepted]`.
        any_of(Together),
        ; /// An event or an action.
        else event(&'static dyn Trackable)
    }
}

plg_core::record! {
    /// What is counted, and under which condition.
    Counted {
        /// What is counted.
        what: What,
        /// What must be so for it to count: `[{ property: "plan", is: ["pro"] }]`.
        with: &'static [Filter] = &[],
        /// What people read instead of its name.
        called: Option<Str> = None,
    }
}

plg_core::choice! {
    /// A property that is measured.
    Measure "property to measure" {
        /// A property of the person: `person("seats")`.
        person(PropertyKey),
        /// A property of the session: `session("$session_duration")`.
        session(PropertyKey),
        ; /// A property of the event.
        else event(PropertyKey)
    }
}

plg_core::choice! {
    /// The currency of an amount, which PostHog converts into the project's.
    Currency "currency" {
        /// The property that says it: `property("currency")`.
        property(PropertyKey),
        ; /// Always this one, by its three letters: `"EUR"`.
        else code(Str)
    }
}

plg_core::record! {
    /// A numeric property of what people do.
    Measured {
        /// The event or action that has it.
        what: What,
        /// The property.
        of: Measure,
        /// What must be so for it to count.
        with: &'static [Filter] = &[],
        /// What people read instead of its name.
        called: Option<Str> = None,
        /// The currency of an amount.
        currency: Option<Currency> = None,
    }
}

plg_core::words! {
    /// How counts of people become one number.
    OfPeople "way to aggregate counts" {
        /// The average.
        average = "avg_count_per_actor",
        /// The smallest.
        min = "min_count_per_actor",
        /// The largest.
        max = "max_count_per_actor",
        /// The middle one.
        median = "median_count_per_actor",
        /// What three quarters do not reach.
        p75 = "p75_count_per_actor",
        /// What nine of ten do not reach.
        p90 = "p90_count_per_actor",
        /// What 19 of 20 do not reach.
        p95 = "p95_count_per_actor",
        /// What 99 of 100 do not reach.
        p99 = "p99_count_per_actor",
    }
}

plg_core::record! {
    /// How often one person does something.
    PerPerson {
        /// What is counted.
        what: What,
        /// How the counts become one number.
        by: OfPeople = OfPeople::average,
        /// What must be so for it to count.
        with: &'static [Filter] = &[],
        /// What people read instead of its name.
        called: Option<Str> = None,
    }
}

plg_core::record! {
    /// How many groups do something.
    Grouped {
        /// What is counted.
        what: What,
        /// The type of group, as PostHog counts them: 0 to 4.
        of: i64,
        /// What must be so for it to count.
        with: &'static [Filter] = &[],
        /// What people read instead of its name.
        called: Option<Str> = None,
    }
}

plg_core::record! {
    /// A number by an expression of one's own.
    Expressed {
        /// What is counted.
        what: What,
        /// The aggregation, in HogQL: `"sum(properties.amount) / 100"`.
        expression: Hogql,
        /// What must be so for it to count.
        with: &'static [Filter] = &[],
        /// What people read instead of its name.
        called: Option<Str> = None,
    }
}

plg_core::choice! {
    /// What one line of a trend counts.
    Series "way to count" {
        /// How often it happens; its name alone says the same without a condition.
        count(Counted),
        /// How many different people do it within each interval.
        people(Counted),
        /// How many different people did it within the 7 days before.
        weekly_people(Counted),
        /// How many different people did it within the 30 days before.
        monthly_people(Counted),
        /// In how many sessions it happens.
        sessions(Counted),
        /// How many people do it for the first time.
        first_time(Counted),
        /// How many people do it for the first time under the condition.
        first_matching(Counted),
        /// How many groups do it: `groups(FeatureUsed, of: 0)`.
        groups(Grouped),
        /// How often one person does it: `per_person(FeatureUsed, by: p90)`.
        per_person(PerPerson),
        /// The sum of a property: `sum(PlanUpgraded, of: "amount")`.
        sum(Measured),
        /// The average of a property.
        average(Measured),
        /// The smallest value of a property.
        min(Measured),
        /// The largest value of a property.
        max(Measured),
        /// The middle value of a property.
        median(Measured),
        /// What three quarters of the values do not reach.
        p75(Measured),
        /// What nine of ten values do not reach.
        p90(Measured),
        /// What 19 of 20 values do not reach.
        p95(Measured),
        /// What 99 of 100 values do not reach.
        p99(Measured),
        /// A number by an expression: `sql(PlanUpgraded, "sum(properties.amount) / 100")`.
        sql(Expressed),
        ; /// How often it happens.
        else event(&'static dyn Trackable)
    }
}

/// What PostHog calls the lines that count every event.
const ALL_EVENTS: &str = "All events";

/// A node that counts this.
pub(super) fn node(what: &dyn Trackable) -> Terms {
    match what.tracked() {
        Tracked::Event(event) => Terms::from_iter([("kind", "EventsNode"), ("event", event), ("name", event)]),
        Tracked::Action { name, id } => {
            Terms::from_iter([("kind", "ActionsNode".into()), ("id", id), ("name", name.into())])
        }
    }
}

fn any_event() -> Terms {
    Terms::from_iter([("kind", "EventsNode".into()), ("event", Term::Null), ("name", ALL_EVENTS.into())])
}

/// Adds a condition, and what people read.
pub(super) fn under(mut node: Terms, with: &[Filter], called: Option<Str>) -> Terms {
    if !with.is_empty() {
        node.insert("properties", Filter::list(with));
    }
    node.extend(called.map(|text| ("custom_name", text.0)));
    node
}

impl What {
    pub(super) fn node(&self) -> Terms {
        match self {
            What::any_event => any_event(),
            What::event(what) => node(*what),
            What::any_of(all) => Terms::from_iter([
                ("kind", "GroupNode".into()),
                ("operator", "OR".into()),
                ("nodes", all.of.iter().map(Doing::node).collect::<Term>()),
            ]),
        }
    }

    pub(super) fn read(node: &Json, known: &mut Known) -> Option<Self> {
        Some(match node.get("kind")?.as_str()? {
            "EventsNode" if node.get("event").is_none_or(Json::is_null) => What::any_event,
            "GroupNode" if node.get("operator")?.as_str()? == "OR" => {
                let nodes = node.get("nodes")?.as_array()?;
                let of: Option<Vec<_>> = nodes.iter().map(|node| Doing::read(node, known)).collect();
                What::any_of(Together { of: read::slice(of?) })
            }
            _ => What::event(tracked(node, known)?),
        })
    }
}

impl Doing {
    pub(super) fn node(&self) -> Terms {
        match self {
            Doing::any_event => any_event(),
            Doing::event(what) => node(*what),
            Doing::only(only) => under(node(only.what), only.with, only.called),
        }
    }

    pub(super) fn read(node: &Json, known: &mut Known) -> Option<Self> {
        if node.get("kind")?.as_str()? == "EventsNode" && node.get("event").is_none_or(Json::is_null) {
            return Some(Doing::any_event);
        }
        let what = tracked(node, known)?;
        let (with, called) = condition(node, known)?;
        let plain = with.is_empty() && called.is_none();
        Some(if plain { Doing::event(what) } else { Doing::only(Only { what, with, called }) })
    }
}

/// The event or action of a node.
pub(super) fn tracked(node: &Json, known: &mut Known) -> Option<&'static dyn Trackable> {
    match node.get("kind")?.as_str()? {
        "EventsNode" => known::tracked(known, node.get("event"), None).ok(),
        "ActionsNode" => known::tracked(known, None, node.get("id")).ok(),
        _ => None,
    }
}

/// The condition of a node, and what people read.
pub(super) fn condition(node: &Json, known: &mut Known) -> Option<(&'static [Filter], Option<Str>)> {
    Some((Filter::read_all(node.get("properties"), known).ok()?, read::text(node, "/custom_name")))
}

impl Measure {
    fn parts(self) -> (&'static str, &'static str) {
        match self {
            Measure::event(property) => ("event_properties", property.name()),
            Measure::person(property) => ("person_properties", property.name()),
            Measure::session(property) => ("session_properties", property.name()),
        }
    }

    fn read(node: &Json) -> Option<Self> {
        let property = PropertyKey::declared(PropertyName(read::leak(node.get("math_property")?.as_str()?)));
        Some(match node.get("math_property_type").and_then(Json::as_str) {
            None | Some("event_properties" | "numerical_event_properties" | "event") => Measure::event(property),
            Some("person_properties" | "person") => Measure::person(property),
            Some("session_properties" | "session") => Measure::session(property),
            Some(_) => return None,
        })
    }
}

impl Measured {
    fn node(&self, math: &str) -> Terms {
        let mut node = under(self.what.node(), self.with, self.called);
        let (ty, property) = self.of.parts();
        node.insert("math", math);
        node.insert("math_property", property);
        // An event's property goes without saying.
        node.extend((!matches!(self.of, Measure::event(_))).then_some(("math_property_type", ty)));
        node.extend(self.currency.map(|currency| {
            let currency = match currency {
                Currency::property(property) => term!({ "property": property.name() }),
                Currency::code(code) => term!({ "static": code.0 }),
            };
            ("math_property_revenue_currency", currency)
        }));
        node
    }
}

impl Series {
    pub(super) fn node(&self) -> Term {
        let counted = |counted: &Counted, math: &str| {
            let mut node = under(counted.what.node(), counted.with, counted.called);
            node.insert("math", math);
            node
        };
        let node = match self {
            Series::event(what) => {
                let mut node = node(*what);
                node.insert("math", "total");
                node
            }
            Series::count(what) => counted(what, "total"),
            Series::people(what) => counted(what, "dau"),
            Series::weekly_people(what) => counted(what, "weekly_active"),
            Series::monthly_people(what) => counted(what, "monthly_active"),
            Series::sessions(what) => counted(what, "unique_session"),
            Series::first_time(what) => counted(what, "first_time_for_user"),
            Series::first_matching(what) => counted(what, "first_matching_event_for_user"),
            Series::groups(groups) => {
                let mut node = under(groups.what.node(), groups.with, groups.called);
                node.insert("math", "unique_group");
                node.insert("math_group_type_index", groups.of);
                node
            }
            Series::per_person(per) => {
                let mut node = under(per.what.node(), per.with, per.called);
                node.insert("math", per.by.as_str());
                node
            }
            Series::sum(measured) => measured.node("sum"),
            Series::average(measured) => measured.node("avg"),
            Series::min(measured) => measured.node("min"),
            Series::max(measured) => measured.node("max"),
            Series::median(measured) => measured.node("median"),
            Series::p75(measured) => measured.node("p75"),
            Series::p90(measured) => measured.node("p90"),
            Series::p95(measured) => measured.node("p95"),
            Series::p99(measured) => measured.node("p99"),
            Series::sql(own) => {
                let mut node = under(own.what.node(), own.with, own.called);
                node.insert("math", "hogql");
                node.insert("math_hogql", own.expression.0);
                node
            }
        };
        node.into()
    }

    /// The same where counting goes without saying.
    pub(super) fn plain_node(&self) -> Term {
        let mut node = self.node();
        if let Some(node) = node.as_map_mut()
            && node.get("math").and_then(Term::as_str) == Some("total")
        {
            node.remove("math");
        }
        node
    }

    pub(super) fn read(node: &Json, known: &mut Known) -> Option<Self> {
        let what = What::read(node, known)?;
        let (with, called) = condition(node, known)?;
        let counted = Counted { what, with, called };
        let measured = || {
            let currency = match node.get("math_property_revenue_currency").filter(|currency| !currency.is_null()) {
                Some(currency) => match (currency.get("property"), currency.get("static")) {
                    (Some(Json::String(name)), _) => {
                        Some(Currency::property(PropertyKey::declared(PropertyName(read::leak(name)))))
                    }
                    (_, Some(Json::String(code))) => Some(Currency::code(Str(read::leak(code)))),
                    _ => return None,
                },
                None => None,
            };
            Some(Measured { what, of: Measure::read(node)?, with, called, currency })
        };
        Some(match node.get("math").and_then(Json::as_str).unwrap_or("total") {
            "total" => match what {
                What::event(what) if with.is_empty() && called.is_none() => Series::event(what),
                _ => Series::count(counted),
            },
            "dau" => Series::people(counted),
            "weekly_active" => Series::weekly_people(counted),
            "monthly_active" => Series::monthly_people(counted),
            "unique_session" => Series::sessions(counted),
            "first_time_for_user" => Series::first_time(counted),
            "first_matching_event_for_user" => Series::first_matching(counted),
            "unique_group" => {
                let of = node.get("math_group_type_index").and_then(read::number)?;
                Series::groups(Grouped { what, of, with, called })
            }
            "sum" => Series::sum(measured()?),
            "avg" => Series::average(measured()?),
            "min" => Series::min(measured()?),
            "max" => Series::max(measured()?),
            "median" => Series::median(measured()?),
            "p75" => Series::p75(measured()?),
            "p90" => Series::p90(measured()?),
            "p95" => Series::p95(measured()?),
            "p99" => Series::p99(measured()?),
            "hogql" => {
                let expression = Hogql(read::leak(node.get("math_hogql")?.as_str()?));
                Series::sql(Expressed { what, expression, with, called })
            }
            per_person => Series::per_person(PerPerson { what, by: OfPeople::spelt(per_person)?, with, called }),
        })
    }
}

/// Checks one thing that is counted: its conditions, and those inside of it.
pub(super) fn check(one: &Node, report: &mut Report) {
    let Some(held) = one.held() else { return };
    filter::check(held.field("with"), report);
    if one.word() == Some("groups") {
        filter::check_group_type(held.field("of"), report);
    }
    if let Some(what) = held.field("what") {
        check_what(what, report);
    }
    if let Some(code) = held.field("currency").filter(|currency| currency.word() == Some("code")).and_then(Node::held)
        && let Some(text) = code.text()
        && !(text.len() == 3 && text.chars().all(|c| c.is_ascii_uppercase()))
    {
        report.error(
            codes::TEXT,
            code.at,
            format!("`{text}` is not a currency\nhelp: write its three letters, such as \"EUR\""),
        );
    }
}

/// Checks several things that count as one.
pub(super) fn check_what(what: &Node, report: &mut Report) {
    let (Some("any_of"), Some(all)) = (what.word(), what.held()) else { return };
    let list = all.field("of").map_or(&[][..], Node::list);
    if list.is_empty() {
        report.error(codes::LIST, what.at, "there is nothing to count\nhelp: write `any_of [SignupCompleted]`");
    }
    list.iter().for_each(|one| check(one, report));
}
