//! Where output goes: data to standard output, the rest to standard error.

use crate::args::{Color, Global};
use crate::failure::CommandFailure;
use plg_runtime::exit::Exit;
use plg_runtime::show::Style;
use serde_json::{Value, json};
use std::borrow::Cow;
use std::io::{IsTerminal, Write};

/// The version of the JSON events.
const EVENTS: u32 = 1;

/// Where output goes, and how.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Output {
    pub(crate) json: bool,
    pub(crate) verbose: u8,
    /// Only the last line, warnings and errors.
    pub(crate) quiet: bool,
    color_out: bool,
    color_err: bool,
}

impl Output {
    pub(crate) fn new(global: &Global) -> Self {
        Output {
            json: global.json,
            verbose: global.verbose,
            quiet: global.quiet,
            color_out: colored(global.color, std::io::stdout().is_terminal()),
            color_err: colored(global.color, std::io::stderr().is_terminal()),
        }
    }

    /// Whether progress can be drawn over itself.
    pub(crate) fn live(&self) -> bool {
        !self.json && !self.quiet && std::io::stderr().is_terminal() && self.color_err
    }

    pub(crate) fn style(&self) -> Style {
        let width = std::env::var("COLUMNS").ok().and_then(|c| c.parse().ok()).unwrap_or(100);
        Style { color: self.color_out, width: usize::clamp(width, 60, 160), verbose: self.verbose > 0 }
    }

    /// Data, for a person.
    pub(crate) fn data(&self, text: &str) {
        if !self.json {
            // A reader that went away, such as `head`, is no mistake.
            let _ = writeln!(std::io::stdout(), "{}", shown(text.trim_end_matches('\n'), self.color_out));
        }
    }

    /// Text that is meant for another program as it is.
    pub(crate) fn text(&self, text: &str) {
        let _ = write!(std::io::stdout(), "{text}");
    }

    /// An event, for a program: one line, its name first.
    pub(crate) fn event(&self, name: &str, mut fields: Value) {
        if self.json {
            if let Some(map) = fields.as_object_mut() {
                map.insert("event".into(), json!(name));
                map.insert("version".into(), json!(EVENTS));
            }
            let _ = writeln!(std::io::stdout(), "{fields}");
        }
    }

    /// A line about what happens.
    pub(crate) fn say(&self, text: &str) {
        if !self.json && !self.quiet {
            tell(self.shown(text));
        }
    }

    /// A line about what a person should know.
    pub(crate) fn warn(&self, text: &str) {
        self.event("warning", json!({ "message": text }));
        if !self.json {
            tell(format_args!("{} {}", self.paint("33", "warning:"), self.shown(text)));
        }
    }

    /// A text as standard error can have it.
    pub(crate) fn shown<'a>(&self, text: &'a str) -> Cow<'a, str> {
        shown(text, self.color_err)
    }

    /// A line with colour, where there is one.
    pub(crate) fn paint(&self, code: &str, text: &str) -> String {
        if self.color_err { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_owned() }
    }

    /// What a line about a mistake begins with.
    pub(crate) fn error(&self, code: &str) -> String {
        self.paint("1;31", &format!("error[{code}]:"))
    }

    /// Says why a command did not work.
    pub(crate) fn failed(&self, failure: &CommandFailure) -> Exit {
        self.event(
            "error",
            json!({ "message": failure.message, "hint": failure.hint, "code": failure.exit.number(), "name": failure.code.code }),
        );
        if !self.json {
            tell(format_args!("{} {}", self.error(failure.code.code), self.shown(&failure.message)));
            if !failure.hint.is_empty() {
                tell(format_args!("{} {}", self.paint("36", " help:"), self.shown(&failure.hint)));
            }
            if let Some(changed) = failure.changed {
                tell(changed);
            }
        }
        failure.exit
    }
}

/// A line on standard error. A reader that went away, such as `head`, is no mistake, and stops nothing.
pub(crate) fn tell(line: impl std::fmt::Display) {
    let _ = writeln!(std::io::stderr(), "{line}");
}

/// Whether to colour what goes to a stream.
pub(crate) fn colored(color: Color, terminal: bool) -> bool {
    match color {
        Color::Always => true,
        Color::Never => false,
        Color::Auto => {
            terminal
                && std::env::var_os("NO_COLOR").is_none_or(|v| v.is_empty())
                && std::env::var("TERM").map_or(true, |t| t != "dumb")
        }
    }
}

/// A text in which nothing but colours, where there are any, commands a terminal: some of it was
/// said by an API.
pub(crate) fn shown(text: &str, color: bool) -> Cow<'_, str> {
    let commands = |c: char| {
        (c.is_control() && !matches!(c, '\n' | '\t'))
            || matches!(c, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    if !text.contains(commands) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(place) = rest.find(commands) {
        let (before, from) = rest.split_at(place);
        out.push_str(before);
        let colors = if color { paint_of(from) } else { 0 };
        let length = match from.chars().next() {
            Some(_) if colors > 0 => {
                out.push_str(&from[..colors]);
                colors
            }
            Some(c) => {
                out.extend(c.escape_unicode());
                c.len_utf8()
            }
            None => break,
        };
        rest = &from[length..];
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// How long the command for a colour is with which a text begins.
fn paint_of(text: &str) -> usize {
    let Some(rest) = text.strip_prefix("\x1b[") else { return 0 };
    let numbers = rest.bytes().take_while(|b| b.is_ascii_digit() || *b == b';').count();
    if rest[numbers..].starts_with('m') { "\x1b[".len() + numbers + 1 } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_others_say_commands_no_terminal() {
        assert!(matches!(shown("plain\n\tä", false), Cow::Borrowed(_)));
        assert_eq!(shown("\x1b[1mbold\x1b[0m", true), "\x1b[1mbold\x1b[0m");
        assert_eq!(shown("\x1b[1mbold", false), "\\u{1b}[1mbold");
        assert_eq!(
            shown("a\x1b[2J\x1b]0;b\x07\r\u{9b}\u{202e}", true),
            "a\\u{1b}[2J\\u{1b}]0;b\\u{7}\\u{d}\\u{9b}\\u{202e}"
        );
        assert_eq!(shown("\x1b[", true), "\\u{1b}[");
    }
}
