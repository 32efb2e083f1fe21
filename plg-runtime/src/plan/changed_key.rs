//! A key that applications ask for, and that becomes another one.

use crate::declared::graph::GraphNode;
use crate::store::Entry;
use plg_core::{Map, Term};
use serde::Serialize;

/// A key that becomes another one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ChangedKey {
    /// As it was applied: what applications ask for that were built before.
    pub from: String,
    /// As it is declared.
    pub to: String,
}

impl ChangedKey {
    /// What it means.
    pub(crate) fn says(&self) -> String {
        format!("applications that use the key `{}` find nothing until they use `{}`", self.from, self.to)
    }
}

/// The key that applications know a declaration by, where it is another one than was applied. What people made of it in
/// the web app meanwhile is nobody's key.
pub(super) fn changed_key(node: &GraphNode, entry: Option<&Entry>, resolved: &Map) -> Option<ChangedKey> {
    let spec = node.spec;
    let own = spec.surface.constants.iter().map(|(_, word)| *word);
    // What an attribute holds has its titles in the application.
    let parent = node.item.common().parent.is_some_and(|parent| parent.spec().surface.variants.is_some());
    let inner = spec.key.iter().filter(|_| parent).copied();
    let words: Vec<&'static str> = own.chain(inner).collect();
    let entry = entry?;
    let changed = |field: &&'static str| {
        let (from, to) = (entry.fields.get(field).and_then(Term::as_str)?, resolved.get(*field)?.as_str()?);
        let is_parent = spec.wire.parents().contains(field);
        (from != to && !is_parent).then(|| ChangedKey { from: from.to_owned(), to: to.to_owned() })
    };
    words.iter().flat_map(|word| spec.wire.fields_of(word)).find_map(changed)
}
