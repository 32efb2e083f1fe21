//! What PostHog would refuse, or store and never calculate.

use super::Stopped;
use crate::kinds::prelude::*;
use crate::kinds::property::Place;
use crate::kinds::{posthog, property};

pub(super) fn check(cohort: &Block, _: &Declarations, report: &mut Report) {
    posthog::at_most(cohort, "description", 1_000, report);
    let conditions = match (cohort.get("all"), cohort.get("any")) {
        (Some(all), None) => all,
        (None, Some(any)) => any,
        (Some(_), Some(_)) => {
            report.error(
                crate::codes::EXCLUDE_EACH_OTHER,
                cohort.key_site("any"),
                "a cohort has either `all` or `any`\nhelp: put one inside the other: `all: [any [ … ], … ]`",
            );
            return;
        }
        (None, None) => {
            if !cohort.existing {
                report.error(
                    crate::codes::MATCHES_NOTHING,
                    cohort.at,
                    format!(
                        "`{}` says nothing about its people\nhelp: write `all: [did(Event, within: 7 days)]`",
                        cohort.name
                    ),
                );
            }
            return;
        }
    };
    let before = report.errors.len();
    check_list(conditions, report);
    if report.errors.len() == before && conditions.list().iter().all(negated) {
        report.error(
            crate::codes::NEVER_CALCULATES, conditions.at,
            "a cohort of negations alone is stored but never calculates\nhelp: add a condition that people meet, such as `did(Event, within: 30 days)`",
        );
    }
}

fn check_list(conditions: &Node, report: &mut Report) {
    if conditions.list().is_empty() {
        report.error(
            codes::LIST,
            conditions.at,
            "this list has no condition\nhelp: write one, such as `did(Event, within: 7 days)`",
        );
    }
    for condition in conditions.list() {
        let Some(held) = condition.held() else { continue };
        match condition.word().unwrap_or_default() {
            "all" | "any" => check_list(held.field("of").unwrap_or(held), report),
            "did" => check_count(held, report),
            "stopped" => check_stopped(held, report),
            "person" => property::check(held, Place::Cohort, report),
            _ => {}
        }
    }
}

fn check_count(did: &Node, report: &mut Report) {
    let counts: Vec<(&str, &Node)> =
        ["at_least", "at_most", "exactly"].into_iter().filter_map(|c| Some((c, did.field(c)?))).collect();
    for (name, count) in &counts {
        if matches!(count.given, Given::Int(..1)) {
            report.error(
                codes::OUT_OF_RANGE, count.at,
                format!("`{name}` counts from 1\nhelp: for people who never did it, write `did_not(…)` beside a condition that they meet"),
            );
        }
    }
    if let [(first, _), (second, at), ..] = counts[..] {
        report.error(
            crate::codes::EXCLUDE_EACH_OTHER,
            at.at,
            format!(
                "`{first}` and `{second}` cannot stand together\nhelp: write one `did(…)` for each, beside each other"
            ),
        );
    }
}

fn check_stopped(stopped: &Node, report: &mut Report) {
    let span = |field: &str| match stopped.field(field).map(|n| &n.given) {
        Some(Given::Span(span)) => Some(*span),
        _ => None,
    };
    let Some(quiet) = span("quiet_for") else { return };
    if minutes(quiet) >= minutes(span("within").unwrap_or(Stopped::within)) {
        report.error(
            codes::OUT_OF_RANGE,
            stopped.field("quiet_for").map_or(stopped.at, |n| n.at),
            "`quiet_for` must be shorter than `within`, 30 days unless it is written\nhelp: write a longer `within`",
        );
    }
}

/// About how long it is: enough to compare two spans.
fn minutes(span: Span) -> u64 {
    let each = match span.unit {
        Unit::minutes => 1,
        Unit::hours => 60,
        Unit::days => 1_440,
        Unit::weeks => 10_080,
        Unit::months => 43_200,
        Unit::years => 525_600,
    };
    u64::from(span.count) * each
}

fn negated(condition: &Node) -> bool {
    match condition.word() {
        Some("did_not" | "not_member") => true,
        Some("all" | "any") => {
            let inside = condition.held().map_or(&[][..], |held| held.field("of").unwrap_or(held).list());
            !inside.is_empty() && inside.iter().all(negated)
        }
        _ => false,
    }
}

/// Whether the cohort's people are found by what they did, in itself or in a cohort it names.
pub(in crate::kinds) fn is_behavioral(cohort: &Block, world: &Declarations) -> bool {
    fn any(conditions: &[Node], world: &Declarations, seen: &mut Vec<String>) -> bool {
        conditions.iter().any(|condition| match (condition.word(), condition.held()) {
            (Some("did" | "did_not" | "first_did" | "stopped"), _) => true,
            (Some("all" | "any"), Some(held)) => any(held.field("of").unwrap_or(held).list(), world, seen),
            (Some("member" | "not_member"), Some(held)) => {
                world.target(held).is_some_and(|inner| within(inner, world, seen))
            }
            _ => false,
        })
    }
    fn within(cohort: &Block, world: &Declarations, seen: &mut Vec<String>) -> bool {
        if seen.contains(&cohort.name) {
            return false;
        }
        seen.push(cohort.name.clone());
        ["all", "any"].into_iter().filter_map(|field| cohort.get(field)).any(|node| any(node.list(), world, seen))
    }
    within(cohort, world, &mut Vec::new())
}
