//! Threads of comments.

use super::rows::{THREADS, of_thread};
use super::{ON_ENTRIES, ON_RECORDS, permit, show};
use crate::attio::call::{AttioAnswer, AttioCall, data};
use crate::attio::entry::rows as entries;
use crate::attio::list::rows as lists;
use crate::attio::object::rows as objects;
use crate::attio::record::rows as records;
use crate::attio::refusal::AttioRefusal;
use crate::attio::row::{id, text};
use crate::attio::validate::is_uuid;
use jiff::Timestamp;
use serde_json::{Value, json};

/// The most comments of a thread that are answered at once.
const PAGE: usize = 250;

fn shown(call: &AttioCall, row: &Value) -> Value {
    with(call, row, of_thread(call.store, id(row, "thread_id")).map(|(_, comment)| comment))
}

fn with<'c>(call: &AttioCall, row: &Value, comments: impl Iterator<Item = &'c Value>) -> Value {
    let comments: Vec<Value> = comments.map(|comment| show(call, comment)).collect();
    json!({"id": row["id"], "comments": comments, "created_at": row["created_at"]})
}

pub(crate) fn get(call: &mut AttioCall) -> AttioAnswer {
    let reference = call.part(1);
    let row = is_uuid(reference).then(|| call.store.get(THREADS, reference).cloned()).flatten();
    let row = row.ok_or_else(|| AttioRefusal::missing(format!("Thread with ID \"{reference}\" was not found.")))?;
    permit(call, if row["_entry"].is_string() { ON_ENTRIES } else { ON_RECORDS })?;
    let limit = call.whole("limit", 1, PAGE, PAGE)?;
    let asked = |key: &str| call.request.query(key).filter(|said| !said.is_empty());
    let after = asked("created_after").map(str::parse::<Timestamp>).transpose();
    let after = after.map_err(|_| AttioRefusal::invalid("created_after must be a time in ISO 8601."))?;
    let is_asked = |comment: &&Value| {
        after.is_none_or(|after| text(comment, "created_at").parse::<Timestamp>().is_ok_and(|at| at > after))
    };
    let mut comments: Vec<&Value> = of_thread(call.store, reference).map(|(_, comment)| comment).collect();
    // A cursor is the comment that the page before ended with.
    if let Some(last) = asked("cursor") {
        let place = comments.iter().position(|comment| id(comment, "comment_id") == last);
        let place = place.ok_or_else(|| AttioRefusal::invalid("cursor is of no page of this thread."))?;
        comments.drain(..=place);
    }
    comments.retain(is_asked);
    let has_more = comments.len() > limit;
    comments.truncate(limit);
    let next = comments.last().filter(|_| has_more).map(|comment| id(comment, "comment_id"));
    Ok(json!({"data": with(call, &row, comments.iter().copied()), "pagination": {"next_cursor": next}}))
}

pub(crate) fn list(call: &mut AttioCall) -> AttioAnswer {
    let limit = call.whole("limit", 1, 50, 10)?;
    let offset = call.whole("offset", 0, usize::MAX, 0)?;
    let asked = |key: &str| call.request.query(key);
    let (key, of) = match (asked("object"), asked("record_id"), asked("list"), asked("entry_id")) {
        (Some(object), Some(record), None, None) => {
            permit(call, ON_RECORDS)?;
            let object = objects::for_records(call, object)?;
            if !records::exists(call.store, id(&object, "object_id"), record) {
                return Err(AttioRefusal::missing(format!("Record with ID \"{record}\" not found.")));
            }
            ("_record", record)
        }
        (None, None, Some(list), Some(entry)) => {
            permit(call, ON_ENTRIES)?;
            let list = lists::find(call.store, list).ok_or_else(|| lists::missing(list))?;
            if call.store.get(&entries::table(id(&list, "list_id")), entry).is_none() {
                return Err(AttioRefusal::missing(format!("Entry with ID \"{entry}\" not found.")));
            }
            ("_entry", entry)
        }
        _ => {
            let message = "Either object and record_id or list and entry_id must be given.";
            return Err(AttioRefusal::invalid(message));
        }
    };
    let rows = call.store.rows(THREADS).map(|(_, row)| row);
    // Comments on an entry are about its record, and are not on it.
    let is_asked = |row: &&Value| text(row, key) == of && (key == "_entry") == row["_entry"].is_string();
    data(rows.filter(is_asked).skip(offset).take(limit).map(|row| shown(call, row)).collect())
}
