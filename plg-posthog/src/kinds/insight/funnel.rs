//! How many people get from step to step.

use super::looks::{GoalLine, Mark};
use super::scope::{self, Breakdown, BreakdownOptions, InsightScope, Interval, Since, Source, Split};
use super::series::{self, What};
use crate::kinds::Hogql;
use crate::kinds::filter::{self, Filter};
use crate::kinds::prelude::*;
use plg_core::source::{Known, read};

plg_core::words! {
    /// Which time counts, of those that people do something.
    FirstTime "time that counts" {
        /// Only when they do it for the first time, and the condition holds then.
        first_ever = "first_time_for_user",
        /// Only the first time that the condition holds.
        first_matching = "first_time_for_user_with_filters",
    }
}

plg_core::record! {
    /// A step of a funnel, under a condition.
    StepOnly {
        /// What people do.
        what: What,
        /// What must be so for it to count.
        with: &'static [Filter] = &[],
        /// What people read instead of its name.
        called: Option<Str> = None,
        /// Whether people get on without it. Not the first step. PostHog's servers know it since mid-2026.
        optional: bool = false,
        /// Which time counts; every time, unless it is written.
        counts: Option<FirstTime> = None,
    }
}

plg_core::choice! {
    /// A step of a funnel.
    FunnelStep "step of a funnel" {
        /// An event or an action under a condition: `only(FeatureUsed, with: [{ property: "feature", is: ["export"] }])`.
        only(StepOnly),
        ; /// An event or an action.
        else event(&'static dyn Trackable)
    }
}

plg_core::record! {
    /// Something that people must not do between two steps: who does it, drops out.
    Exclusion {
        /// What they must not do.
        what: &'static dyn Trackable,
        /// What must be so for it to count.
        with: &'static [Filter] = &[],
        /// The step after which it counts, from 1.
        after: i64 = 1,
        /// The step before which it counts; the last one, unless it is written.
        before: Option<i64> = None,
    }
}

plg_core::words! {
    /// How strictly the steps of a funnel follow each other.
    FunnelOrder "order of steps" {
        /// One after another, whatever happens between.
        ordered,
        /// One right after another.
        strict,
        /// In any order.
        unordered,
    }
}

plg_core::words! {
    /// What a funnel shows.
    FunnelView "view of a funnel" {
        /// The share of people that reaches each step.
        steps,
        /// How long it takes from the first step to the last.
        time_to_convert,
        /// The share that reaches the last step, over time.
        trends,
        /// The ways that people take. PostHog's servers know it since mid-2026.
        flow,
    }
}

plg_core::words! {
    /// What the share of a step is a share of.
    ShareOf "base of a share" {
        /// Of all who took the first step.
        total,
        /// Of those who took the step before.
        previous,
    }
}

plg_core::choice! {
    /// The step whose property decides where somebody falls in a breakdown.
    Attribution "step that decides" {
        /// The first one that has the property.
        first_touch,
        /// The last one that has it.
        last_touch,
        /// Every step must have it.
        all_events,
        /// A certain one, counted from 1: `step(2)`.
        step(i64),
    }
}

plg_core::record! {
    /// How many people get from step to step.
    Funnel {
        /// What people do, first to last; two or more.
        steps: &'static [FunnelStep],
        /// How long people have from the first step to the last; up to months.
        within: Span = Span { count: 14, unit: Unit::days },
        /// What is shown.
        viz: FunnelView = FunnelView::steps,
        /// How strictly the steps follow each other.
        order: FunnelOrder = FunnelOrder::ordered,
        /// The interval of `viz: trends`; a day unless told.
        by: Option<Interval> = None,
        /// How far back it looks; PostHog looks 7 days back unless told.
        last: Option<Span> = None,
        /// Where it begins, instead of `last`: `"2026-01-01"`, `this(month)`, `all_time`.
        from: Option<Since> = None,
        /// Where it ends; now, unless it is written.
        to: Option<Since> = None,
        /// Whether it begins and ends to the second, instead of at the interval's.
        exact: bool = false,
        /// What people must not do between steps: `[{ what: Refunded, after: 1, before: 2 }]`.
        exclusions: &'static [Exclusion] = &[],
        /// What the share of a step is a share of.
        share_of: ShareOf = ShareOf::total,
        /// The property whose values the funnel is split by.
        breakdown: Option<Breakdown> = None,
        /// Two or three of them at once.
        breakdowns: &'static [Breakdown] = &[],
        /// How the lines of a breakdown are drawn.
        breakdown_options: Option<BreakdownOptions> = None,
        /// The step whose property decides where somebody falls.
        attribution: Attribution = Attribution::first_touch,
        /// Whether the period before is drawn too. PostHog's servers know it since mid-2026, older ones refuse it.
        compare: bool = false,
        /// How long before is drawn too, instead of the period just before: `1 years`.
        compare_to: Option<Span> = None,
        /// What must be so for anything to count.
        with: &'static [Filter] = &[],
        /// Whether what the project calls internal and test users is left out.
        without_test_users: bool = false,
        /// The share of people that is looked at, where that is enough.
        sampling: Option<Percent> = None,
        /// The type of group that takes the steps instead of people, as PostHog counts them: 0 to 4.
        of_groups: Option<i64> = None,
        /// What takes the steps instead of people, in HogQL, such as `"properties.$session_id"`.
        of_each: Option<Hogql> = None,
        /// From which step `viz: time_to_convert` counts, from 1; the first, unless it is written.
        from_step: Option<i64> = None,
        /// To which step it counts, from 1; the last, unless it is written.
        to_step: Option<i64> = None,
        /// In how many ranges its times fall. PostHog finds a number, unless it is written.
        bins: Option<i64> = None,
        /// Lines at numbers that are to be reached. Left to people, where nothing is written.
        goal_lines: &'static [GoalLine] = &[],
        /// What is drawn beside the numbers. Others are left to people.
        marks: &'static [Mark] = &[],
    }
}

/// What a funnel can draw beside its numbers.
const MARKS: &[Mark] = &[Mark::legend, Mark::values, Mark::trend_lines];

/// The node of an entry that counts every time.
fn plain_node(step: &StepOnly) -> Terms {
    series::under(step.what.node(), step.with, step.called)
}

impl FunnelStep {
    pub(super) fn node(&self) -> Terms {
        match self {
            FunnelStep::event(what) => series::node(*what),
            FunnelStep::only(step) => {
                let mut node = plain_node(step);
                node.extend(step.counts.map(|counts| ("math", counts.as_str())));
                node.extend(step.optional.then_some(("optionalInFunnel", true)));
                node
            }
        }
    }

    pub(super) fn read(node: &Json, known: &mut Known) -> Option<Self> {
        let what = What::read(node, known)?;
        let (with, called) = series::condition(node, known)?;
        let optional = read::on(node.get("optionalInFunnel"));
        let counts = match node.get("math").and_then(Json::as_str) {
            None | Some("total") => None,
            Some(math) => Some(FirstTime::spelt(math)?),
        };
        Some(match what {
            What::event(what) if with.is_empty() && called.is_none() && !optional && counts.is_none() => {
                FunnelStep::event(what)
            }
            _ => FunnelStep::only(StepOnly { what, with, called, optional, counts }),
        })
    }
}

impl Exclusion {
    fn node(&self, steps: usize) -> Terms {
        let mut node = series::under(series::node(self.what), self.with, None);
        // PostHog counts steps from 0.
        node.insert("funnelFromStep", self.after - 1);
        let last = i64::try_from(steps).unwrap_or(i64::MAX);
        node.insert("funnelToStep", self.before.unwrap_or(last) - 1);
        node
    }

    fn read(node: &Json, steps: usize, known: &mut Known) -> Option<Self> {
        let (with, _) = series::condition(node, known)?;
        let before = read::number(node.get("funnelToStep")?)? + 1;
        Some(Exclusion {
            what: series::tracked(node, known)?,
            with,
            after: read::number(node.get("funnelFromStep")?)? + 1,
            before: (usize::try_from(before) != Ok(steps)).then_some(before),
        })
    }
}

impl Funnel {
    pub(super) fn source(&self) -> Source {
        let mut filter = Terms::from_iter([
            ("funnelVizType", Term::from(self.viz.as_str())),
            ("funnelOrderType", self.order.as_str().into()),
            ("funnelWindowInterval", self.within.count.into()),
            ("funnelWindowIntervalUnit", self.within.unit.as_str().into()),
        ]);
        if !self.exclusions.is_empty() {
            let all: Vec<Terms> = self.exclusions.iter().map(|one| one.node(self.steps.len())).collect();
            filter.insert("exclusions", all);
        }
        if matches!(self.share_of, ShareOf::previous) {
            filter.insert("funnelStepReference", self.share_of.as_str());
        }
        match self.attribution {
            Attribution::first_touch => {}
            Attribution::last_touch => drop(filter.insert("breakdownAttributionType", "last_touch")),
            Attribution::all_events => drop(filter.insert("breakdownAttributionType", "all_events")),
            Attribution::step(step) => {
                filter.insert("breakdownAttributionType", "step");
                filter.insert("breakdownAttributionValue", step - 1);
            }
        }
        filter.extend(self.of_each.map(|expression| ("funnelAggregateByHogQL", expression.0)));
        filter.extend(self.from_step.map(|step| ("funnelFromStep", step - 1)));
        filter.extend(self.to_step.map(|step| ("funnelToStep", step - 1)));
        filter.extend(self.bins.map(|bins| ("binCount", bins)));
        GoalLine::put(self.goal_lines, &mut filter);
        Mark::put(self.marks, &mut filter);
        Source::new("FunnelsQuery")
            .set("series", self.steps.iter().map(FunnelStep::node).collect::<Vec<_>>())
            .set("funnelsFilter", filter)
            .scope(scope::scope!(self))
            .split(scope::split!(self))
            .compare(self.compare, self.compare_to)
            .set_some("interval", self.by.map(Interval::as_str))
            .set_some("aggregation_group_type_index", self.of_groups)
    }

    pub(super) fn read(source: &Json, known: &mut Known) -> Option<Self> {
        let filter = source.get("funnelsFilter").unwrap_or(&Json::Null);
        let says = |path: &str| source.pointer(path).and_then(Json::as_str);
        let number = |key: &str| filter.get(key).and_then(read::number);
        let nodes = source.get("series")?.as_array()?;
        let steps: Vec<FunnelStep> = nodes.iter().map(|node| FunnelStep::read(node, known)).collect::<Option<_>>()?;
        let excluded = filter.get("exclusions").and_then(Json::as_array).map_or(&[][..], Vec::as_slice);
        let exclusions: Option<Vec<_>> =
            excluded.iter().map(|node| Exclusion::read(node, steps.len(), known)).collect();
        let scope = InsightScope::read(source, known)?;
        let split = Split::read(source, known)?;
        let compare_to = says("/compareFilter/compare_to").map(|text| read::ago(text).ok_or(())).transpose().ok()?;
        let window = read::span(filter, "funnelWindowInterval", "funnelWindowIntervalUnit");
        let attribution = match says("/funnelsFilter/breakdownAttributionType") {
            None | Some("first_touch") => Attribution::first_touch,
            Some("last_touch") => Attribution::last_touch,
            Some("all_events") => Attribution::all_events,
            Some("step") => Attribution::step(number("breakdownAttributionValue").unwrap_or(0) + 1),
            Some(_) => return None,
        };
        Some(Funnel {
            steps: read::slice(steps),
            within: window.unwrap_or(Funnel::within),
            viz: says("/funnelsFilter/funnelVizType").map_or(Some(Funnel::viz), FunnelView::spelt)?,
            order: says("/funnelsFilter/funnelOrderType").map_or(Some(Funnel::order), FunnelOrder::spelt)?,
            by: says("/interval").map(|by| Interval::spelt(by).ok_or(())).transpose().ok()?,
            last: scope.last,
            from: scope.from,
            to: scope.to,
            exact: scope.exact,
            exclusions: read::slice(exclusions?),
            share_of: says("/funnelsFilter/funnelStepReference").map_or(Some(Funnel::share_of), ShareOf::spelt)?,
            breakdown: split.breakdown,
            breakdowns: split.breakdowns,
            breakdown_options: split.options,
            attribution,
            compare: compare_to.is_none() && read::on(source.pointer("/compareFilter/compare")),
            compare_to: compare_to.map(|ago| ago.0),
            with: scope.with,
            without_test_users: scope.without_test_users,
            sampling: scope.sampling,
            of_groups: source.get("aggregation_group_type_index").and_then(read::number),
            of_each: says("/funnelsFilter/funnelAggregateByHogQL").map(|text| Hogql(read::leak(text))),
            from_step: number("funnelFromStep").map(|step| step + 1),
            to_step: number("funnelToStep").map(|step| step + 1),
            bins: number("binCount"),
            goal_lines: GoalLine::read_all(filter),
            marks: Mark::read_all(filter, MARKS),
        })
    }
}

pub(super) fn check(shows: &Node, held: &Node, report: &mut Report) {
    scope::check(held, report);
    Mark::check(held.field("marks"), MARKS, "a funnel", report);
    filter::check_group_type(held.field("of_groups"), report);
    let steps = held.field("steps").map_or(&[][..], Node::list);
    if steps.len() < 2 {
        report.error(
            codes::LIST,
            shows.at,
            format!(
                "a funnel has at least 2 steps, and this one has {}\nhelp: write `funnel [SignupCompleted, FeatureUsed]`",
                steps.len()
            ),
        );
        return;
    }
    steps.iter().for_each(|step| series::check(step, report));
    if let Some(optional) = steps[0].held().and_then(|step| step.field("optional"))
        && matches!(optional.given, Given::Bool(true))
    {
        let message = "the first step of a funnel cannot be optional\nhelp: remove `optional`";
        report.error(codes::OUT_OF_RANGE, optional.at, message);
    }
    if let Some(within) = held.field("within")
        && let Given::Span(Span { count, unit: Unit::years }) = within.given
    {
        report.error(
            codes::TIME,
            within.at,
            format!("a funnel's window is in minutes to months\nhelp: write `{} months`", count.saturating_mul(12)),
        );
    }
    for exclusion in held.field("exclusions").map_or(&[][..], Node::list) {
        filter::check(exclusion.field("with"), report);
        check_places(exclusion, ("after", "before"), steps.len(), report);
    }
    check_places(held, ("from_step", "to_step"), steps.len(), report);
    if let Some(attribution) = held.field("attribution") {
        if held.field("breakdown").or_else(|| held.field("breakdowns")).is_none() {
            let message = "`attribution` needs a breakdown\nhelp: remove `attribution`";
            report.error(codes::NEEDS_ANOTHER, attribution.at, message);
        }
        if let Some(step) = attribution.held() {
            check_place(step, steps.len(), report);
        }
    }
    if let (Some(_), Some(each)) = (held.field("of_groups"), held.field("of_each")) {
        let message = "a funnel is counted by a group or by an expression\nhelp: remove one of them";
        report.error(crate::codes::EXCLUDE_EACH_OTHER, each.at, message);
    }
    let view = held.field("viz").and_then(Node::word).unwrap_or("steps");
    for (field, needs) in
        [("from_step", "time_to_convert"), ("to_step", "time_to_convert"), ("bins", "time_to_convert")]
    {
        if let Some(node) = held.field(field)
            && view != needs
            // The web app asks from which step on a trend counts, too.
            && !(field != "bins" && view == "trends")
        {
            let message =
                format!("`{field}` is for a funnel that shows times\nhelp: write `viz: {needs}`, or leave it out");
            report.error(codes::NEEDS_ANOTHER, node.at, message);
        }
    }
}

/// Two steps, of which the second comes later.
fn check_places(held: &Node, (first, second): (&str, &str), steps: usize, report: &mut Report) {
    let place = |field: &str| match held.field(field).map(|node| &node.given) {
        Some(Given::Int(place)) => Some(*place),
        _ => None,
    };
    for field in [first, second] {
        if let Some(node) = held.field(field) {
            check_place(node, steps, report);
        }
    }
    let last = i64::try_from(steps).unwrap_or(i64::MAX);
    let (from, to) = (place(first).unwrap_or(1), place(second).unwrap_or(last));
    let both_are_steps = (1..=last).contains(&from) && (1..=last).contains(&to);
    if both_are_steps
        && from >= to
        && let Some(at) = held.field(second).or_else(|| held.field(first)).map(|node| node.at)
    {
        let message = format!(
            "step {to} does not come after step {from}\nhelp: write an earlier `{first}` or a later `{second}`"
        );
        report.error(codes::OUT_OF_RANGE, at, message);
    }
}

fn check_place(node: &Node, steps: usize, report: &mut Report) {
    if let Given::Int(place) = node.given
        && !(1..=i64::try_from(steps).unwrap_or(i64::MAX)).contains(&place)
    {
        let message = format!("this funnel has no step {place}\nhelp: its steps are 1 to {steps}");
        report.error(codes::OUT_OF_RANGE, node.at, message);
    }
}
