//! Reads the body of an experiment.

use super::{config, metrics};
use crate::posthog::call::PosthogCall;
use crate::posthog::fault::Fault;
use crate::posthog::field::{ANY_LENGTH, ANY_TEXT, ANY_WHOLE, BodyField, Holds, SOME_TEXT};
use crate::posthog::holdout::rows as holdouts;
use serde_json::{Map, Value, json};

const TYPES: [&str; 2] = ["web", "product"];

/// How an experiment may come out.
pub(crate) const CONCLUSIONS: [&str; 5] = ["won", "lost", "inconclusive", "stopped_early", "invalid"];

// A field that is checked against the rest of the project is checked before the next one is read: a table ends there.

const FIRST: &[BodyField] = &[
    BodyField::new("name", Holds::Text { max: 400, blank: false }).required(),
    BodyField::new("description", Holds::Text { max: 3000, blank: true }).or_null(),
    BodyField::new("start_date", Holds::Moment).or_null(),
    BodyField::new("end_date", Holds::Moment).or_null(),
];
const FLAG_KEY: BodyField = BodyField::new("feature_flag_key", SOME_TEXT);
const HOLDOUT: BodyField = BodyField::new("holdout_id", ANY_WHOLE).or_null();
const PARAMETERS: BodyField = BodyField::new("parameters", Holds::Object).or_null();
const AFTER_PARAMETERS: &[BodyField] = &[
    BodyField::new("running_time_calculation", Holds::Object).or_null(),
    BodyField::new("excluded_variants", Holds::Texts { max: ANY_LENGTH }).or_null(),
    BodyField::new("secondary_metrics", Holds::List).or_null(),
];
const AFTER_SAVED_METRICS: &[BodyField] = &[
    BodyField::new("filters", Holds::Object).or_null(),
    BodyField::new("archived", Holds::Flag),
    BodyField::new("deleted", Holds::Flag),
    BodyField::new("type", Holds::Word(&TYPES)).or_null(),
    BodyField::new("exposure_criteria", Holds::Object).or_null(),
];
const STATS: BodyField = BodyField::new("stats_config", Holds::Object).or_null();
const AFTER_STATS: &[BodyField] = &[
    BodyField::new("scheduling_config", Holds::Object).or_null(),
    BodyField::new("conclusion", Holds::Word(&CONCLUSIONS)).or_null(),
    BodyField::new("conclusion_comment", Holds::Text { max: 4000, blank: true }).or_null(),
    BodyField::new("primary_metrics_ordered_uuids", Holds::Texts { max: ANY_LENGTH }).or_null(),
    BodyField::new("secondary_metrics_ordered_uuids", Holds::Texts { max: ANY_LENGTH }).or_null(),
    BodyField::new("only_count_matured_users", Holds::Flag),
    BodyField::new("repository", ANY_TEXT).or_null(),
    BodyField::new("update_feature_flag_params", Holds::Flag),
];

/// Fields in the serializer's order, as they are to be stored; the flag's config is read apart.
pub(crate) fn read(call: &PosthogCall, old: Option<&Map<String, Value>>) -> Result<Map<String, Value>, Fault> {
    let creates = old.is_none();
    let mut read = call.reader();
    read.take(FIRST)?;
    read.take(&[if creates { FLAG_KEY.required() } else { FLAG_KEY }])?;
    if creates && let Some(key) = read.get("feature_flag_key").and_then(Value::as_str) {
        config::check_key(key)?;
    }
    read.take(&[HOLDOUT])?;
    if let Some(id) = read.get("holdout_id").filter(|id| !id.is_null())
        && holdouts::show(call, id).is_null()
    {
        return Err(Fault::does_not_exist("holdout_id", id));
    }
    read.take(&[PARAMETERS])?;
    let own = read.get("parameters").map(config::own_parameters);
    if let Some(own) = own {
        read.keep("parameters", own);
    }
    read.take(AFTER_PARAMETERS)?;
    let saved = call.body.get("saved_metrics_ids").map(|sent| metrics::saved_ids(call, sent)).transpose()?;
    if let Some(saved) = saved {
        read.keep("saved_metrics_ids", saved);
    }
    read.take(AFTER_SAVED_METRICS)?;
    let lax = call.switch("allow_unknown_events")?;
    for name in ["metrics", "metrics_secondary"] {
        read.take(&[BodyField::new(name, Holds::List).or_null()])?;
        let metrics = read.get(name).map(|sent| metrics::read(call, name, sent, lax)).transpose()?;
        if let Some(metrics) = metrics {
            read.keep(name, metrics);
        }
    }
    read.take(&[STATS])?;
    if let Some(method) = read.get("stats_config").and_then(|s| s.get("method")).filter(|m| !m.is_null())
        && *method != json!("bayesian")
        && *method != json!("frequentist")
    {
        return Err(Fault::invalid_choice("method", method).under("stats_config"));
    }
    read.take(AFTER_STATS)?;
    settled(read.done(), creates)
}

/// The fields as they are kept, once each is good by itself.
fn settled(mut fields: Map<String, Value>, creates: bool) -> Result<Map<String, Value>, Fault> {
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
