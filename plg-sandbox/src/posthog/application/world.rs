//! The project's flags and cohorts, in the form that libraries evaluate.

use super::people;
use crate::posthog::call::PosthogCall;
use crate::posthog::cohort::rows::COHORTS;
use crate::posthog::feature_flag::rows::FLAGS;
use crate::posthog::json::{flagged, text};
use plg_flags::FlagDefinitions;
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// FlagDefinitions that a test put in the place of the project's own.
const LOADED: &str = "posthog.loaded_definitions";

/// Evaluates these from now on, in the place of the project's own; none is the project's own again.
pub(super) fn load(call: &mut PosthogCall, definitions: Option<Value>) {
    let key = call.project.to_string();
    match definitions {
        Some(Value::Object(definitions)) => call.put(LOADED, &key, definitions),
        _ => drop(call.store.remove(LOADED, &key)),
    }
}

fn loaded<'c>(call: &'c PosthogCall) -> Option<&'c Map<String, Value>> {
    call.find(LOADED, &call.project.to_string())
}

/// What `/flags` decides with.
pub(super) fn all(call: &PosthogCall) -> FlagDefinitions {
    if let Some(loaded) = loaded(call) {
        return FlagDefinitions::read(&Value::Object(loaded.clone())).unwrap_or_default();
    }
    let flags: Vec<Value> = rows(call).map(stored).collect();
    let body = json!({
        "flags": flags,
        "group_type_mapping": mapping(call),
        "cohorts": cohorts(call).filter(|(_, row)| !flagged(row, "is_static")).map(|(id, row)| {
            (id, row.get("filters").and_then(|filters| filters.get("properties")).cloned().unwrap_or(json!({})))
        }).collect::<Map<String, Value>>(),
    });
    let mut world = FlagDefinitions::read(&body).unwrap_or_default();
    for (id, _) in cohorts(call).filter(|(_, row)| flagged(row, "is_static")) {
        world = world.with_static_cohort(id);
    }
    world
}

/// A flag as it is stored, with whether an experiment runs on it.
fn stored(row: &Map<String, Value>) -> Value {
    let mut flag = row.clone();
    flag.insert("has_experiment".to_owned(), json!(has_experiment(row)));
    Value::Object(flag)
}

fn has_experiment(row: &Map<String, Value>) -> bool {
    row.get("_experiments").and_then(Value::as_array).is_some_and(|all| !all.is_empty())
}

fn rows<'c>(call: &'c PosthogCall) -> impl Iterator<Item = &'c Map<String, Value>> {
    call.rows(FLAGS).map(|(_, row)| row).filter(|row| !flagged(row, "deleted"))
}

fn cohorts<'c>(call: &'c PosthogCall) -> impl Iterator<Item = (String, &'c Map<String, Value>)> {
    call.rows(COHORTS).filter(|(_, row)| !flagged(row, "deleted")).map(|(id, row)| (id.to_owned(), row))
}

fn mapping(call: &PosthogCall) -> Map<String, Value> {
    people::group_types(call).into_iter().map(|(index, name)| (index.to_string(), json!(name))).collect()
}

/// What `GET /flags/definitions` answers.
pub(super) fn shown(call: &PosthogCall) -> Value {
    if let Some(loaded) = loaded(call) {
        return Value::Object(crate::posthog::json::shown(loaded));
    }
    let keys: BTreeMap<String, &str> =
        rows(call).map(|row| (row.get("id").map(Value::to_string).unwrap_or_default(), text(row, "key"))).collect();
    let world = all(call);
    // Flags of surveys, and secrets, are decided by the service alone.
    let listed = rows(call).filter(|row| !flagged(row, "_internal") && !flagged(row, "has_encrypted_payloads"));
    let mut flags: Vec<Value> = listed.map(|row| flag(row, &keys, &world)).collect();
    flags.sort_by(|a, b| a["key"].as_str().cmp(&b["key"].as_str()));
    let mut used: BTreeSet<String> = BTreeSet::new();
    let mut open: Vec<String> = flags.iter().flat_map(|flag| named_cohorts(&flag["filters"])).collect();
    let mut groups = Map::new();
    while let Some(id) = open.pop() {
        let Some((_, row)) = cohorts(call).find(|(own, row)| *own == id && !flagged(row, "is_static")) else {
            continue;
        };
        if used.insert(id.clone()) {
            let group = row.get("filters").and_then(|filters| filters.get("properties")).cloned().unwrap_or(json!({}));
            open.extend(named_cohorts(&group));
            groups.insert(id, group);
        }
    }
    json!({ "flags": flags, "group_type_mapping": mapping(call), "cohorts": groups })
}

/// The cohorts that conditions name, wherever in them.
fn named_cohorts(conditions: &Value) -> Vec<String> {
    match conditions {
        Value::Object(object) => {
            if object.get("type").and_then(Value::as_str) == Some("cohort") {
                let id = object.get("value").map(|id| id.as_str().map_or_else(|| id.to_string(), str::to_owned));
                return id.into_iter().collect();
            }
            object.values().flat_map(named_cohorts).collect()
        }
        Value::Array(all) => all.iter().flat_map(named_cohorts).collect(),
        _ => Vec::new(),
    }
}

fn flag(row: &Map<String, Value>, keys: &BTreeMap<String, &str>, world: &FlagDefinitions) -> Value {
    let has = |name: &str| row.get(name).cloned().unwrap_or(Value::Null);
    let mut filters = has("filters");
    for set in filters.get_mut("groups").and_then(Value::as_array_mut).into_iter().flatten() {
        for condition in set.get_mut("properties").and_then(Value::as_array_mut).into_iter().flatten() {
            if condition.get("type").and_then(Value::as_str) == Some("flag") {
                by_key(condition, text(row, "key"), keys, world);
            }
        }
    }
    json!({
        "id": has("id"),
        "team_id": has("_project"),
        "name": has("name"),
        "key": has("key"),
        "filters": filters,
        "deleted": false,
        "active": has("active"),
        "ensure_experience_continuity": has("ensure_experience_continuity"),
        "has_encrypted_payloads": has("has_encrypted_payloads"),
        "version": has("version"),
        "evaluation_runtime": has("evaluation_runtime"),
        "bucketing_identifier": has("bucketing_identifier"),
        "evaluation_contexts": has("evaluation_contexts"),
        "has_experiment": has_experiment(row),
    })
}

/// A condition on another flag, by its key, with the order in which libraries evaluate.
fn by_key(condition: &mut Value, of: &str, keys: &BTreeMap<String, &str>, world: &FlagDefinitions) {
    let id =
        condition.get("key").map(|id| id.as_str().map_or_else(|| id.to_string(), str::to_owned)).unwrap_or_default();
    let Some(key) = keys.get(&id).copied() else {
        condition["dependency_chain"] = json!([]);
        return;
    };
    let mut chain: Vec<&str> = Vec::new();
    order(key, world, &mut chain, &mut BTreeSet::new());
    let is_circle = world.needed_by(key).contains(of) || world.needed_by(key).contains(key);
    condition["key"] = json!(key);
    condition["dependency_chain"] = if is_circle { json!([]) } else { json!(chain) };
}

/// Those that a flag needs before it, and then the flag.
fn order<'w>(key: &'w str, world: &'w FlagDefinitions, chain: &mut Vec<&'w str>, seen: &mut BTreeSet<&'w str>) {
    if !seen.insert(key) {
        return;
    }
    for needed in world.needs(key) {
        order(needed, world, chain, seen);
    }
    chain.push(key);
}
