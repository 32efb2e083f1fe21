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
        "retention" => &[
            "start_event",
            "completion_event",
            "retention_window_start",
            "retention_window_end",
            "retention_window_unit",
            "start_handling",
        ],
        _ => return refuse("metric_type must be one of: mean, funnel, ratio, retention".to_owned()),
    };
    if !fits(metric) {
        return refuse(format!("Invalid {} metric.", text(metric, "metric_type")));
    }
    match needed.iter().find(|key| !is_set(metric, key)) {
        Some(key) => refuse(format!("{} metric requires {key}", text(metric, "metric_type"))),
        None => Ok(()),
    }
}

/// Whether what may stand in a metric is what the schema takes.
fn fits(metric: &Map<String, Value>) -> bool {
    const UNITS: &[&str] = &["second", "minute", "hour", "day", "week", "month"];
    let word = |key: &str, words: &[&str]| match metric.get(key) {
        None | Some(Value::Null) => true,
        Some(value) => value.as_str().is_some_and(|word| words.contains(&word)),
    };
    let share = |of: &Value, key: &str| match of.get(key) {
        None | Some(Value::Null) => true,
        Some(value) => value.as_f64().is_some_and(|share| (0.0..=1.0).contains(&share)),
    };
    let bounds = |of: &Value| share(of, "lower_bound_percentile") && share(of, "upper_bound_percentile");
    let handled = |key: &str| metric.get(key).is_none_or(|of| of.is_null() || (of.is_object() && bounds(of)));
    let steps = metric.get("series").and_then(Value::as_array).is_none_or(|steps| !steps.is_empty());
    let window = metric.get("conversion_window").is_none_or(|window| window.is_null() || window.is_i64());
    word("goal", &["increase", "decrease"])
        && word("conversion_window_unit", UNITS)
        && word("retention_window_unit", UNITS)
        && word("start_handling", &["first_seen", "last_seen"])
        && word("funnel_order_type", &["ordered", "unordered", "strict"])
        && bounds(&Value::Object(metric.clone()))
        && handled("numerator_outlier_handling")
        && handled("denominator_outlier_handling")
        && steps
        && window
}
