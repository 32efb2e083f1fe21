//! How often things happen over time.

use super::formula::{self, Wrong};
use super::looks::{Axis, Chart, GoalLine, Mark};
use super::scope::{self, Breakdown, BreakdownOptions, InsightScope, Interval, Since, Source, Split};
use super::series::{self, Series};
use crate::kinds::filter::Filter;
use crate::kinds::prelude::*;
use plg_core::source::{Known, read};

plg_core::record! {
    /// A line that is reckoned out of others.
    Formula {
        /// The lines, called A to Z in the order written: `"B / A * 100"`.
        formula: Str,
        /// What people read beside it.
        called: Option<Str> = None,
    }
}

plg_core::record! {
    /// How often things happen over time.
    Trend {
        /// What is counted; each entry is a line. Up to 26, which a formula calls A to Z.
        series: &'static [Series],
        /// The interval that is counted by.
        by: Interval = Interval::day,
        /// How far back it looks; PostHog looks 7 days back unless told.
        last: Option<Span> = None,
        /// Where it begins, instead of `last`: `"2026-01-01"`, `this(month)`, `all_time`.
        from: Option<Since> = None,
        /// Where it ends; now, unless it is written.
        to: Option<Since> = None,
        /// Whether it begins and ends to the second, instead of at the interval's.
        exact: bool = false,
        /// How it is drawn.
        display: Chart = Chart::line,
        /// What is shown instead of the lines themselves, such as `"B / A * 100"`: the first entry is A.
        formula: Option<Str> = None,
        /// The same where there are several: `[{ formula: "B / A", called: "Share" }, { formula: "A + B" }]`.
        formulas: &'static [Formula] = &[],
        /// The property whose values each line is split by.
        breakdown: Option<Breakdown> = None,
        /// Two or three of them at once.
        breakdowns: &'static [Breakdown] = &[],
        /// How the lines of a breakdown are drawn.
        breakdown_options: Option<BreakdownOptions> = None,
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
        /// Lines at numbers that are to be reached. Left to people, where nothing is written.
        goal_lines: &'static [GoalLine] = &[],
        /// What is drawn beside the numbers. Others are left to people.
        marks: &'static [Mark] = &[],
        /// How the numbers are written. Left to people, where nothing is written.
        axis: Option<Axis> = None,
        /// Over how many intervals the lines are smoothed. Left to people, where nothing is written.
        smoothing: Option<i64> = None,
        /// Whether Saturdays and Sundays are left out.
        without_weekends: bool = false,
    }
}

/// What a trend can draw beside its numbers.
const MARKS: &[Mark] = &[
    Mark::legend,
    Mark::values,
    Mark::labels,
    Mark::percent_stack,
    Mark::multiple_axes,
    Mark::alert_lines,
    Mark::confidence,
    Mark::trend_lines,
    Mark::moving_average,
];

impl Trend {
    pub(super) fn source(&self) -> Source {
        let mut filter = Terms::from_iter([("display", self.display.as_str())]);
        let one = self.formula.map(|formula| Formula { formula, called: None });
        let formulas: Vec<Terms> = one
            .iter()
            .chain(self.formulas)
            .map(|line| {
                let mut node = Terms::from_iter([("formula", line.formula.0)]);
                node.extend(line.called.map(|text| ("custom_name", text.0)));
                node
            })
            .collect();
        if !formulas.is_empty() {
            filter.insert("formulaNodes", formulas);
        }
        GoalLine::put(self.goal_lines, &mut filter);
        Mark::put(self.marks, &mut filter);
        if let Some(axis) = self.axis {
            axis.put(&mut filter);
        }
        filter.extend(self.smoothing.map(|intervals| ("smoothingIntervals", intervals)));
        filter.extend(self.without_weekends.then_some(("hideWeekends", true)));
        Source::new("TrendsQuery")
            .set("series", self.series.iter().map(Series::node).collect::<Vec<_>>())
            .set("interval", self.by.as_str())
            .set("trendsFilter", filter)
            .scope(scope::scope!(self))
            .split(scope::split!(self))
            .compare(self.compare, self.compare_to)
    }

    pub(super) fn read(source: &Json, known: &mut Known) -> Option<Self> {
        let says = |path: &str| source.pointer(path).and_then(Json::as_str);
        let lines = source.get("series")?.as_array()?;
        let counted: Option<Vec<_>> = lines.iter().map(|node| Series::read(node, known)).collect();
        let filter = source.get("trendsFilter").unwrap_or(&Json::Null);
        let nodes = filter.get("formulaNodes").and_then(Json::as_array).map_or(&[][..], Vec::as_slice);
        let formulas: Vec<Formula> = nodes
            .iter()
            .filter_map(|node| {
                Some(Formula { formula: read::text(node, "/formula")?, called: read::text(node, "/custom_name") })
            })
            .collect();
        let (formula, formulas) = match formulas[..] {
            [Formula { formula, called: None }] => (Some(formula), Vec::new()),
            _ => (None, formulas),
        };
        let scope = InsightScope::read(source, known)?;
        let split = Split::read(source, known)?;
        let compare_to = says("/compareFilter/compare_to").map(|text| read::ago(text).ok_or(())).transpose().ok()?;
        Some(Trend {
            series: read::slice(counted?),
            by: says("/interval").map_or(Some(Trend::by), Interval::spelt)?,
            last: scope.last,
            from: scope.from,
            to: scope.to,
            exact: scope.exact,
            display: says("/trendsFilter/display").map_or(Some(Trend::display), Chart::spelt)?,
            formula,
            formulas: read::slice(formulas),
            breakdown: split.breakdown,
            breakdowns: split.breakdowns,
            breakdown_options: split.options,
            compare: compare_to.is_none() && read::on(source.pointer("/compareFilter/compare")),
            compare_to: compare_to.map(|ago| ago.0),
            with: scope.with,
            without_test_users: scope.without_test_users,
            sampling: scope.sampling,
            goal_lines: GoalLine::read_all(filter),
            marks: Mark::read_all(filter, MARKS),
            axis: Axis::read(filter),
            // One interval is none.
            smoothing: filter.get("smoothingIntervals").and_then(read::number).filter(|intervals| *intervals != 1),
            without_weekends: read::on(filter.get("hideWeekends")),
        })
    }
}

pub(super) fn check(shows: &Node, held: &Node, report: &mut Report) {
    scope::check(held, report);
    Mark::check(held.field("marks"), MARKS, "a trend", report);
    let lines = held.field("series").map_or(&[][..], Node::list);
    if !(1..=26).contains(&lines.len()) {
        report.error(
            codes::LIST,
            shows.at,
            format!(
                "a trend has 1 to 26 lines, and this one has {}\nhelp: write `trend [SignupCompleted]`",
                lines.len()
            ),
        );
        return;
    }
    lines.iter().for_each(|line| series::check(line, report));
    let several = held.field("formulas");
    if let (Some(_), Some(several)) = (held.field("formula"), several) {
        let message = "write one formula in `formula`, or several in `formulas`\nhelp: remove `formula`";
        report.error(crate::codes::EXCLUDE_EACH_OTHER, several.at, message);
    }
    let several = several.map_or(&[][..], Node::list).iter().filter_map(|line| line.field("formula"));
    for formula in held.field("formula").into_iter().chain(several) {
        check_formula(formula, lines.len(), report);
    }
}

fn check_formula(formula: &Node, lines: usize, report: &mut Report) {
    let Some(written) = formula.text() else { return };
    let last = ('A'..='Z').nth(lines.saturating_sub(1)).unwrap_or('Z');
    match formula::check(written, last) {
        Ok(()) => {}
        Err(Wrong::Line(wrong)) => {
            let range = if last == 'A' { "`A`".to_owned() } else { format!("`A` to `{last}`") };
            let message =
                format!("`{wrong}` is not a line of this trend\nhelp: its lines are {range}, in the order written");
            report.error(crate::codes::SHOWS_NOTHING, formula.at, message);
        }
        Err(Wrong::NoLine) => {
            let message = "this formula names no line\nhelp: the first line is `A`: write \"B / A * 100\"";
            report.error(codes::TEXT, formula.at, message);
        }
        Err(Wrong::Form(why)) => {
            let message =
                format!("{why}\nhelp: a formula has lines, numbers, `+ - * /` and parentheses: \"B / A * 100\"");
            report.error(codes::TEXT, formula.at, message);
        }
    }
}
