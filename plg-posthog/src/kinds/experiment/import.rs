//! Experiments, from what is live.

use super::*;
use crate::kinds::known;
use plg_core::source::{Answers, Import, Known, Noise, read};

impl Import for Experiment {
    const ANSWERS: Answers = Answers {
        noise: &[
            crate::noise::POSTHOG,
            &[
                Noise {
                    because: "another declaration says it",
                    keys: &[
                        "feature_flag",
                        "ship",
                        "holdout",
                        "parameters.feature_flag_variants",
                        "parameters.rollout_percentage",
                        "parameters.aggregation_group_type_index",
                        "parameters.feature_flag_payloads",
                        "parameters.ensure_experience_continuity",
                    ],
                },
                Noise {
                    because: "PostHog works it out",
                    keys: &[
                        "status",
                        "health",
                        "is_legacy",
                        "can_freeze_exposure",
                        "resolved_exposure_event",
                        "exposure_cohort",
                    ],
                },
                Noise {
                    because: "PostHog gives it out",
                    keys: &[
                        "metrics.uuid",
                        "metrics.fingerprint",
                        "metrics_secondary.uuid",
                        "metrics_secondary.fingerprint",
                        "primary_metrics_ordered_uuids",
                        "secondary_metrics_ordered_uuids",
                        "saved_metrics.id",
                        "saved_metrics.experiment",
                        "saved_metrics.created_at",
                    ],
                },
                Noise {
                    because: "the shared metric says it",
                    keys: &["saved_metrics.saved_metric", "saved_metrics.query", "saved_metrics.name"],
                },
                Noise { because: "PostHog says which statistics it knows", keys: &["stats_config.version"] },
                Noise { because: "people launch and end it", keys: &["start_date", "end_date"] },
                Noise {
                    because: "the running time says it",
                    keys: &[
                        "parameters.minimum_detectable_effect",
                        "parameters.recommended_sample_size",
                        "parameters.recommended_running_time",
                    ],
                },
                Noise {
                    because: "the web app notes what is counted",
                    keys: &["metrics.*.name", "metrics_secondary.*.name", "exposure_criteria.*.name"],
                },
            ],
        ],
        usual: &[
            ("exposure_criteria", "{\"filterTestAccounts\":true}"),
            ("exposure_criteria", "{}"),
            ("type", "\"product\""),
            ("metrics.*.math", "\"total\""),
            ("metrics.*.math_property_type", "\"event_properties\""),
            ("metrics.*.math_property_type", "\"numerical_event_properties\""),
            ("metrics_secondary.*.math", "\"total\""),
            ("metrics_secondary.*.math_property_type", "\"event_properties\""),
            ("metrics_secondary.*.math_property_type", "\"numerical_event_properties\""),
        ],
        called: &[("saved_metrics", "saved_metrics_ids")],
        placed: &[("saved_metrics_ids", "saved_metrics")],
    };

    fn label(live: &Live) -> &str {
        text(&live.fields, "name")
    }

    fn import(live: &Live, common: Common, known: &mut Known) -> Result<Self, String> {
        let fields = &live.fields;
        let kind = text(fields, "type");
        let mut metrics = |field: &'static str| -> &'static [Metric] {
            let list = fields.get(field).and_then(Json::as_array).map_or(&[][..], Vec::as_slice);
            // All or none: metrics of which one is missing would be another measure.
            let read: Result<Vec<_>, String> = list.iter().map(|live| checked_metric(live, known)).collect();
            read::slice(read.unwrap_or_else(|why| {
                known.lose(field, format!("its {field} stay as they are: {why}"));
                Vec::new()
            }))
        };
        let (main, secondary) = (metrics("metrics"), metrics("metrics_secondary"));
        let (shared, shared_secondary) = shared(fields, known);
        let holdout = fields.get("holdout_id").filter(|id| !id.is_null()).and_then(|id| {
            known
                .find::<Holdout>(id)
                .map_err(|why| known.lose("holdout_id", format!("its holdout stays as it is: {why}")))
                .ok()
        });
        let exposure = fields.get("exposure_criteria").filter(|criteria| criteria.is_object()).and_then(|criteria| {
            let read = Exposure::read(criteria, known);
            read.unwrap_or_else(|why| {
                known.lose("exposure_criteria", format!("who counts as exposed stays as it is: {why}"));
                None
            })
        });
        let config = fields.get("stats_config").unwrap_or(&Json::Null);
        let method = fields
            .get("stats_config")
            .and_then(|config| config.get("method"))
            .and_then(Json::as_str)
            .and_then(StatsMethod::spelt);
        Ok(Experiment {
            common,
            flag: known::flag(known, text(fields, "feature_flag_key"))?,
            title: read::name(fields.get("name")),
            kind: ExperimentKind::spelt(kind).unwrap_or(Experiment::kind),
            metrics: main,
            secondary,
            shared,
            shared_secondary,
            holdout,
            stats: method,
            confidence: method.and_then(|method| settings::read_confidence(config, method)),
            baseline: read::text(config, "/baseline_variant_key"),
            variance_reduction: settings::read_variance(config),
            exposure,
            running_time: fields.get("running_time_calculation").and_then(RunningTime::read),
            excluded: read::texts(fields.get("excluded_variants")),
            matured_only: read::on(fields.get("only_count_matured_users")).then_some(true),
            // People move it on, unless somebody writes it.
            state: None,
            ship: None,
            conclusion: fields.get("conclusion").and_then(Json::as_str).and_then(Conclusion::spelt),
            conclusion_comment: conclusion_comment(fields),
        })
    }
}

/// What people wrote about a conclusion.
fn conclusion_comment(fields: &Map) -> Option<Str> {
    let is_concluded = fields.get("conclusion").is_some_and(|conclusion| !conclusion.is_null());
    let comment = Some(text(fields, "conclusion_comment")).filter(|comment| is_concluded && !comment.is_empty());
    comment.map(|comment| Str(read::leak(comment)))
}

/// Shared metrics that decide it, and those that are watched besides: all or none of them.
fn shared(fields: &Map, known: &mut Known) -> (&'static [Link<SharedMetric>], &'static [Link<SharedMetric>]) {
    let of = |ty: &str| -> Result<Vec<Link<SharedMetric>>, String> {
        let links = fields.get("saved_metrics_ids").and_then(Json::as_array).into_iter().flatten();
        let links = links.filter(|link| link.pointer("/metadata/type").and_then(Json::as_str) == Some(ty));
        links.map(|link| known.find::<SharedMetric>(link.get("id").unwrap_or(&Json::Null))).collect()
    };
    match (of("primary"), of("secondary")) {
        (Ok(primary), Ok(secondary)) => (read::slice(primary), read::slice(secondary)),
        (Err(why), _) | (_, Err(why)) => {
            known.lose("saved_metrics", format!("its shared metrics stay as they are: {why}"));
            (&[], &[])
        }
    }
}

/// A metric, where the language has the words for all of it.
pub(in crate::kinds) fn checked_metric(live: &Json, known: &mut Known) -> Result<Metric, String> {
    let read = Metric::read(live, known)?;
    let (declared, unknown) =
        (known.resolved(&read.json()), || format!("the metric {live} is in part unknown to the language"));
    if same(&declared, live) { Ok(read) } else { Err(unknown()) }
}
