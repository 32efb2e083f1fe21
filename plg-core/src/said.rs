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
                format!("`{key}` is what `{word}` says of {article} {kind}\nhelp: write `{word}: …`, outside `extra`")
            }
            SaidBy::Doc => {
                format!("`{key}` is the description of {article} {kind}\nhelp: write it as a doc comment, `/// …`")
            }
            SaidBy::Derived => {
                format!("`{key}` follows from what is declared of {article} {kind}\nhelp: take it out of `extra`")
            }
            SaidBy::Removal => format!(
                "`{key}` is set where {article} {kind} is removed\nhelp: take the declaration out instead; `on_destroy` says what becomes of it then"
            ),
            SaidBy::Own => format!("`{key}` is given by the API, and cannot be set\nhelp: take it out of `extra`"),
            SaidBy::Around => format!(
                "`{key}` holds what fields of {article} {kind} say\nhelp: write an object with the keys that have no field: `\"{key}\": {{ … }}`"
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
            Ending::Mark(field) | Ending::Archive(field) => Some(field),
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Declared;
    use crate::kinds::{ALL, every_kind};

    macro_rules! blanks {
        ($($keyword:ident $ty:ident,)*) => { vec![$(&crate::kinds::$ty::BLANK as &dyn Declared),*] };
    }

    #[test]
    fn extra_says_nothing_that_a_word_says() {
        let blanks: Vec<&dyn Declared> = every_kind!(blanks);
        for (spec, blank) in ALL.iter().zip(blanks) {
            let words = spec.fields.iter().map(|field| &field.name);
            let mut keys: Vec<String> = words.clone().map(|word| (*word).to_owned()).collect();
            keys.extend(words.flat_map(|word| spec.wire.fields_of(word)).map(|field| (*field).to_owned()));
            keys.extend(blank.want().fields.keys().cloned());
            keys.extend(["id", "deleted", "is_archived", "created_at"].map(str::to_owned));
            for key in keys {
                let taken = spec.takes(&key, true);
                assert!(taken.is_some(), "`extra` of {} can set \"{key}\"", spec.keyword);
                let message = taken.map(|taken| taken.message(&key, spec)).unwrap_or_default();
                assert!(message.contains("\nhelp: "), "{message}");
            }
            for key in ["is_fancy", "_create_in_folder", "filters_of_tomorrow"] {
                assert_eq!(spec.takes(key, false), None, "{} {key}", spec.keyword);
            }
        }
    }

    #[test]
    fn what_is_sent_in_another_form_is_taken_too() {
        let takes = |kind: &str, path: &str| crate::kinds::find(kind).expect("a kind").takes(path, true);
        for (kind, path, taken) in [
            ("object", "api_slug", Some(SaidBy::Word("slug"))),
            ("attribute", "type", Some(SaidBy::Word("holds"))),
            ("attribute", "target", Some(SaidBy::Word("on"))),
            ("list", "parent_object", Some(SaidBy::Word("of"))),
            ("option", "attribute", Some(SaidBy::Derived)),
            ("webhook", "subscriptions", Some(SaidBy::Word("on"))),
            ("webhook", "target_url", Some(SaidBy::Word("url"))),
            ("cohort", "filters", Some(SaidBy::Word("all"))),
            ("experiment_holdout", "filters", Some(SaidBy::Word("share"))),
            ("survey", "start_date", Some(SaidBy::Word("starts"))),
            ("subscription", "start_date", Some(SaidBy::Word("from"))),
            ("subscription", "send_test_now", Some(SaidBy::Derived)),
            ("feature_flag", "name", Some(SaidBy::Doc)),
            ("feature_flag", "deleted", Some(SaidBy::Removal)),
            ("feature_flag", "archived", Some(SaidBy::Removal)),
            ("feature_flag", "filters.groups", Some(SaidBy::Derived)),
            ("feature_flag", "filters.multivariate", Some(SaidBy::Derived)),
            ("feature_flag", "filters.payloads", Some(SaidBy::Derived)),
            ("feature_flag", "_should_create_usage_dashboard", Some(SaidBy::Derived)),
            ("feature_flag", "filters.early_exit", None),
            ("feature_flag", "filters", None),
        ] {
            assert_eq!(takes(kind, path), taken, "{kind} {path}");
        }
        let flag = crate::kinds::find("feature_flag").expect("a kind");
        assert_eq!(flag.takes("filters", false), Some(SaidBy::Around));
    }

    #[test]
    fn what_exists_is_found_by_what_is_looked_at() {
        for spec in ALL {
            assert!(spec.key.iter().all(|word| spec.looks_at(word)), "{}", spec.keyword);
        }
        let looks = |kind: &str, word: &str| crate::kinds::find(kind).expect("a kind").looks_at(word);
        assert!(looks("event", "properties") && looks("feature_flag", "variants") && looks("attribute", "holds"));
        assert!(!looks("object", "plural") && !looks("feature_flag", "rollout") && !looks("subscription", "every"));
    }
}
