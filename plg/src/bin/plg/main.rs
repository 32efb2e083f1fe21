//! The installed `plg`: `plg new` writes a stack, every other command runs the stack of this folder, which cargo
//! builds, and `plg dev` does so whenever its sources change.

mod dev;
mod found;
mod libraries;
mod line;
mod new;
mod run;

use clap::Parser;
use line::{Line, StackCall};
use plg_cli::front::{self, FrontFailure};
use std::ffi::OsString;
use std::io::Write;
use std::process::ExitCode;

/// The providers whose codes are explained.
const PROVIDERS: &[&plg::__core::Provider] = &[
    #[cfg(feature = "attio")]
    &plg::attio::PROVIDER,
    #[cfg(feature = "posthog")]
    &plg::posthog::PROVIDER,
];

fn main() -> ExitCode {
    let arguments: Vec<OsString> = std::env::args_os().skip(1).collect();
    let done = match Line::read(&arguments) {
        Err(failure) => Err(failure),
        Ok(Line::Help) => return helped(),
        Ok(Line::Nothing) => {
            let _ = write!(anstream::stderr(), "{}", line::command().render_help().ansi());
            return ExitCode::from(2);
        }
        Ok(Line::Version) => {
            out(format!("plg {}\n", env!("CARGO_PKG_VERSION")).as_bytes());
            Ok(ExitCode::SUCCESS)
        }
        Ok(Line::Completions(shell)) => match front::completions(&shell, line::command()) {
            Some(text) => {
                out(&text);
                Ok(ExitCode::SUCCESS)
            }
            None => Err(FrontFailure::usage(
                format!("there are no completions for `{shell}`"),
                "`plg completions bash`, or zsh, fish, powershell, elvish",
            )),
        },
        Ok(Line::Explain(words)) => return front::explain(&words, PROVIDERS),
        Ok(Line::New(words)) => match new::NewLine::try_parse_from(words) {
            Ok(asked) => new::run(&asked),
            Err(error) => return front::refused(&error),
        },
        Ok(Line::Dev(asked)) => match *asked {
            Ok((call, matches)) => Ok(dev::run(&call, &matches)),
            Err(shown) => return front::refused(&shown),
        },
        Ok(Line::Stack(call)) => stack(&call),
    };
    done.unwrap_or_else(|failure| failure.told(&arguments))
}

fn stack(call: &StackCall) -> Result<ExitCode, FrontFailure> {
    let here = std::env::current_dir().map_err(|error| {
        FrontFailure::unusable(format!("this folder cannot be read: {error}"), "change to another folder")
    })?;
    match found::find(&here, call.package.as_deref()) {
        Ok(stack) => run::run(&stack, call),
        // Help needs no stack.
        Err(_) if call.package.is_none() && call.asks_help() => {
            let words = std::iter::once(OsString::from("plg")).chain(call.arguments.iter().cloned());
            Ok(match line::command().try_get_matches_from(words) {
                Ok(_) => helped(),
                Err(shown) => front::refused(&shown),
            })
        }
        Err(failure) => Err(failure),
    }
}

fn helped() -> ExitCode {
    let _ = line::command().print_long_help();
    ExitCode::SUCCESS
}

/// Prints to standard output. A reader that went away is no mistake.
fn out(text: &[u8]) {
    let mut stdout = std::io::stdout().lock();
    let _ = stdout.write_all(text).and_then(|()| stdout.flush());
}
