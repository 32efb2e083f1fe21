//! Who uses a cohort, and what that forbids.

use super::criteria::Tree;
use super::rows as cohorts;
use super::rows::{COHORTS, behavioral, find, outer};
use crate::message::Reply;
use crate::posthog::call::PosthogCall;
use crate::posthog::fault::{Fault, PosthogAnswer};
use crate::posthog::feature_flag::rows as flags;
use crate::posthog::insight::rows::INSIGHTS;
use crate::posthog::json::{flagged, text, whole};
use serde_json::{Map, Value, json};

/// Whether a piece of JSON has a filter by this cohort in it.
fn refers(value: &Value, id: i64) -> bool {
    match value {
        Value::Array(items) => items.iter().any(|v| refers(v, id)),
        Value::Object(map) => {
            let is_cohort = map.get("type").and_then(Value::as_str) == Some("cohort");
            is_cohort && map.get("value").and_then(whole) == Some(id) || map.values().any(|v| refers(v, id))
        }
        _ => false,
    }
}

fn active_flags<'c>(call: &'c PosthogCall, id: i64) -> Vec<&'c Map<String, Value>> {
    let Ok(id) = u64::try_from(id) else { return Vec::new() };
    flags::users(call, "cohorts", id).into_iter().filter(|flag| flagged(flag, "active")).collect()
}

fn insights<'c>(call: &'c PosthogCall, id: i64) -> Vec<&'c Map<String, Value>> {
    call.rows(INSIGHTS)
        .map(|(_, row)| row)
        .filter(|row| !flagged(row, "deleted"))
        .filter(|row| ["query", "filters"].iter().any(|part| row.get(*part).is_some_and(|v| refers(v, id))))
        .collect()
}

/// Refuses criteria that lead back to the cohort itself.
pub(crate) fn check_loop(call: &PosthogCall, id: i64, tree: &Tree) -> Result<(), Fault> {
    let mut seen = Vec::new();
    let mut next = tree.cohorts();
    while let Some(inner) = next.pop() {
        if inner == id {
            return Err(Fault::invalid("Cohorts cannot reference other cohorts in a loop."));
        }
        if !seen.contains(&inner) {
            seen.push(inner);
            next.extend(find(call, inner).and_then(cohorts::tree).map(|t| t.cohorts()).unwrap_or_default());
        }
    }
    Ok(())
}

/// Refuses event-based criteria if an active flag uses the cohort, also through another cohort.
pub(crate) fn check_flags(call: &PosthogCall, id: i64, tree: &Tree) -> Result<(), Fault> {
    let nested = tree.cohorts().into_iter().find_map(|inner| behavioral(call, inner));
    if !tree.is_behavioral() && nested.is_none() {
        return Ok(());
    }
    let mut reached = vec![id];
    let mut at = 0;
    while let Some(id) = reached.get(at).copied() {
        if !active_flags(call, id).is_empty() {
            let detail = match nested {
                Some(name) if !tree.is_behavioral() => format!(
                    "A cohort dependency ({name}) has filters based on events. \
                     These cohorts can't be used in feature flags."
                ),
                _ => "Behavioral filters cannot be added to cohorts used in feature flags.".to_owned(),
            };
            return Err(Fault::validation("behavioral_cohort_found", detail).at("filters"));
        }
        let outer: Vec<i64> = outer(call, id).into_iter().filter_map(|row| row.get("id")?.as_i64()).collect();
        reached.extend(outer.iter().filter(|id| !reached.contains(id)).copied().collect::<Vec<_>>());
        at += 1;
    }
    Ok(())
}

/// Refuses to delete a cohort that something needs.
pub(crate) fn may_delete(call: &PosthogCall, id: i64) -> Result<(), Fault> {
    let names = |rows: &[&Map<String, Value>]| {
        let name = |row: &&Map<String, Value>| {
            ["name", "derived_name", "key"]
                .iter()
                .map(|k| text(row, k))
                .find(|t| !t.is_empty())
                .unwrap_or("")
                .to_owned()
        };
        rows.iter().map(name).collect::<Vec<_>>().join(", ")
    };
    let flags = active_flags(call, id);
    if !flags.is_empty() {
        return Err(Fault::invalid(format!(
            "This cohort is used in {} active feature flag(s): {}. \
             Please remove the cohort from these feature flags before deleting it.",
            flags.len(),
            names(&flags)
        )));
    }
    let insights = insights(call, id);
    if !insights.is_empty() {
        return Err(Fault::invalid(format!(
            "This cohort is used in {} insight(s): {}. Please remove the cohort from these insights before deleting it.",
            insights.len(),
            names(&insights)
        )));
    }
    let cohorts: Vec<_> = outer(call, id).into_iter().filter(|row| row.get("id") != Some(&json!(id))).collect();
    if !cohorts.is_empty() {
        return Err(Fault::invalid(format!(
            "This cohort is used as criteria in {} other cohort(s): {}. \
             Please remove the cohort from these cohorts before deleting it.",
            cohorts.len(),
            names(&cohorts)
        )));
    }
    Ok(())
}

/// `GET cohorts/{id}/used_in/`.
pub(crate) fn used_in(call: &PosthogCall, id: &str) -> PosthogAnswer {
    let row = call.row(COHORTS, id)?;
    let id = row.get("id").and_then(Value::as_i64).unwrap_or(0);
    let brief = |rows: Vec<&Map<String, Value>>| -> Vec<Value> {
        rows.into_iter().map(|r| json!({ "id": r.get("id"), "name": r.get("name"), "key": r.get("key") })).collect()
    };
    let used = json!({
        "feature_flags": brief(active_flags(call, id)),
        "insights": brief(insights(call, id)),
        "cohorts": brief(outer(call, id)),
    });
    Ok(Reply::json(200, used))
}
