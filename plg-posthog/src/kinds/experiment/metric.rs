//! The metrics of an experiment.

use super::measure::{self, MetricSource, MetricStep};
use crate::kinds::insight::{Source, Split, check_split};
use crate::kinds::prelude::*;
use crate::kinds::property::PropertyKey;
use crate::kinds::{Breakdown, BreakdownOptions, FunnelOrder, posthog};
use plg_core::source::{Known, read};

plg_core::words! {
    /// Which way a metric should move.
    Goal "goal of a metric" {
        /// More is better.
        increase,
        /// Less is better.
        decrease,
    }
}

plg_core::record! {
    /// Values that are taken for the bound they are beyond, so that a few people do not decide it.
    Outliers {
        /// What this share of the values does not reach is taken for it: `1%`.
        lower: Option<Percent> = None,
        /// What is above this share of the values is taken for it: `99%`.
        upper: Option<Percent> = None,
        /// Whether people with nothing at all are left out as the bounds are found.
        ignore_zeros: bool = false,
    }
}

plg_core::record! {
    /// How often people do something, or how much of it, each.
    Mean {
        /// What is counted: an event or an action, `only(…)` of them, or a measure such as `sum(PlanUpgraded, of: "amount")`.
        of: MetricSource,
        /// The number property that is added up, instead of counting.
        sum: Option<PropertyKey> = None,
        /// What people read; PostHog makes a name of its own unless given.
        title: Option<Name> = None,
        /// Which way it should move.
        goal: Goal = Goal::increase,
        /// How long after their exposure it counts; as long as the experiment runs, unless given. Minutes to months.
        within: Option<Span> = None,
        /// Which values are taken for others.
        outliers: Option<Outliers> = None,
        /// Counts people who reach this number, instead of the number.
        threshold: Option<f64> = None,
        /// What each outcome is split by, up to 3: `breakdowns: ["plan", person("country")]`.
        breakdowns: &'static [Breakdown] = &[],
        /// How the values of a breakdown are taken together.
        breakdown_options: Option<BreakdownOptions> = None,
    }
}

plg_core::record! {
    /// The share of people who do one thing after the other.
    MetricFunnel {
        /// What they do after they were exposed to the experiment: events or actions in order, or `only(…)` of them.
        steps: &'static [MetricStep],
        /// How long they may take; as long as the experiment runs, unless given. Minutes to months.
        within: Option<Span> = None,
        /// What people read; PostHog makes a name of its own unless given.
        title: Option<Name> = None,
        /// Which way it should move.
        goal: Goal = Goal::increase,
        /// In which order the steps count. Left to PostHog, where nothing is written.
        order: Option<FunnelOrder> = None,
        /// What each outcome is split by, up to 3: `breakdowns: ["plan", person("country")]`.
        breakdowns: &'static [Breakdown] = &[],
        /// How the values of a breakdown are taken together.
        breakdown_options: Option<BreakdownOptions> = None,
    }
}

plg_core::record! {
    /// One count for each of another.
    Ratio {
        /// What is counted: an event or an action, `only(…)` of them, or a measure such as `sum(PlanUpgraded, of: "amount")`.
        of: MetricSource,
        /// The measure that it is divided by, written as the first one is.
        per: MetricSource,
        /// What people read; PostHog makes a name of its own unless given.
        title: Option<Name> = None,
        /// Which way it should move.
        goal: Goal = Goal::increase,
        /// How long after their exposure it counts; as long as the experiment runs, unless given. Minutes to months.
        within: Option<Span> = None,
        /// Which values of what is counted are taken for others.
        outliers: Option<Outliers> = None,
        /// Which values of what it is divided by are taken for others.
        outliers_per: Option<Outliers> = None,
        /// What each outcome is split by, up to 3: `breakdowns: ["plan", person("country")]`.
        breakdowns: &'static [Breakdown] = &[],
        /// How the values of a breakdown are taken together.
        breakdown_options: Option<BreakdownOptions> = None,
    }
}

plg_core::words! {
    /// From when on the return of people is counted.
    MetricStart "way to start" {
        /// From the first time they do it.
        first_seen,
        /// From the last time they do it.
        last_seen,
    }
}

plg_core::record! {
    /// The share of people who come back.
    MetricRetention {
        /// What people start with: an event or an action, or `only(…)` of them.
        of: MetricStep,
        /// What shows that they came back.
        returning: MetricStep,
        /// After how much time they have to come back, in the unit of `until`; 0 is at once.
        after: i64 = 0,
        /// Until when: `until: 7 days`. Minutes to months.
        until: Span,
        /// From when on that is counted.
        starts: MetricStart = MetricStart::first_seen,
        /// What people read; PostHog makes a name of its own unless given.
        title: Option<Name> = None,
        /// Which way it should move.
        goal: Goal = Goal::increase,
        /// How long after their exposure people may start; as long as the experiment runs, unless given. Minutes to months.
        within: Option<Span> = None,
        /// What each outcome is split by, up to 3: `breakdowns: ["plan", person("country")]`.
        breakdowns: &'static [Breakdown] = &[],
        /// How the values of a breakdown are taken together.
        breakdown_options: Option<BreakdownOptions> = None,
    }
}

plg_core::choice! {
    /// What an experiment is measured by.
    Metric "metric" {
        /// How often people do something: `mean(FeatureUsed)`.
        mean(Mean),
        /// The share of people who do all of it: `funnel [SignupCompleted, OnboardingCompleted]`.
        funnel(MetricFunnel),
        /// One count for each of another: `ratio(PlanUpgraded, per: SignupCompleted)`.
        ratio(Ratio),
        /// The share of people who come back: `retention(SignupCompleted, returning: FeatureUsed, until: 7 days)`.
        retention(MetricRetention),
    }
}

/// A share as PostHog has it: between 0 and 1.
pub(super) fn share(percent: Percent) -> Json {
    number((percent.0 * 1e6).round() / 1e8)
}

/// The share that PostHog has.
pub(super) fn percent(share: &Json) -> Option<Percent> {
    share.as_f64().map(|share| Percent((share * 1e8).round() / 1e6))
}

impl Outliers {
    fn terms(&self) -> Terms {
        let mut terms = Terms::new();
        terms.extend(self.lower.map(|lower| ("lower_bound_percentile", share(lower))));
        terms.extend(self.upper.map(|upper| ("upper_bound_percentile", share(upper))));
        terms.extend(self.ignore_zeros.then_some(("ignore_zeros", true)));
        terms
    }

    fn read(of: Option<&Json>) -> Option<Self> {
        let of = of?;
        let bound = |key: &str| of.get(key).and_then(percent);
        let (lower, upper) = (bound("lower_bound_percentile"), bound("upper_bound_percentile"));
        let ignore_zeros = read::on(of.get("ignore_zeros"));
        (lower.is_some() || upper.is_some() || ignore_zeros).then_some(Outliers { lower, upper, ignore_zeros })
    }
}

impl Metric {
    /// The declared events and actions it counts.
    pub(in crate::kinds) fn named(&self) -> Vec<&'static dyn Trackable> {
        match self {
            Metric::mean(mean) => vec![mean.of.what()],
            Metric::funnel(funnel) => funnel.steps.iter().map(MetricStep::what).collect(),
            Metric::ratio(ratio) => vec![ratio.of.what(), ratio.per.what()],
            Metric::retention(retention) => vec![retention.of.what(), retention.returning.what()],
        }
    }

    /// Its breakdowns.
    fn split(&self) -> Split {
        let (breakdowns, options) = match self {
            Metric::mean(mean) => (mean.breakdowns, mean.breakdown_options),
            Metric::funnel(funnel) => (funnel.breakdowns, funnel.breakdown_options),
            Metric::ratio(ratio) => (ratio.breakdowns, ratio.breakdown_options),
            Metric::retention(retention) => (retention.breakdowns, retention.breakdown_options),
        };
        Split { breakdown: None, breakdowns, options }
    }

    /// As PostHog has it.
    pub(in crate::kinds) fn json(&self) -> Term {
        let metric = Terms::from_iter([("kind", Term::from("ExperimentMetric"))]);
        let mut metric = Source(metric).split(self.split()).0;
        let (ty, title, goal, within) = match self {
            Metric::mean(mean) => {
                let mut source = mean.of.node();
                if let Some(property) = mean.sum {
                    source.insert("math", "sum");
                    source.insert("math_property", property.name());
                }
                metric.insert("source", source);
                metric
                    .extend(mean.outliers.iter().flat_map(|outliers| outliers.terms().into_iter().collect::<Vec<_>>()));
                metric.extend(mean.threshold.map(|least| ("threshold", number(least))));
                ("mean", mean.title, mean.goal, mean.within)
            }
            Metric::funnel(funnel) => {
                metric.insert("series", funnel.steps.iter().map(MetricStep::node).collect::<Vec<_>>());
                metric.extend(funnel.order.map(|order| ("funnel_order_type", order.as_str())));
                ("funnel", funnel.title, funnel.goal, funnel.within)
            }
            Metric::ratio(ratio) => {
                metric.insert("numerator", ratio.of.node());
                metric.insert("denominator", ratio.per.node());
                metric.extend(ratio.outliers.map(|of| ("numerator_outlier_handling", of.terms())));
                metric.extend(ratio.outliers_per.map(|of| ("denominator_outlier_handling", of.terms())));
                ("ratio", ratio.title, ratio.goal, ratio.within)
            }
            Metric::retention(retention) => {
                metric.insert("start_event", retention.of.node());
                metric.insert("completion_event", retention.returning.node());
                metric.insert("retention_window_start", retention.after);
                metric.insert("retention_window_end", retention.until.count);
                metric.insert("retention_window_unit", retention.until.unit.as_str());
                metric.insert("start_handling", retention.starts.as_str());
                ("retention", retention.title, retention.goal, retention.within)
            }
        };
        metric.insert("metric_type", ty);
        metric.insert("goal", goal.as_str());
        metric.extend(title.map(|title| ("name", title.0)));
        if let Some(within) = within {
            metric.insert("conversion_window", within.count);
            metric.insert("conversion_window_unit", within.unit.as_str());
        }
        metric.into()
    }

    /// The metric that PostHog has, as far as there are words for it.
    pub(super) fn read(live: &Json, known: &mut Known) -> Result<Self, String> {
        let title = read::text(live, "/name").map(|title| Name(title.0));
        let word = |key: &str| live.get(key).and_then(Json::as_str);
        let goal = word("goal").and_then(Goal::spelt).unwrap_or(Mean::goal);
        let within = read::span(live, "conversion_window", "conversion_window_unit");
        let part = |key: &str| live.get(key).unwrap_or(&Json::Null);
        let unknown = || format!("the language has no word for the metric {live}");
        let Split { breakdowns, options: breakdown_options, .. } = Split::read(live, known).ok_or_else(unknown)?;
        Ok(match word("metric_type") {
            Some("mean") => {
                let (mut of, mut sum) = (MetricSource::read(part("source"), known)?, None);
                // The shorter way to say it.
                if let MetricSource::sum(one) = of
                    && one.with.is_empty()
                    && one.called.is_none()
                {
                    (of, sum) = (MetricSource::event(one.what), Some(one.of));
                }
                let threshold = live.get("threshold").and_then(Json::as_f64);
                let outliers = Outliers::read(Some(live));
                Metric::mean(Mean { of, sum, title, goal, within, outliers, threshold, breakdowns, breakdown_options })
            }
            Some("ratio") => Metric::ratio(Ratio {
                of: MetricSource::read(part("numerator"), known)?,
                per: MetricSource::read(part("denominator"), known)?,
                title,
                goal,
                within,
                outliers: Outliers::read(live.get("numerator_outlier_handling")),
                outliers_per: Outliers::read(live.get("denominator_outlier_handling")),
                breakdowns,
                breakdown_options,
            }),
            Some("funnel") => {
                let steps = live.get("series").and_then(Json::as_array).map_or(&[][..], Vec::as_slice);
                let steps: Result<Vec<_>, _> = steps.iter().map(|step| MetricStep::read(step, known)).collect();
                let order = word("funnel_order_type").and_then(FunnelOrder::spelt);
                let steps = read::slice(steps?);
                Metric::funnel(MetricFunnel { steps, within, title, goal, order, breakdowns, breakdown_options })
            }
            Some("retention") => Metric::retention(MetricRetention {
                of: MetricStep::read(part("start_event"), known)?,
                returning: MetricStep::read(part("completion_event"), known)?,
                after: read::number(part("retention_window_start")).ok_or_else(unknown)?,
                until: read::span(live, "retention_window_end", "retention_window_unit").ok_or_else(unknown)?,
                starts: word("start_handling").and_then(MetricStart::spelt).ok_or_else(unknown)?,
                title,
                goal,
                within,
                breakdowns,
                breakdown_options,
            }),
            _ => return Err(unknown()),
        })
    }
}

/// The parts of a metric that count something.
const SOURCES: [&str; 5] = ["source", "numerator", "denominator", "start_event", "completion_event"];

/// A metric without what the server adds; one without a goal is to increase.
pub(in crate::kinds) fn comparable(metric: &Json) -> Json {
    let mut metric = posthog::compact(metric, &["uuid", "fingerprint", "isSharedMetric", "sharedMetricId"]);
    if let Some(metric) = metric.as_object_mut() {
        posthog::default(metric, "goal", Goal::increase.as_str());
        for key in SOURCES {
            posthog::normalise(metric, key, measure::comparable);
        }
        posthog::normalise(metric, "series", |steps| {
            steps.as_array().into_iter().flatten().map(measure::comparable).collect()
        });
        let is_off = |outliers: &Json| outliers.get("ignore_zeros") == Some(&Json::Bool(false));
        for key in ["numerator_outlier_handling", "denominator_outlier_handling"] {
            posthog::normalise(metric, key, |outliers| {
                posthog::compact(outliers, if is_off(outliers) { &["ignore_zeros"] } else { &[] })
            });
            metric.retain(|name, value| name != key || value.as_object().is_none_or(|of| !of.is_empty()));
        }
        metric.retain(|name, value| name != "ignore_zeros" || value != &Json::Bool(false));
        posthog::normalise(metric, "breakdownFilter", comparable_split);
        metric.retain(|name, value| name != "breakdownFilter" || value.as_object().is_none_or(|by| !by.is_empty()));
    }
    metric
}

/// What a metric is split by, without what says nothing.
fn comparable_split(filter: &Json) -> Json {
    let mut filter = posthog::compact(filter, &[]);
    let Some(by) = filter.as_object_mut() else { return filter };
    posthog::normalise(by, "breakdowns", |several| {
        several.as_array().into_iter().flatten().map(|one| posthog::compact(one, &[])).collect()
    });
    by.retain(|_, value| value != &Json::Bool(false) && value.as_array().is_none_or(|list| !list.is_empty()));
    if !by.contains_key("breakdown") {
        by.remove("breakdown_type");
    }
    filter
}

/// Checks a metric: its sources, its windows and its bounds.
pub(in crate::kinds) fn check_metric(metric: &Node, report: &mut Report) {
    let Some(held) = metric.held() else { return };
    for part in ["of", "per", "returning"] {
        if let Some(source) = held.field(part) {
            measure::check(source, report);
        }
    }
    if let Some(steps) = held.field("steps") {
        if steps.list().is_empty() {
            report.error(
                codes::LIST,
                steps.at,
                "a funnel needs at least one step\nhelp: name an event, such as `funnel [OnboardingCompleted]`",
            );
        }
        steps.list().iter().for_each(|step| measure::check(step, report));
    }
    let what = if metric.word() == Some("funnel") { "a funnel's time" } else { "the time of a metric" };
    for part in ["within", "until"] {
        if let Some(Node { at, given: Given::Span(Span { unit: Unit::years, .. }) }) = held.field(part) {
            report.error(
                codes::TIME,
                *at,
                format!(
                    "{what} is minutes, hours, days, weeks or months\nhelp: write it in months, such as `12 months`"
                ),
            );
        }
    }
    check_sum(held, report);
    check_window(held, report);
    check_split(held, report);
    for part in ["outliers", "outliers_per"] {
        if let Some(outliers) = held.field(part) {
            check_outliers(outliers, report);
        }
    }
}

/// A property is added up once.
fn check_sum(mean: &Node, report: &mut Report) {
    let is_plain = |of: &Node| matches!(of.word(), Some("event" | "only"));
    if let (Some(sum), Some(of)) = (mean.field("sum"), mean.field("of"))
        && !is_plain(of)
    {
        let message = "`of` already sets how it is measured\nhelp: leave `sum` out";
        report.error(crate::codes::EXCLUDE_EACH_OTHER, sum.at, message);
    }
}

/// People come back after they started, and before the end.
fn check_window(retention: &Node, report: &mut Report) {
    let (Some(Node { at, given: Given::Int(after) }), Some(Node { given: Given::Span(until), .. })) =
        (retention.field("after"), retention.field("until"))
    else {
        return;
    };
    if *after < 0 || *after > i64::from(until.count) {
        report.error(
            codes::OUT_OF_RANGE,
            *at,
            format!("people come back between 0 and {} {}\nhelp: write `after: 0`", until.count, until.unit.word()),
        );
    }
}

/// The lower bound is below the upper one, and there is one of them.
fn check_outliers(outliers: &Node, report: &mut Report) {
    let bound = |name: &str| match outliers.field(name) {
        Some(Node { at, given: Given::Percent(share) }) => Some((*at, *share)),
        _ => None,
    };
    match (bound("lower"), bound("upper")) {
        (Some((_, lower)), Some((at, upper))) if lower >= upper => report.error(
            codes::OUT_OF_RANGE,
            at,
            "the upper bound is above the lower one\nhelp: write `lower: 1%, upper: 99%`",
        ),
        (None, None) if outliers.field("lower").is_none() && outliers.field("upper").is_none() => report.error(
            codes::NEEDS_ANOTHER,
            outliers.at,
            "outliers are beyond a bound, and there is none\nhelp: write `upper: 99%`, or leave `outliers` out",
        ),
        _ => {}
    }
}
