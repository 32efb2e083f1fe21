//! What an insight can show.

use super::funnel::{self, Funnel};
use super::lifecycle::{self, Lifecycle, Stickiness};
use super::paths::{self, Paths};
use super::retention::{self, Retention};
use super::sql::{self, Sql};
use super::trend::{self, Trend};
use crate::kinds::prelude::*;

plg_core::choice! {
    /// What an insight shows.
    Shows "kind of insight" {
        /// How often things happen over time: `trend [SignupCompleted] { by: week, last: 90 days }`.
        trend(Trend),
        /// How many people get from step to step: `funnel [SignupCompleted, FeatureUsed] { within: 14 days }`.
        funnel(Funnel),
        /// How many people come back: `retention { of: SignupCompleted, returning: FeatureUsed, by: week }`.
        retention(Retention),
        /// The ways that people take: `paths { of: [pages], starting_at: "/pricing" }`.
        paths(Paths),
        /// New, returning, resurrecting and dormant people: `lifecycle(FeatureUsed)`.
        lifecycle(Lifecycle),
        /// On how many days people do something: `stickiness [FeatureUsed]`.
        stickiness(Stickiness),
        /// A query in HogQL: `sql("SELECT event, count() FROM events GROUP BY event")`.
        sql(Sql),
        /// PostHog's own query node, as JSON, for what has no word here: `query { "kind": "InsightVizNode", … }`.
        query(plg_core::Json),
    }
}

impl Shows {
    /// The query that PostHog stores for it, with references.
    pub(super) fn query(&self) -> Term {
        let source = match self {
            Shows::trend(trend) => trend.source(),
            Shows::funnel(funnel) => funnel.source(),
            Shows::retention(retention) => retention.source(),
            Shows::paths(paths) => paths.source(),
            Shows::lifecycle(lifecycle) => lifecycle.source(),
            Shows::stickiness(stickiness) => stickiness.source(),
            Shows::sql(sql) => return sql.query(),
            Shows::query(query) => return query.term(),
        };
        term!({ "kind": "InsightVizNode", "source": source.0 })
    }
}

/// Checks what is shown.
pub(super) fn check(shows: &Node, report: &mut Report) {
    let Some(held) = shows.held() else { return };
    match shows.word() {
        Some("trend") => trend::check(shows, held, report),
        Some("funnel") => funnel::check(shows, held, report),
        Some("retention") => retention::check(held, report),
        Some("paths") => paths::check(held, report),
        Some("lifecycle") => lifecycle::check(held, report),
        Some("stickiness") => lifecycle::check_stickiness(held, report),
        Some("sql") => sql::check(held, report),
        Some("query") => {
            if let Given::Json(query) = &held.given {
                super::raw::check(&query.stood(), held.at, report);
            }
        }
        _ => {}
    }
}
