//! How surveys are stored and found.

use crate::posthog::call::PosthogCall;
use crate::posthog::fault::Fault;
use crate::posthog::json::text_at;
use serde_json::{Value, json};

pub(crate) const SURVEYS: &str = "posthog.surveys";

/// `project:name` of every survey, with its id.
pub(crate) const NAMES: &str = "posthog.survey_names";

/// Responses that were set aside, by survey and event.
pub(crate) const ASIDE: &str = "posthog.survey_responses_aside";

pub(crate) fn aside_key(survey: &str, response: &str) -> String {
    format!("{survey}:{response}")
}

pub(crate) fn find(call: &PosthogCall, id: &str) -> Result<Value, Fault> {
    let id = id.to_ascii_lowercase();
    let row = call.store.get(SURVEYS, &id).filter(|row| row["team_id"].as_u64() == Some(call.project));
    row.cloned().ok_or_else(Fault::not_found)
}

pub(crate) fn name_key(project: u64, name: &str) -> String {
    format!("{project}:{name}")
}

/// Puts a survey, under its name too.
pub(crate) fn keep(call: &mut PosthogCall, row: &Value) {
    let (id, name) = (text_at(row, "id"), text_at(row, "name"));
    let old = call.store.get(SURVEYS, id).map(|old| text_at(old, "name").to_owned());
    if let Some(old) = old.filter(|old| old != name) {
        call.store.remove(NAMES, &name_key(call.project, &old));
    }
    call.store.put(NAMES, &name_key(call.project, name), json!(id));
    call.store.put(SURVEYS, id, row.clone());
}
