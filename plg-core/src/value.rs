//! Typed values and their limits.

use crate::given::node;
use crate::shape::{Shape, TextRule, Value};
use crate::span::{Span, Unit};
use crate::{Given, Site, codes, text};
use std::ops::Deref;

texts! {
    /// Free text of a sentence or more, up to 3,000 characters.
    Str { what: "text", max: 3_000, code: codes::TEXT, check: |_| Ok(()), constant: true }
    /// What a note on a chart says: not blank, up to 8,192 characters.
    NoteText { what: "text", max: 8_192, code: codes::TEXT, check: text::not_blank, constant: true }
    /// A label by which people find things: 1 to 255 characters.
    Tag { what: "a tag", max: 255, code: codes::TEXT, check: text::tag, constant: true }
    /// A name that people read: not blank, up to 400 characters, as in PostHog's name columns.
    Name { what: "a name", max: 400, code: codes::TEXT, check: text::trimmed, constant: true }
    /// A slug for objects, attributes and lists of Attio: lower-case words joined by `_` or `-`.
    Slug { what: "a snake-case slug", max: 64, code: codes::TEXT, check: text::slug, constant: false }
    /// A feature flag's key: letters, digits, `-` and `_`, up to 400 characters.
    Key { what: "a key", max: 400, code: codes::TEXT, check: text::key, constant: false }
    /// The key of a flag's variant: letters, digits, `-`, `_`, `.` and `/`, up to 400 characters.
    VariantKey { what: "a variant's key", max: 400, code: codes::TEXT, check: text::variant_key, constant: false }
    /// An event's name, up to 400 characters.
    EventName { what: "an event's name", max: 400, code: codes::TEXT, check: text::event_name, constant: false }
    /// A day or an instant in ISO 8601, such as `2026-12-01`, `2026-12-01T09:00Z` or `2026-12-01T09:00:00+02:00`.
    When { what: "a date, such as \"2026-12-01\",", max: 40, code: codes::TIME, check: text::date, constant: false }
    /// A web address, `https` only, written out.
    WebUrl { what: "an https address", max: 2_000, code: codes::TEXT, check: text::public, constant: true }
    /// A value that people see, such as one of a property, up to 400 characters.
    ValueLabel { what: "a value", max: 400, code: codes::TEXT, check: text::not_blank, constant: false }
    /// A property's name in PostHog, up to 400 characters.
    PropertyName { what: "a property's name", max: 400, code: codes::TEXT, check: text::trimmed, constant: false }
}

/// A text that may also come from the environment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Text {
    /// Written in the stack.
    Given(&'static str),
    /// The name of an environment variable.
    Env(&'static str),
}

/// An `https` address, written out or from the environment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Url(pub Text);

impl Url {
    /// What it must look like when it is written out.
    pub const RULE: TextRule = TextRule {
        wrap: "Url",
        what: "an https address",
        max: 2_000,
        code: codes::TEXT,
        check: text::https,
        constant: true,
    };
}

impl Value for Url {
    const SHAPE: Shape = Shape::EnvText(&Url::RULE);
    const BLANK: Self = Url(Text::Given(""));

    fn given(&self) -> Option<Given> {
        Some(match self.0 {
            Text::Given(text) => Given::Text(text.to_owned()),
            Text::Env(name) => Given::Env(name.to_owned()),
        })
    }
}

/// A secret: the name of the environment variable that holds it, never the secret itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Secret(pub &'static str);

impl Value for Secret {
    const SHAPE: Shape = Shape::Secret;
    const BLANK: Self = Secret("");

    fn given(&self) -> Option<Given> {
        Some(Given::Env(self.0.to_owned()))
    }
}

/// A share of something, 0 to 100.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Percent(pub f64);

impl Value for Percent {
    const SHAPE: Shape = Shape::Percent;
    const BLANK: Self = Percent(0.0);

    fn given(&self) -> Option<Given> {
        Some(Given::Percent(self.0))
    }
}

impl Value for Span {
    const SHAPE: Shape = Shape::Span { wrap: None, units: &["minutes", "hours", "days", "weeks", "months", "years"] };
    const BLANK: Self = Span { count: 1, unit: Unit::days };

    fn given(&self) -> Option<Given> {
        Some(Given::Span(*self))
    }
}

/// A whole number of days.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Days(pub Span);

impl Days {
    /// How many days; a week has seven.
    pub fn count(self) -> u32 {
        if self.0.unit == Unit::weeks { self.0.count * 7 } else { self.0.count }
    }
}

impl Value for Days {
    const SHAPE: Shape = Shape::Span { wrap: Some("Days"), units: &["days", "weeks"] };
    const BLANK: Self = Days(Span::BLANK);

    fn given(&self) -> Option<Given> {
        Some(Given::Span(self.0))
    }
}

/// A time in the past, relative to when it is looked at. PostHog has no relative dates ahead.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ago(pub Span);

impl Ago {
    /// As PostHog writes it, such as `-7d`.
    pub fn relative(self) -> String {
        let letter = match self.0.unit {
            Unit::minutes => "M",
            Unit::hours => "h",
            Unit::days => "d",
            Unit::weeks => "w",
            Unit::months => "m",
            Unit::years => "y",
        };
        format!("-{}{letter}", self.0.count)
    }
}

impl Value for Ago {
    const SHAPE: Shape = Shape::Ago;
    const BLANK: Self = Ago(Span::BLANK);

    fn given(&self) -> Option<Given> {
        Some(Given::Span(self.0))
    }
}

/// One entry of a map with free keys.
#[derive(Debug, Clone, Copy)]
pub struct Pair<T: 'static> {
    /// The key as written.
    pub key: &'static str,
    /// Its doc comment.
    pub doc: &'static str,
    /// What it holds.
    pub value: T,
}

macro_rules! maps {
    ($($(#[doc = $doc:literal])* $ty:ident { key: $rule:expr })*) => {$(
        $(#[doc = $doc])*
        #[derive(Debug, Clone, Copy)]
        pub struct $ty<T: 'static>(pub &'static [Pair<T>]);
        impl<T: Value> Value for $ty<T> {
            const SHAPE: Shape = Shape::Map { wrap: stringify!($ty), item: &T::SHAPE, key: $rule };
            const BLANK: Self = $ty(&[]);

            fn given(&self) -> Option<Given> {
                let entries = self.0.iter().filter_map(|e| Some((e.key.to_owned(), Site::default(), node(&e.value)?)));
                Some(Given::Map(entries.collect()))
            }
        }
        impl<T: 'static> Deref for $ty<T> {
            type Target = [Pair<T>];
            fn deref(&self) -> &[Pair<T>] { self.0 }
        }
    )*};
}

maps! {
    /// A map whose keys are keys of a flag's variants, in the order written.
    Keyed { key: &VariantKey::RULE }
    /// A map whose keys are names of properties, in the order written.
    Named { key: &PropertyName::RULE }
    /// A map whose keys are values that people see, in the order written.
    Labelled { key: &ValueLabel::RULE }
}

/// Declarations of another kind inside this one, in order.
#[derive(Debug)]
pub struct Items<T: 'static>(pub &'static [&'static T]);

impl<T> Clone for Items<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Items<T> {}

/// Something that happens to something: `deals.created`.
#[derive(Debug, Clone, Copy)]
pub struct Topic<S: 'static, V: 'static> {
    /// What stands before the dot.
    pub subject: S,
    /// What stands after it.
    pub verb: V,
}

impl<S: Value, V: Value> Value for Topic<S, V> {
    const SHAPE: Shape = Shape::Topic {
        subject: &S::SHAPE,
        verb: match V::SHAPE {
            Shape::Word(words) => words,
            _ => panic!("a topic ends in a word"),
        },
    };
    const BLANK: Self = Topic { subject: S::BLANK, verb: V::BLANK };

    fn given(&self) -> Option<Given> {
        let subject = crate::given::node(&self.subject)?;
        let Some(Given::Word(verb)) = self.verb.given() else { return None };
        Some(Given::Topic(Box::new(subject), verb))
    }
}

/// A JSON number: whole where the value is, so that `50%` is sent as `50`.
pub fn number(n: f64) -> serde_json::Value {
    if n.fract() == 0.0 && n.abs() < 9_007_199_254_740_992.0 {
        #[expect(clippy::cast_possible_truncation, reason = "whole and below 2^53")]
        return serde_json::Value::from(n as i64);
    }
    serde_json::Value::from(n)
}

/// The name of an environment variable and what to take without it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Env {
    /// The variable.
    pub name: &'static str,
    /// SaidBy when it is not set.
    pub or: Option<u64>,
}

/// The name of another stage of the same stack.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StageName(pub &'static str);

impl Value for StageName {
    const SHAPE: Shape = Shape::Stage;
    const BLANK: Self = StageName("");

    fn given(&self) -> Option<Given> {
        Some(Given::Word(self.0.to_owned()))
    }
}

/// A number, written out or from the environment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Number {
    /// Written in the stack.
    Given(u64),
    /// From an environment variable, with what to take without it.
    Env(Env),
}

impl Value for Number {
    const SHAPE: Shape = Shape::EnvNumber;
    const BLANK: Self = Number::Given(0);

    fn given(&self) -> Option<Given> {
        Some(match self {
            Number::Given(number) => Given::Int(i64::try_from(*number).unwrap_or(i64::MAX)),
            Number::Env(env) => Given::Env(env.name.to_owned()),
        })
    }
}
