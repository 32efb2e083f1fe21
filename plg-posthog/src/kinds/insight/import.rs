//! Insights, from what is live.

use super::*;
use plg_core::source::{Answers, Import, Known, Noise, read};

impl Import for Insight {
    const ANSWERS: Answers = Answers {
        noise: &[
            crate::noise::POSTHOG,
            &[
                Noise {
                    because: "PostHog calculates it",
                    keys: &[
                        "result",
                        "hasMore",
                        "columns",
                        "types",
                        "hogql",
                        "timezone",
                        "is_cached",
                        "filters_hash",
                        "query_status",
                        "cache_target_age",
                        "next_allowed_client_refresh",
                        "resolved_date_range",
                        "derived_name",
                    ],
                },
                Noise { because: "another declaration says it", keys: &["dashboard_tiles", "dashboards", "alerts"] },
                Noise { because: "PostHog says who may change it", keys: &["effective_restriction_level"] },
                Noise {
                    because: "PostHog says which form of a query it is",
                    keys: &[
                        "query.version",
                        "query.source.version",
                        "query.source.series.version",
                        "query.source.funnelPathsFilter.funnelSource.version",
                    ],
                },
                Noise {
                    because: "the web app notes it for itself",
                    keys: &[
                        "query.source.series.properties.label",
                        "query.source.series.properties.cohort_name",
                        "query.source.series.properties.group_key_names",
                        "query.source.properties.values.values.label",
                        "query.source.properties.values.values.cohort_name",
                        "query.source.retentionFilter.targetEntity.kind",
                        "query.source.retentionFilter.targetEntity.order",
                        "query.source.retentionFilter.targetEntity.uuid",
                        "query.source.retentionFilter.returningEntity.kind",
                        "query.source.retentionFilter.returningEntity.order",
                        "query.source.retentionFilter.returningEntity.uuid",
                        "query.source.series.name",
                    ],
                },
            ],
        ],
        usual: &[
            ("saved", "true"),
            ("query.source.series.math", "\"total\""),
            ("query.source.interval", "\"day\""),
            ("query.source.series.nodes.math", "\"total\""),
            ("query.source.breakdownFilter", "{\"breakdown_type\":\"event\"}"),
            ("query.source.trendsFilter.yAxisScaleType", "\"linear\""),
            ("query.source.trendsFilter.smoothingIntervals", "1"),
            ("query.source.trendsFilter.goalLines.displayLabel", "true"),
            ("query.source.stickinessFilter.computedAs", "\"non_cumulative\""),
            ("query.source.funnelsFilter.breakdownAttributionType", "\"first_touch\""),
        ],
        called: &[],
        placed: &[],
    };

    fn label(live: &Live) -> &str {
        text(&live.fields, "name")
    }

    fn import(live: &Live, common: Common, known: &mut Known) -> Result<Self, String> {
        let fields = &live.fields;
        let query = fields.get("query").unwrap_or(&Json::Null);
        let on = fields.get("dashboards").and_then(Json::as_array).cloned().unwrap_or_default();
        // Where a stack is written, dashboards say which insights are on them.
        let on: Vec<_> = on.iter().filter_map(|id| known.find::<Dashboard>(id).ok()).collect();
        let read = shows(query, known).filter(|shows| compare::covers(&known.resolved(&shows.query()), query));
        Ok(Insight {
            common,
            title: read::name(fields.get("name")),
            on: read::slice(on),
            shows: match read {
                Some(shows) => shows,
                None if query.is_object() => Shows::query(crate::kinds::raw_query::query(query, known)),
                None => return Err("it has no query".to_owned()),
            },
            tags: read::tags(fields.get("tags")),
        })
    }

    fn keep(&'static self, live: &Live, known: &mut Known) {
        known.keep(&*live.id, self);
    }
}

/// The words for a query, as near as there are any; what comes of them is compared with it.
pub(super) fn shows(query: &Json, known: &mut Known) -> Option<Shows> {
    let source = query.get("source")?;
    Some(match source.get("kind")?.as_str()? {
        "HogQLQuery" => Shows::sql(Sql::read(query, known)?),
        "TrendsQuery" => Shows::trend(Trend::read(source, known)?),
        "FunnelsQuery" => Shows::funnel(Funnel::read(source, known)?),
        "RetentionQuery" => Shows::retention(Retention::read(source, known)?),
        "PathsQuery" => Shows::paths(Paths::read(source, known)?),
        "LifecycleQuery" => Shows::lifecycle(Lifecycle::read(source, known)?),
        "StickinessQuery" => Shows::stickiness(Stickiness::read(source, known)?),
        _ => return None,
    })
}
