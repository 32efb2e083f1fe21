//! What the values of a group's properties may be.

use crate::posthog::fault::Fault;
use crate::posthog::json::text;
use serde_json::{Map, Value};

/// Checks the rules of every property.
pub(crate) fn check(properties: &[Map<String, Value>]) -> Result<(), Fault> {
    for property in properties {
        let Some(rules) = property.get("validation_rules").and_then(Value::as_object) else { continue };
        let wrong = match text(property, "property_type") {
            "String" => of_text(rules),
            "Numeric" => of_number(rules),
            other => Err(format!("Validation rules are not supported for {other} properties")),
        };
        wrong.map_err(|detail| Fault::invalid_input("validation_rules", detail))?;
    }
    Ok(())
}

fn of_text(rules: &Map<String, Value>) -> Result<(), String> {
    if let Some(key) = rules.keys().find(|key| !["enum", "not"].contains(&key.as_str())) {
        return Err(format!("Unrecognized keys for String validation: {key}"));
    }
    let listed = |list: &Value| {
        let Some(list) = list.as_array() else { return Err("'enum' must be a list".to_owned()) };
        match list.len() {
            0 => Err("'enum' list must not be empty".to_owned()),
            1001.. => Err("'enum' list must not exceed 1000 items".to_owned()),
            _ if list.iter().any(|one| !one.is_string()) => Err("All 'enum' values must be strings".to_owned()),
            _ => Ok(()),
        }
    };
    match (rules.get("enum"), rules.get("not")) {
        (Some(_), Some(_)) => Err("Cannot specify both 'enum' and 'not' — use one or the other".to_owned()),
        (Some(list), None) => listed(list),
        (None, Some(not)) => match not.as_object() {
            Some(not) if not.len() == 1 && not.contains_key("enum") => listed(&not["enum"]),
            _ => Err("'not' must contain exactly one key: 'enum'".to_owned()),
        },
        (None, None) => Err("String validation requires either 'enum' or 'not' key".to_owned()),
    }
}

const BOUNDS: [&str; 4] = ["minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum"];

fn of_number(rules: &Map<String, Value>) -> Result<(), String> {
    if let Some(key) = rules.keys().find(|key| !BOUNDS.contains(&key.as_str())) {
        return Err(format!("Unrecognized keys for Numeric validation: {key}"));
    }
    for [one, other] in [["minimum", "exclusiveMinimum"], ["maximum", "exclusiveMaximum"]] {
        if rules.contains_key(one) && rules.contains_key(other) {
            return Err(format!("Cannot specify both '{one}' and '{other}'"));
        }
    }
    if let Some((key, _)) = rules.iter().find(|(_, bound)| !bound.is_number()) {
        return Err(format!("'{key}' must be a number"));
    }
    let bound = |keys: [&'static str; 2]| keys.into_iter().find_map(|key| Some((key, rules.get(key)?)));
    if let (Some((low, least)), Some((high, most))) = (bound([BOUNDS[0], BOUNDS[1]]), bound([BOUNDS[2], BOUNDS[3]]))
        && least.as_f64() >= most.as_f64()
    {
        return Err(format!("Lower bound ({low}={least}) must be less than upper bound ({high}={most})"));
    }
    Ok(())
}
