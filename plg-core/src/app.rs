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

    /// Whether an application gets a type of it.
    pub const fn shown(&self) -> bool {
        !self.constants.is_empty() || self.variants.is_some() || self.properties.is_some()
    }
}

/// An event that an application can send: its name and its properties, typed by the stack.
pub trait Capture {
    /// The event's name, as PostHog knows it.
    const NAME: &'static str;

    /// Hands over each of its properties.
    fn each(&self, to: &mut Properties);

    /// Its properties, ready to be sent.
    fn properties(&self) -> serde_json::Map<String, serde_json::Value> {
        let mut properties = Properties::default();
        self.each(&mut properties);
        properties.0
    }
}

/// Properties that several events have in common, as an application fills them in: a field of each of these events.
pub trait PropertySet {
    /// Hands over each of them.
    fn each(&self, to: &mut Properties);
}

/// An event's properties as they are handed over. A method for each type: the compiler does not look for
/// traits in every event of a stack.
#[derive(Debug, Default)]
pub struct Properties(serde_json::Map<String, serde_json::Value>);

impl Properties {
    /// A text, or an instant in ISO 8601.
    pub fn text(&mut self, key: &'static str, value: &str) {
        self.0.insert(key.to_owned(), value.into());
    }

    /// A text; nothing where it is optional and not given.
    pub fn some_text(&mut self, key: &'static str, value: Option<&str>) {
        self.0.extend(value.map(|value| (key.to_owned(), value.into())));
    }

    /// A number; whole ones without a fraction.
    pub fn number(&mut self, key: &'static str, value: f64) {
        self.0.insert(key.to_owned(), crate::value::number(value));
    }

    /// Yes or no.
    pub fn boolean(&mut self, key: &'static str, value: bool) {
        self.0.insert(key.to_owned(), value.into());
    }

    /// Texts that are known by their words.
    pub fn words<T: Copy>(&mut self, key: &'static str, list: &[T], word: fn(T) -> &'static str) {
        let words: serde_json::Value = list.iter().map(|one| word(*one)).collect();
        self.0.insert(key.to_owned(), words);
    }

    /// The same; nothing where they are not given.
    pub fn some_words<T: Copy>(&mut self, key: &'static str, list: Option<&[T]>, word: fn(T) -> &'static str) {
        if let Some(list) = list {
            self.words(key, list, word);
        }
    }

    /// Anything a property can hold; nothing where it is optional and not given.
    pub fn any(&mut self, key: &'static str, value: &dyn PropertyValue) {
        self.0.extend(value.json().map(|value| (key.to_owned(), value)));
    }
}

/// The one of `all` whose word is `text`.
///
/// # Errors
/// `text` is the word of none of them.
pub fn word<T: Copy>(text: &str, all: &[T], word: fn(T) -> &'static str) -> Result<T, UnknownWord> {
    let unknown = || UnknownWord { found: text.to_owned(), known: all.iter().copied().map(word).collect() };
    all.iter().copied().find(|one| word(*one) == text).ok_or_else(unknown)
}

/// The one of `all` whose word is read.
///
/// # Errors
/// As the format's; a text that is the word of none of them.
pub fn deserialized<'de, T: Copy, D: serde::Deserializer<'de>>(
    from: D,
    all: &[T],
    word: fn(T) -> &'static str,
) -> Result<T, D::Error> {
    let text = <String as serde::Deserialize>::deserialize(from)?;
    self::word(&text, all, word).map_err(serde::de::Error::custom)
}

/// Writes the name that stands at `place` among `names`, which a space separates.
///
/// # Errors
/// As the formatter's.
pub fn name(f: &mut fmt::Formatter<'_>, names: &str, place: usize) -> fmt::Result {
    f.write_str(names.split(' ').nth(place).unwrap_or_default())
}

/// What was read of a text.
pub type Read<T> = Result<T, UnknownWord>;

/// A text that is none of the words declared.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct UnknownWord {
    /// What was read.
    pub found: String,
    /// What is declared.
    pub known: Vec<&'static str>,
}

impl fmt::Display for UnknownWord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` is none of {}", self.found, self.known.join(", "))
    }
}

impl std::error::Error for UnknownWord {}

/// How a property of one type looks in Rust.
#[derive(Debug, Clone, Copy)]
pub struct PropertyForm {
    /// The word a stack declares it with. `optional(x)` is `Option<x>`, and `list(x)` is `Vec<x>`.
    pub word: &'static str,
    /// Its Rust type, one of `types`.
    pub ty: &'static str,
    /// The method of [`Properties`] that takes it.
    pub method: &'static str,
    /// Whether that method takes it by reference.
    pub lent: bool,
}

/// Every type of property.
pub const PROPERTY_TYPES: &[PropertyForm] = &[
    PropertyForm { word: "text", ty: "String", method: "text", lent: true },
    PropertyForm { word: "number", ty: "f64", method: "number", lent: false },
    PropertyForm { word: "boolean", ty: "bool", method: "boolean", lent: false },
    PropertyForm { word: "datetime", ty: "String", method: "text", lent: true },
    PropertyForm { word: "object", ty: "JsonObject", method: "any", lent: true },
];

/// A JSON object, as an application hands it over.
pub type JsonObject = serde_json::Map<String, serde_json::Value>;

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

impl PropertyValue for JsonObject {
    fn json(&self) -> Option<serde_json::Value> {
        Some(self.clone().into())
    }
}

impl<T: PropertyValue> PropertyValue for Vec<T> {
    fn json(&self) -> Option<serde_json::Value> {
        Some(self.iter().filter_map(PropertyValue::json).collect())
    }
}

impl<T: PropertyValue> PropertyValue for Option<T> {
    fn json(&self) -> Option<serde_json::Value> {
        self.as_ref()?.json()
    }
}
