//! Every mistake that a stack can show has a code, and `docs/errors.md` explains each.
//!
//! `PLG_WRITE=1 cargo test -p tests --test codes` writes the page anew.

use plg_schema::codes;
use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::Path;

fn here(path: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

#[test]
fn every_mistake_has_a_code() {
    let mut shown = BTreeSet::new();
    for entry in std::fs::read_dir(here("ui/cases")).expect("the folder is there") {
        let path = entry.expect("an entry").path();
        if path.extension().is_none_or(|ending| ending != "stderr") {
            continue;
        }
        let text = std::fs::read_to_string(&path).expect("a file");
        // The compiler's own have a code behind the word.
        for line in text.lines().filter_map(|line| line.strip_prefix("error: ")) {
            let Some((_, code)) = line.rsplit_once(" [") else {
                panic!("{}: no code: {line}", path.display());
            };
            let code = code.trim_end_matches(']');
            assert!(codes::find(code).is_some(), "{}: {line}", path.display());
            shown.insert(code.to_owned());
        }
    }
    assert!(shown.len() >= 18, "{shown:?}");
}

#[test]
fn the_page_says_what_they_say() {
    let mut page = String::from(
        "# Errors\n\nEvery error by its code: `plg-stack explain P0201` prints the same. This page is rendered from \
         `plg-schema/src/codes`: `PLG_WRITE=1 cargo test -p tests --test codes` writes it anew.\n",
    );
    for code in codes::all() {
        let _ = write!(page, "\n## {}: {}\n\n{}\n\n{}\n", code.code, code.title, code.cause, code.cure);
        if !code.says.is_empty() {
            page.push_str("\nMessages:\n\n");
            for says in code.says {
                let _ = writeln!(page, "    {}", says.replace('*', "…"));
            }
        }
    }
    let path = here("../docs/errors.md");
    if std::env::var_os("PLG_WRITE").is_some() {
        std::fs::write(&path, &page).expect("it can be written");
    }
    assert_eq!(std::fs::read_to_string(&path).unwrap_or_default(), page, "run it with PLG_WRITE=1");
}
