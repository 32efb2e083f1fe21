//! Whether somebody is in a cohort, by what is known of them.

use super::{Evaluator, Undecided};
use crate::definitions::CohortDefinition;
use serde_json::Value;

/// How deep cohorts may name cohorts.
const DEPTH: usize = 32;

/// Whether the person is in a cohort.
pub(crate) fn has(evaluation: &mut Evaluator<'_>, id: &str, depth: usize) -> Result<bool, Undecided> {
    if depth > DEPTH {
        return Err(Undecided::NoCohort);
    }
    match evaluation.world.cohorts.get(id) {
        None => Err(Undecided::NoCohort),
        Some(CohortDefinition::Static) => Ok(evaluation.asked.static_cohorts.contains(id)),
        Some(CohortDefinition::Of(group)) => {
            // A cohort as its own API has it keeps its conditions one deeper.
            let group = group.get("properties").filter(|inner| inner.is_object()).unwrap_or(group);
            in_group(evaluation, group, depth)
        }
    }
}

/// The id of the cohort that a condition names.
pub(crate) fn named(condition: &Value) -> String {
    condition.get("value").map(crate::text::text).unwrap_or_default()
}

fn in_group(evaluation: &mut Evaluator<'_>, group: &Value, depth: usize) -> Result<bool, Undecided> {
    let Some(values) = group.get("values").and_then(Value::as_array) else { return Ok(true) };
    let is_any = group.get("type").and_then(Value::as_str) == Some("OR");
    for value in values {
        let is_in = if value.get("values").is_some() {
            in_group(evaluation, value, depth)?
        } else {
            leaf(evaluation, value, depth)?
        };
        if is_in == is_any {
            return Ok(is_any);
        }
    }
    // All of none, and any of none: the first holds.
    Ok(!is_any)
}

fn leaf(evaluation: &mut Evaluator<'_>, leaf: &Value, depth: usize) -> Result<bool, Undecided> {
    let operator = leaf.get("operator").and_then(Value::as_str).unwrap_or("exact");
    let holds = match leaf.get("type").and_then(Value::as_str).unwrap_or("person") {
        "cohort" => has(evaluation, &named(leaf), depth + 1)? != (operator == "not_in"),
        "flag" => evaluation.flag_holds(None, leaf)?,
        // Properties do not say what people did. PostHog's own service knows that only where it was switched on.
        "behavioral" => false,
        _ => {
            let name = leaf.get("key").and_then(Value::as_str).unwrap_or_default();
            let value = evaluation.asked.property(name);
            evaluation.holds(operator, value.as_ref(), leaf.get("value").unwrap_or(&Value::Null))
        }
    };
    Ok(holds != (leaf.get("negation").and_then(Value::as_bool) == Some(true)))
}
