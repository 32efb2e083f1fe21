//! Every promise has a test, and the test is there.

use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// What stands between ticks.
fn spans(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}

/// The promises with what holds them.
fn rows(page: &str) -> Vec<(&str, &str)> {
    page.lines()
        .filter_map(|line| line.strip_prefix("| ")?.strip_suffix(" |")?.split_once(" | "))
        .filter(|(promise, _)| *promise != "promise")
        .collect()
}

#[test]
fn each_is_held_by_a_test_that_is_there() {
    let page = std::fs::read_to_string(root().join("docs/promises.md")).expect("the page is there");
    let rows = rows(&page);
    assert!(rows.len() > 30, "{} promises were read", rows.len());
    for (promise, held) in rows {
        let mut source: Option<(&str, String)> = None;
        let mut tests = 0;
        for span in spans(held) {
            if span.contains('/') {
                let text = std::fs::read_to_string(root().join(span));
                source = Some((span, text.unwrap_or_else(|error| panic!("“{promise}”: {span}: {error}"))));
                continue;
            }
            let (file, text) = source.as_ref().unwrap_or_else(|| panic!("“{promise}” names `{span}` of no file"));
            let at = text.find(&format!("fn {span}(")).unwrap_or_else(|| panic!("“{promise}”: {file} has no `{span}`"));
            let above = text[..at].trim_end_matches("async ").trim_end().lines().rev();
            let mut above = above.take_while(|line| !line.trim_start().starts_with('}'));
            assert!(above.any(|line| line.contains("test")), "“{promise}”: {span} of {file} is no test");
            tests += 1;
        }
        let step = held.split('*').nth(1);
        let gates = source.as_ref().filter(|(file, _)| *file == ".ci/run");
        let is_step = || gates.zip(step).is_some_and(|((_, text), step)| text.contains(&format!("step \"{step}\"")));
        assert!(tests > 0 || is_step(), "“{promise}” is held by nothing");
    }
}
