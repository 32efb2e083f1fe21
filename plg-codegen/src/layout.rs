//! Lines as formatters leave them.

use plg_core::inert::is_hidden;
use std::collections::BTreeSet;

/// Text in lines of at most `width` columns; a longer word has a line of its own.
pub(crate) fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines = Vec::new();
    for paragraph in text.lines() {
        let mut line = String::new();
        for word in paragraph.split_whitespace() {
            if !line.is_empty() && self::width(&line) + 1 + self::width(word) > width {
                lines.push(std::mem::take(&mut line));
            }
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
        lines.push(line);
    }
    lines
}

/// How many columns a text takes: most of what is not of Europe takes two a letter.
pub(crate) fn width(text: &str) -> usize {
    text.chars().map(|letter| if letter >= '\u{1100}' { 2 } else { 1 }).sum()
}

/// Names that are given out once each.
#[derive(Debug, Default)]
pub(crate) struct Scope {
    taken: BTreeSet<String>,
}

impl Scope {
    /// A scope where these names have a meaning already.
    pub(crate) fn with(taken: &[&str]) -> Self {
        Scope { taken: taken.iter().map(|name| (*name).to_owned()).collect() }
    }

    /// This name, with a number where somebody has it.
    pub(crate) fn take(&mut self, name: &str) -> String {
        let mut own = name.to_owned();
        let is_type = name.starts_with(char::is_uppercase) && name.contains(char::is_lowercase);
        let join = if is_type { "" } else { "_" };
        let mut number = 2;
        while !self.taken.insert(own.clone()) {
            own = format!("{name}{join}{number}");
            number += 1;
        }
        own
    }
}

/// Whether a text is an identifier of letters, digits and `_`, in most languages.
pub(crate) fn is_identifier(text: &str) -> bool {
    let mut letters = text.chars();
    letters.next().is_some_and(|c| c.is_ascii_alphabetic() || c == '_')
        && letters.all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// A string literal of Rust. What nobody sees is written as its number, as rustc refuses some of it in plain.
pub(crate) fn quoted(text: &str) -> String {
    literal(text, |hidden| format!("\\u{{{:x}}}", u32::from(hidden)))
}

/// A text in double quotes, in the escapes that TypeScript, Python and Rust share.
fn literal(text: &str, hidden: impl Fn(char) -> String) -> String {
    let mut out = String::from("\"");
    for letter in text.chars() {
        match letter {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            letter if is_hidden(letter) => out.push_str(&hidden(letter)),
            letter => out.push(letter),
        }
    }
    out.push('"');
    out
}

/// The letters of a key that a name can have, behind a letter of ours.
pub(crate) fn fallback(key: &str) -> String {
    format!("p_{}", key.replace(|letter: char| !unicode_ident::is_xid_continue(letter), "_"))
}

/// A string literal in the quotes that need fewer escapes, as TypeScript's and Python's formatters choose.
pub(crate) fn eased(text: &str) -> String {
    let double = literal(text, |hidden| match u32::from(hidden) {
        number @ ..=0xffff => format!("\\u{number:04x}"),
        // Where the two differ, and neither needs it.
        _ => hidden.to_string(),
    });
    if text.matches('"').count() <= text.matches('\'').count() {
        return double;
    }
    let inside = &double[1..double.len() - 1];
    format!("'{}'", inside.replace('\'', "\\'").replace("\\\"", "\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_names_and_literals() {
        assert_eq!(wrap("one two three\nfour", 8), ["one two", "three", "four"]);
        let mut scope = Scope::with(&["Event"]);
        let taken = ["Event", "Flag", "Flag", "MRR", "MRR"].map(|name| scope.take(name));
        assert_eq!(taken, ["Event2", "Flag", "Flag2", "MRR", "MRR_2"]);
        assert!(is_identifier("a_1") && !is_identifier("1a") && !is_identifier("new-flow") && !is_identifier(""));
        assert_eq!(quoted("a \"b\" \\ c\n"), r#""a \"b\" \\ c\n""#);
        assert_eq!([quoted("\u{202e}\0"), eased("\u{202e}\0")], [r#""\u{202e}\u{0}""#, r#""\u202e\u0000""#]);
        assert_eq!([fallback("a ½\u{202e}"), fallback("größe")], ["p_a___", "p_größe"]);
        assert_eq!([eased("it's"), eased("a \"b\""), eased("'\"\"")], ["\"it's\"", "'a \"b\"'", "'\\'\"\"'"]);
    }
}
