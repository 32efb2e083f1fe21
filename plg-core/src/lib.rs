//! The language's model, and what a provider says of itself.
//!
//! What a stack can hold is described by provider crates: one file a kind, with its fields, docs, defaults and limits,
//! its checks, its natural key, what can change, what deleting means, and its wire form both ways. The compiler reads
//! the descriptions ([`Spec`]), the engine calls the wire functions ([`Wire`]) and the [`Provider`], and an application
//! reads the statics. Nothing here does I/O, and no provider is known here.
//!
//! Everything is a value or a pure function: how a "no" of an API reads, for example.
//!
//! ```
//! use plg_core::provider::{FailureKind, Refusal};
//!
//! let said = "a monitor of this name exists".to_owned();
//! let refusal = Refusal { message: Some(said), ..Refusal::of(FailureKind::of(409)) };
//! // On a create, plg now looks whether what is there is its own.
//! assert_eq!(refusal.kind, FailureKind::Conflict);
//! ```
//!
//! [`Provider`] shows where a provider starts, and the page "A provider of your own" of plg's book builds one.

#[macro_use]
mod table;

mod app;
mod between;
mod block;
pub mod checks;
#[macro_use]
pub mod codes;
pub mod declared;
mod editor;
pub mod fixture;
pub mod given;
pub mod hidden;
pub mod hollow;
pub mod inert;
pub mod keys;
pub mod kinds;
pub mod linked;
mod permission;
pub mod policy;
pub mod prelude;
pub mod prose;
pub mod provider;
mod report;
pub mod rest;
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
#[doc(hidden)]
pub mod types;
mod value;
pub mod wire;
pub mod written;

pub use serde_json;

pub use app::{
    Capture, JsonObject, PROPERTY_TYPES, Properties, PropertyForm, PropertySet, PropertyValue, Surface, UnknownWord,
};
pub use between::{BetweenRule, WholeRule};
pub use block::{Block, Declarations, Given, Node, referred};

pub use declared::{Common, Declared, Handling, Json, Link, OnDestroy, address, known_by};
pub use keys::KeyText;
pub use permission::Permission;
pub use provider::{Account, AccountName, Api, Provider};
pub use report::{Mistake, Report, Site};
pub use said::SaidBy;
pub use shape::{Case, Choice, Field, NUL, Record, Shape, TextRule, Value, Words, article};
pub use span::{Span, Unit};
pub use stack::{ItemList, Override, Remote, Stack, StackItems, StackRow, Stage, StageRules, Target};
pub use storage::*;
pub use term::{Stood, Term, Terms, fill};
pub use value::{
    Ago, Days, Env, EventName, Items, Key, Keyed, Name, Named, NoteText, Number, Pair, Percent, PropertyName, Secret,
    Slug, StageName, Str, Tag, Text, Topic, Url, VariantKey, WebUrl, When, number,
};
pub use wire::mention;
pub use wire::{
    Call, Ending, Hold, Listing, Live, Map, Owned, Paging, Prior, Removal, RestCollection, Settling, Standing, Theirs,
    Want, Wire,
};

/// How a kind is described to the macro and to the runtime.
#[derive(Debug)]
pub struct Spec {
    /// The word a declaration starts with, in the API's own language.
    pub keyword: &'static str,
    /// What the kind is, in one sentence.
    pub doc: &'static str,
    /// Which API holds it: see [`Spec::provider`]. A function, as providers name their kinds.
    pub of: fn() -> &'static Provider,
    /// The fields a declaration may have.
    pub fields: &'static [Field],
    /// The fields whose values find it again without an id: see [`Wire::identity`].
    pub key: &'static [&'static str],
    /// Rules within one declaration that its shapes cannot say; those between declarations are [`Provider::between`].
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
    /// A declaration that says nothing: what must be written is blank.
    pub blank: fn() -> &'static dyn Declared,
}

impl Spec {
    /// Which API holds it.
    pub fn provider(&self) -> &'static Provider {
        (self.of)()
    }

    /// Holds a declaration against every rule of its kind: its own, and those that look at others.
    pub fn hold(&self, block: &Block, world: &Declarations, report: &mut Report) {
        (self.check)(block, world, report);
        for rule in self.provider().between.iter().filter(|rule| rule.kind == self.keyword) {
            (rule.check)(block, world, report);
        }
    }

    /// The word that a field is written with.
    pub fn word_of(&self, field: &str) -> Option<&'static str> {
        let words = self.fields.iter().map(|field| &field.name).chain([&declared::DESCRIPTION]);
        words.into_iter().find(|word| self.wire.fields_of(word).contains(&field)).copied().or(self.wire.keys_in())
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
            Removal::Keep(why) | Removal::Forget(why) => Err(why),
        }
    }

    /// The fields that the `ignore` of a declaration leaves to people.
    pub fn ignored(&self, common: &Common) -> impl Iterator<Item = &'static str> {
        common.handling.ignore.iter().flat_map(|word| self.wire.fields_of(word)).copied()
    }
}

/// The one name that generated code takes all others from: to import all of this twice is no mistake.
#[doc(hidden)]
pub mod short {
    pub use crate::types as __plg;
}
