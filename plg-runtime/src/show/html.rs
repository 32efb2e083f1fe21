//! One self-contained page: the graph by wave and account, and what differs.

use super::picture::{Card, Line, Picture, class};
use crate::strangers::html as escaped;
use std::collections::BTreeSet;
use std::fmt::Write;

const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");

/// The page. Nothing in it is fetched from anywhere; without scripts it can still be read.
pub fn html(picture: &Picture) -> String {
    let mut out = String::new();
    let title = escaped(&picture.title);
    let _ = writeln!(
        out,
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'\">\n\
         <title>{title}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>"
    );
    let _ = writeln!(
        out,
        "<a class=\"skip\" href=\"#list\">To the list of resources</a>\n<header>\n<h1>{title}</h1>\n<p class=\"summary\">{}.</p>",
        escaped(&picture.summary)
    );
    for notice in &picture.notices {
        let _ = writeln!(out, "<p class=\"summary\">{}</p>", escaped(notice));
    }
    out.push_str(
        "<div class=\"tools\" hidden>\n\
         <label>Search <input id=\"search\" type=\"search\" autocomplete=\"off\" spellcheck=\"false\"></label>\n",
    );
    if picture.is_plan {
        out.push_str("<label class=\"check\"><input id=\"only\" type=\"checkbox\"> Only what changes</label>\n");
    }
    out.push_str(
        "<button id=\"theme\" type=\"button\">Dark or light</button>\n\
         <span class=\"keys\"><kbd>/</kbd> search · <kbd>j</kbd> <kbd>k</kbd> next, previous · <kbd>Esc</kbd> all</span>\n\
         <p id=\"found\" role=\"status\"></p>\n</div>\n</header>\n<main>\n",
    );
    graph(&mut out, picture);
    list(&mut out, picture);
    let _ = writeln!(out, "</main>\n<script>\n{SCRIPT}</script>\n</body>\n</html>");
    out
}

fn graph(out: &mut String, picture: &Picture) {
    out.push_str(
        "<section aria-labelledby=\"graph-title\">\n<h2 id=\"graph-title\">By wave</h2>\n\
         <p class=\"note\">Each column needs only what is to the left of it.</p>\n\
         <div class=\"graph\" tabindex=\"0\" role=\"region\" aria-label=\"Resources by wave and account\">\n\
         <svg class=\"edges\" aria-hidden=\"true\"></svg>\n<table>\n<thead><tr><td></td>",
    );
    for wave in 0..picture.waves() {
        let _ = write!(out, "<th scope=\"col\">Wave {}</th>", wave + 1);
    }
    out.push_str("</tr></thead>\n<tbody>\n");
    for group in picture.groups() {
        let _ = write!(out, "<tr><th scope=\"row\">{}</th>", escaped(&group.title));
        for wave in 0..picture.waves() {
            out.push_str("<td><ul>");
            for one in picture.cards.iter().filter(|one| group.has(&one.provider, &one.account) && one.wave == wave) {
                let words = one.change.words();
                let (sign, word) = (words.sign, words.title);
                let needs: Vec<String> = one.depends.iter().map(|address| anchor(address)).collect();
                let _ = write!(
                    out,
                    "<li><a class=\"box {}\" href=\"#{}\" data-needs=\"{}\" aria-label=\"{}: {word}\"><span aria-hidden=\"true\">{sign}</span> {}</a></li>",
                    class(one.change),
                    anchor(&one.address),
                    needs.join(" "),
                    escaped(&one.address),
                    escaped(name(&one.address)),
                );
            }
            out.push_str("</ul></td>");
        }
        out.push_str("</tr>\n");
    }
    out.push_str("</tbody>\n</table>\n</div>\n</section>\n");
}

/// A name without its kind, which the list says.
fn name(address: &str) -> &str {
    address.split_once('.').map_or(address, |(_, name)| name)
}

fn list(out: &mut String, picture: &Picture) {
    out.push_str("<section aria-labelledby=\"list\">\n<h2 id=\"list\" tabindex=\"-1\">Resources</h2>\n");
    let known: BTreeSet<&str> = picture.cards.iter().map(|one| one.address.as_str()).collect();
    for group in picture.groups() {
        let _ = writeln!(out, "<h3>{}</h3>\n<ul class=\"resources\">", escaped(&group.title));
        for one in picture.cards.iter().filter(|one| group.has(&one.provider, &one.account)) {
            resource(out, one, picture.is_plan, &known);
        }
        out.push_str("</ul>\n");
    }
    out.push_str("</section>\n");
}

fn resource(out: &mut String, one: &Card, is_plan: bool, known: &BTreeSet<&str>) {
    let words = one.change.words();
    let (sign, word) = (words.sign, words.title);
    let _ = write!(
        out,
        "<li class=\"resource {}\" id=\"{}\" tabindex=\"-1\">\n<h4><span class=\"sign\" aria-hidden=\"true\">{sign}</span> <code>{}</code>",
        class(one.change),
        anchor(&one.address),
        escaped(&one.address)
    );
    if is_plan {
        let _ = write!(out, " <span class=\"word\">{word}</span>");
    }
    let _ = writeln!(out, "</h4>\n<p class=\"place\">{}</p>", escaped(&one.place));
    for note in &one.notes {
        let _ = writeln!(out, "<p class=\"reason\">{}</p>", escaped(note));
    }
    for left in &one.left {
        let _ = writeln!(out, "<p class=\"reason\">{}</p>", escaped(left));
    }
    if !one.lines.is_empty() {
        out.push_str("<table class=\"diff\"><thead><tr><th scope=\"col\">Field</th><th scope=\"col\">Is</th><th scope=\"col\">Will be</th></tr></thead><tbody>\n");
        one.lines.iter().for_each(|line| row(out, line));
        out.push_str("</tbody></table>\n");
    }
    if !one.depends.is_empty() {
        out.push_str("<p class=\"needs\">Needs ");
        for (place, address) in one.depends.iter().enumerate() {
            let comma = if place == 0 { "" } else { ", " };
            // What every account has is not on the page.
            let _ = if known.contains(address.as_str()) {
                write!(out, "{comma}<a href=\"#{}\">{}</a>", anchor(address), escaped(address))
            } else {
                write!(out, "{comma}{}", escaped(address))
            };
        }
        out.push_str("</p>\n");
    }
    out.push_str("</li>\n");
}

fn row(out: &mut String, line: &Line) {
    let cell = |value: &Option<String>, class: &str| {
        value.as_ref().map_or("<td></td>".to_owned(), |value| {
            format!("<td class=\"{class}\"><code>{}</code></td>", escaped(value))
        })
    };
    let note = line.note.as_ref().map_or_else(String::new, |note| format!("<br><em>{}</em>", escaped(note)));
    let _ = writeln!(
        out,
        "<tr><th scope=\"row\"><code>{}</code>{note}</th>{}{}</tr>",
        escaped(&line.path),
        cell(&line.from, "from"),
        cell(&line.to, "to")
    );
}

/// An address as the name of a place on the page.
fn anchor(address: &str) -> String {
    address.chars().map(|c| if c.is_ascii_alphanumeric() || c == '.' { c } else { '-' }).collect()
}
