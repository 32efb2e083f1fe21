//! Relationships: one fact with two faces. What is written at one end shows at the other.

use super::rows::table;
use crate::attio::attribute::rows as attributes;
use crate::attio::call::AttioCall;
use crate::attio::cell;
use crate::attio::history;
use crate::attio::object::rows as objects;
use crate::attio::row::{id, text};
use serde_json::{Map, Value, json};

/// One end: an attribute of an object.
struct RelationEnd {
    object: String,
    attribute: String,
}

/// The records that a value refers to.
fn targets(values: &Map<String, Value>, attribute: &str) -> Vec<String> {
    let all = values.get(attribute).and_then(Value::as_array).into_iter().flatten();
    all.map(|value| text(value, "target_record_id").to_owned()).collect()
}

/// Shows at the other ends what became of a record's values.
pub(crate) fn mirror(
    call: &mut AttioCall,
    object: &str,
    record: &str,
    before: &Map<String, Value>,
    after: &Map<String, Value>,
) {
    let ends: Vec<(RelationEnd, RelationEnd)> = attributes::all(call.store, call.settings, object)
        .filter_map(|row| {
            let far = row.get("_reverse")?;
            let here = RelationEnd { object: object.to_owned(), attribute: id(row, "attribute_id").to_owned() };
            let there =
                RelationEnd { object: text(far, "parent").to_owned(), attribute: text(far, "attribute").to_owned() };
            Some((here, there))
        })
        .collect();
    for (near, far) in ends {
        let (old, new) = (targets(before, &near.attribute), targets(after, &near.attribute));
        for gone in old.iter().filter(|one| !new.contains(one)) {
            part(call, &far, gone, record);
        }
        for partner in new.iter().filter(|one| !old.contains(one)) {
            join(call, &near, record, &far, partner);
        }
    }
}

/// Takes a record out of another one's value.
fn part(call: &mut AttioCall, end: &RelationEnd, of: &str, record: &str) {
    let Some(row) = call.store.get(&table(&end.object), of).cloned() else { return };
    let mut values = row["_values"][&end.attribute].as_array().cloned().unwrap_or_default();
    values.retain(|value| text(value, "target_record_id") != record);
    put(call, end, of, row, values);
}

/// Writes what one end of a relationship holds.
fn put(call: &mut AttioCall, end: &RelationEnd, of: &str, mut row: Value, values: Vec<Value>) {
    let held = cell::taken(Some(row["_values"].clone()));
    row["_values"][&end.attribute] = Value::Array(values);
    history::note(call, &end.object, of, &held, &cell::taken(Some(row["_values"].clone())));
    call.store.put(&table(&end.object), of, row);
}

/// Puts a record into another one's value; where that has one partner, it leaves the one it had.
fn join(call: &mut AttioCall, near: &RelationEnd, record: &str, far: &RelationEnd, partner: &str) {
    let Some(mut row) = call.store.get(&table(&far.object), partner).cloned() else { return };
    let attribute = call.store.get(&format!("attio.attributes.{}", far.object), &far.attribute).cloned();
    let is_one = attribute.is_some_and(|attribute| attribute["is_multiselect"] != true);
    let slug = objects::any(call.store, &near.object).unwrap_or_default()["api_slug"].clone();
    let (now, actor) = (call.now(), call.actor());
    let mut values = row["_values"][&far.attribute].as_array().cloned().unwrap_or_default();
    if is_one {
        for left in std::mem::take(&mut values).iter().filter(|left| text(left, "target_record_id") != record) {
            part(call, near, text(left, "target_record_id"), partner);
        }
    }
    if !values.iter().any(|value| text(value, "target_record_id") == record) {
        let parts = json!({"target_object": slug, "target_record_id": record, "attribute_type": "record-reference"});
        values.push(cell::wrap(&now, &actor, cell::taken(Some(parts))));
    }
    // One that left may be the same record, at the other end of itself.
    if let Some(now) = call.store.get(&table(&far.object), partner) {
        row = now.clone();
    }
    put(call, far, partner, row, values);
}
