//! How records are stored and found.

use crate::attio::row::empty;
use crate::store::Store;

pub(crate) fn table(object: &str) -> String {
    format!("attio.records.{object}")
}

/// Removes all records of an object that is removed.
pub(crate) fn forget_all(store: &mut Store, object: &str) {
    empty(store, &table(object));
}

/// Whether an object has a record.
pub(crate) fn exists(store: &Store, object: &str, record: &str) -> bool {
    store.get(&table(object), record).is_some()
}
