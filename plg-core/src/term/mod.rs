//! What a declaration wants of its API: JSON in which references and variables are things of their own.
//!
//! JSON that somebody wrote, in a stack or in a web app, becomes a [`Term`] by `From` and holds neither: whatever keys
//! it has, it is never taken for a reference. What is known of a term is JSON again ([`Term::json`]).

mod fields;
mod resolve;
mod text;

#[cfg(test)]
mod tests;

pub use fields::Terms;
pub use resolve::{Stood, fill};

use serde_json::{Number, Value as Json};

/// A JSON object.
pub type Map = serde_json::Map<String, Json>;

/// A value, as far as it is known.
#[derive(Debug, Clone, Default, PartialEq)]
pub enum Term {
    /// `null`.
    #[default]
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number, with its digits.
    Number(Number),
    /// Text.
    Text(String),
    /// `[…]`.
    List(Vec<Term>),
    /// `{…}`.
    Map(Terms),
    /// What another resource has, known once that is there.
    Ref {
        /// The other's address.
        address: String,
        /// Which of its outputs or fields: first [`Live::outputs`](crate::wire::Live::outputs), then its fields.
        get: String,
    },
    /// What an environment variable holds; never remembered, and never shown.
    Env(String),
}

impl Term {
    /// As JSON, where all of it is known.
    pub fn json(&self) -> Option<Json> {
        Some(match self {
            Term::Null => Json::Null,
            Term::Bool(value) => Json::Bool(*value),
            Term::Number(number) => Json::Number(number.clone()),
            Term::Text(text) => Json::String(text.clone()),
            Term::List(list) => Json::Array(list.iter().map(Term::json).collect::<Option<_>>()?),
            Term::Map(map) => Json::Object(map.json()?),
            Term::Ref { .. } | Term::Env(_) => return None,
        })
    }

    /// Whether all of it is known: it refers to nothing and names no variable.
    pub fn is_known(&self) -> bool {
        self.find(&mut |part| matches!(part, Term::Ref { .. } | Term::Env(_)).then_some(())).is_none()
    }

    /// The first part for which there is something to say, the term itself first.
    pub fn find<'a, T>(&'a self, see: &mut impl FnMut(&'a Term) -> Option<T>) -> Option<T> {
        see(self).or_else(|| match self {
            Term::List(list) => list.iter().find_map(|part| part.find(see)),
            Term::Map(map) => map.values().find_map(|part| part.find(see)),
            _ => None,
        })
    }

    /// The text, where it is one.
    pub fn as_str(&self) -> Option<&str> {
        if let Term::Text(text) = self { Some(text) } else { None }
    }

    /// The list, where it is one.
    pub fn as_list(&self) -> Option<&[Term]> {
        if let Term::List(list) = self { Some(list) } else { None }
    }

    /// The map, where it is one.
    pub fn as_map(&self) -> Option<&Terms> {
        if let Term::Map(map) = self { Some(map) } else { None }
    }

    /// The map, where it is one, to be changed.
    pub fn as_map_mut(&mut self) -> Option<&mut Terms> {
        if let Term::Map(map) = self { Some(map) } else { None }
    }

    /// What a map has under a key.
    pub fn get(&self, key: &str) -> Option<&Term> {
        self.as_map()?.get(key)
    }

    /// Whether it is `null`.
    pub fn is_null(&self) -> bool {
        *self == Term::Null
    }
}

impl From<Json> for Term {
    fn from(json: Json) -> Self {
        match json {
            Json::Null => Term::Null,
            Json::Bool(value) => Term::Bool(value),
            Json::Number(number) => Term::Number(number),
            Json::String(text) => Term::Text(text),
            Json::Array(list) => Term::List(list.into_iter().map(Term::from).collect()),
            Json::Object(map) => Term::Map(map.into()),
        }
    }
}

macro_rules! from {
    ($($ty:ty => |$value:ident| $term:expr;)*) => {$(
        impl From<$ty> for Term {
            fn from($value: $ty) -> Self {
                $term
            }
        }
    )*};
}

from! {
    bool => |value| Term::Bool(value);
    &str => |text| Term::Text(text.to_owned());
    String => |text| Term::Text(text);
    i64 => |number| Term::Number(number.into());
    u32 => |number| Term::Number(number.into());
    u64 => |number| Term::Number(number.into());
    i32 => |number| Term::Number(number.into());
    usize => |number| Term::Number(number.into());
    f64 => |number| Number::from_f64(number).map_or(Term::Null, Term::Number);
    Terms => |map| Term::Map(map);
    Map => |map| Term::Map(map.into());
}

impl<T: Into<Term>> From<Option<T>> for Term {
    fn from(value: Option<T>) -> Self {
        value.map_or(Term::Null, Into::into)
    }
}

impl<T: Into<Term>> From<Vec<T>> for Term {
    fn from(list: Vec<T>) -> Self {
        Term::List(list.into_iter().map(Into::into).collect())
    }
}

impl<T: Into<Term>> FromIterator<T> for Term {
    fn from_iter<I: IntoIterator<Item = T>>(all: I) -> Self {
        Term::List(all.into_iter().map(Into::into).collect())
    }
}

/// A [`Term`], written as JSON is; any part may be whatever becomes one, such as a reference.
#[macro_export]
macro_rules! term {
    ({ $($entries:tt)* }) => {{
        #[allow(unused_mut, reason = "an empty one is not added to")]
        let mut map = $crate::Terms::new();
        $crate::term!(@map map ($($entries)*));
        $crate::Term::Map(map)
    }};
    ([ $($items:tt)* ]) => {{
        #[allow(unused_mut, reason = "an empty one is not added to")]
        let mut list = ::std::vec::Vec::<$crate::Term>::from([]);
        $crate::term!(@list list ($($items)*));
        $crate::Term::List(list)
    }};
    (@map $map:ident ()) => {};
    (@map $map:ident ($key:literal : { $($inner:tt)* } $(, $($rest:tt)*)?)) => {
        $map.insert(::std::string::String::from($key), $crate::term!({ $($inner)* }));
        $crate::term!(@map $map ($($($rest)*)?));
    };
    (@map $map:ident ($key:literal : [ $($inner:tt)* ] $(, $($rest:tt)*)?)) => {
        $map.insert(::std::string::String::from($key), $crate::term!([ $($inner)* ]));
        $crate::term!(@map $map ($($($rest)*)?));
    };
    (@map $map:ident ($key:literal : $value:expr $(, $($rest:tt)*)?)) => {
        $map.insert(::std::string::String::from($key), $crate::Term::from($value));
        $crate::term!(@map $map ($($($rest)*)?));
    };
    (@list $list:ident ()) => {};
    (@list $list:ident ({ $($inner:tt)* } $(, $($rest:tt)*)?)) => {
        $list.push($crate::term!({ $($inner)* }));
        $crate::term!(@list $list ($($($rest)*)?));
    };
    (@list $list:ident ($value:expr $(, $($rest:tt)*)?)) => {
        $list.push($crate::Term::from($value));
        $crate::term!(@list $list ($($($rest)*)?));
    };
}
