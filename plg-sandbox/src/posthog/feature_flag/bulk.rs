//! Actions on many flags at once.

use super::filters::items;
use super::rows::{FLAGS, flag, set};
use super::{links, rows as flags};
use crate::message::Reply;
use crate::posthog::call::PosthogCall;
use crate::posthog::fault::{Fault, PosthogAnswer};
use crate::posthog::field::{BodyField, Holds};
use crate::posthog::json::{flagged, text, whole};
use serde_json::{Map, Value, json};

const TAGGING: &[BodyField] = &[
    BodyField::new("action", Holds::Word(&["add", "remove", "set"])).required(),
    BodyField::new("tags", Holds::List).required(),
];

fn ids(call: &PosthogCall) -> Result<Vec<u64>, Fault> {
    let sent: Vec<Value> = match call.request.query("ids") {
        Some(ids) => ids.split(',').map(|id| json!(id.trim())).collect(),
        None => match call.body.get("ids") {
            Some(Value::Array(ids)) => ids.clone(),
            Some(other) => return Err(Fault::not_a_list("ids", other)),
            None => return Err(Fault::required("ids")),
        },
    };
    let id = |value: &Value| whole(value).and_then(|id| u64::try_from(id).ok());
    sent.iter().map(|v| id(v).ok_or_else(|| Fault::invalid_input("ids", "A valid integer is required."))).collect()
}

/// `bulk_keys`: the key of each id.
pub(crate) fn keys(call: &PosthogCall) -> PosthogAnswer {
    let keys: Map<String, Value> =
        ids(call)?.into_iter().filter_map(|id| Some((id.to_string(), flag(call, id)?.get("key")?.clone()))).collect();
    Ok(Reply::json(200, json!({ "keys": keys })))
}

/// `bulk_delete`: deletes what may be deleted and says why for the rest.
pub(crate) fn delete(call: &mut PosthogCall) -> PosthogAnswer {
    let (mut deleted, mut errors) = (Vec::new(), Vec::new());
    for id in ids(call)? {
        let row = match call.row(FLAGS, &id.to_string()) {
            Ok(row) if !flagged(&row, "deleted") => row,
            _ => {
                errors.push(json!({ "id": id, "reason": "Flag not found" }));
                continue;
            }
        };
        if let Err(fault) = links::may_delete(call, &row) {
            errors.push(json!({ "id": id, "key": row.get("key"), "reason": fault.detail }));
            continue;
        }
        let key = text(&row, "key").to_owned();
        let mut fields = Map::from_iter([("deleted".to_owned(), json!(true))]);
        if links::experiments(call, &row).next().is_some() {
            fields.insert("key".into(), json!(format!("{key}:deleted:{id}")));
        }
        flags::change(call, id, fields);
        deleted.push(json!({ "id": id, "key": key }));
    }
    Ok(Reply::json(200, json!({ "deleted": deleted, "errors": errors })))
}

/// `bulk_update_tags`: adds, removes or sets tags.
pub(crate) fn tags(call: &mut PosthogCall) -> PosthogAnswer {
    let ids = ids(call)?;
    let mut read = call.reader();
    read.take(TAGGING)?;
    read.tags(true)?;
    let read = read.done();
    let sent = items(&read, "tags").to_vec();
    let mut updated = Vec::new();
    for id in ids {
        let Some(row) = flag(call, id) else { continue };
        let mut tags = items(row, "tags").to_vec();
        match text(&read, "action") {
            "add" => tags.extend(sent.iter().filter(|t| !items(row, "tags").contains(t)).cloned()),
            "remove" => tags.retain(|t| !sent.contains(t)),
            _ => tags.clone_from(&sent),
        }
        if call.settings.tagging {
            set(call, id, "tags", json!(tags));
        }
        updated.push(json!({ "id": id, "tags": tags }));
    }
    Ok(Reply::json(200, json!({ "updated": updated, "skipped": [] })))
}
