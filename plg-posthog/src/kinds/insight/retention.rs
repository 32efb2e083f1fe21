//! How many people come back.

use super::looks::{GoalLine, Mark};
use super::scope::{self, Breakdown, BreakdownOptions, InsightScope, Interval, Since, Source, Split};
use super::series::{self, Doing, Only};
use crate::kinds::filter::{self, Filter};
use crate::kinds::posthog;
use crate::kinds::prelude::*;
use crate::kinds::property::PropertyKey;
use plg_core::source::{Known, read};

plg_core::words! {
    /// When a person belongs to a group whose return is measured.
    Cohorting "way to start" {
        /// Only when they do it for the first time.
        first_time = "retention_first_time",
        /// Whenever they do it.
        recurring = "retention_recurring",
        /// Only when they do it for the first time ever, also before the period that is looked at.
        first_ever = "retention_first_ever_occurrence",
    }
}

plg_core::words! {
    /// What the intervals of a retention are.
    Windows "kind of interval" {
        /// Days, weeks and months of the calendar.
        calendar = "strict_calendar_dates",
        /// Each 24 hours from when somebody started.
        rolling = "24_hour_windows",
    }
}

plg_core::words! {
    /// How the average of a retention is reckoned.
    Averaged "way to average" {
        /// Each group counts the same.
        simple,
        /// Each person counts the same.
        weighted,
        /// There is none.
        none,
    }
}

plg_core::choice! {
    /// A property that is added up for those who come back.
    ReturnMeasure "property to measure" {
        /// Its sum: `sum("amount")`.
        sum(PropertyKey),
        /// Its average.
        average(PropertyKey),
    }
}

plg_core::words! {
    /// What a dashboard shows of a retention.
    RetentionView "part of a retention" {
        /// The table alone.
        table = "table_only",
        /// The graph alone.
        graph = "graph_only",
        /// Both.
        all,
    }
}

plg_core::record! {
    /// How many people come back.
    Retention {
        /// What people start with.
        of: Doing,
        /// What shows that they came back.
        returning: Doing,
        /// The interval they come back within: an hour to a month.
        by: Interval = Interval::day,
        /// How many intervals are shown; 2 or more.
        periods: i64 = 8,
        /// When a person counts as starting.
        starts: Cohorting = Cohorting::first_time,
        /// What the share of an interval is a share of.
        share_of: super::ShareOf = super::ShareOf::total,
        /// How often they must do it within an interval.
        at_least: Option<i64> = None,
        /// What the intervals are.
        windows: Windows = Windows::calendar,
        /// Intervals of different lengths, each a number of `by`: `[1, 6, 23]`. Instead of `periods`.
        brackets: &'static [i64] = &[],
        /// Whether who comes back later counts in the intervals before, too.
        cumulative: bool = false,
        /// A property that is added up instead of counting people.
        measures: Option<ReturnMeasure> = None,
        /// How far back it looks. Left to PostHog, which takes as many intervals as are shown.
        last: Option<Span> = None,
        /// Where it begins, instead of `last`.
        from: Option<Since> = None,
        /// Where it ends; now, unless it is written.
        to: Option<Since> = None,
        /// Whether it begins and ends to the second.
        exact: bool = false,
        /// The property whose values it is split by.
        breakdown: Option<Breakdown> = None,
        /// Two or three of them at once.
        breakdowns: &'static [Breakdown] = &[],
        /// How the lines of a breakdown are drawn.
        breakdown_options: Option<BreakdownOptions> = None,
        /// What must be so for anything to count.
        with: &'static [Filter] = &[],
        /// Whether what the project calls internal and test users is left out.
        without_test_users: bool = false,
        /// The share of people that is looked at, where that is enough.
        sampling: Option<Percent> = None,
        /// The type of group that comes back instead of people, as PostHog counts them: 0 to 4.
        of_groups: Option<i64> = None,
        /// How the average is reckoned. Left to people, where nothing is written.
        averaged: Option<Averaged> = None,
        /// What a dashboard shows of it. Left to people, where nothing is written.
        view: Option<RetentionView> = None,
        /// Lines at numbers that are to be reached. Left to people, where nothing is written.
        goal_lines: &'static [GoalLine] = &[],
        /// What is drawn beside the numbers. Others are left to people.
        marks: &'static [Mark] = &[],
    }
}

/// What a retention can draw beside its numbers.
const MARKS: &[Mark] = &[Mark::trend_lines];

/// Each interval as a retention spells it.
const PERIODS: &[(Interval, &str)] =
    &[(Interval::hour, "Hour"), (Interval::day, "Day"), (Interval::week, "Week"), (Interval::month, "Month")];

fn entity(doing: &Doing) -> Term {
    let plain = |what: &dyn Trackable| {
        let (id, ty) = posthog::tracked(what);
        let name = match what.tracked() {
            Tracked::Event(name) | Tracked::Action { name, .. } => name,
        };
        Terms::from_iter([("id", id), ("name", name.into()), ("type", ty.into())])
    };
    let entity = match doing {
        Doing::event(what) => plain(*what),
        Doing::only(only) => series::under(plain(only.what), only.with, only.called),
        Doing::any_event => {
            Terms::from_iter([("id", Term::Null), ("name", "All events".into()), ("type", "events".into())])
        }
    };
    entity.into()
}

fn read_entity(entity: &Json, known: &mut Known) -> Option<Doing> {
    let id = entity.get("id").filter(|id| !id.is_null());
    let what = match (entity.get("type")?.as_str()?, id) {
        ("events", None) => return Some(Doing::any_event),
        ("events", Some(_)) => crate::kinds::known::tracked(known, id, None).ok()?,
        ("actions", Some(_)) => crate::kinds::known::tracked(known, None, id).ok()?,
        _ => return None,
    };
    let (with, called) = series::condition(entity, known)?;
    let plain = with.is_empty() && called.is_none();
    Some(if plain { Doing::event(what) } else { Doing::only(Only { what, with, called }) })
}

impl Retention {
    pub(super) fn source(&self) -> Source {
        let by = self.by.as_str();
        let period = PERIODS.iter().find(|(interval, _)| interval.as_str() == by).map_or("Day", |(_, period)| period);
        let mut filter = Terms::from_iter([
            ("targetEntity", entity(&self.of)),
            ("returningEntity", entity(&self.returning)),
            ("retentionType", self.starts.as_str().into()),
            ("period", period.into()),
            ("totalIntervals", self.periods.into()),
        ]);
        if matches!(self.share_of, super::ShareOf::previous) {
            filter.insert("retentionReference", self.share_of.as_str());
        }
        filter.extend(self.at_least.map(|times| ("minimumOccurrences", times)));
        if matches!(self.windows, Windows::rolling) {
            filter.insert("timeWindowMode", self.windows.as_str());
        }
        if !self.brackets.is_empty() {
            filter.insert("retentionCustomBrackets", self.brackets.to_vec());
        }
        filter.extend(self.cumulative.then_some(("cumulative", true)));
        match self.measures {
            Some(ReturnMeasure::sum(property)) => {
                filter.insert("aggregationType", "sum");
                filter.insert("aggregationProperty", property.name());
            }
            Some(ReturnMeasure::average(property)) => {
                filter.insert("aggregationType", "avg");
                filter.insert("aggregationProperty", property.name());
            }
            None => {}
        }
        filter.extend(self.averaged.map(|way| ("meanRetentionCalculation", way.as_str())));
        filter.extend(self.view.map(|view| ("dashboardDisplay", view.as_str())));
        GoalLine::put(self.goal_lines, &mut filter);
        Mark::put(self.marks, &mut filter);
        Source::new("RetentionQuery")
            .set("retentionFilter", filter)
            .scope(scope::scope!(self))
            .split(scope::split!(self))
            .set_some("aggregation_group_type_index", self.of_groups)
    }

    pub(super) fn read(source: &Json, known: &mut Known) -> Option<Self> {
        let filter = source.get("retentionFilter")?;
        let says = |key: &str| filter.get(key).and_then(Json::as_str);
        let scope = InsightScope::read(source, known)?;
        let split = Split::read(source, known)?;
        let period = says("period").unwrap_or("Day");
        let brackets = filter.get("retentionCustomBrackets").and_then(Json::as_array).map_or(&[][..], Vec::as_slice);
        let brackets: Option<Vec<i64>> = brackets.iter().map(read::number).collect();
        let property = || -> Option<PropertyKey> {
            let is_of_events = matches!(says("aggregationPropertyType"), None | Some("event"));
            let name = says("aggregationProperty").filter(|_| is_of_events)?;
            Some(PropertyKey::declared(PropertyName(read::leak(name))))
        };
        let measures = match says("aggregationType") {
            None | Some("count") => None,
            Some("sum") => Some(ReturnMeasure::sum(property()?)),
            Some("avg") => Some(ReturnMeasure::average(property()?)),
            Some(_) => return None,
        };
        Some(Retention {
            of: read_entity(filter.get("targetEntity")?, known)?,
            returning: read_entity(filter.get("returningEntity")?, known)?,
            by: PERIODS.iter().find(|(_, spelt)| *spelt == period).map(|(interval, _)| *interval)?,
            periods: filter.get("totalIntervals").and_then(Json::as_i64).unwrap_or(Retention::periods),
            starts: says("retentionType").map_or(Some(Retention::starts), Cohorting::spelt)?,
            share_of: says("retentionReference").map_or(Some(Retention::share_of), super::ShareOf::spelt)?,
            at_least: filter.get("minimumOccurrences").and_then(read::number).filter(|times| *times != 1),
            windows: says("timeWindowMode").map_or(Some(Retention::windows), Windows::spelt)?,
            brackets: read::slice(brackets?),
            cumulative: read::on(filter.get("cumulative")),
            measures,
            last: scope.last,
            from: scope.from,
            to: scope.to,
            exact: scope.exact,
            breakdown: split.breakdown,
            breakdowns: split.breakdowns,
            breakdown_options: split.options,
            with: scope.with,
            without_test_users: scope.without_test_users,
            sampling: scope.sampling,
            of_groups: source.get("aggregation_group_type_index").and_then(read::number),
            averaged: says("meanRetentionCalculation").and_then(Averaged::spelt),
            view: says("dashboardDisplay").and_then(RetentionView::spelt),
            goal_lines: GoalLine::read_all(filter),
            marks: Mark::read_all(filter, MARKS),
        })
    }
}

pub(super) fn check(held: &Node, report: &mut Report) {
    scope::check(held, report);
    Mark::check(held.field("marks"), MARKS, "a retention", report);
    filter::check_group_type(held.field("of_groups"), report);
    for doing in ["of", "returning"] {
        if let Some(node) = held.field(doing) {
            series::check(node, report);
        }
    }
    if let Some(node) = held.field("periods")
        && matches!(node.given, Given::Int(..=1))
    {
        report.error(codes::OUT_OF_RANGE, node.at, "a retention has 2 periods or more\nhelp: write `periods: 8`");
    }
    if let Some(by) = held.field("by")
        && let Some(word) = by.word()
        && !PERIODS.iter().any(|(interval, _)| interval.word() == word)
    {
        let message = format!("a retention has no period of a {word}\nhelp: write `hour`, `day`, `week` or `month`");
        report.error(codes::UNKNOWN_WORD, by.at, message);
    }
    if let Some(Node { at, given: Given::Int(..1) }) = held.field("at_least") {
        report.error(codes::OUT_OF_RANGE, *at, "`at_least` counts from 1\nhelp: write `at_least: 2`");
    }
    if let Some(brackets) = held.field("brackets") {
        if let Some(none) = brackets.list().iter().find(|one| matches!(one.given, Given::Int(..1))) {
            report.error(codes::OUT_OF_RANGE, none.at, "an interval is at least 1\nhelp: write `[1, 6, 23]`");
        }
        if let Some(periods) = held.field("periods") {
            let message = "`brackets` sets the number of intervals\nhelp: remove `periods`";
            report.error(crate::codes::EXCLUDE_EACH_OTHER, periods.at, message);
        }
    }
}
