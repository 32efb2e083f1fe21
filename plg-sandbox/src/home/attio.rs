//! Attio's part: objects with their attributes, pipelines, webhooks.

use super::html::{described, escaped, rows, section, text};
use serde_json::Value;
use std::fmt::Write;

pub(super) fn write(out: &mut String, look: &dyn Fn(&str) -> Value) {
    let objects = look("/v2/objects");
    let objects = rows(&objects);
    section(out, "objects", "Objects", objects.len());
    for object in objects {
        self::object(out, object, look);
    }
    out.push_str("</section>\n");

    let webhooks = look("/v2/webhooks?limit=100");
    let webhooks = rows(&webhooks);
    section(out, "webhooks", "Webhooks", webhooks.len());
    out.push_str("<div class=\"cards\">\n");
    for webhook in webhooks {
        let on = webhook.get("subscriptions").and_then(Value::as_array).into_iter().flatten();
        let on: Vec<(String, String)> = on.map(|one| subscription(one, objects)).collect();
        let chips: String = on
            .iter()
            .map(|(whose, what)| format!("<li class=\"chip\">{}</li>", escaped(&format!("{whose} {what}"))))
            .collect();
        let mut whose: Vec<&str> = on.iter().map(|(whose, _)| whose.as_str()).collect();
        whose.dedup();
        let name = if whose.is_empty() { "Nothing".to_owned() } else { whose.join(", ") };
        let _ = writeln!(
            out,
            "<article class=\"card\"><h3>{}</h3><p class=\"type\">{}</p>\
             <ul class=\"chips\" aria-label=\"Subscriptions\">{chips}</ul></article>",
            escaped(&name),
            escaped(text(webhook, "target_url")),
        );
    }
    out.push_str("</div>\n</section>\n");
}

/// Whose changes a subscription is about, and which: `Deals` and `created`. The API tells objects by their ids.
fn subscription(one: &Value, objects: &[Value]) -> (String, String) {
    let (of, what) = text(one, "event_type").split_once('.').unwrap_or_default();
    let filter = one.get("filter").map(Value::to_string).unwrap_or_default();
    let is_meant = |object: &&Value| {
        let id = object.pointer("/id/object_id").and_then(Value::as_str);
        id.is_some_and(|id| filter.contains(id))
    };
    let whose: Vec<&str> = objects.iter().filter(is_meant).map(|object| text(object, "plural_noun")).collect();
    let kind = of.replace('-', " ");
    match (whose.is_empty(), of) {
        (true, "record") => ("Every record".to_owned(), what.to_owned()),
        (true, _) => (format!("Every {kind}"), what.to_owned()),
        (false, "record") => (whose.join(", "), what.to_owned()),
        (false, _) => (whose.join(", "), format!("{kind} {what}")),
    }
}

fn object(out: &mut String, object: &Value, look: &dyn Fn(&str) -> Value) {
    let slug = text(object, "api_slug");
    let answer = look(&format!("/v2/objects/{slug}/attributes?limit=500"));
    let all = rows(&answer);
    let own: Vec<&Value> = all.iter().filter(|row| row["is_system_attribute"] == false).collect();
    let _ = writeln!(
        out,
        "<article class=\"object\"><h3>{} <code>{}</code></h3>",
        escaped(text(object, "plural_noun")),
        escaped(slug)
    );
    let of_attio = all.len() - own.len();
    if own.is_empty() {
        let _ = writeln!(out, "<p class=\"none\">Only Attio's own {of_attio} attributes.</p></article>");
        return;
    }
    let _ = writeln!(out, "<p class=\"note\">And {of_attio} attributes of Attio's own.</p>\n<ul class=\"attributes\">");
    for attribute in own {
        let name = text(attribute, "api_slug");
        let ty = text(attribute, "type");
        let many = if attribute["is_multiselect"] == true { ", several" } else { "" };
        let _ = writeln!(
            out,
            "<li><h4>{} <code>{}</code> <span class=\"type\">{}{many}</span></h4>",
            escaped(text(attribute, "title")),
            escaped(name),
            escaped(ty)
        );
        described(out, attribute);
        let path = |what: &str| format!("/v2/objects/{slug}/attributes/{name}/{what}");
        match ty {
            "select" => chips(out, rows(&look(&path("options")))),
            "status" => pipeline(out, rows(&look(&path("statuses")))),
            _ => {}
        }
        out.push_str("</li>\n");
    }
    out.push_str("</ul></article>\n");
}

fn chips(out: &mut String, options: &[Value]) {
    let one = |row: &Value| format!("<li class=\"chip\">{}</li>", escaped(text(row, "title")));
    let _ = writeln!(
        out,
        "<ul class=\"chips\" aria-label=\"Options\">{}</ul>",
        options.iter().map(one).collect::<String>()
    );
}

fn pipeline(out: &mut String, statuses: &[Value]) {
    let one = |row: &Value| {
        let celebrated =
            if row["celebration_enabled"] == true { " <span title=\"celebrated\">🎉</span>" } else { "" };
        format!("<li>{}{celebrated}</li>", escaped(text(row, "title")))
    };
    let _ = writeln!(
        out,
        "<ol class=\"pipeline\" aria-label=\"Pipeline\">{}</ol>",
        statuses.iter().map(one).collect::<String>()
    );
}
