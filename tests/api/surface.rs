//! The public API of the crates that others write code against, each beside this file as text, so that a change of it is
//! seen by whoever reviews it.
//!
//! `cargo test --manifest-path tests/api/Cargo.toml` compares, and writes anew with `PLG_WRITE=1`. Crates are documented
//! in a folder of their own, as the flag for it is an unstable one: what is built with that is apart from everything else.

use public_api::{Builder, PublicApi};
use std::collections::{HashMap, HashSet};
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The crates that others write code against: a stack's, a test's, a provider's, a macro's, a sandbox's.
const CRATES: [&str; 7] = ["plg", "plg-core", "plg-compiler", "plg-flags", "plg-sandbox", "plg-cli", "plg-test"];

fn here() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_owned()
}

/// Documents every crate as JSON, and says in which folder.
fn documented() -> PathBuf {
    let workspace = here().join("../..");
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| workspace.join("target"), PathBuf::from);
    let apart = target.join("api");
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.current_dir(&workspace).args(["doc", "--quiet", "--no-deps", "--lib", "--features", "plg/test,plg/default"]);
    cargo.args(CRATES.iter().flat_map(|name| ["-p", name]));
    cargo.env("CARGO_TARGET_DIR", &apart).env("RUSTC_BOOTSTRAP", "1");
    cargo.env("RUSTDOCFLAGS", "-Z unstable-options --output-format json");
    let output = cargo.output().expect("cargo starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    apart.join("doc")
}

/// Whether an item is the implementation of a trait that is nobody's here: what is in it follows from the trait.
fn is_of_a_known_trait(item: &str) -> bool {
    let known = ["core::", "alloc::", "std::", "serde_core::"];
    let of = item.strip_prefix("impl").and_then(|rest| rest.split_once(" for ")).map(|(of, _)| of);
    of.is_some_and(|of| of.split([' ', '<']).any(|word| known.iter().any(|path| word.starts_with(path))))
}

/// What is public, one line an item. What every type has by itself is left out, what a trait of the standard library
/// asks for, and what is in a type where that is named a second time, under another path.
fn surface(json: &Path) -> String {
    let builder = Builder::from_rustdoc_json(json).omit_blanket_impls(true).omit_auto_trait_impls(true);
    let api: PublicApi = builder.build().unwrap_or_else(|error| panic!("{}: {error}", json.display()));
    let texts: HashMap<_, String> = api.items().map(|item| (item.id(), item.to_string())).collect();
    let mut seen = HashSet::new();
    let mut lines = String::new();
    for item in api.items() {
        let text = item.to_string();
        let parent = item.parent_id().and_then(|parent| texts.get(&parent));
        let is_new = seen.insert((item.id(), item.parent_id()));
        let follows = parent.is_some_and(|parent| is_of_a_known_trait(parent));
        if is_new && !follows && !text.contains("core::marker::StructuralPartialEq") {
            lines.push_str(&text);
            lines.push('\n');
        }
    }
    lines
}

/// The lines that are only in the first.
fn only(these: &str, others: &str, sign: char, into: &mut String) {
    let known: HashSet<&str> = others.lines().collect();
    for line in these.lines().filter(|line| !known.contains(line)) {
        let _ = writeln!(into, "{sign} {line}");
    }
}

#[test]
fn the_public_api_is_as_it_was_seen() {
    let folder = documented();
    let mut changed = String::new();
    for name in CRATES {
        let is = surface(&folder.join(format!("{}.json", name.replace('-', "_"))));
        let kept = here().join(format!("{name}.txt"));
        if std::env::var_os("PLG_WRITE").is_some() {
            std::fs::write(&kept, &is).expect("it is written");
        }
        let was = std::fs::read_to_string(&kept).unwrap_or_default();
        let before = changed.len();
        only(&was, &is, '-', &mut changed);
        only(&is, &was, '+', &mut changed);
        assert!(changed.len() > before || was == is, "{name}.txt has other lines, or another order of them");
    }
    assert!(
        changed.is_empty(),
        "the public API changed:\n{changed}\
         if that is meant, write it anew with `PLG_WRITE=1 cargo test --manifest-path tests/api/Cargo.toml`, and say \
         in CHANGELOG.md what became of it"
    );
}
