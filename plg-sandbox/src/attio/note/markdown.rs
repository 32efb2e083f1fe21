//! The markdown of notes: headings, lists, bold, italic, struck and highlighted text, links. Everything else is text.

/// The marks around a piece of text.
const MARKS: [&str; 7] = ["**", "__", "~~", "==", "*", "_", "`"];

/// What is left of a note without its marks.
pub(super) fn plain(text: &str) -> String {
    text.lines().map(|line| inline(start(line))).collect::<Vec<_>>().join("\n")
}

/// A line without the mark of a heading or an item.
fn start(line: &str) -> &str {
    let text = line.trim_start();
    for mark in ["### ", "## ", "# ", "- ", "* ", "+ "] {
        if let Some(rest) = text.strip_prefix(mark) {
            return rest;
        }
    }
    line
}

fn inline(text: &str) -> String {
    let (mut out, mut rest) = (String::with_capacity(text.len()), text);
    while let Some(c) = rest.chars().next() {
        if let Some((name, after)) = link(rest) {
            out.push_str(&inline(name));
            rest = after;
        } else if let Some((inner, after)) = marked(rest, out.chars().next_back()) {
            out.push_str(&inline(inner));
            rest = after;
        } else {
            out.push(c);
            rest = &rest[c.len_utf8()..];
        }
    }
    out
}

/// The name of a link that a text begins with, and what follows.
fn link(text: &str) -> Option<(&str, &str)> {
    let (name, after) = text.strip_prefix('[')?.split_once("](")?;
    let (_, after) = after.split_once(')')?;
    (!name.contains(['[', ']'])).then_some((name, after))
}

/// The marked piece that a text begins with, and what follows.
fn marked(text: &str, before: Option<char>) -> Option<(&str, &str)> {
    let mark = MARKS.into_iter().find(|mark| text.starts_with(mark))?;
    // `snake_case` has no italics.
    if mark.starts_with('_') && before.is_some_and(char::is_alphanumeric) {
        return None;
    }
    let (inner, after) = text[mark.len()..].split_once(mark)?;
    let is_piece = !inner.is_empty() && !inner.starts_with(' ') && !inner.ends_with(' ');
    is_piece.then_some((inner, after))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_go_and_text_stays() {
        for (marked, left) in [
            ("# Head\n- a", "Head\na"),
            ("**Date:** 2 * 3 == 6", "Date: 2 * 3 == 6"),
            ("see [the _page_](https://example.com), ~~gone~~ ==here==", "see the page, gone here"),
            ("snake_case_name and 1. one", "snake_case_name and 1. one"),
            ("[open, *open", "[open, *open"),
            ("", ""),
        ] {
            assert_eq!(plain(marked), left);
        }
    }
}
