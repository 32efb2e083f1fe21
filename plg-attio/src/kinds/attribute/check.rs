//! What Attio refuses in an attribute.

use super::super::STANDARD;
use super::super::prelude::*;
use plg_core::text;

pub(super) fn check(attribute: &Block, _: &Declarations, report: &mut Report) {
    let Some(holds) = attribute.get("holds") else { return };
    titles(holds, report);
    if let Some(word @ ("select" | "status")) = holds.word()
        && holds.held().is_some_and(|held| matches!(&held.given, Given::Items(items) if items.is_empty()))
    {
        report.error(
            codes::LIST,
            holds.at,
            format!("this {word} has no options\nhelp: write them, such as `{word} {{ First, Second }}`"),
        );
    }
    if attribute.existing {
        return;
    }
    let word = holds.word().unwrap_or_default();
    let standard = attribute.get("on").and_then(Node::word).filter(|on| STANDARD.iter().any(|o| o.slug.0 == *on));
    slug(attribute, standard, report);
    back(attribute, report);
    if matches!(word, "email_address" | "domain") {
        report.error(
            crate::codes::MADE_BY_ATTIO, holds.at,
            format!("Attio creates its `{word}` attributes itself, and its API cannot create others\nhelp: write `text`, or `existing attribute` for Attio's own"),
        );
    }
    // People and companies are poorer than other objects: one mistake, one message.
    let poor = standard.filter(|on| matches!(*on, "people" | "companies"));
    if let Some(on) = poor
        && word == "status"
    {
        report.warn(
            crate::codes::NOT_ON_THIS_OBJECT,
            holds.at,
            format!("Attio refused a status on {on} until May 2026, and may in an older workspace\nhelp: write `select` if it does"),
        );
    }
    for field in ["required", "unique", "default"] {
        let Some(node) = attribute.get(field) else { continue };
        if matches!(node.given, Given::Bool(false)) {
            continue;
        }
        if let Some(on) = poor {
            report.error(
                crate::codes::NOT_ON_THIS_OBJECT, attribute.key_site(field),
                format!("attributes of {on} cannot have `{field}`\nhelp: leave it out, or put the attribute on another object"),
            );
        } else if field == "unique" && matches!(word, "select" | "status") {
            report.error(
                crate::codes::NOT_ON_THIS_OBJECT,
                node.at,
                format!("a {word} cannot be unique\nhelp: leave `unique` out, or write `holds: text`"),
            );
        } else if field == "default" {
            default(node, word, report);
        }
    }
    if let Some(node) = attribute.get("multiple")
        && matches!(node.given, Given::Bool(true))
        && !matches!(word, "select" | "record" | "actor" | "phone_number" | "email_address" | "domain")
    {
        report.error(
            crate::codes::NOT_ON_THIS_OBJECT, node.at,
            format!("a record has one `{word}` at most\nhelp: leave `multiple` out; it is for `select`, `record`, `actor` and `phone_number`"),
        );
    }
}

/// Attio requires nothing of the entries of a list.
pub(in crate::kinds) fn check_place(attribute: &Block, world: &Declarations, report: &mut Report) {
    let place = attribute.get("on").and_then(Node::held).and_then(|on| world.target(on));
    if let Some(Node { at, given: Given::Bool(true) }) = attribute.get("required")
        && !attribute.existing
        && place.is_some_and(|place| place.kind == "list")
    {
        report.error(crate::codes::NOT_ON_THIS_OBJECT, *at, "attributes of lists cannot be required\nhelp: leave `required` out, or put the attribute on the list's object");
    }
}

/// What joins this record with those of one other object, on both of which an attribute can be made.
fn back(attribute: &Block, report: &mut Report) {
    let Some(back) = attribute.get("back") else { return };
    let at = attribute.key_site("back");
    let objects = objects(attribute);
    let Some([far]) = objects else {
        report.error(
            crate::codes::NOT_ON_THIS_OBJECT,
            at,
            "a relationship has one object at its other end\nhelp: write `holds: record [companies]` with that object, or remove `back`",
        );
        return;
    };
    let (Some(node), Some(on)) = (back.field("slug"), attribute.get("on")) else { return };
    let Some(slug) = node.text() else { return };
    if is_own(far.word(), slug) {
        report.error(
            crate::codes::MADE_BY_ATTIO,
            node.at,
            format!("`{slug}` is Attio's own attribute there\nhelp: take another slug for the other end"),
        );
    } else if object_key(far) == object_key(on) && attribute.text("slug") == Some(slug) {
        report.error(
            codes::SAME_KEY,
            node.at,
            "both ends are on one object and have the same slug\nhelp: give the other end another slug",
        );
    }
}

/// The objects that it refers to.
fn objects(attribute: &Block) -> Option<&[Node]> {
    Some(attribute.get("holds").filter(|holds| holds.word() == Some("record"))?.held()?.field("to")?.list())
}

/// What tells an object from others: its slug where it is Attio's own, else the declaration's name.
fn object_key(node: &Node) -> Option<&str> {
    match &node.held().unwrap_or(node).given {
        Given::Ref(name) => name.as_deref(),
        _ => node.word(),
    }
}

/// The object and the slug of the other end.
fn far(attribute: &Block) -> Option<(&str, &Node)> {
    let [far] = objects(attribute)? else { return None };
    Some((object_key(far)?, attribute.get("back")?.field("slug")?))
}

/// No attribute of an object has the slug of another one's other end, and lists have no ends.
pub(in crate::kinds) fn check_back(attribute: &Block, world: &Declarations, report: &mut Report) {
    if attribute.existing || attribute.get("back").is_none() {
        return;
    }
    let place = attribute.get("on").and_then(Node::held).and_then(|on| world.target(on));
    if place.is_some_and(|place| place.kind == "list") {
        report.error(
            crate::codes::NOT_ON_THIS_OBJECT,
            attribute.key_site("back"),
            "attributes of lists cannot have `back`\nhelp: remove `back`, or put the attribute on the list's object",
        );
        return;
    }
    let Some((object, node)) = far(attribute) else { return };
    let Some(slug) = node.text() else { return };
    let of_kind = world.of_kind(attribute.kind).iter();
    let others = of_kind.clone().filter(|other| !other.is(attribute));
    let is_there = |other: &&&Block| {
        other.text("slug") == Some(slug) && other.get("on").and_then(object_key).is_some_and(|on| on == object)
    };
    if let Some(other) = others.into_iter().find(is_there) {
        report.error(
            codes::SAME_KEY,
            node.at,
            format!(
                "`{}` has the slug \"{slug}\" on that object\nhelp: both ends of a relationship are declared here: leave `{}` out, or take another slug",
                other.name, other.name
            ),
        );
        return;
    }
    let mut earlier = of_kind.take_while(|other| !other.is(attribute));
    let is_same = |other: &&&Block| far(other).is_some_and(|(on, node)| on == object && node.text() == Some(slug));
    if let Some(other) = earlier.find(is_same) {
        report.error(
            codes::SAME_KEY,
            node.at,
            format!("the other end of `{}` has this slug already\nhelp: take another one", other.name),
        );
    }
}

/// Titles as they will be sent.
fn titles(holds: &Node, report: &mut Report) {
    let mut seen: Vec<(String, &str)> = Vec::new();
    for child in holds.held().map_or(&[][..], Node::items) {
        let own = child.name.rsplit('.').next().unwrap_or_default();
        let title = child.text("title").map_or_else(|| text::title(own), |title| title.trim().to_owned());
        let at = child.get("title").map_or(child.at, |node| node.at);
        if title.split(' ').any(str::is_empty) || title.chars().any(|letter| letter.is_whitespace() && letter != ' ') {
            report.error(
                codes::TEXT,
                at,
                format!("\"{title}\" has superfluous spaces\nhelp: write one space between two words"),
            );
        }
        // Nobody knows whether Attio tells capital letters apart here, and people do not.
        match seen.iter().find(|(other, _)| other.to_lowercase() == title.to_lowercase()) {
            Some((other, first)) if *other != title => report.error(
                codes::SAME_KEY,
                at,
                format!("\"{title}\" differs from the title \"{other}\" of `{first}` only in upper and lower case\nhelp: give `{own}` another `title`"),
            ),
            Some((_, first)) => report.error(
                codes::SAME_KEY, at,
                format!(
                    "`{first}` has the title \"{title}\" already\nhelp: give `{own}` another `title`, as Attio distinguishes them by it"
                ),
            ),
            None => seen.push((title, own)),
        }
    }
}

fn slug(attribute: &Block, standard: Option<&str>, report: &mut Report) {
    let Some(node) = attribute.get("slug") else { return };
    let Some(slug) = node.text() else { return };
    if is_own(standard, slug) {
        report.error(
            crate::codes::MADE_BY_ATTIO, node.at,
            format!("`{slug}` is Attio's own attribute\nhelp: write `existing attribute {}` to refer to that one, or take another slug", attribute.name),
        );
    }
}

/// Whether Attio itself has an attribute of this slug, there or everywhere.
fn is_own(object: Option<&str>, slug: &str) -> bool {
    let everywhere = ["record_id", "created_at", "created_by"];
    let met = object.is_some_and(|on| matches!(on, "people" | "companies")) && MET.contains(&slug);
    everywhere.contains(&slug) || object.is_some_and(|on| system(on).contains(&slug)) || met
}

/// What Attio notes of mails and meetings with people and companies.
pub(super) const MET: [&str; 11] = [
    "first_calendar_interaction",
    "last_calendar_interaction",
    "next_calendar_interaction",
    "first_email_interaction",
    "last_email_interaction",
    "first_interaction",
    "last_interaction",
    "next_interaction",
    "strongest_connection_strength",
    "strongest_connection_strength_legacy",
    "strongest_connection_user",
];

/// Attributes that Attio's own objects have from the start.
fn system(object: &str) -> &'static [&'static str] {
    match object {
        "people" => &[
            "name",
            "email_addresses",
            "description",
            "company",
            "job_title",
            "avatar_url",
            "phone_numbers",
            "primary_location",
            "angellist",
            "facebook",
            "instagram",
            "linkedin",
            "twitter",
            "twitter_follower_count",
            "associated_deals",
            "associated_users",
        ],
        "companies" => &[
            "domains",
            "name",
            "description",
            "team",
            "categories",
            "primary_location",
            "logo_url",
            "angellist",
            "facebook",
            "instagram",
            "linkedin",
            "twitter",
            "twitter_follower_count",
            "estimated_arr_usd",
            "funding_raised_usd",
            "foundation_date",
            "employee_range",
            "associated_deals",
            "associated_workspaces",
        ],
        "deals" => &["name", "stage", "owner", "value", "associated_people", "associated_company"],
        "users" => &["person", "primary_email_address", "user_id", "workspace"],
        "workspaces" => &["workspace_id", "name", "users", "company", "avatar_url"],
        _ => &[],
    }
}

fn default(node: &Node, word: &str, report: &mut Report) {
    let fits = match node.word().unwrap_or_default() {
        "current_user" => word == "actor",
        "now" | "after" => matches!(word, "date" | "timestamp"),
        _ => match (word, node.held().map(|held| &held.given)) {
            ("text", Some(Given::Json(value))) => matches!(value, Term::Text(_) | Term::Ref { .. } | Term::Env(_)),
            ("number", Some(Given::Json(value))) => matches!(value, Term::Number(_)),
            ("rating", Some(Given::Json(Term::Number(stars)))) => stars.as_i64().is_some_and(|s| (0..=5).contains(&s)),
            ("checkbox", Some(Given::Json(value))) => matches!(value, Term::Bool(_)),
            _ => false,
        },
    };
    if fits {
        return;
    }
    let help = match word {
        "actor" => "write `current_user`",
        "date" | "timestamp" => "write `now`, or `after(30 days)`",
        "text" => "write `value(\"…\")`",
        "number" => "write `value(1)`",
        "rating" => "write a whole number of stars, from `value(0)` to `value(5)`",
        "checkbox" => "write `value(true)`",
        _ => "leave `default` out",
    };
    report.error(
        crate::codes::NOT_ON_THIS_OBJECT,
        node.at,
        format!("this is not a default for `{word}`\nhelp: {help}"),
    );
}
