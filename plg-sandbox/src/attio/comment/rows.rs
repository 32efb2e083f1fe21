//! How comments and their threads are stored and found.

use crate::attio::row::text;
use crate::store::Store;
use serde_json::{Value, json};

pub(crate) const COMMENTS: &str = "attio.comments";
pub(crate) const THREADS: &str = "attio.threads";

/// The comments of a thread, oldest first.
pub(crate) fn of_thread<'s>(store: &'s Store, thread: &str) -> impl Iterator<Item = (&'s str, &'s Value)> {
    store.rows(COMMENTS).filter(move |(_, row)| text(row, "thread_id") == thread)
}

/// Removes a thread with its comments.
pub(crate) fn remove_thread(store: &mut Store, thread: &str) {
    let comments: Vec<String> = of_thread(store, thread).map(|(key, _)| key.to_owned()).collect();
    for comment in comments {
        store.remove(COMMENTS, &comment);
    }
    store.remove(THREADS, thread);
}

/// The threads of what has this id under a key.
fn of(store: &Store, key: &str, id: &str) -> Vec<String> {
    store.rows(THREADS).filter(|(_, row)| text(row, key) == id).map(|(key, _)| key.to_owned()).collect()
}

/// Removes the comments on a record that goes.
pub(crate) fn forget_of(store: &mut Store, record: &str) {
    for thread in of(store, "_record", record) {
        remove_thread(store, &thread);
    }
}

/// Removes the comments on an entry that goes.
pub(crate) fn forget_of_entry(store: &mut Store, entry: &str) {
    for thread in of(store, "_entry", entry) {
        remove_thread(store, &thread);
    }
}

/// Gives the comments on a record to the one that it became.
pub(crate) fn move_to(store: &mut Store, record: &str, other: &str) {
    for thread in of(store, "_record", record) {
        let Some(mut row) = store.get(THREADS, &thread).cloned() else { continue };
        row["_record"] = json!(other);
        store.put(THREADS, &thread, row);
    }
}
