//! The house in order: crates that know only those they may, no provider's name where every provider is meant, no files
//! that need one another in a circle, rooms that know only those below them, one name for one type.
//!
//! `cargo test -p tests --test structure -- --nocapture` prints the numbers, of another checkout where `PLG_SOURCES`
//! names one.

#[path = "structure/arrows.rs"]
mod arrows;
#[path = "structure/sources.rs"]
mod sources;
#[path = "structure/tokens.rs"]
mod tokens;

use arrows::Crate;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

/// Every crate of the workspace, by its folder.
const CRATES: &[&str] = &[
    "plg",
    "plg-core",
    "plg-flags",
    "plg-attio",
    "plg-posthog",
    "plg-compiler",
    "plg-macros",
    "plg-codegen",
    "plg-runtime",
    "plg-sandbox",
    "plg-cli",
    "plg-shared",
    "plg-test",
    "plg-stack",
    "benches",
    "tests",
    "tests/application",
    "examples/signup",
];

/// The workspace.
fn workspace() -> PathBuf {
    std::env::var_os("PLG_SOURCES").map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join(".."), PathBuf::from)
}

/// Every crate, read once.
static READ: LazyLock<Vec<(&str, Crate)>> = LazyLock::new(|| {
    let all = CRATES.iter().map(|name| (*name, workspace().join(name).join("src/lib.rs")));
    all.filter(|(_, root)| root.is_file()).map(|(name, root)| (name, Crate::read(&root))).collect()
});

/// The rooms of `plg-runtime`, from the top floor down, as the crate's documentation draws them. A room may know those
/// on floors below its own, and those that stand behind it on the same.
fn floors() -> Vec<Vec<String>> {
    let text = std::fs::read_to_string(workspace().join("plg-runtime/src/lib.rs")).expect("it is there");
    let drawn = text.split("each knows only those below it").nth(1).and_then(|rest| rest.split("```").nth(1));
    let lines = drawn.expect("the floors are drawn").lines().filter_map(|line| line.strip_prefix("//! "));
    lines
        .filter(|line| !line.trim().is_empty())
        .map(|line| line.split(['·', ',']).map(|room| room.trim().to_owned()).collect())
        .collect()
}

/// The room that a file is in: the first part of its path.
fn room(file: &str) -> &str {
    file.split('/').next().map_or(file, |first| first.trim_end_matches(".rs"))
}

/// Arrows between rooms, each with a file that draws it.
fn between_rooms(engine: &Crate) -> BTreeMap<(String, String), String> {
    let all = engine.arrows.iter().flat_map(|(from, needed)| needed.iter().map(move |to| (from, to)));
    let other = all.filter(|(from, to)| room(from) != room(to) && *from != "lib.rs" && *to != "lib.rs");
    other.map(|(from, to)| ((room(from).to_owned(), room(to).to_owned()), format!("{from} → {to}"))).collect()
}

#[test]
fn no_circles() {
    let mut found = Vec::new();
    for (name, read) in READ.iter() {
        let circles = read.circles();
        let arrows: usize = read.arrows.values().map(BTreeSet::len).sum();
        println!("{name}: {} files, {arrows} arrows, {} circles", read.arrows.len(), circles.len());
        for circle in circles {
            let all = circle.iter().flat_map(|from| read.arrows[from].iter().map(move |to| (from, to)));
            let inside = all.filter(|(_, to)| circle.contains(*to));
            found.push((*name, circle.len(), inside.map(|(from, to)| format!("{from} → {to}")).collect::<Vec<_>>()));
        }
    }
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn rooms_know_those_below() {
    let floors = floors();
    let place = |room: &str| {
        let all = floors.iter().enumerate();
        all.flat_map(|(floor, rooms)| rooms.iter().enumerate().map(move |(at, name)| ((floor, at), name)))
            .find(|(_, name)| *name == room)
            .unwrap_or_else(|| panic!("`{room}` stands on no floor"))
            .0
    };
    let (_, engine) = READ.iter().find(|(name, _)| *name == "plg-runtime").expect("the engine is there");
    let arrows = between_rooms(engine);
    println!("plg-runtime: {} arrows between rooms", arrows.len());
    let up: Vec<&String> = arrows.iter().filter(|((from, to), _)| place(from) >= place(to)).map(|(_, by)| by).collect();
    assert!(up.is_empty(), "these run up: {up:#?}");
    for room in floors.iter().flatten() {
        assert!(arrows.keys().any(|(from, to)| from == room || to == room), "there is no room `{room}`");
    }
}

/// Types of one name in several crates, and why.
const TWICE: &[(&str, &str)] = &[
    ("AttioApi", "one of each"),
    ("PosthogApi", "one of each"),
    ("Error", "every library has one: that of the example is its own"),
    (
        "Secret",
        "in a stack it is the variable's name, as the language says it, and in the engine what the variable holds",
    ),
    ("Stage", "in tests and benches it is one that runs"),
];

#[test]
fn one_name_for_one_type() {
    let mut types: BTreeMap<&str, BTreeMap<&str, &str>> = BTreeMap::new();
    for (name, read) in READ.iter() {
        for (defined, file) in read.types() {
            types.entry(defined).or_default().insert(name, file);
        }
    }
    println!("{} types", types.len());
    let twice: BTreeMap<&str, BTreeMap<&str, &str>> = types.into_iter().filter(|(_, at)| at.len() > 1).collect();
    let unknown: Vec<_> = twice.iter().filter(|(name, _)| !TWICE.iter().any(|(known, _)| known == *name)).collect();
    assert!(unknown.is_empty(), "{unknown:#?}");
    for (name, reason) in TWICE {
        assert!(twice.contains_key(name), "`{name}` is one type now: {reason}");
    }
}

/// Which crates of ours each may know, as it is built for others: `*` is any. Those that are not here are tests, benches
/// and examples.
const MAY_KNOW: &[(&str, &[&str])] = &[
    ("plg-core", &[]),
    ("plg-attio", &["plg-core"]),
    ("plg-posthog", &["plg-core"]),
    ("plg-compiler", &["plg-core"]),
    ("plg-macros", &["plg-compiler", "plg-attio", "plg-posthog"]),
    ("plg-runtime", &["plg-core"]),
    // No code of the client's side: shared code would agree on the same mistake. Of `plg-core` it is the rule for slips.
    ("plg-flags", &["plg-core"]),
    ("plg-sandbox", &["plg-flags"]),
    ("plg-codegen", &["plg-core", "plg-attio", "plg-posthog"]),
    ("plg-cli", &["plg-core", "plg-runtime", "plg-sandbox", "plg-codegen", "plg-flags"]),
    ("plg-shared", &["plg-cli"]),
    ("plg-test", &["plg-core", "plg-flags", "plg-runtime", "plg-sandbox", "plg-macros", "plg-attio", "plg-posthog"]),
    ("plg", &["plg-core", "plg-macros", "plg-attio", "plg-posthog", "plg-cli", "plg-shared", "plg-test"]),
    ("plg-stack", &["plg"]),
    ("tests/application", &["plg", "plg-stack"]),
    ("examples/signup", &["plg", "plg-stack"]),
];

/// The crates of ours that a crate depends on, as it is built for others.
fn known(folder: &str) -> BTreeSet<String> {
    let text = std::fs::read_to_string(workspace().join(folder).join("Cargo.toml")).expect("a crate has a manifest");
    let manifest: toml::Table = text.parse().expect("it is TOML");
    let tables = ["dependencies", "build-dependencies"].iter().filter_map(|name| manifest.get(*name)?.as_table());
    let of_targets = manifest.get("target").and_then(toml::Value::as_table).into_iter().flatten();
    let of_targets = of_targets.filter_map(|(_, target)| target.get("dependencies")?.as_table());
    let names = tables.chain(of_targets).flat_map(toml::Table::keys);
    names.filter(|name| *name == "plg" || name.starts_with("plg-")).cloned().collect()
}

/// Members of the workspace in which nothing is that others build on.
const ASIDE: &[&str] = &["tests/strict", "tests/ui", "tests/ui/elsewhere", "tests/renamed"];

#[test]
fn every_crate_is_looked_at() {
    let text = std::fs::read_to_string(workspace().join("Cargo.toml")).expect("the workspace has a manifest");
    let manifest: toml::Table = text.parse().expect("it is TOML");
    for member in manifest["workspace"]["members"].as_array().expect("a list") {
        let member = member.as_str().expect("a folder");
        assert!(CRATES.contains(&member) || ASIDE.contains(&member), "{member} is in no list");
    }
}

#[test]
fn crates_know_those_they_may() {
    for folder in CRATES.iter().filter(|folder| !["tests", "benches"].contains(folder)) {
        let (_, may) = MAY_KNOW.iter().find(|(name, _)| name == folder).expect("it is said what it may know");
        let more: Vec<String> = known(folder).into_iter().filter(|name| !may.contains(&name.as_str())).collect();
        assert!(more.is_empty(), "{folder} knows {more:?}");
    }
}

/// What is built for others of a file: without its tests.
fn without_tests(text: &str) -> &str {
    text.split("#[cfg(test)]\nmod ").next().unwrap_or(text)
}

/// The sources of a crate that are built for others.
fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path()) {
        let is_test = entry.file_stem().is_some_and(|stem| stem == "tests" || stem == "printed");
        if entry.is_dir() && !is_test {
            sources(&entry, found);
        } else if !is_test && entry.extension().is_some_and(|extension| extension == "rs") {
            found.push(entry);
        }
    }
}

/// Engine and compiler are about any provider, and name none: not in a message, not in a comment.
#[test]
fn no_provider_is_named_where_every_one_is_meant() {
    let mut files = Vec::new();
    for folder in ["plg-runtime/src", "plg-compiler/src"] {
        sources(&workspace().join(folder), &mut files);
    }
    assert!(files.len() > 100, "{}", files.len());
    let mut named = Vec::new();
    for file in files {
        let text = std::fs::read_to_string(&file).expect("a file");
        for (line, text) in without_tests(&text).lines().enumerate() {
            let lower = text.to_lowercase();
            if tests::providers().iter().any(|provider| lower.contains(provider.word)) {
                named.push(format!("{}:{}: {}", file.display(), line + 1, text.trim()));
            }
        }
    }
    assert!(named.is_empty(), "{named:#?}");
}
