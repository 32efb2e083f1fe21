//! The history of an attribute, written as a whole: what is moved here from elsewhere keeps its times.

use super::{owner, table, untold};
use crate::attio::attribute::parent::{find, parent};
use crate::attio::call::{AttioAnswer, AttioCall, data};
use crate::attio::cell::{self, taken};
use crate::attio::refusal::AttioRefusal;
use crate::attio::row::{id, stamp, text};
use crate::attio::schema::{BodyShape, JsonKind, SchemaField};
use crate::attio::{history, value};
use jiff::Timestamp;
use serde_json::{Map, Value, json};

const BODY: BodyShape = BodyShape {
    fields: &[
        SchemaField::required("values", JsonKind::List(&JsonKind::Map, 1)),
        SchemaField::required("replace_history", JsonKind::Flag),
    ],
    strict: false,
};

/// What is said of a value beside the value.
const BESIDE: [&str; 4] = ["active_from", "active_until", "created_by_actor", "attribute_type"];

/// A value, and from when to when it was one.
struct DatedValue {
    from: Timestamp,
    until: Option<Timestamp>,
    value: Value,
}

/// `PUT …/attributes/{attribute}/values`: every value that was there goes.
pub(crate) fn write(call: &mut AttioCall) -> AttioAnswer {
    let body = Value::Object(call.data(&BODY)?);
    if body["replace_history"] != true {
        return Err(AttioRefusal::invalid("replace_history must be true: every value that is there is replaced."));
    }
    let place = parent(call)?;
    let mut row = owner(call, &place)?;
    let attribute = find(call, &place, call.part(5))?;
    let slug = text(&attribute, "api_slug");
    if attribute["is_writable"] != true || attribute["is_archived"] == true {
        let message = format!("Attribute with slug \"{slug}\" is not writable.");
        return Err(AttioRefusal::refused("system_edit_unauthorized", message));
    }
    let relationship = attribute.get("_reverse").map(|_| "a relationship");
    if let Some(kind) = untold(&place, &attribute).or(relationship) {
        return Err(AttioRefusal::invalid(format!("The history of {kind} attribute cannot be written.")));
    }
    let sent = body["values"].as_array().into_iter().flatten().filter_map(Value::as_object);
    let mut all = sent.map(|sent| read(call, &attribute, sent)).collect::<Result<Vec<_>, _>>()?;
    all.sort_by_key(|one| one.from);
    let follows = |pair: &[DatedValue]| pair[0].until.is_some_and(|until| until <= pair[1].from);
    if attribute["is_multiselect"] != true && !all.windows(2).all(follows) {
        return Err(AttioRefusal::invalid(format!("Attribute with slug \"{slug}\" holds one value at a time.")));
    }
    let is_active = |one: &&DatedValue| one.until.is_none();
    let active: Vec<Value> = all.iter().filter(is_active).map(|one| one.value.clone()).collect();
    let attribute_id = id(&attribute, "attribute_id").to_owned();
    if active.is_empty() && attribute["is_required"] == true {
        let message = format!("Required value for attribute with ID \"{attribute_id}\" was not provided.");
        return Err(AttioRefusal::refused("missing_value", message));
    }
    let owner = call.part(3).to_owned();
    let held = taken(Some(row["_values"].clone()));
    row["_values"][&attribute_id] = Value::Array(active);
    cell::claim(call, &place.id, &owner, &held, &taken(Some(row["_values"].clone())))?;
    call.store.put(&table(&place), &owner, row);
    let was = all.iter().filter(|one| one.until.is_some()).map(|one| one.value.clone()).collect();
    history::replace(call.store, &place.id, &owner, &attribute_id, was);
    data(all.into_iter().map(|one| one.value).collect())
}

fn read(call: &AttioCall, attribute: &Value, sent: &Map<String, Value>) -> Result<DatedValue, AttioRefusal> {
    let time = |key: &str| match sent.get(key) {
        None | Some(Value::Null) => Ok(None),
        Some(at) => at
            .as_str()
            .and_then(|at| at.parse::<Timestamp>().ok())
            .map(Some)
            .ok_or_else(|| AttioRefusal::invalid(format!("{key} must be a time in ISO 8601."))),
    };
    let until = time("active_until")?;
    let from = time("active_from")?.ok_or_else(|| AttioRefusal::invalid("Each value needs its active_from."))?;
    if until.is_some_and(|until| until < from) {
        return Err(AttioRefusal::invalid("active_until must not be before active_from."));
    }
    let own = sent.iter().filter(|(key, _)| !BESIDE.contains(&key.as_str()));
    let own = Value::Object(own.map(|(key, value)| (key.clone(), value.clone())).collect());
    let parsed = value::parse(call, attribute, &own)?.into_iter().next().unwrap_or_default();
    let mut value = cell::wrap(&stamp(from), &call.actor(), parsed);
    value["active_until"] = until.map_or(Value::Null, |until| json!(stamp(until)));
    Ok(DatedValue { from, until, value })
}
