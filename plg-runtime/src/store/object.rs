//! A JSON object of the state, kept as text until somebody looks into it.
//!
//! Most of a state says what is still declared: its text is compared and never read. Reading all of it took
//! the most of a plan that looks at nothing live.

use plg_core::Map;
use serde::de::DeserializeOwned;
use serde::de::Error as _;
use serde::ser::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;
use std::fmt;
use std::io::{self, Write};
use std::ops::{Deref, DerefMut};
use std::sync::OnceLock;

/// A text with more objects and lists than this may be too deep to be read.
const DEEPEST: usize = 100;
/// A number of more digits than this may be too large to be read.
const LONGEST: usize = 300;
/// A key with this in it means something of its own to `serde_json`, and may be refused.
const RESERVED: &str = "$serde_json::private::";

/// What an object's text can be read as: JSON as it is, or the terms that it stands for.
pub trait Content: Clone + Default + PartialEq + Serialize + DeserializeOwned {}

impl<T: Clone + Default + PartialEq + Serialize + DeserializeOwned> Content for T {}

/// A JSON object: its text, or what was read of it.
#[derive(Clone, Default)]
pub struct Object<T = Map> {
    /// As it is written, on one line; none where it was made here.
    text: Option<Box<RawValue>>,
    read: OnceLock<T>,
}

impl<T: Content> Object<T> {
    /// What it holds.
    pub fn to_map(&self) -> T {
        self.deref().clone()
    }

    /// Whether its text is that of `map`, key by key. It may be equal in other words: then nobody knows.
    pub(crate) fn is_text_of(&self, map: &T) -> bool {
        let Some(text) = &self.text else { return self.deref() == map };
        let mut rest = Rest(text.get().as_bytes());
        serde_json::to_writer(&mut rest, map).is_ok() && rest.0.is_empty()
    }
}

/// What is still to come of a text that is compared while it is written.
struct Rest<'a>(&'a [u8]);

impl Write for Rest<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 = self.0.strip_prefix(bytes).ok_or(io::ErrorKind::InvalidData)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Whether a text that is JSON is an object on one line, and so plain that reading it later cannot fail: what is
/// skipped is let through with half a surrogate, with a number out of range, and however deep it is.
fn can_wait(text: &str) -> bool {
    if !text.starts_with('{') || text.contains('\\') || text.contains('\n') {
        return false;
    }
    // Nothing is escaped, so that every second piece is what stands outside of texts: the little of it that is looked at.
    let numbers_are_plain = text.split('"').step_by(2).all(|outside| {
        let (mut digits, mut before) = (0, b' ');
        outside.bytes().all(|byte| {
            let scaled = matches!(byte, b'e' | b'E') && before.is_ascii_digit();
            digits = if byte.is_ascii_digit() { digits + 1 } else { 0 };
            before = byte;
            !scaled && digits <= LONGEST
        })
    });
    numbers_are_plain && can_be_read(text)
}

/// Whether a text that was written from a map can be read again.
fn can_be_read(text: &str) -> bool {
    let opened = text.bytes().filter(|byte| matches!(byte, b'{' | b'[')).count();
    opened <= DEEPEST && !text.contains(RESERVED)
}

/// A text that was found to be an object when it was taken in.
fn parsed<T: Content>(text: &RawValue) -> T {
    serde_json::from_str(text.get()).unwrap_or_default()
}

impl<T: Content> Deref for Object<T> {
    type Target = T;

    fn deref(&self) -> &T {
        self.read.get_or_init(|| self.text.as_deref().map(parsed).unwrap_or_default())
    }
}

impl<T: Content> DerefMut for Object<T> {
    /// From then on there is no text of it.
    fn deref_mut(&mut self) -> &mut T {
        let text = self.text.take();
        if self.read.get().is_none() {
            self.read = OnceLock::from(text.as_deref().map(parsed::<T>).unwrap_or_default());
        }
        self.read.get_mut().unwrap_or_else(|| unreachable!("it was read a line above"))
    }
}

impl<T: Content> From<&T> for Object<T> {
    /// As text, which takes a third of the memory.
    fn from(map: &T) -> Self {
        let text = serde_json::value::to_raw_value(map).ok().filter(|text| can_be_read(text.get()));
        let read = if text.is_some() { OnceLock::new() } else { OnceLock::from(map.clone()) };
        Object { text, read }
    }
}

impl<T: Content> From<T> for Object<T> {
    fn from(map: T) -> Self {
        Object { text: None, read: OnceLock::from(map) }
    }
}

impl<T: Content> PartialEq for Object<T> {
    fn eq(&self, other: &Self) -> bool {
        match (&self.text, &other.text) {
            (Some(a), Some(b)) if a.get() == b.get() => true,
            _ => self.deref() == other.deref(),
        }
    }
}

impl<T: Content> PartialEq<T> for Object<T> {
    fn eq(&self, other: &T) -> bool {
        self.deref() == other
    }
}

impl<T: Content + fmt::Debug> fmt::Debug for Object<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.deref().fmt(f)
    }
}

impl<T: Content> Serialize for Object<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.text {
            Some(text) => text.serialize(serializer),
            None => serde_json::value::to_raw_value(self.deref()).map_err(S::Error::custom)?.serialize(serializer),
        }
    }
}

impl<'de, T: Content> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Box::<RawValue>::deserialize(deserializer)?;
        if can_wait(text.get()) {
            return Ok(Object { text: Some(text), read: OnceLock::new() });
        }
        serde_json::from_str::<T>(text.get()).map(Object::from).map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn object(text: &str) -> Object {
        serde_json::from_str(text).unwrap()
    }

    fn map(json: serde_json::Value) -> Map {
        match json {
            serde_json::Value::Object(map) => map,
            other => unreachable!("{other} is an object"),
        }
    }

    #[test]
    fn a_text_is_compared_unread() {
        let kept = object(r#"{"name":"a {b} 7e9","n":1.5,"list":[1,{"x":null}],"on":true}"#);
        let same = map(json!({ "name": "a {b} 7e9", "n": 1.5, "list": [1, { "x": null }], "on": true }));
        assert!(kept.is_text_of(&same));
        assert!(kept.read.get().is_none(), "nobody has read it");
        for other in [
            json!({ "name": "a {b} 7e9", "n": 1.5, "list": [1, { "x": 0 }], "on": true }),
            json!({ "name": "a {b} 7e9", "n": 1.5 }),
            json!({ "name": "a {b} 7e9", "n": 1.5, "list": [1, { "x": null }], "on": true, "more": 1 }),
            json!({}),
        ] {
            assert!(!kept.is_text_of(&map(other)));
        }
        assert_eq!(kept, same);
        // A text with escapes or exponents is parsed at once, and compares equal all the same.
        let quoted = object(r#"{"name":"a \"b\"","n":1e3}"#);
        assert!(quoted.read.get().is_some());
        assert!(quoted.is_text_of(&map(json!({ "name": "a \"b\"", "n": 1000.0 }))));
    }

    #[test]
    fn it_is_written_as_it_was_read_and_as_it_was_changed() {
        let mut kept = object(r#"{"a":1,  "b":{"c":2}}"#);
        assert_eq!(serde_json::to_string(&kept).unwrap(), r#"{"a":1,  "b":{"c":2}}"#);
        kept.insert("a".into(), json!(3));
        assert_eq!(
            serde_json::to_string_pretty(&json!([kept])).unwrap(),
            "[\n  {\n    \"a\": 3,\n    \"b\": {\n      \"c\": 2\n    }\n  }\n]"
        );
        assert_eq!(serde_json::to_string_pretty(&[kept]).unwrap(), "[\n  {\"a\":3,\"b\":{\"c\":2}}\n]");
        let lines = object("{\n  \"a\": 1\n}");
        assert_eq!(serde_json::to_string(&lines).unwrap(), r#"{"a":1}"#);
        assert_eq!(serde_json::to_string(&Object::<Map>::default()).unwrap(), "{}");
        for made in [json!({ "a": [1, "x"] }), json!({ "a": "\"\n" })] {
            let made = map(made);
            assert_eq!(Object::from(&made), made);
            assert_eq!(serde_json::to_string(&Object::from(&made)).unwrap(), serde_json::to_string(&made).unwrap());
        }
    }

    #[test]
    fn what_is_no_object_is_refused() {
        for wrong in ["null", "1", "[]", "\"{}\"", "{\"a\":", "{\"a\":1}x"] {
            assert!(serde_json::from_str::<Object>(wrong).is_err(), "{wrong}");
        }
        // Each of these would be skipped as if it were right.
        let digits = format!("{{\"a\":{}}}", "9".repeat(400));
        let reserved = r#"{"a":{"$serde_json::private::RawValue":1}}"#;
        for wrong in [r#"{"a":"\ud800"}"#, r#"{"a":1e999}"#, r#"{"a":[-1E+999]}"#, &digits, reserved] {
            assert!(serde_json::from_str::<Object>(wrong).is_err(), "{wrong}");
        }
        let deep = format!("{{\"a\":{}{}}}", "[".repeat(1_000), "]".repeat(1_000));
        assert!(serde_json::from_str::<Object>(&deep).is_err(), "too deep to be read later");
        let wide = format!("{{\"a\":[{}]}}", vec!["[]"; 500].join(","));
        assert_eq!(object(&wide).len(), 1);
    }

    fn texts() -> impl Strategy<Value = String> {
        let plain = prop::sample::select(vec![
            "1",
            "-0.5",
            "1e5",
            "2E-9",
            "1e999",
            "true",
            "null",
            r#""""#,
            r#""1e9""#,
            r#""9{""#,
            r#""\ud800""#,
            r#""a\"1e5""#,
        ]);
        let number = (1usize..400).prop_map(|digits| "7".repeat(digits));
        prop_oneof![4 => plain.prop_map(str::to_owned), 1 => number].prop_recursive(6, 60, 5, |inner| {
            let list = prop::collection::vec(inner.clone(), 0..5).prop_map(|all| format!("[{}]", all.join(", ")));
            let key = prop::sample::select(vec!["k", "1e5", "e", "\\n", RESERVED]);
            let pair = (key, inner).prop_map(|(key, value)| format!(r#""{key}":{value}"#));
            prop_oneof![list, prop::collection::vec(pair, 0..5).prop_map(|all| format!("{{{}}}", all.join(",")))]
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn what_can_wait_can_be_read_later(text in texts()) {
            if serde_json::from_str::<&RawValue>(&text).is_ok() && can_wait(&text) {
                prop_assert!(serde_json::from_str::<Map>(&text).is_ok(), "{}", text);
            }
            if let Ok(map) = serde_json::from_str::<Map>(&text) {
                let made = Object::from(&map);
                prop_assert_eq!(&made, &map);
            }
        }
    }
}
