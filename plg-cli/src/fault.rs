//! The line of a stack's source that an API objects to, drawn as the compiler draws its own.

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};
use plg_core::linked;
use plg_runtime::http::Failure;
use std::fs;
use std::ops::Range;
use std::path::Path;
use std::sync::OnceLock;

/// The folder of the crate whose stack this process runs, and the stage that is meant.
static OF: OnceLock<(&'static str, String)> = OnceLock::new();

/// Says whose sources errors are about, once a process.
pub(crate) fn about(folder: &'static str, stage: &str) {
    let _ = OF.set((folder, stage.to_owned()));
}

/// Where a declaration says what an API objects to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SourceFault {
    /// The field, in the stack's word, where the API named one that the declaration says.
    pub(crate) field: Option<&'static str>,
    /// As `file:line:column`; `file:line` where the source cannot be read.
    pub(crate) place: String,
    /// The line, with what it is about underlined; nothing where the source cannot be read.
    pub(crate) drawn: Option<String>,
}

/// Where the declaration at an address says what a failure is about.
pub(crate) fn fault(address: &str, place: &str, failure: Option<&Failure>) -> SourceFault {
    let (stack, stage) = OF.get().map_or(("", ""), |(folder, stage)| (*folder, stage.as_str()));
    let word = failure.and_then(|failure| word(address, failure));
    let unread = SourceFault { field: word, place: place.to_owned(), drawn: None };
    let Some((file, line)) = place.rsplit_once(':').and_then(|(file, line)| Some((file, line.parse().ok()?))) else {
        return unread;
    };
    // Places are as the compiler was told them: from the workspace's root.
    let source = Path::new(stack).ancestors().find_map(|folder| fs::read_to_string(folder.join(file)).ok());
    let name = address.rsplit('.').next().unwrap_or_default();
    let span = source.as_ref().and_then(|source| span(source, line, name, (word, stage)));
    let (Some(source), Some(span)) = (source, span) else { return unread };
    let before = &source[..span.start];
    let (line, column) =
        (before.matches('\n').count() + 1, before.rsplit('\n').next().unwrap_or_default().chars().count() + 1);
    let snippet = Snippet::source(source.as_str()).path(file).annotation(AnnotationKind::Primary.span(span));
    let drawn = Renderer::plain().render(&[Group::with_level(Level::ERROR).element(snippet)]);
    SourceFault { field: word, place: format!("{file}:{line}:{column}"), drawn: Some(drawn) }
}

/// The stack's word for the field that an API names.
fn word(address: &str, failure: &Failure) -> Option<&'static str> {
    let spec = linked::find(address.split('.').next()?)?;
    let said = failure.field.as_deref()?;
    spec.word_of(spec.wire.field_at_fault(said, &failure.message))
}

/// Where in a source the declaration of this name, which begins in a line, says a word: in what it says for the stage,
/// else in what it says for all. Its own name, where it does not say it.
fn span(source: &str, line: usize, name: &str, (word, stage): (Option<&str>, &str)) -> Option<Range<usize>> {
    let start: usize = source.split_inclusive('\n').take(line.checked_sub(1)?).map(str::len).sum();
    let text = source.get(start..)?;
    let text_of_line = text.split('\n').next()?;
    let Some(named) = named(text_of_line, name) else {
        let trimmed = text_of_line.trim();
        let indent = text_of_line.len() - text_of_line.trim_start().len();
        return (!trimmed.is_empty()).then(|| start + indent..start + indent + trimmed.len());
    };
    let own = start + named.start..start + named.end;
    let open = text[named.end..].find('{').map(|open| own.end + open + 1);
    let (Some(open), Some(word)) = (open, word) else { return Some(own) };
    // What stands between a name and its fields is a space.
    if !source[own.end..open - 1].trim().is_empty() {
        return Some(own);
    }
    let entries = entries(source, open);
    let for_stage = entries.iter().find(|entry| source[entry.start..].starts_with(&format!("in {stage} ")));
    let inside = for_stage.and_then(|entry| {
        let open = source[entry.clone()].find('{')? + entry.start + 1;
        find(source, &self::entries(source, open), word)
    });
    inside.or_else(|| find(source, &entries, word)).or(Some(own))
}

/// Where a name stands in a line as a word of its own.
fn named(line: &str, name: &str) -> Option<Range<usize>> {
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    let mut all = line.match_indices(name).map(|(at, found)| at..at + found.len());
    all.find(|found| !line[..found.start].ends_with(is_part) && !line[found.end..].starts_with(is_part))
}

/// The entry that says a word, up to the end of its first line.
fn find(source: &str, entries: &[Range<usize>], word: &str) -> Option<Range<usize>> {
    let says = |entry: &&Range<usize>| {
        let rest = source[(*entry).clone()].strip_prefix(word);
        rest.is_some_and(|rest| rest.trim_start().starts_with(':'))
    };
    let entry = entries.iter().find(says)?.clone();
    let first = source[entry.clone()].split('\n').next().unwrap_or_default().trim_end();
    Some(entry.start..entry.start + first.len())
}

/// What stands between the commas of a block, from right behind its brace: each without space around it. What follows
/// the block's end is none of it.
fn entries(source: &str, open: usize) -> Vec<Range<usize>> {
    let (mut entries, mut depth, mut start) = (Vec::new(), 0_usize, open);
    let mut chars = source[open..].char_indices().peekable();
    let mut push = |from: usize, to: usize| {
        let text = &source[from..to];
        let (before, after) = (text.len() - text.trim_start().len(), text.trim_end().len());
        if before < after {
            entries.push(from + before..from + after);
        }
    };
    while let Some((at, c)) = chars.next() {
        let at = open + at;
        match c {
            '"' => {
                while let Some((_, c)) = chars.next() {
                    match c {
                        '\\' => drop(chars.next()),
                        '"' => break,
                        _ => {}
                    }
                }
            }
            '/' if chars.peek().is_some_and(|(_, next)| *next == '/') => {
                // A comment before an entry is none of it.
                let end = source[at..].find('\n').map_or(source.len(), |end| at + end);
                while chars.peek().is_some_and(|(next, _)| open + next < end) {
                    chars.next();
                }
                if source[start..at].trim().is_empty() {
                    start = end;
                }
            }
            '{' | '[' | '(' => depth += 1,
            '}' if depth == 0 => {
                push(start, at);
                break;
            }
            '}' | ']' | ')' => {
                depth = depth.saturating_sub(1);
                // What is said for a stage needs no comma behind it.
                let text = source[start..=at].trim_start();
                if depth == 0 && c == '}' && text.starts_with("in ") {
                    push(start, at + 1);
                    start = at + 1;
                }
            }
            ',' if depth == 0 => {
                push(start, at);
                start = at + 1;
            }
            _ => {}
        }
    }
    entries
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOURCE: &str = r#"plg::stack! {
    name: "x",
    /// A flag, { with a brace.
    feature_flag Beta {
        key: "beta, {features}",
        // rollout: 3%
        rollout: 10%,
        variants: {
            control: 50%,
            test: 50%,
        },
        in prod { rollout: 25% }
        tags: ["a"],
    }
    feature_flag Other { key: "other", rollout: 1% }
    attribute Stage { on: companies, holds: select { Trial, Active } }
}
"#;

    fn said(line: usize, name: &str, word: &str, stage: &str) -> &'static str {
        let word = (!word.is_empty()).then_some(word);
        span(SOURCE, line, name, (word, stage)).map_or("", |span| &SOURCE[span])
    }

    #[test]
    fn the_field_is_found_in_its_declaration() {
        assert_eq!(said(4, "Beta", "key", "local"), r#"key: "beta, {features}""#);
        assert_eq!(said(4, "Beta", "rollout", "local"), "rollout: 10%");
        assert_eq!(said(4, "Beta", "rollout", "prod"), "rollout: 25%");
        assert_eq!(said(4, "Beta", "tags", "prod"), r#"tags: ["a"]"#);
        assert_eq!(said(4, "Beta", "variants", "prod"), "variants: {");
        assert_eq!(said(15, "Other", "rollout", "prod"), "rollout: 1%");
    }

    #[test]
    fn what_is_not_said_is_the_declaration_s_own() {
        assert_eq!(said(4, "Beta", "payload", "local"), "Beta");
        assert_eq!(said(15, "Other", "", "local"), "Other");
        assert_eq!(said(16, "Active", "title", "local"), "Active");
        assert_eq!(said(2, "Gone", "key", "local"), r#"name: "x","#);
        assert_eq!(said(99, "Gone", "key", "local"), "");
    }

    #[test]
    fn it_is_drawn_as_the_compiler_does_it() {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(folder.path().join("lib.rs"), SOURCE).expect("it can be written");
        let path = folder.path().join("app").join("src");
        about(Box::leak(path.display().to_string().into_boxed_str()), "local");
        let fault = fault("feature_flag.Other", "lib.rs:15", None);
        assert_eq!(fault.place, "lib.rs:15:18");
        let drawn = fault.drawn.expect("it is read");
        assert!(drawn.contains("--> lib.rs:15:18") && drawn.contains("^^^^^"), "{drawn}");
        assert!(drawn.contains(r#"15 |     feature_flag Other { key: "other", rollout: 1% }"#), "{drawn}");
    }
}
