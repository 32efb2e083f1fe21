//! Webhooks.

use super::call::{Answer, Call, data};
use super::names;
use super::refusal::Problem;
use super::row::{id, new_id, shown, text};
use super::validate::{Field, Kind, Shape, is_uuid};
use crate::attio::list::rows as lists;
use crate::store::Store;
use serde_json::{Map, Value, json};
use uuid::Uuid;

const TABLE: &str = "attio.webhooks";
const SUBSCRIPTIONS: &str = "subscriptions";
const EVENTS: Kind = Kind::OneOf(&[
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

const TEST: Shape = Shape {
    fields: &[
        Field::required("field", Kind::Text),
        Field::required("operator", Kind::OneOf(&["equals", "not_equals"])),
        Field::required("value", Kind::Text),
    ],
    strict: false,
};

const ALL: Shape = Shape { fields: &[Field::required("$and", Kind::List(&Kind::Object(&TEST), 0))], strict: true };
const ANY: Shape = Shape { fields: &[Field::required("$or", Kind::List(&Kind::Object(&TEST), 0))], strict: true };
const SUBSCRIPTION: Shape = Shape {
    fields: &[
        Field::required("event_type", EVENTS),
        Field::required("filter", Kind::Union(&[Kind::Object(&ALL), Kind::Object(&ANY), Kind::Null])),
    ],
    strict: false,
};

const CREATE: Shape = Shape {
    fields: &[
        Field::required("target_url", Kind::Https),
        Field::required("subscriptions", Kind::List(&Kind::Object(&SUBSCRIPTION), 0)),
    ],
    strict: false,
};

const UPDATE: Shape = Shape {
    fields: &[
        Field::optional("target_url", Kind::Https),
        Field::optional("subscriptions", Kind::List(&Kind::Object(&SUBSCRIPTION), 0)),
    ],
    strict: false,
};

fn find(store: &Store, reference: &str) -> Result<Value, Problem> {
    let row = is_uuid(reference).then(|| store.get(TABLE, reference).cloned()).flatten();
    row.ok_or_else(|| Problem::missing(format!("Webhook with ID \"{reference}\" was not found.")))
}

pub(crate) fn list(call: &mut Call) -> Answer {
    let limit = call.whole("limit", 10, 100, 10)?;
    let offset = call.whole("offset", 0, usize::MAX, 0)?;
    data(call.store.rows(TABLE).skip(offset).take(limit).map(|(_, row)| shown(row)).collect())
}

pub(crate) fn get(call: &mut Call) -> Answer {
    data(shown(&find(call.store, call.part(1))?))
}

pub(crate) fn create(call: &mut Call) -> Answer {
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

pub(crate) fn update(call: &mut Call) -> Answer {
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

pub(crate) fn delete(call: &mut Call) -> Answer {
    let row = find(call.store, call.part(1)).map_err(|_| Problem::missing("Webhook not found"))?;
    release(call.store, &row);
    call.store.remove(TABLE, id(&row, "webhook_id"));
    Ok(json!({}))
}

fn subscriptions(body: &Value) -> Value {
    let one = |s: &Value| json!({"event_type": s["event_type"], "filter": s["filter"]});
    body["subscriptions"].as_array().into_iter().flatten().map(one).collect()
}

/// Lists in filters must exist, and no subscription may exist twice, here or elsewhere.
fn check(store: &Store, row: &Value) -> Result<(), Problem> {
    for subscription in row["subscriptions"].as_array().into_iter().flatten() {
        for test in tests(&subscription["filter"]) {
            if text(test, "field") == "id.list_id" && lists::find(store, text(test, "value")).is_none() {
                return Err(Problem::invalid("Related list not found"));
            }
        }
    }
    let mut keys = keys(row);
    keys.sort();
    let twice = keys.windows(2).any(|pair| pair[0] == pair[1]);
    if twice || keys.iter().any(|key| names::is_taken(store, SUBSCRIPTIONS, key, id(row, "webhook_id"))) {
        let message = "Each subscription must have a unique combination of target URL, event type and filter.";
        return Err(Problem::duplicate(message));
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
        let join = filter.as_object().and_then(|f: &Map<_, _>| f.keys().next()).map(String::as_str);
        json!([row["target_url"], subscription["event_type"], join, sorted]).to_string()
    };
    row["subscriptions"].as_array().into_iter().flatten().map(one).collect()
}

fn tests(filter: &Value) -> impl Iterator<Item = &Value> {
    ["$and", "$or"].into_iter().filter_map(|join| filter[join].as_array()).flatten()
}
