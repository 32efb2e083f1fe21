//! Titled choices of one attribute, in order of creation: options and statuses alike.

use super::rows::{Family, find, free, insert, scope, table, unknown};
use crate::attio::attribute::parent;
use crate::attio::call::{AttioAnswer, AttioCall, data};
use crate::attio::names;
use crate::attio::refusal::AttioRefusal;
use crate::attio::row::{id, shown, text};
use crate::attio::schema::BodyShape;
use serde_json::Value;

fn of(call: &AttioCall, family: &Family) -> Result<Value, AttioRefusal> {
    let parent = parent::parent(call)?;
    let row = parent::find(call, &parent, call.part(3))?;
    if text(&row, "type") == family.kind {
        return Ok(row);
    }
    Err(AttioRefusal::invalid(format!("This attribute is not a {} attribute.", family.kind)))
}

pub(crate) fn list(call: &mut AttioCall, family: &Family) -> AttioAnswer {
    let archived = call.show_archived()?;
    let parent = parent::parent(call)?;
    let attribute = parent::find(call, &parent, call.part(3))?;
    if text(&attribute, "type") != family.kind {
        return data(Value::Array(Vec::new()));
    }
    let rows = call.store.rows(&table(id(&attribute, "attribute_id")));
    data(rows.map(|(_, row)| row).filter(|row| archived || row["is_archived"] != true).map(shown).collect())
}

pub(crate) fn create(
    call: &mut AttioCall,
    family: &Family,
    shape: &'static BodyShape,
    rest: &[(&str, Value)],
) -> AttioAnswer {
    let body = call.data(shape)?;
    let attribute = of(call, family)?;
    let title = body.get("title").and_then(Value::as_str).unwrap_or_default();
    free(call, family, id(&attribute, "attribute_id"), title, "")?;
    let given = |(key, default): &(&str, Value)| {
        ((*key).to_owned(), body.get(*key).cloned().unwrap_or_else(|| default.clone()))
    };
    data(insert(call.store, family, &attribute, title, rest.iter().map(given).collect()))
}

pub(crate) fn update(call: &mut AttioCall, family: &Family, shape: &'static BodyShape) -> AttioAnswer {
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
