//! One resource: its line, and below it what differs, why, and what it has to do with others.

use super::anchor::anchor;
use super::folds::is_quiet;
use crate::plan::{Change, Tone};
use crate::show::picture::{Card, Line, class};
use crate::strangers::html as escaped;
use std::collections::HashMap;
use std::fmt::Write;

/// The most characters of differences that stand beside an address.
const PREVIEW: usize = 160;

/// A value of more characters is scrolled.
const LONG: usize = 600;

/// Shorter values are told apart without a mark.
const MARKED: usize = 16;

/// The other resources on the page.
pub(super) struct Neighbours<'a> {
    /// Every address on the page.
    pub(super) known: &'a HashMap<&'a str, usize>,
    /// What needs this one.
    pub(super) needed: Option<&'a Vec<&'a str>>,
}

/// A resource, so deep in its fold, open or not, in a plan or not.
pub(super) fn row(
    out: &mut String,
    one: &Card,
    (depth, opens, is_plan): (usize, bool, bool),
    neighbours: &Neighbours<'_>,
) {
    let words = one.change.words();
    let (kind, name) = one.address.split_once('.').unwrap_or(("", &one.address));
    let needs: Vec<String> = one.depends.iter().map(|address| anchor(address)).collect();
    let child = if depth > 0 { " child" } else { "" };
    let quiet = if is_plan && is_quiet(one) { " quiet" } else { "" };
    // What is referred to only is no resource of the stack's, and not counted.
    let other = if one.change == Change::Read { " other" } else { "" };
    let _ = write!(
        out,
        "<li class=\"resource {}{child}{quiet}{other}\" id=\"{}\" data-kind=\"{}\" data-part=\"{}\" data-account=\"{}\" data-wave=\"{}\" data-needs=\"{}\">\
         <details{}><summary>",
        class(one.change),
        anchor(&one.address),
        escaped(kind),
        escaped(part(&one.place)),
        escaped(&one.account),
        one.wave,
        needs.join(" "),
        if opens { " open" } else { "" },
    );
    let sign = if is_plan { words.sign } else { "" };
    let _ = write!(
        out,
        "<span class=\"sign\" aria-hidden=\"true\">{sign}</span><code class=\"address\"><span class=\"of\">{}.</span>{}</code>",
        escaped(kind),
        escaped(name)
    );
    if is_plan {
        let plain = if matches!(one.change, Change::Create | Change::Unchanged) { " unseen" } else { "" };
        let _ = write!(out, " <span class=\"word{plain}\">{}</span>", words.title);
    }
    let preview = preview(one);
    if !preview.is_empty() {
        let _ = write!(out, " <span class=\"preview\" aria-hidden=\"true\">{}</span>", escaped(&preview));
    }
    let place = one.place.rsplit('/').next().unwrap_or_default();
    let _ = writeln!(
        out,
        " <span class=\"place\" aria-hidden=\"true\">{}</span></summary>\n<div class=\"body\">",
        escaped(place)
    );
    // Of what is hidden it is said below the list.
    let left: &[String] = if is_plan && is_quiet(one) { &[] } else { &one.left };
    for note in one.notes.iter().chain(&one.means).chain(left) {
        let _ = writeln!(out, "<p class=\"note\">{}</p>", escaped(note));
    }
    differences(out, one);
    out.push_str("<dl class=\"about\">\n");
    // What every account has is declared nowhere.
    if one.place.contains(':') {
        let _ = writeln!(out, "<div><dt>Declared at</dt><dd>{}</dd></div>", escaped(&one.place));
    }
    others(out, "Needs", one.depends.iter().map(String::as_str), neighbours);
    others(out, "Needed by", neighbours.needed.into_iter().flatten().copied(), neighbours);
    let _ = writeln!(out, "<div><dt>Wave</dt><dd>{}</dd></div>\n</dl>\n</div></details></li>", one.wave + 1);
}

/// The file of a place, or that there is none.
fn part(place: &str) -> &str {
    if place.is_empty() {
        return "no longer declared";
    }
    place.rsplit_once(':').map_or(place, |(file, _)| file)
}

/// The first differences, on one line.
fn preview(one: &Card) -> String {
    let tone = one.change.words().tone;
    let mut said = one.notes.first().filter(|_| tone == Tone::Same).cloned().unwrap_or_default();
    for line in &one.lines {
        if said.chars().count() > PREVIEW {
            break;
        }
        let is = match (&line.from, &line.to) {
            (Some(from), Some(to)) => format!("{from} → {to}"),
            (Some(from), None) if tone == Tone::Lost => from.clone(),
            (Some(from), None) => format!("{from} → nothing"),
            (None, Some(to)) => to.clone(),
            (None, None) => continue,
        };
        let between = if said.is_empty() { "" } else { " · " };
        let _ = write!(said, "{between}{}: {is}", line.path);
    }
    if said.chars().count() > PREVIEW {
        said = said.chars().take(PREVIEW).chain(['…']).collect();
    }
    said.replace(['\n', '\t'], " ")
}

fn differences(out: &mut String, one: &Card) {
    if one.lines.is_empty() {
        return;
    }
    let has = |side: fn(&Line) -> &Option<String>| one.lines.iter().any(|line| side(line).is_some());
    let (from, to) = (has(|line| &line.from), has(|line| &line.to));
    out.push_str(
        "<table class=\"diff\"><colgroup><col class=\"path\"></colgroup><thead><tr><th scope=\"col\">Field</th>",
    );
    let was = if one.change.words().tone == Tone::Lost { "Held" } else { "Is" };
    if from {
        let _ = write!(out, "<th scope=\"col\">{was}</th>");
    }
    if to {
        out.push_str("<th scope=\"col\">Will be</th>");
    }
    out.push_str("</tr></thead><tbody>\n");
    for line in &one.lines {
        let note = line.note.as_ref().map_or_else(String::new, |note| format!("<small>{}</small>", escaped(note)));
        let _ = write!(out, "<tr><th scope=\"row\"><code>{}</code>{note}</th>", escaped(&line.path));
        let marks = marks(line.from.as_deref(), line.to.as_deref());
        if from {
            cell(out, "from", line.from.as_deref(), marks);
        }
        if to {
            cell(out, "to", line.to.as_deref(), marks);
        }
        out.push_str("</tr>\n");
    }
    out.push_str("</tbody></table>\n");
}

/// How many bytes both begin and end with, where that is less than all of it.
fn marks(from: Option<&str>, to: Option<&str>) -> Option<(usize, usize)> {
    let (from, to) = (from?, to?);
    if from.len().max(to.len()) < MARKED {
        return None;
    }
    let alike = |pairs: &mut dyn Iterator<Item = (char, char)>| -> usize {
        pairs.take_while(|(a, b)| a == b).map(|(a, _)| a.len_utf8()).sum()
    };
    let start = alike(&mut from.chars().zip(to.chars()));
    let end = alike(&mut from[start..].chars().rev().zip(to[start..].chars().rev()));
    (start + end > 0).then_some((start, end))
}

fn cell(out: &mut String, class: &str, value: Option<&str>, marks: Option<(usize, usize)>) {
    let Some(value) = value else {
        let _ = write!(out, "<td class=\"nothing\">nothing</td>");
        return;
    };
    let long = if value.len() > LONG { " tabindex=\"0\"" } else { "" };
    let inner = match marks {
        Some((start, end)) if start + end < value.len() => {
            let (before, rest) = value.split_at(start);
            let (differs, after) = rest.split_at(rest.len() - end);
            format!("{}<mark>{}</mark>{}", escaped(before), escaped(differs), escaped(after))
        }
        _ => escaped(value),
    };
    let _ = write!(out, "<td class=\"{class}\"><code{long}>{inner}</code></td>");
}

fn others<'a>(out: &mut String, what: &str, all: impl Iterator<Item = &'a str>, neighbours: &Neighbours<'_>) {
    let said: Vec<String> = all
        .map(|address| {
            // What every account has is not on the page.
            if neighbours.known.contains_key(address) {
                format!("<a href=\"#{}\">{}</a>", anchor(address), escaped(address))
            } else {
                escaped(address)
            }
        })
        .collect();
    if !said.is_empty() {
        let _ = writeln!(out, "<div><dt>{what}</dt><dd>{}</dd></div>", said.join(", "));
    }
}
