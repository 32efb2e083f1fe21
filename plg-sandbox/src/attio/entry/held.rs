//! What lists say of one record.

use super::rows::table;
use crate::attio::list::rows as lists;
use crate::attio::row::{id, text};
use crate::store::Store;
use serde_json::{Value, json};

/// The entries of one record, in every list.
pub(crate) fn of(store: &Store, record: &str) -> Vec<Value> {
    let tables = lists::all(store).map(|list| table(id(list, "list_id")));
    let rows = tables.flat_map(|table| store.rows(&table).map(|(_, row)| row.clone()).collect::<Vec<_>>());
    rows.filter(|row| text(row, "parent_record_id") == record).collect()
}

/// Gives the entries of a record to the one that it became.
pub(crate) fn move_to(store: &mut Store, record: &str, other: &str) {
    for mut row in of(store, record) {
        row["parent_record_id"] = json!(other);
        store.put(&table(id(&row, "list_id")), id(&row, "entry_id"), row.clone());
    }
}
