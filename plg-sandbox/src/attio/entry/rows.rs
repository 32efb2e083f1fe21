//! How list entries are stored and found.

use crate::attio::comment::rows as comments;
use crate::attio::history;
use crate::store::Store;

pub(crate) fn table(list: &str) -> String {
    format!("attio.entries.{list}")
}

/// Removes all entries of a list that is removed.
pub(crate) fn forget_all(store: &mut Store, list: &str) {
    let entries: Vec<String> = store.rows(&table(list)).map(|(key, _)| key.to_owned()).collect();
    for entry in entries {
        remove(store, list, &entry);
    }
}

/// Removes one entry with its comments and its history.
pub(crate) fn remove(store: &mut Store, list: &str, entry: &str) {
    comments::forget_of_entry(store, entry);
    history::forget(store, list, entry);
    store.remove(&table(list), entry);
}
