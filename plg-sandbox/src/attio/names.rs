//! Which name leads to which id, so that no lookup reads a whole table.

use super::row::empty;
use crate::store::Store;
use serde_json::{Value, json};

fn table(scope: &str) -> String {
    format!("attio.names.{scope}")
}

/// The id behind a name.
pub(crate) fn find(store: &Store, scope: &str, name: &str) -> Option<String> {
    store.get(&table(scope), name).and_then(Value::as_str).map(str::to_owned)
}

/// Whether a name belongs to something other than `id`.
pub(crate) fn is_taken(store: &Store, scope: &str, name: &str, id: &str) -> bool {
    find(store, scope, name).is_some_and(|owner| owner != id)
}

/// Gives a name to an id.
pub(crate) fn claim(store: &mut Store, scope: &str, name: &str, id: &str) {
    store.put(&table(scope), name, json!(id));
}

/// Frees a name.
pub(crate) fn release(store: &mut Store, scope: &str, name: &str) {
    store.remove(&table(scope), name);
}

/// Frees all names of a scope.
pub(crate) fn forget(store: &mut Store, scope: &str) {
    empty(store, &table(scope));
}
