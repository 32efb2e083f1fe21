//! What a flag uses and what uses it: cohorts, other flags, experiments, early access features.

use super::filters::{cohorts, flags, items, properties, variant_keys};
use super::rows::{flag, id_of, users};
use crate::posthog::call::PosthogCall;
use crate::posthog::cohort::rows as cohorts;
use crate::posthog::experiment::rows::EXPERIMENTS;
use crate::posthog::fault::Fault;
use crate::posthog::json::{flagged, text, whole};
use crate::posthog::project_settings;
use crate::posthog::python;
use crate::posthog::survey::rows::SURVEYS;
use serde_json::{Map, Value, json};

/// The experiments that were ever linked to a flag, also deleted ones.
pub(crate) fn experiments<'c>(
    call: &'c PosthogCall,
    row: &'c Map<String, Value>,
) -> impl Iterator<Item = &'c Map<String, Value>> {
    items(row, "_experiments").iter().filter_map(|id| call.find(EXPERIMENTS, &id.to_string()))
}

/// The surveys that are shown to those who have a flag.
pub(crate) fn surveys(call: &PosthogCall, row: &Map<String, Value>) -> Vec<Value> {
    let id = json!(id_of(row));
    call.rows(SURVEYS)
        .filter(|(_, survey)| survey.get("linked_flag_id") == Some(&id))
        .map(|(key, survey)| json!({ "id": key, "name": survey.get("name"), "type": survey.get("type") }))
        .collect()
}

/// Whether an experiment was launched and has not ended.
pub(crate) fn is_running(experiment: &Map<String, Value>) -> bool {
    let set = |key: &str| experiment.get(key).is_some_and(|v| !v.is_null());
    set("start_date") && !set("end_date") && !flagged(experiment, "deleted")
}

fn running(call: &PosthogCall, row: &Map<String, Value>) -> Option<String> {
    let names: Vec<String> = experiments(call, row)
        .filter(|e| is_running(e))
        .map(|e| format!("\"{}\" (ID: {})", text(e, "name"), id_of(e)))
        .collect();
    (!names.is_empty()).then(|| names.join(", "))
}

/// Checks that what filters point at is there and fit for a flag.
pub(crate) fn check_uses(call: &PosthogCall, id: u64, filters: &Map<String, Value>) -> Result<(), Fault> {
    let row = Map::from_iter([("filters".to_owned(), Value::Object(filters.clone()))]);
    for (_, _, property) in properties(filters).filter(|(_, _, p)| text(p, "type") == "cohort") {
        let value = property.get("value").unwrap_or(&Value::Null);
        if whole(value).and_then(|id| cohorts::find(call, id)).is_none() {
            let detail = format!("Cohort with id {} does not exist", python::python_str(value));
            return Err(Fault::validation("cohort_does_not_exist", detail).at("filters"));
        }
    }
    let of_groups = items(filters, "groups").iter().any(|group| !group["aggregation_group_type_index"].is_null());
    if of_groups && flag(call, id).is_some_and(|row| !items(row, "_features").is_empty()) {
        let detail =
            "Cannot use group aggregation in any condition set when the flag is linked to an Early Access Feature.";
        return Err(Fault::invalid_input("filters", detail));
    }
    for cohort in cohorts(&row) {
        if let Some(name) = cohorts::behavioral(call, cohort) {
            let detail = format!("Cohort '{name}' with filters on events cannot be used in feature flags.");
            return Err(Fault::validation("behavioral_cohort_found", detail).at("filters"));
        }
    }
    for (_, _, property) in properties(filters).filter(|(_, _, p)| text(p, "type") == "flag") {
        depends(call, id, property)?;
    }
    Ok(())
}

fn depends(call: &PosthogCall, id: u64, property: &Map<String, Value>) -> Result<(), Fault> {
    let refuse = |detail: String| Err(Fault::invalid_input("filters", detail));
    let Some(on) = property.get("key").and_then(whole).and_then(|on| u64::try_from(on).ok()) else {
        return refuse(format!(
            "Flag dependencies must reference flag IDs (integers), not flag keys. Invalid reference: '{}'",
            text(property, "key")
        ));
    };
    let Some(row) = flag(call, on).filter(|row| !flagged(row, "deleted")) else {
        return refuse(format!("Flag dependency references non-existent flag with ID {on}"));
    };
    if on == id {
        return refuse(format!("Feature flag '{}' cannot depend on itself", text(row, "key")));
    }
    if let Some(way) = way(call, on, id, &mut Vec::new()) {
        let key = |id: &u64| flag(call, *id).map_or("", |row| text(row, "key")).to_owned();
        let way = std::iter::once(&id).chain(&way).map(key).collect::<Vec<_>>().join(" → ");
        return refuse(format!("Circular dependency detected: {way}"));
    }
    if !flagged(row, "active") {
        return refuse(format!(
            "Cannot create dependency on disabled flag '{}' (ID: {on}). Flag dependencies must reference active flags \
             only.",
            text(row, "key")
        ));
    }
    let value = property.get("value").unwrap_or(&Value::Null);
    // Whether a variant is there is not looked at.
    if value.is_boolean() || value.is_string() {
        return Ok(());
    }
    let detail = format!("Flag dependency value {value} must be true, false or a variant of '{}'", text(row, "key"));
    Err(Fault::validation("invalid_value", detail).at("filters"))
}

/// How `from` depends on `to`, however far away: the flags between, both of them included.
fn way(call: &PosthogCall, from: u64, to: u64, seen: &mut Vec<u64>) -> Option<Vec<u64>> {
    if from == to {
        return Some(vec![to]);
    }
    if seen.contains(&from) {
        return None;
    }
    seen.push(from);
    let next = flags(flag(call, from)?).into_iter().filter_map(|id| u64::try_from(id).ok());
    let mut rest = next.collect::<Vec<_>>().into_iter().find_map(|id| way(call, id, to, seen))?;
    rest.insert(0, from);
    Some(rest)
}

/// Refuses to delete a flag that something needs.
pub(crate) fn may_delete(call: &PosthogCall, row: &Map<String, Value>) -> Result<(), Fault> {
    if !items(row, "_features").is_empty() {
        return Err(Fault::invalid(
            "Cannot delete a feature flag that is in use with early access features. \
             Please delete the early access feature before deleting the flag.",
        ));
    }
    if let Some(names) = running(call, row) {
        return Err(Fault::invalid(format!(
            "Cannot delete a feature flag that is linked to running experiment(s): {names}. \
             Please stop the experiment(s) before deleting the flag."
        )));
    }
    if project_settings::rows::linked_flag(call) == Some(id_of(row)) {
        return Err(Fault::invalid(
            "This feature flag is used in session replay settings. Please remove it from replay settings before deleting.",
        ));
    }
    no_dependents(call, row, "delete")
}

/// Refuses to turn off a flag that enabled flags depend on.
pub(crate) fn may_disable(call: &PosthogCall, row: &Map<String, Value>) -> Result<(), Fault> {
    no_dependents(call, row, "disable")
}

/// Refuses to turn on a flag that depends on flags that are off.
pub(crate) fn may_enable(call: &PosthogCall, filters: Option<&Value>) -> Result<(), Fault> {
    let row = Map::from_iter([("filters".to_owned(), filters.cloned().unwrap_or(Value::Null))]);
    let needed = flags(&row).into_iter().filter_map(|id| flag(call, u64::try_from(id).ok()?));
    let off: Vec<String> = needed
        .filter(|row| !flagged(row, "active") && !flagged(row, "deleted"))
        .map(|row| format!("{} (ID: {})", text(row, "key"), id_of(row)))
        .collect();
    if off.is_empty() {
        return Ok(());
    }
    Err(Fault::invalid(format!(
        "Cannot enable this feature flag because it depends on disabled flags: {}. \
         Please enable the dependency flags first.",
        off.join(", ")
    )))
}

fn no_dependents(call: &PosthogCall, row: &Map<String, Value>, verb: &str) -> Result<(), Fault> {
    let dependents: Vec<_> = users(call, "flags", id_of(row)).into_iter().filter(|d| flagged(d, "active")).collect();
    if dependents.is_empty() {
        return Ok(());
    }
    // The message names five at most.
    let mut names: Vec<String> =
        dependents.iter().take(5).map(|d| format!("{} (ID: {})", text(d, "key"), id_of(d))).collect();
    if dependents.len() > 5 {
        names.push(format!("and {} more", dependents.len() - 5));
    }
    let names = names.join(", ");
    Err(Fault::invalid(format!(
        "Cannot {verb} this feature flag because other flags depend on it: {names}. \
         Please update or disable the dependent flags first."
    )))
}

/// Refuses filters that take a variant away from a running experiment.
pub(crate) fn keeps_running_variants(
    call: &PosthogCall,
    old: &Map<String, Value>,
    filters: &Value,
) -> Result<(), Fault> {
    let Some(names) = running(call, old) else { return Ok(()) };
    let kept = variant_keys(filters);
    let gone: Vec<String> = variant_keys(old.get("filters").unwrap_or(&json!(null)))
        .into_iter()
        .filter(|key| !kept.contains(key))
        .map(|key| format!("'{key}'"))
        .collect();
    if gone.is_empty() {
        return Ok(());
    }
    Err(Fault::invalid(format!(
        "Cannot remove variant(s) {} from a feature flag that is linked to running experiment(s): {names}. \
         Please stop the experiment(s) before removing variants.",
        gone.join(", ")
    )))
}
