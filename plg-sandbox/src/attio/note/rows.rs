//! How notes are stored and found.

use crate::attio::row::text;
use crate::store::Store;
use serde_json::{Value, json};

pub(crate) const TABLE: &str = "attio.notes";

/// The keys of the notes of a record.
fn of(store: &Store, record: &str) -> Vec<String> {
    let rows = store.rows(TABLE).filter(|(_, row)| text(row, "parent_record_id") == record);
    rows.map(|(key, _)| key.to_owned()).collect()
}

/// Removes the notes of a record that goes.
pub(crate) fn forget_of(store: &mut Store, record: &str) {
    for key in of(store, record) {
        store.remove(TABLE, &key);
    }
}

/// Gives the notes of a record to the one that it became.
pub(crate) fn move_to(store: &mut Store, record: &str, other: &str) {
    for key in of(store, record) {
        let Some(Value::Object(mut row)) = store.get(TABLE, &key).cloned() else { continue };
        row.insert("parent_record_id".into(), json!(other));
        store.put(TABLE, &key, Value::Object(row));
    }
}
