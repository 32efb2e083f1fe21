//! The generated Python, checked by mypy against the types of the real client, and run.
//!
//! `PLG_PYTHON` names an interpreter that has `mypy`, `ruff` and `posthog`.

use crate::common::{awkward, names, run, several, tools, without_event, write};
use plg_codegen::{AppNames, Language};
use std::fs;
use std::path::Path;
use std::process::Command;

fn source(name: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/python").join(name))
        .expect("the application is there")
}

/// A folder with the generated package and an application.
fn project(names: &AppNames, sources: &[&str]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder can be made");
    write(Language::Python, names, &folder.path().join("plg"));
    for name in sources {
        fs::write(folder.path().join(name), source(name)).expect("the folder can be written");
    }
    folder
}

fn python(folder: &Path, interpreter: &Path, arguments: &[&str]) -> Result<String, String> {
    // Not resolved further: a virtual environment is known by its link.
    let interpreter = std::path::absolute(interpreter).expect("the interpreter has a path");
    run(Command::new(interpreter).current_dir(folder).args(arguments).env("PYTHONDONTWRITEBYTECODE", "1"))
}

const MYPY: &[&str] = &["-m", "mypy", "--strict", "--no-error-summary", "--hide-error-context", "--cache-dir", ".mypy"];

fn mypy(folder: &Path, interpreter: &Path, what: &[&str]) -> Result<String, String> {
    python(folder, interpreter, &[MYPY, what].concat())
}

#[test]
fn right_uses_type_check() {
    let Some(interpreter) = tools("PLG_PYTHON") else { return };
    let folder = project(&names(), &["right.py"]);
    mypy(folder.path(), &interpreter, &["right.py", "plg"]).unwrap_or_else(|said| panic!("{said}"));
    let folder = project(&awkward(), &[]);
    mypy(folder.path(), &interpreter, &["plg"]).unwrap_or_else(|said| panic!("{said}"));
    python(folder.path(), &interpreter, &["-c", "from plg import crm, events, flags, ids"]).unwrap();
}

#[test]
fn each_account_has_a_package() {
    let Some(interpreter) = tools("PLG_PYTHON") else { return };
    let folder = project(&several(), &["right.py", "accounts.py"]);
    mypy(folder.path(), &interpreter, &["right.py", "accounts.py", "plg"]).unwrap_or_else(|said| panic!("{said}"));
    python(
        folder.path(),
        &interpreter,
        &["-c", "from plg import class_, events, events_2; from plg.marketing import ids"],
    )
    .unwrap_or_else(|said| panic!("{said}"));
}

#[test]
fn each_wrong_use_is_refused_where_it_stands() {
    let Some(interpreter) = tools("PLG_PYTHON") else { return };
    let folder = project(&names(), &["wrong.py"]);
    let said = mypy(folder.path(), &interpreter, &["wrong.py"]).unwrap_err();
    let mut refused: Vec<(usize, String)> = said
        .lines()
        .filter_map(|line| line.split_once(": error: "))
        .map(|(place, message)| {
            let line = place.rsplit(':').next().unwrap().parse().unwrap();
            (line, message.rsplit('[').next().unwrap().trim_end_matches(']').to_owned())
        })
        .collect();
    refused.dedup();
    let wanted: Vec<(usize, String)> = source("wrong.py")
        .lines()
        .enumerate()
        .filter_map(|(line, text)| Some((line + 1, text.split_once("# wrong: ")?.1.to_owned())))
        .collect();
    assert!(wanted.len() > 20);
    assert_eq!(refused, wanted, "{said}");
}

#[test]
fn a_removed_event_breaks_the_check_where_it_is_still_sent() {
    let Some(interpreter) = tools("PLG_PYTHON") else { return };
    let folder = project(&without_event(&names(), "PlanDowngraded"), &["right.py"]);
    let said = mypy(folder.path(), &interpreter, &["right.py"]).unwrap_err();
    assert!(said.starts_with("right.py:") && said.contains("\"PlanDowngraded\""), "{said}");
    assert_eq!(said.lines().count(), 1, "{said}");
}

#[test]
fn the_real_client_sends_what_was_said() {
    let Some(interpreter) = tools("PLG_PYTHON") else { return };
    let folder = project(&names(), &["smoke.py"]);
    let said = python(folder.path(), &interpreter, &["smoke.py"]).unwrap_or_else(|said| panic!("{said}"));
    assert_eq!(said.trim(), "fine");
}

#[test]
fn ruff_would_change_nothing() {
    let Some(interpreter) = tools("PLG_PYTHON") else { return };
    for names in [names(), awkward(), several()] {
        let folder = project(&names, &[]);
        python(folder.path(), &interpreter, &["-m", "ruff", "format", "--isolated", "--diff", "plg"])
            .unwrap_or_else(|said| panic!("{said}"));
    }
}
