//! Experiments: a life from draft to archive around one flag, which alone knows variants and rollout.

mod body;
mod config;
mod copies;
mod lifecycle;
mod metrics;
mod view;

pub(crate) use metrics::check as check_metric;

use super::feature_flag as flags;
use super::{Cx, Fault, Outcome, flagged, holdout, text};
use crate::Reply;
use config::Config;
use serde_json::{Map, Value, json};

/// The table of experiments, by id.
const EXPERIMENTS: &str = "posthog.experiments";

/// Answers `experiments/…`.
pub(crate) fn route(cx: &mut Cx, tail: &[&str]) -> Outcome {
    match (cx.method(), tail) {
        ("GET", []) => view::list(cx),
        ("POST", []) => post(cx),
        ("GET", ["eligible_feature_flags"]) => view::eligible_flags(cx),
        ("GET", ["activity"] | [_, "activity"]) => cx.activity(),
        ("DELETE", [_]) => cx.no_destroy(),
        ("GET", [id]) => reply(cx, 200, &live(cx, id)?),
        ("PATCH" | "PUT", [id]) => update(cx, id),
        ("GET", [id, "flag_cleanup_task"]) => {
            live(cx, id)?;
            Err(Fault::not_found())
        }
        ("POST", [id, "duplicate"]) => copies::duplicate(cx, id),
        ("POST", [id, "copy_to_project"]) => copies::to_project(cx, id),
        ("POST", [id, "create_exposure_cohort_for_experiment"]) => copies::exposure_cohort(cx, id),
        ("POST", [id, action]) => lifecycle::run(cx, id, action),
        (_, [] | [_]) => cx.no_method(),
        _ => Err(Fault::not_found_as("Endpoint not found.")),
    }
}

/// An experiment that is not deleted.
fn live(cx: &Cx, id: &str) -> Result<Map<String, Value>, Fault> {
    cx.row(EXPERIMENTS, id).and_then(|row| if flagged(&row, "deleted") { Err(Fault::not_found()) } else { Ok(row) })
}

fn reply(cx: &Cx, status: u16, row: &Map<String, Value>) -> Outcome {
    Ok(Reply::json(status, view::full(cx, row)))
}

fn flag_of(row: &Map<String, Value>) -> u64 {
    row.get("_flag").and_then(Value::as_u64).unwrap_or(0)
}

fn is_set(row: &Map<String, Value>, key: &str) -> bool {
    row.get(key).is_some_and(|v| !v.is_null())
}

/// Puts a row; the fingerprints of its metrics follow from the rest of it.
fn save(cx: &mut Cx, mut row: Map<String, Value>) -> Map<String, Value> {
    row.insert("updated_at".into(), json!(cx.now()));
    metrics::fingerprint(&mut row);
    let id = row.get("id").map(Value::to_string).unwrap_or_default();
    cx.put(EXPERIMENTS, &id, row.clone());
    row
}

fn post(cx: &mut Cx) -> Outcome {
    let fields = body::read(cx, None)?;
    let config = Config::read(&cx.body)?;
    let row = create(cx, fields, config)?;
    reply(cx, 201, &row)
}

/// Links a flag, or makes one, and puts a new experiment on it.
fn create(cx: &mut Cx, mut fields: Map<String, Value>, config: Option<Config>) -> Result<Map<String, Value>, Fault> {
    let key = fields.remove("feature_flag_key").and_then(|k| k.as_str().map(str::to_owned)).unwrap_or_default();
    let saved = fields.remove("saved_metrics_ids");
    dates_in_order(&fields)?;
    let flag = match flags::by_key(cx, &key) {
        Some(id) => {
            link(cx, id, &key, config.is_some())?;
            id
        }
        None => config.unwrap_or_default().create(cx, &key, &fields)?,
    };
    let held = fields.get("holdout_id").cloned().unwrap_or(Value::Null);
    if !held.is_null() {
        let held = holdout::filter(cx, &held);
        holdout::tell(cx, flag, held);
    }
    let id = cx.next_id(EXPERIMENTS);
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
        "created_by": cx.user(),
        "created_at": cx.now(),
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
    metrics::attach(cx, &mut row, saved);
    defaults(cx, &mut row);
    flags::link(cx, flag, "_experiments", json!(id));
    if is_set(&row, "start_date") && !is_set(&row, "end_date") {
        flags::set_active(cx, flag, true);
    }
    Ok(save(cx, row))
}

/// A flag that is there already is taken as it is.
fn link(cx: &Cx, id: u64, key: &str, configured: bool) -> Result<(), Fault> {
    if configured {
        let detail = format!(
            "A feature flag with key '{key}' already exists; the experiment links to it as-is, so its config cannot \
             be set here. Omit feature_flag to reuse the existing flag, or edit the flag directly."
        );
        return Err(Fault::invalid_input("feature_flag", detail));
    }
    let filters = flags::flag(cx, id).and_then(|row| row.get("filters")).unwrap_or(&Value::Null);
    config::check_count(flags::variants(filters).len())
}

/// What the server fills in: the statistical method, the baseline, the exposure.
fn defaults(cx: &Cx, row: &mut Map<String, Value>) {
    let keys = flags::flag(cx, flag_of(row)).and_then(|f| f.get("filters")).map(flags::variant_keys);
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

fn dates_in_order(row: &Map<String, Value>) -> Result<(), Fault> {
    let at = |key: &str| super::moment(text(row, key));
    match (at("start_date"), at("end_date")) {
        (Some(start), Some(end)) if end <= start => Err(Fault::invalid("End date must be after start date")),
        _ => Ok(()),
    }
}

fn update(cx: &mut Cx, id: &str) -> Outcome {
    let old = cx.row(EXPERIMENTS, id)?;
    let restores = cx.body.get("deleted").is_some_and(|v| *v == json!(false) || *v == json!("false"));
    if flagged(&old, "deleted") && !restores {
        return Err(Fault::not_found());
    }
    let mut fields = body::read(cx, Some(&old))?;
    let config = Config::read(&cx.body)?;
    let flag = flag_of(&old);
    if flagged(&old, "deleted") && flags::flag(cx, flag).is_none_or(|row| flagged(row, "deleted")) {
        return Err(Fault::invalid(
            "Cannot restore experiment: the linked feature flag has been deleted. \
             Restore the feature flag first, then restore the experiment.",
        ));
    }
    unchangeable(cx, &old, &mut fields)?;
    let launched = is_set(&old, "start_date");
    let holdout = fields.get("holdout_id").filter(|h| old.get("holdout_id") != Some(h)).cloned();
    if holdout.is_some() && launched {
        return Err(Fault::invalid("Can't update holdout on running Experiment"));
    }
    let mut row = old.clone();
    let saved = fields.remove("saved_metrics_ids");
    row.extend(fields);
    dates_in_order(&row)?;
    if let Some(config) = config {
        let opted_in = cx.switch("update_feature_flag_params")?;
        config.sync(cx, flag, launched, opted_in)?;
    }
    if let Some(held) = holdout {
        let held = holdout::filter(cx, &held);
        holdout::tell(cx, flag, held);
    }
    metrics::attach(cx, &mut row, saved);
    defaults(cx, &mut row);
    if !launched && is_set(&row, "start_date") && !is_set(&row, "end_date") {
        flags::set_active(cx, flag, true);
    }
    let row = save(cx, row);
    reply(cx, 200, &row)
}

/// The flag and the type are for life.
fn unchangeable(cx: &Cx, old: &Map<String, Value>, fields: &mut Map<String, Value>) -> Result<(), Fault> {
    let own = flags::flag(cx, flag_of(old)).map(|row| text(row, "key").to_owned()).unwrap_or_default();
    let mut changed = Vec::new();
    if fields.remove("feature_flag_key").is_some_and(|key| key != json!(own)) {
        changed.push("get_feature_flag_key");
    }
    if fields.remove("type").is_some_and(|kind| Some(&kind) != old.get("type")) {
        changed.push("type");
    }
    if changed.is_empty() {
        return Ok(());
    }
    Err(Fault::invalid(format!("Can't update keys: {} on Experiment", changed.join(", "))))
}
