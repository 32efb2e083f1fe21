//! A program that knows one provider says nothing of any other one.

use super::{Served, program, text};
use std::io::{BufRead, Read, Write};
use std::path::Path;

/// Runs every command, with what it prints and writes, and looks for these words.
pub(crate) fn says_nothing_of_others(stack: &str, others: &[&str]) {
    let root = tempfile::tempdir().expect("a folder");
    let root = root.path();
    let mut all: Vec<(String, String)> = Vec::new();
    let mut say = |arguments: &[&str], variables: &[(&str, &str)]| {
        let (code, out, err) = text(program(stack, root, arguments).envs(variables.iter().copied()));
        let said = format!("{out}\n{err}");
        assert!(code != 1 && code != 101, "{arguments:?}: {said}");
        all.push((format!("{variables:?} {arguments:?}"), said.clone()));
        said
    };
    helps(&mut say);
    let codes = say(&["explain"], &[]);
    for code in codes.lines().filter_map(|line| line.split_whitespace().next()).filter(|word| word.starts_with('P')) {
        say(&["explain", code], &[]);
    }
    let local: &[&[&str]] = &[
        &["--version"],
        &["doctor"],
        &["plan", "--html", "plan.html", "--out", "saved.plan"],
        &["plan", "--format", "markdown"],
        &["plan", "--json"],
        &["deploy", "-v"],
        &["deploy"],
        &["deploy", "saved.plan"],
        &["drift", "--exit-code"],
        &["output"],
        &["state", "list"],
        &["state", "pull"],
        &["history"],
        &["history", "show", "1"],
        &["graph", "--html", "graph.html"],
        &["graph", "--json"],
        &["graph", "--format", "dot"],
        &["graph", "--format", "mermaid"],
        &["import", "--out", "imported.rs"],
        &["import", "--only", "kind"],
        &["codegen", "--lang", "typescript", "--out", "typescript"],
        &["codegen", "--lang", "python", "--out", "python"],
        &["codegen", "--lang", "rust", "--out", "rust"],
        &["codegen", "--lang", "json", "--out", "json"],
        &["unused", "--in", "."],
        &["unused", "--live"],
        &["unused"],
        &["completions", "bash"],
        &["man"],
        &["plan", "--stage", "prod"],
        &["plan", "--target", "kind.Name"],
        &["state", "show", "kind.Name"],
        &["state", "mv", "kind.Name", "kind.Other", "--yes"],
        &["state", "rm", "kind.Name", "--yes"],
        &["state", "unlock", "0", "--yes"],
        &["promote", "--from", "local", "--to", "dev"],
        &["plan", "--stage", "dev"],
        &["doctor", "--stage", "dev"],
        &["destroy", "--stage", "dev"],
        &["destroy", "--yes"],
        &["sandbox", "reset", "--yes"],
        &["no-such-command"],
    ];
    local.iter().for_each(|arguments| drop(say(arguments, &[])));
    let keys = [("ATTIO_KEY", "a"), ("POSTHOG_KEY", "phc_p")];
    say(&["plan", "--stage", "dev"], &keys);
    let url = format!("PLG_{}_URL", stack.to_uppercase());
    say(&["plan", "--stage", "dev"], &[keys[0], ("POSTHOG_KEY", "p"), (&url, "http://127.0.0.1:1")]);
    say(&["doctor", "--stage", "dev"], &[keys[0], ("POSTHOG_KEY", "p"), (&url, "http://example.com")]);
    all.push(("sandbox serve".into(), served(stack, root)));
    written(root, &mut all);
    for (what, said) in &all {
        let said = said.to_lowercase();
        for other in others {
            let found = said.lines().find(|line| line.contains(other) && !line.contains(&root.display().to_string()));
            assert!(found.is_none(), "a stack of {stack} alone says `{other}`: {what}: {}", found.unwrap_or_default());
        }
    }
}

/// The help of every command.
fn helps(say: &mut impl FnMut(&[&str], &[(&str, &str)]) -> String) {
    let mut open: Vec<Vec<String>> = vec![Vec::new()];
    while let Some(command) = open.pop() {
        let mut arguments: Vec<&str> = command.iter().map(String::as_str).collect();
        arguments.push("--help");
        let help = say(&arguments, &[]);
        let commands = help.lines().skip_while(|line| !line.starts_with("Commands:")).skip(1);
        let names = commands
            .take_while(|line| !line.is_empty())
            .filter(|line| line.starts_with("  ") && !line.starts_with("   "));
        for name in names.filter_map(|line| line.split_whitespace().next()) {
            open.push(command.iter().cloned().chain([name.to_owned()]).collect());
        }
    }
}

/// What a sandbox prints, and its page.
fn served(stack: &str, root: &Path) -> String {
    let mut serve = program(stack, root, &["sandbox", "serve", "--listen", "127.0.0.1:0"]);
    let mut child = Served::start(&mut serve);
    let mut lines = child.out();
    let mut said = String::new();
    while !said.contains("Ctrl-C") {
        assert!(lines.read_line(&mut said).expect("it prints") > 0, "{said}");
    }
    let address = said.split("http://").nth(1).and_then(|rest| rest.split('/').next()).expect("an address");
    let mut stream = std::net::TcpStream::connect(address).expect("it listens");
    let request = format!("GET / HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).expect("it reads");
    let mut page = Vec::new();
    stream.read_to_end(&mut page).expect("it answers");
    let page = String::from_utf8_lossy(&page).into_owned();
    assert!(page.contains("200 OK"), "{page}");
    said + &page
}

/// Every file that is there by now.
fn written(folder: &Path, all: &mut Vec<(String, String)>) {
    for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
        let path = entry.path();
        if path.is_dir() {
            written(&path, all);
        } else {
            let bytes = std::fs::read(&path).expect("it can be read");
            all.push((path.display().to_string(), String::from_utf8_lossy(&bytes).into_owned()));
        }
    }
}
