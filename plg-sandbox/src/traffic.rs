//! How many requests came in.

use serde::Serialize;
use std::collections::BTreeMap;

/// Requests of one account.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct RequestCounts {
    /// Requests that cannot change anything.
    pub reads: u64,
    /// All other requests.
    pub writes: u64,
}

/// Requests of each account since the start or the last reset of the counts.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Stats(pub(crate) BTreeMap<String, RequestCounts>);

impl Stats {
    /// Those of an account; none, if there is no such account.
    pub fn of(&self, account: &str) -> RequestCounts {
        self.0.get(account).copied().unwrap_or_default()
    }

    /// Writes to all accounts together.
    pub fn writes(&self) -> u64 {
        self.0.values().map(|counts| counts.writes).sum()
    }
}
