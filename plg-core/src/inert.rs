//! Text that others wrote, as documentation: it is shown, and never run, drawn as code or taken for something else.
//!
//! rustdoc runs every code block of a doc comment as a test, and what a description in a web app holds is no code of
//! whoever imports it. A block begins with a fence, or with four columns of indentation, also behind the marks of
//! lists and quotations: no line that comes out of here has either.

use std::borrow::Cow;

/// Characters that nobody sees, or that look like a plain space and are none; but not what joins parts of a letter.
pub fn is_hidden(c: char) -> bool {
    (crate::hidden::is_hidden(c) && !matches!(c, '\u{200c}' | '\u{200d}')) || matches!(c, '\u{a0}' | '\u{202f}')
}

/// The same text with hidden characters as numbers, `\u{202e}`. Line ends stay.
pub fn visible(text: &str) -> Cow<'_, str> {
    if !text.chars().any(|c| is_hidden(c) && c != '\n') {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match c {
            '\n' => out.push('\n'),
            '\t' | '\u{a0}' | '\u{202f}' => out.push(' '),
            c if is_hidden(c) => out.push_str(&format!("\\u{{{:x}}}", u32::from(c))),
            c => out.push(c),
        }
    }
    Cow::Owned(out)
}

/// Documentation that begins no block of code. Each line ends where rustdoc ends it: at a lone `\r`, too.
pub fn inert(text: &str) -> Cow<'_, str> {
    if is_inert(text) {
        return Cow::Borrowed(text);
    }
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let text = visible(&text);
    let lines: Vec<String> = text.split('\n').map(line).collect();
    Cow::Owned(lines.join("\n"))
}

fn is_inert(text: &str) -> bool {
    !text.chars().any(|c| is_hidden(c) && c != '\n') && !["    ", "```", "~~~"].iter().any(|part| text.contains(part))
}

/// One line: three or more marks of a fence in a row are escaped, and no four spaces stand together.
fn line(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    let mut rest = text.trim_end();
    while let Some(first) = rest.chars().next() {
        let run = rest.len() - rest.trim_start_matches(first).len();
        match first {
            '`' | '~' if run >= 3 => (0..run).for_each(|_| out.extend(['\\', first])),
            ' ' if run >= 4 => out.push(' '),
            _ => out.push_str(&rest[..run]),
        }
        rest = &rest[run..];
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_code_stays_as_it_is() {
        for text in ["", "One line.", "- a `word`\n  - nested, with  two spaces\n\n1. `` ` ``", "größer 🎉 👩\u{200d}"]
        {
            assert_eq!(inert(text), text);
        }
    }

    #[test]
    fn nothing_begins_a_block_of_code() {
        for (text, wanted) in [
            ("```\nx\n```", "\\`\\`\\`\nx\n\\`\\`\\`"),
            ("~~~~rust", "\\~\\~\\~\\~rust"),
            ("> ```", "> \\`\\`\\`"),
            ("-     let x = 1;", "- let x = 1;"),
            ("        indented", " indented"),
            ("\tindented", " indented"),
            ("- a\n\n\t\t\tdeep", "- a\n\n   deep"),
            ("a\r```\rb", "a\n\\`\\`\\`\nb"),
            ("a\u{202e}b\0", "a\\u{202e}b\\u{0}"),
            ("a   \u{a0}\t b", "a b"),
        ] {
            assert_eq!(inert(text), wanted, "{text:?}");
            assert_eq!(inert(&inert(text)), wanted, "twice: {text:?}");
        }
    }
}
