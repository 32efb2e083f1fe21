//! How list entries are stored and found.

use crate::attio::row::empty;
use crate::store::Store;

pub(crate) fn table(list: &str) -> String {
    format!("attio.entries.{list}")
}

/// Removes all entries of a list that is removed.
pub(crate) fn forget_all(store: &mut Store, list: &str) {
    empty(store, &table(list));
}
