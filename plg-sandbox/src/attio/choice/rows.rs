//! How options and statuses are stored and found.

use crate::attio::call::AttioCall;
use crate::attio::names;
use crate::attio::refusal::AttioRefusal;
use crate::attio::row::{empty, id, new_id};
use crate::store::Store;
use serde_json::{Map, Value, json};

/// Options, or statuses.
pub(crate) struct Family {
    /// The attribute's type.
    pub(crate) kind: &'static str,
    /// The key of a choice's own id.
    pub(crate) id: &'static str,
    /// What a choice is called in messages.
    pub(crate) noun: &'static str,
    /// The noun in the message that a choice cannot be found.
    pub(crate) sought: &'static str,
}

pub(crate) fn table(attribute: &str) -> String {
    format!("attio.choices.{attribute}")
}

pub(crate) fn scope(attribute: &str) -> String {
    format!("titles.{attribute}")
}

/// A choice by id or title, archived ones too.
pub(crate) fn find(store: &Store, attribute: &str, reference: &str) -> Option<Value> {
    let by_title = names::find(store, &scope(attribute), reference);
    store.get(&table(attribute), by_title.as_deref().unwrap_or(reference)).cloned()
}

/// A choice by its id, as a record's value shows it.
pub(crate) fn current(store: &Store, attribute: &str, choice: &str) -> Option<Value> {
    store.get(&table(attribute), choice).cloned()
}

/// Removes all choices of an attribute that is removed.
pub(crate) fn forget(store: &mut Store, attribute: &str) {
    empty(store, &table(attribute));
    names::forget(store, &scope(attribute));
}

pub(crate) fn unknown(family: &Family, title: &str) -> AttioRefusal {
    AttioRefusal::unknown(format!("Cannot find {} attribute with {} title \"{title}\".", family.kind, family.sought))
}

/// Puts a new choice at the end.
pub(crate) fn insert(
    store: &mut Store,
    family: &Family,
    attribute: &Value,
    title: &str,
    rest: Map<String, Value>,
) -> Value {
    let (attribute_id, choice_id) = (id(attribute, "attribute_id"), new_id());
    let mut ids = attribute["id"].clone();
    ids[family.id] = json!(choice_id);
    let mut row = json!({"id": ids, "title": title, "is_archived": false});
    for (key, value) in rest {
        row[key] = value;
    }
    names::claim(store, &scope(attribute_id), title, &choice_id);
    store.put(&table(attribute_id), &choice_id, row.clone());
    row
}

/// An archived choice keeps its title.
pub(crate) fn free(
    call: &AttioCall,
    family: &Family,
    attribute: &str,
    title: &str,
    id: &str,
) -> Result<(), AttioRefusal> {
    if names::is_taken(call.store, &scope(attribute), title, id) {
        return Err(AttioRefusal::taken(format!(
            "There is already another {} with the title \"{title}\".",
            family.noun
        )));
    }
    Ok(())
}

pub(crate) const OPTION: Family =
    Family { kind: "select", id: "option_id", noun: "select option", sought: "select option" };

pub(crate) const STATUS: Family = Family { kind: "status", id: "status_id", noun: "status", sought: "status option" };

/// What a status has besides its title, in the order it is shown.
pub(crate) fn defaults() -> [(&'static str, Value); 2] {
    [("target_time_in_status", Value::Null), ("celebration_enabled", json!(false))]
}
