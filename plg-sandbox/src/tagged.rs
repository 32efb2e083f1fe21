//! Writes with tags that disturb each other while they are under way.

use std::collections::BTreeSet;

/// The tagged writes that are under way.
#[derive(Debug, Default)]
pub(crate) struct TaggedWrites {
    next: u64,
    open: BTreeSet<u64>,
}

impl TaggedWrites {
    /// One more, and its number.
    pub(crate) fn begin(&mut self) -> u64 {
        self.next += 1;
        self.open.insert(self.next);
        self.next
    }

    /// It ends; whether another one goes on.
    pub(crate) fn end(&mut self, number: u64) -> bool {
        self.open.remove(&number);
        !self.open.is_empty()
    }
}
