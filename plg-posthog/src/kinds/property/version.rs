//! Versions that are compared part by part, as `1.10` comes after `1.9`.

use crate::kinds::prelude::*;
use plg_core::source::read;

plg_core::choice! {
    /// How a version compares.
    VersionTest "comparison of versions" {
        /// It is this version: `is("2.3.0")`.
        is(Str),
        /// It is another version.
        is_not(Str),
        /// It is this version or a later one.
        at_least(Str),
        /// It is this version or an earlier one.
        at_most(Str),
        /// It is a later version.
        above(Str),
        /// It is an earlier version.
        below(Str),
        /// It has the same first two parts, and is no earlier: `close_to("2.3.1")` is 2.3.1 to 2.3.x.
        close_to(Str),
        /// It has the same first part, and is no earlier: `compatible_with("2.3.1")` is 2.3.1 to 2.x.
        compatible_with(Str),
        /// It begins alike: `like("2.3.*")`.
        like(Str),
    }
}

impl VersionTest {
    /// PostHog's operator, and the version.
    pub(super) fn comparison(self) -> (&'static str, Json) {
        let (operator, version) = match self {
            VersionTest::is(version) => ("semver_eq", version),
            VersionTest::is_not(version) => ("semver_neq", version),
            VersionTest::at_least(version) => ("semver_gte", version),
            VersionTest::at_most(version) => ("semver_lte", version),
            VersionTest::above(version) => ("semver_gt", version),
            VersionTest::below(version) => ("semver_lt", version),
            VersionTest::close_to(version) => ("semver_tilde", version),
            VersionTest::compatible_with(version) => ("semver_caret", version),
            VersionTest::like(version) => ("semver_wildcard", version),
        };
        (operator, Json::from(version.0))
    }

    /// The comparison of this operator.
    pub(super) fn read(operator: &str, value: &Json) -> Option<Self> {
        let version = Str(read::leak(value.as_str()?));
        Some(match operator {
            "semver_eq" => VersionTest::is(version),
            "semver_neq" => VersionTest::is_not(version),
            "semver_gte" => VersionTest::at_least(version),
            "semver_lte" => VersionTest::at_most(version),
            "semver_gt" => VersionTest::above(version),
            "semver_lt" => VersionTest::below(version),
            "semver_tilde" => VersionTest::close_to(version),
            "semver_caret" => VersionTest::compatible_with(version),
            "semver_wildcard" => VersionTest::like(version),
            _ => return None,
        })
    }

    /// PostHog refuses what is no version: three numbers, with what may follow them.
    pub(super) fn check(test: &Node, report: &mut Report) {
        let Some((text, at)) = test.held().and_then(|held| Some((held.text()?, held.at))) else { return };
        let star = test.word() == Some("like");
        if !is_version(text, star) {
            let example = if star { "2.3.*" } else { "2.3.0" };
            report.error(codes::TEXT, at, format!("`{text}` is not a version\nhelp: write one such as \"{example}\""));
        }
    }
}

/// Up to three numbers between dots; the last part may be `*` where `star` says so, and text may follow after `-` or `+`.
fn is_version(text: &str, star: bool) -> bool {
    let text = text.strip_prefix('v').unwrap_or(text);
    let numbers = text.split(['-', '+']).next().unwrap_or_default();
    let parts: Vec<&str> = numbers.split('.').collect();
    let is_number = |part: &&str| !part.is_empty() && part.len() < 10 && part.chars().all(|c| c.is_ascii_digit());
    match parts.split_last() {
        Some((&"*", before)) if star => (1..=2).contains(&before.len()) && before.iter().all(is_number),
        _ => (1..=3).contains(&parts.len()) && parts.iter().all(is_number),
    }
}

#[cfg(test)]
mod tests {
    use super::is_version;

    #[test]
    fn versions_are_numbers_between_dots() {
        for good in ["1", "1.2", "1.2.3", "v1.2.3", "1.2.3-beta.1", "1.2.3+5"] {
            assert!(is_version(good, false), "{good}");
        }
        for bad in ["", "one", "1..2", "1.2.3.4", "1.*", "1.2.x", "-1"] {
            assert!(!is_version(bad, false), "{bad}");
        }
        assert!(is_version("1.*", true) && is_version("1.2.*", true) && !is_version("*", true));
    }
}
