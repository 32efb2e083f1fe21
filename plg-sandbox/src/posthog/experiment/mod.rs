//! Experiments: a life from draft to archive around one flag, which alone knows variants and rollout.

pub(crate) mod config;
pub(crate) mod copies;
pub(crate) mod create;
pub(crate) mod lifecycle;
pub(crate) mod metric;
pub(crate) mod metrics;
pub(crate) mod ordering;
pub(crate) mod read;
pub(crate) mod rows;
pub(crate) mod view;

use super::call::PosthogCall;
use super::fault::{Fault, PosthogAnswer};
use super::json::{flagged, text};
use crate::posthog::feature_flag::rows as flags;
use crate::posthog::holdout::rows as holdouts;
use config::Config;
use create::{baseline_is_variant, create, dates_in_order, defaults};
use rows::{EXPERIMENTS, flag_of, is_set, live, save};
use serde_json::{Map, Value, json};
use view::reply;

/// Answers `experiments/…`.
pub(crate) fn route(call: &mut PosthogCall, tail: &[&str]) -> PosthogAnswer {
    match (call.method(), tail) {
        ("GET", []) => view::list(call),
        ("POST", []) => post(call),
        ("GET", ["eligible_feature_flags"]) => view::eligible_flags(call),
        ("GET", ["activity"] | [_, "activity"]) => call.activity(),
        ("DELETE", [_]) => call.no_destroy(),
        ("GET", [id]) => reply(call, 200, &live(call, id)?),
        ("PATCH" | "PUT", [id]) => update(call, id),
        ("GET", [id, "flag_cleanup_task"]) => {
            live(call, id)?;
            Err(Fault::not_found())
        }
        ("POST", [id, "duplicate"]) => copies::duplicate(call, id),
        ("POST", [id, "copy_to_project"]) => copies::to_project(call, id),
        ("POST", [id, "create_exposure_cohort_for_experiment"]) => copies::exposure_cohort(call, id),
        ("POST", [id, action]) if lifecycle::ACTIONS.contains(action) => lifecycle::run(call, id, action),
        (_, [] | [_]) => call.no_method(),
        _ => Err(Fault::no_endpoint()),
    }
}

fn post(call: &mut PosthogCall) -> PosthogAnswer {
    let fields = read::read(call, None)?;
    let config = Config::read(&call.body)?;
    let row = create(call, fields, config)?;
    reply(call, 201, &row)
}

fn update(call: &mut PosthogCall, id: &str) -> PosthogAnswer {
    let old = call.row(EXPERIMENTS, id)?;
    let restores = call.body.get("deleted").is_some_and(|v| *v == json!(false) || *v == json!("false"));
    if flagged(&old, "deleted") && !restores {
        return Err(Fault::not_found());
    }
    let mut fields = read::read(call, Some(&old))?;
    let config = Config::read(&call.body)?;
    let flag = flag_of(&old);
    if flagged(&old, "deleted") && flags::flag(call, flag).is_none_or(|row| flagged(row, "deleted")) {
        return Err(Fault::invalid(
            "Cannot restore experiment: the linked feature flag has been deleted. \
             Restore the feature flag first, then restore the experiment.",
        ));
    }
    unchangeable(call, &old, &mut fields)?;
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
        let opted_in = call.switch("update_feature_flag_params")?;
        config.sync(call, flag, launched, opted_in)?;
    }
    if let Some(held) = holdout {
        let held = holdouts::filter(call, &held);
        holdouts::tell(call, flag, held);
    }
    metrics::attach(call, &mut row, saved);
    ordering::follow(call, &old, &mut row)?;
    baseline_is_variant(call, &row)?;
    defaults(call, &mut row);
    if !launched && is_set(&row, "start_date") && !is_set(&row, "end_date") {
        flags::set_active(call, flag, true);
    }
    let row = save(call, row);
    reply(call, 200, &row)
}

/// The flag and the type are for life.
fn unchangeable(call: &PosthogCall, old: &Map<String, Value>, fields: &mut Map<String, Value>) -> Result<(), Fault> {
    let own = flags::flag(call, flag_of(old)).map(|row| text(row, "key").to_owned()).unwrap_or_default();
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
