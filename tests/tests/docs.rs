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

/// Packages of somebody else's workspace, as pages call them.
const ELSEWHERE: [&str; 5] = ["product", "web", "watched", "NAME", "CRATE"];

/// What builds something.
const BUILDS: [&str; 6] = ["bench", "build", "check", "clippy", "run", "test"];

/// What cargo builds in this workspace: packages, and tests, programs and benches of each.
fn built() -> BTreeSet<(String, String)> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = std::process::Command::new(cargo);
    command.args(["metadata", "--no-deps", "--offline", "--format-version", "1"]).current_dir(root());
    let output = command.output().expect("cargo starts");
    let said: serde_json::Value = serde_json::from_slice(&output.stdout).expect("it is JSON");
    let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    let mut found = BTreeSet::new();
    for package in said["packages"].as_array().expect("the packages") {
        found.insert((text(&package["name"]), String::new()));
        for target in package["targets"].as_array().expect("their targets") {
            let kinds = target["kind"].as_array().expect("its kinds");
            found.extend(
                kinds
                    .iter()
                    .map(|kind| (text(&package["name"]), format!("--{} {}", text(kind), text(&target["name"])))),
            );
        }
    }
    found
}

/// Whoever types a command of cargo's finds what it builds.
#[test]
fn what_pages_build_with_cargo_is_there() {
    let built = built();
    let (mut wrong, mut seen) = (Vec::new(), 0);
    for page in pages().into_iter().chain([root().join("CONTRIBUTING.md")]) {
        let text = std::fs::read_to_string(&page).expect("a page");
        for command in text.split("cargo ").skip(1) {
            let ends = command.find(['`', '|', '#']).unwrap_or(command.len());
            // One command, also where a sentence breaks its line.
            let words: Vec<&str> =
                command[..ends].split("\n\n").next().unwrap_or_default().split_whitespace().collect();
            let words = &words[..words.iter().position(|word| ["--", "cargo"].contains(word)).unwrap_or(words.len())];
            if !words.first().is_some_and(|word| BUILDS.contains(word)) {
                continue;
            }
            let Some(package) = words.windows(2).find(|pair| pair[0] == "-p").map(|pair| pair[1]) else { continue };
            if ELSEWHERE.contains(&package) {
                continue;
            }
            seen += 1;
            let named = words.windows(2).filter(|pair| ["--test", "--bin", "--bench", "--example"].contains(&pair[0]));
            for target in named.map(|pair| pair.join(" ")).chain([String::new()]) {
                if !built.contains(&(package.to_owned(), target.clone())) {
                    wrong.push(format!("{}: cargo builds no `-p {package} {target}`", page.display()));
                }
            }
        }
    }
    assert_eq!(wrong, [""; 0]);
    assert!(seen > 40, "{seen}");
}

/// A picture that no page shows is nobody's to keep up to date.
#[test]
fn every_picture_is_shown_by_a_page() {
    let folder = root().join("docs/pictures");
    let text: String = pages().iter().map(|page| std::fs::read_to_string(page).expect("a page")).collect();
    for entry in std::fs::read_dir(folder).expect("the pictures are there") {
        let name = entry.expect("an entry").file_name().to_string_lossy().into_owned();
        if let Some(picture) = name.strip_suffix(".png") {
            // A page shows one of the two widths, or both.
            let other = picture.strip_suffix("-60").map(|wide| format!("{wide}-120"));
            let is_shown = |picture: &str| text.contains(&format!("pictures/{picture}.png"));
            assert!(is_shown(picture) || other.as_deref().is_some_and(is_shown), "no page shows {name}");
        }
    }
}

/// The link to a heading, as a forge and the book make it.
fn anchor(heading: &str) -> String {
    let letters = heading.to_lowercase().replace(' ', "-");
    letters.chars().filter(|c| c.is_ascii_alphanumeric() || "-_".contains(*c)).collect()
}

/// Whoever upgrades finds each change in the changelog, and there the way to what is to be done.
#[test]
fn every_change_has_its_section_of_upgrading() {
    let read = |page: &str| std::fs::read_to_string(root().join(page)).expect("the page is there");
    let upgrading = read("docs/upgrading.md");
    let sections: BTreeSet<String> =
        upgrading.lines().filter_map(|line| line.strip_prefix("## ")).map(anchor).collect();
    let log = read("CHANGELOG.md");
    let mut linked = BTreeSet::new();
    let changes = log.split("\n### ").filter(|part| part.starts_with("Changed") || part.starts_with("Removed"));
    for change in changes.flat_map(|part| part.split("\n- ").skip(1)) {
        let section = change.split("docs/upgrading.md#").nth(1).and_then(|rest| rest.split(')').next());
        let section = section.unwrap_or_else(|| panic!("no section of upgrading is named by: {change}"));
        assert!(sections.contains(section), "upgrading has no section `{section}`");
        linked.insert(section.to_owned());
    }
    let forgotten: Vec<&String> = sections.difference(&linked).collect();
    assert!(forgotten.is_empty(), "CHANGELOG.md names no change for {forgotten:?}");
}
