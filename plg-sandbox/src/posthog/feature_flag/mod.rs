//! Feature flags: `filters` that merge, keys that deleted flags give up, versions, and what blocks a change.

pub(crate) mod bulk;
pub(crate) mod filters;
pub(crate) mod form;
pub(crate) mod keys;
pub(crate) mod lifecycle;
pub(crate) mod links;
pub(crate) mod list;
pub(crate) mod read;
pub(crate) mod rows;
pub(crate) mod rules;
pub(crate) mod secret;
pub(crate) mod show;
pub(crate) mod usage;

use super::call::PosthogCall;
use super::fault::{Fault, PosthogAnswer};
use super::json::{flagged, text};
use super::project_settings::rows as settings;
use keys::{bury, clear_key, revived};
use read::{consistent, read, up_to_date};
use rows as flags;
use rows::{FLAGS, change, create, id_of};
use serde_json::{Map, Value, json};
use show::reply;

/// Answers `feature_flags/…`.
pub(crate) fn route(call: &mut PosthogCall, tail: &[&str]) -> PosthogAnswer {
    match (call.method(), tail) {
        ("GET", []) => list::list(call),
        ("POST", []) => post(call),
        ("GET", ["my_flags"]) => list::mine(call),
        ("GET" | "POST", ["bulk_keys"]) => bulk::keys(call),
        ("POST", ["bulk_delete"]) => bulk::delete(call),
        ("POST", ["bulk_update_tags"]) => bulk::tags(call),
        ("GET", ["activity"] | [_, "activity"]) => call.activity(),
        ("DELETE", [_]) => call.no_destroy(),
        ("GET", [id]) => reply(call, 200, id_of(&call.row(FLAGS, id)?)),
        ("PATCH" | "PUT", [id]) => update(call, id),
        ("POST", [id, "enable"]) => lifecycle::run(call, id, "active", true),
        ("POST", [id, "disable"]) => lifecycle::run(call, id, "active", false),
        ("POST", [id, "archive"]) => lifecycle::run(call, id, "archived", true),
        ("POST", [id, "unarchive"]) => lifecycle::run(call, id, "archived", false),
        ("GET", [id, "dependent_flags"]) => lifecycle::dependents(call, id),
        ("GET", [id, "status"]) => lifecycle::status(call, id),
        ("GET", [id, "remote_config"]) => lifecycle::remote_config(call, id),
        ("POST", [id, "create_static_cohort_for_flag"]) => lifecycle::static_cohort(call, id),
        (_, [] | [_]) => call.no_method(),
        _ => Err(Fault::no_endpoint()),
    }
}

fn post(call: &mut PosthogCall) -> PosthogAnswer {
    let fields = read(call, &Map::new())?;
    consistent(&Map::new(), &fields)?;
    asked_of_flags(call, &Map::new(), &fields)?;
    clear_key(call, text(&fields, "key"));
    let id = create(call, fields);
    usage::make(call, id);
    reply(call, 201, id)
}

fn update(call: &mut PosthogCall, id: &str) -> PosthogAnswer {
    let old = call.row(FLAGS, id)?;
    let mut fields = read(call, &old)?;
    consistent(&old, &fields)?;
    asked_of_flags(call, &old, &fields)?;
    let deleted = fields.get("deleted").and_then(Value::as_bool);
    let was_deleted = flagged(&old, "deleted");
    if deleted == Some(true) && !was_deleted {
        links::may_delete(call, &old)?;
    } else if fields.get("active") == Some(&json!(false)) && flagged(&old, "active") {
        links::may_disable(call, &old)?;
    }
    if fields.get("active") == Some(&json!(true)) && !flagged(&old, "active") {
        links::may_enable(call, fields.get("filters").or_else(|| old.get("filters")))?;
    }
    if let Some(filters) = fields.get("filters") {
        links::keeps_running_variants(call, &old, filters)?;
    }
    up_to_date(call, &old, &fields)?;
    let id = id_of(&old);
    match deleted {
        Some(true) if !was_deleted && links::experiments(call, &old).next().is_some() => {
            fields.insert("key".into(), json!(format!("{}:deleted:{id}", text(&old, "key"))));
        }
        Some(false) if was_deleted => {
            let key =
                revived(call, id, if fields.contains_key("key") { text(&fields, "key") } else { text(&old, "key") })?;
            fields.insert("key".into(), json!(key));
        }
        _ => {}
    }
    if !flagged(&fields, "deleted")
        && fields.contains_key("key")
        && let Some(other) = flags::tombstone(call, text(&fields, "key")).filter(|other| *other != id)
    {
        bury(call, other);
    }
    if let Some(key) = fields.get("key").and_then(Value::as_str).filter(|key| *key != text(&old, "key")) {
        settings::rename_linked_flag(call, id, key);
    }
    change(call, id, fields);
    reply(call, 200, id)
}

/// What the project's settings ask of a new flag, and of one that had it.
fn asked_of_flags(call: &PosthogCall, old: &Map<String, Value>, new: &Map<String, Value>) -> Result<(), Fault> {
    let (tags, contexts) = settings::asks_of_flags(call);
    let has = |fields: &Map<String, Value>, key: &str| !filters::items(fields, key).is_empty();
    let lacks = |key: &str| {
        if old.is_empty() { !has(new, key) } else { has(old, key) && new.contains_key(key) && !has(new, key) }
    };
    if tags && lacks("tags") {
        return Err(Fault::invalid_input("tags", "This project requires at least one tag on every feature flag."));
    }
    if contexts && call.settings.evaluation_contexts && lacks("evaluation_contexts") {
        let detail = "This project requires at least one evaluation context on every feature flag.";
        return Err(Fault::invalid_input("evaluation_contexts", detail));
    }
    Ok(())
}
