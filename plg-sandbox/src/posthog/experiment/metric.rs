//! The form of one metric.

use super::rows::is_set;
use crate::posthog::fault::Fault;
use crate::posthog::json::text;
use serde_json::{Map, Value};

/// Checks the form of one metric.
pub(crate) fn check(metric: &Map<String, Value>, attr: &str) -> Result<(), Fault> {
    let refuse = |detail: String| Err(Fault::invalid_input(attr, detail));
    match text(metric, "kind") {
        "ExperimentMetric" => {}
        legacy @ ("ExperimentTrendsQuery" | "ExperimentFunnelsQuery") => {
            return refuse(format!("Legacy metric kind {legacy} is not supported. Use ExperimentMetric."));
        }
        _ => return refuse("Metric kind must be ExperimentMetric".to_owned()),
    }
    let needed: &[&str] = match text(metric, "metric_type") {
        "mean" => &["source"],
        "funnel" => &["series"],
        "ratio" => &["numerator", "denominator"],
        "retention" => &["start_event", "completion_event"],
        _ => return refuse("metric_type must be one of: mean, funnel, ratio, retention".to_owned()),
    };
    match needed.iter().find(|key| !is_set(metric, key)) {
        Some(key) => refuse(format!("{} metric requires {key}", text(metric, "metric_type"))),
        None => Ok(()),
    }
}
