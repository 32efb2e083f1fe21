//! Text of others: names, words of an API, values of live objects.
//!
//! What commands a terminal, turns the direction of text, ends a line, or cannot be seen at all is shown as an escape
//! (`\u{202e}`), so that a name can neither forge a line nor hide a part of itself.

pub use plg_core::hidden::is_hidden;

use plg_core::hidden::joins;
use std::borrow::Cow;
use std::fmt::Write;

/// The text, with every character of these escaped.
fn escaped(text: &str, is_escaped: impl Fn(char) -> bool) -> Cow<'_, str> {
    if !text.contains(&is_escaped) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    let mut before = None;
    let mut letters = text.chars().peekable();
    while let Some(c) = letters.next() {
        if is_escaped(c) && !joins(c, before, letters.peek().copied()) {
            out.extend(c.escape_unicode());
        } else {
            out.push(c);
        }
        before = Some(c);
    }
    Cow::Owned(out)
}

/// A text on one line: nothing in it ends it.
pub fn inline(text: &str) -> Cow<'_, str> {
    escaped(text, is_hidden)
}

/// A text of several lines, its lines as they are.
pub fn lines(text: &str) -> Cow<'_, str> {
    escaped(text, |c| is_hidden(c) && !matches!(c, '\n' | '\t'))
}

/// JSON with what cannot be seen as escapes: whoever reads it reads the same.
pub fn json(text: &str) -> Cow<'_, str> {
    // Outside of texts JSON has none of these, but for the ends of its lines.
    let is_escaped = |c: char| is_hidden(c) && !matches!(c, '\n' | '\t');
    if !text.contains(is_escaped) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        if is_escaped(c) {
            for unit in c.encode_utf16(&mut [0; 2]) {
                let _ = write!(out, "\\u{unit:04x}");
            }
        } else {
            out.push(c);
        }
    }
    Cow::Owned(out)
}

/// Text within HTML, in an element or between quotes.
pub fn html(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in lines(text).chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}

/// Text within Markdown, outside of code: no formatting, no link, no HTML, nobody mentioned, no issue referred to.
pub fn markdown(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let text = inline(text);
    for (place, c) in text.char_indices() {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            // An entity is no mention, and no reference to an issue or a commit.
            '@' => out.push_str("&#64;"),
            '#' => out.push_str("&#35;"),
            // `https://…` alone is a link, and so are `www.…` and `GH-1`.
            ':' if text[place..].starts_with("://") => out.push_str("&#58;"),
            '.' if ends_with(&text[..place], "www") => out.push_str("&#46;"),
            '-' if ends_with(&text[..place], "gh") => out.push_str("&#45;"),
            '*' | '_' | '`' | '[' | ']' | '(' | ')' | '!' | '|' | '\\' | '~' | '$' => out.extend(['\\', c]),
            c => out.push(c),
        }
    }
    out
}

/// Whether a text ends with a word, in whatever case.
fn ends_with(text: &str, word: &str) -> bool {
    let from = text.len().saturating_sub(word.len());
    text.get(from..).is_some_and(|end| end.eq_ignore_ascii_case(word))
}

/// Text on a line within a block of code that a fence of at least four backticks ends: no more than that can be said
/// with three.
pub fn code(text: &str) -> String {
    inline(text).replace("```", "` ` `")
}

/// A span of code within Markdown, whatever backticks are in it.
pub fn span(text: &str) -> String {
    let text = inline(text);
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    let space = if longest > 0 { " " } else { "" };
    format!("{fence}{space}{text}{space}{fence}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_cannot_be_seen_is_shown() {
        assert!(matches!(inline("plain ä 日本 👩‍👩‍👧 ✓"), Cow::Borrowed(_) | Cow::Owned(_)));
        assert_eq!(inline("👩\u{200d}👧"), "👩\u{200d}👧");
        assert_eq!(inline("a\u{200d}b\u{200d}"), "a\\u{200d}b\\u{200d}");
        assert_eq!(
            inline("a\x1b[31mb\nc\u{202e}d\u{61c}\u{9b}\0"),
            "a\\u{1b}[31mb\\u{a}c\\u{202e}d\\u{61c}\\u{9b}\\u{0}"
        );
        assert_eq!(lines("a\n\tb\r\u{2028}"), "a\n\tb\\u{d}\\u{2028}");
        assert_eq!(json("\"\u{9b}\u{202e}\u{e0041}\""), "\"\\u009b\\u202e\\udb40\\udc41\"");
    }

    #[test]
    fn markdown_says_what_was_said() {
        assert_eq!(markdown("@everyone #1 <b>"), "&#64;everyone &#35;1 &lt;b&gt;");
        assert_eq!(markdown("![x](javascript:alert(1))"), "\\!\\[x\\]\\(javascript:alert\\(1\\)\\)");
        assert_eq!(
            markdown("https://e.example www.e.example GH-1"),
            "https&#58;//e.example www&#46;e.example GH&#45;1"
        );
        assert_eq!(span("a`b``c"), "``` a`b``c ```");
        assert_eq!(span("webhook.A"), "`webhook.A`");
        assert!(!code("a\n```\nb").contains("```"));
    }

    proptest! {
        #[test]
        fn nothing_hidden_is_left(text in any::<String>()) {
            for shown in [inline(&text).into_owned(), markdown(&text), span(&text)] {
                let joined = |c: char| matches!(c, '\u{200c}' | '\u{200d}');
                prop_assert!(!shown.contains(|c| is_hidden(c) && !joined(c)), "{shown:?}");
            }
            prop_assert!(!html(&text).contains(['<', '>', '"', '\'']));
        }

        #[test]
        fn json_is_read_as_it_was(text in any::<String>()) {
            let said = serde_json::Value::from(text).to_string();
            let shown = json(&said).into_owned();
            prop_assert!(!shown.contains(is_hidden));
            prop_assert_eq!(serde_json::from_str::<String>(&shown).ok(), serde_json::from_str::<String>(&said).ok());
        }
    }
}
