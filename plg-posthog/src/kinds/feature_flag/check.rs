//! What PostHog would refuse.

use super::release::{check_release, needed, referring};
use crate::kinds::prelude::*;
use crate::kinds::{cohort, posthog};
use plg_core::Site;

/// Entries of a map.
type Pairs<'a> = &'a [(String, Site, Node)];

pub(super) fn check(flag: &Block, _: &Declarations, report: &mut Report) {
    let variants = flag.get("variants").map_or(&[][..], Node::map);
    if let Some(variants) = flag.get("variants") {
        check_shares(variants, report);
    }
    check_payloads(flag, variants, report);
    let payloads = flag.get("payloads").map_or(&[][..], Node::map).iter().map(|(_, _, payload)| payload);
    for payload in flag.get("payload").into_iter().chain(payloads) {
        if let Given::Json(json) = &payload.given {
            posthog::public(payload.at, json, report);
        }
    }
    check_size(flag, report);
    for release in flag.get("release").map_or(&[][..], Node::list) {
        check_release(release, report);
        if let Some(variant) = release.field("variant")
            && let Some(key) = variant.text()
        {
            check_variant(key, variant.at, variants, report);
        }
    }
    for (key, at, _) in flag.get("names").map_or(&[][..], Node::map) {
        check_variant(key, *at, variants, report);
    }
    check_secret(flag, report);
    if let Some(contexts) = flag.get("contexts")
        && contexts.list().len() > 50
    {
        let count = contexts.list().len();
        let message =
            format!("a flag has at most 50 contexts, and this one has {count}\nhelp: leave out {}", count - 50);
        report.error(codes::LIST, contexts.at, message);
    }
    if flag.get("bucketed_by").and_then(Node::word) == Some("device")
        && let Some(Node { at, given: Given::Bool(true) }) = flag.get("persist")
    {
        report.error(crate::codes::VARIANTS, *at, "`persist` needs the person, and this flag is bucketed by device\nhelp: leave out `persist`, or `bucketed_by: device`");
    }
    if let Some(Node { given: Given::Bool(true), .. }) = flag.get("remote_config") {
        if flag.get("payload").is_none() && flag.get("secret_payload").is_none() {
            report.error(
                codes::NEEDS_ANOTHER,
                flag.key_site("remote_config"),
                "a remote configuration needs a payload\nhelp: write `payload: { \"limit\": 10 }`",
            );
        }
        if let Some(rollout) = flag.get("rollout") {
            report.error(
                crate::codes::EXCLUDE_EACH_OTHER,
                rollout.at,
                "a remote configuration is the same for everybody\nhelp: remove `rollout`",
            );
        }
    }
}

/// A payload that is kept encrypted is that of a remote configuration, and its only one.
fn check_secret(flag: &Block, report: &mut Report) {
    let Some(secret) = flag.get("secret_payload") else { return };
    if !matches!(flag.get("remote_config"), Some(Node { given: Given::Bool(true), .. })) {
        report.error(
            codes::NEEDS_ANOTHER,
            secret.at,
            "PostHog encrypts only the payload of a remote configuration\nhelp: write `remote_config: true` beside it",
        );
    }
    for field in ["payload", "payloads", "variants"] {
        if let Some(node) = flag.get(field) {
            report.error(
                crate::codes::EXCLUDE_EACH_OTHER,
                node.at,
                format!(
                    "a flag with a `secret_payload` has no other payload and no variants\nhelp: leave out `{field}`"
                ),
            );
        }
    }
}

/// The most that PostHog keeps of a flag's conditions, variants and payloads together, in bytes of JSON.
const SIZE: usize = 512 * 1024;

/// Counts what is sure to be sent: texts and payloads.
fn check_size(flag: &Block, report: &mut Report) {
    let fields = ["release", "variants", "payload", "payloads"].into_iter().filter_map(|field| flag.get(field));
    let sizes: Vec<(usize, &Node)> = fields.map(|node| (size(node), node)).collect();
    let sum: usize = sizes.iter().map(|(size, _)| size).sum();
    if sum > SIZE
        && let Some((_, node)) = sizes.iter().max_by_key(|(size, _)| *size)
    {
        report.error(
            codes::TEXT,
            node.at,
            format!("this flag has {} KB of conditions and payloads, PostHog keeps 512\nhelp: store large values elsewhere, and put their address into the flag", sum / 1024),
        );
    }
}

fn size(node: &Node) -> usize {
    let json = |text: &str| Json::from(text).to_string().len();
    match &node.given {
        Given::Text(text) => json(text),
        // Payloads are JSON in text.
        Given::Json(value) => json(&value.to_string()),
        Given::List(list) => list.iter().map(size).sum(),
        Given::Record(fields) => fields.iter().map(|(_, node)| size(node)).sum(),
        Given::Map(entries) => entries.iter().map(|(key, _, node)| json(key) + size(node)).sum(),
        Given::Case(_, Some(held)) => size(held),
        _ => 0,
    }
}

/// Variants with their shares.
pub(in crate::kinds) fn check_shares(node: &Node, report: &mut Report) {
    let variants = node.map();
    if !(2..=20).contains(&variants.len()) {
        report.error(
            crate::codes::VARIANTS,
            node.at,
            format!(
                "a flag has 2 to 20 variants, and this one has {}\nhelp: write `{{ control: 50%, test: 50% }}`",
                variants.len()
            ),
        );
        return;
    }
    let shares = variants.iter().map(|(_, _, share)| match share.given {
        Given::Percent(share) => share,
        _ => 0.0,
    });
    let sum: f64 = shares.sum();
    // As near as shares with a few decimals come to it when they are added up.
    if (sum - 100.0).abs() > 1e-9 {
        let help = match variants.last() {
            Some((key, _, Node { given: Given::Percent(last), .. }))
                if (0.0..=100.0).contains(&(100.0 - sum + last)) =>
            {
                format!("write `{key}: {}%`, or change another share", rounded(100.0 - sum + last))
            }
            _ => "write smaller shares".to_owned(),
        };
        let message = format!("the variants' shares add up to {}%, not 100%\nhelp: {help}", rounded(sum));
        report.error(codes::SHARE, node.at, message);
    }
}

/// A share without what adding up left behind.
fn rounded(share: f64) -> f64 {
    (share * 1e9).round() / 1e9
}

fn check_payloads(flag: &Block, variants: Pairs, report: &mut Report) {
    if !variants.is_empty()
        && let Some(payload) = flag.get("payload")
    {
        report.error(
            crate::codes::VARIANTS,
            payload.at,
            format!("a flag with variants has a payload for each\nhelp: write `payloads: {{ {}: … }}`", variants[0].0),
        );
    }
    for (key, at, _) in flag.get("payloads").map_or(&[][..], Node::map) {
        check_variant(key, *at, variants, report);
    }
}

fn check_variant(key: &str, at: Site, variants: Pairs, report: &mut Report) {
    if variants.is_empty() {
        report.error(
            crate::codes::VARIANTS,
            at,
            format!(
                "`{key}` is not a variant, as this flag has none\nhelp: write `variants: {{ control: 50%, {key}: 50% }}`"
            ),
        );
    } else if !variants.iter().any(|(known, ..)| known == key) {
        let known: Vec<String> = variants.iter().map(|(known, ..)| format!("`{known}`")).collect();
        report.error(
            crate::codes::VARIANTS,
            at,
            format!("`{key}` is not a variant of this flag\nhelp: write one of {}", known.join(", ")),
        );
    }
}

/// The condition sets of a flag against what they refer to.
pub(in crate::kinds) fn check_sets(releases: &[Node], world: &Declarations, report: &mut Report) {
    cohorts(releases, world, report);
    needs(releases, world, report);
    parts(releases, world, report);
}

fn sets(flag: &Block) -> &[Node] {
    flag.get("release").map_or(&[][..], Node::list)
}

/// PostHog evaluates a flag without what people did.
pub(in crate::kinds) fn check_cohorts(flag: &Block, world: &Declarations, report: &mut Report) {
    cohorts(sets(flag), world, report);
}

/// PostHog refuses a flag that needs another one which is switched off, each time its conditions are written.
pub(in crate::kinds) fn check_needs(flag: &Block, world: &Declarations, report: &mut Report) {
    needs(sets(flag), world, report);
}

/// What a flag needs of another one is a variant that one has.
pub(in crate::kinds) fn check_parts(flag: &Block, world: &Declarations, report: &mut Report) {
    parts(sets(flag), world, report);
}

fn cohorts(releases: &[Node], world: &Declarations, report: &mut Report) {
    for (word, held) in referring(releases) {
        if ["member", "not_member"].contains(&word)
            && let Some(cohort) = world.target(held)
            && cohort::is_behavioral(cohort, world)
        {
            report.error(
                crate::codes::NEVER_CALCULATES, held.at,
                format!("`{}` has conditions on events, and a flag cannot use such a cohort\nhelp: use a cohort of `person(…)` conditions", cohort.name),
            );
        }
    }
}

fn needs(releases: &[Node], world: &Declarations, report: &mut Report) {
    for (named, _) in needed(releases) {
        if let Some(other) = world.target(named)
            && let Some(Node { given: Given::Bool(false), .. }) = other.get("active")
        {
            report.error(
                crate::codes::BUILT_ON,
                named.at,
                format!(
                    "`{}` is switched off, and PostHog refuses a flag that needs it\nhelp: remove `active: false` there, or this condition here",
                    other.name
                ),
            );
        }
    }
}

fn parts(releases: &[Node], world: &Declarations, report: &mut Report) {
    for (named, variant) in needed(releases) {
        let (Some(other), Some((key, at))) = (world.target(named), variant) else { continue };
        // What is only referred to may have any.
        if other.existing {
            continue;
        }
        let variants = other.get("variants").map_or(&[][..], Node::map);
        if variants.iter().any(|(known, ..)| known == key) {
            continue;
        }
        let known: Vec<String> = variants.iter().map(|(known, ..)| format!("`{known}`")).collect();
        let help = match known[..] {
            [] => format!("write `needs({})`, as it is on or off", other.name),
            _ => format!("write one of {}", known.join(", ")),
        };
        let message = format!("`{key}` is not a variant of `{}`\nhelp: {help}", other.name);
        report.error(crate::codes::VARIANTS, at, message);
    }
}
