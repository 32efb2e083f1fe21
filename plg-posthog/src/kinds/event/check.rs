//! What is wrong with an event.

use super::schema::SCHEMA;
use crate::kinds::prelude::*;
use crate::kinds::property_type;

pub(super) fn check(event: &Block, _: &Declarations, report: &mut Report) {
    if let Some(name) = event.get("name")
        && !event.existing
        && let Some(text) = name.text()
        && text.starts_with('$')
    {
        report.error(
            crate::codes::SENT_BY_POSTHOG,
            name.at,
            format!(
                "`{text}` is one of PostHog's own events\nhelp: write `existing event {} {{ name: \"{text}\" }}`",
                event.name
            ),
        );
    }
    property_type::check(event.get("properties"), report);
    let written = |field: &str| matches!(event.get(field), Some(Node { given: Given::Bool(true), .. }));
    if written("hidden") && written("verified") {
        report.error(
            crate::codes::EXCLUDE_EACH_OTHER,
            event.key_site("verified"),
            "an event cannot be both hidden and verified\nhelp: write `verified: false`, or leave `hidden` out",
        );
    }
    let mut seen: Vec<&str> = Vec::new();
    for group in event.get(SCHEMA).map_or(&[][..], Node::list) {
        let Given::Ref(Some(name)) = &group.given else { continue };
        if seen.contains(&name.as_str()) {
            let message = "this group is in the list already\nhelp: leave one of them out";
            report.error(codes::WRITTEN_TWICE, group.at, message);
        }
        seen.push(name);
    }
}

/// A property that an event has twice, by itself or by its groups, has one type.
pub(in crate::kinds) fn check_properties(event: &Block, world: &Declarations, report: &mut Report) {
    let own = event.get("properties").map_or(&[][..], Node::map);
    // Each property with its type, and who says so.
    let mut known: Vec<(&str, &Node, &str)> =
        own.iter().map(|(name, _, ty)| (name.as_str(), ty, event.name.as_str())).collect();
    for reference in event.get(SCHEMA).map_or(&[][..], Node::list) {
        let Some(group) = world.target(reference).filter(|group| !group.existing) else { continue };
        for (name, _, ty) in group.get("properties").map_or(&[][..], Node::map) {
            match known.iter().find(|(other, ..)| other == name) {
                Some((_, other, of)) if !alike(other, ty) => {
                    let message = format!(
                        "`{name}` has different types in `{}` and `{of}`\nhelp: write the same type in both, or give one of them another name",
                        group.name
                    );
                    report.error(crate::codes::OTHER_TYPE, reference.at, message);
                }
                Some(_) => {}
                None => known.push((name, ty, &group.name)),
            }
        }
    }
}

/// Whether two types are one, wherever they stand.
fn alike(one: &Node, other: &Node) -> bool {
    match (&one.given, &other.given) {
        (Given::Case(one, None), Given::Case(other, None)) => one == other,
        (Given::Case(one, Some(held)), Given::Case(other, Some(inner))) => one == other && alike(held, inner),
        (Given::List(one), Given::List(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| alike(one, other))
        }
        (one, other) => one == other,
    }
}
