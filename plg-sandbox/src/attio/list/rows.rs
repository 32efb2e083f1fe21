//! How lists are stored and found.

use crate::attio::attribute::rows as attributes;
use crate::attio::entry::rows as entries;
use crate::attio::names;
use crate::attio::object::rows as objects;
use crate::attio::refusal::AttioRefusal;
use crate::attio::row::{id, text};
use crate::store::Store;
use serde_json::Value;

pub(crate) const TABLE: &str = "attio.lists";
pub(crate) const SLUGS: &str = "lists";

/// A list by slug or id.
pub(crate) fn find(store: &Store, reference: &str) -> Option<Value> {
    let by_slug = names::find(store, SLUGS, reference);
    store.get(TABLE, by_slug.as_deref().unwrap_or(reference)).cloned()
}

pub(crate) fn missing(reference: &str) -> AttioRefusal {
    AttioRefusal::missing(format!("List with slug/ID \"{reference}\" not found."))
}

/// All lists, in order of creation.
pub(crate) fn all(store: &Store) -> impl Iterator<Item = &Value> {
    store.rows(TABLE).map(|(_, row)| row)
}

/// The row as it is answered, with its parent's slug as it is now.
pub(crate) fn show(store: &Store, row: &Value) -> Value {
    let mut answer = row.clone();
    let slug = |id: &Value| objects::any(store, id.as_str()?).map(|object| object["api_slug"].clone());
    answer["parent_object"] = row["parent_object"].as_array().into_iter().flatten().filter_map(slug).collect();
    answer
}

/// Whether a list takes the records of an object.
pub(crate) fn takes(row: &Value, object_id: &str) -> bool {
    row["parent_object"].as_array().is_some_and(|ids| ids.iter().any(|id| id == object_id))
}

/// Removes the lists of an object that is removed, as they cannot be without it.
pub(crate) fn forget_of(store: &mut Store, object_id: &str) {
    let rows: Vec<Value> = all(store).filter(|row| takes(row, object_id)).cloned().collect();
    for row in rows {
        let list_id = id(&row, "list_id");
        attributes::remove_all(store, list_id);
        entries::forget_all(store, list_id);
        names::release(store, SLUGS, text(&row, "api_slug"));
        store.remove(TABLE, list_id);
    }
}
