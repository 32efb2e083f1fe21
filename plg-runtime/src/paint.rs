//! Colours of plg's own, told apart from those that a name brings along.
//!
//! While a text is put together, each colour has a mark in it that is made anew in every process, so that nobody else
//! can write it. [`terminal`] turns these into colours, and shows everything else that commands a terminal as an escape.

use crate::strangers::lines;
use std::borrow::Cow;
use std::sync::LazyLock;

/// What a colour of plg's own begins with.
static MARK: LazyLock<String> = LazyLock::new(|| format!("\x1b{}[", uuid::Uuid::new_v4().simple()));

/// A text in a colour, for [`terminal`].
pub fn painted(code: &str, text: &str) -> String {
    let mark = MARK.as_str();
    format!("{mark}{code}m{text}{mark}0m")
}

/// A text as a terminal can have it: in plg's own colours or in none, and in nobody else's.
pub fn terminal(text: &str, color: bool) -> Cow<'_, str> {
    if !text.contains(MARK.as_str()) {
        return lines(text);
    }
    let mut parts = text.split(MARK.as_str());
    let mut out = lines(parts.next().unwrap_or_default()).into_owned();
    for part in parts {
        let (code, rest) = part.split_once('m').unwrap_or_default();
        if color {
            out.push_str(&format!("\x1b[{code}m"));
        }
        out.push_str(&lines(rest));
    }
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_own_colours_are_colours() {
        let text = format!("{} and {}", painted("1", "bold"), "\x1b[31mred\x1b[0m\r\u{9b}31m\u{202e}");
        let theirs = "\\u{1b}[31mred\\u{1b}[0m\\u{d}\\u{9b}31m\\u{202e}";
        assert_eq!(terminal(&text, true), format!("\x1b[1mbold\x1b[0m and {theirs}"));
        assert_eq!(terminal(&text, false), format!("bold and {theirs}"));
        assert!(matches!(terminal("plain\n\tä", true), Cow::Borrowed(_)));
        assert_eq!(terminal("\x1b[", true), "\\u{1b}[");
    }
}
