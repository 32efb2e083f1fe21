//! What PostHog would refuse.

use crate::Site;
use crate::kinds::prelude::*;
use crate::kinds::{cohort, posthog, property};

/// Entries of a map.
type Pairs<'a> = &'a [(String, Site, Node)];

pub(super) fn check(flag: &Block, world: &Declarations, report: &mut Report) {
    let variants = flag.get("variants").map_or(&[][..], Node::map);
    check_variants(flag, variants, report);
    check_payloads(flag, variants, report);
    let payloads = flag.get("payloads").map_or(&[][..], Node::map).iter().map(|(_, _, payload)| payload);
    for payload in flag.get("payload").into_iter().chain(payloads) {
        if let Given::Json(json) = &payload.given {
            posthog::public(payload.at, json, report);
        }
    }
    for release in flag.get("release").map_or(&[][..], Node::list) {
        check_release(release, variants, world, report);
    }
    if flag.get("bucketed_by").and_then(Node::word) == Some("device")
        && let Some(Node { at, given: Given::Bool(true) }) = flag.get("persist")
    {
        report.error(codes::VARIANTS, *at, "`persist` needs the person, and this flag goes by the device\nhelp: leave out `persist`, or `bucketed_by: device`");
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
                codes::EXCLUDE_EACH_OTHER,
                rollout.at,
                "remote configuration is the same for everybody\nhelp: leave out `rollout`",
            );
        }
    }
}

fn check_variants(flag: &Block, variants: Pairs, report: &mut Report) {
    let Some(node) = flag.get("variants") else { return };
    if !(2..=20).contains(&variants.len()) {
        report.error(
            codes::VARIANTS,
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
    if (sum - 100.0).abs() > 0.001 {
        report.error(
            codes::SHARE,
            node.at,
            format!("the variants' shares add up to {}%, not 100%", (sum * 1000.0).round() / 1000.0),
        );
    }
}

fn check_payloads(flag: &Block, variants: Pairs, report: &mut Report) {
    if !variants.is_empty()
        && let Some(payload) = flag.get("payload")
    {
        report.error(
            codes::VARIANTS,
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
            codes::VARIANTS,
            at,
            format!(
                "`{key}` is no variant, as this flag has none\nhelp: write `variants: {{ control: 50%, {key}: 50% }}`"
            ),
        );
    } else if !variants.iter().any(|(known, ..)| known == key) {
        let known: Vec<String> = variants.iter().map(|(known, ..)| format!("`{known}`")).collect();
        report.error(
            codes::VARIANTS,
            at,
            format!("`{key}` is no variant of this flag\nhelp: write one of {}", known.join(", ")),
        );
    }
}

fn check_release(release: &Node, variants: Pairs, world: &Declarations, report: &mut Report) {
    if let Some(variant) = release.field("variant")
        && let Some(key) = variant.text()
    {
        check_variant(key, variant.at, variants, report);
    }
    for audience in release.field("to").map_or(&[][..], Node::list) {
        match (audience.word(), audience.held()) {
            (Some("person"), Some(test)) => property::check(test, report),
            (Some("member" | "not_member"), Some(held)) => {
                if let Some(cohort) = world.target(held)
                    && cohort::is_behavioral(cohort, world)
                {
                    report.error(
                        codes::NEVER_CALCULATES, held.at,
                        format!("`{}` is found by what people did, and such a cohort cannot be used in a flag\nhelp: use a cohort of `person(…)` conditions", cohort.name),
                    );
                }
            }
            _ => {}
        }
    }
}
