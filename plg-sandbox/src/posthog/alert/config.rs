//! What an alert watches of its insight: rules by the kind of the insight, of the condition and of the threshold.

use crate::posthog::fault::Fault;
use crate::posthog::insight::query;
use crate::posthog::python::python_str;
use serde_json::{Map, Value};

/// Charts that are no series over time.
const NOT_OVER_TIME: &[&str] = &[
    "ActionsBarValue",
    "ActionsPie",
    "ActionsTable",
    "BoldNumber",
    "CalendarHeatmap",
    "TwoDimensionalHeatmap",
    "WorldMap",
];

/// What the rules are about.
pub(crate) struct AlertSubject<'a> {
    pub(crate) query: &'a Value,
    pub(crate) config: &'a Value,
    pub(crate) condition: &'a str,
    /// `configuration` of the threshold; null for none.
    pub(crate) threshold: &'a Value,
    pub(crate) detector: &'a Value,
}

fn refuse<T>(detail: impl Into<String>) -> Result<T, Fault> {
    Err(Fault::invalid(detail))
}

/// Checks a config against what it is about.
pub(crate) fn check(watched: &AlertSubject) -> Result<(), Fault> {
    let source = watched.query.get("source").unwrap_or(watched.query);
    let kind = query::source_kind(watched.query);
    match watched.config.get("type").and_then(Value::as_str) {
        Some("HogQLAlertConfig") => of_sql(watched, kind)?,
        Some("TrendsAlertConfig") => of_trends(watched, kind, source)?,
        Some("FunnelsAlertConfig") => of_funnels(watched, kind, source)?,
        _ => return refuse(format!("Unsupported alert config type: {}", python_str(watched.config))),
    }
    if watched.condition == "absolute_value" && watched.threshold["type"] == "percentage" {
        return refuse(
            "Absolute value alerts require an absolute threshold, but a percentage threshold was configured",
        );
    }
    let rising = matches!(watched.condition, "absolute_value" | "relative_increase");
    let ongoing = watched.config["check_ongoing_interval"] == true && watched.config["type"] == "TrendsAlertConfig";
    if ongoing && rising && watched.threshold.is_object() && !watched.threshold["bounds"]["upper"].is_number() {
        return refuse(format!(
            "check_ongoing_interval is only supported for alert condition {} when upper threshold is specified",
            watched.condition
        ));
    }
    Ok(())
}

/// Members that a config may have, and words of theirs that are fixed.
fn shape(
    watched: &AlertSubject,
    name: &str,
    known: &[&str],
    fits: impl Fn(&Map<String, Value>) -> bool,
) -> Result<(), Fault> {
    let config = watched.config.as_object();
    let good = config
        .is_some_and(|config| config.keys().all(|key| key == "type" || known.contains(&key.as_str())) && fits(config));
    if good { Ok(()) } else { refuse(format!("Alert has invalid {name}: {}", python_str(watched.config))) }
}

fn word(config: &Map<String, Value>, key: &str, words: &[&str]) -> bool {
    config.get(key).and_then(Value::as_str).is_some_and(|word| words.contains(&word))
}

fn index(config: &Map<String, Value>, key: &str) -> Option<u64> {
    config.get(key).and_then(Value::as_u64)
}

fn of_sql(watched: &AlertSubject, kind: &str) -> Result<(), Fault> {
    if kind != "HogQLQuery" {
        return refuse(format!("SQL alert config requires a HogQLQuery insight, got '{kind}'"));
    }
    shape(watched, "HogQLAlertConfig", &["evaluation", "column", "label_column"], |config| {
        word(config, "evaluation", &["last_row", "first_row", "any_row"])
    })?;
    if watched.config["evaluation"] != "any_row" {
        return Ok(());
    }
    if watched.condition != "absolute_value" {
        return refuse("Any-row SQL alerts only support absolute value conditions");
    }
    if !watched.detector.is_null() {
        return refuse("Anomaly detection isn't supported for any-row SQL alerts — use last-row or first-row");
    }
    Ok(())
}

fn of_trends(watched: &AlertSubject, kind: &str, source: &Value) -> Result<(), Fault> {
    shape(watched, "TrendsAlertConfig", &["series_index", "check_ongoing_interval"], |config| {
        index(config, "series_index").is_some()
    })?;
    if kind != "TrendsQuery" {
        return refuse(format!("Alert's insight query kind '{kind}' is not supported (only TrendsQuery)"));
    }
    let filter = &source["trendsFilter"];
    let still = filter["display"].as_str().is_some_and(|display| NOT_OVER_TIME.contains(&display));
    if still && !watched.detector.is_null() {
        return refuse("Anomaly detection isn't supported for non time series trends");
    }
    if still && watched.condition.starts_with("relative") {
        let condition = watched.condition;
        return refuse(format!("Relative alert condition '{condition}' is not compatible with non time series trends"));
    }
    let count = |list: &Value| list.as_array().map_or(0, Vec::len);
    let series = match count(&filter["formulaNodes"]) {
        0 => count(&source["series"]),
        formulas => formulas,
    };
    let asked = watched.config["series_index"].as_u64().unwrap_or(0);
    if usize::try_from(asked).is_ok_and(|asked| asked < series) {
        return Ok(());
    }
    refuse(format!("series_index {asked} is out of range (query has {series} series)"))
}

fn of_funnels(watched: &AlertSubject, kind: &str, source: &Value) -> Result<(), Fault> {
    if kind != "FunnelsQuery" {
        return refuse(format!("Funnel alert config requires a FunnelsQuery insight, got '{kind}'"));
    }
    shape(watched, "FunnelsAlertConfig", &["metric", "funnel_step", "check_ongoing_interval"], |config| {
        word(config, "metric", &["conversion_from_start", "conversion_from_previous"])
            && config.get("funnel_step").is_none_or(|step| step.is_null() || step.is_u64())
    })?;
    let steps = source["series"].as_array().map_or(0, Vec::len);
    let over_time = source["funnelsFilter"]["funnelVizType"] == "trends";
    if watched.condition != "absolute_value" && !over_time {
        return refuse("This funnel only supports absolute value conditions");
    }
    if let Some(step) = watched.config["funnel_step"].as_u64()
        && usize::try_from(step).is_ok_and(|step| step >= steps)
    {
        return refuse(format!("funnel_step {step} is out of range (funnel has {steps} steps)"));
    }
    Ok(())
}
