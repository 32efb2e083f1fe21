//! The rules that a flag's `filters` must keep, each with its id as the error's code.

use super::filters::{items, properties, variants};
use super::form::{broken, plain, structure};
use crate::posthog::dates;
use crate::posthog::fault::Fault;
use serde_json::{Map, Value};

const MAX_BYTES: usize = 512 * 1024;

/// Checks the form of filters first, then how their parts fit together.
pub(crate) fn check(filters: &Map<String, Value>) -> Result<(), Fault> {
    if Value::Object(filters.clone()).to_string().len() > MAX_BYTES {
        return Err(plain("Filters are too large: at most 512 KB."));
    }
    structure(filters)?;
    variants_fit(filters)?;
    payloads_fit(filters)?;
    for (g, p, property) in properties(filters) {
        property_fits(filters, g, p, property)?;
    }
    Ok(())
}

fn all_variants(filters: &Map<String, Value>) -> &[Value] {
    filters.get("multivariate").and_then(|m| m.get("variants")).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

fn variants_fit(filters: &Map<String, Value>) -> Result<(), Fault> {
    let variants = all_variants(filters);
    let keys: Vec<&str> = variants.iter().filter_map(|v| v.get("key")?.as_str()).collect();
    for (v, key) in keys.iter().enumerate() {
        if keys[..v].contains(key) {
            let message = format!("Variant keys must be unique, '{key}' is there twice.");
            return Err(broken("cross_field.variant_keys_not_unique", "multivariate.variants", message));
        }
    }
    let sum: f64 = variants.iter().filter_map(|v| v.get("rollout_percentage")?.as_f64()).sum();
    if !variants.is_empty() && (sum - 100.0).abs() > 1e-6 {
        let message = format!("Variant rollout percentages must sum to 100, got {sum}.");
        return Err(broken("cross_field.variant_rollout_sum_not_100", "multivariate.variants", message));
    }
    for (g, group) in items(filters, "groups").iter().enumerate() {
        if let Some(variant) = group.get("variant").and_then(Value::as_str)
            && !variant.is_empty()
            && !keys.contains(&variant)
        {
            let message = format!("Variant override '{variant}' does not match any variant key.");
            let path = format!("groups[{g}].variant");
            return Err(broken("cross_field.group_variant_not_a_variant", &path, message));
        }
    }
    Ok(())
}

fn payloads_fit(filters: &Map<String, Value>) -> Result<(), Fault> {
    let Some(payloads) = filters.get("payloads").and_then(Value::as_object) else { return Ok(()) };
    let keys: Vec<&str> = all_variants(filters).iter().filter_map(|v| v.get("key")?.as_str()).collect();
    for (key, payload) in payloads {
        if keys.is_empty() && key != "true" {
            let message = format!("Payload key '{key}' must be 'true' for a flag without variants.");
            return Err(broken("cross_field.payload_key_not_true", "payloads", message));
        }
        if !keys.is_empty() && !keys.contains(&key.as_str()) {
            let message = format!("Payload key '{key}' does not match any variant key.");
            return Err(broken("cross_field.payload_key_not_a_variant", "payloads", message));
        }
        if let Value::String(text) = payload
            && serde_json::from_str::<Value>(text).is_err()
        {
            return Err(plain(format!("Payload for key '{key}' is not valid JSON.")));
        }
    }
    Ok(())
}

fn property_fits(filters: &Map<String, Value>, g: usize, p: usize, property: &Map<String, Value>) -> Result<(), Fault> {
    let path = format!("groups[{g}].properties[{p}]");
    let kind = property.get("type").and_then(Value::as_str).unwrap_or("person");
    let operator = property.get("operator").and_then(Value::as_str).unwrap_or("exact");
    let own = items(filters, "groups").get(g).and_then(|group| group.get("aggregation_group_type_index"));
    let aggregation = own.or_else(|| filters.get("aggregation_group_type_index")).filter(|index| !index.is_null());
    match aggregation {
        None if kind == "group" => {
            let message = "Person-aggregated conditions can only use person, cohort, and flag properties.";
            return Err(broken("cross_field.person_aggregation_property_type", &path, message));
        }
        Some(_) if kind != "group" => {
            let message = "Group-aggregated conditions can only use group properties.";
            return Err(broken("cross_field.group_aggregation_property_type", &path, message));
        }
        Some(index) if kind == "group" && property.get("group_type_index") != Some(index) => {
            let message = "Group properties must match the condition set's group type.";
            return Err(broken("cross_field.group_property_type_index_mismatch", &path, message));
        }
        _ => {}
    }
    if (kind == "flag") != (operator == "flag_evaluates_to") {
        let message = "Flag properties take the operator flag_evaluates_to, and only they do.";
        return Err(broken("cross_field.flag_property_requires_flag_evaluates_to", &path, message));
    }
    if matches!(operator, "in" | "not_in") && kind != "cohort" {
        let message = format!("Operator '{operator}' can only be used with cohorts.");
        return Err(broken("cross_field.in_not_in_requires_cohort", &path, message));
    }
    if kind == "cohort" || kind == "flag" {
        return Ok(());
    }
    value_fits(operator, property.get("value").unwrap_or(&Value::Null), &path)
}

fn value_fits(operator: &str, value: &Value, path: &str) -> Result<(), Fault> {
    match operator {
        "regex" | "not_regex" | "icontains" | "not_icontains" | "gt" | "gte" | "lt" | "lte" if !value.is_string() => {
            let message = format!("Operator '{operator}' requires a string value.");
            Err(broken("cross_field.operator_requires_string_value", path, message))
        }
        "icontains_multi" | "not_icontains_multi" if !value.is_array() => {
            let message = format!("Operator '{operator}' requires a list of values.");
            Err(broken("cross_field.operator_requires_list_value", path, message))
        }
        "is_date_exact" | "is_date_after" | "is_date_before" if !value.as_str().is_some_and(dates::is_date) => {
            let message = format!("Invalid date value: {value}.");
            Err(broken("cross_field.date_value_not_parseable", path, message))
        }
        _ if operator.starts_with("semver_") && !value.as_str().is_some_and(|v| is_semver(v, operator)) => {
            let message = format!("Invalid semver value: {value}.");
            Err(broken("cross_field.semver_value_invalid", path, message))
        }
        "exact" | "is_not" if value.is_object() => {
            let detail = format!("{path}: Operator '{operator}' takes a string or a list.");
            Err(Fault::validation("invalid_value", detail).at("filters"))
        }
        _ => Ok(()),
    }
}

/// `1`, `1.2`, `1.2.3`, with `-pre` or `+build`; a wildcard may end in `*`.
fn is_semver(text: &str, operator: &str) -> bool {
    let text = if operator == "semver_wildcard" { text.trim_end_matches(['.', '*']) } else { text };
    let text = text.trim().trim_start_matches('v');
    let core = text.split(['-', '+']).next().unwrap_or("");
    let parts: Vec<&str> = core.split('.').collect();
    let number = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    parts.len() <= 3 && parts.iter().all(|part| number(part))
}

/// Whether an experiment can run on a flag: two to twenty variants.
pub(crate) fn fits_experiment(filters: &Value) -> bool {
    (2..=20).contains(&variants(filters).len())
}
