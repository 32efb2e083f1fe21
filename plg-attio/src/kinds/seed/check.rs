//! What a record of an object can hold.

use crate::codes::NOT_ON_THIS_OBJECT;
use crate::kinds::prelude::*;
use plg_core::checks::once;
use plg_core::text;

/// The attributes and values that are written.
fn entries(seed: &Block) -> impl Iterator<Item = (&Node, &Node)> {
    let all = seed.get("values").map_or(&[][..], Node::list).iter();
    all.filter_map(|entry| Some((entry.held()?.field("of")?, entry.held()?.field("is")?)))
}

fn name(node: &Node) -> Option<&str> {
    match &node.given {
        Given::Ref(name) => name.as_deref(),
        _ => None,
    }
}

/// The attribute that tells a record apart, with its value.
fn key_of(seed: &Block) -> Option<(&str, &Given)> {
    let by = name(seed.get("by")?)?;
    entries(seed).find(|(of, _)| name(of) == Some(by)).map(|(_, is)| (by, &is.given))
}

pub(super) fn check(seed: &Block, _: &Declarations, report: &mut Report) {
    if seed.existing {
        report.error(
            codes::UNKNOWN_KIND,
            seed.at,
            format!("a seed cannot be `existing`\nhelp: write `seed {}`: plg finds the record by its key, and changes only the values that you write", seed.name),
        );
        return;
    }
    let values = seed.get("values").map_or(&[][..], Node::list);
    once(values, |entry| Some(name(entry.held()?.field("of")?)?.to_owned()), report);
    let Some(by) = seed.get("by") else { return };
    if name(by).is_some() && !entries(seed).any(|(of, _)| name(of) == name(by)) {
        report.error(
            codes::MISSING_FIELD,
            by.at,
            format!(
                "no value identifies the record\nhelp: write `value({}, \"…\")` among its `values`",
                name(by).map_or("", referred)
            ),
        );
    }
}

/// A record holds what the attributes of its object can hold, and is found by one that is unique.
pub(in crate::kinds) fn check_places(seed: &Block, world: &Declarations, report: &mut Report) {
    if seed.existing {
        return;
    }
    let object = seed.get("of").and_then(|of| world.target(of));
    let is_there = |attribute: &Block| {
        let on = attribute.get("on").and_then(Node::held).and_then(|on| world.target(on));
        object.is_none_or(|object| on.is_some_and(|on| on.is(object)))
    };
    if let Some(by) = seed.get("by")
        && let Some(attribute) = world.target(by)
        && is_there(attribute)
        && !matches!(attribute.get("unique").map(|node| &node.given), Some(Given::Bool(true)))
    {
        report.error(
            NOT_ON_THIS_OBJECT,
            by.at,
            format!(
                "`{}` is not unique, so it cannot identify a record\nhelp: write `unique: true` in it, or use another attribute",
                attribute.name
            ),
        );
    }
    if let Some(key) = key_of(seed)
        && let Some(other) =
            world.of_kind(seed.kind).iter().take_while(|other| !other.is(seed)).find(|other| {
                seed.get("of").and_then(name) == other.get("of").and_then(name) && key_of(other) == Some(key)
            })
    {
        report.error(
            codes::SAME_KEY,
            seed.at,
            format!(
                "`{}` already declares the record with this key\nhelp: give one of the two another key, or leave it out",
                other.name
            ),
        );
    }
    for (of, is) in entries(seed) {
        let Some(attribute) = world.target(of) else { continue };
        if !is_there(attribute) {
            report.error(
                NOT_ON_THIS_OBJECT,
                of.at,
                format!(
                    "`{}` is on another object\nhelp: leave it out, or take an attribute of the record's object",
                    attribute.name
                ),
            );
            continue;
        }
        let Some(holds) = attribute.get("holds") else { continue };
        let several = matches!(attribute.get("multiple").map(|node| &node.given), Some(Given::Bool(true)));
        if let Some(wrong) = wrong(holds, several, is) {
            report.error(NOT_ON_THIS_OBJECT, is.at, format!("`{}` {wrong}", attribute.name));
        }
    }
}

/// What is wrong with a value of an attribute.
fn wrong(holds: &Node, several: bool, is: &Node) -> Option<String> {
    let Given::Json(value) = &is.given else { return None };
    let values = match value {
        Term::List(all) if several => &all[..],
        Term::List(_) => return Some("holds one value\nhelp: write it without brackets".to_owned()),
        one => std::slice::from_ref(one),
    };
    let word = holds.word()?;
    let later = |value: &Term| matches!(value, Term::Env(_) | Term::Ref { .. } | Term::Null);
    let (fits, help): (&dyn Fn(&Term) -> bool, &str) = match word {
        "text" => (&|value| matches!(value, Term::Text(_)), "write a text, \"…\""),
        "date" => (&|value| matches!(value, Term::Text(_)), "write a day, such as \"2026-12-24\""),
        "timestamp" => (&|value| matches!(value, Term::Text(_)), "write a moment, such as \"2026-12-24T18:00:00Z\""),
        "number" | "currency" => (&|value| matches!(value, Term::Number(_)), "write a number"),
        "rating" => (
            &|value| matches!(value, Term::Number(stars) if stars.as_i64().is_some_and(|stars| (0..=5).contains(&stars))),
            "write a whole number of stars, from 0 to 5",
        ),
        "checkbox" => (&|value| matches!(value, Term::Bool(_)), "write `true` or `false`"),
        "select" | "status" => {
            let titles: Vec<String> = holds.held().map_or(&[][..], Node::items).iter().map(title).collect();
            let is_title = |value: &Term| value.as_str().is_some_and(|text| titles.iter().any(|title| title == text));
            return values.iter().find(|value| !later(value) && !is_title(value)).map(|value| {
                let all: Vec<String> = titles.iter().map(|title| format!("\"{title}\"")).collect();
                format!("does not offer {value}\nhelp: write {}", all.join(" or "))
            });
        }
        word => {
            return Some(format!(
                "holds `{word}`, and a declared record cannot set that\nhelp: remove it, and set it in the web app"
            ));
        }
    };
    let misfit = values.iter().find(|value| !later(value) && !fits(value))?;
    Some(format!("cannot hold {misfit}\nhelp: {help}"))
}

/// The title of an option, as it will be sent.
fn title(option: &Block) -> String {
    let own = option.name.rsplit('.').next().unwrap_or_default();
    option.text("title").map_or_else(|| text::title(own), str::to_owned)
}
