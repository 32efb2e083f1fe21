//! The page that compares plg with other tools: every word in its table of kinds is one of the language, and every kind
//! of the language stands in it.

use std::collections::BTreeSet;
use std::path::Path;

/// The rows of the table of kinds, each by its cells.
fn rows() -> Vec<[String; 4]> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/compare.md");
    let page = std::fs::read_to_string(path).expect("the page is there");
    let table = page.split("\n## ").find(|part| part.starts_with("Every kind\n")).expect("it has a table of kinds");
    let lines = table.lines().filter(|line| line.starts_with('|')).skip(2);
    let cells =
        |line: &str| -> Vec<String> { line.trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect() };
    lines.map(|line| cells(line).try_into().unwrap_or_else(|_| panic!("it has four cells: {line}"))).collect()
}

/// What stands in code in a cell.
fn words(cell: &str) -> impl Iterator<Item = &str> {
    cell.split('`').skip(1).step_by(2)
}

#[test]
fn every_word_exists_and_every_kind_is_there() {
    tests::providers();
    let page =
        std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/compare.md")).expect("a page");
    let rows = rows();
    let mut named: BTreeSet<&str> = BTreeSet::new();
    for [_, _, own, missing] in &rows {
        let all: Vec<&str> = words(own).collect();
        assert!(!all.is_empty() || ["raw", "none"].contains(&own.as_str()), "{own}: a word, `raw` or `none`");
        assert!(own != "none" || !missing.is_empty(), "why there is none is said");
        named.extend(all);
    }
    let kinds: BTreeSet<&str> = tests::kinds().map(|spec| spec.keyword).collect();
    let unknown: Vec<&&str> = named.difference(&kinds).collect();
    assert!(unknown.is_empty(), "no kinds: {unknown:?}");
    let passed_over: Vec<&&str> =
        kinds.iter().filter(|kind| !named.contains(**kind) && !page.contains(&format!("`{kind}`"))).collect();
    assert!(passed_over.is_empty(), "the page names them nowhere: {passed_over:?}");
}

#[test]
fn every_kind_of_both_has_a_row() {
    let rows = rows();
    let count = |cell: usize| rows.iter().flat_map(|row| words(&row[cell])).collect::<BTreeSet<_>>().len();
    assert_eq!((count(0), count(1)), (28, 27), "as the page says");
}
