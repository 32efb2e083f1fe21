//! What the program `plg` needs, which stands in front of the command line of a stack: that command line's words, and how
//! a mistake is said. Nobody else builds on it.

use crate::args::Global;
use crate::commands::Cli;
use crate::failure::CommandFailure;
use crate::output::Output;
use clap::{CommandFactory, Parser};
use plg_core::codes;
use plg_runtime::exit::Exit;
use std::ffi::OsString;
use std::process::ExitCode;

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

    /// Says it the way these arguments ask for, and gives the exit code.
    #[must_use]
    pub fn told(&self, arguments: &[OsString]) -> ExitCode {
        Output::new(&global(arguments)).failed(&self.0).into()
    }
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
