//! Writes of earlier runs that may still arrive, and what arrived after all.

use crate::live::LateObject;
use serde::Serialize;

/// A write that nobody saw the answer of, and that may still be done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OpenWrite {
    /// The address it is for.
    pub address: String,
    /// What it does, as in `create`.
    pub action: String,
    /// Until when it may arrive (RFC 3339).
    pub until: String,
}

/// Says that a write may still arrive, and until when.
pub(crate) fn may_arrive(open: &OpenWrite) -> String {
    let OpenWrite { address, action, until } = open;
    format!("{address}: the {action} of an earlier run had no answer; it may be done until {until}")
}

/// Says what arrived after all, and how to get rid of it.
pub(crate) fn told(late: &LateObject) -> String {
    format!(
        "{}: a create that had been given up arrived after all: the {} {} is there too, and no stack manages it; \
         `state remove-late {}` removes it",
        late.address, late.kind, late.id, late.id
    )
}
