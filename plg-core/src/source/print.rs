//! A declaration as text: four spaces, trailing commas, what is short on one line.

use crate::hidden::{hides, is_hidden};
use crate::shape::Value;
use crate::written::IGNORE;
use crate::{Block, Field, Given, Node, Shape, Spec, Term, known_by, prose};

/// The longest line.
const WIDTH: usize = 100;

/// Text that can be broken at its groups.
pub(super) enum Doc {
    Text(String),
    /// Parts after one another.
    Parts(Vec<Doc>),
    /// Entries between brackets: on one line, or one a line.
    Group {
        open: &'static str,
        entries: Vec<Doc>,
        close: &'static str,
    },
}

impl Doc {
    fn text(text: impl Into<String>) -> Doc {
        Doc::Text(text.into())
    }

    fn braces(entries: Vec<Doc>) -> Doc {
        Doc::Group { open: "{", entries, close: "}" }
    }

    fn brackets(entries: Vec<Doc>) -> Doc {
        Doc::Group { open: "[", entries, close: "]" }
    }

    fn entry(name: &str, value: Doc) -> Doc {
        Doc::Parts(vec![Doc::text(format!("{name}: ")), value])
    }

    pub(super) fn flat(&self) -> String {
        match self {
            Doc::Text(text) => text.clone(),
            Doc::Parts(parts) => parts.iter().map(Doc::flat).collect(),
            Doc::Group { open, entries, close } => {
                let inside = entries.iter().map(Doc::flat).collect::<Vec<_>>().join(", ");
                match *open {
                    "{" if !inside.is_empty() => format!("{{ {inside} }}"),
                    _ => format!("{open}{inside}{close}"),
                }
            }
        }
    }

    fn write(&self, out: &mut String, indent: usize) {
        let column = out.chars().rev().take_while(|c| *c != '\n').count();
        let flat = self.flat();
        if column + flat.chars().count() < WIDTH {
            out.push_str(&flat);
            return;
        }
        match self {
            Doc::Text(text) => out.push_str(text),
            Doc::Parts(parts) => parts.iter().for_each(|part| part.write(out, indent)),
            Doc::Group { entries, .. } if entries.is_empty() => out.push_str(&flat),
            Doc::Group { open, entries, close } => {
                out.push_str(open);
                out.push('\n');
                for entry in entries {
                    line(out, entry, indent + 1);
                }
                out.push_str(&"    ".repeat(indent));
                out.push_str(close);
            }
        }
    }
}

fn line(out: &mut String, entry: &Doc, indent: usize) {
    out.push_str(&"    ".repeat(indent));
    entry.write(out, indent);
    out.push_str(",\n");
}

/// A declaration inside `stack!`, indented once, without its doc comment.
pub(crate) fn declaration(block: &Block, spec: &Spec, account: Option<&'static str>) -> String {
    let existing = if block.existing { "existing " } else { "" };
    let mut out = format!("    {existing}{} {} ", block.kind, block.name);
    let mut entries = entries(block, spec);
    entries.extend(account.map(|account| Doc::entry("account", Doc::text(account))));
    if let [] | [_] = &entries[..] {
        let flat: String = entries.iter().map(Doc::flat).collect();
        if flat.chars().count() + out.chars().count() + 4 < WIDTH {
            return out + &if flat.is_empty() { "{}\n".to_owned() } else { format!("{{ {flat} }}\n") };
        }
    }
    out.push_str("{\n");
    for entry in &entries {
        line(&mut out, entry, 2);
    }
    out.push_str("    }\n");
    out
}

/// A value as the head of a stack writes it, on one line; nothing where it is what is left out.
pub fn written_value<T: Value>(given: &T) -> Option<String> {
    Some(value(&given.given()?, &T::SHAPE).flat())
}

fn entries(block: &Block, spec: &Spec) -> Vec<Doc> {
    let written = |field: &Field| Some(Doc::entry(field.name, value(&block.get(field.name)?.given, &field.shape)));
    let mut entries: Vec<Doc> = spec.fields.iter().filter_map(written).collect();
    // A list of words, whatever the kind.
    entries.extend(block.get(IGNORE).map(|words| Doc::entry(IGNORE, value(&words.given, &Shape::Json))));
    entries
}

pub(super) fn value(given: &Given, shape: &Shape) -> Doc {
    match (given, shape) {
        (_, Shape::Maybe(inner)) => value(given, inner),
        (Given::Text(text), _) => Doc::Text(quoted(text)),
        (Given::Env(name), _) => Doc::text(format!("env({})", quoted(name))),
        (Given::Bool(yes), _) => Doc::text(yes.to_string()),
        (Given::Int(n), _) => Doc::text(n.to_string()),
        (Given::Float(n), _) => Doc::text(n.to_string()),
        (Given::Percent(n), _) => Doc::text(format!("{n}%")),
        (Given::Span(span), shape) => {
            let tail = if matches!(shape, Shape::Ago) { " ago" } else { "" };
            let word = span.unit.word();
            let word = if span.count == 1 { word.trim_end_matches('s') } else { word };
            Doc::text(format!("{} {word}{tail}", span.count))
        }
        (Given::Word(word), _) => Doc::text(word.clone()),
        (Given::Ref(name), _) => Doc::text(name.clone().unwrap_or_default()),
        (Given::Key { of, member: None }, _) => Doc::text(of.clone()),
        (Given::Key { of, member: Some(member) }, _) => Doc::text(format!("{of}.{member}")),
        (Given::List(list), shape) => {
            let item = list_item(shape);
            if let Some(pairs) = pairs(list, item) {
                return Doc::braces(pairs);
            }
            Doc::brackets(list.iter().map(|node| value(&node.given, item)).collect())
        }
        (Given::Record(fields), Shape::Record(record)) => Doc::braces(named(fields, record().fields)),
        (Given::Case(word, held), Shape::Choice(choice)) => {
            let choice = choice();
            let of = |cases: &'static [crate::Case]| cases.iter().find(|case| case.word == word);
            match (held, of(choice.cases)) {
                (Some(held), Some(case)) => {
                    case.holds.as_ref().map_or(Doc::text(word.clone()), |s| payload(word, held, s))
                }
                (Some(held), None) => match choice.otherwise.as_ref().and_then(|case| case.holds.as_ref()) {
                    Some(shape) => value(&held.given, shape),
                    None => Doc::text(word.clone()),
                },
                (None, _) => Doc::text(word.clone()),
            }
        }
        (Given::Topic(subject, verb), Shape::Topic { subject: shape, .. }) => {
            Doc::text(format!("{}.{verb}", value(&subject.given, shape).flat()))
        }
        (Given::Map(entries), Shape::Map { item, .. }) => {
            let entry =
                |(name, _, node): &(String, crate::Site, Node)| Doc::entry(&key(name), value(&node.given, item));
            Doc::braces(entries.iter().map(entry).collect())
        }
        (Given::Items(blocks), Shape::Items(spec)) => Doc::braces(blocks.iter().map(|b| inner(b, spec())).collect()),
        (Given::Json(json), _) => self::json(json),
        // What is live has no constants.
        (
            Given::Constant | Given::Record(_) | Given::Case(..) | Given::Topic(..) | Given::Map(_) | Given::Items(_),
            _,
        ) => Doc::text("{}"),
    }
}

/// A list of declarations, each with what belongs to it: `{ LastLogin: event_time }`.
fn pairs(list: &[Node], item: &Shape) -> Option<Vec<Doc>> {
    let Shape::Record(record) = item else { return None };
    let [of, is] = record().fields else { return None };
    if list.is_empty() || !of.required || !is.required || !matches!(of.shape, Shape::Ref(_)) {
        return None;
    }
    let one = |node: &Node| {
        let Given::Record(fields) = &node.given else { return None };
        let [(_, Node { given: Given::Ref(Some(name)), .. }), (_, node)] = &fields[..] else { return None };
        Some(Doc::entry(name, value(&node.given, &is.shape)))
    };
    list.iter().map(one).collect()
}

/// A declaration inside another: its name, and what is not said by it.
fn inner(block: &Block, spec: &Spec) -> Doc {
    let name = block.name.rsplit('.').next().unwrap_or_default().to_owned();
    let entries = entries(block, spec);
    if entries.is_empty() { Doc::Text(name) } else { Doc::Parts(vec![Doc::Text(name + " "), Doc::braces(entries)]) }
}

pub(super) fn list_item(shape: &Shape) -> &Shape {
    match shape {
        Shape::List { item } => item,
        Shape::Maybe(inner) => list_item(inner),
        other => other,
    }
}

fn is_list(shape: &Shape) -> bool {
    match shape {
        Shape::List { .. } => true,
        Shape::Maybe(inner) => is_list(inner),
        _ => false,
    }
}

fn named(fields: &[(String, Node)], known: &[Field]) -> Vec<Doc> {
    let shape = |name: &str| known.iter().find(|field| field.name == name).map_or(&Shape::Json, |field| &field.shape);
    fields.iter().map(|(name, node)| Doc::entry(name, value(&node.given, shape(name)))).collect()
}

/// A case's word with what it holds, in the form that reads best: a list in brackets, the first
/// values in parentheses, what has names only in braces.
fn payload(word: &str, held: &Node, shape: &Shape) -> Doc {
    let spaced = |doc: Doc| Doc::Parts(vec![Doc::text(format!("{word} ")), doc]);
    let called = |entries: Vec<Doc>| Doc::Parts(vec![Doc::text(word), Doc::Group { open: "(", entries, close: ")" }]);
    let (Shape::Record(record), Given::Record(fields)) = (shape, &held.given) else {
        return match (shape, &held.given) {
            (Shape::Maybe(inner), _) => payload(word, held, inner),
            (Shape::List { .. } | Shape::Items(_) | Shape::Map { .. }, _) => spaced(value(&held.given, shape)),
            (Shape::Json, Given::Json(crate::Term::Map(_))) => spaced(value(&held.given, shape)),
            _ => called(vec![value(&held.given, shape)]),
        };
    };
    let known = record().fields;
    let first = |at: usize| fields.get(at).zip(known.get(at)).filter(|((name, _), field)| field.name == name);
    let Some(((_, node), field)) = first(0) else { return spaced(Doc::braces(named(fields, known))) };
    let rest = |from: usize| named(&fields[from..], known);
    if is_list(&field.shape) {
        let list = spaced(value(&node.given, &field.shape));
        let rest = rest(1);
        return if rest.is_empty() { list } else { Doc::Parts(vec![list, Doc::text(" "), Doc::braces(rest)]) };
    }
    if !field.required {
        return spaced(Doc::braces(named(fields, known)));
    }
    let mut entries = vec![value(&node.given, &field.shape)];
    match first(1) {
        Some(((_, node), field)) if field.required && is_list(&field.shape) => {
            entries.push(value(&node.given, &field.shape));
            entries.extend(rest(2));
        }
        _ => entries.extend(rest(1)),
    }
    called(entries)
}

/// A free key: bare where it can be.
pub(super) fn key(name: &str) -> String {
    let mut letters = name.chars();
    let starts = letters.next().is_some_and(|c| c.is_ascii_alphabetic());
    let bare = starts && letters.all(|c| c.is_ascii_alphanumeric() || c == '_');
    if bare { name.to_owned() } else { quoted(name) }
}

pub(super) fn json(value: &Term) -> Doc {
    match value {
        Term::Text(text) => Doc::Text(quoted(text)),
        Term::List(list) => Doc::brackets(list.iter().map(json).collect()),
        Term::Map(map) => Doc::braces(map.iter().map(|(key, value)| Doc::entry(&quoted(key), json(value))).collect()),
        Term::Ref { address, get } => {
            let (kind, name) = address.split_once('.').unwrap_or_default();
            let known = known_by(kind);
            let word = known.iter().skip(1).find(|(_, own)| own == get);
            Doc::text(word.map_or_else(|| name.to_owned(), |(word, _)| format!("{name}.{word}")))
        }
        Term::Env(name) => Doc::text(format!("env({})", quoted(name))),
        plain => Doc::text(plain.to_string()),
    }
}

/// A Rust string. What nobody sees is written as its number, as rustc refuses some of it in plain.
pub(super) fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if is_hidden(c) || matches!(c, '\u{a0}') => out.push_str(&format!("\\u{{{:x}}}", u32::from(c))),
            c => out.push(c),
        }
    }
    out + "\""
}

/// A doc comment; nothing, where a doc comment cannot say it: the macro joins lines into paragraphs.
pub(crate) fn docs(text: &str) -> Option<String> {
    let mut out = String::new();
    if text.is_empty() {
        return Some(out);
    }
    let is_shown = |line: &str| line.trim_end() == line && !hides(line) && !line.contains('\u{a0}');
    if text.trim() != text || !text.split('\n').all(is_shown) {
        return None;
    }
    // As few lines as Markdown needs; where a line ends that Markdown would go on with, it is broken by a mark.
    for mark in ["", "\\"] {
        let lines = lines_of(text, mark);
        if prose::joined(lines.iter().map(String::as_str)) == text {
            for line in lines {
                out.push_str(if line.is_empty() { "    ///" } else { "    /// " });
                out.push_str(&line);
                out.push('\n');
            }
            return Some(out);
        }
    }
    None
}

/// The lines of a text, none too long where it has spaces, each but the last of a paragraph with a mark at its end.
fn lines_of(text: &str, mark: &str) -> Vec<String> {
    let mut out = Vec::new();
    let written: Vec<&str> = text.split('\n').collect();
    for (place, written_line) in written.iter().enumerate() {
        let goes_on = !written_line.is_empty() && written.get(place + 1).is_some_and(|next| !next.is_empty());
        let mut line = String::new();
        for (nth, word) in written_line.split(' ').enumerate() {
            // Only a single space may become the end of a line, and no word that would begin something.
            let breaks = !line.trim().is_empty() && !line.ends_with(' ') && prose::goes_on(word);
            if breaks && line.chars().count() + word.chars().count() + 9 > WIDTH {
                out.push(std::mem::take(&mut line));
            } else if nth > 0 {
                line.push(' ');
            }
            line.push_str(word);
        }
        if goes_on {
            line.push_str(mark);
        }
        out.push(line);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_rust() {
        assert_eq!(quoted("a \"b\"\\\n🎉\u{202e}"), r#""a \"b\"\\\n🎉\u{202e}""#);
        assert_eq!(key("control"), "control");
        assert_eq!(key("new-flow"), "\"new-flow\"");
    }

    #[test]
    fn docs_are_what_the_macro_reads_back() {
        assert_eq!(docs("One.\n\nTwo."), Some("    /// One.\n    ///\n    /// Two.\n".to_owned()));
        for text in [" One", "One\n\n\n\nTwo", "Tab\tin it", "One \n\nTwo"] {
            assert_eq!(docs(text), None, "{text}");
        }
        for (text, lines) in [
            ("One\nline", "    /// One\\\n    /// line\n"),
            ("These:\n- one\n  - two", "    /// These:\n    /// - one\n    ///   - two\n"),
            (
                "# One\nText\n\n    code\n    more",
                "    /// # One\n    /// Text\n    ///\n    ///     code\n    ///     more\n",
            ),
        ] {
            assert_eq!(docs(text).as_deref(), Some(lines), "{text}");
        }
        // No word at the end of a line begins a list, or a heading, on the next.
        let numbers = "one - two # three > four 1. five ".repeat(12);
        let lines = docs(numbers.trim()).expect("it can be written");
        let read: Vec<&str> = lines.lines().map(|line| line.trim_start().trim_start_matches('/')).collect();
        assert_eq!(prose::joined(read), numbers.trim());
        let long = "word ".repeat(40) + "and  two spaces";
        let lines = docs(&long).unwrap();
        assert!(lines.lines().count() > 1 && lines.lines().all(|line| line.chars().count() <= WIDTH));
        let joined: Vec<&str> = lines.lines().filter_map(|line| line.strip_prefix("    /// ")).collect();
        assert_eq!(joined.join(" "), long);
    }
}
