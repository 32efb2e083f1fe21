//! PostHog experiments.

use super::posthog;
use super::prelude::*;
use super::{FeatureFlag, Holdout, SharedMetric};

pub(super) mod import;
mod life;
mod measure;
mod metric;
mod settings;
mod wire;

pub(super) use life::check_active;
pub use life::{ExperimentState, Ship};
pub use measure::{MetricExpression, MetricGroups, MetricProperty, MetricSource, MetricStep};
pub use metric::{Goal, Mean, Metric, MetricFunnel, MetricRetention, MetricStart, Outliers, Ratio};
pub(super) use metric::{check_metric, comparable};
pub use settings::{Conclusion, Exposure, RunningTime, SeveralVariants, StatsMethod};

plg_core::words! {
    /// What an experiment is run on.
    ExperimentKind "kind of experiment" {
        /// Code that asks for the flag.
        product,
        /// Changes made in the page by PostHog's toolbar.
        web,
    }
}

plg_core::kind! {
    /// A test of one flag's variants against each other. It is made as a draft. Where `state` is not written, people
    /// launch and end it in PostHog, and what they do there is left alone; where it is, each step of its life is one of
    /// a plan.
    ///
    /// Left out: metrics that count rows of a warehouse's tables, and the order in which people see metrics.
    experiment Experiment {
        /// The flag under test: it has variants, one of them `control`. It cannot change later.
        flag: Link<FeatureFlag>,
        /// What people read in PostHog; from the item's name unless given.
        title: Name,
        /// Whether it runs in code or on pages changed by PostHog's toolbar. It cannot change later.
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
        /// How sure it must be: the width of a credible interval, or what significance leaves of 100 %. As the project
        /// has it, unless given; with `stats` alone.
        confidence: Option<Percent> = None,
        /// The variant that the others are compared with: `control`, unless given.
        baseline: Option<Str> = None,
        /// How many days before their exposure people are looked at, to tell what they do anyhow from the effect: 1 to 30
        /// days. As the project has it, unless given.
        variance_reduction: Option<Span> = None,
        /// Who counts as exposed. Left to people, where nothing is written.
        exposure: Option<Exposure> = None,
        /// How long it should take. Left to people, where nothing is written.
        running_time: Option<RunningTime> = None,
        /// Variants that are not looked at. Left to people, where nothing is written.
        excluded: &'static [Str] = &[],
        /// Whether only people count whose time to do it is over. Left to people, where nothing is written.
        matured_only: Option<bool> = None,
        /// Where it is in its life. What is over does not run again. Left to people, where nothing is written.
        state: Option<ExperimentState> = None,
        /// What people get once it is over, beside `state: stopped`: `{ variant: "test", to_everybody: true }`. It is sent
        /// once. From then on the flag's shares and conditions are the experiment's, and `variants`, `rollout` and
        /// `release` of the flag are not compared.
        ship: Option<Ship> = None,
        /// How it came out. Left to people, where nothing is written.
        conclusion: Option<Conclusion> = None,
        /// Why, up to 4,000 characters.
        conclusion_comment: Option<Str> = None,
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
    settings::check(experiment, report);
    life::check(experiment, report);
    posthog::at_most(experiment, "conclusion_comment", 4_000, report);
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
                format!("`{}` is in the metrics already\nhelp: remove one of the two", referred(name)),
            );
        }
        seen.push(name);
    }
}

/// The variants that an experiment names are its flag's.
pub(in crate::kinds) fn check_variants(experiment: &Block, world: &Declarations, report: &mut Report) {
    let Some(flag) = experiment.get("flag").and_then(|node| world.target(node)) else { return };
    let variants = flag.get("variants").map_or(&[][..], Node::map);
    if flag.existing || variants.is_empty() {
        return;
    }
    let excluded = experiment.get("excluded").map_or(&[][..], Node::list);
    let shipped = experiment.get("ship").and_then(|ship| ship.field("variant"));
    for node in experiment.get("baseline").into_iter().chain(shipped).chain(excluded) {
        let Some(named) = node.text() else { continue };
        if !variants.iter().any(|(key, ..)| key == named) {
            let keys: Vec<String> = variants.iter().map(|(key, ..)| format!("\"{key}\"")).collect();
            report.error(
                crate::codes::VARIANTS,
                node.at,
                format!("`{}` has no variant \"{named}\"\nhelp: write one of its own: {}", flag.name, keys.join(", ")),
            );
        }
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
        report.error(crate::codes::VARIANTS, node.at, format!("`{0}` has no variants, and an experiment needs them\nhelp: write `variants: {{ control: 50%, test: 50% }}` in `{0}`", flag.name));
    } else if experiment.get("baseline").is_none() && !variants.iter().any(|(key, ..)| key == "control") {
        report.error(crate::codes::VARIANTS, node.at, format!("`{0}` has no variant `control`, which an experiment compares with\nhelp: name one of its variants `control`", flag.name));
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
            .set_some("stats_config", self.statistics())
            .set_some("exposure_criteria", self.exposure.map(|exposure| exposure.json()))
            .set_some("running_time_calculation", self.running_time.map(|time| time.json()))
            .set_some("excluded_variants", texts(self.excluded))
            .set_some("only_count_matured_users", self.matured_only)
            .set_some(life::STATUS, self.state.map(ExperimentState::as_str))
            .set_some(life::SHIP, self.ship.map(|ship| ship.json()))
            .set_some("conclusion", self.conclusion.map(Conclusion::as_str))
            .set_some("conclusion_comment", self.conclusion_comment.map(|comment| comment.0));
        let metrics = self.metrics.iter().chain(self.secondary).flat_map(Metric::named);
        let exposed = self.exposure.iter().flat_map(|exposure| exposure.of.iter().chain(&exposure.activation));
        let named = metrics.chain(exposed.map(MetricStep::what));
        named.fold(want, |want, what| want.after(what.address()))
    }

    fn lint(&self) -> Vec<String> {
        posthog::too_long(&self.common, 3_000)
    }
}

/// Texts, where there are any.
fn texts(texts: &[Str]) -> Option<Vec<&'static str>> {
    (!texts.is_empty()).then(|| texts.iter().map(|text| text.0).collect())
}

impl Experiment {
    fn statistics(&self) -> Option<Terms> {
        settings::stats(self.stats, self.confidence, self.baseline.map(|key| key.0), self.variance_reduction)
    }

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

#[cfg(test)]
mod tests;
