//! Every command that the README and the book show is run here, in the order of its page and in a folder of its own, or
//! `held.rs` says which test runs it, or why none does. What a page shows that a command prints is what it prints.

mod edited;
mod held;
mod pages;
mod pictures;
mod transcript;
mod workflow;

use crate::plg;
use held::How;
use pages::{Shown, ShownCommand};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The words behind the program, where a command is one of this stack's.
fn of_the_stack(command: &str) -> Option<Vec<String>> {
    let command = command.split(" > ").next().unwrap_or(command);
    let mut words: Vec<String> = command.split_whitespace().map(str::to_owned).collect();
    // Keys and places, as in `KEY=… plg-stack plan`.
    words.drain(..words.iter().take_while(|word| pages::is_variable(word)).count());
    let first = words.first()?.clone();
    match first.as_str() {
        "plg-stack" => Some(words.split_off(1)),
        "plg" => Some(words.split_off(1))
            .filter(|rest| rest.first().is_some_and(|command| !held::OF_PLG_ALONE.contains(&command.as_str()))),
        // Stacks of other names have the same command line; other programs of this repository have none of ours.
        "cargo" => {
            let at = words.iter().position(|word| word == "--")?;
            let is_ours = words[1] == "run" && !words[..at].iter().any(|word| word == "--bin" || word == "signup");
            is_ours.then(|| words.split_off(at + 1))
        }
        _ => None,
    }
}

/// The command line takes these words: `--help` behind them is only reached where each of them is understood.
fn is_understood(words: &[String]) -> Result<(), String> {
    let root = tempfile::tempdir().expect("a folder");
    let output = plg(root.path()).args(words).arg("--help").output().expect("the binary runs");
    if output.status.success() { Ok(()) } else { Err(String::from_utf8_lossy(&output.stderr).into_owned()) }
}

/// A folder in which the commands of a page are run.
struct PageFolder {
    root: tempfile::TempDir,
    /// The program of the stack, after a page edited a source.
    program: PathBuf,
}

impl PageFolder {
    fn new() -> PageFolder {
        PageFolder { root: tempfile::tempdir().expect("a folder"), program: env!("CARGO_BIN_EXE_plg-stack").into() }
    }

    /// What a command prints on both streams, in the order in which a terminal shows it.
    fn run(&mut self, command: &str) -> Result<String, String> {
        if let Some(edit) = command.strip_prefix("sed -i ") {
            self.program = edited::program(edit);
            return Ok(String::new());
        }
        let words = of_the_stack(command).ok_or("only commands of the stack are run here")?;
        let mut shell = Command::new("sh");
        shell.args(["-c", "exec \"$0\" \"$@\" 2>&1"]).arg(&self.program).args(words).current_dir(self.root.path());
        shell.env_clear().env("PLG_ROOT", self.root.path()).env("PLG_RETRIES", "0").stdin(Stdio::null());
        let output = shell.output().expect("sh starts");
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        if output.status.success() { Ok(said) } else { Err(format!("it ends with {}: {said}", output.status)) }
    }
}

/// Runs what is to be run of a page, and gives what is wrong with it. With `PLG_WRITE` the page is written anew.
fn check(name: &str, path: &Path) -> Vec<String> {
    let page = std::fs::read_to_string(path).expect("a page");
    let mut wrong = Vec::new();
    let mut written = page.clone();
    let mut folder = PageFolder::new();
    for ShownCommand { command, shown, said, begins, line } in pages::commands(&page) {
        if begins {
            folder = PageFolder::new();
        }
        let mut fails = |why: String| wrong.push(format!("{name}:{line}: `{command}`: {why}"));
        let how = held::how(name, &command, shown);
        match how {
            Some(How::Runs) => match folder.run(&command) {
                Ok(printed) if !said.is_empty() => match transcript::lacking(&said, &printed) {
                    Some(_) if std::env::var_os("PLG_WRITE").is_some() => {
                        written = written.replacen(&said, &transcript::anew(&said, &printed), 1);
                    }
                    Some(part) => {
                        fails(format!("it does not print, or not there (PLG_WRITE=1 writes the page):\n{part}"))
                    }
                    None => {}
                },
                Ok(_) => {}
                Err(why) => fails(why),
            },
            Some(How::Test(file, test)) => {
                let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
                let source = std::fs::read_to_string(root.join(file)).unwrap_or_default();
                if !source.contains(&format!("fn {test}(")) {
                    fails(format!("{file} has no test `{test}`"));
                }
            }
            // What they build and run is held by `tests/tests/docs.rs`.
            Some(How::Cargo | How::Never(_)) => {}
            Some(How::Understood(_)) => match of_the_stack(&command).map(|words| is_understood(&words)) {
                Some(Ok(())) => {}
                Some(Err(why)) => fails(why),
                None => fails("it is no command of a stack".to_owned()),
            },
            None => fails("no test runs it, and book/held.rs does not say why".to_owned()),
        }
    }
    if written != page {
        std::fs::write(path, written).expect("the page can be written");
    }
    wrong
}

#[test]
fn every_command_is_run_or_held_elsewhere() {
    let pages = pages::all();
    assert!(pages.len() > 25, "{} pages", pages.len());
    // Pages are independent of each other.
    let wrong: Vec<String> = std::thread::scope(|scope| {
        let checks: Vec<_> = pages.iter().map(|(name, path)| scope.spawn(move || check(name, path))).collect();
        checks.into_iter().flat_map(|check| check.join().expect("a page is checked")).collect()
    });
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_row_is_of_a_command_that_a_page_shows() {
    let mut shown = BTreeSet::new();
    for (name, path) in pages::all() {
        let page = std::fs::read_to_string(path).expect("a page");
        for found in pages::commands(&page).into_iter().filter(|found| found.shown == Shown::Block) {
            shown.insert((name.clone(), found.command));
        }
    }
    let of = |row: &held::Row| shown.iter().any(|(page, command)| row.is_of(page, command));
    let idle: Vec<String> = held::ROWS.iter().filter(|row| !of(row)).map(|row| format!("{row:?}")).collect();
    assert_eq!(idle, [""; 0]);
    for row in held::ROWS {
        let (How::Never(why) | How::Understood(why)) = row.how else { continue };
        assert!(why.starts_with("it ") || why.starts_with("the "), "{row:?} says no reason");
    }
}
