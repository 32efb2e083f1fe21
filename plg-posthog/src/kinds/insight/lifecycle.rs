//! New, returning, resurrecting and dormant people; and on how many days people do something.

use super::looks::{Chart, Mark};
use super::scope::{self, InsightScope, Interval, Since, Source};
use super::series::{self, Doing, Series};
use crate::kinds::filter::{self, Filter};
use crate::kinds::prelude::*;
use plg_core::source::{Known, read};

plg_core::words! {
    /// People by what they did before.
    LifecyclePart "part of a lifecycle" {
        /// They do it for the first time.
        new,
        /// They did it in the interval before, too.
        returning,
        /// They did it before, but not in the interval before.
        resurrecting,
        /// They did it in the interval before, and do not now.
        dormant,
    }
}

plg_core::record! {
    /// New, returning, resurrecting and dormant people.
    Lifecycle {
        /// What people do.
        of: Doing,
        /// The interval that is counted by.
        by: Interval = Interval::day,
        /// How far back it looks; PostHog looks 7 days back unless told.
        last: Option<Span> = None,
        /// Where it begins, instead of `last`: `"2026-01-01"`, `this(month)`.
        from: Option<Since> = None,
        /// Where it ends; now, unless it is written.
        to: Option<Since> = None,
        /// Whether it begins and ends to the second.
        exact: bool = false,
        /// Which of them are drawn. Left to people, where nothing is written.
        parts: &'static [LifecyclePart] = &[],
        /// What must be so for anything to count.
        with: &'static [Filter] = &[],
        /// Whether what the project calls internal and test users is left out.
        without_test_users: bool = false,
        /// The share of people that is looked at, where that is enough.
        sampling: Option<Percent> = None,
        /// The type of group that is counted instead of people, as PostHog counts them: 0 to 4.
        of_groups: Option<i64> = None,
        /// What is drawn beside the numbers. Others are left to people.
        marks: &'static [Mark] = &[],
    }
}

/// What a lifecycle and a stickiness can draw beside their numbers.
const MARKS: &[Mark] = &[Mark::legend, Mark::values];

impl Lifecycle {
    pub(super) fn source(&self) -> Source {
        let mut filter = Terms::new();
        if !self.parts.is_empty() {
            filter.insert("toggledLifecycles", self.parts.iter().map(|part| part.as_str()).collect::<Term>());
        }
        Mark::put(self.marks, &mut filter);
        Source::new("LifecycleQuery")
            .set("series", vec![self.of.node()])
            .set("interval", self.by.as_str())
            .set_full("lifecycleFilter", filter)
            .scope(scope::scope!(self))
            .set_some("aggregation_group_type_index", self.of_groups)
    }

    pub(super) fn read(source: &Json, known: &mut Known) -> Option<Self> {
        let [node] = source.get("series")?.as_array()?.as_slice() else { return None };
        let filter = source.get("lifecycleFilter").unwrap_or(&Json::Null);
        let parts = filter.get("toggledLifecycles").and_then(Json::as_array).map_or(&[][..], Vec::as_slice);
        let parts: Option<Vec<_>> = parts.iter().map(|part| LifecyclePart::spelt(part.as_str()?)).collect();
        let by = source.get("interval").and_then(Json::as_str);
        let scope = InsightScope::read(source, known)?;
        Some(Lifecycle {
            of: Doing::read(node, known)?,
            by: by.map_or(Some(Lifecycle::by), Interval::spelt)?,
            last: scope.last,
            from: scope.from,
            to: scope.to,
            exact: scope.exact,
            parts: read::slice(parts?),
            with: scope.with,
            without_test_users: scope.without_test_users,
            sampling: scope.sampling,
            of_groups: source.get("aggregation_group_type_index").and_then(read::number),
            marks: Mark::read_all(filter, MARKS),
        })
    }
}

pub(super) fn check(held: &Node, report: &mut Report) {
    scope::check(held, report);
    Mark::check(held.field("marks"), MARKS, "a lifecycle", report);
    filter::check_group_type(held.field("of_groups"), report);
    if let Some(of) = held.field("of") {
        series::check(of, report);
    }
    let parts = held.field("parts").map_or(&[][..], Node::list);
    plg_core::checks::once(parts, |part| part.word().map(str::to_owned), report);
}

plg_core::choice! {
    /// How often people must do something on a day for it to count.
    Often "number of times" {
        /// So often or more: `at_least(3)`.
        at_least(i64),
        /// So often or less.
        at_most(i64),
        /// So often.
        exactly(i64),
    }
}

plg_core::record! {
    /// On how many days people do something.
    Stickiness {
        /// What people do; each entry is a line.
        series: &'static [Series],
        /// The interval that is counted by.
        by: Interval = Interval::day,
        /// How many of these intervals count as one; one, unless it is written.
        every: Option<i64> = None,
        /// How often they must do it within one for it to count; once, unless it is written.
        often: Option<Often> = None,
        /// Whether who does it on five days counts for four days, too.
        cumulative: bool = false,
        /// How it is drawn. Left to people, where nothing is written.
        display: Option<Chart> = None,
        /// How far back it looks; PostHog looks 7 days back unless told.
        last: Option<Span> = None,
        /// Where it begins, instead of `last`: `"2026-01-01"`, `this(month)`.
        from: Option<Since> = None,
        /// Where it ends; now, unless it is written.
        to: Option<Since> = None,
        /// Whether it begins and ends to the second.
        exact: bool = false,
        /// Whether the period before is drawn too.
        compare: bool = false,
        /// How long before is drawn too, instead of the period just before: `1 years`.
        compare_to: Option<Span> = None,
        /// What must be so for anything to count.
        with: &'static [Filter] = &[],
        /// Whether what the project calls internal and test users is left out.
        without_test_users: bool = false,
        /// The share of people that is looked at, where that is enough.
        sampling: Option<Percent> = None,
        /// What is drawn beside the numbers. Others are left to people.
        marks: &'static [Mark] = &[],
    }
}

/// How a number of times is said.
type Times = fn(i64) -> Often;

/// PostHog's operator of each way to count.
const OPERATORS: &[(&str, Times)] = &[("gte", Often::at_least), ("lte", Often::at_most), ("exact", Often::exactly)];

impl Often {
    fn json(self) -> Json {
        let (operator, value) = match self {
            Often::at_least(times) => ("gte", times),
            Often::at_most(times) => ("lte", times),
            Often::exactly(times) => ("exact", times),
        };
        json!({ "operator": operator, "value": value })
    }

    fn read(criteria: &Json) -> Option<Self> {
        let operator = criteria.get("operator")?.as_str()?;
        let times = read::number(criteria.get("value")?)?;
        OPERATORS.iter().find(|(spelt, _)| *spelt == operator).map(|(_, often)| often(times))
    }
}

impl Stickiness {
    pub(super) fn source(&self) -> Source {
        let mut filter = Terms::new();
        filter.extend(self.cumulative.then_some(("computedAs", "cumulative")));
        filter.extend(self.often.map(|often| ("stickinessCriteria", often.json())));
        filter.extend(self.display.map(|display| ("display", display.as_str())));
        Mark::put(self.marks, &mut filter);
        Source::new("StickinessQuery")
            .set("series", self.series.iter().map(Series::plain_node).collect::<Vec<_>>())
            .set("interval", self.by.as_str())
            .set_some("intervalCount", self.every)
            .set_full("stickinessFilter", filter)
            .scope(scope::scope!(self))
            .compare(self.compare, self.compare_to)
    }

    pub(super) fn read(source: &Json, known: &mut Known) -> Option<Self> {
        let nodes = source.get("series")?.as_array()?;
        let lines: Option<Vec<_>> = nodes.iter().map(|node| Series::read(node, known)).collect();
        let filter = source.get("stickinessFilter").unwrap_or(&Json::Null);
        let says = |path: &str| source.pointer(path).and_then(Json::as_str);
        let scope = InsightScope::read(source, known)?;
        let often = filter.get("stickinessCriteria").filter(|criteria| !criteria.is_null());
        let compare_to = says("/compareFilter/compare_to").map(|text| read::ago(text).ok_or(())).transpose().ok()?;
        Some(Stickiness {
            series: read::slice(lines?),
            by: says("/interval").map_or(Some(Stickiness::by), Interval::spelt)?,
            every: source.get("intervalCount").and_then(read::number),
            often: often.map(|criteria| Often::read(criteria).ok_or(())).transpose().ok()?,
            cumulative: says("/stickinessFilter/computedAs") == Some("cumulative"),
            display: says("/stickinessFilter/display").map(|chart| Chart::spelt(chart).ok_or(())).transpose().ok()?,
            last: scope.last,
            from: scope.from,
            to: scope.to,
            exact: scope.exact,
            compare: compare_to.is_none() && read::on(source.pointer("/compareFilter/compare")),
            compare_to: compare_to.map(|ago| ago.0),
            with: scope.with,
            without_test_users: scope.without_test_users,
            sampling: scope.sampling,
            marks: Mark::read_all(filter, MARKS),
        })
    }
}

pub(super) fn check_stickiness(held: &Node, report: &mut Report) {
    scope::check(held, report);
    Mark::check(held.field("marks"), MARKS, "a stickiness", report);
    let lines = held.field("series");
    if let Some(lines) = lines
        && lines.list().is_empty()
    {
        let message = "there is nothing to count\nhelp: name an event or an action in the brackets";
        report.error(codes::LIST, lines.at, message);
    }
    for line in lines.map_or(&[][..], Node::list) {
        series::check(line, report);
        // PostHog counts on how many days somebody did it, whatever a line adds up.
        if let Some(word) = line.word()
            && !["event", "count", "groups", "sql"].contains(&word)
        {
            let message = format!("a stickiness counts days, and has no `{word}`\nhelp: write `count(…)`");
            report.error(codes::UNKNOWN_WORD, line.at, message);
        }
    }
    let often = held.field("often").and_then(Node::held);
    for node in often.into_iter().chain(held.field("every")) {
        if let Given::Int(..1) = node.given {
            report.error(codes::OUT_OF_RANGE, node.at, "this counts from 1\nhelp: write `2`");
        }
    }
}
