//! Property filters inside queries and dashboards: what each type must have, and which comparisons there are.

use serde_json::{Map, Value};

/// Every comparison that a query takes.
const OPERATORS: &[&str] = &[
    "exact",
    "is_not",
    "icontains",
    "not_icontains",
    "regex",
    "not_regex",
    "gt",
    "gte",
    "lt",
    "lte",
    "is_set",
    "is_not_set",
    "is_date_exact",
    "is_date_before",
    "is_date_after",
    "between",
    "not_between",
    "min",
    "max",
    "in",
    "not_in",
    "is_cleaned_path_exact",
    "flag_evaluates_to",
    "semver_eq",
    "semver_neq",
    "semver_gt",
    "semver_gte",
    "semver_lt",
    "semver_lte",
    "semver_tilde",
    "semver_caret",
    "semver_wildcard",
    "icontains_multi",
    "not_icontains_multi",
];

/// Types that must say how they compare.
const COMPARED: &[&str] = &[
    "person",
    "session",
    "event_metadata",
    "feature",
    "recording",
    "log_entry",
    "data_warehouse",
    "data_warehouse_person_property",
    "revenue_analytics",
    "error_tracking_issue",
    "workflow_variable",
    "log",
    "log_attribute",
    "log_resource_attribute",
    "span",
    "span_attribute",
    "span_resource_attribute",
    "element",
    "group",
    "person_metadata",
];

/// What can be asked of an element.
const OF_ELEMENTS: &[&str] = &["tag_name", "text", "href", "selector"];

/// Members of a filter, beside those of its type.
const COMMON: &[&str] = &["type", "key", "value", "operator", "label"];

/// Checks what stands under `properties`: a list, or groups of lists where they are allowed.
pub(crate) fn check(value: &Value, groups: bool, at: &str) -> Result<(), String> {
    match value {
        Value::Array(list) => list.iter().enumerate().try_for_each(|(i, one)| filter(one, &format!("{at}.{i}"))),
        Value::Object(group) if groups => check_group(group, at),
        _ => Err(format!("{at}: Input should be a valid list")),
    }
}

fn check_group(group: &Map<String, Value>, at: &str) -> Result<(), String> {
    let joined = group.get("type").and_then(Value::as_str);
    let values = group.get("values").and_then(Value::as_array);
    let (Some("AND" | "OR"), Some(values)) = (joined, values) else {
        return Err(format!("{at}: a group has type AND or OR, and values"));
    };
    if let Some(extra) = group.keys().find(|key| !matches!(key.as_str(), "type" | "values")) {
        return Err(format!("{at}.{extra}: Extra inputs are not permitted"));
    }
    values.iter().enumerate().try_for_each(|(i, value)| {
        let at = format!("{at}.values.{i}");
        match value.as_object().filter(|inner| inner.contains_key("values")) {
            Some(inner) => check_group(inner, &at),
            None => filter(value, &at),
        }
    })
}

/// Checks one filter.
fn filter(value: &Value, at: &str) -> Result<(), String> {
    let Some(filter) = value.as_object() else { return Err(format!("{at}: Input should be a valid dictionary")) };
    let there = |key: &str| filter.get(key).filter(|value| !value.is_null());
    let kind = match there("type") {
        // What has nothing at all is a filter of nothing.
        None if filter.is_empty() => return Ok(()),
        None => "event",
        Some(kind) => kind.as_str().unwrap_or_default(),
    };
    let own: &[&str] = match kind {
        "event" | "hogql" => &[],
        "group" => &["group_type_index", "group_key_names"],
        "cohort" => &["cohort_name"],
        "flag" => &[],
        "empty" => return Ok(()),
        kind if COMPARED.contains(&kind) => &[],
        other => return Err(format!("{at}.type: Input tag '{other}' does not match any of the expected tags")),
    };
    if let Some(extra) = filter.keys().find(|key| !COMMON.contains(&key.as_str()) && !own.contains(&key.as_str())) {
        return Err(format!("{at}.{kind}.{extra}: Extra inputs are not permitted"));
    }
    let key = there("key").and_then(Value::as_str);
    if key.is_none() && kind != "cohort" {
        return Err(format!("{at}.{kind}.key: Field required"));
    }
    match there("operator") {
        None if COMPARED.contains(&kind) => return Err(format!("{at}.{kind}.operator: Field required")),
        Some(operator) if !operator.as_str().is_some_and(|word| OPERATORS.contains(&word)) => {
            return Err(format!("{at}.{kind}.operator: Input should be one of {}", OPERATORS.join(", ")));
        }
        _ => {}
    }
    let index = there("group_type_index");
    let value = there("value");
    match kind {
        "element" if !key.is_some_and(|key| OF_ELEMENTS.contains(&key)) => {
            Err(format!("{at}.element.key: Input should be one of {}", OF_ELEMENTS.join(", ")))
        }
        "cohort" if !value.is_some_and(|value| value.is_i64() || value.is_u64()) => {
            Err(format!("{at}.cohort.value: Input should be a valid integer"))
        }
        "flag" if !value.is_some_and(|value| value.is_boolean() || value.is_string()) => {
            Err(format!("{at}.flag.value: Input should be a valid boolean or string"))
        }
        _ if index.is_some_and(|index| !index.is_i64() && !index.is_u64()) => {
            Err(format!("{at}.group.group_type_index: Input should be a valid integer"))
        }
        _ if !value.is_none_or(is_value) => {
            Err(format!("{at}.{kind}.value: Input should be a value or a list of them"))
        }
        _ => Ok(()),
    }
}

/// A text, number or boolean, or a list of them.
fn is_value(value: &Value) -> bool {
    match value {
        Value::Array(list) => list.iter().all(|one| !one.is_array() && !one.is_object() && !one.is_null()),
        Value::Object(_) => false,
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn filters_are_told_apart_by_their_type() {
        let refused = |filter: Value| check(&json!([filter]), true, "q").err().unwrap_or_default();
        assert_eq!(refused(json!({"type": "event", "key": "plan", "value": ["pro", 1]})), "");
        assert_eq!(refused(json!({"key": "plan", "value": "pro"})), "", "of an event where it says nothing");
        assert_eq!(refused(json!({"type": "cohort", "key": "id", "value": 4, "operator": "not_in"})), "");
        assert_eq!(refused(json!({"type": "hogql", "key": "1 = 1"})), "");
        assert!(refused(json!({"type": "person", "key": "plan", "value": "pro"})).contains("operator: Field required"));
        assert!(
            refused(json!({"type": "element", "key": "id", "value": "x", "operator": "exact"})).contains("element")
        );
        assert!(refused(json!({"type": "event", "key": "a", "value": {}})).contains("value"));
        assert!(refused(json!({"type": "event", "key": "a", "group_type_index": 0})).contains("Extra"));
        assert!(refused(json!({"type": "cohort", "key": "id", "value": "4"})).contains("integer"));
        let group = json!({"type": "AND", "values": [{"type": "OR", "values": [{"type": "person", "key": "a"}]}]});
        assert!(check(&group, true, "q").unwrap_err().starts_with("q.values.0.values.0.person.operator"));
        assert!(check(&group, false, "q").is_err());
    }
}
