//! What is generated for our stack, with ids of two stages.

mod common;

use plg_codegen::{Language, generate};

fn shown(language: Language) -> String {
    let files = generate(language, &common::names());
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

#[test]
fn rust() {
    insta::assert_snapshot!("rust", shown(Language::Rust));
}

#[test]
fn json() {
    insta::assert_snapshot!("json", shown(Language::Json));
}

#[test]
fn the_same_names_give_the_same_bytes() {
    for language in [Language::Typescript, Language::Python, Language::Rust, Language::Json] {
        assert_eq!(generate(language, &common::names()), generate(language, &common::names()));
    }
}
