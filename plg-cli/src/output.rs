//! Where output goes: data to standard output, the rest to standard error.

use crate::args::Global;
use crate::colored;
use crate::failure::Failure;
use plg_runtime::show::Style;
use serde_json::{Value, json};
use std::io::{IsTerminal, Write};
use std::process::ExitCode;

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
            let _ = writeln!(std::io::stdout(), "{}", text.trim_end_matches('\n'));
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
            eprintln!("{text}");
        }
    }

    /// A line about what a person should know.
    pub(crate) fn warn(&self, text: &str) {
        self.event("warning", json!({ "message": text }));
        if !self.json {
            eprintln!("{} {text}", self.paint("33", "warning:"));
        }
    }

    /// A line with colour, where there is one.
    pub(crate) fn paint(&self, code: &str, text: &str) -> String {
        if self.color_err { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_owned() }
    }

    /// Says why a command did not work.
    pub(crate) fn failed(&self, failure: &Failure) -> ExitCode {
        self.event(
            "error",
            json!({ "message": failure.message, "hint": failure.hint, "code": failure.code, "name": failure.name }),
        );
        if !self.json {
            let name = failure.name.map_or(String::new(), |name| format!("[{name}]"));
            eprintln!("{} {}", self.paint("1;31", &format!("error{name}:")), failure.message);
            if !failure.hint.is_empty() {
                eprintln!("{} {}", self.paint("36", " help:"), failure.hint);
            }
            if let Some(changed) = failure.changed {
                eprintln!("{changed}");
            }
        }
        ExitCode::from(failure.code)
    }
}
