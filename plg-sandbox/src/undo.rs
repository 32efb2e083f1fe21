//! What was changed lately, so that a replica can be as old as it wants.

use jiff::Timestamp;
use serde_json::Value;
use std::collections::VecDeque;

/// Changes older than this many seconds are forgotten: no replica is that far behind.
const KEPT: i64 = 900;

/// One row before it was changed.
#[derive(Debug, Clone)]
pub(crate) struct Undo {
    at: Timestamp,
    pub(crate) table: String,
    pub(crate) key: String,
    /// Its place in the table and the row; `None` where there was none.
    pub(crate) before: Option<(u64, Value)>,
}

/// The changes of the last minutes, oldest first.
#[derive(Debug, Clone, Default)]
pub(crate) struct UndoLog {
    now: Timestamp,
    changes: VecDeque<Undo>,
}

impl UndoLog {
    /// Whatever is noted from now on happens at this time.
    pub(crate) fn set_time(&mut self, now: Timestamp) {
        self.now = now;
        while self.changes.front().is_some_and(|c| now.as_second() - c.at.as_second() > KEPT) {
            self.changes.pop_front();
        }
    }

    /// Notes a row before it is changed.
    pub(crate) fn note(&mut self, table: &str, key: &str, before: Option<(u64, Value)>) {
        let (table, key) = (table.to_owned(), key.to_owned());
        self.changes.push_back(Undo { at: self.now, table, key, before });
    }

    /// What came after a time, newest first.
    pub(crate) fn since(&self, at: Timestamp) -> impl Iterator<Item = &Undo> {
        self.changes.iter().rev().take_while(move |change| change.at > at)
    }
}
