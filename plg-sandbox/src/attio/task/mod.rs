//! Tasks.

mod links;
pub(crate) mod rows;

use super::call::{AttioAnswer, AttioCall, data};
use super::refusal::AttioRefusal;
use super::row::{id, new_id, shown, stamp, text};
use super::schema::{BodyShape, JsonKind, SchemaField};
use super::validate::{flag, is_uuid};
use crate::attio::object::rows as objects;
use crate::attio::record::rows as records;
use crate::store::Store;
use jiff::Timestamp;
use rows::{TABLE, is_linked};
use serde_json::{Map, Value, json};

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
    let asked = |key: &str| call.request.query(key);
    let completed = match asked("is_completed") {
        None => None,
        said => Some(flag(said, "is_completed")?),
    };
    let (by_completion, is_latest_first) = match asked("sort") {
        None | Some("created_at:asc") => (false, false),
        Some("created_at:desc") => (false, true),
        Some("completed_at:asc") => (true, false),
        Some("completed_at:desc") => (true, true),
        Some(_) => {
            return Err(AttioRefusal::invalid("sort must be created_at or completed_at, with :asc or :desc."));
        }
    };
    let linked = match (asked("linked_object"), asked("linked_record_id")) {
        (None, None) => None,
        (Some(object), Some(record)) => {
            let object = objects::for_records(call, object)?;
            if !records::exists(call.store, id(&object, "object_id"), record) {
                return Err(AttioRefusal::missing(format!("Record with ID \"{record}\" not found.")));
            }
            Some(record)
        }
        _ => return Err(AttioRefusal::invalid("linked_object and linked_record_id must be given together.")),
    };
    // Nothing and `null` stand for nobody.
    let assignee = asked("assignee").map(|said| match said {
        "" | "null" => None,
        said => Some(links::member(call, said).unwrap_or_else(|| said.to_owned())),
    });
    let is_for = |row: &Value, whom: &Option<String>| {
        let all = row["assignees"].as_array().map_or(&[][..], Vec::as_slice);
        whom.as_ref().map_or(all.is_empty(), |whom| all.iter().any(|one| text(one, "referenced_actor_id") == whom))
    };
    let rows = call.store.rows(TABLE).map(|(_, row)| row).filter(|row| {
        completed.is_none_or(|completed| row["is_completed"] == completed)
            && linked.is_none_or(|record| is_linked(row, record))
            && assignee.as_ref().is_none_or(|whom| is_for(row, whom))
    });
    let mut rows: Vec<&Value> = rows.collect();
    if by_completion {
        // What is open has no time, and so comes first.
        rows.sort_by_key(|row| row["completed_at"].as_str());
    }
    if is_latest_first {
        rows.reverse();
    }
    data(rows.into_iter().skip(offset).take(limit).map(view).collect())
}

pub(crate) fn get(call: &mut AttioCall) -> AttioAnswer {
    data(view(&find(call.store, call.part(1))?))
}

/// A task as it is answered. One from before times of completion were kept has none.
fn view(row: &Value) -> Value {
    let mut task = shown(row);
    if task.get("completed_at").is_none() {
        task["completed_at"] = Value::Null;
    }
    task
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
    change(call, &mut row, body)?;
    call.store.put(TABLE, &task_id, row.clone());
    data(view(&row))
}

pub(crate) fn update(call: &mut AttioCall) -> AttioAnswer {
    let changes = call.data(&UPDATE)?;
    let mut row = find(call.store, call.part(1))?;
    change(call, &mut row, changes)?;
    call.store.put(TABLE, id(&row, "task_id"), row.clone());
    data(view(&row))
}

pub(crate) fn delete(call: &mut AttioCall) -> AttioAnswer {
    let row = find(call.store, call.part(1))?;
    call.store.remove(TABLE, id(&row, "task_id"));
    Ok(json!({}))
}

fn change(call: &AttioCall, row: &mut Value, changes: Map<String, Value>) -> Result<(), AttioRefusal> {
    for (key, value) in changes {
        let value = match (key.as_str(), &value) {
            ("linked_records", _) => links::records(call, &value)?,
            ("assignees", _) => links::assignees(call, &value)?,
            ("deadline_at", Value::String(sent)) => match sent.parse::<Timestamp>() {
                Ok(then) => json!(stamp(then)),
                Err(_) => return Err(AttioRefusal::invalid("deadline_at must be a time in ISO 8601.")),
            },
            ("is_completed", _) => {
                let was = row["completed_at"].clone();
                let is_done = value == true;
                row["completed_at"] = if !is_done {
                    Value::Null
                } else if was.is_null() {
                    json!(call.now())
                } else {
                    was
                };
                value
            }
            ("deadline_at", _) => value,
            _ => continue,
        };
        row[key] = value;
    }
    Ok(())
}
