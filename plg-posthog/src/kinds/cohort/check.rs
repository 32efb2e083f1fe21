//! What PostHog would refuse, or store and never calculate.

use super::condition::{Did, DidThen, Restarted, Stopped};
use crate::kinds::prelude::*;
use crate::kinds::property::Place;
use crate::kinds::{element, posthog, property};
use plg_core::Site;

pub(super) fn check(cohort: &Block, _: &Declarations, report: &mut Report) {
    posthog::at_most(cohort, "description", 1_000, report);
    let people = cohort.get("people");
    if let (Some(people), Some("sql" | "ids")) = (people, people.and_then(Node::word)) {
        let beside = ["all", "any"].into_iter().find(|field| cohort.get(field).is_some());
        if let Some(field) = beside {
            report.error(
                crate::codes::EXCLUDE_EACH_OTHER,
                cohort.key_site(field),
                format!("a cohort has either `people` or `{field}`\nhelp: remove one of them, or write `people: snapshot` for those who meet the conditions when it is made"),
            );
        }
        if let Some(ids) = people.held().and_then(|held| held.field("of")) {
            plg_core::checks::once(ids.list(), |id| Some(id.text()?.to_lowercase()), report);
        }
        return;
    }
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
                        "`{}` has no condition on its people\nhelp: write `all: [did(Event, within: 7 days)]`",
                        cohort.name
                    ),
                );
            }
            return;
        }
    };
    let before = report.errors.len();
    let is_any = cohort.get("any").is_some();
    check_list(conditions, is_any, report);
    if report.errors.len() > before {
        return;
    }
    let list = conditions.list();
    if list.iter().all(negated) {
        report.error(
            crate::codes::NEVER_CALCULATES, conditions.at,
            "a cohort of only negations matches nobody: PostHog stores it and never calculates it\nhelp: add a condition that people meet, such as `did(Event, within: 30 days)`",
        );
    } else if let Some(negation) = list.iter().find(|condition| is_any && negated(condition)) {
        report.error(
            crate::codes::NEVER_CALCULATES, negation.at,
            "a negation in `any` makes a cohort that matches nobody: PostHog stores it and never calculates it\nhelp: put the negation into `all [ … ]`, beside a condition that people meet",
        );
    }
}

fn check_list(conditions: &Node, is_any: bool, report: &mut Report) {
    if conditions.list().is_empty() {
        report.error(
            codes::LIST,
            conditions.at,
            "this list is empty\nhelp: write one, such as `did(Event, within: 7 days)`",
        );
    }
    for condition in conditions.list() {
        let Some(held) = condition.held() else { continue };
        let inside = held.field("of").unwrap_or(held);
        match condition.word().unwrap_or_default() {
            "all" => check_list(inside, false, report),
            "any" => check_list(inside, true, report),
            "none" => check_none(inside, is_any, condition.at, report),
            word => check_leaf(word, held, report),
        }
    }
}

fn check_leaf(word: &str, held: &Node, report: &mut Report) {
    match word {
        "did" => {
            check_count(held, report);
            check_time(held, report);
            check_filters(held, report);
        }
        "did_not" | "first_did" => check_filters(held, report),
        "stopped" => {
            check_shorter(held, ("quiet_for", None), ("within", Stopped::within), report);
            check_filters(held, report);
        }
        "restarted" => check_shorter(held, ("back_within", None), ("quiet_since", Restarted::quiet_since), report),
        "did_then" => {
            if let (Some(apart), within) = (span(held, "apart"), span(held, "within").unwrap_or(DidThen::within))
                && minutes(apart) > minutes(within)
            {
                longer(held, "apart", "within", DidThen::within, report);
            }
        }
        "regularly" => {
            check_count(held, report);
            check_periods(held, report);
        }
        "person" => property::check(held, Place::Cohort, report),
        "first_seen" => check_seen(held, report),
        _ => {}
    }
}

/// PostHog negates single conditions, and takes them away from what people meet.
fn check_none(list: &Node, is_any: bool, at: Site, report: &mut Report) {
    if is_any {
        report.error(
            crate::codes::NEVER_CALCULATES,
            at,
            "`none` inside `any` makes a cohort that matches nobody: PostHog stores it and never calculates it\nhelp: put it into `all`, beside a condition that people meet: `all [ … , none [ … ]]`",
        );
    }
    for condition in list.list() {
        let word = condition.word().unwrap_or_default();
        let instead = match word {
            "all" | "any" | "none" => "write the conditions alone, without a group around them",
            "did_not" => "write `did(…)` outside of `none`",
            "not_member" => "write `member(…)` outside of `none`",
            _ => continue,
        };
        let message = format!("`none` accepts single conditions, and `{word}` is not one\nhelp: {instead}");
        report.error(codes::OTHER_SHAPE, condition.at, message);
    }
    let is_plain = |condition: &&Node| !matches!(condition.word(), Some("all" | "any" | "none"));
    if list.list().is_empty() {
        check_list(list, false, report);
    }
    for condition in list.list().iter().filter(is_plain) {
        if let Some(held) = condition.held() {
            check_leaf(condition.word().unwrap_or_default(), held, report);
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
                "`{first}` and `{second}` exclude each other\nhelp: write one `did(…)` for each, beside each other"
            ),
        );
    }
}

/// When it happened: until now, until a while ago, or between dates.
fn check_time(did: &Node, report: &mut Report) {
    let (since, until) = (did.field("since"), did.field("until"));
    for field in ["within", "ending"] {
        if let (Some(since), Some(_)) = (since, did.field(field)) {
            report.error(
                crate::codes::EXCLUDE_EACH_OTHER,
                since.at,
                format!("a condition has either `since` or `{field}`\nhelp: remove one of them"),
            );
            return;
        }
    }
    if let (None, Some(until)) = (since, until) {
        report.error(
            codes::NEEDS_ANOTHER,
            until.at,
            "`until` needs `since`\nhelp: write `since: \"2026-01-01\"` beside `until`",
        );
    }
    let moment = |node: Option<&Node>| plg_core::text::utc(node?.text()?);
    if let (Some(from), Some(to), Some(until)) = (moment(since), moment(until), until)
        && to <= from
    {
        let message = "`until` must be later than `since`\nhelp: write a later date";
        report.error(codes::OUT_OF_RANGE, until.at, message);
    }
    check_shorter(did, ("ending", None), ("within", Did::within), report);
}

fn check_filters(held: &Node, report: &mut Report) {
    for filter in held.field("with").map_or(&[][..], Node::list) {
        match (filter.word(), filter.held()) {
            (Some("event"), Some(test)) => property::check(test, Place::Insight, report),
            (Some("element"), Some(test)) => element::check(test, report),
            _ => {}
        }
    }
}

fn span(of: &Node, field: &str) -> Option<Span> {
    match of.field(field).map(|n| &n.given) {
        Some(Given::Span(span)) => Some(*span),
        _ => None,
    }
}

/// One time is within the other.
fn check_shorter(of: &Node, (short, usual): (&str, Option<Span>), (long, unless): (&str, Span), report: &mut Report) {
    let Some(shorter) = span(of, short).or(usual) else { return };
    if minutes(shorter) >= minutes(span(of, long).unwrap_or(unless)) {
        longer(of, short, long, unless, report);
    }
}

fn longer(of: &Node, short: &str, long: &str, unless: Span, report: &mut Report) {
    let Span { count, unit } = unless;
    report.error(
        codes::OUT_OF_RANGE,
        of.field(short).map_or(of.at, |n| n.at),
        format!(
            "`{short}` must be shorter than `{long}`, {count} {} unless it is written\nhelp: write a longer `{long}`",
            unit.word()
        ),
    );
}

fn check_periods(regularly: &Node, report: &mut Report) {
    let count = |field: &str| match regularly.field(field).map(|n| (&n.given, n.at)) {
        Some((Given::Int(n), at)) => Some((*n, at)),
        _ => None,
    };
    let (Some((periods, at)), Some((of, _))) = (count("periods"), count("of")) else { return };
    if !(1..=of).contains(&periods) {
        report.error(
            codes::OUT_OF_RANGE,
            at,
            format!(
                "`periods` is 1 to `of`, which is {of}\nhelp: write `periods: 3, of: 4` for three of the last four"
            ),
        );
    }
}

fn check_seen(seen: &Node, report: &mut Report) {
    let Given::Record(fields) = &seen.given else { return };
    match &fields[..] {
        [] => report.error(
            crate::codes::MATCHES_NOTHING,
            seen.at,
            "this condition has no comparison\nhelp: add one, such as `after: 7 days ago`",
        ),
        [_] => {}
        [(first, _), (second, node), ..] => report.error(
            crate::codes::EXCLUDE_EACH_OTHER,
            node.at,
            format!("a condition has one comparison, and this one has `{first}` and `{second}`\nhelp: write one condition for each, beside each other"),
        ),
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

/// Whether PostHog takes it away from what people meet: of a group that any of its conditions opens, it is one that holds
/// a negation; of one that all of them close, one that holds nothing else.
fn negated(condition: &Node) -> bool {
    let inside = || condition.held().map_or(&[][..], |held| held.field("of").unwrap_or(held).list());
    match condition.word() {
        Some("did_not" | "not_member" | "none") => true,
        Some("all") => !inside().is_empty() && inside().iter().all(negated),
        Some("any") => inside().iter().any(negated),
        _ => false,
    }
}

/// Whether the cohort's people are found by what they did, in itself or in a cohort it names.
pub(in crate::kinds) fn is_behavioral(cohort: &Block, world: &Declarations) -> bool {
    fn any(conditions: &[Node], world: &Declarations, seen: &mut Vec<String>) -> bool {
        conditions.iter().any(|condition| match (condition.word(), condition.held()) {
            (Some("did" | "did_not" | "first_did" | "stopped" | "restarted" | "did_then" | "regularly"), _) => true,
            (Some("all" | "any" | "none"), Some(held)) => any(held.field("of").unwrap_or(held).list(), world, seen),
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
        // Who is in a static one is settled, however they were found.
        if cohort.get("people").is_some() {
            return false;
        }
        ["all", "any"].into_iter().filter_map(|field| cohort.get(field)).any(|node| any(node.list(), world, seen))
    }
    within(cohort, world, &mut Vec::new())
}
