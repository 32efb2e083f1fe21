//! How a kind speaks to its API: pure functions between declared fields and JSON.
//!
//! Both sides of a comparison are JSON objects in one *comparable form*: what is declared
//! ([`Want`]) and what is live ([`Live`]), normalised by the kind so that equal things are equal
//! JSON. In a want, what is only known later stands as a marker, resolved by the runtime:
//! `{"$ref": "feature_flag.NewOnboarding", "get": "id"}` (see [`reference()`]) and
//! `{"$env": "NAME"}` (see [`env()`]).

use crate::collection::RestCollection;
use crate::declared::Declared;
use crate::mention::Mention;
use crate::value::Text;
use serde_json::{Value as Json, json};
use std::fmt::Debug;

/// A JSON object.
pub type Map = serde_json::Map<String, Json>;

/// What should be, in comparable form. Only declared fields are here: what is absent is not managed.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Want {
    /// Fields in comparable form, with markers.
    pub fields: Map,
    /// Fields sent when it is created and left alone afterwards: run states that people move.
    pub create_only: Vec<&'static str>,
    /// Addresses that must be applied before this one though no field refers to them, such as the
    /// option before this one.
    pub after: Vec<String>,
}

impl Want {
    /// Nothing yet.
    pub fn new() -> Self {
        // Most have a few fields, and a map that grows is filled anew each time.
        Want { fields: Map::with_capacity(7), ..Want::default() }
    }

    /// Sets a field.
    #[must_use]
    pub fn set(mut self, field: &str, value: impl Into<Json>) -> Self {
        self.fields.insert(field.to_owned(), value.into());
        self
    }

    /// Sets a field, where there is something to set.
    #[must_use]
    pub fn set_some(self, field: &str, value: Option<impl Into<Json>>) -> Self {
        match value {
            Some(value) => self.set(field, value),
            None => self,
        }
    }

    /// Sets a field that is sent at creation and left alone afterwards.
    #[must_use]
    pub fn set_create_only(mut self, field: &'static str, value: impl Into<Json>) -> Self {
        self.create_only.push(field);
        self.set(field, value)
    }

    /// Adds what must come before.
    #[must_use]
    pub fn after(mut self, address: String) -> Self {
        self.after.push(address);
        self
    }
}

/// A marker for another resource's remote id.
pub fn reference(to: &dyn Declared) -> Json {
    reference_to(to, "id")
}

/// A marker for one of another resource's outputs or fields: first [`Live::outputs`], then its fields.
pub fn reference_to(to: &dyn Declared, get: &str) -> Json {
    json!({ "$ref": to.address(), "get": get })
}

/// A marker for an environment variable; text as it is otherwise.
pub fn env(text: Text) -> Json {
    match text {
        Text::Given(text) => Json::from(text),
        Text::Env(name) => json!({ "$env": name }),
    }
}

/// One request, relative to the provider's base. In a PostHog path `{project}` stands for the
/// project's number. Path parameters are percent-encoded by [`segment`].
#[derive(Debug, Clone, PartialEq)]
pub struct Call {
    /// Upper-case method.
    pub method: &'static str,
    /// Path from the host's root, such as `/v2/objects`.
    pub path: String,
    /// JSON body.
    pub body: Option<Json>,
}

impl Call {
    /// A request with a body.
    pub fn new(method: &'static str, path: impl Into<String>, body: Json) -> Self {
        Call { method, path: path.into(), body: Some(body) }
    }

    /// A request without one.
    pub fn bare(method: &'static str, path: impl Into<String>) -> Self {
        Call { method, path: path.into(), body: None }
    }
}

/// A list request: all pages of it hold every object of a kind (within a parent).
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Listing {
    /// Path with the query that does not page, such as `/v2/objects/people/attributes?show_archived=true`.
    pub path: String,
    /// How it is paged.
    pub paging: Paging,
}

/// How a list is paged, and where its rows are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Paging {
    /// `{"data": […]}`, everything at once.
    Data,
    /// `{"data": […]}` by `limit` and `offset`; a page shorter than the limit is the last.
    DataOffset {
        /// Rows a page.
        limit: u32,
    },
    /// `{"count", "next", "results": […]}` by `limit` and `offset` until `next` is null; a list
    /// without `next` is whole.
    Results {
        /// Rows a page.
        limit: u32,
    },
}

/// A live object, in comparable form.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Live {
    /// Remote id as text: a UUID, a number, or a short id.
    pub id: String,
    /// What others may refer to, and what must be remembered to update it: always `id` (as JSON, a
    /// number where the API has numbers); for an attribute also `object`; for a survey its question ids.
    pub outputs: Map,
    /// All comparable fields the kind knows.
    pub fields: Map,
    /// Hidden but there: an archived option or attribute, a soft-deleted flag. Can be revived.
    pub archived: bool,
    /// Belongs to the API itself: may be extended, never changed.
    pub system: bool,
    /// Creation time as the API says it (RFC 3339), where it does.
    pub created: Option<String>,
}

/// What is known about an object before a write: from the state, or from what is live.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Prior {
    /// Remote id as text.
    pub id: String,
    /// See [`Live::outputs`].
    pub outputs: Map,
    /// Its fields, live where they were looked at, else as last applied; parents resolved.
    pub fields: Map,
}

/// What happens when something is no longer declared.
#[derive(Debug, Clone, PartialEq)]
pub enum Removal {
    /// It is gone for good (or soft-deleted, which people see as gone).
    Delete(Call),
    /// The API cannot delete it: it is hidden, and stays behind.
    Archive(Call),
    /// Nothing can be done: why, for the list of what stays behind.
    Keep(&'static str),
}

/// What people have made of an object in the web app, where no field of the language says it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Standing {
    /// What it does, as in "it runs since 2026-11-01".
    pub says: String,
    /// Fields that the API refuses to change meanwhile.
    pub held: &'static [&'static str],
    /// What to do to change them all the same.
    pub help: &'static str,
}

/// How one kind speaks to its API. Pure: no I/O, no clock, no randomness.
///
/// `want` is always resolved: no markers are left. Fields that name a parent (an attribute's `on`)
/// hold what [`reference()`] resolved to.
pub trait Wire: Debug + Sync {
    /// Where its objects are; `fields` name its parents.
    fn collection(&self, fields: &Map) -> RestCollection;

    /// Where an object that is known is.
    fn collection_of(&self, prior: &Prior) -> RestCollection {
        self.collection(&prior.fields)
    }

    /// The list that holds what `want` describes.
    fn listing(&self, want: &Map) -> Listing {
        self.collection(want).listing()
    }

    /// Reads one object out of a list, a detail, or the answer to a write. `None` when it is not
    /// one of ours to see (a survey's internal flag, a tombstone).
    fn read(&self, json: Json) -> Option<Live>;

    /// The request for what the list's rows leave out of these fields, if they do; for all there is where none are
    /// named.
    fn detail(&self, id: &str, fields: &Map) -> Option<Call> {
        let _ = (id, fields);
        None
    }

    /// Creates it.
    fn create(&self, want: &Map) -> Call {
        self.collection(want).create(without(want, self.parents()))
    }

    /// Changes it: `changed` are the fields that differ. `None` when nothing can be sent.
    fn update(&self, want: &Map, changed: &[String], prior: &Prior) -> Option<Call> {
        let mut part = pick(want, changed);
        part.retain(|field, _| !self.parents().contains(&field.as_str()) && !self.fixed().contains(&field.as_str()));
        (!part.is_empty()).then(|| self.collection_of(prior).change(prior, part))
    }

    /// Brings it back from being archived, where that is another request than [`Wire::update`].
    fn revive(&self, want: &Map, prior: &Prior) -> Option<Call> {
        self.collection_of(prior).restore(prior, without(want, self.parents()))
    }

    /// Removes it.
    fn remove(&self, prior: &Prior) -> Removal {
        self.collection_of(prior).remove(prior)
    }

    /// What must be sent to the old one before its replacement can be created, such as moving the
    /// slug of an attribute that cannot be deleted out of the way. `mark` is unique.
    fn retire(&self, prior: &Prior, mark: &str) -> Option<Call> {
        let _ = (prior, mark);
        None
    }

    /// Fields that name a parent or stand in the path: never compared with what is live.
    fn parents(&self) -> &'static [&'static str] {
        &[]
    }

    /// Fields that cannot change: a difference replaces the object.
    fn fixed(&self) -> &'static [&'static str] {
        &[]
    }

    /// What is lost with the old one where it is replaced.
    fn lost(&self) -> &'static str {
        "what people made of the old one in the web app"
    }

    /// What people have made of it that `want` leaves to them: an experiment that runs.
    fn standing(&self, want: &Map, live: &Live) -> Option<Standing> {
        let _ = (want, live);
        None
    }

    /// What finds the same object again without an id: the natural key, or the name people gave it.
    fn identity(&self, fields: &Map) -> Option<String>;

    /// Whether the API itself keeps identities apart, so that one found is surely ours to adopt.
    fn identity_is_unique(&self) -> bool {
        true
    }

    /// Whether paths take the identity in place of the id, so that what is below can be listed before
    /// the id is known.
    fn identity_is_path(&self) -> bool {
        false
    }

    /// Whether a field is as declared; kinds override it for what is equal though spelt differently.
    fn same(&self, field: &str, want: &Json, live: &Json) -> bool {
        let _ = field;
        same(want, live)
    }

    /// Whether it is made anew after each deploy that changed something, instead of being kept as
    /// declared: an annotation that marks the deploy.
    fn is_marker(&self, want: &Map) -> bool {
        let _ = want;
        false
    }

    /// Writes the moment (RFC 3339) into what a marker wants, as it is made.
    fn stamp(&self, want: &mut Map, now: &str) {
        let _ = (want, now);
    }

    /// The fields that a word of the language stands for: `groups` for `rollout`, the word itself where the field has
    /// the same name.
    fn fields_of<'a>(&self, word: &'a &'static str) -> &'a [&'static str] {
        itself(word)
    }

    /// Whether an `existing` declaration may be absent remotely: an event PostHog makes when it first sees it.
    fn existing_may_be_absent(&self) -> bool {
        false
    }

    /// Why it may not be there yet, where no request can make it: others do, and it is looked after
    /// from the moment it is there.
    fn made_elsewhere(&self) -> Option<&'static str> {
        None
    }

    /// The kinds that its objects can refer to: see [`Wire::mentions`].
    fn may_mention(&self) -> &'static [&'static str] {
        &[]
    }

    /// What a live object refers to, whoever made it.
    fn mentions(&self, live: &Live) -> Vec<Mention> {
        let _ = live;
        Vec::new()
    }

    /// The query whose rows are the records that hold something of it, and are hidden or gone with it.
    /// `find` has the fields of another live object, by its kind and id.
    fn held_by(&self, prior: &Prior, find: &dyn Fn(&str, &str) -> Option<Map>) -> Option<Call> {
        let _ = (prior, find);
        None
    }

    /// What people gave or measured that goes with it, where the object itself says so.
    fn collected(&self, fields: &Map) -> Option<&'static str> {
        let _ = fields;
        None
    }

    /// Fields of [`Live::outputs`] that are secrets shown once.
    fn secrets(&self) -> &'static [&'static str] {
        &[]
    }
}

/// The field that is called like its word.
pub fn itself<'a>(word: &'a &'static str) -> &'a [&'static str] {
    std::slice::from_ref(word)
}

/// Equal JSON, numbers by value (`50` is `50.0`), objects by key whatever the order.
pub fn same(a: &Json, b: &Json) -> bool {
    match (a, b) {
        (Json::Number(a), Json::Number(b)) => a == b || a.as_f64() == b.as_f64(),
        (Json::Array(a), Json::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b)),
        (Json::Object(a), Json::Object(b)) => {
            // Most have their keys in the same order.
            let equal = |((k, v), (l, w)): ((&String, &Json), (&String, &Json))| {
                if k == l { same(v, w) } else { b.get(k).is_some_and(|w| same(v, w)) }
            };
            a.len() == b.len() && a.iter().zip(b).all(equal)
        }
        _ => a == b,
    }
}

/// Whether `live` says all that `want` says: it may have more keys, at every depth.
pub fn includes(want: &Json, live: &Json) -> bool {
    match (want, live) {
        (Json::Object(want), Json::Object(live)) => {
            want.iter().all(|(k, v)| live.get(k).is_some_and(|l| includes(v, l)))
        }
        (Json::Array(want), Json::Array(live)) => {
            want.len() == live.len() && want.iter().zip(live).all(|(w, l)| includes(w, l))
        }
        _ => same(want, live),
    }
}

/// The fields named, as far as they are there.
pub fn pick(fields: &Map, names: &[String]) -> Map {
    fields.iter().filter(|(field, _)| names.contains(field)).map(|(k, v)| (k.clone(), v.clone())).collect()
}

/// All fields but those named.
pub fn without(fields: &Map, names: &[&str]) -> Map {
    fields.iter().filter(|(field, _)| !names.contains(&field.as_str())).map(|(k, v)| (k.clone(), v.clone())).collect()
}

/// Equal as sets of texts, whatever the order.
pub fn same_set(a: &Json, b: &Json) -> bool {
    let sorted = |v: &Json| -> Option<Vec<String>> {
        let mut out: Vec<String> = v.as_array()?.iter().map(Json::to_string).collect();
        out.sort();
        out.dedup();
        Some(out)
    };
    match (sorted(a), sorted(b)) {
        (Some(a), Some(b)) => a == b,
        _ => a == b,
    }
}

/// One path segment, percent-encoded.
pub fn segment(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

/// A text field, or nothing.
pub fn text<'a>(fields: &'a Map, key: &str) -> &'a str {
    fields.get(key).and_then(Json::as_str).unwrap_or_default()
}

/// An id field as text, whether the API has numbers or text.
pub fn id_text(json: &Json) -> Option<String> {
    match json {
        Json::String(text) => Some(text.clone()),
        Json::Number(number) => Some(number.to_string()),
        _ => None,
    }
}
