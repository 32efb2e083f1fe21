//! The form of a flag's filters: the types of their parts.

use super::filters::items;
use crate::posthog::fault::Fault;
use crate::posthog::python::python_type;
use serde_json::{Map, Value};

const OPERATORS: [&str; 27] = [
    "exact",
    "is_not",
    "icontains",
    "not_icontains",
    "icontains_multi",
    "not_icontains_multi",
    "regex",
    "not_regex",
    "gt",
    "gte",
    "lt",
    "lte",
    "semver_gt",
    "semver_gte",
    "semver_lt",
    "semver_lte",
    "semver_eq",
    "semver_neq",
    "semver_tilde",
    "semver_caret",
    "semver_wildcard",
    "is_set",
    "is_not_set",
    "is_date_exact",
    "is_date_after",
    "is_date_before",
    "in",
];

const TYPES: [&str; 4] = ["person", "cohort", "group", "flag"];

pub(crate) fn broken(rule: &str, path: &str, message: impl AsRef<str>) -> Fault {
    Fault::validation(rule, format!("{path}: {}", message.as_ref())).at("filters")
}

pub(crate) fn plain(detail: impl Into<String>) -> Fault {
    Fault::invalid_input("filters", detail)
}

/// No version is said of filters that are not of another format.
pub(crate) fn unversioned(filters: &Map<String, Value>) -> Result<(), Fault> {
    if filters.contains_key("version") {
        let detail = "filters.version is reserved. Remove it from the request.";
        return Err(Fault::validation("reserved_config_version", detail).at("filters"));
    }
    Ok(())
}

pub(crate) fn structure(filters: &Map<String, Value>) -> Result<(), Fault> {
    unversioned(filters)?;
    match filters.get("groups") {
        None | Some(Value::Array(_)) => {}
        Some(other) => return Err(wrong("groups", "a list", other)),
    }
    for (g, group) in items(filters, "groups").iter().enumerate() {
        let path = format!("groups[{g}]");
        let Some(group) = group.as_object() else { return Err(wrong(&path, "an object", group)) };
        percentage(
            group.get("rollout_percentage"),
            "groups[].rollout_percentage",
            &format!("{path}.rollout_percentage"),
        )?;
        match group.get("variant") {
            None | Some(Value::Null | Value::String(_)) => {}
            Some(other) => return Err(wrong(&format!("{path}.variant"), "a string or null", other)),
        }
        index(group, &format!("{path}."))?;
        match group.get("properties") {
            None | Some(Value::Null | Value::Array(_)) => {}
            Some(other) => return Err(wrong(&format!("{path}.properties"), "a list", other)),
        }
        for (p, property) in items(group, "properties").iter().enumerate() {
            let path = format!("{path}.properties[{p}]");
            let Some(property) = property.as_object() else { return Err(wrong(&path, "an object", property)) };
            property_shape(property, &path)?;
        }
    }
    index(filters, "")?;
    multivariate(filters)?;
    match filters.get("payloads") {
        None | Some(Value::Null | Value::Object(_)) => {}
        Some(other) => return Err(wrong("payloads", "an object", other)),
    }
    if let Some(holdout) = filters.get("holdout").and_then(Value::as_object) {
        let path = "holdout.exclusion_percentage";
        percentage(holdout.get("exclusion_percentage"), path, path)?;
    }
    for switch in ["early_exit", "feature_enrollment"] {
        match filters.get(switch) {
            None | Some(Value::Null | Value::Bool(false)) => {}
            Some(Value::Bool(true)) if switch == "early_exit" => {
                return Err(plain("early_exit is not available for this organization."));
            }
            Some(Value::Bool(true)) => {}
            Some(other) => {
                let detail = format!("{switch} must be a boolean or null, got {}", python_type(other));
                return Err(plain(detail));
            }
        }
    }
    Ok(())
}

fn wrong(path: &str, expected: &str, got: &Value) -> Fault {
    plain(format!("{path} must be {expected}, got {}", python_type(got)))
}

fn percentage(value: Option<&Value>, rule: &str, path: &str) -> Result<(), Fault> {
    let value = match value {
        None | Some(Value::Null) => return Ok(()),
        Some(value) => value,
    };
    let Some(number) = value.as_f64() else { return Err(wrong(path, "a number or null", value)) };
    let bound = if number > 100.0 {
        "max_value"
    } else if number < 0.0 {
        "min_value"
    } else {
        return Ok(());
    };
    let detail = format!("{path} must be between 0 and 100, got {value}");
    Err(Fault::validation(&format!("structural.{rule}.{bound}"), detail).at("filters"))
}

pub(crate) fn index(of: &Map<String, Value>, prefix: &str) -> Result<(), Fault> {
    match of.get("aggregation_group_type_index") {
        None | Some(Value::Null) => Ok(()),
        Some(Value::Number(n)) if n.as_i64().is_some_and(|n| i32::try_from(n).is_ok()) => Ok(()),
        Some(other) => Err(wrong(&format!("{prefix}aggregation_group_type_index"), "an integer or null", other)),
    }
}

fn property_shape(property: &Map<String, Value>, path: &str) -> Result<(), Fault> {
    match property.get("key") {
        Some(Value::String(_) | Value::Number(_)) => {}
        Some(other) => return Err(wrong(&format!("{path}.key"), "a string", other)),
        None => return Err(broken("structural.groups[].properties[].key.required", path, "key is required.")),
    }
    match property.get("type") {
        None | Some(Value::Null) => {}
        Some(Value::String(kind)) if TYPES.contains(&kind.as_str()) => {}
        Some(other) => {
            let rule = "structural.groups[].properties[].type.invalid_choice";
            return Err(broken(rule, &format!("{path}.type"), format!("{other} is not a valid property type.")));
        }
    }
    match property.get("operator") {
        None | Some(Value::Null) => Ok(()),
        Some(Value::String(op)) if OPERATORS.contains(&op.as_str()) || op == "not_in" || op == "flag_evaluates_to" => {
            Ok(())
        }
        Some(other) => {
            let detail = format!("{path}.operator: {other} is not a valid operator.");
            Err(Fault::validation("invalid_operator", detail).at("filters"))
        }
    }
}

fn multivariate(filters: &Map<String, Value>) -> Result<(), Fault> {
    let multivariate = match filters.get("multivariate") {
        None | Some(Value::Null) => return Ok(()),
        Some(Value::Object(multivariate)) => multivariate,
        Some(other) => return Err(wrong("multivariate", "an object or null", other)),
    };
    match multivariate.get("variants") {
        None | Some(Value::Array(_)) => {}
        Some(other) => return Err(wrong("multivariate.variants", "a list", other)),
    }
    for (v, variant) in items(multivariate, "variants").iter().enumerate() {
        let path = format!("multivariate.variants[{v}]");
        let rule = "structural.multivariate.variants[]";
        let Some(variant) = variant.as_object() else { return Err(wrong(&path, "an object", variant)) };
        let key = variant.get("key").and_then(Value::as_str).unwrap_or("");
        let spelled = key.bytes().all(|b| b.is_ascii_alphanumeric() || b"_./-".contains(&b));
        if key.is_empty() {
            return Err(broken(&format!("{rule}.key.required"), &format!("{path}.key"), "A variant needs a key."));
        }
        if !spelled || key.len() > 400 {
            let message = "Only letters, numbers, hyphens, underscores, dots and slashes are allowed, at most 400.";
            return Err(broken(&format!("{rule}.key.invalid"), &format!("{path}.key"), message));
        }
        let rollout = variant.get("rollout_percentage").filter(|r| !r.is_null());
        if rollout.is_none() {
            let path = format!("{path}.rollout_percentage");
            return Err(broken(&format!("{rule}.rollout_percentage.required"), &path, "This field is required."));
        }
        percentage(rollout, "multivariate.variants[].rollout_percentage", &format!("{path}.rollout_percentage"))?;
    }
    Ok(())
}
