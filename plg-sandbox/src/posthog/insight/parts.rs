//! What stands inside a node of a query: filters, breakdowns, goal lines, exclusions, entities, bounds.

use super::properties;
use serde_json::{Map, Value};

/// No query is broken down by more than this.
const MOST_BREAKDOWNS: usize = 3;

/// Nodes that are a series or a step: they take no groups of filters.
const STEPS: &[&str] = &["EventsNode", "ActionsNode", "DataWarehouseNode", "GroupNode"];

/// Checks the parts of one node.
pub(crate) fn check(kind: &str, members: &Map<String, Value>, at: &str) -> Result<(), String> {
    let there = |key: &str| members.get(key).filter(|value| !value.is_null());
    if let Some(list) = there("properties") {
        properties::check(list, !STEPS.contains(&kind), &format!("{at}.properties"))?;
    }
    if let Some(list) = there("fixedProperties") {
        properties::check(list, kind == "EventsQuery", &format!("{at}.fixedProperties"))?;
    }
    if let Some(index) = there("math_group_type_index")
        && !index.as_i64().is_some_and(|index| (0..=4).contains(&index))
    {
        return Err(format!("{at}.math_group_type_index: Input should be 0, 1, 2, 3 or 4"));
    }
    if kind == "ActionsNode" && !members["id"].is_i64() && !members["id"].is_u64() {
        return Err(format!("{at}.id: Input should be a valid integer"));
    }
    if kind == "GroupNode" && !matches!(members["operator"].as_str(), Some("AND" | "OR")) {
        return Err(format!("{at}.operator: Input should be 'AND' or 'OR'"));
    }
    if let Some(on) = there("filterTestAccounts").filter(|on| !on.is_boolean()) {
        return Err(format!("{at}.filterTestAccounts: Input should be a valid boolean, got {on}"));
    }
    if let Some(breakdowns) = there("breakdownFilter").and_then(|b| b.get("breakdowns")).and_then(Value::as_array) {
        check_breakdowns(breakdowns, &format!("{at}.breakdownFilter.breakdowns"))?;
    }
    for filter in ["trendsFilter", "funnelsFilter", "retentionFilter", "chartSettings"] {
        if let Some(lines) = there(filter).and_then(|f| f.get("goalLines")).filter(|lines| !lines.is_null()) {
            check_lines(lines, &format!("{at}.{filter}.goalLines"))?;
        }
    }
    if let Some(nodes) = there("trendsFilter").and_then(|f| f.get("formulaNodes")).and_then(Value::as_array) {
        each(nodes, &format!("{at}.trendsFilter.formulaNodes"), &["formula"], &["formula", "custom_name"])?;
    }
    if let Some(excluded) = there("funnelsFilter").and_then(|f| f.get("exclusions")).and_then(Value::as_array) {
        check_exclusions(excluded, &format!("{at}.funnelsFilter.exclusions"))?;
    }
    if let Some(filter) = there("retentionFilter") {
        for key in ["targetEntity", "returningEntity"] {
            if let Some(list) = filter.get(key).and_then(|entity| entity.get("properties")).filter(|p| !p.is_null()) {
                properties::check(list, false, &format!("{at}.retentionFilter.{key}.properties"))?;
            }
        }
    }
    if let Some(cleaned) =
        there("pathsFilter").and_then(|f| f.get("localPathCleaningFilters")).and_then(Value::as_array)
    {
        each(cleaned, &format!("{at}.pathsFilter.localPathCleaningFilters"), &[], &["alias", "regex", "order"])?;
    }
    if let Some(criteria) = there("stickinessFilter").and_then(|f| f.get("stickinessCriteria")).filter(|c| !c.is_null())
    {
        check_criteria(criteria, &format!("{at}.stickinessFilter.stickinessCriteria"))?;
    }
    if let Some(list) = there("lifecycleFilter").and_then(|f| f.get("toggledLifecycles")).and_then(Value::as_array) {
        let known = ["new", "resurrecting", "returning", "dormant"];
        if list.iter().any(|word| !known.iter().any(|known| word == known)) {
            return Err(format!("{at}.lifecycleFilter.toggledLifecycles: Input should be one of {}", known.join(", ")));
        }
    }
    match there("variables") {
        Some(Value::Object(variables)) => variables.iter().try_for_each(|(id, variable)| {
            let one = std::slice::from_ref(variable);
            let known = &["variableId", "code_name", "value", "isNull"];
            each(one, &format!("{at}.variables.{id}"), &["variableId", "code_name"], known)
        }),
        Some(_) if kind == "HogQLQuery" => Err(format!("{at}.variables: Input should be a valid dictionary")),
        _ => Ok(()),
    }
}

/// Objects that must have some members and may have no others than those that are known.
fn each(list: &[Value], at: &str, needed: &[&str], known: &[&str]) -> Result<(), String> {
    list.iter().enumerate().try_for_each(|(index, one)| {
        let at = format!("{at}.{index}");
        let Some(members) = one.as_object() else { return Err(format!("{at}: Input should be a valid dictionary")) };
        if let Some(missing) = needed.iter().find(|key| members.get(**key).is_none_or(Value::is_null)) {
            return Err(format!("{at}.{missing}: Field required"));
        }
        match members.keys().find(|key| !known.contains(&key.as_str())) {
            Some(extra) => Err(format!("{at}.{extra}: Extra inputs are not permitted")),
            None => Ok(()),
        }
    })
}

fn check_breakdowns(list: &[Value], at: &str) -> Result<(), String> {
    if list.len() > MOST_BREAKDOWNS {
        return Err(format!("{at}: List should have at most {MOST_BREAKDOWNS} items"));
    }
    let known = &["property", "type", "group_type_index", "histogram_bin_count", "normalize_url"];
    each(list, at, &["property"], known)
}

fn check_lines(lines: &Value, at: &str) -> Result<(), String> {
    let Some(lines) = lines.as_array() else { return Err(format!("{at}: Input should be a valid list")) };
    let known = &["label", "value", "borderColor", "displayLabel", "displayIfCrossed", "position"];
    each(lines, at, &["label", "value"], known)?;
    match lines.iter().position(|line| !line["value"].is_number()) {
        Some(index) => Err(format!("{at}.{index}.value: Input should be a valid number")),
        None => Ok(()),
    }
}

fn check_exclusions(list: &[Value], at: &str) -> Result<(), String> {
    for (index, one) in list.iter().enumerate() {
        let at = format!("{at}.{index}");
        let needed: &[&str] = match one["kind"].as_str() {
            Some("EventsNode") => &["funnelFromStep", "funnelToStep"],
            Some("ActionsNode") => &["id", "funnelFromStep", "funnelToStep"],
            _ => return Err(format!("{at}.kind: Input should be 'EventsNode' or 'ActionsNode'")),
        };
        if let Some(missing) = needed.iter().find(|key| one.get(**key).is_none_or(|value| value.as_i64().is_none())) {
            return Err(format!("{at}.{missing}: Field required"));
        }
        if let Some(list) = one.get("properties").filter(|list| !list.is_null()) {
            properties::check(list, false, &format!("{at}.properties"))?;
        }
    }
    Ok(())
}

fn check_criteria(criteria: &Value, at: &str) -> Result<(), String> {
    if !matches!(criteria["operator"].as_str(), Some("gte" | "lte" | "exact")) {
        return Err(format!("{at}.operator: Input should be 'gte', 'lte' or 'exact'"));
    }
    if criteria["value"].as_i64().is_some_and(|value| value >= 1) {
        Ok(())
    } else {
        Err(format!("{at}.value: Input should be greater than or equal to 1"))
    }
}
