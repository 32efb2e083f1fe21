//! The commands of a page.

use std::path::{Path, PathBuf};

/// What begins a command line.
const PROGRAMS: [&str; 16] = [
    "cargo",
    "plg",
    "plg-stack",
    "cd",
    "sed",
    "curl",
    "npm",
    "npx",
    "node",
    "python3",
    "export",
    "podman",
    "mdbook",
    "sh",
    "git",
    "gh",
];

/// Folders with scripts and programs of this repository.
const FOLDERS: [&str; 4] = ["benches/", "target/", "docs/", ".ci/"];

/// Where a page shows a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shown {
    /// On a line of its own, to be typed.
    Block,
    /// In a sentence.
    Sentence,
}

/// A command with what the page says that it prints.
#[derive(Debug)]
pub(super) struct ShownCommand {
    pub(super) command: String,
    pub(super) shown: Shown,
    pub(super) said: String,
    /// Whether it begins a transcript that stands for itself: in a `text` block, while a page's `console` blocks go on.
    pub(super) begins: bool,
    pub(super) line: usize,
}

/// The README and the pages of the book, by name.
pub(super) fn all() -> Vec<(String, PathBuf)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let docs = std::fs::read_dir(root.join("docs")).expect("the book is there");
    let docs = docs.map(|entry| entry.expect("an entry").path());
    let pages = docs.filter(|path| path.extension().is_some_and(|ending| ending == "md"));
    let named = pages.map(|path| (path.file_name().unwrap_or_default().to_string_lossy().into_owned(), path));
    named.chain([("README.md".to_owned(), root.join("README.md"))]).collect()
}

/// `NAME=value`, as it stands before a program.
pub(super) fn is_variable(word: &str) -> bool {
    word.split_once('=').is_some_and(|(name, _)| {
        !name.is_empty() && name.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_')
    })
}

/// Whether a line is something to type.
fn is_command(line: &str) -> bool {
    // A table, or a line of a manifest.
    if line.contains("   ") || line.split_whitespace().nth(1) == Some("=") {
        return false;
    }
    let first = line.split_whitespace().find(|word| !is_variable(word)).unwrap_or_default();
    let is_script = FOLDERS.iter().any(|folder| first.starts_with(folder));
    (PROGRAMS.contains(&first) || is_script) && line.contains(' ') || is_script && first.ends_with(".sh")
}

/// A line without what is said about it.
fn bare(line: &str) -> &str {
    line.split("  #").next().unwrap_or(line).trim()
}

/// The commands of a page, in its order.
pub(super) fn commands(page: &str) -> Vec<ShownCommand> {
    let mut found: Vec<ShownCommand> = Vec::new();
    let mut fence: Option<&str> = None;
    // Whether what a command prints may follow.
    let mut printing = false;
    // A command that goes on in the next line.
    let mut open = false;
    for (at, line) in page.lines().enumerate() {
        let trimmed = line.trim_start();
        if let Some(language) = trimmed.strip_prefix("```") {
            fence = if fence.is_some() { None } else { Some(language) };
            (printing, open) = (false, false);
            continue;
        }
        let typed = match fence {
            Some("console" | "text" | "sh") => {
                let typed = trimmed.strip_prefix("$ ").map(bare);
                typed.or_else(|| Some(bare(trimmed)).filter(|line| !printing && is_command(line)))
            }
            Some(_) => None,
            None => line.strip_prefix("    ").map(bare).filter(|line| is_command(line)),
        };
        if open {
            let last = found.last_mut().expect("it goes on");
            last.command = format!("{} {trimmed}", last.command);
            open = last.command.matches('\'').count() % 2 == 1;
        } else if let Some(typed) = typed {
            let begins = fence == Some("text") && !printing && trimmed.starts_with("$ ");
            printing = trimmed.starts_with("$ ");
            for command in typed.split(" && ") {
                let command = command.trim().to_owned();
                open = command.matches('\'').count() % 2 == 1;
                found.push(ShownCommand { command, shown: Shown::Block, said: String::new(), begins, line: at + 1 });
            }
        } else if printing {
            let last = found.last_mut().expect("a command before what it prints");
            last.said.push_str(line);
            last.said.push('\n');
        } else if fence.is_none() {
            let spans = line.split('`').skip(1).step_by(2).filter(|span| is_command(span));
            found.extend(spans.map(|span| ShownCommand {
                command: span.to_owned(),
                shown: Shown::Sentence,
                said: String::new(),
                begins: false,
                line: at + 1,
            }));
        }
    }
    // A blank line before the next command is no part of what this one prints.
    for one in &mut found {
        if let Some(said) = one.said.strip_suffix("\n\n") {
            one.said = format!("{said}\n");
        }
    }
    found
}

#[test]
fn commands_are_found() {
    let page = "Run `plg-stack plan --json` first.\n\n    A=1 cargo run -- plan  # a word\n\n```console\n$ a b\nc\n\n$ d 'e\n    f'\n```\n\
                ```text\ncd x && npm start\nnothing here\n```\n";
    let found: Vec<(String, String)> = commands(page).into_iter().map(|one| (one.command, one.said)).collect();
    let wanted = [
        ("plg-stack plan --json", ""),
        ("A=1 cargo run -- plan", ""),
        ("a b", "c\n"),
        ("d 'e f'", ""),
        ("cd x", ""),
        ("npm start", ""),
    ];
    assert_eq!(found, wanted.map(|(command, said)| (command.to_owned(), said.to_owned())));
}
