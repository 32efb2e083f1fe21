//! What an application sees of a declaration.

use std::fmt;

/// Which items an application gets for each declaration of a kind, next to its static.
///
/// The macro writes one type with the declaration's name: an enum where there are words to match
/// on, a struct where there are properties to fill in, else an empty struct; with these constants.
#[derive(Debug, Clone, Copy)]
pub struct Surface {
    /// Associated constants: name and the text field it shows.
    pub constants: &'static [(&'static str, &'static str)],
    /// A field of free keys or items that become the variants of an enum.
    pub variants: Option<&'static str>,
    /// What `as_str` of such a variant is called by its API, for docs: "option title", "variant key".
    pub word: &'static str,
    /// A field of free keys with property types that become the fields of a struct.
    pub properties: Option<&'static str>,
}

impl Surface {
    /// Nothing but the static.
    pub const NONE: Surface = Surface { constants: &[], variants: None, word: "", properties: None };
}

/// An event that an application can send: its name and its properties, typed by the stack.
pub trait Capture {
    /// The event's name, as PostHog knows it.
    const NAME: &'static str;

    /// Its properties, ready to be sent.
    fn properties(&self) -> serde_json::Map<String, serde_json::Value>;
}

/// A text that is none of the words declared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownWord {
    /// What was read.
    pub found: String,
    /// What is declared.
    pub known: &'static [&'static str],
}

impl fmt::Display for UnknownWord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` is none of {}", self.found, self.known.join(", "))
    }
}

impl std::error::Error for UnknownWord {}

/// The Rust type of a property, by the word a stack declares it with. `optional(x)` is `Option<x>`.
pub const PROPERTY_TYPES: &[(&str, &str)] =
    &[("text", "::std::string::String"), ("number", "f64"), ("boolean", "bool"), ("datetime", "::std::string::String")];

/// A Rust value that a property can hold.
pub trait PropertyValue {
    /// As JSON; nothing where an optional property is not given.
    fn json(&self) -> Option<serde_json::Value>;
}

impl PropertyValue for String {
    fn json(&self) -> Option<serde_json::Value> {
        Some(self.as_str().into())
    }
}

impl PropertyValue for f64 {
    fn json(&self) -> Option<serde_json::Value> {
        Some(crate::value::number(*self))
    }
}

impl PropertyValue for bool {
    fn json(&self) -> Option<serde_json::Value> {
        Some((*self).into())
    }
}

impl<T: PropertyValue> PropertyValue for Option<T> {
    fn json(&self) -> Option<serde_json::Value> {
        self.as_ref()?.json()
    }
}
