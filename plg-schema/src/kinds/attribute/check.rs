//! What Attio refuses in an attribute.

use super::super::STANDARD;
use super::super::prelude::*;
use crate::text;

pub(super) fn check(attribute: &Block, world: &Declarations, report: &mut Report) {
    let Some(holds) = attribute.get("holds") else { return };
    titles(holds, report);
    if attribute.existing {
        return;
    }
    let word = holds.word().unwrap_or_default();
    let standard = attribute.get("on").and_then(Node::word).filter(|on| STANDARD.iter().any(|o| o.slug.0 == *on));
    slug(attribute, standard, report);
    if matches!(word, "email_address" | "domain") {
        report.error(
            codes::MADE_BY_ATTIO, holds.at,
            format!("Attio makes `{word}` attributes itself, no others can be made\nhelp: write `text`, or `existing attribute` for the one that is there"),
        );
    }
    let place = attribute.get("on").and_then(Node::held).and_then(|on| world.target(on));
    if let Some(Node { at, given: Given::Bool(true) }) = attribute.get("required")
        && place.is_some_and(|place| place.kind == "list")
    {
        report.error(codes::NOT_ON_THIS_OBJECT, *at, "attributes of lists cannot be required\nhelp: leave `required` out, or put the attribute on the list's object");
    }
    // People and companies are poorer than other objects: one mistake, one message.
    let poor = standard.filter(|on| matches!(*on, "people" | "companies"));
    if let Some(on) = poor
        && word == "status"
    {
        report.error(
            codes::NOT_ON_THIS_OBJECT,
            holds.at,
            format!(
                "{on} cannot have a status\nhelp: write `select`, or put it on `deals` or an object that is declared"
            ),
        );
    }
    for field in ["required", "unique", "default"] {
        let Some(node) = attribute.get(field) else { continue };
        if matches!(node.given, Given::Bool(false)) {
            continue;
        }
        if let Some(on) = poor {
            report.error(
                codes::NOT_ON_THIS_OBJECT, attribute.key_site(field),
                format!("attributes of {on} cannot have `{field}`\nhelp: leave it out, or put the attribute on another object"),
            );
        } else if field == "unique" && matches!(word, "select" | "status") {
            report.error(
                codes::NOT_ON_THIS_OBJECT,
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
            codes::NOT_ON_THIS_OBJECT, node.at,
            format!("a record has one `{word}` at most\nhelp: leave `multiple` out; it is for `select`, `record`, `actor` and `phone_number`"),
        );
    }
}

/// Titles as they will be sent.
fn titles(holds: &Node, report: &mut Report) {
    let mut seen: Vec<(String, &str)> = Vec::new();
    for child in holds.held().map_or(&[][..], Node::items) {
        let own = child.name.rsplit('.').next().unwrap_or_default();
        let title = child.text("title").map_or_else(|| text::title(own), |title| title.trim().to_owned());
        match seen.iter().find(|(other, _)| *other == title) {
            Some((_, first)) => report.error(
                codes::SAME_KEY, child.get("title").map_or(child.at, |node| node.at),
                format!(
                    "`{first}` has the title \"{title}\" already\nhelp: give `{own}` another `title`, as Attio tells them apart by it"
                ),
            ),
            None => seen.push((title, own)),
        }
    }
}

fn slug(attribute: &Block, standard: Option<&str>, report: &mut Report) {
    let Some(node) = attribute.get("slug") else { return };
    let Some(slug) = node.text() else { return };
    let everywhere = ["record_id", "created_at", "created_by"];
    let own = standard.map_or(&[][..], system);
    if everywhere.contains(&slug) || own.contains(&slug) {
        report.error(
            codes::MADE_BY_ATTIO, node.at,
            format!("`{slug}` is Attio's own attribute\nhelp: write `existing attribute {}` to refer to that one, or take another slug", attribute.name),
        );
    }
}

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
            ("number" | "rating", Some(Given::Json(value))) => matches!(value, Term::Number(_)),
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
        "number" | "rating" => "write `value(1)`",
        "checkbox" => "write `value(true)`",
        _ => "leave `default` out",
    };
    report.error(codes::NOT_ON_THIS_OBJECT, node.at, format!("this is no default for `{word}`\nhelp: {help}"));
}
