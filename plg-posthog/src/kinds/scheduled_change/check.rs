//! What PostHog would store and never do, or refuse.

use crate::kinds::feature_flag::{check_release, check_shares, release_sets};
use crate::kinds::posthog;
use crate::kinds::prelude::*;

pub(super) fn check(change: &Block, _: &Declarations, report: &mut Report) {
    let does = change.get("does");
    let held = does.and_then(Node::held);
    match (does.and_then(Node::word), held) {
        (Some("add_release"), Some(release)) => check_release(release, report),
        (Some("set_variants"), Some(held)) => {
            if let Some(variants) = held.field("variants") {
                check_shares(variants, report);
            }
            let known = held.field("variants").map_or(&[][..], Node::map);
            for (key, at, payload) in held.field("payloads").map_or(&[][..], Node::map) {
                if !known.iter().any(|(known, ..)| known == key) {
                    let message =
                        format!("`{key}` is not a variant here\nhelp: write it among `variants`, or leave it out");
                    report.error(crate::codes::VARIANTS, *at, message);
                }
                if let Given::Json(json) = &payload.given {
                    posthog::public(payload.at, json, report);
                }
            }
        }
        _ => {}
    }
    check_recurrence(change, does, report);
}

fn check_recurrence(change: &Block, does: Option<&Node>, report: &mut Report) {
    let (every, cron) = (change.get("every"), change.get("cron"));
    if let (Some(_), Some(cron)) = (every, cron) {
        report.error(
            crate::codes::EXCLUDE_EACH_OTHER,
            cron.at,
            "a scheduled change repeats by `every` or by `cron`\nhelp: remove one of them",
        );
    }
    if let Some(cron) = cron
        && let Some(text) = cron.text()
        && let Err(message) = five_fields(text)
    {
        report.error(codes::TIME, cron.at, message);
    }
    let again = every.or(cron);
    if let (Some(again), Some("add_release")) = (again, does.and_then(Node::word)) {
        report.error(
            crate::codes::EXCLUDE_EACH_OTHER,
            again.at,
            "PostHog refuses to repeat this change, as the same people would join each time\nhelp: remove it: the change is then made once",
        );
    }
    let is_paused = |node: &&Node| matches!(node.given, Given::Bool(true));
    for (field, node) in [("until", change.get("until")), ("paused", change.get("paused").filter(is_paused))] {
        if let (None, Some(node)) = (again, node) {
            report.error(
                codes::NEEDS_ANOTHER,
                node.at,
                format!("`{field}` needs a change that repeats\nhelp: write `every: weekly` beside `{field}`, or remove `{field}`"),
            );
        }
    }
    if let (Some(at), Some(until)) = (change.text("at"), change.get("until"))
        && let Some(end) = until.text()
        && posthog::instant(end) <= posthog::instant(at)
    {
        let message = format!("this is before the first time, {at}\nhelp: write a later time");
        report.error(codes::TIME, until.at, message);
    }
}

/// Five fields of cron: numbers, ranges, lists, steps, and the names of months and days.
fn five_fields(text: &str) -> Result<(), String> {
    const MONTHS: &str = "jan feb mar apr may jun jul aug sep oct nov dec";
    const DAYS: &str = "sun mon tue wed thu fri sat";
    const FIELDS: [(&str, u32, u32, &str); 5] = [
        ("minute", 0, 59, ""),
        ("hour", 0, 23, ""),
        ("day", 1, 31, ""),
        ("month", 1, 12, MONTHS),
        ("weekday", 0, 7, DAYS),
    ];
    let fields: Vec<&str> = text.split_whitespace().collect();
    let help = "help: write minute, hour, day, month and weekday, such as \"0 9 * * 1-5\"";
    if fields.len() != FIELDS.len() {
        return Err(format!("this is not a time of cron, which has 5 fields\n{help}"));
    }
    for (field, (name, low, high, names)) in fields.into_iter().zip(FIELDS) {
        let value = |text: &str| match text.parse::<u32>() {
            Ok(number) => (low..=high).contains(&number),
            Err(_) => text.len() == 3 && names.split(' ').any(|name| name.eq_ignore_ascii_case(text)),
        };
        let part = |part: &str| {
            let (range, step) = part.split_once('/').map_or((part, None), |(range, step)| (range, Some(step)));
            let is_range =
                range == "*" || range.split_once('-').map_or_else(|| value(range), |(a, b)| value(a) && value(b));
            is_range && step.is_none_or(|step| step.parse::<u32>().is_ok_and(|step| step > 0))
        };
        if !field.split(',').all(part) {
            return Err(format!("`{field}` is no {name} of cron: {low} to {high}, with `*`, `-`, `,` and `/`\n{help}"));
        }
    }
    Ok(())
}

/// What is done to a flag fits it: PostHog does not look before its time comes.
pub(in crate::kinds) fn check_flag(change: &Block, world: &Declarations, report: &mut Report) {
    let Some(does) = change.get("does") else { return };
    let (Some(held), Some(flag)) = (does.held(), change.get("flag").and_then(|flag| world.target(flag))) else {
        return;
    };
    if flag.existing {
        return;
    }
    let variants = flag.get("variants").map_or(&[][..], Node::map);
    let has = |key: &str| variants.iter().any(|(known, ..)| known == key);
    match does.word() {
        Some("set_variants") => {
            let new = held.field("variants");
            for (key, at, _) in new.map_or(&[][..], Node::map) {
                if !has(key) {
                    let message = format!(
                        "`{key}` is not a variant of `{}`, and the change would add it\nhelp: declare it there with a share of 0%, or leave it out",
                        flag.name
                    );
                    report.error(crate::codes::VARIANTS, *at, message);
                }
            }
            let stays = |key: &str| new.is_some_and(|new| new.map().iter().any(|(kept, ..)| kept == key));
            if let (Some((gone, ..)), Some(new)) = (variants.iter().find(|(key, ..)| !stays(key)), new) {
                let message = format!(
                    "the change would remove `{gone}` from `{}`\nhelp: write it, with a share of 0% if nobody should get it",
                    flag.name
                );
                report.error(crate::codes::VARIANTS, new.at, message);
            }
        }
        Some("add_release") => {
            if let Some(variant) = held.field("variant")
                && let Some(key) = variant.text()
                && !has(key)
            {
                let message = format!(
                    "`{key}` is not a variant of `{}`\nhelp: write one of its variants, or leave it out",
                    flag.name
                );
                report.error(crate::codes::VARIANTS, variant.at, message);
            }
            release_sets::check(std::slice::from_ref(held), world, report);
        }
        _ => {}
    }
}

/// One flag, one time, one kind of change: two of them are one to PostHog's log and to whoever looks for them.
pub(in crate::kinds) fn check_apart(change: &Block, world: &Declarations, report: &mut Report) {
    let key = |block: &Block| {
        let flag = block.get("flag").and_then(|flag| world.target(flag))?;
        let does = block.get("does")?;
        let again = block.get("every").and_then(Node::word).or(block.text("cron"));
        let when = match again {
            // The time of what is done again moves on, and what it does tells it apart.
            Some(again) => format!("{again} {:?}", does.held().map(|held| &held.given)),
            None => block.text("at").map(posthog::instant)?,
        };
        Some((flag.name.clone(), when, does.word()?.to_owned()))
    };
    let Some(own) = key(change) else { return };
    let mut earlier = world.of_kind(change.kind).iter().take_while(|other| !other.is(change));
    if let Some(other) = earlier.find(|other| key(other).as_ref() == Some(&own)) {
        report.error(
            codes::SAME_KEY,
            change.key_site("at"),
            format!("`{}` already makes the same kind of change to `{}` at the same time\nhelp: write another time, or leave one of them out", other.name, own.0),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::five_fields;

    #[test]
    fn cron_has_five_fields() {
        for good in ["0 9 * * 1-5", "*/15 0,12 1 jan-mar MON", "59 23 31 12 7"] {
            assert_eq!(five_fields(good), Ok(()), "{good}");
        }
        for bad in [
            "0 9 * *",
            "60 9 * * *",
            "0 24 * * *",
            "0 9 0 * *",
            "0 9 * 13 *",
            "0 9 * * 8",
            "0 9 * * someday",
            "*/0 * * * *",
            "@daily",
            "0 9 * * 1-",
        ] {
            assert!(five_fields(bad).is_err(), "{bad}");
        }
    }
}
