//! A flag's `filters`: how a PATCH merges into them, and what the server makes of them.

use crate::posthog::json::whole;
use crate::posthog::python::python_json;
use serde_json::{Map, Value, json};

/// The type of group that a flag, or one set of conditions, is about.
const INDEX: &str = "aggregation_group_type_index";

/// Keys that older versions wrote; any save drops them.
const LEGACY: [&str; 2] = ["super_groups", "holdout_groups"];

/// What is sent, merged key by key into what is stored.
pub(crate) fn merge(stored: &Map<String, Value>, sent: &Map<String, Value>) -> Map<String, Value> {
    let mut merged = stored.clone();
    for (key, value) in sent {
        merged.insert(key.clone(), value.clone());
    }
    merged
}

/// Brings filters into the form in which they are stored.
pub(crate) fn normalise(filters: &mut Map<String, Value>) {
    for key in LEGACY {
        filters.remove(key);
    }
    let aggregation = filters.get(INDEX).cloned().unwrap_or(Value::Null);
    let mut all = Vec::new();
    for group in objects(filters, "groups") {
        // Null is a set about people; a set that says nothing is what the flag is about.
        all.push(group.entry(INDEX).or_insert_with(|| aggregation.clone()).clone());
        for property in objects(group, "properties") {
            if let Some(key @ Value::Number(_)) = property.get_mut("key") {
                *key = json!(key.to_string());
            }
            if let Some(Value::String(operator)) = property.get_mut("operator") {
                match operator.as_str() {
                    "min" => "gte".clone_into(operator),
                    "max" => "lte".clone_into(operator),
                    _ => {}
                }
            }
        }
    }
    // What all sets have in common is what the flag is about.
    let common = match all.split_first() {
        None => aggregation,
        Some((first, rest)) if rest.iter().all(|other| other == first) => first.clone(),
        Some(_) => Value::Null,
    };
    filters.insert(INDEX.into(), common);
    if let Some(Value::Object(payloads)) = filters.get_mut("payloads") {
        for payload in payloads.values_mut().filter(|p| !p.is_string()) {
            *payload = json!(python_json(payload));
        }
    }
}

/// A remote configuration reaches everyone unless told otherwise.
pub(crate) fn default_remote(filters: &mut Map<String, Value>) {
    let empty = filters.get("groups").and_then(Value::as_array).is_none_or(Vec::is_empty);
    if empty {
        filters.insert("groups".into(), json!([{ "properties": [], "rollout_percentage": 100, "variant": null }]));
    }
    for group in objects(filters, "groups") {
        let rollout = group.get("rollout_percentage").and_then(Value::as_f64).unwrap_or(0.0);
        if rollout == 0.0 {
            group.insert("rollout_percentage".into(), json!(100));
        }
    }
}

/// The objects in a list of objects.
pub(crate) fn objects<'f>(
    of: &'f mut Map<String, Value>,
    key: &str,
) -> impl Iterator<Item = &'f mut Map<String, Value>> {
    of.get_mut(key).and_then(Value::as_array_mut).into_iter().flatten().filter_map(Value::as_object_mut)
}

/// All properties of all condition sets, with the index of their set.
pub(crate) fn properties(filters: &Map<String, Value>) -> impl Iterator<Item = (usize, usize, &Map<String, Value>)> {
    items(filters, "groups").iter().enumerate().flat_map(|(g, group)| {
        let properties = group.get("properties").and_then(Value::as_array).map_or(&[] as &[Value], Vec::as_slice);
        properties.iter().enumerate().filter_map(move |(p, property)| Some((g, p, property.as_object()?)))
    })
}

/// A list in an object; empty if it is not there.
pub(crate) fn items<'f>(of: &'f Map<String, Value>, key: &str) -> &'f [Value] {
    of.get(key).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// The variants; none for a flag that is only on or off.
pub(crate) fn variants(filters: &Value) -> &[Value] {
    filters.pointer("/multivariate/variants").and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// The keys of the variants.
pub(crate) fn variant_keys(filters: &Value) -> Vec<&str> {
    variants(filters).iter().filter_map(|v| v.get("key")?.as_str()).collect()
}

/// The ids of flags that a flag's row depends on.
pub(crate) fn flags(row: &Map<String, Value>) -> Vec<i64> {
    used(row, "flag", "key")
}

/// The ids of cohorts in a flag's row.
pub(crate) fn cohorts(row: &Map<String, Value>) -> Vec<i64> {
    used(row, "cohort", "value")
}

fn used(row: &Map<String, Value>, kind: &str, field: &str) -> Vec<i64> {
    let Some(filters) = row.get("filters").and_then(Value::as_object) else { return Vec::new() };
    properties(filters)
        .filter(|(_, _, p)| p.get("type").and_then(Value::as_str) == Some(kind))
        .filter_map(|(_, _, p)| whole(p.get(field)?))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn payloads_are_dumped_as_python_does() {
        let value = json!({ "a": [1, true, null], "b": "é😀\"" });
        assert_eq!(python_json(&value), r#"{"a": [1, true, null], "b": "\u00e9\ud83d\ude00\""}"#);
    }

    #[test]
    fn filters_gain_what_the_server_fills_in() {
        let mut filters = json!({
            "groups": [{ "properties": [{ "key": 7, "operator": "min", "value": "1" }] }],
            "super_groups": [],
        });
        normalise(filters.as_object_mut().unwrap());
        let group = json!({
            "properties": [{ "key": "7", "operator": "gte", "value": "1" }],
            "aggregation_group_type_index": null,
        });
        assert_eq!(filters, json!({ "groups": [group], "aggregation_group_type_index": null }));
    }
}
