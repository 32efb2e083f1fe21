//! What PostHog would refuse, and what the settings ask of flags.

use super::super::filter;
use super::super::prelude::*;
use plg_core::checks::pattern;
use plg_core::{Mistake, WholeRule};

/// The longest time that a session can be asked to last, in milliseconds.
const LONGEST: i64 = 30_000;

pub(super) fn check(settings: &Block, _: &Declarations, report: &mut Report) {
    filter::check(settings.get("test_account_filters"), report);
    for rule in settings.get("path_cleaning").map_or(&[][..], Node::list) {
        check_cleaning(rule, report);
    }
    if let Some(Node { at, given: Given::Percent(share) }) = settings.get("recording_sample")
        && share.fract() != 0.0
    {
        let message = format!("PostHog accepts whole percents, and this is {share}%\nhelp: write `{}%`", share.round());
        report.error(codes::SHARE, *at, message);
    }
    if let Some(Node { at, given: Given::Int(least) }) = settings.get("recording_minimum_milliseconds")
        && !(0..=LONGEST).contains(least)
    {
        let message = format!("PostHog waits at most 30 seconds\nhelp: write 0 to {LONGEST}");
        report.error(codes::OUT_OF_RANGE, *at, message);
    }
    if let Some(Node { at, given: Given::Record(fields) }) = settings.get("masking")
        && fields.is_empty()
    {
        let message = "`masking` is empty\nhelp: write `masking: { inputs: true }`, or remove it";
        report.error(codes::NEEDS_ANOTHER, *at, message);
    }
}

fn check_cleaning(rule: &Node, report: &mut Report) {
    let matches = rule.field("matches");
    if let Some(Node { at, given: Given::Text(text) }) = matches
        && text.is_empty()
    {
        report.error(codes::TEXT, *at, "this matches everything\nhelp: write what to match, such as \"/[0-9]+\"");
    }
    pattern(matches, report);
    let (Some(expression), Some(alias)) = (matches.and_then(Node::text), rule.field("alias")) else { return };
    let groups = groups(expression);
    let Some(text) = alias.text() else { return };
    if let Some(reference) = references(text).find(|reference| *reference > groups) {
        let has = if groups == 1 { "1 group".to_owned() } else { format!("{groups} groups") };
        let message = format!(
            "`\\{reference}` is not a group of the expression, which has {has}\nhelp: put a group into `(…)`, or write another name"
        );
        report.error(codes::TEXT, alias.at, message);
    }
}

/// How many groups of an expression keep what they match.
fn groups(expression: &str) -> u32 {
    let (mut count, mut is_in_class, mut rest) = (0, false, expression.chars());
    while let Some(c) = rest.next() {
        match c {
            '\\' => drop(rest.next()),
            '[' => is_in_class = true,
            ']' => is_in_class = false,
            '(' if !is_in_class => {
                let after = rest.as_str();
                let keeps = !after.starts_with('?') || after.starts_with("?P<") || after.starts_with("?<");
                count += u32::from(keeps);
            }
            _ => {}
        }
    }
    count
}

/// The groups that a name has in it: `\1`; `\\` is a backslash.
fn references(alias: &str) -> impl Iterator<Item = u32> {
    let mut rest = alias.chars();
    std::iter::from_fn(move || {
        loop {
            if rest.next()? == '\\'
                && let Some(digit) = rest.next().and_then(|next| next.to_digit(10))
            {
                return Some(digit);
            }
        }
    })
}

/// A project has its settings once.
pub(in crate::kinds) fn check_alone(settings: &Block, world: &Declarations, report: &mut Report) {
    let mut earlier = world.of_kind(settings.kind).iter().take_while(|other| !other.is(settings));
    if let Some(other) = earlier.next() {
        let message =
            format!("`{}` already declares the settings of the project\nhelp: move these fields there", other.name);
        report.error(codes::SAME_KEY, settings.at, message);
    }
}

/// The variant that recordings wait for is one of its flag's.
pub(in crate::kinds) fn check_linked_variant(settings: &Block, world: &Declarations, report: &mut Report) {
    let Some(held) = settings.get("recorded").and_then(Node::held) else { return };
    let (Some(flag), Some(variant)) = (held.field("flag"), held.field("variant")) else { return };
    let (Some(flag), Some(key)) = (world.target(flag), variant.text()) else { return };
    if flag.existing {
        return;
    }
    let variants = flag.get("variants").map_or(&[][..], Node::map);
    if variants.iter().any(|(known, ..)| known == key) {
        return;
    }
    let known: Vec<String> = variants.iter().map(|(known, ..)| format!("`{known}`")).collect();
    let help = match known[..] {
        [] => format!("write `flag({})`, as it is on or off", flag.name),
        _ => format!("write one of {}", known.join(", ")),
    };
    let message = format!("`{key}` is not a variant of `{}`\nhelp: {help}", flag.name);
    report.error(crate::codes::VARIANTS, variant.at, message);
}

/// What the settings of a project ask of its flags: the word there, the field of a flag, and what to write.
const ASKED: [(&str, &str, &str, &str); 2] = [
    ("require_flag_tags", "tags", "tag", "tags: [\"growth\"]"),
    ("require_flag_contexts", "contexts", "context", "contexts: [\"web\"]"),
];

/// What the settings ask of every flag is asked of those of the stack.
pub(in crate::kinds) const RULE: WholeRule = WholeRule {
    looks_at: &["project_settings", "feature_flag"],
    says: "A flag has the tags and the contexts that the settings of its project ask for.",
    codes: &[crate::codes::ASKED_OF_FLAGS],
    check: |block, world, report| {
        for mistake in lacking(block, world) {
            report.error(mistake.code, mistake.at, mistake.message);
        }
    },
    // Flags that are older than the rule need not keep it, and then it is left to people.
    settle: |block, world| {
        if block.kind != "project_settings" {
            return;
        }
        for (word, field, ..) in ASKED {
            let is_broken = world.of_kind("feature_flag").iter().any(|flag| lacks(flag, field));
            block.fields.retain(|(name, ..)| name != word || !is_broken);
        }
    },
};

fn lacks(flag: &Block, field: &str) -> bool {
    !flag.existing && flag.get(field).is_none_or(|list| matches!(&list.given, Given::List(list) if list.is_empty()))
}

fn lacking(flag: &Block, world: &Declarations) -> Vec<Mistake> {
    if flag.kind != "feature_flag" {
        return Vec::new();
    }
    let settings = world.of_kind("project_settings").first();
    let asked = |word: &str| {
        let asks = settings.and_then(|settings| settings.get(word));
        matches!(asks, Some(Node { given: Given::Bool(true), .. }))
    };
    let one = |(word, field, what, example): (&str, &str, &str, &str)| {
        (asked(word) && lacks(flag, field)).then(|| Mistake {
            code: crate::codes::ASKED_OF_FLAGS,
            at: flag.at,
            message: format!(
                "the project's settings have `{word}`, so PostHog refuses a new flag without a {what}\nhelp: write `{example}`, with one of yours"
            ),
        })
    };
    ASKED.into_iter().filter_map(one).collect()
}
