//! What stands around the list: the heading, what is lost, the tools, and what is said of everything together.

use super::anchor;
use super::folds::{Fold, is_quiet};
use crate::plan::{Change, Tone};
use crate::show::picture::{Card, Picture, class};
use crate::strangers::html as escaped;
use std::fmt::Write;

/// How many losses are named in sight.
const LOSSES: usize = 8;

/// How many names of a fold are written beside its kind.
const NAMES: usize = 8;

/// The heading, with whose accounts it is about, and what it comes to.
pub(super) fn header(out: &mut String, picture: &Picture) {
    let _ = writeln!(out, "<header>\n<h1>{}</h1>", escaped(&picture.title));
    if !picture.facts.is_empty() {
        out.push_str("<dl class=\"facts\">\n");
        for (what, is) in &picture.facts {
            let _ = writeln!(out, "<div><dt>{}</dt><dd>{}</dd></div>", escaped(what), escaped(is));
        }
        out.push_str("</dl>\n");
    }
    let counts = counts(picture);
    if !picture.is_plan || counts.is_empty() {
        let _ = writeln!(out, "<p class=\"summary\">{}.</p>", escaped(&picture.summary));
    } else {
        let _ = writeln!(out, "<ul class=\"counts\" aria-label=\"{}\">", escaped(&picture.summary));
        for (change, n, ahead) in counts {
            let _ = writeln!(
                out,
                "<li class=\"{}\"><span class=\"sign\" aria-hidden=\"true\">{}</span> {n} {ahead}</li>",
                class(change),
                change.words().sign
            );
        }
        out.push_str("</ul>\n");
    }
    if !picture.notices.is_empty() {
        out.push_str("<ul class=\"notices\">\n");
        for notice in &picture.notices {
            let _ = writeln!(out, "<li>{}</li>", escaped(notice));
        }
        out.push_str("</ul>\n");
    }
    out.push_str("</header>\n");
}

fn counts(picture: &Picture) -> Vec<(Change, usize, &'static str)> {
    let count = |change: Change| picture.cards.iter().filter(|card| card.change == change).count();
    let told = |change: Change| change.words().ahead.map(|ahead| (change, count(change), ahead));
    Change::ALL.into_iter().filter_map(told).filter(|(_, n, _)| *n > 0).collect()
}

/// A banner of what is deleted, archived or made anew.
pub(super) fn losses(out: &mut String, picture: &Picture) {
    let is_lost = |card: &&Card| matches!(card.change.words().tone, Tone::Lost | Tone::Replaced);
    let lost: Vec<&Card> = picture.cards.iter().filter(is_lost).collect();
    if lost.is_empty() {
        return;
    }
    let said = [Change::Delete, Change::Archive, Change::Replace].into_iter().filter_map(|change| {
        let n = lost.iter().filter(|card| card.change == change).count();
        (n > 0).then(|| format!("{n} {}", change.words().past))
    });
    let said: Vec<String> = said.collect();
    let _ = writeln!(
        out,
        "<section class=\"losses\" aria-labelledby=\"losses\">\n<h2 id=\"losses\">What would be lost: {}</h2>\n<ul>",
        said.join(", ")
    );
    let (first, more) = lost.split_at(LOSSES.min(lost.len()));
    first.iter().for_each(|card| loss(out, card));
    out.push_str("</ul>\n");
    if !more.is_empty() {
        let _ = writeln!(out, "<details><summary>and {} more</summary><ul>", more.len());
        more.iter().for_each(|card| loss(out, card));
        out.push_str("</ul></details>\n");
    }
    out.push_str("</section>\n");
}

fn loss(out: &mut String, card: &Card) {
    let words = card.change.words();
    let _ = write!(
        out,
        "<li><span class=\"word\">{}</span> <a href=\"#{}\">{}</a>",
        words.title,
        anchor(&card.address),
        escaped(&card.address)
    );
    if !card.notes.is_empty() {
        let _ = write!(out, " <span class=\"why\">{}</span>", escaped(&card.notes.join("; ")));
    }
    out.push_str("</li>\n");
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
    let quiet = picture.cards.iter().filter(|card| is_quiet(card)).count();
    if picture.is_plan && quiet > 0 {
        let _ = writeln!(
            out,
            "<label class=\"switch\"><input id=\"all\" type=\"checkbox\" role=\"switch\" autocomplete=\"off\"> <span>Show {quiet} unchanged</span></label>"
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

/// What is left as it is, of what is not shown otherwise.
pub(super) fn sections(out: &mut String, picture: &Picture) {
    let quiet = picture.cards.iter().filter(|card| is_quiet(card));
    let left: Vec<(&Card, &String)> = quiet.flat_map(|card| card.left.iter().map(move |left| (card, left))).collect();
    if left.is_empty() {
        return;
    }
    let open = if left.len() <= LOSSES { " open" } else { "" };
    let _ = writeln!(
        out,
        "<section class=\"left\"><details{open}><summary>Left as it is <span class=\"count same\">{}</span></summary><ul>",
        left.len()
    );
    for (card, says) in left {
        let _ = writeln!(out, "<li><code>{}</code> {}</li>", escaped(&card.address), escaped(says));
    }
    out.push_str("</ul></details></section>\n");
}
