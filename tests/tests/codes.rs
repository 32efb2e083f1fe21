//! Every mistake that a stack can show has a code, and `docs/errors.md` explains each. Every exit code is
//! listed in the README and in `docs/json.md`.
//!
//! `PLG_WRITE=1 cargo test -p tests --test codes` writes the pages anew.

use plg_core::codes;
use plg_core::rules::HeldAt;
use plg_runtime::declared::graph::rules::START;
use plg_runtime::error::{Error, SavedError};
use plg_runtime::exit::Exit;
use plg_runtime::store::{Holder, StoreError};
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
    tests::providers();
    let shown = shown();
    for (code, messages) in &shown {
        assert!(plg_core::linked::code(code).is_some_and(|known| known.code == code), "{code}: {messages:?}");
    }
    assert!(shown.len() >= 24, "{:?}", shown.keys());
}

#[test]
fn the_page_says_what_they_say() {
    tests::providers();
    let mut page = String::from(
        "# Errors\n\nEvery error by its code: `plg-stack explain P0201` prints the same. This page is rendered from \
         `plg-core/src/codes` and those of the providers, with messages out of `tests/ui/cases` as examples: \
         `PLG_WRITE=1 cargo test -p tests --test codes` writes it anew.\n",
    );
    let shown = shown();
    for code in plg_core::linked::codes() {
        let _ = write!(page, "\n## {}: {}\n\n{}\n\n{}\n", code.code, code.title, code.cause, code.cure);
        if let Some(codes::Example { fails, works, .. }) = plg_core::linked::example(code) {
            let indented = |text: &str| {
                let lines = text.lines().map(|line| format!("    {line}").trim_end().to_owned());
                lines.collect::<Vec<_>>().join("\n")
            };
            let _ =
                write!(page, "\nThis is refused:\n\n{}\n\nThis is taken:\n\n{}\n", indented(fails), indented(works));
        }
        if let Some(messages) = shown.get(code.code) {
            page.push_str("\nMessages with it:\n\n");
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

/// How wide the README is.
const WIDE: usize = 118;

/// The README's paragraph, broken between words as the rest of it is.
fn exits() -> String {
    let mut lines = vec![String::new()];
    // A number stays with what follows it, and a dot with what comes before it.
    let items: Vec<String> = Exit::ALL.iter().map(|exit| format!("{}\0{}", exit.number(), exit.words())).collect();
    let words = format!("Exit codes: {}.", items.join("\0· "));
    for word in words.split(' ') {
        let line = lines.last_mut().expect("there is a line");
        if !line.is_empty() && line.chars().count() + 1 + word.chars().count() > WIDE {
            lines.push(word.to_owned());
        } else {
            let gap = if line.is_empty() { "" } else { " " };
            line.push_str(&format!("{gap}{word}"));
        }
    }
    lines.join("\n").replace('\0', " ")
}

/// Holds what stands in a page from one text to another against what should; `PLG_WRITE=1` writes it anew.
fn part_of(page: &str, from: &str, to: Option<&str>, wanted: &str) {
    let path = here(page);
    let text = std::fs::read_to_string(&path).expect("the page is there");
    let start = text.find(from).unwrap_or_else(|| panic!("{page} has no `{from}`"));
    let end = to.and_then(|to| text[start..].find(to)).map_or(text.len(), |length| start + length);
    if std::env::var_os("PLG_WRITE").is_some() {
        std::fs::write(&path, format!("{}{wanted}{}", &text[..start], &text[end..])).expect("it can be written");
    } else {
        assert_eq!(&text[start..end], wanted, "{page}: run it with PLG_WRITE=1");
    }
}

#[test]
fn the_pages_list_every_exit_code() {
    part_of("../README.md", "Exit codes: ", Some("\n\n"), &exits());
    let mut table = String::from("## Exit codes\n\n| code | name | meaning |\n|---|---|---|\n");
    for exit in Exit::ALL {
        let _ = writeln!(table, "| {} | {} | {} |", exit.number(), exit.words(), exit.meaning());
    }
    part_of("../docs/json.md", "## Exit codes\n", None, &table);
}

#[test]
fn what_explain_says_of_exit_codes_is_one() {
    for code in plg_core::linked::codes() {
        for said in code.cure.split("Exit code ").skip(1) {
            let number: String = said.chars().take_while(char::is_ascii_digit).collect();
            assert!(Exit::ALL.iter().any(|exit| exit.number().to_string() == number), "{}: {number}", code.code);
        }
    }
}

/// The exit codes that `explain` names for a code.
fn named_by(code: &codes::Code) -> BTreeSet<u8> {
    let said = code.cure.split("Exit code ").nth(1).unwrap_or_default();
    let words = said.split(|c: char| !c.is_ascii_digit());
    words.filter_map(|word| word.parse().ok()).collect()
}

/// An error of each kind that has something to do with the state or the command line, as the engine gives it.
fn errors() -> Vec<Error> {
    let path = || std::path::PathBuf::from("state.json");
    let io = || std::io::Error::from(std::io::ErrorKind::NotFound);
    let text = String::new;
    let store = [
        StoreError::Locked(Holder::default()),
        StoreError::Fenced(Holder::default()),
        StoreError::NotThatLock(None),
        StoreError::Remote { doing: "read", path: path(), message: text() },
        StoreError::Unreachable { path: path(), message: text() },
        StoreError::Moved { path: path(), to: text() },
        StoreError::Refused { message: text(), hint: text() },
        StoreError::Unbuilt { what: "a bucket", feature: "remote-state" },
        StoreError::Setting { message: text(), hint: text() },
        StoreError::Environment(Vec::new()),
        StoreError::Io { doing: "read", path: path(), source: io() },
        StoreError::Damaged { path: path(), what: text() },
        StoreError::Strange { path: path(), what: text() },
        StoreError::Newer { path: path(), found: 2, known: 1 },
        StoreError::Foreign { path: path(), found: text(), wanted: text() },
    ];
    let mut all: Vec<Error> = store.into_iter().map(Error::from).collect();
    all.extend([
        Error::Stack(Vec::new()),
        Error::Environment(Vec::new()),
        Error::Keys(Vec::new()),
        Error::Problems(Vec::new()),
        Error::SameAccount { names: [text(), text()], what: text() },
        Error::OtherAccount { what: text(), before: text(), now: text() },
        Error::Protected(Vec::new()),
        Error::Shared(Vec::new()),
        Error::Stale { made: text(), moved: Vec::new(), deployed: false },
        Error::Unremembered { made: text(), stage: text(), place: text() },
        Error::Saved(SavedError::Damaged(text())),
        Error::Saved(SavedError::OtherFormat(2, 1)),
        Error::Late { message: text(), hint: text() },
        Error::UnknownAddress { address: text(), close: None },
    ]);
    all
}

#[test]
fn every_error_ends_as_explain_says_of_its_code() {
    for error in errors() {
        let (code, exit) = (error.code(), error.exit().number());
        assert!(named_by(code).contains(&exit), "{}: exit code {exit}, and `explain` says: {}", code.code, code.cure);
    }
}

#[test]
fn every_refusal_of_a_command_ends_as_explain_says_of_its_code() {
    let table = std::fs::read_to_string(here("../plg-core/src/codes/run.rs")).expect("the table is there");
    let by_name = |name: &str| {
        let row = table.lines().find_map(|line| line.trim().strip_prefix(name)?.strip_prefix(" \""));
        let code = row.unwrap_or_else(|| panic!("{name} is no code")).split('"').next().expect("it is closed");
        plg_core::linked::code(code).unwrap_or_else(|| panic!("{code} is no code"))
    };
    let (mut folders, mut seen) = (vec![here("../plg-cli/src")], 0);
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("the folder is there") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let source = std::fs::read_to_string(&path).expect("a file");
            for (at, _) in source.match_indices("codes::") {
                let rest = &source[at + "codes::".len()..];
                let Some((name, exit)) = rest.split_once(',') else { continue };
                let Some(exit) = exit.trim_start().strip_prefix("Exit::") else { continue };
                let exit = exit.split(|c: char| !c.is_alphanumeric()).next().expect("a word");
                let number = Exit::ALL.iter().find(|one| format!("{one:?}") == exit).expect("an ending").number();
                let code = by_name(name);
                let place = path.display();
                assert!(
                    named_by(code).contains(&number),
                    "{place}: {} with exit code {number}: {}",
                    code.code,
                    code.cure
                );
                seen += 1;
            }
        }
    }
    assert!(seen > 20, "{seen}");
}

#[test]
fn the_page_of_rules_says_where_each_is_held() {
    tests::providers();
    let mut page = String::from(
        "# Rules\n\nA rule is held as early as what it asks about is known, and every place shows all that it finds at once. \
         This page is rendered from the tables that hold them, `plg-core/src/rules.rs`, \
         the providers' tables of rules between declarations and `plg-runtime/src/declared/graph/rules.rs`: \
         `PLG_WRITE=1 cargo test -p tests --test codes` writes it anew. [Errors](errors.md) explains the codes.\n",
    );
    for held in HeldAt::ALL {
        let _ = write!(page, "\n## {}\n\n{}\n\n", held.title(), held.says());
        let codes = plg_core::linked::codes().filter(|code| !code.code.starts_with("P06") && HeldAt::of(code) == held);
        let rows: Vec<(String, String)> = match held {
            HeldAt::Token | HeldAt::Declaration => {
                codes.map(|code| (code.title.to_owned(), code.code.to_owned())).collect()
            }
            HeldAt::Stack => between(codes),
            HeldAt::Start => START.iter().map(|rule| (rule.says.to_owned(), "P0601".to_owned())).collect(),
            HeldAt::Api => Vec::new(),
        };
        if rows.is_empty() {
            page.truncate(page.trim_end().len());
            page.push('\n');
            continue;
        }
        page.push_str("| rule | code |\n|---|---|\n");
        for (rule, code) in rows {
            let _ = writeln!(page, "| {rule} | {code} |");
        }
    }
    let path = here("../docs/rules.md");
    if std::env::var_os("PLG_WRITE").is_some() {
        std::fs::write(&path, &page).expect("it can be written");
    }
    assert_eq!(std::fs::read_to_string(&path).unwrap_or_default(), page, "run it with PLG_WRITE=1");
}

/// What has one rule in all kinds, by its code, and what each kind says of others.
fn between(codes: impl Iterator<Item = &'static codes::Code>) -> Vec<(String, String)> {
    let mut rows: Vec<(String, String)> = codes.map(|code| (code.title.to_owned(), code.code.to_owned())).collect();
    for spec in tests::kinds() {
        for (field, within) in spec.unique {
            let within = within.map_or(String::new(), |within| format!(" within one `{within}`"));
            let rule = format!("`{}`: the `{field}` differs{within}.", spec.keyword);
            rows.push((rule, codes::SAME_KEY.code.to_owned()));
        }
    }
    rows.extend(
        plg_core::linked::providers()
            .flat_map(|provider| provider.between)
            .map(|rule| (format!("`{}`: {}", rule.kind, rule.says), rule.code.code.to_owned())),
    );
    rows.extend(plg_core::linked::providers().flat_map(|provider| provider.whole).map(|rule| {
        let codes: Vec<&str> = rule.codes.iter().map(|code| code.code).collect();
        (rule.says.to_owned(), codes.join(", "))
    }));
    rows
}

#[test]
fn each_has_an_example() {
    tests::providers();
    let codes: Vec<&str> = plg_core::linked::codes().map(|code| code.code).collect();
    let shown: Vec<&str> = plg_core::linked::examples().map(|example| example.code).collect();
    assert_eq!(codes, shown);
    assert!(plg_core::linked::examples().all(|example| example.fails != example.works || example.code == "P0607"));
}

#[test]
fn codes_are_in_order_and_once() {
    tests::providers();
    let codes: Vec<&str> = plg_core::linked::codes().map(|code| code.code).collect();
    assert!(codes.windows(2).all(|pair| pair[0] != pair[1]), "{codes:?}");
    assert!(plg_core::linked::codes().all(|code| code.cause.ends_with('.') && code.cure.ends_with('.')));
}
