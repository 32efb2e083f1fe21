//! What the program `plg` needs, which stands in front of the command line of a stack: that command line's words, and how
//! something is said. Nobody else builds on it.

use crate::args::Global;
use crate::commands::Cli;
pub use crate::commands::sandbox::ListenAt;
use crate::control;
use crate::failure::CommandFailure;
use crate::output::Output;
use clap::{ArgMatches, CommandFactory, FromArgMatches, Parser};
use plg_core::{Provider, codes, linked};
use plg_runtime::exit::Exit;
use serde_json::{Value, json};
use std::ffi::OsString;
use std::io;
use std::io::Write;
use std::process::ExitCode;
use std::time::Duration;

/// The command line of any stack.
#[must_use]
pub fn command() -> clap::Command {
    Cli::command()
}

/// What completes a command line in a shell; nothing where there is no such shell.
#[must_use]
pub fn completions(shell: &str, mut command: clap::Command) -> Option<Vec<u8>> {
    let shell: clap_complete::Shell = shell.parse().ok()?;
    let (mut bytes, name) = (Vec::new(), command.get_name().to_owned());
    clap_complete::generate(shell, &mut command, name, &mut bytes);
    Some(bytes)
}

/// A mistake in a command line, as clap says it, with the code that every error has.
#[must_use]
pub fn refused(error: &clap::Error) -> ExitCode {
    if error.use_stderr() {
        crate::refuse(error).into()
    } else {
        let _ = error.print();
        Exit::Done.into()
    }
}

/// Runs `explain` and its arguments without a stack: what a code means is the same for every one, and is asked most while
/// the stack does not compile.
#[must_use]
pub fn explain(arguments: &[OsString], providers: &[&'static Provider]) -> ExitCode {
    linked::link(providers);
    let line = std::iter::once(OsString::from("plg")).chain(arguments.iter().cloned());
    match Cli::try_parse_from(line) {
        Ok(cli) => cli.explained().into(),
        Err(error) => refused(&error),
    }
}

/// Why the program itself did nothing.
#[derive(Debug)]
pub struct FrontFailure(CommandFailure);

impl FrontFailure {
    /// It was asked for what cannot be: exit code 2.
    pub fn usage(message: impl Into<String>, hint: impl Into<String>) -> Self {
        FrontFailure(CommandFailure::usage(message, hint))
    }

    /// A file or a program could not be used: exit code 1.
    pub fn unusable(message: impl Into<String>, hint: impl Into<String>) -> Self {
        FrontFailure(CommandFailure::refused(codes::FILE_UNUSABLE, Exit::Internal, message, hint))
    }

    /// What a command of the stack said with `--json` before it ended: its event `error`.
    #[must_use]
    pub fn said(event: &Value) -> Self {
        let text = |key: &str| event[key].as_str().unwrap_or_default().to_owned();
        let exit = Exit::ALL.iter().find(|exit| event["code"].as_u64() == Some(exit.number().into()));
        let code = linked::code(&text("name")).unwrap_or(codes::INTERNAL);
        let exit = exit.copied().unwrap_or(Exit::Internal);
        FrontFailure(CommandFailure::refused(code, exit, text("message"), text("hint")))
    }

    /// The same as the fields of that event, for a program that goes on.
    #[must_use]
    pub fn event(&self) -> Value {
        let CommandFailure { code, message, hint, .. } = &self.0;
        json!({ "message": message, "hint": hint, "name": code.code })
    }

    /// Says it the way these arguments ask for, and gives the exit code.
    #[must_use]
    pub fn told(&self, arguments: &[OsString]) -> ExitCode {
        Output::new(&global(arguments)).failed(&self.0).into()
    }
}

/// The flags that every command has, of a command of the program's own.
#[derive(Debug)]
pub struct FrontFlags(Global);

impl FrontFlags {
    /// Those that were given, by a command line that [`command`] read.
    #[must_use]
    pub fn of(matches: &ArgMatches) -> Self {
        FrontFlags(Global::from_arg_matches(matches).unwrap_or_else(|_| Global::bare()))
    }

    /// The stage that is meant.
    #[must_use]
    pub fn stage(&self) -> &str {
        &self.0.stage
    }

    /// The longest the whole run may take.
    #[must_use]
    pub fn timeout(&self) -> Option<Duration> {
        self.0.timeout
    }

    /// Which stage a command of the stack is about, and where its folder is, as flags of that command.
    #[must_use]
    pub fn passed(&self) -> Vec<OsString> {
        let mut flags: Vec<OsString> = vec!["--stage".into(), self.0.stage.clone().into()];
        if let Some(root) = &self.0.root {
            flags.extend(["--root".into(), root.clone().into()]);
        }
        flags
    }

    /// How something is said.
    #[must_use]
    pub fn output(&self) -> FrontOutput {
        FrontOutput(Output::new(&self.0))
    }
}

/// Where the program says something: to people, or with `--json` as events.
#[derive(Debug, Clone, Copy)]
pub struct FrontOutput(Output);

impl FrontOutput {
    /// Whether standard error has colours.
    #[must_use]
    pub fn colors(&self) -> bool {
        self.0.colors()
    }

    /// An event, for a program; nothing for people.
    pub fn event(&self, name: &str, fields: Value) {
        self.0.event(name, fields);
    }

    /// Lines for people, on standard output.
    pub fn data(&self, text: &str) {
        self.0.data(text);
    }

    /// A line about what happens, on standard error; not with `--quiet`.
    pub fn say(&self, text: &str) {
        self.0.say(text);
    }

    /// A line that people should know, on standard error.
    pub fn warn(&self, text: &str) {
        self.0.warn(text);
    }

    /// Lines about what did not work, on standard error: also with `--quiet`.
    pub fn problem(&self, text: &str) {
        if !self.0.json {
            crate::screen::err(&format!("{}\n", self.0.shown(text.trim_end())));
        }
    }

    /// What a tool said, such as the compiler, on standard error, in its own colours where there are colours.
    pub fn tool(&self, text: &str) {
        if !self.0.json {
            let choice = if self.0.colors() { anstream::ColorChoice::Always } else { anstream::ColorChoice::Never };
            let mut stream = anstream::AutoStream::new(std::io::stderr().lock(), choice);
            let _ = stream.write_all(text.as_bytes());
        }
    }

    /// Says why the command did not work, and gives the exit code.
    #[must_use]
    pub fn failed(&self, failure: &FrontFailure) -> ExitCode {
        self.0.failed(&failure.0).into()
    }
}

/// Sends one request to the controls of the sandbox at `http://host:port`, with a body or without one.
///
/// # Errors
/// When nobody answers there, or the answer is none of success.
pub async fn control(url: &str, method: &str, path: &str, body: Option<&Value>) -> io::Result<()> {
    control::send(url, method, path, body).await
}

/// The flags without any command.
#[derive(Debug, Parser)]
struct FlagsAlone {
    #[command(flatten)]
    global: Global,
}

/// The flags that arguments have, or the environment alone where the arguments are wrong.
fn global(arguments: &[OsString]) -> Global {
    let line = || std::iter::once(OsString::from("plg")).chain(arguments.iter().cloned());
    match Cli::try_parse_from(line()).map(|cli| cli.global) {
        Ok(global) => global,
        Err(_) => match FlagsAlone::try_parse_from(["plg"]) {
            Ok(alone) => alone.global,
            Err(_) => Global::bare(),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_asked_for_decides_how_a_mistake_is_said() {
        let json = |line: &[&str]| global(&line.iter().map(OsString::from).collect::<Vec<_>>()).json;
        assert!(json(&["plan", "--json"]));
        assert!(!json(&["plan"]));
        assert!(!json(&["no-such-command"]));
    }

    #[test]
    fn every_shell_is_completed() {
        for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
            let text = completions(shell, command().name("plg")).unwrap();
            assert!(String::from_utf8(text).unwrap().contains("plan"), "{shell}");
        }
        assert_eq!(completions("tcsh", command()), None);
    }
}
