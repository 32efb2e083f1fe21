//! A new experiment, on a flag that is there or on one of its own.

use super::config::Config;
use super::rows::{EXPERIMENTS, flag_of, is_set, save};
use super::{config, metrics, ordering};
use crate::posthog::call::PosthogCall;
use crate::posthog::fault::Fault;
use crate::posthog::feature_flag::{filters, rows as flags};
use crate::posthog::holdout::rows as holdouts;
use crate::posthog::json::text;
use crate::posthog::time;
use serde_json::{Map, Value, json};

/// Links a flag, or makes one, and puts a new experiment on it.
pub(crate) fn create(
    call: &mut PosthogCall,
    mut fields: Map<String, Value>,
    config: Option<Config>,
) -> Result<Map<String, Value>, Fault> {
    let key = fields.remove("feature_flag_key").and_then(|k| k.as_str().map(str::to_owned)).unwrap_or_default();
    let saved = fields.remove("saved_metrics_ids");
    dates_in_order(&fields)?;
    let flag = match flags::by_key(call, &key) {
        Some(id) => {
            link(call, id, &key, config.is_some())?;
            id
        }
        None => config.unwrap_or_default().create(call, &key, &fields)?,
    };
    let held = fields.get("holdout_id").cloned().unwrap_or(Value::Null);
    if !held.is_null() {
        let held = holdouts::filter(call, &held);
        holdouts::tell(call, flag, held);
    }
    let id = call.next_id(EXPERIMENTS);
    let row = json!({
        "id": id,
        "name": "",
        "description": "",
        "start_date": null,
        "end_date": null,
        "holdout_id": null,
        "exposure_cohort": null,
        "parameters": {},
        "running_time_calculation": null,
        "excluded_variants": null,
        "secondary_metrics": [],
        "filters": {},
        "archived": false,
        "deleted": false,
        "created_by": call.user(),
        "created_at": call.now(),
        "updated_at": null,
        "type": "product",
        "exposure_criteria": null,
        "metrics": [],
        "metrics_secondary": [],
        "stats_config": null,
        "scheduling_config": null,
        "conclusion": null,
        "conclusion_comment": null,
        "primary_metrics_ordered_uuids": null,
        "secondary_metrics_ordered_uuids": null,
        "only_count_matured_users": false,
        "repository": null,
        "_flag": flag,
        "_saved": [],
    });
    let Value::Object(mut row) = row else { return Err(Fault::not_found()) };
    row.extend(fields);
    metrics::attach(call, &mut row, saved);
    ordering::follow(call, &Map::new(), &mut row)?;
    baseline_is_variant(call, &row)?;
    defaults(call, &mut row);
    flags::link(call, flag, "_experiments", json!(id));
    if is_set(&row, "start_date") && !is_set(&row, "end_date") {
        flags::set_active(call, flag, true);
    }
    Ok(save(call, row))
}

/// A flag that is there already is taken as it is.
fn link(call: &PosthogCall, id: u64, key: &str, configured: bool) -> Result<(), Fault> {
    if configured {
        let detail = format!(
            "A feature flag with key '{key}' already exists; the experiment links to it as-is, so its config cannot \
             be set here. Omit feature_flag to reuse the existing flag, or edit the flag directly."
        );
        return Err(Fault::invalid_input("feature_flag", detail));
    }
    let filters = flags::flag(call, id).and_then(|row| row.get("filters")).unwrap_or(&Value::Null);
    config::check_count(filters::variants(filters).len())
}

/// What is compared against must be there.
pub(crate) fn baseline_is_variant(call: &PosthogCall, row: &Map<String, Value>) -> Result<(), Fault> {
    let baseline = row.get("stats_config").and_then(|stats| stats.get("baseline_variant_key")?.as_str());
    let Some(baseline) = baseline else { return Ok(()) };
    let keys = flags::flag(call, flag_of(row)).and_then(|f| f.get("filters")).map(filters::variant_keys);
    if keys.is_none_or(|keys| keys.contains(&baseline)) {
        return Ok(());
    }
    let detail = format!("baseline_variant_key '{baseline}' is not a variant of the feature flag.");
    Err(Fault::invalid_input("stats_config", detail))
}

/// What the server fills in: the statistical method, the baseline, the exposure.
pub(crate) fn defaults(call: &PosthogCall, row: &mut Map<String, Value>) {
    let keys = flags::flag(call, flag_of(row)).and_then(|f| f.get("filters")).map(filters::variant_keys);
    let first = keys.filter(|keys| !keys.contains(&"control")).and_then(|keys| keys.first().map(|k| json!(k)));
    let mut stats = row.get("stats_config").and_then(Value::as_object).cloned().unwrap_or_default();
    stats.entry("method").or_insert(json!("bayesian"));
    if let Some(first) = first {
        stats.entry("baseline_variant_key").or_insert(first);
    }
    row.insert("stats_config".into(), Value::Object(stats));
    let mut exposure = row.get("exposure_criteria").and_then(Value::as_object).cloned().unwrap_or_default();
    exposure.entry("filterTestAccounts").or_insert(json!(true));
    row.insert("exposure_criteria".into(), Value::Object(exposure));
}

pub(crate) fn dates_in_order(row: &Map<String, Value>) -> Result<(), Fault> {
    let at = |key: &str| time::moment(text(row, key));
    match (at("start_date"), at("end_date")) {
        (Some(start), Some(end)) if end <= start => Err(Fault::invalid("End date must be after start date")),
        _ => Ok(()),
    }
}
