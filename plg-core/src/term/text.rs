//! Terms as text, where they are remembered and where they are shown to machines.
//!
//! A reference is `{"$ref": "feature_flag.NewOnboarding", "get": "id"}` and a variable `{"$env": "NAME"}`. Every other key
//! that begins with `$` has one more of them, which is taken away when it is read: no such key is ever one of the two.

use super::{Map, Term, Terms};
use serde::de::Deserialize;
use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::Value as Json;
use std::borrow::Cow;
use std::fmt;

/// The mark of what is not simply a key.
const MARK: char = '$';

fn escaped(key: &str) -> Cow<'_, str> {
    if key.starts_with(MARK) { format!("{MARK}{key}").into() } else { key.into() }
}

/// A key as it was before it was written. What wrote no marks of its own left a single one as it was.
fn unescaped(key: String) -> String {
    if key.starts_with("$$") { key[1..].to_owned() } else { key }
}

impl Serialize for Term {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Term::Null => serializer.serialize_unit(),
            Term::Bool(value) => serializer.serialize_bool(*value),
            Term::Number(number) => number.serialize(serializer),
            Term::Text(text) => serializer.serialize_str(text),
            Term::List(list) => list.serialize(serializer),
            Term::Map(map) => map.serialize(serializer),
            Term::Ref { address, get } => {
                let mut map = serializer.serialize_map(Some(2))?;
                map.serialize_entry("$ref", address)?;
                map.serialize_entry("get", get)?;
                map.end()
            }
            Term::Env(name) => {
                let mut map = serializer.serialize_map(Some(1))?;
                map.serialize_entry("$env", name)?;
                map.end()
            }
        }
    }
}

impl Serialize for Terms {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.len()))?;
        for (name, term) in self.iter() {
            map.serialize_entry(&*escaped(name), term)?;
        }
        map.end()
    }
}

impl<'de> Deserialize<'de> for Term {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Json::deserialize(deserializer).map(Term::read)
    }
}

impl<'de> Deserialize<'de> for Terms {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Map::deserialize(deserializer).map(Terms::read)
    }
}

impl Term {
    /// A term from its text: only what plg wrote itself is read so, never what an API answered.
    fn read(json: Json) -> Self {
        match json {
            Json::Array(list) => Term::List(list.into_iter().map(Term::read).collect()),
            Json::Object(map) => match marked(&map) {
                Some(term) => term,
                None => Term::Map(Terms::read(map)),
            },
            plain => plain.into(),
        }
    }
}

impl Terms {
    fn read(map: Map) -> Self {
        map.into_iter().map(|(name, json)| (unescaped(name), Term::read(json))).collect()
    }
}

/// A reference or a variable, where it is exactly one.
fn marked(map: &Map) -> Option<Term> {
    let text = |key: &str| map.get(key).and_then(Json::as_str).map(str::to_owned);
    match map.len() {
        1 => text("$env").map(Term::Env),
        2 => Some(Term::Ref { address: text("$ref")?, get: text("get")? }),
        _ => None,
    }
}

impl fmt::Display for Term {
    /// As JSON on one line, with keys as they are.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Term::List(list) => {
                for (place, term) in list.iter().enumerate() {
                    write!(f, "{}{term}", if place == 0 { "[" } else { "," })?;
                }
                f.write_str(if list.is_empty() { "[]" } else { "]" })
            }
            Term::Map(map) => {
                for (place, (name, term)) in map.iter().enumerate() {
                    write!(f, "{}{}:{term}", if place == 0 { '{' } else { ',' }, Json::from(name.as_str()))?;
                }
                f.write_str(if map.is_empty() { "{}" } else { "}" })
            }
            Term::Ref { address, get } => {
                write!(f, "{{\"$ref\":{},\"get\":{}}}", Json::from(&**address), Json::from(&**get))
            }
            Term::Env(name) => write!(f, "{{\"$env\":{}}}", Json::from(&**name)),
            plain => write!(f, "{}", plain.json().unwrap_or_default()),
        }
    }
}
