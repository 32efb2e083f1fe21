//! Actions on one flag: enable, disable, archive, unarchive, and what is asked about it.

use super::read::consistent;
use super::rows::{FLAGS, id_of, set, users};
use super::show::{reply, show};
use super::{links, rows as flags};
use crate::message::Reply;
use crate::posthog::call::PosthogCall;
use crate::posthog::cohort::rows as cohorts;
use crate::posthog::fault::{Fault, PosthogAnswer};
use crate::posthog::json::{flagged, text};
use serde_json::{Map, Value, json};

/// Sets a switch; the version stays if it is set already.
pub(crate) fn run(call: &mut PosthogCall, id: &str, field: &str, on: bool) -> PosthogAnswer {
    let row = call.row(FLAGS, id)?;
    let id = id_of(&row);
    if flagged(&row, field) != on {
        consistent(&row, &Map::from_iter([(field.to_owned(), json!(on))]))?;
        if field == "active" && !on {
            links::may_disable(call, &row)?;
        }
        if field == "active" && on {
            links::may_enable(call, row.get("filters"))?;
        }
        set(call, id, field, json!(on));
    }
    reply(call, 200, id)
}

/// Flags whose conditions use this one.
pub(crate) fn dependents(call: &PosthogCall, id: &str) -> PosthogAnswer {
    let row = call.row(FLAGS, id)?;
    let dependents: Vec<_> = users(call, "flags", id_of(&row))
        .into_iter()
        .map(|d| json!({ "id": d.get("id"), "key": d.get("key"), "name": d.get("name") }))
        .collect();
    Ok(Reply::json(200, json!(dependents)))
}

/// Whether the flag is in use.
pub(crate) fn status(call: &PosthogCall, id: &str) -> PosthogAnswer {
    let row = call.row(FLAGS, id)?;
    let status = show(call, &row)["status"].as_str().unwrap_or("").to_lowercase();
    Ok(Reply::json(200, json!({ "status": status, "reason": format!("Flag is {status}") })))
}

/// The payload of a remote configuration.
pub(crate) fn remote_config(call: &PosthogCall, id: &str) -> PosthogAnswer {
    let found = call.find(FLAGS, id).or_else(|| flags::flag(call, flags::by_key(call, id)?));
    let row = found.filter(|row| flagged(row, "is_remote_configuration")).ok_or_else(Fault::not_found)?;
    let payload = row.get("filters").and_then(|f| f.pointer("/payloads/true")).cloned().unwrap_or(Value::Null);
    Ok(Reply::json(200, payload))
}

/// A static cohort of those who match the flag; nobody does in a sandbox.
pub(crate) fn static_cohort(call: &mut PosthogCall, id: &str) -> PosthogAnswer {
    call.need_scope("cohort:write")?;
    let row = call.row(FLAGS, id)?;
    let name = format!("Users with feature flag {} enabled at {}", text(&row, "key"), call.now());
    let cohort = cohorts::create_static(call, &name);
    Ok(Reply::json(201, json!({ "cohort": cohort })))
}
