//! What the book says on a terminal, run: each page in a folder of its own, in order.

use super::run;
use std::path::Path;

/// The commands of a page with what it says they print.
fn commands(page: &str) -> Vec<(Vec<String>, String)> {
    let mut found: Vec<(Vec<String>, String)> = Vec::new();
    let mut inside = false;
    for line in page.lines() {
        match line {
            "```console" => inside = true,
            "```" => inside = false,
            _ if !inside => {}
            _ => match line.strip_prefix("$ ") {
                Some(command) => {
                    // Another page's stack is run by the test of that page.
                    let Some(words) = command.strip_prefix("cargo run -p plg-stack -- ") else {
                        inside = false;
                        continue;
                    };
                    found.push((words.split_whitespace().map(str::to_owned).collect(), String::new()));
                }
                None => {
                    let (_, said) = found.last_mut().expect("a command before what it prints");
                    said.push_str(line);
                    said.push('\n');
                }
            },
        }
    }
    found
}

/// Whether a text has the parts of another one between its ellipses, in order, from start to end.
fn fits(said: &str, printed: &str) -> bool {
    let parts: Vec<&str> = said.split('…').collect();
    let (Some(first), Some(last)) = (parts.first(), parts.last()) else { return true };
    let Some(mut rest) = printed.strip_prefix(first) else { return false };
    for part in parts.get(1..parts.len() - 1).unwrap_or_default() {
        let Some(place) = rest.find(part) else { return false };
        rest = &rest[place + part.len()..];
    }
    parts.len() == 1 && rest.is_empty() || parts.len() > 1 && rest.ends_with(last.trim_start_matches('\n'))
}

#[test]
fn every_command_prints_what_the_book_says() {
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs");
    let mut count = 0;
    for entry in std::fs::read_dir(docs).expect("the book is there") {
        let path = entry.expect("an entry").path();
        if path.extension().is_none_or(|ending| ending != "md") {
            continue;
        }
        let page = std::fs::read_to_string(&path).expect("a page");
        let root = tempfile::tempdir().expect("a folder");
        for (words, said) in commands(&page) {
            let arguments: Vec<&str> = words.iter().map(String::as_str).collect();
            let (code, out, err) = run(root.path(), &arguments);
            assert_eq!(code, 0, "{}: {arguments:?}: {err}", path.display());
            assert!(said.is_empty() || fits(&said, &out), "{}: {arguments:?} prints:\n{out}", path.display());
            count += 1;
        }
    }
    assert!(count >= 7, "{count} commands");
}

#[test]
fn ellipses() {
    for (said, printed, fit) in [
        ("a … c\n", "a b c\n", true),
        ("a\n…\n", "a\nb\nc\n", true),
        ("…\n", "x\n", true),
        ("a\n", "a\n", true),
        ("a\n", "a\nb\n", false),
        ("a … c\n", "a b d\n", false),
    ] {
        assert_eq!(fits(said, printed), fit, "{said:?} {printed:?}");
    }
}
