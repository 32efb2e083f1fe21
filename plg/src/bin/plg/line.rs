//! The command line of `plg`: what is its own, and what is the stack's.

use crate::dev::line::DevLine;
use crate::new::NewLine;
use clap::{Arg, ArgAction, ArgMatches, CommandFactory};
use plg_cli::front::{self, FrontFailure};
use std::ffi::{OsStr, OsString};

/// What was asked for.
#[derive(Debug)]
pub(crate) enum Line {
    /// Nothing at all.
    Nothing,
    /// What there is.
    Help,
    /// Which plg this is.
    Version,
    /// What completes a command line in a shell.
    Completions(String),
    /// `explain`, which says of every plg the same, also while the stack does not compile.
    Explain(Vec<OsString>),
    /// `new` and what follows.
    New(Vec<OsString>),
    /// `dev`, with its flags, or why it cannot be that: a mistake, or its help.
    Dev(Box<Result<(StackCall, ArgMatches), clap::Error>>),
    /// A command of the stack.
    Stack(StackCall),
}

/// A command of a stack, and how its program is built.
#[derive(Debug, Default)]
pub(crate) struct StackCall {
    /// The package of the stack, where it was named.
    pub(crate) package: Option<String>,
    /// Cargo's features, each as it was given.
    pub(crate) features: Vec<OsString>,
    /// Whether it is built with optimisations.
    pub(crate) release: bool,
    /// What the stack's own command line gets.
    pub(crate) arguments: Vec<OsString>,
}

impl StackCall {
    /// Whether it only asks for help.
    pub(crate) fn asks_help(&self) -> bool {
        let before = self.arguments.iter().take_while(|word| *word != "--");
        before.into_iter().any(|word| word == "--help" || word == "-h")
    }
}

impl Line {
    /// Reads the words after the program's name. What is plg's own stands before the command, as cargo's does before
    /// `--`; everything from the first other word on is the stack's.
    pub(crate) fn read(words: &[OsString]) -> Result<Line, FrontFailure> {
        let mut call = StackCall::default();
        let mut rest = words.iter();
        while let Some(word) = rest.as_slice().first() {
            let text = word.to_str().unwrap_or_default();
            if let Some(value) = value_of(&["-p", "--package"], word, &mut rest)? {
                call.package = Some(value.to_string_lossy().into_owned());
            } else if let Some(value) = value_of(&["-F", "--features"], word, &mut rest)? {
                call.features.push(value);
            } else if text == "--release" {
                call.release = true;
                rest.next();
            } else {
                break;
            }
        }
        let own = call.package.is_none();
        let first = rest.as_slice().first().and_then(|word| word.to_str());
        call.arguments = rest.as_slice().to_vec();
        let is_flag = |word: &&OsString| word.to_string_lossy().starts_with('-');
        let flags = call.arguments.iter().take_while(is_flag).count();
        if own && flags > 0 && call.arguments.get(flags).is_some_and(|word| word == "new") {
            let flag = call.arguments[0].to_string_lossy();
            return Err(FrontFailure::usage(
                format!("`new` does not take `{flag}`, which is a flag of a stack's commands"),
                "`plg new NAME`",
            ));
        }
        if let Some(asked) = dev(&call) {
            return Ok(Line::Dev(Box::new(asked.map(|matches| (call, matches)))));
        }
        Ok(match first {
            None if call.arguments.is_empty() && words.is_empty() => Line::Nothing,
            Some("new") if own => Line::New([vec!["plg new".into()], call.arguments.split_off(1)].concat()),
            Some("-h" | "--help" | "help") if own => Line::Help,
            Some("-V" | "--version") if own => Line::Version,
            Some("explain") if own && !call.asks_help() => Line::Explain(call.arguments),
            Some("completions") if own && call.arguments.len() == 2 && !call.asks_help() => {
                Line::Completions(call.arguments[1].to_string_lossy().into_owned())
            }
            _ => Line::Stack(call),
        })
    }
}

/// The flags of `dev`, where that is the command: the flags of every command may stand before it.
fn dev(call: &StackCall) -> Option<Result<ArgMatches, clap::Error>> {
    if !call.arguments.iter().any(|word| word == "dev") {
        return None;
    }
    let words = std::iter::once(OsString::from("plg")).chain(call.arguments.iter().cloned());
    match command().try_get_matches_from(words) {
        Ok(mut matches) => match matches.remove_subcommand() {
            Some((name, flags)) if name == "dev" => Some(Ok(flags)),
            _ => None,
        },
        Err(error) if call.arguments[0] == "dev" => Some(Err(error)),
        Err(_) => None,
    }
}

/// The value of a flag that stands first: `-p NAME`, `-pNAME`, `--package NAME` or `--package=NAME`.
fn value_of(
    names: &[&str; 2],
    word: &OsStr,
    rest: &mut std::slice::Iter<'_, OsString>,
) -> Result<Option<OsString>, FrontFailure> {
    let text = word.to_string_lossy();
    let joined = text.strip_prefix(names[1]).and_then(|rest| rest.strip_prefix('='));
    let joined =
        joined.or_else(|| text.strip_prefix(names[0]).filter(|rest| !rest.is_empty() && !text.starts_with("--")));
    if let Some(value) = joined {
        rest.next();
        return Ok(Some(value.into()));
    }
    if !names.contains(&text.as_ref()) {
        return Ok(None);
    }
    rest.next();
    let missing = || FrontFailure::usage(format!("`{text}` has no value"), format!("`plg {text} NAME plan`"));
    rest.next().cloned().map(Some).ok_or_else(missing)
}

/// All of it, for help and completions: the stack's commands, and plg's own.
pub(crate) fn command() -> clap::Command {
    let flag = |name: &'static str, help: &'static str| {
        Arg::new(name).long(name).help(help).help_heading("Before the command")
    };
    front::command()
        .name("plg")
        .bin_name("plg")
        .about("Plans and deploys the stack of this folder, and writes new ones.")
        .long_about(
            "Plans and deploys the stack of this folder, and writes new ones.\n\n\
             `new` writes a stack, and `dev` keeps one deployed to its sandbox while you edit it. Every other command is run by the stack's own program, which cargo builds: the stack is \
             the crate of this folder, or of the nearest one above, or the only one of its workspace.",
        )
        .version(env!("CARGO_PKG_VERSION"))
        .subcommand(NewLine::command().name("new").display_order(0))
        .subcommand(DevLine::command().name("dev").display_order(0))
        .arg(flag("package", "The stack's package, where the workspace has several").short('p').value_name("NAME"))
        .arg(flag("features", "Features of the stack's package").short('F').value_name("LIST").action(ArgAction::Append))
        .arg(flag("release", "Build with optimisations").action(ArgAction::SetTrue))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Line {
        Line::read(&line.split_whitespace().map(OsString::from).collect::<Vec<_>>()).unwrap()
    }

    fn stack(line: &str) -> (Option<String>, String) {
        match read(line) {
            Line::Stack(call) => {
                let words: Vec<_> = call.arguments.iter().map(|word| word.to_string_lossy()).collect();
                (call.package, words.join(" "))
            }
            other => panic!("{line}: {other:?}"),
        }
    }

    #[test]
    fn what_stands_before_the_command_is_ours_and_the_rest_is_the_stacks() {
        let shop = Some("shop".to_owned());
        for line in
            ["-p shop plan -s dev", "-pshop plan -s dev", "--package=shop plan -s dev", "--package shop plan -s dev"]
        {
            assert_eq!(stack(line), (shop.clone(), "plan -s dev".to_owned()), "{line}");
        }
        assert_eq!(stack("plan -p shop"), (None, "plan -p shop".to_owned()));
        assert_eq!(stack("--stage dev new"), (None, "--stage dev new".to_owned()));
        assert_eq!(stack("-p shop --version"), (shop, "--version".to_owned()));
        assert_eq!(stack("completions --help"), (None, "completions --help".to_owned()));
        let Line::Stack(call) = read("--release -F a,b -Fc deploy --yes") else { panic!("a command of the stack") };
        assert!(call.release);
        assert_eq!(call.features, ["a,b", "c"]);
    }

    #[test]
    fn what_is_plgs_own() {
        assert!(matches!(read(""), Line::Nothing));
        assert!(matches!(read("--help"), Line::Help));
        assert!(matches!(read("-V"), Line::Version));
        assert!(matches!(read("completions fish"), Line::Completions(shell) if shell == "fish"));
        assert!(matches!(read("new shop --with attio"), Line::New(words) if words.len() == 4));
        assert!(Line::read(&["-p".into()]).is_err());
    }

    #[test]
    fn dev_takes_the_flags_of_every_command() {
        let asked = |line: &str| match read(line) {
            Line::Dev(asked) => asked.map(|(call, flags)| (call.package, flags.get_one::<String>("stage").cloned())),
            other => panic!("{line}: {other:?}"),
        };
        let local = Some("local".to_owned());
        assert_eq!(asked("dev").unwrap(), (None, local.clone()));
        assert_eq!(asked("-p shop --stage play dev --port 0").unwrap(), (Some("shop".into()), Some("play".into())));
        assert!(asked("dev --bogus").unwrap_err().use_stderr());
        assert!(!asked("dev --help").unwrap_err().use_stderr());
        assert!(matches!(read("plan --stage dev"), Line::Stack(_)));
        assert!(matches!(read("--stage dev deploy"), Line::Stack(_)));
    }

    #[test]
    fn the_command_line_is_one() {
        command().debug_assert();
    }
}
