//! Notes on records.

mod markdown;
pub(crate) mod rows;

use super::call::{AttioAnswer, AttioCall, data};
use super::refusal::AttioRefusal;
use super::row::{id, new_id, shown, stamp, text};
use super::schema::{BodyShape, JsonKind, SchemaField};
use super::validate::is_uuid;
use crate::attio::object::rows as objects;
use crate::attio::record::rows as records;
use jiff::Timestamp;
use rows::TABLE;
use serde_json::{Value, json};

const FORMAT: JsonKind = JsonKind::OneOf(&["plaintext", "markdown"]);

const CREATE: BodyShape = BodyShape {
    fields: &[
        SchemaField::required("parent_object", JsonKind::Text),
        SchemaField::required("parent_record_id", JsonKind::Uuid),
        SchemaField::required("title", JsonKind::Text),
        SchemaField::required("format", FORMAT),
        SchemaField::required("content", JsonKind::Text),
        SchemaField::optional("created_at", JsonKind::Text),
        SchemaField::optional("meeting_id", JsonKind::Nullable(&JsonKind::Uuid)),
    ],
    strict: false,
};

const UPDATE: BodyShape = BodyShape {
    fields: &[
        SchemaField::optional("title", JsonKind::Text),
        SchemaField::optional("format", FORMAT),
        SchemaField::optional("content", JsonKind::Text),
    ],
    strict: false,
};

fn find(call: &AttioCall) -> Result<Value, AttioRefusal> {
    let reference = call.part(1);
    let row = is_uuid(reference).then(|| call.store.get(TABLE, reference).cloned()).flatten();
    row.ok_or_else(|| AttioRefusal::missing(format!("Note with ID \"{reference}\" was not found.")))
}

/// The object of a record that is there.
fn parent(call: &AttioCall, object: &str, record: &str) -> Result<Value, AttioRefusal> {
    let object = objects::for_records(call, object)?;
    if !records::exists(call.store, id(&object, "object_id"), record) {
        return Err(AttioRefusal::missing(format!("Record with ID \"{record}\" not found.")));
    }
    Ok(object)
}

/// A note as it is answered, with the slug of its object as it is now.
fn show(call: &AttioCall, row: &Value) -> Value {
    let mut answer = shown(row);
    let object = objects::any(call.store, text(row, "_object")).unwrap_or_default();
    answer["parent_object"] = object["api_slug"].clone();
    answer
}

pub(crate) fn list(call: &mut AttioCall) -> AttioAnswer {
    let limit = call.whole("limit", 1, 50, 10)?;
    let offset = call.whole("offset", 0, usize::MAX, 0)?;
    let of = match (call.request.query("parent_object"), call.request.query("parent_record_id")) {
        (None, None) => None,
        (Some(object), Some(record)) => {
            parent(call, object, record)?;
            Some(record)
        }
        _ => {
            let message = "parent_object and parent_record_id must be given together.";
            return Err(AttioRefusal::invalid(message));
        }
    };
    let rows = call.store.rows(TABLE).map(|(_, row)| row);
    let asked = rows.filter(|row| of.is_none_or(|of| text(row, "parent_record_id") == of));
    data(asked.skip(offset).take(limit).map(|row| show(call, row)).collect())
}

pub(crate) fn get(call: &mut AttioCall) -> AttioAnswer {
    data(show(call, &find(call)?))
}

pub(crate) fn create(call: &mut AttioCall) -> AttioAnswer {
    let body = Value::Object(call.data(&CREATE)?);
    let object = parent(call, text(&body, "parent_object"), text(&body, "parent_record_id"))?;
    let created_at = match body["created_at"].as_str() {
        Some(sent) => moment(call, sent)?,
        None => call.now(),
    };
    if let Some(meeting) = body["meeting_id"].as_str() {
        // No sandbox has meetings.
        return Err(AttioRefusal::missing(format!("Meeting with ID \"{meeting}\" not found.")));
    }
    let note_id = new_id();
    let mut row = json!({
        "id": {"workspace_id": call.workspace, "note_id": note_id},
        "parent_object": object["api_slug"],
        "parent_record_id": body["parent_record_id"],
        "title": body["title"],
        "meeting_id": null,
        "content_plaintext": null,
        "content_markdown": null,
        "tags": [],
        "created_by_actor": call.actor(),
        "created_at": created_at,
        "_object": object["id"]["object_id"],
    });
    write(&mut row, text(&body, "format"), text(&body, "content"));
    call.store.put(TABLE, &note_id, row.clone());
    data(show(call, &row))
}

pub(crate) fn update(call: &mut AttioCall) -> AttioAnswer {
    let changes = Value::Object(call.data(&UPDATE)?);
    let mut row = find(call)?;
    if let Some(title) = changes.get("title") {
        row["title"] = title.clone();
    }
    match (changes["format"].as_str(), changes["content"].as_str()) {
        (Some(format), Some(content)) => write(&mut row, format, content),
        (None, Some(_)) => return Err(AttioRefusal::invalid("content must be given with its format.")),
        (_, None) => {}
    }
    call.store.put(TABLE, id(&row, "note_id"), row.clone());
    data(show(call, &row))
}

pub(crate) fn delete(call: &mut AttioCall) -> AttioAnswer {
    let row = find(call)?;
    call.store.remove(TABLE, id(&row, "note_id"));
    Ok(json!({}))
}

/// Puts the text of a note into both of its forms.
fn write(row: &mut Value, format: &str, content: &str) {
    let plain = if format == "markdown" { markdown::plain(content) } else { content.to_owned() };
    row["content_plaintext"] = json!(plain);
    row["content_markdown"] = json!(content);
}

/// When a note was written, where it says so: not before 1970, not in the future.
fn moment(call: &AttioCall, sent: &str) -> Result<String, AttioRefusal> {
    let then: Option<Timestamp> = sent.parse().ok();
    let is_past = |then: &Timestamp| *then >= Timestamp::UNIX_EPOCH && *then <= call.settings.clock();
    then.filter(is_past).map(stamp).ok_or_else(|| {
        AttioRefusal::invalid("created_at must be a time in ISO 8601, not before 1970 and not in the future.")
    })
}
