//! The sign and the colour of a change.

use crate::plan::Change;

pub(super) fn sign(change: Change) -> (&'static str, &'static str) {
    match change {
        Change::Create | Change::Marker => ("+", "32"),
        Change::Update => ("~", "33"),
        Change::Replace => ("±", "35"),
        Change::Adopt => (">", "36"),
        Change::Revive => ("^", "36"),
        Change::Delete => ("-", "31"),
        Change::Archive => ("#", "31"),
        Change::Keep | Change::Forget => (".", "2"),
        Change::Await => ("?", "2"),
        Change::Read | Change::Unchanged => ("=", "2"),
    }
}
