//! What options and statuses have in common: titled choices of one attribute, in order of creation.

use super::error::Problem;
use super::validate::Shape;
use super::{Answer, Call, attribute, data, empty, id, names, new_id, shown, text};
use crate::Store;
use serde_json::{Map, Value, json};

/// Options, or statuses.
pub(super) struct Family {
    /// The attribute's type.
    pub(super) kind: &'static str,
    /// The key of a choice's own id.
    pub(super) id: &'static str,
    /// What a choice is called in messages.
    pub(super) noun: &'static str,
    /// What it is called where one cannot be found.
    pub(super) sought: &'static str,
}

fn table(attribute: &str) -> String {
    format!("attio.choices.{attribute}")
}

fn scope(attribute: &str) -> String {
    format!("titles.{attribute}")
}

/// A choice by id or title, archived ones too.
pub(super) fn find(store: &Store, attribute: &str, reference: &str) -> Option<Value> {
    let by_title = names::find(store, &scope(attribute), reference);
    store.get(&table(attribute), by_title.as_deref().unwrap_or(reference)).cloned()
}

/// A choice by its id, as a record's value shows it.
pub(super) fn current(store: &Store, attribute: &str, choice: &str) -> Option<Value> {
    store.get(&table(attribute), choice).cloned()
}

/// Removes all choices of an attribute that is removed.
pub(super) fn forget(store: &mut Store, attribute: &str) {
    empty(store, &table(attribute));
    names::forget(store, &scope(attribute));
}

pub(super) fn unknown(family: &Family, title: &str) -> Problem {
    Problem::unknown(format!("Cannot find {} attribute with {} title \"{title}\".", family.kind, family.sought))
}

fn of(call: &Call, family: &Family) -> Result<Value, Problem> {
    let parent = attribute::parent(call)?;
    let row = attribute::find(call, &parent, call.part(3))?;
    if text(&row, "type") == family.kind {
        return Ok(row);
    }
    Err(Problem::invalid(format!("This attribute is not a {} attribute.", family.kind)))
}

/// Puts a new choice at the end.
pub(super) fn insert(
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

pub(super) fn list(call: &mut Call, family: &Family) -> Answer {
    let archived = call.show_archived()?;
    let attribute = of(call, family)?;
    let rows = call.store.rows(&table(id(&attribute, "attribute_id")));
    data(rows.map(|(_, row)| row).filter(|row| archived || row["is_archived"] != true).map(shown).collect())
}

pub(super) fn create(call: &mut Call, family: &Family, shape: &'static Shape, rest: &[(&str, Value)]) -> Answer {
    let body = call.data(shape)?;
    let attribute = of(call, family)?;
    let title = body.get("title").and_then(Value::as_str).unwrap_or_default();
    free(call, family, id(&attribute, "attribute_id"), title, "")?;
    let given = |(key, default): &(&str, Value)| {
        ((*key).to_owned(), body.get(*key).cloned().unwrap_or_else(|| default.clone()))
    };
    data(insert(call.store, family, &attribute, title, rest.iter().map(given).collect()))
}

pub(super) fn update(call: &mut Call, family: &Family, shape: &'static Shape) -> Answer {
    let changes = call.data(shape)?;
    let attribute = of(call, family)?;
    let attribute_id = id(&attribute, "attribute_id");
    let reference = call.part(5);
    let mut row = find(call.store, attribute_id, reference).ok_or_else(|| unknown(family, reference))?;
    let choice_id = id(&row, family.id).to_owned();
    if let Some(title) = changes.get("title").and_then(Value::as_str) {
        free(call, family, attribute_id, title, &choice_id)?;
        names::release(call.store, &scope(attribute_id), text(&row, "title"));
        names::claim(call.store, &scope(attribute_id), title, &choice_id);
    }
    for field in shape.keys() {
        if let Some(value) = changes.get(field) {
            row[field] = value.clone();
        }
    }
    call.store.put(&table(attribute_id), &choice_id, row.clone());
    data(shown(&row))
}

/// An archived choice keeps its title.
fn free(call: &Call, family: &Family, attribute: &str, title: &str, id: &str) -> Result<(), Problem> {
    if names::is_taken(call.store, &scope(attribute), title, id) {
        return Err(Problem::taken(format!("There is already another {} with the title \"{title}\".", family.noun)));
    }
    Ok(())
}
