//! A verdict in sentences.

use crate::definitions::{FlagDefinition, FlagDefinitions};
use crate::evaluation::{Evaluation, FlagValue, HeldCondition, MatchReason, SetOutcome, SetTrail};
use crate::text::text;
use serde_json::Value;

/// Why somebody gets what they get, a line for each thing that was looked at.
///
/// ```text
/// set 1: plan is one of ["pro"]: has "free", so it does not match
/// set 2: everybody, 25%: at 34.6%, so it is outside
/// ```
pub fn explained(world: &FlagDefinitions, flag: &FlagDefinition, verdict: &Evaluation) -> Vec<String> {
    let mut lines = Vec::new();
    match &verdict.reason {
        MatchReason::Disabled => lines.push("the flag is switched off".to_owned()),
        MatchReason::MissingDependency => {
            lines.push("a flag that it needs is not there, or needs this one in turn".to_owned());
        }
        MatchReason::MissingCohort => lines.push("a cohort that it names is not there, or not known here".to_owned()),
        MatchReason::Enrollment => lines.push(format!(
            "the person has $feature_enrollment/{}: they chose themselves, and no condition is looked at",
            flag.key
        )),
        MatchReason::Holdout => lines.push("the person is held out of experiments".to_owned()),
        _ => {}
    }
    lines.extend(verdict.sets.iter().map(|set| of_set(world, flag, set)));
    if verdict.sets.is_empty() && matches!(verdict.reason, MatchReason::NoMatch(..)) {
        lines.push("it has no set of conditions".to_owned());
    }
    match (&verdict.got, verdict.variant_place) {
        (FlagValue::Variant(key), Some(place)) => {
            lines.push(format!("variant {key}: at {} of the variants", percent(place)))
        }
        (FlagValue::Variant(key), None) if matches!(verdict.reason, MatchReason::Match(_)) => {
            lines.push(format!("variant {key}: the set names it"));
        }
        (FlagValue::On, Some(place)) => {
            lines.push(format!("no variant: at {}, which is behind the shares of all of them", percent(place)));
        }
        _ => {}
    }
    lines
}

fn percent(place: f64) -> String {
    format!("{:.1}%", place * 100.0)
}

fn of_set(world: &FlagDefinitions, flag: &FlagDefinition, set: &SetTrail) -> String {
    let mut said: Vec<String> = set.filters.iter().map(|filter| of_filter(world, flag, filter)).collect();
    if said.is_empty() && !matches!(set.ended, SetOutcome::Group(_)) {
        said.push("everybody".to_owned());
    }
    let share = || set.share.filter(|share| *share < 100.0).map(|share| format!(", {share}%")).unwrap_or_default();
    let end = match &set.ended {
        SetOutcome::Match => format!("{}: it matches", share()),
        SetOutcome::Condition => ", so it does not match".to_owned(),
        SetOutcome::Rollout(Some(place), _) => format!("{}: at {}, so it is outside", share(), percent(*place)),
        SetOutcome::Rollout(None, _) => format!("{}: it goes by device, and no device is known", share()),
        SetOutcome::Group(kind) => format!("of groups of the type {kind}: the person is in none"),
    };
    format!("set {}: {}{end}", set.index + 1, said.join(", and "))
}

fn of_filter(world: &FlagDefinitions, flag: &FlagDefinition, filter: &HeldCondition) -> String {
    let condition = &filter.condition;
    let operator = condition.get("operator").and_then(Value::as_str).unwrap_or("exact");
    let name = condition.get("key").map(text).unwrap_or_default();
    let asked = condition.get("value").map(Value::to_string).unwrap_or_default();
    match condition.get("type").and_then(Value::as_str) {
        Some("cohort") => {
            let is_in = filter.has == Some(Value::Bool(true));
            format!("cohort {}: {}", asked.trim_matches('"'), if is_in { "is in it" } else { "is not in it" })
        }
        Some("flag") => {
            let key = world.named(flag, condition).map_or(name, |other| other.key.clone());
            format!("flag {key} is {asked}: {}", has(filter))
        }
        kind => {
            let of = if kind == Some("group") { "the group's " } else { "" };
            let asked = if matches!(operator, "is_set" | "is_not_set") { String::new() } else { format!(" {asked}") };
            format!("{of}{name} {}{asked}: {}", words(operator), has(filter))
        }
    }
}

fn has(filter: &HeldCondition) -> String {
    filter.has.as_ref().map_or_else(|| "has none".to_owned(), |has| format!("has {has}"))
}

/// An operator in words; one that has none stays as PostHog has it.
fn words(operator: &str) -> String {
    match operator {
        "exact" => "is one of",
        "is_not" => "is none of",
        "is_set" => "is set",
        "is_not_set" => "is not set",
        "icontains" => "contains",
        "not_icontains" => "does not contain",
        "gt" => "is over",
        "gte" => "is at least",
        "lt" => "is under",
        "lte" => "is at most",
        "regex" => "matches",
        "not_regex" => "does not match",
        "is_date_before" => "is before",
        "is_date_after" => "is after",
        other => return other.replace('_', " "),
    }
    .to_owned()
}
