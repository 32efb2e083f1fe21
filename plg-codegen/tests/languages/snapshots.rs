//! What is generated for our stack, with ids of two stages.
//!
//! `PLG_WRITE=1 cargo test -p plg-codegen --test languages` writes `tests/generated/*.rs` anew.

use crate::common::{awkward, names};
use plg_codegen::{Language, generate};
use std::path::Path;

fn shown(language: Language) -> String {
    let files = generate(language, &names());
    files.iter().map(|file| format!("==> {}\n{}\n", file.name, file.text)).collect()
}

#[test]
fn typescript() {
    insta::assert_snapshot!("typescript", shown(Language::Typescript));
}

#[test]
fn python() {
    insta::assert_snapshot!("python", shown(Language::Python));
}

/// What `rust.rs` compiles.
#[test]
fn rust() {
    for (name, names) in [("plg.rs", names()), ("awkward.rs", awkward())] {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/generated").join(name);
        let text = generate(Language::Rust, &names).remove(0).text;
        if std::env::var_os("PLG_WRITE").is_some() {
            std::fs::write(&path, &text).unwrap();
        }
        assert!(std::fs::read_to_string(&path).unwrap() == text, "{name} is stale: PLG_WRITE=1 writes it anew");
    }
}

#[test]
fn json() {
    insta::assert_snapshot!("json", shown(Language::Json));
}

#[test]
fn the_same_names_give_the_same_bytes() {
    for language in Language::ALL.iter().copied() {
        assert_eq!(generate(language, &names()), generate(language, &names()));
    }
}
