//! Reads the body of an experiment.

use super::{config, metrics};
use crate::posthog::call::PosthogCall;
use crate::posthog::fault::Fault;
use crate::posthog::fields::{OPTIONAL, REQUIRED};
use crate::posthog::holdout::rows as holdouts;
use serde_json::{Map, Value, json};

const TYPES: [&str; 2] = ["web", "product"];

/// How an experiment may come out.
pub(crate) const CONCLUSIONS: [&str; 5] = ["won", "lost", "inconclusive", "stopped_early", "invalid"];

/// Fields in the serializer's order, as they are to be stored; the flag's config is read apart.
pub(crate) fn read(call: &PosthogCall, old: Option<&Map<String, Value>>) -> Result<Map<String, Value>, Fault> {
    let creates = old.is_none();
    let mut read = call.fields();
    read.string("name", REQUIRED.max(400))?;
    read.string("description", OPTIONAL.null().blank().max(3000))?;
    read.datetime("start_date", OPTIONAL.null())?;
    read.datetime("end_date", OPTIONAL.null())?;
    read.string("feature_flag_key", if creates { REQUIRED } else { OPTIONAL })?;
    if creates && let Some(key) = read.get("feature_flag_key").and_then(Value::as_str) {
        config::check_key(key)?;
    }
    read.integer("holdout_id", OPTIONAL.null())?;
    if let Some(id) = read.get("holdout_id").filter(|id| !id.is_null())
        && holdouts::show(call, id).is_null()
    {
        return Err(Fault::does_not_exist("holdout_id", id));
    }
    read.object("parameters", OPTIONAL.null())?;
    let own = read.get("parameters").map(config::own_parameters);
    if let Some(own) = own {
        read.keep("parameters", own)?;
    }
    read.object("running_time_calculation", OPTIONAL.null())?;
    read.strings("excluded_variants", OPTIONAL.null())?;
    read.list("secondary_metrics", OPTIONAL.null())?;
    let saved = call.body.get("saved_metrics_ids").map(|sent| metrics::saved_ids(call, sent)).transpose()?;
    if let Some(saved) = saved {
        read.keep("saved_metrics_ids", saved)?;
    }
    read.object("filters", OPTIONAL.null())?;
    read.boolean("archived", OPTIONAL)?;
    read.boolean("deleted", OPTIONAL)?;
    read.choice("type", &TYPES, OPTIONAL.null())?;
    read.object("exposure_criteria", OPTIONAL.null())?;
    let lax = call.switch("allow_unknown_events")?;
    for name in ["metrics", "metrics_secondary"] {
        read.list(name, OPTIONAL.null())?;
        let metrics = read.get(name).map(|sent| metrics::read(call, name, sent, lax)).transpose()?;
        if let Some(metrics) = metrics {
            read.keep(name, metrics)?;
        }
    }
    read.object("stats_config", OPTIONAL.null())?;
    if let Some(method) = read.get("stats_config").and_then(|s| s.get("method")).filter(|m| !m.is_null())
        && *method != json!("bayesian")
        && *method != json!("frequentist")
    {
        return Err(Fault::invalid_choice("method", method).under("stats_config"));
    }
    read.object("scheduling_config", OPTIONAL.null())?;
    read.choice("conclusion", &CONCLUSIONS, OPTIONAL.null())?;
    read.string("conclusion_comment", OPTIONAL.null().blank().max(4000))?;
    read.strings("primary_metrics_ordered_uuids", OPTIONAL.null())?;
    read.strings("secondary_metrics_ordered_uuids", OPTIONAL.null())?;
    read.boolean("only_count_matured_users", OPTIONAL)?;
    read.string("repository", OPTIONAL.null().blank())?;
    read.boolean("update_feature_flag_params", OPTIONAL)?;
    let mut fields = read.done();
    fields.remove("update_feature_flag_params");
    if let Some(repository) = fields.get("repository").and_then(Value::as_str).map(str::to_lowercase) {
        fields.insert("repository".into(), json!(repository));
    }
    let filtered = fields.get("filters").and_then(|f| f.get("properties")).is_some_and(|p| match p {
        Value::Array(list) => !list.is_empty(),
        Value::Object(map) => !map.is_empty(),
        _ => false,
    });
    if filtered {
        return Err(Fault::invalid("Experiments do not support global filter properties"));
    }
    // Null stands for nothing where a list or an object is shown.
    for (name, empty) in [("metrics", json!([])), ("metrics_secondary", json!([])), ("filters", json!({}))] {
        if fields.get(name).is_some_and(Value::is_null) {
            fields.insert(name.into(), empty);
        }
    }
    if creates {
        fields.retain(|name, value| name != "type" || !value.is_null());
    }
    Ok(fields)
}
