//! Two records that become one: it has an id of its own.

use super::mirror::mirror;
use super::rows::{hand_over, table};
use super::{id_value, values_of};
use crate::attio::call::{AttioAnswer, AttioCall, data};
use crate::attio::cell;
use crate::attio::entry::held;
use crate::attio::object::rows as objects;
use crate::attio::refusal::AttioRefusal;
use crate::attio::row::{id, new_id, text};
use crate::attio::schema::{BodyShape, JsonKind, SchemaField};
use serde_json::{Map, Value, json};

const BODY: BodyShape = BodyShape {
    fields: &[
        SchemaField::required("primary_record_id", JsonKind::Uuid),
        SchemaField::required("secondary_record_id", JsonKind::Uuid),
    ],
    strict: false,
};

pub(crate) fn merge(call: &mut AttioCall) -> AttioAnswer {
    let body = Value::Object(call.data(&BODY)?);
    let object = objects::for_records(call, call.part(1))?;
    let object_id = id(&object, "object_id").to_owned();
    let (first, second) = (text(&body, "primary_record_id"), text(&body, "secondary_record_id"));
    if first == second {
        return Err(AttioRefusal::refused("self_merge", "A record cannot be merged with itself."));
    }
    let missing = |record: &str| AttioRefusal::missing(format!("Record with ID \"{record}\" not found."));
    let row = |call: &AttioCall, record: &str| {
        call.store.get(&table(&object_id), record).cloned().ok_or_else(|| missing(record))
    };
    let (one, other) = (row(call, first)?, row(call, second)?);
    let (mut values, others) = (values_of(&one), values_of(&other));
    for (attribute, more) in &others {
        let own = values.entry(attribute.clone()).or_insert_with(|| json!([]));
        if own.as_array().is_none_or(Vec::is_empty) {
            *own = more.clone();
        }
    }
    let record_id = new_id();
    for row in [&one, &other] {
        let held = values_of(row);
        cell::forget(call, &object_id, &held);
        mirror(call, &object_id, id(row, "record_id"), &held, &Map::new());
        call.store.remove(&table(&object_id), id(row, "record_id"));
        held::move_to(call.store, id(row, "record_id"), &record_id);
        hand_over(call.store, &object_id, id(row, "record_id"), &record_id);
    }
    id_value(call, &object_id, &record_id, &mut values);
    let row = json!({
        "id": {"workspace_id": call.workspace, "object_id": object_id, "record_id": record_id},
        "created_at": one["created_at"],
        "_values": values,
    });
    call.store.put(&table(&object_id), &record_id, row);
    cell::keep(call, &object_id, &record_id, &values);
    mirror(call, &object_id, &record_id, &Map::new(), &values);
    data(json!({"new_record_id": record_id}))
}
