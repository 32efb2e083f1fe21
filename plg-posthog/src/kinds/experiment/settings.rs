//! How an experiment is judged: who was exposed, which statistics, how long it should take.

use super::measure::{self, MetricStep};
use super::metric::{percent, share};
use crate::kinds::posthog;
use crate::kinds::prelude::*;
use plg_core::source::{Known, read};

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
    /// What becomes of people who got several variants.
    SeveralVariants "way to count people of several variants" {
        /// They do not count.
        exclude,
        /// They count for the first one they got.
        first_seen,
    }
}

plg_core::words! {
    /// How an experiment came out.
    Conclusion "conclusion" {
        /// A variant is better.
        won,
        /// The variants are worse than what there was.
        lost,
        /// Nobody can tell.
        inconclusive,
        /// It was ended before its time.
        stopped_early,
        /// Something was wrong with it.
        invalid,
    }
}

plg_core::record! {
    /// Who counts as exposed to an experiment.
    Exposure {
        /// What shows that somebody was exposed; that the flag was asked about, unless given.
        of: Option<MetricStep> = None,
        /// What people must have done besides, in projects that know this. Left to people, where nothing is written.
        activation: Option<MetricStep> = None,
        /// What becomes of people who got several variants. Left to people, where nothing is written.
        several: Option<SeveralVariants> = None,
        /// Whether what the project calls internal and test users is left out.
        without_test_users: bool = true,
    }
}

plg_core::record! {
    /// How long an experiment should take, as PostHog reckons it.
    ///
    /// Left out: what people put into the reckoning by hand, which is the form's.
    RunningTime {
        /// The smallest effect that is to be found: `10%`.
        effect: Percent,
        /// How many people that takes. Left to people, where nothing is written.
        people: Option<i64> = None,
        /// How many days that takes. Left to people, where nothing is written.
        days: Option<i64> = None,
    }
}

impl Exposure {
    pub(super) fn json(&self) -> Term {
        let mut terms = Terms::from_iter([("filterTestAccounts", self.without_test_users)]);
        terms.extend(self.of.map(|of| ("exposure_config", of.exposure())));
        terms.extend(self.activation.map(|of| ("activation_config", of.exposure())));
        terms.extend(self.several.map(|several| ("multiple_variant_handling", several.as_str())));
        terms.into()
    }

    /// The criteria that PostHog has; nothing where they are what it takes by itself.
    pub(super) fn read(live: &Json, known: &mut Known) -> Result<Option<Self>, String> {
        let mut of = |key: &str| match live.get(key).filter(|of| !of.is_null()) {
            Some(of) => MetricStep::read(of, known).map(Some),
            None => Ok(None),
        };
        let (exposed, activation) = (of("exposure_config")?, of("activation_config")?);
        let handling = live.get("multiple_variant_handling").and_then(Json::as_str);
        let several = match handling {
            Some(word) => {
                Some(SeveralVariants::spelt(word).ok_or_else(|| format!("the language has no word for `{word}`"))?)
            }
            None => None,
        };
        let exposure = Exposure {
            of: exposed,
            activation,
            several,
            without_test_users: live.get("filterTestAccounts") != Some(&Json::Bool(false)),
        };
        let is_usual = exposure.of.is_none()
            && exposure.activation.is_none()
            && exposure.several.is_none()
            && exposure.without_test_users;
        Ok((!is_usual).then_some(exposure))
    }
}

/// Exposure criteria as they are compared.
pub(super) fn comparable_exposure(criteria: &Json) -> Json {
    let mut criteria = posthog::compact(criteria, &[]);
    if let Some(criteria) = criteria.as_object_mut() {
        for key in ["exposure_config", "activation_config"] {
            posthog::normalise(criteria, key, |of| {
                let mut of = measure::comparable(of);
                if let Some(of) = of.as_object_mut() {
                    posthog::default(of, "properties", json!([]));
                }
                of
            });
        }
    }
    criteria
}

/// Statistics as PostHog has them: what is not written is left out.
pub(super) fn stats(
    method: Option<StatsMethod>,
    confidence: Option<Percent>,
    baseline: Option<&str>,
    variance_reduction: Option<Span>,
) -> Option<Terms> {
    let mut terms = Terms::new();
    terms.extend(method.map(|method| ("method", method.as_str())));
    match (method, confidence) {
        (Some(StatsMethod::bayesian), Some(confidence)) => {
            terms.insert("bayesian", term!({ "ci_level": share(confidence) }));
        }
        (Some(StatsMethod::frequentist), Some(confidence)) => {
            terms.insert("frequentist", term!({ "alpha": share(Percent(100.0 - confidence.0)) }));
        }
        (_, _) => {}
    }
    terms.extend(baseline.map(|baseline| ("baseline_variant_key", baseline)));
    terms.extend(
        variance_reduction.map(|span| ("cuped", term!({ "enabled": true, "lookback_days": i64::from(span.count) }))),
    );
    (!terms.is_empty()).then_some(terms)
}

/// The confidence that live statistics ask for, with this method.
pub(super) fn read_confidence(config: &Json, method: StatsMethod) -> Option<Percent> {
    match method {
        StatsMethod::bayesian => config.pointer("/bayesian/ci_level").and_then(percent),
        StatsMethod::frequentist => {
            let alpha = config.pointer("/frequentist/alpha").and_then(percent)?;
            Some(Percent(((100.0 - alpha.0) * 1e6).round() / 1e6))
        }
    }
}

/// How many days before their exposure live statistics look at people, where they do.
pub(super) fn read_variance(config: &Json) -> Option<Span> {
    let cuped = config.get("cuped").filter(|cuped| read::on(cuped.get("enabled")))?;
    let days = cuped.get("lookback_days").and_then(read::number)?;
    Some(Span { count: u32::try_from(days).ok()?, unit: Unit::days })
}

impl RunningTime {
    pub(super) fn json(&self) -> Term {
        let mut terms = Terms::from_iter([("minimum_detectable_effect", number(self.effect.0))]);
        terms.extend(self.people.map(|people| ("recommended_sample_size", people)));
        terms.extend(self.days.map(|days| ("recommended_running_time", days)));
        terms.into()
    }

    pub(super) fn read(live: &Json) -> Option<Self> {
        let whole = |key: &str| live.get(key).and_then(Json::as_i64);
        Some(RunningTime {
            effect: Percent(live.get("minimum_detectable_effect")?.as_f64()?),
            people: whole("recommended_sample_size"),
            days: whole("recommended_running_time"),
        })
    }
}

/// Checks the statistics and who counts as exposed.
pub(super) fn check(experiment: &Block, report: &mut Report) {
    if let (Some(confidence), None) = (experiment.get("confidence"), experiment.get("stats")) {
        let message = "each method has a confidence of its own\nhelp: write `stats: bayesian` beside it";
        report.error(codes::NEEDS_ANOTHER, confidence.at, message);
    }
    if let Some(Node { at, given: Given::Percent(confidence) }) = experiment.get("confidence")
        && !(*confidence > 0.0 && *confidence < 100.0)
    {
        report.error(codes::OUT_OF_RANGE, *at, "a confidence is below 100%\nhelp: write `confidence: 95%`");
    }
    if let Some(Node { at, given: Given::Span(span) }) = experiment.get("variance_reduction")
        && !(span.unit == Unit::days && (1..=30).contains(&span.count))
    {
        let message = "variance reduction uses 1 to 30 days\nhelp: write `variance_reduction: 14 days`";
        report.error(codes::TIME, *at, message);
    }
    if let (Some(comment), None) = (experiment.get("conclusion_comment"), experiment.get("conclusion")) {
        let message = "a comment needs a conclusion\nhelp: write `conclusion: inconclusive` beside it";
        report.error(codes::NEEDS_ANOTHER, comment.at, message);
    }
    if let Some(exposure) = experiment.get("exposure") {
        for part in ["of", "activation"] {
            if let Some(step) = exposure.field(part) {
                measure::check(step, report);
            }
        }
    }
    if let Some(time) = experiment.get("running_time") {
        for part in ["people", "days"] {
            if let Some(Node { at, given: Given::Int(..0) }) = time.field(part) {
                report.error(codes::OUT_OF_RANGE, *at, "this cannot be less than 0\nhelp: leave it out");
            }
        }
    }
}
