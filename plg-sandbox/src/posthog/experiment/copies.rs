//! What is made from an experiment: another one, here or in another project, or a cohort.

use super::config;
use super::config::Config;
use super::create::create;
use super::rows::{flag_of, is_set, live, save};
use super::view::reply;
use crate::message::Reply;
use crate::posthog::call::PosthogCall;
use crate::posthog::cohort::rows as cohorts;
use crate::posthog::fault::{Fault, PosthogAnswer};
use crate::posthog::feature_flag::{filters, rows as flags};
use crate::posthog::field::{ANY_WHOLE, BodyField, Holds, SOME_TEXT};
use crate::posthog::json::text;
use serde_json::{Map, Value, json};

const NAMES: &[BodyField] = &[
    BodyField::new("feature_flag_key", SOME_TEXT).or_null(),
    BodyField::new("name", Holds::Text { max: 400, blank: false }).or_null(),
];

/// Where a copy in another project goes.
const TARGET: &[BodyField] = &[
    BodyField::new("target_team_id", ANY_WHOLE).required(),
    BodyField::new("feature_flag_key", SOME_TEXT).or_null(),
    BodyField::new("name", Holds::Text { max: 400, blank: false }).or_null(),
];

/// What a copy does not take over.
const OWN: [&str; 10] = [
    "id",
    "start_date",
    "end_date",
    "archived",
    "deleted",
    "created_at",
    "created_by",
    "conclusion",
    "conclusion_comment",
    "exposure_cohort",
];

/// The fields of a copy, and the config its flag gets if it has to be made.
fn copy(call: &PosthogCall, row: &Map<String, Value>, flag_key: &str) -> Result<(Map<String, Value>, Config), Fault> {
    let mut fields = row.clone();
    fields.retain(|key, _| !key.starts_with('_') && !OWN.contains(&key.as_str()));
    let saved: Vec<Value> = filters::items(row, "_saved")
        .iter()
        .map(|s| json!({ "id": s["saved_metric"], "metadata": s["metadata"] }))
        .collect();
    fields.insert("saved_metrics_ids".into(), json!(saved));
    fields.insert("feature_flag_key".into(), json!(flag_key));
    let parameters = flags::flag(call, flag_of(row)).map(config::projection).unwrap_or_default();
    let body = Map::from_iter([("parameters".to_owned(), Value::Object(parameters))]);
    Ok((fields, Config::read(&body)?.unwrap_or_default()))
}

/// `duplicate`: a draft on another flag, or on the same one.
pub(crate) fn duplicate(call: &mut PosthogCall, id: &str) -> PosthogAnswer {
    let row = live(call, id)?;
    let mut read = call.reader();
    read.take(NAMES)?;
    let read = read.done();
    let own = flags::flag(call, flag_of(&row)).map(|f| text(f, "key").to_owned()).unwrap_or_default();
    let key = Some(text(&read, "feature_flag_key")).filter(|k| !k.is_empty()).map_or(own, str::to_owned);
    config::check_key(&key)?;
    let name = Some(text(&read, "name")).filter(|n| !n.is_empty());
    let name = name.map_or_else(|| format!("{} (Copy)", text(&row, "name")), str::to_owned);
    let (mut fields, config) = copy(call, &row, &key)?;
    fields.insert("name".into(), json!(name));
    let config = flags::by_key(call, &key).is_none().then_some(config);
    let row = create(call, fields, config)?;
    reply(call, 201, &row)
}

/// `copy_to_project`: a draft in another project; what is bound to this one stays behind.
pub(crate) fn to_project(call: &mut PosthogCall, id: &str) -> PosthogAnswer {
    let row = live(call, id)?;
    let mut read = call.reader();
    read.take(TARGET)?;
    let read = read.done();
    let target = read.get("target_team_id").and_then(Value::as_u64).unwrap_or(0);
    let tokens = call.settings.tokens.iter().flat_map(|tokens| tokens.values());
    if target != call.settings.project && !tokens.flat_map(|t| &t.projects).any(|id| *id == target) {
        return Ok(Reply::json(404, json!({ "detail": "Target team not found." })));
    }
    let own = flags::flag(call, flag_of(&row)).map(|f| text(f, "key").to_owned()).unwrap_or_default();
    let key = Some(text(&read, "feature_flag_key")).filter(|k| !k.is_empty()).map_or(own, str::to_owned);
    let (mut fields, config) = copy(call, &row, &key)?;
    fields.insert("saved_metrics_ids".into(), json!([]));
    fields.insert("holdout_id".into(), Value::Null);
    if !text(&read, "name").is_empty() {
        fields.insert("name".into(), json!(text(&read, "name")));
    }
    let here = std::mem::replace(&mut call.project, target);
    let config = flags::by_key(call, &key).is_none().then_some(config);
    let outcome = create(call, fields, config).and_then(|row| reply(call, 201, &row));
    call.project = here;
    outcome
}

/// `create_exposure_cohort_for_experiment`: a cohort of those who took part.
pub(crate) fn exposure_cohort(call: &mut PosthogCall, id: &str) -> PosthogAnswer {
    let mut row = live(call, id)?;
    if !is_set(&row, "start_date") {
        return Err(Fault::invalid("Experiment does not have a start date"));
    }
    if is_set(&row, "exposure_cohort") {
        return Err(Fault::invalid("Experiment already has an exposure cohort"));
    }
    let name = format!("Users exposed to experiment {}", text(&row, "name"));
    let cohort = cohorts::create_static(call, &name);
    row.insert("exposure_cohort".into(), cohort["id"].clone());
    save(call, row);
    Ok(Reply::json(201, json!({ "cohort": cohort })))
}
