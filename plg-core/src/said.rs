//! What the words of a kind say, so that nothing else says it as well: what `extra` may not set, and what is looked at
//! of something `existing`.

use crate::wire::{Ending, Map};
use crate::{Spec, declared};
use serde_json::Value as Json;

/// What every API says of its objects by itself.
const OWN: [&str; 5] = ["id", "created_at", "created_by", "updated_at", "is_system_attribute"];

/// What says in one API or the other that an object is gone.
const GONE: [&str; 3] = ["deleted", "is_archived", "is_deleted"];

/// Why `extra` cannot set a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SaidBy {
    /// This word says it.
    Word(&'static str),
    /// The doc comment says it.
    Doc,
    /// It follows from what the declaration says otherwise, or from where it stands.
    Derived,
    /// It is how the API removes objects, and takes them back.
    Removal,
    /// The API says it by itself.
    Own,
    /// It holds what words say, beside keys that `extra` may set.
    Around,
}

impl SaidBy {
    /// What is wrong, with what to do.
    pub fn message(self, key: &str, spec: &Spec) -> String {
        let kind = spec.keyword;
        let article = crate::shape::article(kind);
        match self {
            SaidBy::Word(word) if word == key => {
                format!("`{key}` is a field of {article} {kind}\nhelp: write it as `{key}: …`, outside `extra`")
            }
            SaidBy::Word(word) => {
                format!("`{key}` is the field `{word}` of {article} {kind}\nhelp: write `{word}: …`, outside `extra`")
            }
            SaidBy::Doc => {
                format!("`{key}` is the description of {article} {kind}\nhelp: write it as a doc comment, `/// …`")
            }
            SaidBy::Derived => {
                format!("plg derives `{key}` from the other fields of {article} {kind}\nhelp: remove it from `extra`")
            }
            SaidBy::Removal => format!(
                "`{key}` is set where {article} {kind} is removed\nhelp: to remove it, remove the declaration; `on_destroy` says how"
            ),
            SaidBy::Own => format!("the API sets `{key}`, and it cannot be declared\nhelp: remove it from `extra`"),
            SaidBy::Around => format!(
                "`{key}` holds fields of {article} {kind}\nhelp: write an object with the keys that have no field: `\"{key}\": {{ … }}`"
            ),
        }
    }
}

impl Spec {
    /// Why `extra` cannot set a key, given as a path (`filters.groups`); nothing, where it can. `is_object` says whether
    /// the value is one.
    pub fn takes(&self, path: &str, is_object: bool) -> Option<SaidBy> {
        let is_said = |word: &'static str| self.wire.fields_of(&word).contains(&path) || word == path;
        if let Some(field) = self.fields.iter().find(|field| is_said(field.name)) {
            return Some(SaidBy::Word(field.name));
        }
        if self.wire.fields_of(&declared::DESCRIPTION).contains(&path) {
            return Some(SaidBy::Doc);
        }
        let ending = match self.wire.collection(&Map::new()).ending {
            Ending::Mark(field) | Ending::Archive(field) | Ending::Deactivate(field) => Some(field),
            Ending::Delete => None,
        };
        if GONE.contains(&path) || ending == Some(path) || self.wire.removed_with().contains(&path) {
            return Some(SaidBy::Removal);
        }
        if OWN.contains(&path) {
            return Some(SaidBy::Own);
        }
        if self.wire.parents().contains(&path) || self.wire.fixed().contains(&path) {
            return Some(SaidBy::Derived);
        }
        let sent = self.sent();
        match path.split_once('.') {
            Some((around, key)) => {
                let inside = sent.get(around).and_then(Json::as_object).filter(|_| !self.is_field(around));
                inside.is_some_and(|inside| inside.contains_key(key)).then_some(SaidBy::Derived)
            }
            None => match sent.get(path) {
                Some(Json::Object(inside)) if !inside.is_empty() => (!is_object).then_some(SaidBy::Around),
                Some(_) => Some(SaidBy::Derived),
                None => None,
            },
        }
    }

    /// What is sent where something is made of which every word says something.
    fn sent(&self) -> Map {
        let words = self.fields.iter().map(|field| &field.name);
        let fields = words.flat_map(|word| self.wire.fields_of(word)).map(|field| ((*field).to_owned(), Json::Null));
        let call = self.wire.create(&fields.collect());
        let Some(Json::Object(mut body)) = call.body else { return Map::new() };
        match body.get_mut("data") {
            Some(Json::Object(data)) if body_is_wrapped(self) => std::mem::take(data),
            _ => body,
        }
    }

    /// Whether a field of the comparable form is called so.
    fn is_field(&self, field: &str) -> bool {
        self.fields.iter().any(|word| self.wire.fields_of(&word.name).contains(&field))
    }

    /// Whether a field of something `existing` is looked at: what finds it, what an application sees of it, and what
    /// others that refer to it are held against.
    pub fn looks_at(&self, word: &str) -> bool {
        let surface = self.surface;
        self.key.contains(&word)
            || surface.constants.iter().any(|(_, field)| *field == word)
            || [surface.variants, surface.properties].contains(&Some(word))
            || self.wire.looked_at().contains(&word)
    }
}

fn body_is_wrapped(spec: &Spec) -> bool {
    spec.wire.collection(&Map::new()).envelope.is_some()
}
