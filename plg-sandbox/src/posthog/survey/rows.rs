//! How surveys are stored and found.

use crate::posthog::call::Cx;
use crate::posthog::fault::Fault;
use crate::posthog::json::text_at;
use serde_json::{Value, json};

pub(crate) const SURVEYS: &str = "posthog.surveys";

/// `project:name` of every survey, with its id.
pub(crate) const NAMES: &str = "posthog.survey_names";

pub(crate) fn find(cx: &Cx, id: &str) -> Result<Value, Fault> {
    let id = id.to_ascii_lowercase();
    let row = cx.store.get(SURVEYS, &id).filter(|row| row["team_id"].as_u64() == Some(cx.project));
    row.cloned().ok_or_else(Fault::not_found)
}

pub(crate) fn name_key(project: u64, name: &str) -> String {
    format!("{project}:{name}")
}

/// Puts a survey, under its name too.
pub(crate) fn keep(cx: &mut Cx, row: &Value) {
    let (id, name) = (text_at(row, "id"), text_at(row, "name"));
    let old = cx.store.get(SURVEYS, id).map(|old| text_at(old, "name").to_owned());
    if let Some(old) = old.filter(|old| old != name) {
        cx.store.remove(NAMES, &name_key(cx.project, &old));
    }
    cx.store.put(NAMES, &name_key(cx.project, name), json!(id));
    cx.store.put(SURVEYS, id, row.clone());
}
