//! Stored rows: their ids, texts and times.

use crate::store::Store;
use jiff::Timestamp;
use serde_json::Value;
use uuid::Uuid;

/// A time as Attio writes it: nine digits of which three are meant.
pub(crate) fn stamp(time: Timestamp) -> String {
    time.strftime("%Y-%m-%dT%H:%M:%S.%3f000000Z").to_string()
}

/// Empties one table, at the cost of its own rows only.
pub(crate) fn empty(store: &mut Store, table: &str) {
    let keys: Vec<String> = store.rows(table).map(|(key, _)| key.to_owned()).collect();
    for key in keys {
        store.remove(table, &key);
    }
}

pub(crate) fn new_id() -> String {
    Uuid::new_v4().to_string()
}

/// A string of a row or a checked body; empty if it is not there.
pub(crate) fn text<'a>(row: &'a Value, key: &str) -> &'a str {
    row[key].as_str().unwrap_or_default()
}

pub(crate) fn id<'a>(row: &'a Value, key: &str) -> &'a str {
    text(&row["id"], key)
}

/// A row without what is kept for the emulator's own use.
pub(crate) fn shown(row: &Value) -> Value {
    let Value::Object(map) = row else { return row.clone() };
    Value::Object(map.iter().filter(|(k, _)| !k.starts_with('_')).map(|(k, v)| (k.clone(), v.clone())).collect())
}
