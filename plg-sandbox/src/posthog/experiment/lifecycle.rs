//! The steps of an experiment's life, each with what it does to the flag.

use super::config::check_count;
use super::read::CONCLUSIONS;
use super::rows::{flag_of, is_set, live, save};
use super::view;
use super::view::reply;
use crate::posthog::call::PosthogCall;
use crate::posthog::fault::{Fault, PosthogAnswer};
use crate::posthog::feature_flag::{filters, links, rows as flags};
use crate::posthog::field::{BodyField, Holds, SOME_TEXT};
use crate::posthog::json::{flagged, text};
use serde_json::{Map, Value, json};

const CONCLUSION: &[BodyField] = &[
    BodyField::new("conclusion", Holds::Word(&CONCLUSIONS)).or_null(),
    BodyField::new("conclusion_comment", Holds::Text { max: 4000, blank: true }).or_null(),
];

fn refuse<T>(detail: &str) -> Result<T, Fault> {
    Err(Fault::invalid(detail))
}

/// The steps.
pub(crate) const ACTIONS: [&str; 10] = [
    "launch",
    "pause",
    "resume",
    "end",
    "reset",
    "archive",
    "unarchive",
    "ship_variant",
    "freeze_exposure",
    "unfreeze_exposure",
];

/// Answers `POST experiments/{id}/{action}/`, where the action is one of [`ACTIONS`].
pub(crate) fn run(call: &mut PosthogCall, id: &str, action: &str) -> PosthogAnswer {
    let mut row = live(call, id)?;
    let flag = flag_of(&row);
    match action {
        "launch" => launch(call, &mut row)?,
        "pause" => {
            in_progress(&row)?;
            if view::status(call, &row) == "paused" {
                return refuse("Experiment is already paused.");
            }
            flags::set_active(call, flag, false);
        }
        "resume" => {
            in_progress(&row)?;
            if view::status(call, &row) != "paused" {
                return refuse("Experiment is not paused.");
            }
            flags::set_active(call, flag, true);
        }
        "end" => {
            in_progress(&row)?;
            // A request that names no conclusion clears the earlier one.
            row.insert("conclusion".into(), Value::Null);
            row.insert("conclusion_comment".into(), Value::Null);
            conclude(call, &mut row)?;
            row.insert("end_date".into(), json!(call.now()));
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
        "archive" => archive(call, &mut row)?,
        "unarchive" => {
            if !flagged(&row, "archived") {
                return refuse("Experiment is not archived.");
            }
            row.insert("archived".into(), json!(false));
            if row.insert("_archived_flag".into(), json!(false)) == Some(json!(true)) {
                flags::set(call, flag, "archived", json!(false));
            }
        }
        "ship_variant" => ship(call, &mut row)?,
        "freeze_exposure" => freeze(call, &row, true)?,
        "unfreeze_exposure" => freeze(call, &row, false)?,
        _ => return Err(Fault::no_endpoint()),
    }
    let row = save(call, row);
    reply(call, 200, &row)
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

fn launch(call: &mut PosthogCall, row: &mut Map<String, Value>) -> Result<(), Fault> {
    if is_set(row, "start_date") {
        return refuse("Experiment has already been launched.");
    }
    let flag = flag_of(row);
    if flags::flag(call, flag).is_none_or(|f| flagged(f, "deleted")) {
        return refuse("Experiment cannot be launched because its feature flag has been deleted.");
    }
    let filters = flags::flag(call, flag).and_then(|f| f.get("filters")).unwrap_or(&Value::Null);
    check_count(filters::variants(filters).len())?;
    row.insert("start_date".into(), json!(call.now()));
    flags::set_active(call, flag, true);
    Ok(())
}

/// Reads how it came out.
fn conclude(call: &PosthogCall, row: &mut Map<String, Value>) -> Result<(), Fault> {
    let mut read = call.reader();
    read.take(CONCLUSION)?;
    if call.switch("open_cleanup_pr")? {
        call.need_scope("task:write")?;
    }
    row.extend(read.done());
    Ok(())
}

fn archive(call: &mut PosthogCall, row: &mut Map<String, Value>) -> Result<(), Fault> {
    let disables = call.switch("disable_feature_flag")?;
    if disables {
        call.need_scope("feature_flag:write")?;
    }
    if flagged(row, "archived") {
        return refuse("Experiment is already archived.");
    }
    if !is_set(row, "end_date") {
        return refuse("Experiment must be ended before it can be archived.");
    }
    row.insert("archived".into(), json!(true));
    // A flag that is off already goes with its experiment, unless another one needs it.
    let flag = flag_of(row);
    let Some(linked) = flags::flag(call, flag).filter(|f| !flagged(f, "deleted") && !flagged(f, "archived")) else {
        return Ok(());
    };
    let is_own = |other: &Map<String, Value>| other.get("id") == row.get("id");
    let is_needed = links::experiments(call, linked)
        .any(|other| !is_own(other) && !flagged(other, "deleted") && !flagged(other, "archived"));
    let is_on = flagged(linked, "active");
    if is_needed || (is_on && !disables) || (!is_on && !call.has_scope("feature_flag:write")) {
        return Ok(());
    }
    if is_on {
        let linked = linked.clone();
        links::may_disable(call, &linked)?;
    }
    let off = json!({ "active": false, "archived": true });
    flags::change(call, flag, off.as_object().cloned().unwrap_or_default());
    row.insert("_archived_flag".into(), json!(true));
    Ok(())
}

/// Gives one variant to everyone who gets any, or to everyone at all, and ends the experiment.
fn ship(call: &mut PosthogCall, row: &mut Map<String, Value>) -> Result<(), Fault> {
    if !is_set(row, "start_date") {
        return refuse("Experiment has not been launched yet.");
    }
    let mut read = call.reader();
    read.take(&[BodyField::new("variant_key", SOME_TEXT).required()])?;
    let read = read.done();
    let chosen = text(&read, "variant_key");
    let everyone = call.switch("release_to_everyone")?;
    let flag = flag_of(row);
    let filters = flags::flag(call, flag).and_then(|f| f.get("filters")).cloned().unwrap_or_default();
    if !filters::variant_keys(&filters).contains(&chosen) {
        return refuse(&format!("Variant '{chosen}' not found on feature flag."));
    }
    conclude(call, row)?;
    let Value::Object(mut filters) = filters else { return Ok(()) };
    if let Some(Value::Object(multivariate)) = filters.get_mut("multivariate") {
        for variant in filters::objects(multivariate, "variants") {
            let share = if text(variant, "key") == chosen { 100 } else { 0 };
            variant.insert("rollout_percentage".into(), json!(share));
        }
    }
    if everyone && let Some(Value::Array(groups)) = filters.get_mut("groups") {
        let all = json!({
            "properties": [], "rollout_percentage": 100, "aggregation_group_type_index": null,
            "description": "Added when the experiment was ended, so that everyone gets one variant.",
        });
        groups.insert(0, all);
    }
    flags::set_filters(call, flag, Value::Object(filters));
    if !is_set(row, "end_date") {
        row.insert("end_date".into(), json!(call.now()));
    }
    Ok(())
}

/// Stops, or lets again, new people into a running experiment.
fn freeze(call: &mut PosthogCall, row: &Map<String, Value>, on: bool) -> Result<(), Fault> {
    in_progress(row)?;
    match (on, view::status(call, row)) {
        (true, "running") | (false, "exposure_frozen") => {}
        (true, _) => return refuse("Experiment exposure cannot be frozen in its current state."),
        (false, _) => return refuse("Experiment exposure is not frozen."),
    }
    let flag = flag_of(row);
    let filters = flags::flag(call, flag).and_then(|f| f.get("filters")?.as_object()).cloned();
    if let Some(mut filters) = filters {
        for group in filters::objects(&mut filters, "groups") {
            if on {
                group.insert("exposure_frozen".into(), json!(true));
            } else {
                group.remove("exposure_frozen");
            }
        }
        flags::set_filters(call, flag, Value::Object(filters));
    }
    Ok(())
}
