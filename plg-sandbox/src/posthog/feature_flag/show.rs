//! How a flag is shown.

use super::filters::{items, objects};
use super::links;
use super::rows::{flag, id_of};
use super::rules::fits_experiment;
use crate::message::Reply;
use crate::posthog::call::PosthogCall;
use crate::posthog::cohort::rows as cohorts;
use crate::posthog::early_access_feature::rows as features;
use crate::posthog::fault::{Fault, PosthogAnswer};
use crate::posthog::json::{flagged, shown, text, whole};
use crate::posthog::project_settings;
use serde_json::{Map, Value, json};

pub(crate) fn reply(call: &PosthogCall, status: u16, id: u64) -> PosthogAnswer {
    let row = flag(call, id).ok_or_else(Fault::not_found)?;
    Ok(Reply::json(status, show(call, row)))
}

/// A flag as the API shows it.
pub(crate) fn show(call: &PosthogCall, row: &Map<String, Value>) -> Value {
    let mut out = shown(row);
    if let Some(Value::Object(filters)) = out.get_mut("filters") {
        for group in objects(filters, "groups") {
            for property in objects(group, "properties").filter(|p| text(p, "type") == "cohort") {
                let cohort = property.get("value").and_then(whole).and_then(|id| cohorts::find(call, id));
                if let Some(name) = cohort.and_then(|c| c.get("name")) {
                    property.insert("cohort_name".into(), name.clone());
                }
            }
        }
    }
    let filters = row.get("filters").unwrap_or(&Value::Null);
    let experiments: Vec<_> = links::experiments(call, row).filter(|e| !flagged(e, "deleted")).collect();
    let ids: Vec<_> = experiments.iter().filter_map(|e| e.get("id")).collect();
    let metadata: Vec<_> = experiments
        .iter()
        .map(|e| json!({ "id": e.get("id"), "name": e.get("name"), "is_running": links::is_running(e) }))
        .collect();
    let features: Vec<_> =
        items(row, "_features").iter().filter_map(|id| features::brief(call, id.as_str()?)).collect();
    let status = match () {
        () if flagged(row, "deleted") => "DELETED",
        () if !flagged(row, "active") => "INACTIVE",
        () => "ACTIVE",
    };
    out.insert("is_eligible_for_experiment".into(), json!(fits_experiment(filters)));
    out.insert("experiment_set".into(), json!(ids));
    out.insert("experiment_set_metadata".into(), json!(metadata));
    out.insert("surveys".into(), json!(links::surveys(call, row)));
    out.insert("features".into(), json!(features));
    out.insert("can_edit".into(), json!(true));
    out.insert("user_access_level".into(), json!("manager"));
    out.insert("status".into(), json!(status));
    let is_replayed = project_settings::rows::linked_flag(call) == Some(id_of(row));
    out.insert("is_used_in_replay_settings".into(), json!(is_replayed));
    if !call.settings.tagging {
        out.insert("tags".into(), json!([]));
    }
    Value::Object(out)
}
