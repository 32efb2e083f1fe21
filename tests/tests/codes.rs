//! Every mistake that a stack can show has a code, and `docs/errors.md` explains each.
//!
//! `PLG_WRITE=1 cargo test -p tests --test codes` writes the page anew.

use plg_schema::codes;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::path::Path;

fn here(path: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// The messages in `tests/ui/cases` by their code, without the help after them.
fn shown() -> BTreeMap<String, BTreeSet<String>> {
    let mut shown: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for entry in std::fs::read_dir(here("ui/cases")).expect("the folder is there") {
        let path = entry.expect("an entry").path();
        if path.extension().is_none_or(|ending| ending != "stderr") {
            continue;
        }
        let text = std::fs::read_to_string(&path).expect("a file");
        // The compiler's own have a code behind the word.
        for line in text.lines().filter_map(|line| line.strip_prefix("error: ")) {
            let Some((message, code)) = line.strip_suffix(']').and_then(|line| line.rsplit_once(" [")) else {
                panic!("{}: no code: {line}", path.display());
            };
            shown.entry(code.to_owned()).or_default().insert(message.to_owned());
        }
    }
    shown
}

#[test]
fn every_mistake_has_a_code() {
    let shown = shown();
    for (code, messages) in &shown {
        assert!(codes::find(code).is_some_and(|known| known.code == code), "{code}: {messages:?}");
    }
    assert!(shown.len() >= 24, "{:?}", shown.keys());
}

#[test]
fn the_page_says_what_they_say() {
    let mut page = String::from(
        "# Errors\n\nEvery error by its code: `plg-stack explain P0201` prints the same. This page is rendered from \
         `plg-schema/src/codes`, with messages out of `tests/ui/cases` as examples: \
         `PLG_WRITE=1 cargo test -p tests --test codes` writes it anew.\n",
    );
    let shown = shown();
    for code in codes::all() {
        let _ = write!(page, "\n## {}: {}\n\n{}\n\n{}\n", code.code, code.title, code.cause, code.cure);
        if let Some(messages) = shown.get(code.code) {
            page.push_str("\nSuch as:\n\n");
            for message in messages {
                let _ = writeln!(page, "    {message}");
            }
        }
    }
    let path = here("../docs/errors.md");
    if std::env::var_os("PLG_WRITE").is_some() {
        std::fs::write(&path, &page).expect("it can be written");
    }
    assert_eq!(std::fs::read_to_string(&path).unwrap_or_default(), page, "run it with PLG_WRITE=1");
}
