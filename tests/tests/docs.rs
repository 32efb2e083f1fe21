//! The pages name files of this repository, and every one of them is there.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// The folders whose files pages name.
const ROOMS: [&str; 19] = [
    "plg",
    "plg-core",
    "plg-flags",
    "plg-attio",
    "plg-posthog",
    "plg-compiler",
    "plg-macros",
    "plg-runtime",
    "plg-sandbox",
    "plg-codegen",
    "plg-cli",
    "plg-shared",
    "plg-test",
    "plg-stack",
    "tests",
    "benches",
    "examples",
    "fuzz",
    "docs",
];

/// Where others have this repository beside their own.
const BESIDE: &str = "plg/";

/// What a page says how to make, and features of a crate.
const MADE: [&str; 5] = ["fuzz/corpus", "plg/cli", "plg/shared", "examples/application.rs", "tests/nothing_is_lost.rs"];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn pages() -> Vec<PathBuf> {
    let docs = std::fs::read_dir(root().join("docs")).expect("the folder is there");
    let docs =
        docs.map(|entry| entry.expect("an entry").path()).filter(|path| path.extension().is_some_and(|e| e == "md"));
    docs.chain(["README.md", "SECURITY.md"].map(|page| root().join(page))).collect()
}

/// The paths in a text; `a/{b,c}.rs` is two.
fn paths(text: &str) -> BTreeSet<String> {
    let is_part = |c: char| c.is_ascii_alphanumeric() || "-_./{},".contains(c);
    let words = text.split(|c| !is_part(c)).map(|word| word.trim_end_matches(['.', ',', '/']));
    let words = words.map(|word| {
        word.trim_start_matches("../")
            .strip_prefix(BESIDE)
            .filter(|_| word.starts_with("../"))
            .unwrap_or(word)
            .trim_start_matches("../")
    });
    let named =
        words.filter(|word| word.split_once('/').is_some_and(|(room, rest)| ROOMS.contains(&room) && !rest.is_empty()));
    named.flat_map(spread).collect()
}

fn spread(path: &str) -> Vec<String> {
    match path.split_once('{').and_then(|(front, rest)| Some((front, rest.split_once('}')?))) {
        Some((front, (words, back))) => words.split(',').map(|word| format!("{front}{word}{back}")).collect(),
        None => vec![path.to_owned()],
    }
}

#[test]
fn every_file_that_a_page_names_is_there() {
    let mut wrong = Vec::new();
    let mut found = 0;
    for page in pages() {
        let text = std::fs::read_to_string(&page).expect("a page");
        for path in paths(&text) {
            found += 1;
            if !MADE.contains(&path.as_str()) && !root().join(&path).exists() {
                wrong.push(format!("{}: {path}", page.display()));
            }
        }
    }
    assert_eq!(wrong, [""; 0]);
    assert!(found > 40, "{found}");
}

#[test]
fn every_page_is_in_the_book() {
    let book = std::fs::read_to_string(root().join("docs/SUMMARY.md")).expect("the list of pages");
    for page in pages().iter().filter(|page| page.parent().is_some_and(|folder| folder.ends_with("docs"))) {
        let name = page.file_name().and_then(|name| name.to_str()).expect("a name");
        assert!(name == "SUMMARY.md" || book.contains(&format!("({name})")), "{name} is in no list");
    }
}

/// How many exchanges are replayed is counted.
#[test]
fn recorded_exchanges_are_as_many_as_pages_say() {
    let files = std::fs::read_dir(root().join("tests/conformance")).expect("the folder is there");
    let cases = |entry: std::fs::DirEntry| {
        let text = std::fs::read_to_string(entry.path()).expect("a file");
        serde_json::from_str::<serde_json::Value>(&text).expect("it is JSON").as_array().map_or(0, Vec::len)
    };
    let all: usize = files.map(|entry| cases(entry.expect("an entry"))).sum();
    for page in ["README.md", "docs/architecture.md"] {
        let text = std::fs::read_to_string(root().join(page)).expect("the page is there");
        assert!(text.contains(&format!("{all} recorded exchanges")), "{page} does not say {all} recorded exchanges");
    }
}

/// Pages are read raw as well, where nothing hides a line that only the compiler needs.
#[test]
fn no_line_is_for_the_compiler_alone() {
    for page in pages() {
        let text = std::fs::read_to_string(&page).expect("a page can be read");
        let mut language = None;
        for (at, line) in text.lines().enumerate() {
            if let Some(rest) = line.strip_prefix("```") {
                language = if language.is_some() { None } else { Some(rest) };
            } else if language.is_some_and(|language| language.starts_with("rust")) {
                assert!(!line.starts_with("# ") && line != "#", "{}:{}: {line}", page.display(), at + 1);
            }
        }
    }
}
