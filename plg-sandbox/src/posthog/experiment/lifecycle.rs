//! The steps of an experiment's life, each with what it does to the flag.

use super::read::CONCLUSIONS;
use super::rows::{flag_of, is_set, live, save};
use super::view;
use super::view::reply;
use crate::posthog::call::Cx;
use crate::posthog::fault::{Fault, Outcome};
use crate::posthog::feature_flag::{filters, rows as flags};
use crate::posthog::fields::{OPTIONAL, REQUIRED};
use crate::posthog::json::{flagged, text};
use serde_json::{Map, Value, json};

fn refuse<T>(detail: &str) -> Result<T, Fault> {
    Err(Fault::invalid(detail))
}

/// Answers `POST experiments/{id}/{action}/`.
pub(crate) fn run(cx: &mut Cx, id: &str, action: &str) -> Outcome {
    let mut row = live(cx, id)?;
    let flag = flag_of(&row);
    match action {
        "launch" => launch(cx, &mut row)?,
        "pause" => {
            in_progress(&row)?;
            if view::status(cx, &row) == "paused" {
                return refuse("Experiment is already paused.");
            }
            flags::set_active(cx, flag, false);
        }
        "resume" => {
            in_progress(&row)?;
            if view::status(cx, &row) != "paused" {
                return refuse("Experiment is not paused.");
            }
            flags::set_active(cx, flag, true);
        }
        "end" => {
            in_progress(&row)?;
            conclude(cx, &mut row)?;
            row.insert("end_date".into(), json!(cx.now()));
        }
        "reset" => {
            if !is_set(&row, "start_date") {
                return refuse("Experiment is already in draft state.");
            }
            for key in ["start_date", "end_date", "conclusion", "conclusion_comment"] {
                row.insert(key.into(), Value::Null);
            }
            row.insert("archived".into(), json!(false));
        }
        "archive" => archive(cx, &mut row)?,
        "unarchive" => {
            if !flagged(&row, "archived") {
                return refuse("Experiment is not archived.");
            }
            row.insert("archived".into(), json!(false));
        }
        "ship_variant" => ship(cx, &mut row)?,
        "freeze_exposure" => freeze(cx, &row, true)?,
        "unfreeze_exposure" => freeze(cx, &row, false)?,
        _ => return Err(Fault::not_found_as("Endpoint not found.")),
    }
    let row = save(cx, row);
    reply(cx, 200, &row)
}

fn in_progress(row: &Map<String, Value>) -> Result<(), Fault> {
    if !is_set(row, "start_date") {
        return refuse("Experiment has not been launched yet.");
    }
    if is_set(row, "end_date") {
        return refuse("Experiment has already ended.");
    }
    Ok(())
}

fn launch(cx: &mut Cx, row: &mut Map<String, Value>) -> Result<(), Fault> {
    if is_set(row, "start_date") {
        return refuse("Experiment has already been launched.");
    }
    let flag = flag_of(row);
    if flags::flag(cx, flag).is_none_or(|f| flagged(f, "deleted")) {
        return refuse("Experiment cannot be launched because its feature flag has been deleted.");
    }
    row.insert("start_date".into(), json!(cx.now()));
    flags::set_active(cx, flag, true);
    Ok(())
}

/// Reads how it came out.
fn conclude(cx: &Cx, row: &mut Map<String, Value>) -> Result<(), Fault> {
    let mut read = cx.fields();
    read.choice("conclusion", &CONCLUSIONS, OPTIONAL.null())?;
    read.string("conclusion_comment", OPTIONAL.null().blank().max(4000))?;
    if cx.switch("open_cleanup_pr")? {
        cx.need_scope("task:write")?;
    }
    row.extend(read.done());
    Ok(())
}

fn archive(cx: &mut Cx, row: &mut Map<String, Value>) -> Result<(), Fault> {
    let disables = cx.switch("disable_feature_flag")?;
    if disables {
        cx.need_scope("feature_flag:write")?;
    }
    if flagged(row, "archived") {
        return refuse("Experiment is already archived.");
    }
    if !is_set(row, "end_date") {
        return refuse("Experiment must be ended before it can be archived.");
    }
    row.insert("archived".into(), json!(true));
    if disables {
        let off = json!({ "active": false, "archived": true });
        flags::change(cx, flag_of(row), off.as_object().cloned().unwrap_or_default());
    }
    Ok(())
}

/// Gives one variant to everyone who gets any, or to everyone at all, and ends the experiment.
fn ship(cx: &mut Cx, row: &mut Map<String, Value>) -> Result<(), Fault> {
    if !is_set(row, "start_date") {
        return refuse("Experiment has not been launched yet.");
    }
    let mut read = cx.fields();
    read.string("variant_key", REQUIRED)?;
    let read = read.done();
    let chosen = text(&read, "variant_key");
    let everyone = cx.switch("release_to_everyone")?;
    let flag = flag_of(row);
    let filters = flags::flag(cx, flag).and_then(|f| f.get("filters")).cloned().unwrap_or_default();
    if !filters::variant_keys(&filters).contains(&chosen) {
        return refuse(&format!("Variant '{chosen}' not found on feature flag."));
    }
    conclude(cx, row)?;
    let Value::Object(mut filters) = filters else { return Ok(()) };
    if let Some(Value::Object(multivariate)) = filters.get_mut("multivariate") {
        for variant in filters::objects(multivariate, "variants") {
            let share = if text(variant, "key") == chosen { 100 } else { 0 };
            variant.insert("rollout_percentage".into(), json!(share));
        }
    }
    if everyone && let Some(Value::Array(groups)) = filters.get_mut("groups") {
        let all = json!({ "properties": [], "rollout_percentage": 100, "aggregation_group_type_index": null });
        groups.insert(0, all);
    }
    flags::set_filters(cx, flag, Value::Object(filters));
    if !is_set(row, "end_date") {
        row.insert("end_date".into(), json!(cx.now()));
    }
    Ok(())
}

/// Stops, or lets again, new people into a running experiment.
fn freeze(cx: &mut Cx, row: &Map<String, Value>, on: bool) -> Result<(), Fault> {
    in_progress(row)?;
    match (on, view::status(cx, row)) {
        (true, "running") | (false, "exposure_frozen") => {}
        (true, _) => return refuse("Experiment exposure cannot be frozen in its current state."),
        (false, _) => return refuse("Experiment exposure is not frozen."),
    }
    let flag = flag_of(row);
    let filters = flags::flag(cx, flag).and_then(|f| f.get("filters")?.as_object()).cloned();
    if let Some(mut filters) = filters {
        for group in filters::objects(&mut filters, "groups") {
            if on {
                group.insert("exposure_frozen".into(), json!(true));
            } else {
                group.remove("exposure_frozen");
            }
        }
        flags::set_filters(cx, flag, Value::Object(filters));
    }
    Ok(())
}
