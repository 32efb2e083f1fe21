//! PostHog experiments.

use super::posthog;
use super::prelude::*;
use super::property::PropertyKey;
use super::{FeatureFlag, Holdout, SharedMetric};

pub(super) mod import;
mod wire;

pub(super) use wire::comparable;

plg_core::words! {
    /// What an experiment is run on.
    ExperimentKind "kind of experiment" {
        /// Code that asks for the flag.
        product,
        /// Changes made in the page by PostHog's toolbar.
        web,
    }
}

plg_core::words! {
    /// How an experiment's outcome is worked out.
    StatsMethod "statistical method" {
        /// Chances to win, with credible intervals.
        bayesian,
        /// Significance, with p-values.
        frequentist,
    }
}

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
    /// How often people do something, or how much of it, each.
    Mean {
        /// What is counted: an event or an action.
        of: &'static dyn Trackable,
        /// The number property that is added up, instead of counting.
        sum: Option<PropertyKey> = None,
        /// What people read; PostHog makes a name of its own unless given.
        title: Option<Name> = None,
        /// Which way it should move.
        goal: Goal = Goal::increase,
    }
}

plg_core::record! {
    /// The share of people who do one thing after the other.
    MetricFunnel {
        /// What they do after they were exposed to the experiment: events or actions in order.
        steps: &'static [&'static dyn Trackable],
        /// How long they may take; as long as the experiment runs, unless given. Minutes to months.
        within: Option<Span> = None,
        /// What people read; PostHog makes a name of its own unless given.
        title: Option<Name> = None,
        /// Which way it should move.
        goal: Goal = Goal::increase,
    }
}

plg_core::record! {
    /// One count for each of another.
    Ratio {
        /// What is counted: an event or an action.
        of: &'static dyn Trackable,
        /// What it is divided by: an event or an action.
        per: &'static dyn Trackable,
        /// What people read; PostHog makes a name of its own unless given.
        title: Option<Name> = None,
        /// Which way it should move.
        goal: Goal = Goal::increase,
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
    }
}

plg_core::kind! {
    /// A test of one flag's variants against each other. It is made as a draft: people launch and
    /// end it in PostHog, and what they do there is left alone.
    experiment Experiment {
        /// The flag under test: it has variants, one of them `control`. It cannot change later.
        flag: Link<FeatureFlag>,
        /// What people read in PostHog; from the item's name unless given.
        title: Name,
        /// What it is run on. It cannot change later.
        kind: ExperimentKind = ExperimentKind::product,
        /// What decides it. Left to people, where nothing is written.
        metrics: &'static [Metric] = &[],
        /// What is watched besides. Left to people, where nothing is written.
        secondary: &'static [Metric] = &[],
        /// Shared metrics that decide it too. Where neither this nor `shared_secondary` is written, they are left to people.
        shared: &'static [Link<SharedMetric>] = &[],
        /// Shared metrics that are watched besides.
        shared_secondary: &'static [Link<SharedMetric>] = &[],
        /// The people whom it does not reach. It cannot change while the experiment runs, and is
        /// left to people where nothing is written.
        holdout: Option<Link<Holdout>> = None,
        /// How the outcome is worked out; as the project has it, unless given.
        stats: Option<StatsMethod> = None,
    }
    provider: &crate::PROVIDER,
    key: &["flag", "title"],
    check: check,
    unique: &[],
    titled: Some("title"),
    surface: Surface::NONE,
    wire: &wire::Experiments,
}

fn check(experiment: &Block, _: &Declarations, report: &mut Report) {
    posthog::at_most(experiment, "description", 3_000, report);
    for field in ["metrics", "secondary"] {
        for metric in experiment.get(field).map_or(&[][..], Node::list) {
            check_metric(metric, report);
        }
    }
    check_shared(experiment, report);
}

/// PostHog has each shared metric once in an experiment.
fn check_shared(experiment: &Block, report: &mut Report) {
    let lists = ["shared", "shared_secondary"].iter().filter_map(|field| experiment.get(field));
    let mut seen: Vec<&str> = Vec::new();
    for node in lists.flat_map(Node::list) {
        let Given::Ref(Some(name)) = &node.given else { continue };
        if seen.contains(&name.as_str()) {
            report.error(
                crate::codes::BUILT_ON,
                node.at,
                format!("`{}` measures this experiment already\nhelp: name it once", referred(name)),
            );
        }
        seen.push(name);
    }
}

/// An experiment compares the variants of its flag with `control`.
pub(in crate::kinds) fn check_flag(experiment: &Block, world: &Declarations, report: &mut Report) {
    let Some(node) = experiment.get("flag") else { return };
    let Some(flag) = world.target(node) else { return };
    if flag.existing {
        return;
    }
    let variants = flag.get("variants").map_or(&[][..], Node::map);
    if variants.is_empty() {
        report.error(crate::codes::VARIANTS, node.at, format!("`{0}` has no variants, so there is nothing to test\nhelp: write `variants: {{ control: 50%, test: 50% }}` in `{0}`", flag.name));
    } else if !variants.iter().any(|(key, ..)| key == "control") {
        report.error(crate::codes::VARIANTS, node.at, format!("`{0}` has no variant `control`, which an experiment compares with\nhelp: name one of its variants `control`", flag.name));
    }
}

pub(super) fn check_metric(metric: &Node, report: &mut Report) {
    let (Some("funnel"), Some(funnel)) = (metric.word(), metric.held()) else { return };
    if let Some(steps) = funnel.field("steps")
        && steps.list().is_empty()
    {
        report.error(
            codes::LIST,
            steps.at,
            "a funnel needs at least one step\nhelp: name an event, such as `funnel [OnboardingCompleted]`",
        );
    }
    if let Some(Node { at, given: Given::Span(Span { unit: Unit::years, .. }) }) = funnel.field("within") {
        report.error(
            codes::TIME,
            *at,
            "a funnel's time is minutes, hours, days, weeks or months\nhelp: write it in months, such as `12 months`",
        );
    }
}

impl Describe for Experiment {
    fn want(&self) -> Want {
        let list =
            |metrics: &[Metric]| (!metrics.is_empty()).then(|| metrics.iter().map(Metric::json).collect::<Vec<_>>());
        let want = Want::of(&self.common)
            .set("name", self.title.0)
            .set("description", self.common.doc)
            .set("feature_flag_key", reference_to(self.flag, "key"))
            .set("type", self.kind.as_str())
            .set_some("metrics", list(self.metrics))
            .set_some("metrics_secondary", list(self.secondary))
            .set_some("saved_metrics_ids", self.saved())
            .set_some("holdout_id", self.holdout.map(|holdout| reference(holdout)))
            .set_some("stats_config", self.stats.map(|method| term!({ "method": method.as_str() })));
        let named = self.metrics.iter().chain(self.secondary).flat_map(Metric::named);
        named.fold(want, |want, what| want.after(what.address()))
    }

    fn lint(&self) -> Vec<String> {
        posthog::too_long(&self.common, 3_000)
    }
}

impl Experiment {
    /// Shared metrics, where there are any.
    fn saved(&self) -> Option<Vec<Term>> {
        let of = |metrics: &[Link<SharedMetric>], ty: &str| {
            let one = |metric: &Link<SharedMetric>| term!({ "id": reference(*metric), "metadata": { "type": ty } });
            metrics.iter().map(one).collect::<Vec<_>>()
        };
        let all = [of(self.shared, "primary"), of(self.shared_secondary, "secondary")].concat();
        (!all.is_empty()).then_some(all)
    }
}

impl Metric {
    /// The declared events and actions it counts.
    pub(super) fn named(&self) -> Vec<&'static dyn Trackable> {
        match self {
            Metric::mean(mean) => vec![mean.of],
            Metric::funnel(funnel) => funnel.steps.to_vec(),
            Metric::ratio(ratio) => vec![ratio.of, ratio.per],
        }
    }

    /// As PostHog has it.
    pub(super) fn json(&self) -> Term {
        let (metric, title, goal) = match self {
            Metric::mean(mean) => {
                let mut source = node(mean.of);
                if let Some(property) = mean.sum {
                    source.insert("math", "sum");
                    source.insert("math_property", property.name());
                }
                (term!({ "metric_type": "mean", "source": source }), mean.title, mean.goal)
            }
            Metric::funnel(funnel) => {
                let series: Vec<Terms> = funnel.steps.iter().map(|step| node(*step)).collect();
                let mut metric = Terms::from_iter([("metric_type", "funnel".into()), ("series", Term::from(series))]);
                if let Some(within) = funnel.within {
                    metric.insert("conversion_window", within.count);
                    metric.insert("conversion_window_unit", within.unit.as_str());
                }
                (Term::Map(metric), funnel.title, funnel.goal)
            }
            Metric::ratio(ratio) => (
                term!({ "metric_type": "ratio", "numerator": node(ratio.of), "denominator": node(ratio.per) }),
                ratio.title,
                ratio.goal,
            ),
        };
        let Term::Map(mut metric) = metric else { return metric };
        metric.insert("kind", "ExperimentMetric");
        metric.insert("goal", goal.as_str());
        metric.extend(title.map(|title| ("name", title.0)));
        Term::Map(metric)
    }
}

fn node(what: &dyn Trackable) -> Terms {
    let (key, ty) = posthog::tracked(what);
    let (kind, field) = if ty == "actions" { ("ActionsNode", "id") } else { ("EventsNode", "event") };
    Terms::from_iter([("kind", kind.into()), (field, key)])
}

#[cfg(test)]
mod tests;
