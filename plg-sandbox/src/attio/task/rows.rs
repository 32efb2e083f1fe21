//! How tasks are stored and found.

use crate::attio::row::text;
use crate::store::Store;
use serde_json::{Value, json};

pub(crate) const TABLE: &str = "attio.tasks";

/// Whether a task is linked to a record.
pub(crate) fn is_linked(task: &Value, record: &str) -> bool {
    links(task).any(|link| text(link, "target_record_id") == record)
}

/// The links of a task.
fn links(task: &Value) -> impl Iterator<Item = &Value> {
    task["linked_records"].as_array().into_iter().flatten()
}

/// Changes the links of each task that is linked to a record.
fn relink(store: &mut Store, record: &str, change: impl Fn(&Value) -> Option<Value>) {
    let tasks: Vec<(String, Value)> = store
        .rows(TABLE)
        .filter(|(_, row)| is_linked(row, record))
        .map(|(key, row)| (key.to_owned(), row.clone()))
        .collect();
    for (key, mut task) in tasks {
        let kept =
            |link: &Value| if text(link, "target_record_id") == record { change(link) } else { Some(link.clone()) };
        task["linked_records"] = links(&task.clone()).filter_map(kept).collect();
        store.put(TABLE, &key, task);
    }
}

/// Takes a record that goes out of the tasks that are linked to it.
pub(crate) fn unlink(store: &mut Store, record: &str) {
    relink(store, record, |_| None);
}

/// Links tasks of a record to the one that it became.
pub(crate) fn move_to(store: &mut Store, record: &str, other: &str) {
    relink(store, record, |link| {
        let mut link = link.clone();
        link["target_record_id"] = json!(other);
        Some(link)
    });
}
