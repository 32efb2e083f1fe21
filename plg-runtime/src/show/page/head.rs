//! What stands around the list: the heading, what is lost, the tools, and what is said of everything together.

use super::anchor::anchor;
use super::folds::{Fold, is_quiet};
use crate::plan::Change;
use crate::show::picture::{Picture, class};
use crate::show::said::Said;
use crate::show::sections::{About, Section, Weight};
use crate::strangers::html as escaped;
use std::fmt::Write;

/// How many losses are named in sight.
const LOSSES: usize = 8;

/// A section of so many lines is open.
const FEW: usize = 4;

/// How many names of a fold are written beside its kind.
const NAMES: usize = 8;

/// The heading, with whose accounts it is about, and what it comes to.
pub(super) fn header(out: &mut String, picture: &Picture) {
    let _ = writeln!(out, "<header>\n<h1>{}</h1>", escaped(&picture.title));
    let facts = [("For", &picture.accounts[..]), ("Made", picture.made.as_slice())];
    if facts.iter().any(|(_, all)| !all.is_empty()) {
        out.push_str("<dl class=\"facts\">\n");
        for (what, all) in facts.iter().filter(|(_, all)| !all.is_empty()) {
            let said: Vec<String> = all.iter().map(|is| format!("<dd>{}</dd>", escaped(is))).collect();
            let _ = writeln!(out, "<div><dt>{what}</dt>{}</div>", said.concat());
        }
        out.push_str("</dl>\n");
    }
    let counts: Vec<(Change, &str)> = picture.summary.split(", ").filter_map(counted).collect();
    if !picture.is_plan || counts.is_empty() {
        let _ = writeln!(out, "<p class=\"summary\">{}.</p>", escaped(&picture.summary));
    } else {
        out.push_str("<ul class=\"counts\">\n");
        for (change, says) in counts {
            let _ = writeln!(
                out,
                "<li class=\"{}\"><span class=\"sign\" aria-hidden=\"true\">{}</span> {}</li>",
                class(change),
                change.words().sign,
                escaped(says)
            );
        }
        out.push_str("</ul>\n");
    }
    out.push_str("</header>\n");
}

/// A part of a summary, `3 to create`, with the change that it counts.
fn counted(part: &str) -> Option<(Change, &str)> {
    let (_, ahead) = part.split_once(' ')?;
    let change = Change::ALL.into_iter().find(|change| change.words().ahead == Some(ahead))?;
    Some((change, part))
}

/// What a reviewer has to see first: what is lost, what policies object to, what somebody should look at.
pub(super) fn first(out: &mut String, picture: &Picture) {
    for section in picture.sections.iter().filter(|section| section.about.is_first()) {
        if section.about == About::Losses {
            losses(out, section);
            continue;
        }
        let class = if section.about.weight() == Weight::Loss { "losses" } else { "care" };
        let _ = writeln!(out, "<section class=\"{class}\">\n<h2>{}</h2>", escaped(&section.heading()));
        few(out, &section.lines, said);
        out.push_str("</section>\n");
    }
}

/// The first of a list in sight, and the others folded.
fn few<T>(out: &mut String, all: &[T], one: impl Fn(&mut String, &T)) {
    let (first, more) = all.split_at(LOSSES.min(all.len()));
    out.push_str("<ul>\n");
    first.iter().for_each(|each| one(out, each));
    out.push_str("</ul>\n");
    if !more.is_empty() {
        let _ = writeln!(out, "<details><summary>and {} more</summary><ul>", more.len());
        more.iter().for_each(|each| one(out, each));
        out.push_str("</ul></details>\n");
    }
}

fn said(out: &mut String, said: &Said) {
    let address = said.address.as_ref().map_or_else(String::new, |address| format!("{} ", link(address)));
    let _ = writeln!(out, "<li>{address}<span class=\"why\">{}</span></li>", escaped(&said.says));
}

fn link(address: &str) -> String {
    format!("<a href=\"#{}\">{}</a>", anchor(address), escaped(address))
}

/// What is deleted, archived or made anew, each with what goes with it.
fn losses(out: &mut String, section: &Section) {
    let _ = writeln!(out, "<section class=\"losses\">\n<h2>{}</h2>", escaped(&section.heading()));
    few(out, &section.lines, |out, line| {
        let (Some(address), Some(change)) = (&line.address, line.change) else { return said(out, line) };
        let words = change.words();
        let why = line.says.strip_prefix(words.past).map_or(line.says.as_str(), |why| why.trim_start_matches("; "));
        let why = if why.is_empty() { String::new() } else { format!(" <span class=\"why\">{}</span>", escaped(why)) };
        let _ = writeln!(out, "<li><span class=\"word\">{}</span> {}{why}</li>", words.past, link(address));
    });
    out.push_str("</section>\n");
}

/// Tabs, search and switches. What needs the script is hidden until it runs.
pub(super) fn tools(out: &mut String, picture: &Picture) {
    let first = if picture.is_plan { "Changes" } else { "Resources" };
    let _ = writeln!(
        out,
        "<div class=\"tools\">\n<div class=\"tabs\" role=\"tablist\" aria-label=\"What is shown\" data-script hidden>\
         <button type=\"button\" role=\"tab\" id=\"tab-list\" aria-controls=\"list\" aria-selected=\"true\">{first}</button>\
         <button type=\"button\" role=\"tab\" id=\"tab-graph\" aria-controls=\"graph\" aria-selected=\"false\" tabindex=\"-1\">Graph</button></div>\n\
         <label class=\"search\" data-script hidden><span class=\"unseen\">Search</span>\
         <input id=\"search\" type=\"search\" autocomplete=\"off\" spellcheck=\"false\" placeholder=\"Search\" aria-keyshortcuts=\"/\"><kbd aria-hidden=\"true\">/</kbd></label>"
    );
    if picture.is_plan && picture.cards.iter().any(is_quiet) {
        let _ = writeln!(
            out,
            "<label class=\"switch\"><input id=\"all\" type=\"checkbox\" role=\"switch\" autocomplete=\"off\"> <span>Show what stays as it is</span></label>"
        );
    }
    out.push_str(
        "<label class=\"by\" data-script hidden>By <select id=\"by\" autocomplete=\"off\"><option value=\"kind\">kind</option><option value=\"part\">file</option></select></label>\n\
         <button type=\"button\" id=\"fold\" data-script hidden>Unfold all</button>\n\
         <button type=\"button\" id=\"theme\" data-script hidden aria-label=\"Dark or light\" title=\"Dark or light\">◐</button>\n\
         <p id=\"found\" role=\"status\"></p>\n</div>\n",
    );
}

/// The head of a fold, up to where its resources begin.
pub(super) fn fold(out: &mut String, fold: &Fold<'_>) {
    let quiet = if fold.is_quiet() { " quiet" } else { "" };
    let open = if fold.open { " open" } else { "" };
    let kind = escaped(fold.kind);
    let _ = write!(out, "<details class=\"fold{quiet}\"{open}><summary><span class=\"title\">{kind}</span>");
    for (change, n) in fold.counts() {
        let words = change.words();
        let _ = write!(
            out,
            " <span class=\"count {}\" title=\"{}\"><span aria-hidden=\"true\">{}</span>{n}<span class=\"unseen\"> {}</span></span>",
            class(change),
            words.title,
            words.sign,
            words.title
        );
    }
    let tops = fold.rows.iter().filter(|(card, depth, _)| *depth == 0 && !is_quiet(card));
    let names: Vec<&str> = tops.take(NAMES).map(|(card, ..)| name(&card.address)).collect();
    let _ = writeln!(
        out,
        " <span class=\"names\" aria-hidden=\"true\">{}</span></summary><ul class=\"resources\">",
        escaped(&names.join(", "))
    );
}

/// A name without its kind, which the fold says.
fn name(address: &str) -> &str {
    address.split_once('.').map_or(address, |(_, name)| name)
}

/// What is to be known beside the differences, below them.
pub(super) fn sections(out: &mut String, picture: &Picture) {
    let calm: Vec<&Section> = picture.sections.iter().filter(|section| !section.about.is_first()).collect();
    if calm.is_empty() {
        return;
    }
    out.push_str("<section class=\"left\">\n<h2>Beside the differences</h2>\n");
    for section in calm {
        let open = if section.lines.len() <= FEW { " open" } else { "" };
        let _ = writeln!(
            out,
            "<details{open}><summary>{} <span class=\"count same\">{}</span></summary><ul>",
            section.title,
            section.lines.len()
        );
        section.lines.iter().for_each(|line| said(out, line));
        out.push_str("</ul></details>\n");
    }
    out.push_str("</section>\n");
}
