//! What a page says that a command prints, beside what it prints.

/// A line without what differs from run to run: days and times, commits, ids, and how long something took.
fn masked(line: &str) -> String {
    let words: Vec<&str> = line.split(' ').collect();
    let mut kept: Vec<String> = Vec::new();
    for (at, word) in words.iter().enumerate() {
        let bare = word.trim_matches(|c| "().,".contains(c));
        let form: String = bare.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect();
        let next = words.get(at + 1).map(|next| next.trim_matches(|c| ".,;".contains(c)));
        let before = at.checked_sub(1).and_then(|before| words.get(before));
        let is_hex = !bare.is_empty() && bare.chars().all(|c| c.is_ascii_hexdigit() || c == '-');
        if next == Some("ms") || next == Some("s") {
            kept.push("0".to_owned());
        } else if form == "0000-00-00" || form == "00:00" || bare.len() == 36 && is_hex {
            kept.push(word.replace(bare, &form.replace(|c: char| c.is_ascii_hexdigit(), "0")));
        } else if *word == "at" && words.get(at + 1).is_some_and(|next| is_commit(next))
            || before == Some(&"at") && is_commit(word)
            || *word == "(dirty)"
        {
            // A stack outside of git has none.
        } else {
            kept.push((*word).to_owned());
        }
    }
    kept.join(" ")
}

fn is_commit(word: &str) -> bool {
    word.len() == 7 && word.chars().all(|c| c.is_ascii_hexdigit())
}

/// A line that is an ellipsis stands for any lines, also for none.
fn all_masked(text: &str) -> String {
    text.lines().map(|line| if line.trim() == "…" { "…".to_owned() } else { masked(line) + "\n" }).collect()
}

/// The first part of a text between its ellipses that another one does not have where it should: from start to end, in
/// order.
pub(super) fn lacking(said: &str, printed: &str) -> Option<String> {
    let (said, printed) = (all_masked(said), all_masked(printed));
    let parts: Vec<&str> = said.split('…').collect();
    let (Some(first), Some(last)) = (parts.first(), parts.last()) else { return None };
    let Some(mut rest) = printed.strip_prefix(first) else { return Some((*first).to_owned()) };
    for part in parts.get(1..parts.len() - 1).unwrap_or_default() {
        let Some(place) = rest.find(part) else { return Some((*part).to_owned()) };
        rest = &rest[place + part.len()..];
    }
    let fits = if parts.len() == 1 { rest.is_empty() } else { rest.ends_with(last.trim_start_matches('\n')) };
    (!fits).then(|| (*last).to_owned())
}

/// What the page shall say: of each line that it has, the one that is printed now. A line of which none is left goes.
pub(super) fn anew(said: &str, printed: &str) -> String {
    let lines: Vec<&str> = printed.lines().collect();
    let mut at = 0;
    let mut kept = String::new();
    for line in said.lines() {
        let place = || lines.iter().skip(at).position(|printed| alike(line, printed)).map(|place| at + place);
        if line.contains('…') || line.is_empty() {
            kept.push_str(line);
        } else if let Some(place) = place() {
            at = place + 1;
            let same = masked(line) == masked(lines[place]);
            kept.push_str(if same { line } else { lines[place] });
        } else {
            continue;
        }
        kept.push('\n');
    }
    kept
}

/// Whether two lines are about the same thing: they begin alike, whatever their numbers are.
fn alike(one: &str, other: &str) -> bool {
    let begins = |line: &str| -> Vec<String> {
        let words = line.split_whitespace().take(2);
        words.map(|word| word.trim_matches(|c: char| c.is_ascii_digit() || ":,".contains(c)).to_owned()).collect()
    };
    let indent = |line: &str| line.len() - line.trim_start().len();
    indent(one) == indent(other) && begins(one) == begins(other)
}

#[test]
fn ellipses() {
    for (said, printed, fit) in [
        ("a … c\n", "a b c\n", true),
        ("a\n…\n", "a\nb\nc\n", true),
        ("…\n", "x\n", true),
        ("a\n  …\nb\n", "a\nb\n", true),
        ("a\n  …\n  b\n", "a\n\n  x\n  b\n", true),
        ("a\n", "a\n", true),
        ("a\n", "a\nb\n", false),
        ("a … c\n", "a b d\n", false),
        ("made 2026-11-30 07:31 UTC at 1a2b3c4\n", "made 2026-12-01 01:02 UTC\n", true),
        ("in 15 ms, 0.2 s.\n", "in 1 ms, 12.0 s.\n", true),
        ("15 made\n", "16 made\n", false),
    ] {
        assert_eq!(lacking(said, printed).is_none(), fit, "{said:?} {printed:?}");
    }
}

#[test]
fn lines_are_written_anew() {
    let said = "+ flag.A   x.rs:1\n  …\nPlan: 3 to create.\ngone away\n  took 5 ms\n";
    let printed = "+ flag.A   x.rs:2\n  more\nPlan: 4 to create.\n  took 6 ms\n";
    assert_eq!(anew(said, printed), "+ flag.A   x.rs:2\n  …\nPlan: 4 to create.\n  took 5 ms\n");
}
