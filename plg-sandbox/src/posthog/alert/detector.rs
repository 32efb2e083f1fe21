//! Detectors of anomalies, as they are sent and, with every member, shown.

use crate::posthog::fault::Fault;
use serde_json::{Value, json};

/// Each with its members beside `type`.
const DETECTORS: &[(&str, &[&str])] = &[
    ("zscore", &["preprocessing", "threshold", "window"]),
    ("mad", &["preprocessing", "threshold", "window"]),
    ("iqr", &["multiplier", "preprocessing", "window"]),
    ("threshold", &["lower_bound", "preprocessing", "upper_bound"]),
    ("ecod", &["preprocessing", "threshold", "window"]),
    ("copod", &["preprocessing", "threshold", "window"]),
    ("isolation_forest", &["n_estimators", "preprocessing", "threshold", "window"]),
    ("knn", &["method", "n_neighbors", "preprocessing", "threshold", "window"]),
    ("hbos", &["n_bins", "preprocessing", "threshold", "window"]),
    ("lof", &["n_neighbors", "preprocessing", "threshold", "window"]),
    ("ocsvm", &["kernel", "nu", "preprocessing", "threshold", "window"]),
];

fn refuse<T>(detail: &str) -> Result<T, Fault> {
    Err(Fault::invalid_input("detector_config", detail))
}

/// A detector with all its members; what was not sent is null.
pub(crate) fn filled(sent: &Value) -> Result<Value, Fault> {
    if sent.is_null() {
        return Ok(Value::Null);
    }
    if sent["type"] != "ensemble" {
        return one(sent);
    }
    let detectors = sent["detectors"].as_array().cloned().unwrap_or_default();
    if !matches!(sent["operator"].as_str(), Some("and" | "or")) {
        return refuse("Invalid detector configuration.");
    }
    if detectors.len() < 2 {
        return refuse("Ensemble detector requires at least 2 sub-detectors.");
    }
    let detectors = detectors.iter().map(one).collect::<Result<Vec<_>, _>>()?;
    Ok(json!({ "type": "ensemble", "operator": sent["operator"], "detectors": detectors }))
}

fn one(sent: &Value) -> Result<Value, Fault> {
    let known = DETECTORS.iter().find(|(name, _)| sent["type"] == *name);
    let (Some((_, members)), Some(sent)) = (known, sent.as_object()) else {
        return refuse("Invalid detector configuration.");
    };
    if sent.keys().any(|key| key != "type" && !members.contains(&key.as_str())) {
        return refuse("Invalid detector configuration.");
    }
    let mut out = json!({ "type": sent["type"] });
    for key in *members {
        out[*key] = sent.get(*key).cloned().unwrap_or(Value::Null);
    }
    Ok(out)
}
