//! The house in order: no files that need one another in a circle, rooms that know only those below them, one name
//! for one type.
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
    "plg-compiler",
    "plg-macros",
    "plg-codegen",
    "plg-runtime",
    "plg-sandbox",
    "plg-cli",
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
