//! Where output goes: data to standard output, the rest to standard error.

use crate::args::{Color, Global};
use crate::failure::CommandFailure;
use crate::gate::{gate, masked};
use crate::screen::{self, Spinner};
use crate::width::{self, StandardStream};
use plg_runtime::exit::Exit;
use plg_runtime::paint::{painted, terminal};
use plg_runtime::show::{Style, wrapped};
use plg_runtime::strangers::{self, inline};
use serde_json::{Value, json};
use std::io::IsTerminal;

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
    /// The columns of the terminal, where it is one.
    wide_out: Option<usize>,
    wide_err: Option<usize>,
}

impl Output {
    /// How a plan is kept: as it is shown where nobody says more.
    pub(crate) const PLAIN: Style = Style { color: false, width: 100, verbose: false };

    pub(crate) fn new(global: &Global) -> Self {
        Output {
            json: global.json,
            verbose: global.verbose,
            quiet: global.quiet,
            color_out: colored(global.color, std::io::stdout().is_terminal()),
            color_err: colored(global.color, std::io::stderr().is_terminal()),
            wide_out: width::of(&StandardStream::Out).or_else(width::said),
            wide_err: width::of(&StandardStream::Err).or_else(width::said),
        }
    }

    /// Whether progress can be drawn over itself.
    pub(crate) fn live(&self) -> bool {
        !self.json && !self.quiet && std::io::stderr().is_terminal() && self.color_err
    }

    /// Says on a terminal what is waited for, until what it returns is dropped.
    pub(crate) fn during(&self, words: String) -> Option<Spinner> {
        self.live().then(|| Spinner::new(words))
    }

    pub(crate) fn style(&self) -> Style {
        let width = self.wide_out.unwrap_or(100);
        Style { color: self.color_out, width: usize::clamp(width, 40, 160), verbose: self.verbose > 0 }
    }

    /// Data, for a person.
    pub(crate) fn data(&self, text: &str) {
        if !self.json {
            let shown = shown(text.trim_end_matches('\n'), self.color_out);
            screen::out(&format!("{}\n", wrapped(&shown, self.wide_out)));
        }
    }

    /// Data that is JSON, for a person or a program: what cannot be seen is escaped as JSON does it.
    pub(crate) fn json_data(&self, text: &str) {
        if !self.json {
            screen::out(&format!("{}\n", strangers::json(masked(text).trim_end_matches('\n'))));
        }
    }

    /// The one kind of secret that is asked for by name, and is said for once: an event, and a line for a person.
    pub(crate) fn revealed(&self, name: &str, fields: Value, text: &str) {
        if self.json {
            screen::out(&format!("{}\n", strangers::json(&named(name, fields).to_string())));
        } else {
            screen::out(&format!("{}\n", terminal(text.trim_end_matches('\n'), self.color_out)));
        }
    }

    /// Text that is meant for another program as it is.
    pub(crate) fn text(&self, text: &str) {
        screen::out(&masked(text));
    }

    /// An event, for a program: one line, its name first.
    pub(crate) fn event(&self, name: &str, fields: Value) {
        if self.json {
            screen::out(&format!("{}\n", event(named(name, fields))));
        }
    }

    /// A line about what happens.
    pub(crate) fn say(&self, text: &str) {
        if !self.json && !self.quiet {
            self.tell(text);
        }
    }

    /// A line about what happens, with words of others in it: they do not end it.
    pub(crate) fn say_line(&self, text: &str) {
        self.say(&inline(text));
    }

    /// A line about what a person should know.
    pub(crate) fn warn(&self, text: &str) {
        self.event("warning", json!({ "message": text }));
        if !self.json {
            self.tell(&format!("{} {}", self.paint("33", "warning:"), inline(text)));
        }
    }

    /// A line on standard error.
    fn tell(&self, text: &str) {
        screen::err(&format!("{}\n", wrapped(&self.shown(text), self.wide_err)));
    }

    /// A text as standard error can have it.
    pub(crate) fn shown(&self, text: &str) -> String {
        shown(text, self.color_err)
    }

    /// Whether standard error has colours.
    pub(crate) fn colors(&self) -> bool {
        self.color_err
    }

    /// A line with colour, where there is one.
    #[expect(clippy::unused_self, reason = "whoever paints has somewhere to paint")]
    pub(crate) fn paint(&self, code: &str, text: &str) -> String {
        painted(code, text)
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
            self.tell(&format!("{} {}", self.error(failure.code.code), failure.message));
            if !failure.hint.is_empty() {
                self.tell(&format!("{} {}", self.paint("36", " help:"), failure.hint));
            }
            if let Some(changed) = failure.changed {
                self.tell(changed);
            }
        }
        failure.exit
    }
}

/// A line on standard error.
pub(crate) fn tell(line: &str) {
    screen::err(&format!("{}\n", shown(line, false)));
}

/// An event's fields, with its name and version.
fn named(name: &str, mut fields: Value) -> Value {
    if let Some(map) = fields.as_object_mut() {
        map.insert("event".into(), json!(name));
        map.insert("version".into(), json!(EVENTS));
    }
    fields
}

/// An event as it is printed: without secrets, and with what cannot be seen as escapes.
fn event(mut fields: Value) -> String {
    gate().mask_json(&mut fields);
    strangers::json(&fields.to_string()).into_owned()
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

/// A text as a terminal can have it: without secrets, and in no colours but plg's own.
pub(crate) fn shown(text: &str, color: bool) -> String {
    terminal(&masked(text), color).into_owned()
}
