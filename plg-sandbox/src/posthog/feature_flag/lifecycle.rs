//! Actions on one flag: enable, disable, archive, unarchive, and what is asked about it.

use super::read::consistent;
use super::rows::{FLAGS, id_of, set, users};
use super::show::{reply, show};
use super::{links, rows as flags};
use crate::message::Reply;
use crate::posthog::call::Cx;
use crate::posthog::cohort::rows as cohorts;
use crate::posthog::fault::{Fault, Outcome};
use crate::posthog::json::{flagged, text};
use serde_json::{Map, Value, json};

/// Sets a switch; the version stays if it is set already.
pub(crate) fn run(cx: &mut Cx, id: &str, field: &str, on: bool) -> Outcome {
    let row = cx.row(FLAGS, id)?;
    let id = id_of(&row);
    if flagged(&row, field) != on {
        consistent(&row, &Map::from_iter([(field.to_owned(), json!(on))]))?;
        if field == "active" && !on {
            links::may_disable(cx, &row)?;
        }
        set(cx, id, field, json!(on));
    }
    reply(cx, 200, id)
}

/// Flags whose conditions use this one.
pub(crate) fn dependents(cx: &Cx, id: &str) -> Outcome {
    let row = cx.row(FLAGS, id)?;
    let dependents: Vec<_> = users(cx, "flags", id_of(&row))
        .into_iter()
        .map(|d| json!({ "id": d.get("id"), "key": d.get("key"), "name": d.get("name") }))
        .collect();
    Ok(Reply::json(200, json!(dependents)))
}

/// Whether the flag is in use.
pub(crate) fn status(cx: &Cx, id: &str) -> Outcome {
    let row = cx.row(FLAGS, id)?;
    let status = show(cx, &row)["status"].as_str().unwrap_or("").to_lowercase();
    Ok(Reply::json(200, json!({ "status": status, "reason": format!("Flag is {status}") })))
}

/// The payload of a remote configuration.
pub(crate) fn remote_config(cx: &Cx, id: &str) -> Outcome {
    let found = cx.find(FLAGS, id).or_else(|| flags::flag(cx, flags::by_key(cx, id)?));
    let row = found.filter(|row| flagged(row, "is_remote_configuration")).ok_or_else(Fault::not_found)?;
    let payload = row.get("filters").and_then(|f| f.pointer("/payloads/true")).cloned().unwrap_or(Value::Null);
    Ok(Reply::json(200, payload))
}

/// A static cohort of those who match the flag; nobody does in a sandbox.
pub(crate) fn static_cohort(cx: &mut Cx, id: &str) -> Outcome {
    cx.need_scope("cohort:write")?;
    let row = cx.row(FLAGS, id)?;
    let name = format!("Users with feature flag {} enabled at {}", text(&row, "key"), cx.now());
    let cohort = cohorts::create_static(cx, &name);
    Ok(Reply::json(201, json!({ "cohort": cohort })))
}
