//! Tasks.

use super::call::{AttioAnswer, AttioCall, data};
use super::refusal::AttioRefusal;
use super::row::{id, new_id, shown};
use super::schema::{BodyShape, JsonKind, SchemaField};
use super::validate::is_uuid;
use crate::store::Store;
use serde_json::{Map, Value, json};

const TABLE: &str = "attio.tasks";

/// The most letters of what is to be done.
const LONGEST: usize = 2_000;

const DEADLINE: JsonKind = JsonKind::Nullable(&JsonKind::Text);
const OBJECTS: JsonKind = JsonKind::List(&JsonKind::Map, 0);

const CREATE: BodyShape = BodyShape {
    fields: &[
        SchemaField::required("content", JsonKind::Word),
        SchemaField::required("format", JsonKind::OneOf(&["plaintext"])),
        SchemaField::required("deadline_at", DEADLINE),
        SchemaField::required("is_completed", JsonKind::Flag),
        SchemaField::required("linked_records", OBJECTS),
        SchemaField::required("assignees", OBJECTS),
    ],
    strict: false,
};

const UPDATE: BodyShape = BodyShape {
    fields: &[
        SchemaField::optional("deadline_at", DEADLINE),
        SchemaField::optional("is_completed", JsonKind::Flag),
        SchemaField::optional("linked_records", OBJECTS),
        SchemaField::optional("assignees", OBJECTS),
    ],
    strict: false,
};

fn find(store: &Store, reference: &str) -> Result<Value, AttioRefusal> {
    let row = is_uuid(reference).then(|| store.get(TABLE, reference).cloned()).flatten();
    row.ok_or_else(|| AttioRefusal::missing(format!("Task with ID \"{reference}\" was not found.")))
}

pub(crate) fn list(call: &mut AttioCall) -> AttioAnswer {
    let limit = call.whole("limit", 1, 500, 500)?;
    let offset = call.whole("offset", 0, usize::MAX, 0)?;
    let completed = call.request.query("is_completed").map(|asked| asked == "true");
    let rows = call.store.rows(TABLE).map(|(_, row)| row);
    let asked = rows.filter(|row| completed.is_none_or(|completed| row["is_completed"] == completed));
    data(asked.skip(offset).take(limit).map(shown).collect())
}

pub(crate) fn get(call: &mut AttioCall) -> AttioAnswer {
    data(shown(&find(call.store, call.part(1))?))
}

pub(crate) fn create(call: &mut AttioCall) -> AttioAnswer {
    let mut body = call.data(&CREATE)?;
    let content = body.remove("content").unwrap_or_default();
    if content.as_str().is_some_and(|content| content.chars().count() > LONGEST) {
        return Err(AttioRefusal::invalid("Content must be 2000 characters or fewer."));
    }
    body.remove("format");
    let task_id = new_id();
    let mut row = json!({
        "id": {"workspace_id": call.workspace, "task_id": task_id},
        "content_plaintext": content,
        "created_by_actor": call.actor(),
        "created_at": call.now(),
    });
    change(&mut row, body);
    call.store.put(TABLE, &task_id, row.clone());
    data(shown(&row))
}

pub(crate) fn update(call: &mut AttioCall) -> AttioAnswer {
    let changes = call.data(&UPDATE)?;
    let mut row = find(call.store, call.part(1))?;
    change(&mut row, changes);
    call.store.put(TABLE, id(&row, "task_id"), row.clone());
    data(shown(&row))
}

pub(crate) fn delete(call: &mut AttioCall) -> AttioAnswer {
    let row = find(call.store, call.part(1))?;
    call.store.remove(TABLE, id(&row, "task_id"));
    Ok(json!({}))
}

fn change(row: &mut Value, changes: Map<String, Value>) {
    let keys: Vec<&str> = UPDATE.keys().collect();
    for (key, value) in changes.into_iter().filter(|(key, _)| keys.contains(&key.as_str())) {
        row[key] = value;
    }
}
