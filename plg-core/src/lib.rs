//! What a stack can hold: every kind of resource, described once.
//!
//! One file a kind, in [`kinds`]: its fields with docs, defaults and limits, its checks, its
//! natural key, what can change, what deleting means, and its wire form both ways. The macro
//! reads the descriptions ([`Spec`]), the runtime calls the wire functions ([`Wire`]), and an
//! application reads the statics. Nothing here does I/O.

#[macro_use]
mod table;

mod app;
mod block;
pub mod codes;
mod declared;
mod editor;
pub mod given;
pub mod hidden;
pub mod inert;
pub mod kinds;
mod permission;
pub mod policy;
pub mod prose;
mod report;
pub mod rules;
mod said;
mod shape;
pub mod similar;
pub mod source;
mod span;
mod stack;
mod storage;
mod term;
pub mod text;
mod value;
pub mod wire;
pub mod written;

pub use serde_json;

pub use app::{Capture, PROPERTY_TYPES, Properties, PropertyForm, PropertyValue, Surface, UnknownWord};
pub use block::{Block, Declarations, Given, Node, referred};

pub use declared::{Common, Declared, Handling, Json, Link, OnDestroy, Trackable, Tracked, address, known_by};
pub use permission::Permission;
pub use report::{Mistake, Report, Site};
pub use said::SaidBy;
pub use shape::{Case, Choice, Field, NUL, Record, Shape, TextRule, Value, Words};
pub use span::{Span, Unit};
pub use stack::{Attio, Host, Number, Override, Posthog, Remote, Stack, StackRow, Stage, StageName, Target};
pub use storage::*;
pub use term::{Stood, Term, Terms, fill};
pub use value::{
    Ago, Days, Env, EventName, Items, Key, Keyed, Name, Named, NoteText, Pair, Percent, PropertyName, Secret, Slug,
    Str, Tag, Text, Topic, Url, VariantKey, WebUrl, When, number,
};
pub use wire::mention;
pub use wire::{
    Call, Ending, Hold, Listing, Live, Map, Owned, Paging, Prior, Removal, RestCollection, Standing, Theirs, Want, Wire,
};

/// How a kind is described to the macro and to the runtime.
#[derive(Debug)]
pub struct Spec {
    /// The word a declaration starts with, in the API's own language.
    pub keyword: &'static str,
    /// What the kind is, in one sentence.
    pub doc: &'static str,
    /// Which API holds it.
    pub provider: Provider,
    /// The fields a declaration may have.
    pub fields: &'static [Field],
    /// The fields whose values find it again without an id: see [`Wire::identity`].
    pub key: &'static [&'static str],
    /// Rules within one declaration that its shapes cannot say; those between declarations are [`kinds::BETWEEN`].
    pub check: fn(&Block, &Declarations, &mut Report),
    /// Text fields that must differ between declarations of this kind, each with the field that
    /// narrows the comparison (an attribute's `slug` within its `on`), if any.
    pub unique: &'static [(&'static str, Option<&'static str>)],
    /// The field that takes its value from the item's name when it is not written, if any.
    pub titled: Option<&'static str>,
    /// What an application sees of a declaration.
    pub surface: Surface,
    /// How the kind speaks to its API.
    pub wire: &'static dyn Wire,
}

impl Spec {
    /// Holds a declaration against every rule of its kind: its own, and those that look at others.
    pub fn hold(&self, block: &Block, world: &Declarations, report: &mut Report) {
        (self.check)(block, world, report);
        for rule in kinds::BETWEEN.iter().filter(|rule| rule.kind == self.keyword) {
            (rule.check)(block, world, report);
        }
    }

    /// The word that a field is written with.
    pub fn word_of(&self, field: &str) -> Option<&'static str> {
        let words = self.fields.iter().map(|field| &field.name).chain([&declared::DESCRIPTION]);
        words.into_iter().find(|word| self.wire.fields_of(word).contains(&field)).copied()
    }

    /// The fields, in the API's words, whose values find it again without an id.
    pub fn key_fields(&self) -> impl Iterator<Item = &'static str> {
        self.key.iter().flat_map(|word| self.wire.fields_of(word)).copied()
    }

    /// The one field of its key that can be changed by a request, where there is one: what a key moves by.
    pub fn movable_key(&self) -> Option<&'static str> {
        let is_fixed = |field: &&str| self.wire.parents().contains(field) || self.wire.fixed().contains(field);
        let mut movable = self.key_fields().filter(|field| !is_fixed(field));
        let first = movable.next()?;
        movable.next().is_none().then_some(first)
    }

    /// The word for what the API can do with one that is no longer declared, or why it can do nothing.
    ///
    /// # Errors
    /// Why it stays as it is, as a sentence without its full stop.
    pub fn removed_by(&self) -> Result<OnDestroy, &'static str> {
        match self.wire.remove(&Prior { id: "1".into(), ..Prior::default() }) {
            Removal::Delete(_) => Ok(OnDestroy::delete),
            Removal::Archive(_) => Ok(OnDestroy::archive),
            Removal::Keep(why) => Err(why),
        }
    }

    /// The fields that the `ignore` of a declaration leaves to people.
    pub fn ignored(&self, common: &Common) -> impl Iterator<Item = &'static str> {
        common.handling.ignore.iter().flat_map(|word| self.wire.fields_of(word)).copied()
    }
}

/// One of the two APIs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Provider {
    /// Attio's REST API v2.
    Attio,
    /// PostHog's private REST API.
    Posthog,
}

impl Provider {
    /// The path that all of its requests start with; `{project}` stands for the project's number.
    pub fn base(self) -> &'static str {
        match self {
            Provider::Attio => kinds::attio::BASE,
            Provider::Posthog => kinds::posthog::BASE,
        }
    }

    /// The name people use.
    pub fn title(self) -> &'static str {
        match self {
            Provider::Attio => "Attio",
            Provider::Posthog => "PostHog",
        }
    }
}
