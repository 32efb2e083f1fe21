//! Some of what is live: which of it is written, and what of the rest it refers to.

use crate::block::{Block, Given};
use crate::{Live, Spec};
use std::collections::BTreeSet;

/// Objects of one kind that are written, where not all are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Only {
    /// The kind's keyword.
    pub kind: &'static str,
    /// The natural key, the name or the id of one; all of the kind without it.
    pub key: Option<String>,
}

impl Only {
    /// Whether it is about an object, which a declaration would have this name.
    pub(super) fn takes(&self, spec: &Spec, live: &Live, name: &str) -> bool {
        let Some(key) = &self.key else { return spec.keyword == self.kind };
        let says = |text: &str| text == key;
        let fields = || spec.key.iter().flat_map(|word| spec.wire.fields_of(word));
        spec.keyword == self.kind
            && (says(&live.id)
                || says(name)
                || fields().any(|field| live.fields.get(*field).and_then(|value| value.as_str()).is_some_and(says)))
    }
}

impl std::fmt::Display for Only {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.key {
            Some(key) => write!(f, "{}:{key}", self.kind),
            None => f.write_str(self.kind),
        }
    }
}

/// The names of the declarations that a declaration refers to.
pub(super) fn refers_to(block: &Block, names: &mut BTreeSet<String>) {
    block.fields.iter().for_each(|(_, _, node)| named(&node.given, names));
}

fn named(given: &Given, names: &mut BTreeSet<String>) {
    match given {
        Given::Ref(Some(name)) => {
            names.insert(name.clone());
        }
        Given::List(list) => list.iter().for_each(|node| named(&node.given, names)),
        Given::Record(fields) => fields.iter().for_each(|(_, node)| named(&node.given, names)),
        Given::Case(_, Some(held)) => named(&held.given, names),
        Given::Topic(subject, _) => named(&subject.given, names),
        Given::Map(entries) => entries.iter().for_each(|(_, _, node)| named(&node.given, names)),
        Given::Items(blocks) => blocks.iter().for_each(|block| refers_to(block, names)),
        _ => {}
    }
}
