//! Webhooks.

use super::call::{AttioAnswer, AttioCall, data};
use super::names;
use super::refusal::AttioRefusal;
use super::row::{id, new_id, shown, text};
use super::schema::{BodyShape, JsonKind, SchemaField};
use super::validate::is_uuid;
use crate::attio::list::rows as lists;
use crate::store::Store;
use serde_json::{Map, Value, json};
use uuid::Uuid;

const TABLE: &str = "attio.webhooks";
const SUBSCRIPTIONS: &str = "subscriptions";
const EVENTS: JsonKind = JsonKind::OneOf(&[
    "activity.created",
    "activity.updated",
    "activity.deleted",
    "activity-attribute.created",
    "activity-attribute.updated",
    "activity-record.created",
    "activity-record.deleted",
    "call-recording.created",
    "comment.created",
    "comment.resolved",
    "comment.unresolved",
    "comment.deleted",
    "list.created",
    "list.updated",
    "list.deleted",
    "list-attribute.created",
    "list-attribute.updated",
    "list-entry.created",
    "list-entry.updated",
    "list-entry.deleted",
    "object-attribute.created",
    "object-attribute.updated",
    "note.created",
    "note-content.updated",
    "note.updated",
    "note.deleted",
    "record.created",
    "record.merged",
    "record.updated",
    "record.deleted",
    "task.created",
    "task.updated",
    "task.deleted",
    "workspace-member.created",
]);

const TEST: BodyShape = BodyShape {
    fields: &[
        SchemaField::required("field", JsonKind::Text),
        SchemaField::required("operator", JsonKind::OneOf(&["equals", "not_equals"])),
        SchemaField::required("value", JsonKind::Text),
    ],
    strict: false,
};

const ALL: BodyShape =
    BodyShape { fields: &[SchemaField::required("$and", JsonKind::List(&JsonKind::Object(&TEST), 0))], strict: true };
const ANY: BodyShape =
    BodyShape { fields: &[SchemaField::required("$or", JsonKind::List(&JsonKind::Object(&TEST), 0))], strict: true };
const SUBSCRIPTION: BodyShape = BodyShape {
    fields: &[
        SchemaField::required("event_type", EVENTS),
        SchemaField::required(
            "filter",
            JsonKind::Union(&[JsonKind::Object(&ALL), JsonKind::Object(&ANY), JsonKind::Null]),
        ),
    ],
    strict: false,
};

const CREATE: BodyShape = BodyShape {
    fields: &[
        SchemaField::required("target_url", JsonKind::Https),
        SchemaField::required("subscriptions", JsonKind::List(&JsonKind::Object(&SUBSCRIPTION), 0)),
    ],
    strict: false,
};

const UPDATE: BodyShape = BodyShape {
    fields: &[
        SchemaField::optional("target_url", JsonKind::Https),
        SchemaField::optional("subscriptions", JsonKind::List(&JsonKind::Object(&SUBSCRIPTION), 0)),
    ],
    strict: false,
};

fn find(store: &Store, reference: &str) -> Result<Value, AttioRefusal> {
    let row = is_uuid(reference).then(|| store.get(TABLE, reference).cloned()).flatten();
    row.ok_or_else(|| AttioRefusal::missing(format!("Webhook with ID \"{reference}\" was not found.")))
}

pub(crate) fn list(call: &mut AttioCall) -> AttioAnswer {
    let limit = call.whole("limit", 10, 100, 10)?;
    let offset = call.whole("offset", 0, usize::MAX, 0)?;
    data(call.store.rows(TABLE).skip(offset).take(limit).map(|(_, row)| shown(row)).collect())
}

pub(crate) fn get(call: &mut AttioCall) -> AttioAnswer {
    data(shown(&find(call.store, call.part(1))?))
}

pub(crate) fn create(call: &mut AttioCall) -> AttioAnswer {
    let body = Value::Object(call.data(&CREATE)?);
    let webhook_id = new_id();
    let row = json!({
        "id": {"workspace_id": call.workspace, "webhook_id": webhook_id},
        "target_url": body["target_url"],
        "status": "active",
        "subscriptions": subscriptions(&body),
        "created_at": call.now(),
    });
    check(call.store, &row)?;
    claim(call.store, &row);
    call.store.put(TABLE, &webhook_id, row.clone());
    let mut answer = shown(&row);
    answer["secret"] = json!(format!("{}{}", Uuid::new_v4().simple(), Uuid::new_v4().simple()));
    data(answer)
}

pub(crate) fn update(call: &mut AttioCall) -> AttioAnswer {
    let changes = Value::Object(call.data(&UPDATE)?);
    let old = find(call.store, call.part(1))?;
    let mut row = old.clone();
    if let Some(url) = changes.get("target_url") {
        row["target_url"] = url.clone();
    }
    if changes.get("subscriptions").is_some() {
        row["subscriptions"] = subscriptions(&changes);
    }
    check(call.store, &row)?;
    release(call.store, &old);
    claim(call.store, &row);
    call.store.put(TABLE, id(&row, "webhook_id"), row.clone());
    data(shown(&row))
}

pub(crate) fn delete(call: &mut AttioCall) -> AttioAnswer {
    let row = find(call.store, call.part(1)).map_err(|_| AttioRefusal::missing("Webhook not found"))?;
    release(call.store, &row);
    call.store.remove(TABLE, id(&row, "webhook_id"));
    Ok(json!({}))
}

fn subscriptions(body: &Value) -> Value {
    let one = |s: &Value| json!({"event_type": s["event_type"], "filter": s["filter"]});
    body["subscriptions"].as_array().into_iter().flatten().map(one).collect()
}

/// Lists in filters must exist, and no subscription may exist twice, here or elsewhere.
fn check(store: &Store, row: &Value) -> Result<(), AttioRefusal> {
    for subscription in row["subscriptions"].as_array().into_iter().flatten() {
        for test in tests(&subscription["filter"]) {
            if text(test, "field") == "id.list_id" && lists::find(store, text(test, "value")).is_none() {
                return Err(AttioRefusal::invalid("Related list not found"));
            }
        }
    }
    let mut keys = keys(row);
    keys.sort();
    let twice = keys.windows(2).any(|pair| pair[0] == pair[1]);
    if twice || keys.iter().any(|key| names::is_taken(store, SUBSCRIPTIONS, key, id(row, "webhook_id"))) {
        let message = "Each subscription must have a unique combination of target URL, event type and filter.";
        return Err(AttioRefusal::duplicate(message));
    }
    Ok(())
}

fn claim(store: &mut Store, row: &Value) {
    for key in keys(row) {
        names::claim(store, SUBSCRIPTIONS, &key, id(row, "webhook_id"));
    }
}

fn release(store: &mut Store, row: &Value) {
    for key in keys(row) {
        names::release(store, SUBSCRIPTIONS, &key);
    }
}

/// One text for each subscription, the same for any order of operands and keys.
fn keys(row: &Value) -> Vec<String> {
    let one = |subscription: &Value| {
        let filter = &subscription["filter"];
        let mut sorted: Vec<String> =
            tests(filter).map(|test| json!([test["field"], test["operator"], test["value"]]).to_string()).collect();
        sorted.sort();
        // Nothing that must hold is no filter.
        let join = filter.as_object().and_then(|f: &Map<_, _>| f.keys().next()).map(String::as_str);
        let join = join.filter(|join| *join != "$and" || !sorted.is_empty());
        json!([row["target_url"], subscription["event_type"], join, sorted]).to_string()
    };
    row["subscriptions"].as_array().into_iter().flatten().map(one).collect()
}

fn tests(filter: &Value) -> impl Iterator<Item = &Value> {
    ["$and", "$or"].into_iter().filter_map(|join| filter[join].as_array()).flatten()
}
