//! The shapes a field's value can take, and how Rust types say theirs.
//!
//! The macro understands these shapes and nothing about kinds. Composite shapes are behind
//! functions, so that types may contain themselves (a cohort's conditions do).

use crate::codes::{self, Code};
use crate::report::Report;
use crate::{Given, Site, Spec};

/// What may be written after a field's colon.
#[derive(Debug, Clone, Copy)]
pub enum Shape {
    /// `"…"`, emitted as `types::<wrap>("…")`.
    Text(&'static TextRule),
    /// `"…"` or `env("NAME")`, emitted as `types::Text::{Given, Env}`.
    EnvText(&'static TextRule),
    /// `env("NAME")` only, emitted as `types::Secret("NAME")`.
    Secret,
    /// A whole number or `env("NAME", or: 5)`, emitted as `types::Number`.
    EnvNumber,
    /// The name of a stage of the stack, emitted as `types::StageName("dev")`.
    Stage,
    /// `true` or `false`.
    Bool,
    /// A whole number within bounds, emitted as `i64`.
    Int {
        /// Smallest value allowed.
        min: i64,
        /// Largest value allowed.
        max: i64,
    },
    /// A number, emitted as `f64`.
    Float,
    /// `10%`, emitted as `types::Percent(10f64)`.
    Percent,
    /// `7 days`, emitted as `types::Span`, in `types::<wrap>(…)` where there is one.
    Span {
        /// The tuple struct that wraps it.
        wrap: Option<&'static str>,
        /// Units allowed, from short to long.
        units: &'static [&'static str],
    },
    /// `7 days ago`, emitted as `types::Ago(Span)`.
    Ago,
    /// A bare word out of a list, emitted as a variant of the type named.
    Word(fn() -> &'static Words),
    /// The name of a declaration of one of these kinds, emitted as `&Name`.
    Ref(fn() -> &'static [&'static str]),
    /// `[…]`, emitted as `&[…]`.
    List {
        /// What each entry is.
        item: &'static Shape,
    },
    /// As the inner shape; when absent, `None`.
    Maybe(&'static Shape),
    /// `{ field: value, … }`, or the same in parentheses after a case's word.
    Record(fn() -> &'static Record),
    /// A word with what belongs to it.
    Choice(fn() -> &'static Choice),
    /// `subject.verb`, emitted as `types::Topic { subject, verb }`.
    Topic {
        /// What stands before the dot.
        subject: &'static Shape,
        /// What may stand after it.
        verb: fn() -> &'static Words,
    },
    /// `{ key: value, … }` with free keys, emitted as `types::<wrap>(&[types::Pair { … }])`.
    Map {
        /// The tuple struct that wraps the entries.
        wrap: &'static str,
        /// What each value is.
        item: &'static Shape,
        /// The rule for keys.
        key: &'static TextRule,
    },
    /// `{ Name, Name { … }, … }`: declarations of another kind inside this one.
    Items(fn() -> &'static Spec),
    /// Any JSON, emitted as `types::Json`.
    Json,
    /// `"…"`, or the name of any declaration that has a key, emitted as `types::KeyText`. Those of a list differ.
    KeyText,
}

/// A type that a field can hold, and how it is written.
pub trait Value: Sized {
    /// The shape the macro reads.
    const SHAPE: Shape;
    /// One that says nothing: it stands where another one has to be written, and is never used.
    const BLANK: Self;

    /// The value as it is written in a stack; nothing, where it is left out.
    fn given(&self) -> Option<Given>;

    /// The text, where it is a text that is written out: what can be the key of a declaration.
    fn text(&self) -> Option<&'static str> {
        None
    }
}

/// What a text must look like.
#[derive(Debug)]
pub struct TextRule {
    /// The tuple struct in the `types` of its crate that wraps it.
    pub wrap: &'static str,
    /// In a message: "expected {what}".
    pub what: &'static str,
    /// The most Unicode scalar values it may have.
    pub max: usize,
    /// The code of what `check` says.
    pub code: &'static Code,
    /// Says what is wrong, with what to write instead after `\nhelp: `.
    pub check: fn(&str) -> Result<(), String>,
    /// Whether a constant can stand for it: not where the stack itself, an application or another declaration needs to
    /// know the text.
    pub constant: bool,
}

/// What is wrong with a text that has one.
pub const NUL: &str = "this text has a NUL character, which no API keeps";

impl TextRule {
    /// Reports what is wrong with `text`, if anything.
    pub fn apply(&self, text: &str, at: Site, report: &mut Report) -> bool {
        let length = text.chars().count();
        let wrong = if text.contains('\0') {
            Some((codes::TEXT, format!("{NUL}\nhelp: leave `\\0` out")))
        } else if length > self.max {
            let (most, over) = (self.max, length - self.max);
            let message =
                format!("this text has {length} characters, and at most {most} are accepted\nhelp: leave out {over}");
            Some((codes::TEXT, message))
        } else {
            (self.check)(text).err().map(|message| (self.code, message))
        };
        match wrong {
            Some((code, message)) => {
                report.error(code, at, message);
                false
            }
            None => true,
        }
    }
}

/// Words of which one is chosen; emitted as a variant of `ty`.
#[derive(Debug)]
pub struct Words {
    /// The enum in the `types` of its crate.
    pub ty: &'static str,
    /// In a message: "`x` is not a {what}".
    pub what: &'static str,
    /// The code of that message.
    pub code: &'static Code,
    /// Each word with its docs, in the order they should be offered.
    pub words: &'static [(&'static str, &'static str)],
}

/// Named fields inside a value.
#[derive(Debug)]
pub struct Record {
    /// The struct in the `types` of its crate.
    pub ty: &'static str,
    /// What it is, for messages.
    pub doc: &'static str,
    /// Its fields. Values without a name fill them in this order.
    pub fields: &'static [Field],
}

/// One field of a kind or a record.
#[derive(Debug)]
pub struct Field {
    /// As written before the colon.
    pub name: &'static str,
    /// Its docs.
    pub doc: &'static str,
    /// Whether it must be written.
    pub required: bool,
    /// Its value where it is not written, as in Rust; empty where it is required.
    pub default: &'static str,
    /// What may stand after the colon.
    pub shape: Shape,
    /// Its value where it is not written, as it would be written; none where it is required or the default is no value.
    pub usual: fn() -> Option<Given>,
}

/// A value that is one of several cases.
#[derive(Debug)]
pub struct Choice {
    /// The enum in the `types` of its crate.
    pub ty: &'static str,
    /// In a message: "`x` is not a {what}".
    pub what: &'static str,
    /// The code of that message.
    pub code: &'static Code,
    /// The cases that start with a word.
    pub cases: &'static [Case],
    /// What a value that starts with none of the words is.
    pub otherwise: Option<Case>,
}

/// One case of a [`Choice`]; emitted as a variant of its type.
#[derive(Debug)]
pub struct Case {
    /// The word, and the variant.
    pub word: &'static str,
    /// Its docs.
    pub doc: &'static str,
    /// What follows the word, if anything.
    pub holds: Option<Shape>,
}

/// The most words a message lists.
const MANY: usize = 10;

impl Shape {
    /// What is wanted, for "expected …".
    pub fn describe(&self) -> String {
        match self {
            Shape::Text(rule) => format!("{} in quotes", rule.what),
            Shape::EnvText(rule) => format!("{} in quotes, or `env(\"NAME\")`", rule.what),
            Shape::Secret => "`env(\"NAME\")`, as a stack never contains a secret".into(),
            Shape::EnvNumber => "a whole number, or `env(\"NAME\", or: 1)`".into(),
            Shape::Stage => "the name of a stage".into(),
            Shape::Bool => "`true` or `false`".into(),
            Shape::Int { .. } => "a whole number".into(),
            Shape::Float => "a number".into(),
            Shape::Percent => "a share, such as `50%`".into(),
            Shape::Span { units, .. } => {
                format!("a duration, such as `7 {}`", units.iter().find(|u| **u == "days").unwrap_or(&units[0]))
            }
            Shape::Ago => "a time in the past, such as `7 days ago`".into(),
            Shape::Word(words) => {
                let words = words().words;
                let more = if words.len() > MANY { ", …" } else { "" };
                format!("one of {}{more}", list(words.iter().take(MANY).map(|w| w.0)))
            }
            Shape::Ref(kinds) => format!(
                "the name of {}",
                kinds().iter().map(|k| format!("{} {k}", article(k))).collect::<Vec<_>>().join(" or ")
            ),
            Shape::List { item } => format!("a list in brackets, each entry {}", item.describe()),
            Shape::Maybe(inner) => inner.describe(),
            Shape::Record(record) => format!(
                "{{ {} }}",
                record().fields.iter().map(|f| format!("{}: …", f.name)).collect::<Vec<_>>().join(", ")
            ),
            Shape::Choice(choice) => {
                let choice = choice();
                let words = list(choice.cases.iter().map(|c| c.word));
                match choice.otherwise.as_ref().and_then(|c| c.holds.as_ref()) {
                    Some(Shape::Record(_)) | None => format!("one of {words}"),
                    Some(shape) => format!("one of {words}, or {}", shape.describe()),
                }
            }
            Shape::Topic { verb, .. } => format!("an event, such as `deals.{}`", verb().words[0].0),
            Shape::Map { item, .. } => format!("{{ name: value, … }}, each value {}", item.describe()),
            Shape::Items(_) => "names in braces".into(),
            Shape::Json => "JSON: text, a number, `true`, `false`, `null`, `[…]` or `{ \"key\": … }`".into(),
            Shape::KeyText => "a text in quotes, or the name of the declaration that it is the key of".into(),
        }
    }

    /// The code of "expected …".
    pub fn code(&self) -> &'static Code {
        match self {
            Shape::Maybe(inner) => inner.code(),
            Shape::List { .. } => codes::LIST,
            Shape::Word(_) | Shape::Choice(_) => codes::UNKNOWN_WORD,
            Shape::Percent => codes::SHARE,
            Shape::Span { .. } | Shape::Ago => codes::TIME,
            _ => codes::OTHER_SHAPE,
        }
    }
}

/// `a` or `an`, as the word is spoken.
pub fn article(word: &str) -> &'static str {
    match word.chars().next() {
        Some('a' | 'e' | 'i' | 'o' | 'A' | 'E' | 'I' | 'O') => "an",
        _ => "a",
    }
}

fn list<'a>(words: impl Iterator<Item = &'a str>) -> String {
    words.map(|w| format!("`{w}`")).collect::<Vec<_>>().join(", ")
}
