//! A plan as a comment on a pull request.

use super::picture::{Card, Picture};
use crate::plan::{Change, Tone};
use crate::strangers::{code as fenced, html, markdown as text, span};
use std::fmt::Write;

/// The most lines of differences that are written out; more do not fit into a comment.
const MOST: usize = 400;

/// GitHub-flavoured Markdown: the summary, then what changes, by account.
pub fn markdown(picture: &Picture) -> String {
    let mut out = format!("### {}\n\n{}.\n", text(&picture.title), text(&picture.summary));
    for notice in &picture.notices {
        let _ = writeln!(out, "\n> [!IMPORTANT]\n> {}", text(notice));
    }
    let is_told = |one: &&Card| !matches!(one.change, Change::Unchanged | Change::Read) || !one.notes.is_empty();
    let changing: Vec<&Card> = picture.cards.iter().filter(is_told).collect();
    let anything = changing.iter().any(|one| one.change != Change::Marker);
    if !anything {
        left(&mut out, picture);
        return out;
    }
    let losses: Vec<String> = changing
        .iter()
        .filter(|one| matches!(one.change, Change::Delete | Change::Archive | Change::Replace))
        .map(|one| span(&one.address))
        .collect();
    if !losses.is_empty() {
        let _ = writeln!(out, "\n> [!WARNING]\n> Deleted, archived or replaced: {}.", losses.join(", "));
    }
    let mut left = MOST;
    for group in picture.groups() {
        let of_group: Vec<&&Card> = changing.iter().filter(|one| group.has(&one.provider, &one.account)).collect();
        if of_group.is_empty() {
            continue;
        }
        let _ = writeln!(
            out,
            "\n<details open><summary><b>{}</b> ({})</summary>\n\n```diff",
            // It stands in HTML, where marks of Markdown are letters.
            html(&group.title),
            of_group.len()
        );
        for one in of_group {
            entry(&mut out, one, &mut left);
        }
        out.push_str("```\n\n</details>\n");
    }
    if left == 0 {
        let _ = writeln!(out, "\nOnly the first {MOST} differences are shown.");
    }
    self::left(&mut out, picture);
    out
}

/// What is not as declared, and left so.
fn left(out: &mut String, picture: &Picture) {
    let all: Vec<(&Card, &String)> =
        picture.cards.iter().flat_map(|card| card.left.iter().map(move |left| (card, left))).collect();
    if all.is_empty() {
        return;
    }
    let _ = writeln!(out, "\n<details><summary>Left as it is ({})</summary>\n", all.len());
    for (card, left) in all.iter().take(MOST) {
        let _ = writeln!(out, "- `{}`: {}", card.address, text(left));
    }
    out.push_str("\n</details>\n");
}

fn entry(out: &mut String, one: &Card, left: &mut usize) {
    let words = one.change.words();
    // The first character colours the line.
    let mark = match words.tone {
        Tone::New => '+',
        Tone::Lost => '-',
        Tone::Changed | Tone::Replaced | Tone::Same => '!',
    };
    let notes = if one.notes.is_empty() { String::new() } else { format!("  ({})", one.notes.join("; ")) };
    let _ = writeln!(out, "{mark} {} {}{}", words.title, fenced(&one.address), fenced(&notes));
    if one.change == Change::Create {
        return;
    }
    for line in &one.lines {
        if *left == 0 {
            return;
        }
        *left -= 1;
        let note = line.note.as_ref().map_or_else(String::new, |note| format!("  ({note})"));
        if let Some(from) = &line.from {
            let _ = writeln!(out, "-     {}: {}{}", fenced(&line.path), fenced(from), fenced(&note));
        }
        if let Some(to) = &line.to {
            let _ = writeln!(out, "+     {}: {}", fenced(&line.path), fenced(to));
        }
    }
}
