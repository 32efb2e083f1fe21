//! Attio's part of the page: objects with their attributes, pipelines, webhooks.

use crate::home::html::{described, escaped, rows, text};
use crate::home::part::HomePart;
use serde_json::Value;
use std::fmt::Write;

pub(crate) fn write(home: &mut HomePart<'_>) {
    let objects = home.get("/v2/objects");
    let objects = rows(&objects);
    home.section("objects", "Objects", "Objects", objects.len());
    for object in objects {
        self::object(home, object);
    }
    home.html().push_str("</section>\n");

    let webhooks = home.get("/v2/webhooks?limit=100");
    let webhooks = rows(&webhooks);
    home.section("webhooks", "Webhooks", "Webhooks", webhooks.len());
    let out = home.html();
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

fn object(home: &mut HomePart<'_>, object: &Value) {
    let slug = text(object, "api_slug");
    let answer = home.get(&format!("/v2/objects/{slug}/attributes?limit=500"));
    let all = rows(&answer);
    let own: Vec<&Value> = all.iter().filter(|row| row["is_system_attribute"] == false).collect();
    let _ = writeln!(
        home.html(),
        "<article class=\"object\"><h3>{} <code>{}</code></h3>",
        escaped(text(object, "plural_noun")),
        escaped(slug)
    );
    let of_attio = all.len() - own.len();
    if own.is_empty() {
        let _ = writeln!(home.html(), "<p class=\"none\">Only Attio's own {of_attio} attributes.</p></article>");
        return;
    }
    let _ = writeln!(
        home.html(),
        "<p class=\"note\">And {of_attio} attributes of Attio's own.</p>\n<ul class=\"attributes\">"
    );
    for attribute in own {
        let name = text(attribute, "api_slug");
        let ty = text(attribute, "type");
        let many = if attribute["is_multiselect"] == true { ", several" } else { "" };
        let _ = writeln!(
            home.html(),
            "<li><h4>{} <code>{}</code> <span class=\"type\">{}{many}</span></h4>",
            escaped(text(attribute, "title")),
            escaped(name),
            escaped(ty)
        );
        described(home.html(), attribute);
        let path = |what: &str| format!("/v2/objects/{slug}/attributes/{name}/{what}");
        match ty {
            "select" => {
                let options = home.get(&path("options"));
                chips(home.html(), rows(&options));
            }
            "status" => {
                let statuses = home.get(&path("statuses"));
                pipeline(home.html(), rows(&statuses));
            }
            _ => {}
        }
        home.html().push_str("</li>\n");
    }
    home.html().push_str("</ul></article>\n");
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
