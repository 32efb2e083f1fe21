//! What PostHog would refuse.

use crate::kinds::prelude::*;
use crate::kinds::property::Place;
use crate::kinds::{cohort, posthog, property};
use plg_core::Site;

/// Entries of a map.
type Pairs<'a> = &'a [(String, Site, Node)];

pub(super) fn check(flag: &Block, _: &Declarations, report: &mut Report) {
    let variants = flag.get("variants").map_or(&[][..], Node::map);
    check_variants(flag, variants, report);
    check_payloads(flag, variants, report);
    let payloads = flag.get("payloads").map_or(&[][..], Node::map).iter().map(|(_, _, payload)| payload);
    for payload in flag.get("payload").into_iter().chain(payloads) {
        if let Given::Json(json) = &payload.given {
            posthog::public(payload.at, json, report);
        }
    }
    check_size(flag, report);
    for release in flag.get("release").map_or(&[][..], Node::list) {
        check_release(release, variants, report);
    }
    if flag.get("bucketed_by").and_then(Node::word) == Some("device")
        && let Some(Node { at, given: Given::Bool(true) }) = flag.get("persist")
    {
        report.error(crate::codes::VARIANTS, *at, "`persist` needs the person, and this flag goes by the device\nhelp: leave out `persist`, or `bucketed_by: device`");
    }
    if let Some(Node { given: Given::Bool(true), .. }) = flag.get("remote_config") {
        if flag.get("payload").is_none() {
            report.error(
                codes::NEEDS_ANOTHER,
                flag.key_site("remote_config"),
                "remote configuration is a payload, and there is none\nhelp: write `payload: { \"limit\": 10 }`",
            );
        }
        if let Some(rollout) = flag.get("rollout") {
            report.error(
                crate::codes::EXCLUDE_EACH_OTHER,
                rollout.at,
                "remote configuration is the same for everybody\nhelp: leave out `rollout`",
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
            format!("this flag has {} KB of conditions and payloads, PostHog keeps 512\nhelp: put what is large elsewhere, and its address into the flag", sum / 1024),
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

fn check_variants(flag: &Block, variants: Pairs, report: &mut Report) {
    let Some(node) = flag.get("variants") else { return };
    if !(2..=20).contains(&variants.len()) {
        report.error(
            crate::codes::VARIANTS,
            node.at,
            format!(
                "a flag has 2 to 20 variants, but here is {}\nhelp: write `{{ control: 50%, test: 50% }}`",
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
                "`{key}` is no variant, as this flag has none\nhelp: write `variants: {{ control: 50%, {key}: 50% }}`"
            ),
        );
    } else if !variants.iter().any(|(known, ..)| known == key) {
        let known: Vec<String> = variants.iter().map(|(known, ..)| format!("`{known}`")).collect();
        report.error(
            crate::codes::VARIANTS,
            at,
            format!("`{key}` is no variant of this flag\nhelp: write one of {}", known.join(", ")),
        );
    }
}

fn check_release(release: &Node, variants: Pairs, report: &mut Report) {
    if let Some(variant) = release.field("variant")
        && let Some(key) = variant.text()
    {
        check_variant(key, variant.at, variants, report);
    }
    for audience in release.field("to").map_or(&[][..], Node::list) {
        if let (Some("person"), Some(test)) = (audience.word(), audience.held()) {
            property::check(test, Place::Flag, report);
        }
    }
}

/// PostHog evaluates a flag without what people did.
pub(in crate::kinds) fn check_cohorts(flag: &Block, world: &Declarations, report: &mut Report) {
    let releases = flag.get("release").map_or(&[][..], Node::list);
    for audience in releases.iter().flat_map(|release| release.field("to").map_or(&[][..], Node::list)) {
        if let (Some("member" | "not_member"), Some(held)) = (audience.word(), audience.held())
            && let Some(cohort) = world.target(held)
            && cohort::is_behavioral(cohort, world)
        {
            report.error(
                crate::codes::NEVER_CALCULATES, held.at,
                format!("`{}` is found by what people did, and such a cohort cannot be used in a flag\nhelp: use a cohort of `person(…)` conditions", cohort.name),
            );
        }
    }
}
