//! Experiments, shared metrics and holdouts as their forms save them, and where people took them from there.

use super::{done, made, with};
use serde_json::{Value, json};
use tests::stage::Stage;

fn event(name: &str, more: Value) -> Value {
    with(&json!({ "kind": "EventsNode", "event": name, "name": name, "math": "total", "properties": [] }), &more)
}

/// A metric as the form saves it, under an id of its own.
fn metric(ty: &str, more: Value) -> Value {
    let base = json!({
        "kind": "ExperimentMetric", "metric_type": ty, "uuid": uuid(&more), "name": null, "goal": "increase",
        "conversion_window": null, "conversion_window_unit": null,
    });
    with(&base, &more)
}

/// An id of what is said, in the form of those that the web app makes up.
fn uuid(of: &Value) -> String {
    let sum = of.to_string().bytes().fold(7_u64, |sum, byte| sum.wrapping_mul(31).wrapping_add(byte.into()));
    format!("{:08x}-0000-4000-8000-{:012x}", sum >> 32, sum & 0xffff_ffff)
}

/// The metrics of experiments, each as the form saves it.
fn metrics(action: &Value) -> Vec<Value> {
    let paid = |more: Value| event("$pageview", more);
    let chrome = json!([{ "key": "$browser", "type": "event", "operator": "exact", "value": ["Chrome"] }]);
    let mean = |more: Value| metric("mean", json!({ "source": paid(more) }));
    let mut all: Vec<Value> = [
        json!({}),
        json!({ "math": "dau" }),
        json!({ "math": "unique_session" }),
        json!({ "math": "sum", "math_property": "$amount", "math_property_type": "numerical_event_properties" }),
        json!({ "math": "avg", "math_property": "$amount" }),
        json!({ "math": "min", "math_property": "$amount" }),
        json!({ "math": "max", "math_property": "$amount" }),
        json!({ "math": "unique_group", "math_group_type_index": 0 }),
        json!({ "math": "hogql", "math_hogql": "sum(properties.$amount) / 100" }),
        json!({ "properties": chrome.clone(), "custom_name": "Views in Chrome" }),
    ]
    .into_iter()
    .map(mean)
    .collect();
    all.push(metric(
        "mean",
        json!({ "source": { "kind": "ActionsNode", "id": action, "name": "Buying again", "math": "total" } }),
    ));
    let source = paid(json!({ "math": "sum", "math_property": "$amount" }));
    all.push(metric(
        "mean",
        json!({
            "source": source, "name": "Revenue", "conversion_window": 14, "conversion_window_unit": "day",
            "lower_bound_percentile": 0.01, "upper_bound_percentile": 0.99, "ignore_zeros": true,
        }),
    ));
    all.push(metric("mean", json!({ "source": paid(json!({})), "goal": "decrease", "threshold": 3 })));
    all.push(metric(
        "mean",
        json!({ "source": paid(json!({})), "breakdownFilter": { "breakdowns": [{ "property": "$browser", "type": "event" }, { "property": "$os", "type": "person" }] } }),
    ));
    all.push(metric(
        "mean",
        json!({ "source": paid(json!({})), "name": "Views", "breakdownFilter": { "breakdowns": [] } }),
    ));
    for order in ["ordered", "unordered", "strict"] {
        let series = json!([paid(json!({})), event("$screen", json!({ "properties": chrome.clone() }))]);
        all.push(metric("funnel", json!({ "series": series, "funnel_order_type": order })));
    }
    let step = json!({ "kind": "ActionsNode", "id": action, "name": "Buying", "properties": [] });
    all.push(metric("funnel", json!({ "series": [step], "conversion_window": 7, "conversion_window_unit": "day" })));
    all.push(metric(
        "ratio",
        json!({
            "numerator": paid(json!({ "math": "sum", "math_property": "$amount" })), "denominator": event("$screen", json!({})),
            "numerator_outlier_handling": { "upper_bound_percentile": 0.95, "ignore_zeros": false },
            "denominator_outlier_handling": { "lower_bound_percentile": 0.05 },
        }),
    ));
    for start in ["first_seen", "last_seen"] {
        all.push(metric(
            "retention",
            json!({
                "start_event": paid(json!({ "properties": chrome.clone() })), "completion_event": event("$screen", json!({})),
                "retention_window_start": 1, "retention_window_end": 7, "retention_window_unit": "day", "start_handling": start,
            }),
        ));
    }
    all
}

/// What no declaration measures: a table of the warehouse.
fn warehouse() -> Value {
    metric(
        "mean",
        json!({ "source": {
            "kind": "ExperimentDataWarehouseNode", "table_name": "stripe_charges", "timestamp_field": "created",
            "events_join_key": "properties.$user_id", "data_warehouse_join_key": "customer", "math": "total", "name": "stripe_charges",
        } }),
    )
}

/// Makes them; how many objects that are, the flags that come with experiments among them.
pub(super) fn fill(stage: &Stage) -> usize {
    let action = made(stage, "actions", &json!({ "name": "Buying again", "steps": [{ "event": "$screen" }] }));
    let holdout = |name: &str, share: f64| {
        let filters = json!([{ "properties": [], "rollout_percentage": share, "variant": "holdout" }]);
        made(stage, "experiment_holdouts", &json!({ "name": name, "description": null, "filters": filters }))
    };
    let held = holdout("Held out", 5.0);
    holdout("A few", 2.5);
    let all = metrics(&action);
    let shared: Vec<Value> = [("Views", 0), ("Way to the screen", 15), ("Revenue per screen", 19), ("Back again", 20)]
        .into_iter()
        .map(|(name, n)| {
            let body = json!({ "name": name, "description": "", "query": all[n], "tags": ["Core"] });
            made(stage, "experiment_saved_metrics", &body)
        })
        .collect();
    let mut count = 2 + shared.len();
    let mut experiment = |key: &str, more: Value| {
        let base = json!({
            "name": format!("Test {key}"), "description": "", "type": "product", "feature_flag_key": key, "filters": {},
            "metrics": [], "metrics_secondary": [], "saved_metrics_ids": [], "parameters": {
                "feature_flag_variants": [
                    { "key": "control", "rollout_percentage": 50, "name": "" },
                    { "key": "test", "rollout_percentage": 50, "name": "" },
                ],
                "minimum_detectable_effect": 30, "recommended_running_time": null, "recommended_sample_size": null,
            },
            "stats_config": { "method": "bayesian" }, "exposure_criteria": { "filterTestAccounts": true },
            "holdout_id": null, "allow_unknown_events": true, "_create_in_folder": null,
        });
        count += 2;
        made(stage, "experiments", &with(&base, &more))
    };
    for (n, metric) in all.iter().enumerate() {
        experiment(&format!("measured-{n}"), json!({ "metrics": [metric] }));
    }
    let stats = |more: Value| json!({ "stats_config": more });
    experiment("surely", stats(json!({ "method": "bayesian", "bayesian": { "ci_level": 0.9 } })));
    experiment(
        "significant",
        stats(json!({ "method": "frequentist", "frequentist": { "alpha": 0.01 }, "version": 2 })),
    );
    experiment("against-test", stats(json!({ "method": "bayesian", "baseline_variant_key": "test" })));
    experiment(
        "with-before",
        stats(json!({ "method": "bayesian", "cuped": { "enabled": true, "lookback_days": 14 } })),
    );
    let exposed = |more: Value| json!({ "exposure_criteria": more });
    experiment(
        "exposed-by-event",
        exposed(json!({
            "filterTestAccounts": false, "multiple_variant_handling": "first_seen",
            "exposure_config": { "kind": "ExperimentEventExposureConfig", "event": "$pageview", "properties": [] },
        })),
    );
    experiment(
        "exposed-by-action",
        exposed(json!({
            "filterTestAccounts": true, "multiple_variant_handling": "exclude",
            "exposure_config": { "kind": "ActionsNode", "id": action, "name": "Buying again", "properties": [] },
        })),
    );
    experiment(
        "shared",
        json!({
            "saved_metrics_ids": [
                { "id": shared[0], "metadata": { "type": "primary" } }, { "id": shared[1], "metadata": { "type": "secondary" } },
            ],
            "metrics_secondary": [all[1]], "holdout_id": held,
        }),
    );
    experiment(
        "reckoned",
        json!({
            "running_time_calculation": {
                "minimum_detectable_effect": 10, "recommended_sample_size": 2000, "recommended_running_time": 14,
                "exposure_estimate_config": { "conversionRateInputType": "automatic", "manualMetricType": null },
            },
            "excluded_variants": ["test"], "only_count_matured_users": true, "type": "web",
        }),
    );
    experiment("from-a-table", json!({ "metrics": [warehouse()], "metrics_secondary": [all[0]] }));
    let running = experiment("running", json!({ "metrics": [all[0]] }));
    done(stage, "POST", &format!("experiments/{running}/launch"), &json!({}));
    let paused = experiment("paused", json!({ "metrics": [all[0]] }));
    for step in ["launch", "pause"] {
        done(stage, "POST", &format!("experiments/{paused}/{step}"), &json!({}));
    }
    let ended = experiment("ended", json!({ "metrics": [all[0]] }));
    let shipped = experiment("shipped", json!({ "metrics": [all[0]] }));
    for one in [&ended, &shipped] {
        done(stage, "POST", &format!("experiments/{one}/launch"), &json!({}));
    }
    let won = json!({ "conclusion": "won", "conclusion_comment": "More of all." });
    done(stage, "POST", &format!("experiments/{ended}/end"), &won);
    let everybody = with(&won, &json!({ "variant_key": "test", "release_to_everyone": true }));
    done(stage, "POST", &format!("experiments/{shipped}/ship_variant"), &everybody);
    count
}
