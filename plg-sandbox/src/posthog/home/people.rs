//! People and events, as they came in last.

use crate::home::html::{escaped, rows, text};
use crate::home::part::HomePart;
use serde_json::{Map, Value};
use std::fmt::Write;

/// How many of each are shown.
const SHOWN: usize = 25;

/// How long a value may be, in characters.
const VALUE: usize = 120;

pub(super) fn write(home: &mut HomePart<'_>, project: u64) {
    let people = home.get(&format!("/api/projects/{project}/persons/?limit={SHOWN}"));
    list(home, ("people", "People"), &people, person);
    let events = home.get(&format!("/api/projects/{project}/events/?limit={SHOWN}"));
    list(home, ("arrived", "Events that arrived"), &events, event);
}

fn list(home: &mut HomePart<'_>, (id, title): (&str, &str), answer: &Value, card: impl Fn(&mut String, &Value)) {
    let all = rows(answer);
    home.section(id, title, title, all.len());
    let out = home.html();
    if !answer["next"].is_null() {
        let _ = writeln!(out, "<p class=\"note\">The last {SHOWN}; there are more.</p>");
    }
    out.push_str("<div class=\"cards\">\n");
    for row in all {
        out.push_str("<article class=\"card\">");
        card(out, row);
        out.push_str("</article>\n");
    }
    out.push_str("</div>\n</section>\n");
}

fn person(out: &mut String, row: &Value) {
    let _ = writeln!(out, "<h3>{}</h3>\n<ul class=\"chips\" aria-label=\"Ids\">", escaped(text(row, "name")));
    for id in row["distinct_ids"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        let _ = write!(out, "<li class=\"chip\">{}</li>", escaped(id));
    }
    out.push_str("</ul>\n");
    properties(out, &row["properties"]);
}

fn event(out: &mut String, row: &Value) {
    let at = text(row, "timestamp");
    let _ = writeln!(
        out,
        "<h3><code>{}</code></h3>\n<p><time datetime=\"{}\">{}</time> {}</p>",
        escaped(text(row, "event")),
        escaped(at),
        escaped(&at.get(..19).unwrap_or(at).replacen('T', " ", 1)),
        escaped(text(row, "distinct_id"))
    );
    properties(out, &row["properties"]);
}

/// Properties by name; those of PostHog's own libraries are counted.
fn properties(out: &mut String, properties: &Value) {
    let empty = Map::new();
    let all = properties.as_object().unwrap_or(&empty);
    let is_own = |name: &str| plg_flags::sent::is_own_property(name) && !matches!(name, "$set" | "$set_once");
    let (own, said): (Vec<_>, Vec<_>) = all.iter().partition(|(name, _)| is_own(name));
    if !said.is_empty() {
        out.push_str("<dl class=\"properties\">");
        for (name, value) in said {
            let _ = write!(out, "<div><dt>{}</dt><dd>{}</dd></div>", escaped(name), escaped(&short(value)));
        }
        out.push_str("</dl>\n");
    }
    match own.len() {
        0 => {}
        1 => out.push_str("<p class=\"note\">1 property of PostHog's own.</p>\n"),
        many => {
            let _ = writeln!(out, "<p class=\"note\">{many} properties of PostHog's own.</p>");
        }
    }
}

/// A value as JSON, cut where it is long.
fn short(value: &Value) -> String {
    let whole = value.to_string();
    let mut cut: String = whole.chars().take(VALUE).collect();
    if cut.len() < whole.len() {
        cut.push('…');
    }
    cut
}
