//! Whether a property is as a condition asks.

use crate::text::{is_boolean, is_true, number, text};
use crate::{date, version};
use fancy_regex::RegexBuilder;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::Value;

/// How many steps a pattern may take back: what PostHog's service allows.
const STEPS: usize = 10_000;

/// What a comparison knows beside its two values.
#[derive(Debug, Clone)]
pub(crate) struct ComparisonSetting<'a> {
    pub(crate) now: Timestamp,
    pub(crate) zone: &'a TimeZone,
    /// Whether `"false"` is compared as a text: a project's `property_matching_version` of 2.
    pub(crate) is_literal: bool,
}

/// Whether a value is as a filter asks; `None` is a property that is not there.
pub(crate) fn holds(operator: &str, value: Option<&Value>, asked: &Value, setting: &ComparisonSetting<'_>) -> bool {
    let Some(value) = value else {
        return matches!(
            operator,
            "is_not"
                | "is_not_set"
                | "not_icontains"
                | "not_starts_with"
                | "not_ends_with"
                | "not_icontains_multi"
                | "not_regex"
                | "not_between"
        );
    };
    match operator {
        "exact" => is_exactly(value, asked, setting),
        "is_not" => !is_exactly(value, asked, setting),
        "is_set" => true,
        "icontains" => contains(value, asked),
        "not_icontains" => !contains(value, asked),
        "icontains_multi" => contains_any(value, asked),
        "not_icontains_multi" => !contains_any(value, asked),
        "starts_with" => small(value).starts_with(&small(asked)),
        "not_starts_with" => !small(value).starts_with(&small(asked)),
        "ends_with" => small(value).ends_with(&small(asked)),
        "not_ends_with" => !small(value).ends_with(&small(asked)),
        "regex" => matches(value, asked).unwrap_or(false),
        "not_regex" => matches(value, asked).is_some_and(|matches| !matches),
        "gt" => compares(value, asked, |a, b| a > b),
        "gte" => compares(value, asked, |a, b| a >= b),
        "lt" => compares(value, asked, |a, b| a < b),
        "lte" => compares(value, asked, |a, b| a <= b),
        "between" => is_between(value, asked) == Some(true),
        "not_between" => is_between(value, asked) != Some(true),
        "is_date_before" => dates(value, asked, setting, |a, b| a < b),
        "is_date_after" => dates(value, asked, setting, |a, b| a > b),
        "is_date_exact" => dates(value, asked, setting, |a, b| a == b),
        _ => operator.strip_prefix("semver_").is_some_and(|operator| versions(operator, value, asked)),
    }
}

fn small(value: &Value) -> String {
    text(value).to_ascii_lowercase()
}

fn contains(value: &Value, asked: &Value) -> bool {
    small(value).contains(&small(asked))
}

fn contains_any(value: &Value, asked: &Value) -> bool {
    asked.as_array().map_or_else(|| contains(value, asked), |all| all.iter().any(|one| contains(value, one)))
}

fn is_exactly(value: &Value, asked: &Value, setting: &ComparisonSetting<'_>) -> bool {
    let is_empty = asked.as_array().is_some_and(Vec::is_empty);
    if is_boolean(asked) && (is_empty || !setting.is_literal) {
        return is_true(asked) == is_true(value);
    }
    let lower = |value: &Value| text(value).to_lowercase();
    let value = lower(value);
    asked.as_array().map_or_else(|| lower(asked) == value, |all| all.iter().any(|one| lower(one) == value))
}

/// None where the pattern is none, or takes too many steps.
fn matches(value: &Value, asked: &Value) -> Option<bool> {
    RegexBuilder::new(&text(asked)).backtrack_limit(STEPS).build().ok()?.is_match(&text(value)).ok()
}

fn compares(value: &Value, asked: &Value, how: fn(f64, f64) -> bool) -> bool {
    number(value).zip(number(asked)).is_some_and(|(value, asked)| how(value, asked))
}

fn is_between(value: &Value, asked: &Value) -> Option<bool> {
    let [low, high] = asked.as_array()?.as_slice() else { return None };
    let value = number(value)?;
    Some(number(low)? <= value && value <= number(high)?)
}

fn dates(value: &Value, asked: &Value, setting: &ComparisonSetting<'_>, how: fn(Timestamp, Timestamp) -> bool) -> bool {
    let value = date::of_property(value, setting.now, setting.zone);
    value.zip(date::of_filter(asked, setting.now, setting.zone)).is_some_and(|(value, asked)| how(value, asked))
}

fn versions(operator: &str, value: &Value, asked: &Value) -> bool {
    let asked = text(asked);
    let Some(value) = version::read(&text(value)) else { return false };
    let compared =
        |how: fn(std::cmp::Ordering) -> bool| version::read(&asked).is_some_and(|asked| how(value.cmp(&asked)));
    match operator {
        "eq" => compared(std::cmp::Ordering::is_eq),
        "neq" => compared(std::cmp::Ordering::is_ne),
        "gt" => compared(std::cmp::Ordering::is_gt),
        "gte" => compared(std::cmp::Ordering::is_ge),
        "lt" => compared(std::cmp::Ordering::is_lt),
        "lte" => compared(std::cmp::Ordering::is_le),
        "tilde" => version::is_in(&value, "~", &asked).unwrap_or(false),
        "caret" => version::is_in(&value, "^", &asked).unwrap_or(false),
        "wildcard" => version::is_in(&value, "", &asked).unwrap_or(false),
        _ => false,
    }
}
