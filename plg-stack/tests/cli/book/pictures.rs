//! The pictures of terminals, by the text that is kept beside each.

use std::path::Path;
use std::process::Command;

#[test]
fn they_show_what_is_printed() {
    let is_there = |program: &str, argument: &str| Command::new(program).arg(argument).output().is_ok();
    if !is_there("node", "--version") || !is_there("script", "--version") {
        assert!(std::env::var_os("PLG_REQUIRE_SERVICES").is_none(), "node or script is missing");
        eprintln!("SKIPPED: the texts of the pictures are compared with node and script");
        return;
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let script = root.join("docs/pictures/make.mjs");
    let output = Command::new("node").arg(script).arg(env!("CARGO_BIN_EXE_plg-stack")).arg("--check").output();
    let output = output.expect("node starts");
    let said = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
    assert!(output.status.success(), "make.mjs makes the pictures anew (docs/contributing.md)\n{said}");
}

/// Each picture of a terminal has its text, and none is left of one that is gone.
#[test]
fn each_of_a_terminal_has_its_text() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/pictures");
    let entries = std::fs::read_dir(folder).expect("the pictures are there");
    let names: Vec<String> =
        entries.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned()).collect();
    let with = |ending: &str| -> Vec<String> {
        let mut found: Vec<String> =
            names.iter().filter_map(|name| name.strip_suffix(ending)).map(str::to_owned).collect();
        found.sort_unstable();
        found
    };
    let is_of_a_terminal = |name: &String| !name.starts_with("page-");
    assert_eq!(with(".txt"), with(".png").into_iter().filter(is_of_a_terminal).collect::<Vec<_>>());
}
