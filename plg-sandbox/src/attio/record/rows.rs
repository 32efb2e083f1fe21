//! How records are stored and found.

use crate::attio::comment::rows as comments;
use crate::attio::history;
use crate::attio::note::rows as notes;
use crate::attio::row::empty;
use crate::attio::task::rows as tasks;
use crate::store::Store;

pub(crate) fn table(object: &str) -> String {
    format!("attio.records.{object}")
}

/// Removes all records of an object that is removed.
pub(crate) fn forget_all(store: &mut Store, object: &str) {
    let records: Vec<String> = store.rows(&table(object)).map(|(key, _)| key.to_owned()).collect();
    for record in records {
        let_go(store, object, &record);
    }
    empty(store, &table(object));
}

/// Removes what hangs on a record that goes: its notes, comments and history, and its place in tasks.
pub(crate) fn let_go(store: &mut Store, object: &str, record: &str) {
    notes::forget_of(store, record);
    comments::forget_of(store, record);
    tasks::unlink(store, record);
    history::forget(store, object, record);
}

/// Gives what hangs on a record to the one that it became.
pub(crate) fn hand_over(store: &mut Store, object: &str, record: &str, other: &str) {
    notes::move_to(store, record, other);
    comments::move_to(store, record, other);
    tasks::move_to(store, record, other);
    history::forget(store, object, record);
}

/// Whether an object has a record.
pub(crate) fn exists(store: &Store, object: &str, record: &str) -> bool {
    store.get(&table(object), record).is_some()
}
