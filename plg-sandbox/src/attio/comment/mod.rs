//! Comments on records and list entries; each is in a thread.

pub(crate) mod rows;
pub(crate) mod thread;

use super::call::{AttioAnswer, AttioCall, data};
use super::refusal::AttioRefusal;
use super::row::{id, new_id, stamp, text};
use super::schema::{BodyShape, JsonKind, SchemaField};
use super::validate::is_uuid;
use super::{member, token};
use crate::attio::entry::rows as entries;
use crate::attio::list::rows as lists;
use crate::attio::object::rows as objects;
use crate::attio::record::rows as records;
use jiff::Timestamp;
use rows::{COMMENTS, THREADS, of_thread, remove_thread};
use serde_json::{Value, json};

const AUTHOR: BodyShape = BodyShape {
    fields: &[
        SchemaField::required("type", JsonKind::OneOf(&["workspace-member"])),
        SchemaField::required("id", JsonKind::Uuid),
    ],
    strict: false,
};

const RECORD: BodyShape = BodyShape {
    fields: &[SchemaField::required("object", JsonKind::Text), SchemaField::required("record_id", JsonKind::Uuid)],
    strict: false,
};

const ENTRY: BodyShape = BodyShape {
    fields: &[SchemaField::required("list", JsonKind::Text), SchemaField::required("entry_id", JsonKind::Uuid)],
    strict: false,
};

const CREATE: BodyShape = BodyShape {
    fields: &[
        SchemaField::required("format", JsonKind::OneOf(&["plaintext"])),
        SchemaField::required("content", JsonKind::Text),
        SchemaField::required("author", JsonKind::Object(&AUTHOR)),
        SchemaField::optional("created_at", JsonKind::Text),
        SchemaField::optional("thread_id", JsonKind::Uuid),
        SchemaField::optional("record", JsonKind::Object(&RECORD)),
        SchemaField::optional("entry", JsonKind::Object(&ENTRY)),
    ],
    strict: false,
};

/// What comments on records and on entries need beside their own scope.
pub(super) const ON_RECORDS: &[&str] = &["object_configuration:read", "record_permission:read"];
pub(super) const ON_ENTRIES: &[&str] = &["list_configuration:read", "list_entry:read"];

/// What a thread is about: a record, or an entry and the record that the entry is of.
struct ThreadSubject {
    object: Value,
    record: Value,
    list: Value,
    entry: Value,
}

/// Refuses a key that may not see what is commented on.
pub(super) fn permit(call: &AttioCall, scopes: &[&str]) -> Result<(), AttioRefusal> {
    token::permit(&token::of(call.request, call.settings)?, scopes)
}

/// What a body names that is not there.
fn gone(what: &str) -> AttioRefusal {
    AttioRefusal::unknown(format!("The referenced {what} could not be found, it might have been deleted.")).camel()
}

fn find(call: &AttioCall) -> Result<Value, AttioRefusal> {
    let reference = call.part(1);
    let row = is_uuid(reference).then(|| call.store.get(COMMENTS, reference).cloned()).flatten();
    row.ok_or_else(|| AttioRefusal::missing(format!("Could not find Comment with ID \"{reference}\".")))
}

/// A comment as it is answered: what it is about, its thread says.
pub(super) fn show(call: &AttioCall, row: &Value) -> Value {
    let thread = call.store.get(THREADS, text(row, "thread_id")).cloned().unwrap_or_default();
    let is_on_entry = thread["_entry"].is_string();
    let entry = json!({"entry_id": thread["_entry"], "list_id": thread["_list"]});
    json!({
        "id": row["id"],
        "thread_id": row["thread_id"],
        "content_plaintext": row["content_plaintext"],
        "entry": if is_on_entry { entry } else { Value::Null },
        "record": {"record_id": thread["_record"], "object_id": thread["_object"]},
        "resolved_at": null,
        "resolved_by": {"type": null, "id": null},
        "created_at": row["created_at"],
        "author": row["author"],
    })
}

pub(crate) fn create(call: &mut AttioCall) -> AttioAnswer {
    let body = Value::Object(call.data(&CREATE)?);
    let author = text(&body["author"], "id");
    member::find(call.store, author).ok_or_else(|| gone("Workspace Member"))?;
    let created_at = match body["created_at"].as_str() {
        None => call.now(),
        Some(sent) => match sent.parse::<Timestamp>() {
            Ok(then) => stamp(then),
            Err(_) => return Err(AttioRefusal::invalid("created_at must be a time in ISO 8601.")),
        },
    };
    let (workspace, comment_id) = (call.workspace.clone(), new_id());
    let thread_id = match (body.get("thread_id"), body.get("record"), body.get("entry")) {
        (Some(thread), None, None) => {
            let thread = thread.as_str().unwrap_or_default();
            let row = call.store.get(THREADS, thread).ok_or_else(|| gone("Thread"))?;
            permit(call, if row["_entry"].is_string() { ON_ENTRIES } else { ON_RECORDS })?;
            thread.to_owned()
        }
        (None, Some(record), None) => {
            permit(call, ON_RECORDS)?;
            let subject = on_record(call, record)?;
            open(call, &subject, &created_at)
        }
        (None, None, Some(entry)) => {
            permit(call, ON_ENTRIES)?;
            let subject = on_entry(call, entry)?;
            open(call, &subject, &created_at)
        }
        _ => return Err(AttioRefusal::invalid("Exactly one of thread_id, record and entry must be given.")),
    };
    let row = json!({
        "id": {"workspace_id": workspace, "comment_id": comment_id},
        "thread_id": thread_id,
        "content_plaintext": body["content"],
        "created_at": created_at,
        "author": {"type": "workspace-member", "id": author},
    });
    call.store.put(COMMENTS, &comment_id, row.clone());
    data(show(call, &row))
}

fn on_record(call: &AttioCall, sent: &Value) -> Result<ThreadSubject, AttioRefusal> {
    let object = objects::find(call, text(sent, "object")).ok_or_else(|| gone("Object"))?;
    let (object_id, record) = (id(&object, "object_id"), text(sent, "record_id"));
    if !records::exists(call.store, object_id, record) {
        return Err(gone("Record"));
    }
    Ok(ThreadSubject { object: json!(object_id), record: json!(record), list: Value::Null, entry: Value::Null })
}

fn on_entry(call: &AttioCall, sent: &Value) -> Result<ThreadSubject, AttioRefusal> {
    let list = lists::find(call.store, text(sent, "list")).ok_or_else(|| gone("List"))?;
    let (list_id, entry) = (id(&list, "list_id"), text(sent, "entry_id"));
    let row = call.store.get(&entries::table(list_id), entry).ok_or_else(|| gone("Entry"))?;
    Ok(ThreadSubject {
        object: row["_parent_object"].clone(),
        record: row["parent_record_id"].clone(),
        list: json!(list_id),
        entry: json!(entry),
    })
}

/// Opens a thread.
fn open(call: &mut AttioCall, subject: &ThreadSubject, created_at: &str) -> String {
    let thread_id = new_id();
    let row = json!({
        "id": {"workspace_id": call.workspace, "thread_id": thread_id},
        "created_at": created_at,
        "_object": subject.object,
        "_record": subject.record,
        "_list": subject.list,
        "_entry": subject.entry,
    });
    call.store.put(THREADS, &thread_id, row);
    thread_id
}

pub(crate) fn get(call: &mut AttioCall) -> AttioAnswer {
    data(show(call, &find(call)?))
}

/// The first of a thread takes the others along.
pub(crate) fn delete(call: &mut AttioCall) -> AttioAnswer {
    let row = find(call)?;
    let (comment, thread) = (id(&row, "comment_id"), text(&row, "thread_id"));
    let is_head = of_thread(call.store, thread).next().is_some_and(|(first, _)| first == comment);
    if is_head {
        remove_thread(call.store, thread);
    } else {
        call.store.remove(COMMENTS, comment);
    }
    Ok(json!({}))
}
