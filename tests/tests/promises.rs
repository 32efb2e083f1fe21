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

/// The sentences of a page: without code, tables of results, and the addresses of links.
fn sentences(page: &str) -> String {
    let mut fenced = false;
    let mut text = String::new();
    for line in page.lines() {
        fenced ^= line.starts_with("```");
        let is_result = || line.starts_with('|') && line.split('|').any(|cell| cell.trim().parse::<u32>().is_ok());
        if !fenced && !line.starts_with("```") && !line.starts_with("    ") && !is_result() {
            text.push_str(line);
            text.push(if line.is_empty() { '\n' } else { ' ' });
        }
    }
    let mut spoken: String = text.split('`').step_by(2).collect();
    while let Some((before, after)) =
        spoken.split_once("](").and_then(|(a, b)| Some((a.to_owned(), b.split_once(')')?.1)))
    {
        spoken = before + after;
    }
    spoken
}

/// The numbers of a text, each with the word behind it.
fn numbers(text: &str) -> Vec<String> {
    let words: Vec<&str> = text.split_whitespace().map(|word| word.trim_start_matches(['(', '*'])).collect();
    let said = words.iter().enumerate().filter(|(at, word)| {
        let is_code = *at > 0 && words[at - 1] == "with";
        word.starts_with(|c: char| c.is_ascii_digit()) && !is_code
    });
    let bare = |word: &str| word.trim_end_matches(['.', ',', ';', ':', ')']).to_owned();
    said.map(|(at, word)| format!("{} {}", bare(word), bare(words.get(at + 1).unwrap_or(&"")))).collect()
}

#[test]
fn each_number_of_the_readme_has_its_row() {
    let read = |page: &str| std::fs::read_to_string(root().join(page)).expect("the page is there");
    let promises = read("docs/promises.md");
    let rows: String =
        rows(&promises).iter().map(|(promise, _)| format!("{}\n", promise.replace([',', ';'], ""))).collect();
    let spoken = sentences(&read("README.md"));
    // Exit codes are a list, which is made.
    let found: Vec<String> =
        spoken.lines().filter(|line| !line.starts_with("Exit codes: ")).flat_map(numbers).collect();
    assert!(found.len() > 5, "{found:?}");
    let lacking: Vec<&String> = found.iter().filter(|number| !rows.contains(number.as_str())).collect();
    assert!(lacking.is_empty(), "docs/promises.md has no row for {lacking:?}");
}

/// Half as many are interrupted as are killed, and a quarter as many with their sandbox.
#[test]
fn as_many_processes_die_as_the_readme_says() {
    let read = |page: &str| std::fs::read_to_string(root().join(page)).expect("it is there");
    let gates = read(".ci/run");
    let kills = gates.split("PLG_KILLS=").nth(1).and_then(|rest| rest.split(' ').next()).and_then(|n| n.parse().ok());
    let kills: u64 = kills.expect("the gates say how many");
    let readme = read("README.md");
    assert!(readme.contains(&format!("{} times in `.ci/run`", kills + kills.div_ceil(4))), "{kills}");
    assert!(readme.contains(&format!("another {} times", kills.div_ceil(2))), "{kills}");
}

/// The sum of the tables is their sum, and nothing was lost.
#[test]
fn the_tables_of_deaths_add_up() {
    let readme = std::fs::read_to_string(root().join("README.md")).expect("the page is there");
    let cells =
        |line: &str| -> Vec<Option<u64>> { line.split('|').skip(2).map(|cell| cell.trim().parse().ok()).collect() };
    let after = readme.split("| operation or trouble |").nth(1).expect("the table of deaths");
    let table: Vec<&str> = after.lines().skip(2).take_while(|line| line.starts_with('|')).collect();
    let (sum, rows) = table.split_last().expect("it has rows");
    let sum = cells(sum);
    // Tried, lost, doubled, told.
    for (column, sum) in sum.iter().enumerate().take(5).skip(1) {
        let all: u64 = rows.iter().filter_map(|row| cells(row)[column]).sum();
        assert_eq!(*sum, Some(all), "column {column}");
    }
    assert_eq!((sum[2], sum[3]), (Some(0), Some(0)), "lost and doubled");
}
