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
                    keys: &["query.version", "query.source.version", "query.source.series.version"],
                },
            ],
        ],
        usual: &[("saved", "true"), ("query.source.series.math", "\"total\""), ("query.source.interval", "\"day\"")],
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
fn shows(query: &Json, known: &mut Known) -> Option<Shows> {
    let source = query.get("source")?;
    let says = |path: &str| source.pointer(path).and_then(Json::as_str);
    if says("/kind")? == "HogQLQuery" {
        return Some(Shows::sql(Hogql(read::leak(says("/query")?))));
    }
    let series = source.get("series").and_then(Json::as_array).map_or(&[][..], Vec::as_slice);
    let by = says("/interval").and_then(Interval::spelt);
    let last = says("/dateRange/date_from").and_then(read::ago).map(|ago| ago.0);
    let breakdown = says("/breakdownFilter/breakdown").map(|property| {
        let property = PropertyName(read::leak(property));
        let person = says("/breakdownFilter/breakdown_type") == Some("person");
        if person { Breakdown::person(property) } else { Breakdown::event(property) }
    });
    let without_test_users = read::on(source.get("filterTestAccounts"));
    let nodes = |known: &mut Known| series.iter().map(|node| tracked(node, known)).collect::<Option<Vec<_>>>();
    Some(match says("/kind")? {
        "TrendsQuery" => {
            let counted: Option<Vec<_>> = series.iter().map(|node| self::series(node, known)).collect();
            Shows::trend(Trend {
                series: read::slice(counted?),
                by: by.unwrap_or(Trend::by),
                last,
                display: says("/trendsFilter/display").map_or(Some(Trend::display), Chart::spelt)?,
                formula: read::text(source, "/trendsFilter/formulaNodes/0/formula"),
                breakdown,
                compare: read::on(source.pointer("/compareFilter/compare")),
                without_test_users,
            })
        }
        "FunnelsQuery" => {
            let filter = source.get("funnelsFilter")?;
            let within = read::span(filter, "funnelWindowInterval", "funnelWindowIntervalUnit");
            Shows::funnel(Funnel {
                steps: read::slice(nodes(known)?),
                within: within.unwrap_or(Funnel::within),
                viz: says("/funnelsFilter/funnelVizType").map_or(Some(Funnel::viz), FunnelView::spelt)?,
                order: says("/funnelsFilter/funnelOrderType").map_or(Some(Funnel::order), FunnelOrder::spelt)?,
                by,
                last,
                breakdown,
                without_test_users,
            })
        }
        "RetentionQuery" => {
            let filter = source.get("retentionFilter")?;
            let mut entity = |key: &str| {
                let entity = filter.get(key)?;
                match entity.get("type")?.as_str()? {
                    "events" => crate::kinds::known::tracked(known, entity.get("id"), None).ok(),
                    "actions" => crate::kinds::known::tracked(known, None, entity.get("id")).ok(),
                    _ => None,
                }
            };
            Shows::retention(Retention {
                of: entity("targetEntity")?,
                returning: entity("returningEntity")?,
                by: says("/retentionFilter/period")
                    .map(str::to_lowercase)
                    .map_or(Some(Retention::by), |period| Interval::spelt(&period))?,
                periods: filter.get("totalIntervals").and_then(Json::as_i64).unwrap_or(Retention::periods),
                starts: says("/retentionFilter/retentionType").map_or(Some(Retention::starts), Cohorting::spelt)?,
                without_test_users,
            })
        }
        "LifecycleQuery" => {
            let [of] = nodes(known)?[..] else { return None };
            Shows::lifecycle(Lifecycle { of, by: by.unwrap_or(Lifecycle::by), last, without_test_users })
        }
        "StickinessQuery" => Shows::stickiness(Stickiness {
            series: read::slice(nodes(known)?),
            by: by.unwrap_or(Stickiness::by),
            last,
            without_test_users,
        }),
        _ => return None,
    })
}

fn tracked(node: &Json, known: &mut Known) -> Option<&'static dyn Trackable> {
    match node.get("kind")?.as_str()? {
        "EventsNode" => crate::kinds::known::tracked(known, node.get("event"), None).ok(),
        "ActionsNode" => crate::kinds::known::tracked(known, None, node.get("id")).ok(),
        _ => None,
    }
}

fn series(node: &Json, known: &mut Known) -> Option<Series> {
    let what = tracked(node, known)?;
    let measured = || {
        let of = PropertyName(read::leak(node.get("math_property")?.as_str()?));
        Some(Measured { what, of })
    };
    Some(match node.get("math").and_then(Json::as_str).unwrap_or("total") {
        "total" => Series::event(what),
        "dau" => Series::people(what),
        "weekly_active" => Series::weekly_people(what),
        "monthly_active" => Series::monthly_people(what),
        "sum" => Series::sum(measured()?),
        "avg" => Series::average(measured()?),
        "median" => Series::median(measured()?),
        _ => return None,
    })
}
