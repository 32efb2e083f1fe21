//! What is wrong with a comparison.

use super::VersionTest;
use crate::kinds::prelude::*;

/// Where a comparison is made: not every place knows all of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::kinds) enum Place {
    /// In a condition of a flag, also of the hidden ones of surveys.
    Flag,
    /// In a condition of a cohort.
    Cohort,
    /// In a step of an action.
    Action,
    /// In an insight, a dashboard or a metric.
    Insight,
}

impl Place {
    /// Comparisons that PostHog refuses here, or stores and never makes.
    const fn lacks(self) -> &'static [&'static str] {
        match self {
            Place::Flag => &["between", "not_between", "cleaned_path"],
            Place::Cohort => &["between", "not_between", "cleaned_path", "on_day"],
            Place::Action => &["cleaned_path"],
            Place::Insight => &[],
        }
    }

    const fn word(self) -> &'static str {
        match self {
            Place::Flag => "a flag",
            Place::Cohort => "a cohort",
            Place::Action => "an action",
            Place::Insight => "an insight",
        }
    }
}

/// Checks one comparison; `test` is its record.
pub(in crate::kinds) fn check(test: &Node, place: Place, report: &mut Report) {
    let Given::Record(fields) = &test.given else { return };
    let mut comparisons = fields.iter().filter(|(name, _)| name != "property");
    let Some((name, value)) = comparisons.next() else {
        report.error(
            crate::codes::MATCHES_NOTHING,
            test.at,
            "this condition has no comparison\nhelp: add one, such as `is: [\"trial\"]`, `at_least: 1` or `set: true`",
        );
        return;
    };
    if matches!(&value.given, Given::List(list) if list.is_empty()) {
        report.error(
            codes::LIST,
            value.at,
            format!(
                "`{name}` needs at least one text\nhelp: write `{name}: [\"trial\"]`, or `set: true` for any value"
            ),
        );
    }
    if ["matches", "not_matches"].contains(&name.as_str()) {
        plg_core::checks::pattern(Some(value), report);
    }
    if ["between", "not_between"].contains(&name.as_str()) {
        check_pair(name, value, report);
    }
    if name == "version" {
        VersionTest::check(value, report);
    }
    if place.lacks().contains(&name.as_str()) {
        let instead = match name.as_str() {
            "between" => "write two conditions, one with `at_least` and one with `at_most`",
            "on_day" => "write two conditions, one with `after_day` and one with `before_day`",
            "cleaned_path" => "write `contains` or `matches`",
            _ => "write `at_most` or `at_least` in groups of which any holds",
        };
        let message = format!("{} cannot compare with `{name}`\nhelp: {instead}", place.word());
        report.error(codes::UNKNOWN_FIELD, value.at, message);
    }
    if let Some((second, value)) = comparisons.next() {
        report.error(
            crate::codes::EXCLUDE_EACH_OTHER, value.at,
            format!("a condition has one comparison, and this one has `{name}` and `{second}`\nhelp: write one condition for each, beside each other"),
        );
    }
}

/// Two numbers, of which the first is not the larger.
fn check_pair(name: &str, pair: &Node, report: &mut Report) {
    let numbers: Vec<f64> = pair
        .list()
        .iter()
        .filter_map(|node| match node.given {
            Given::Float(n) => Some(n),
            #[expect(clippy::cast_precision_loss, reason = "only which is larger")]
            Given::Int(n) => Some(n as f64),
            _ => None,
        })
        .collect();
    let is_right = matches!(numbers[..], [low, high] if low <= high);
    if !is_right {
        let message = format!("`{name}` has two numbers, the smaller one first\nhelp: write `{name}: [5, 10]`");
        report.error(codes::LIST, pair.at, message);
    }
}
