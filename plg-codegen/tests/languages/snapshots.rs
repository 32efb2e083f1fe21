//! What is generated for our stack, with ids of two stages.
//!
//! `PLG_WRITE=1 cargo test -p plg-codegen --test languages` writes `tests/generated/*.rs` anew.

use crate::common::{awkward, names, several};
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
    for (name, names) in [("plg.rs", names()), ("awkward.rs", awkward()), ("several.rs", several())] {
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
fn further_accounts_are_beside_what_is_written_without_them() {
    for language in Language::ALL.iter().copied().filter(|language| !matches!(language, Language::Json)) {
        let alone: Vec<_> = generate(language, &names());
        let several = generate(language, &several());
        for file in alone {
            let text = file.text.replace("plg-saas-stack", "several");
            let same = several.iter().find(|one| one.name == file.name).expect("it is there, too");
            // An index, and the one file that Rust has, go on.
            assert!(same.text == text || same.text.starts_with(&text), "{}", file.name);
        }
    }
    let files = |language| generate(language, &several()).into_iter().map(|file| file.name).collect::<Vec<_>>();
    let further: Vec<String> = files(Language::Typescript).into_iter().filter(|name| name.contains('/')).collect();
    assert_eq!(
        further,
        [
            "class/index.ts",
            "class/events.ts",
            "class/flags.ts",
            "class/ids.ts",
            "events_2/index.ts",
            "events_2/crm.ts",
            "marketing/index.ts",
            "marketing/events.ts",
            "marketing/flags.ts",
            "marketing/ids.ts",
        ]
    );
    assert!(files(Language::Python).contains(&"class_/flags.py".to_owned()));
}

#[test]
fn the_same_names_give_the_same_bytes() {
    for language in Language::ALL.iter().copied() {
        assert_eq!(generate(language, &names()), generate(language, &names()));
    }
}
