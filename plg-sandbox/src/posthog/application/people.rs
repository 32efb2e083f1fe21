//! Persons and groups, as events make and change them, and the last events.

use crate::posthog::call::PosthogCall;
use crate::posthog::json::{flagged, text};
use crate::posthog::person::PERSONS;
use crate::store::Store;
use serde_json::{Map, Value, json};

/// `project:distinct id` to a person's id.
const IDS: &str = "posthog.person_ids";
/// `project:index:key` to what is known of a group.
const GROUPS: &str = "posthog.groups";
/// `project:index` to the name of a type of groups.
const TYPES: &str = "posthog.group_types";
/// The last events, by id.
pub(crate) const EVENTS: &str = "posthog.events";
/// How many events are kept: the oldest go first.
const EVENTS_KEPT: usize = 10_000;
/// How long an id may be, in characters.
const ID: usize = 200;
/// How many types of groups a project can have.
const MOST_TYPES: u64 = 5;

/// What an event says of people.
#[derive(Debug)]
pub(super) struct PersonChange<'a> {
    pub(super) event: &'a str,
    pub(super) who: &'a str,
    pub(super) properties: &'a Map<String, Value>,
    pub(super) set: &'a Map<String, Value>,
    pub(super) set_once: &'a Map<String, Value>,
}

/// Does to persons and groups what an event says, in the order in which events come in; gives the person's id.
pub(super) fn apply(call: &mut PosthogCall, change: &PersonChange<'_>) -> Option<String> {
    groups(call, change);
    if matches!(change.event, "$exception" | "$$heatmap") {
        return person_of(call, change.who);
    }
    if change.properties.get("$process_person_profile") == Some(&Value::Bool(false)) {
        return None;
    }
    merge(call, change);
    let id = person_of(call, change.who).unwrap_or_else(|| create(call, change.who));
    let mut row = call.find(PERSONS, &id).cloned()?;
    if let Some(Value::Object(has)) = row.get_mut("properties") {
        for (name, value) in change.set_once {
            has.entry(name.clone()).or_insert_with(|| value.clone());
        }
        has.extend(change.set.clone());
        match change.properties.get("$unset") {
            Some(Value::Array(names)) => names.iter().filter_map(Value::as_str).for_each(|name| drop(has.remove(name))),
            Some(Value::Object(names)) => names.keys().for_each(|name| drop(has.remove(name))),
            _ => {}
        }
    }
    if change.event == "$identify" {
        row.insert("_identified".into(), json!(true));
    }
    call.put(PERSONS, &id, row);
    Some(id)
}

/// An id as a text: whatever is no text is its JSON.
pub(super) fn id(value: &Value) -> Option<String> {
    let text = match value {
        Value::Null => return None,
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let text: String = text.chars().take(ID).collect();
    (!text.trim().is_empty()).then_some(text)
}

fn place(call: &PosthogCall, distinct_id: &str) -> String {
    format!("{}:{distinct_id}", call.project)
}

/// The id of the person who has a distinct id.
pub(crate) fn person_of(call: &PosthogCall, distinct_id: &str) -> Option<String> {
    call.store.get(IDS, &place(call, distinct_id))?.as_str().map(str::to_owned)
}

/// What is known of the person who has a distinct id.
pub(super) fn properties_of(call: &PosthogCall, distinct_id: &str) -> Map<String, Value> {
    let row = person_of(call, distinct_id).and_then(|id| call.find(PERSONS, &id));
    row.and_then(|row| row.get("properties")?.as_object()).cloned().unwrap_or_default()
}

fn create(call: &mut PosthogCall, distinct_id: &str) -> String {
    let id = uuid::Uuid::new_v4().to_string();
    let row = json!({
        "id": call.next_id(PERSONS), "uuid": id, "distinct_ids": [distinct_id], "properties": {}, "created_at": call.now(),
    });
    let key = place(call, distinct_id);
    call.store.put(IDS, &key, json!(id));
    call.put(PERSONS, &id, row.as_object().cloned().unwrap_or_default());
    id
}

/// Makes two ids one person.
fn merge(call: &mut PosthogCall, change: &PersonChange<'_>) {
    let named = match change.event {
        "$identify" => "$anon_distinct_id",
        "$create_alias" | "$merge_dangerously" => "alias",
        _ => return,
    };
    let Some(other) = change.properties.get(named).and_then(id) else { return };
    let into = change.who;
    if other == into || !is_legal(&other) || !is_legal(into) {
        return;
    }
    match (person_of(call, into), person_of(call, &other)) {
        (None, None) => {
            let id = create(call, into);
            give(call, &other, &id);
        }
        (Some(id), None) => give(call, &other, &id),
        (None, Some(id)) => give(call, into, &id),
        (Some(keeps), Some(goes)) if keeps != goes => {
            let Some(gone) = call.find(PERSONS, &goes).cloned() else { return };
            if flagged(&gone, "_identified") && change.event != "$merge_dangerously" {
                return;
            }
            for id in gone.get("distinct_ids").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str)
            {
                give(call, id, &keeps);
            }
            let Some(mut row) = call.find(PERSONS, &keeps).cloned() else { return };
            let mut all = gone.get("properties").and_then(Value::as_object).cloned().unwrap_or_default();
            all.extend(row.get("properties").and_then(Value::as_object).cloned().unwrap_or_default());
            row.insert("properties".into(), Value::Object(all));
            call.put(PERSONS, &keeps, row);
            call.store.remove(PERSONS, &goes);
        }
        _ => {}
    }
}

/// Another id of a person.
fn give(call: &mut PosthogCall, distinct_id: &str, person: &str) {
    let key = place(call, distinct_id);
    call.store.put(IDS, &key, json!(person));
    let Some(mut row) = call.find(PERSONS, person).cloned() else { return };
    if let Some(Value::Array(ids)) = row.get_mut("distinct_ids")
        && !ids.iter().any(|id| id == distinct_id)
    {
        ids.push(json!(distinct_id));
    }
    call.put(PERSONS, person, row);
}

/// Whether an id can be that of one person: libraries that were called wrongly send these for everybody.
fn is_legal(id: &str) -> bool {
    const WORDS: [&str; 10] = [
        "anonymous",
        "guest",
        "distinctid",
        "distinct_id",
        "id",
        "not_authenticated",
        "email",
        "undefined",
        "true",
        "false",
    ];
    const EXACTLY: [&str; 6] = ["[object Object]", "NaN", "None", "none", "null", "0"];
    let bare = id.trim().trim_matches(['"', '\'']);
    let lower = bare.to_lowercase();
    !(bare.trim().is_empty() || WORDS.contains(&lower.as_str()) || EXACTLY.contains(&bare))
}

/// Types of groups that an event names, and what it says of one.
fn groups(call: &mut PosthogCall, change: &PersonChange<'_>) {
    if let Some(Value::Object(named)) = change.properties.get("$groups") {
        for kind in named.keys() {
            group_type(call, kind);
        }
    }
    if change.event != "$groupidentify" {
        return;
    }
    let (Some(kind), Some(key)) =
        (change.properties.get("$group_type").and_then(Value::as_str), change.properties.get("$group_key"))
    else {
        return;
    };
    let Some((index, key)) = group_type(call, kind).zip(id(key)) else { return };
    let at = format!("{}:{index}:{key}", call.project);
    let mut row = call.find(GROUPS, &at).cloned().unwrap_or_default();
    let mut has = row.get("group_properties").and_then(Value::as_object).cloned().unwrap_or_default();
    has.extend(change.properties.get("$group_set").and_then(Value::as_object).cloned().unwrap_or_default());
    row.insert("group_type_index".into(), json!(index));
    row.insert("group_key".into(), json!(key));
    row.insert("group_properties".into(), Value::Object(has));
    row.entry("created_at").or_insert_with(|| json!(call.now()));
    call.put(GROUPS, &at, row);
}

/// The index of a type of groups: the next one where it is new, and none where there are five already.
fn group_type(call: &mut PosthogCall, kind: &str) -> Option<u64> {
    if let Some((index, _)) = group_types(call).into_iter().find(|(_, name)| name == kind) {
        return Some(index);
    }
    let index = group_types(call).len() as u64;
    if index >= MOST_TYPES || kind.is_empty() {
        return None;
    }
    let key = format!("{}:{index}", call.project);
    let row = json!({ "group_type": kind, "group_type_index": index });
    call.put(TYPES, &key, row.as_object().cloned().unwrap_or_default());
    Some(index)
}

/// Types of groups by index.
pub(super) fn group_types(call: &PosthogCall) -> Vec<(u64, String)> {
    let all = call.rows(TYPES).filter_map(|(_, row)| {
        Some((row.get("group_type_index").and_then(Value::as_u64)?, text(row, "group_type").to_owned()))
    });
    let mut all: Vec<_> = all.collect();
    all.sort_unstable();
    all
}

/// What is known of a group.
pub(super) fn group(call: &PosthogCall, index: u64, key: &str) -> Map<String, Value> {
    let row = call.find(GROUPS, &format!("{}:{index}:{key}", call.project));
    row.and_then(|row| row.get("group_properties")?.as_object()).cloned().unwrap_or_default()
}

/// Every group, oldest first.
pub(super) fn groups_of(call: &PosthogCall) -> Vec<Map<String, Value>> {
    call.rows(GROUPS).map(|(_, row)| row.clone()).collect()
}

/// Whether an event of this id came in already.
pub(super) fn is_known_event(call: &PosthogCall, uuid: &str) -> bool {
    call.store.get(EVENTS, uuid).is_some()
}

/// Keeps an event, so that it can be listed.
pub(super) fn keep_event(
    call: &mut PosthogCall,
    uuid: &str,
    name: &str,
    who: &str,
    person: Option<&str>,
    properties: Map<String, Value>,
    at: &str,
) {
    let row = json!({
        "id": uuid, "distinct_id": who, "properties": properties, "event": name, "timestamp": at, "_person": person,
    });
    call.put(EVENTS, uuid, row.as_object().cloned().unwrap_or_default());
    trim(call.store);
}

fn trim(store: &mut Store) {
    while store.len(EVENTS) > EVENTS_KEPT {
        let Some(first) = store.rows(EVENTS).next().map(|(key, _)| key.to_owned()) else { return };
        store.remove(EVENTS, &first);
    }
}
