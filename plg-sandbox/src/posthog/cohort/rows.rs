//! How cohorts are stored, found and calculated.

use super::criteria;
use super::criteria::Tree;
use crate::posthog::call::PosthogCall;
use crate::posthog::json::{flagged, shown, text};
use serde_json::{Map, Value, json};

/// The table of cohorts, by id.
pub(crate) const COHORTS: &str = "posthog.cohorts";

pub(crate) fn show(row: &Map<String, Value>) -> Value {
    Value::Object(shown(row))
}

pub(crate) fn create(call: &mut PosthogCall, fields: Map<String, Value>, tree: Option<&Tree>) -> u64 {
    let id = call.next_id(COHORTS);
    let is_static = flagged(&fields, "is_static");
    let row = json!({
        "id": id,
        "name": null,
        "description": "",
        "groups": [],
        "deleted": false,
        "filters": { "properties": {} },
        "query": null,
        "version": null,
        "pending_version": null,
        "is_calculating": false,
        "created_by": call.user(),
        "created_at": call.now(),
        "last_calculation": null,
        "last_backfill_person_properties_at": null,
        "errors_calculating": 0,
        "last_error_message": null,
        "count": if is_static { json!(0) } else { Value::Null },
        "is_static": false,
        "cohort_type": null,
        "experiment_set": [],
    });
    let Value::Object(mut row) = row else { return id };
    row.extend(fields);
    if row.get("filters").is_some_and(Value::is_null) {
        row.insert("filters".into(), json!({ "properties": {} }));
    }
    row.insert("cohort_type".into(), json!(tree.filter(|_| !is_static).and_then(Tree::realtime)));
    if !is_static {
        recalculate(&mut row);
    }
    note(call, &id.to_string(), tree);
    call.put(COHORTS, &id.to_string(), row);
    id
}

/// A static cohort without anyone in it.
pub(crate) fn create_static(call: &mut PosthogCall, name: &str) -> Value {
    let fields = json!({ "name": name, "is_static": true });
    let id = create(call, fields.as_object().cloned().unwrap_or_default(), None);
    call.find(COHORTS, &id.to_string()).map_or(Value::Null, show)
}

/// Hands the cohort to the calculation.
pub(crate) fn recalculate(row: &mut Map<String, Value>) {
    let last = row.get("pending_version").and_then(Value::as_u64).unwrap_or(0);
    row.insert("pending_version".into(), json!(last + 1));
    row.insert("is_calculating".into(), json!(true));
}

/// Finishes a calculation that a write has started; it is done by the time someone looks.
pub(crate) fn settle(call: &mut PosthogCall, id: &str) {
    let Some(mut row) = call.find(COHORTS, id).filter(|row| flagged(row, "is_calculating")).cloned() else { return };
    row.insert("is_calculating".into(), json!(false));
    match row.get("filters").and_then(|f| criteria::read(f).ok()).and_then(|tree| tree.fault()) {
        Some(message) => {
            let errors = row.get("errors_calculating").and_then(Value::as_u64).unwrap_or(0) + 1;
            row.insert("errors_calculating".into(), json!(errors));
            row.insert("last_error_message".into(), json!(message));
        }
        None => {
            row.insert("version".into(), row.get("pending_version").cloned().unwrap_or(Value::Null));
            row.insert("count".into(), json!(0));
            row.insert("last_calculation".into(), json!(call.now()));
            row.insert("errors_calculating".into(), json!(0));
            row.insert("last_error_message".into(), Value::Null);
        }
    }
    call.put(COHORTS, id, row);
}

/// A cohort that is not deleted.
pub(crate) fn find<'c>(call: &'c PosthogCall, id: i64) -> Option<&'c Map<String, Value>> {
    call.find(COHORTS, &id.to_string()).filter(|row| !flagged(row, "deleted"))
}

pub(crate) fn tree(row: &Map<String, Value>) -> Option<Tree> {
    criteria::read(row.get("filters")?).ok()
}

/// The name of a cohort based on events: this one, or one it is built from. Static ones are exempt.
pub(crate) fn behavioral(call: &PosthogCall, id: i64) -> Option<String> {
    fn walk(call: &PosthogCall, id: i64, seen: &mut Vec<i64>) -> Option<String> {
        if seen.contains(&id) {
            return None;
        }
        seen.push(id);
        let row = find(call, id).filter(|row| !flagged(row, "is_static"))?;
        let tree = tree(row)?;
        if tree.is_behavioral() {
            return Some(text(row, "name").to_owned());
        }
        tree.cohorts().into_iter().find_map(|inner| walk(call, inner, seen))
    }
    walk(call, id, &mut Vec::new())
}

/// The cohorts among the conditions of a cohort, by its id; cohorts without any have no row.
const INNER: &str = "posthog.cohort_uses";

/// Notes which cohorts a cohort's conditions name.
pub(crate) fn note(call: &mut PosthogCall, id: &str, tree: Option<&Tree>) {
    match tree.map(Tree::cohorts).filter(|inner| !inner.is_empty()) {
        Some(inner) => call.store.put(INNER, id, json!(inner)),
        None => {
            call.store.remove(INNER, id);
        }
    }
}

/// Cohorts, not deleted, that have this one as a condition.
pub(crate) fn outer<'c>(call: &'c PosthogCall, id: i64) -> Vec<&'c Map<String, Value>> {
    let wanted = json!(id);
    call.store
        .rows(INNER)
        .filter(|(_, inner)| inner.as_array().is_some_and(|ids| ids.contains(&wanted)))
        .filter_map(|(key, _)| call.find(COHORTS, key))
        .filter(|row| !flagged(row, "deleted") && !flagged(row, "is_static"))
        .collect()
}
