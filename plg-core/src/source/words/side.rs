//! One side of a comparison, read back into a declaration.

use super::names::{Names, importer};
use crate::block::Block;
use crate::hollow::is_hollow;
use crate::{Declared, Given, Live, Map};
use serde_json::Value as Json;

/// What is live, or will be, as a stack would write it.
pub(super) struct ReadBack<'a> {
    item: &'static dyn Declared,
    live: &'a Live,
    pub(super) block: Block,
    /// What a deploy of the declaration would send, with references replaced.
    pub(super) want: Map,
}

impl<'a> ReadBack<'a> {
    pub(super) fn of(names: &Names, item: &'static dyn Declared, live: &'a Live) -> Self {
        ReadBack { item, live, block: item.block(), want: wanted(names, item) }
    }

    /// Whether the declaration says all of a field that is there.
    pub(super) fn is_sure(&self, field: &str) -> bool {
        let now = self.live.fields.get(field);
        match (self.want.get(field), now) {
            (None, now) => now.is_none_or(|now| is_hollow(now) || self.is_usual(field, now)),
            (Some(want), None) => is_hollow(want),
            (Some(want), Some(now)) => self.item.spec().wire.agrees(field, want, None, now),
        }
    }

    /// Whether it is what a new one says by itself, so that nobody writes it.
    fn is_usual(&self, field: &str, now: &Json) -> bool {
        importer(self.item.spec()).is_some_and(|importer| importer.answers.is_usual(field, now))
    }

    /// What it says of a word.
    pub(super) fn given(&self, word: &str) -> Option<&Given> {
        self.block.get(word).map(|node| &node.given)
    }
}

/// What a declaration wants, in comparable form.
pub(super) fn wanted(names: &Names, item: &dyn Declared) -> Map {
    let fields = item.want().fields;
    fields.iter().map(|(field, term)| (field.clone(), names.known.resolved(term))).collect()
}
