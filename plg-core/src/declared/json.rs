//! JSON as it is written in a stack, with references and variables among it.

use super::Declared;
use crate::shape::{Shape, Value};
use crate::{Given, Term};

/// Any JSON.
#[derive(Debug, Clone, Copy)]
pub enum Json {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A whole number, with all of its digits.
    Whole(i128),
    /// A number with a fraction or an exponent.
    Number(f64),
    /// Text.
    Text(&'static str),
    /// `[…]`.
    List(&'static [Json]),
    /// `{…}`, in the order written.
    Object(&'static [(&'static str, Json)]),
    /// `Whales`, `part::SignedUp`, `NewOnboarding.id`: what the API knows another declaration by.
    Ref {
        /// The other declaration.
        to: &'static dyn Declared,
        /// By which of [`known_by`]; the first where nothing is written.
        by: &'static str,
    },
    /// `env("NAME")`.
    Env(&'static str),
}

/// What an API knows a declaration of a kind by: the word, and the output or the field that it is. The first is what
/// the API itself writes where it refers to one in JSON.
pub fn known_by(kind: &str) -> &'static [(&'static str, &'static str)] {
    match kind {
        "event" | "property_definition" => &[("name", "name")],
        "feature_flag" => &[("key", "key"), ("id", "id")],
        "object" => &[("slug", "slug"), ("id", "id")],
        "attribute" | "list" => &[("slug", "api_slug"), ("id", "id")],
        _ => &[("id", "id")],
    }
}

impl Json {
    /// As a declaration wants it.
    pub fn term(&self) -> Term {
        match self {
            Json::Null => Term::Null,
            Json::Bool(value) => Term::Bool(*value),
            Json::Whole(number) => whole(*number),
            Json::Number(number) => Term::from(*number),
            Json::Text(text) => Term::from(*text),
            Json::List(list) => list.iter().map(Json::term).collect(),
            Json::Object(pairs) => Term::Map(pairs.iter().map(|(key, value)| (*key, value.term())).collect()),
            Json::Ref { to, by } => {
                let known = known_by(to.spec().keyword);
                let get = known.iter().find(|(word, _)| word == by).map(|(_, get)| *get);
                let get = get.unwrap_or(if by.is_empty() { known[0].1 } else { by });
                Term::Ref { address: to.address(), get: get.to_owned() }
            }
            Json::Env(name) => Term::Env((*name).to_owned()),
        }
    }
}

/// A whole number; one that JSON cannot be read with again is none.
fn whole(number: i128) -> Term {
    let signed = i64::try_from(number).map(Term::from);
    signed.or_else(|_| u64::try_from(number).map(Term::from)).unwrap_or_default()
}

impl PartialEq for Json {
    fn eq(&self, other: &Self) -> bool {
        self.term() == other.term()
    }
}

impl Value for Json {
    const SHAPE: Shape = Shape::Json;
    const BLANK: Self = Json::Null;

    fn given(&self) -> Option<Given> {
        Some(Given::Json(self.term()))
    }
}
