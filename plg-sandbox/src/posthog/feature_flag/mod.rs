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
pub(crate) mod show;

use super::call::Cx;
use super::fault::{Fault, Outcome};
use super::json::{flagged, text};
use keys::{bury, clear_key, revived};
use read::{consistent, read, up_to_date};
use rows as flags;
use rows::{FLAGS, change, create, id_of};
use serde_json::{Map, Value, json};
use show::reply;

/// Answers `feature_flags/…`.
pub(crate) fn route(cx: &mut Cx, tail: &[&str]) -> Outcome {
    match (cx.method(), tail) {
        ("GET", []) => list::list(cx),
        ("POST", []) => post(cx),
        ("GET", ["my_flags"]) => list::mine(cx),
        ("GET" | "POST", ["bulk_keys"]) => bulk::keys(cx),
        ("POST", ["bulk_delete"]) => bulk::delete(cx),
        ("POST", ["bulk_update_tags"]) => bulk::tags(cx),
        ("GET", ["activity"] | [_, "activity"]) => cx.activity(),
        ("DELETE", [_]) => cx.no_destroy(),
        ("GET", [id]) => reply(cx, 200, id_of(&cx.row(FLAGS, id)?)),
        ("PATCH" | "PUT", [id]) => update(cx, id),
        ("POST", [id, "enable"]) => lifecycle::run(cx, id, "active", true),
        ("POST", [id, "disable"]) => lifecycle::run(cx, id, "active", false),
        ("POST", [id, "archive"]) => lifecycle::run(cx, id, "archived", true),
        ("POST", [id, "unarchive"]) => lifecycle::run(cx, id, "archived", false),
        ("GET", [id, "dependent_flags"]) => lifecycle::dependents(cx, id),
        ("GET", [id, "status"]) => lifecycle::status(cx, id),
        ("GET", [id, "remote_config"]) => lifecycle::remote_config(cx, id),
        ("POST", [id, "create_static_cohort_for_flag"]) => lifecycle::static_cohort(cx, id),
        (_, [] | [_]) => cx.no_method(),
        _ => Err(Fault::not_found_as("Endpoint not found.")),
    }
}

fn post(cx: &mut Cx) -> Outcome {
    let fields = read(cx, &Map::new())?;
    consistent(&Map::new(), &fields)?;
    clear_key(cx, text(&fields, "key"));
    let id = create(cx, fields);
    reply(cx, 201, id)
}

fn update(cx: &mut Cx, id: &str) -> Outcome {
    let old = cx.row(FLAGS, id)?;
    let mut fields = read(cx, &old)?;
    consistent(&old, &fields)?;
    let deleted = fields.get("deleted").and_then(Value::as_bool);
    let was_deleted = flagged(&old, "deleted");
    if deleted == Some(true) && !was_deleted {
        links::may_delete(cx, &old)?;
    } else if fields.get("active") == Some(&json!(false)) && flagged(&old, "active") {
        links::may_disable(cx, &old)?;
    }
    if let Some(filters) = fields.get("filters") {
        links::keeps_running_variants(cx, &old, filters)?;
    }
    up_to_date(cx, &old, &fields)?;
    let id = id_of(&old);
    match deleted {
        Some(true) if !was_deleted && links::experiments(cx, &old).next().is_some() => {
            fields.insert("key".into(), json!(format!("{}:deleted:{id}", text(&old, "key"))));
        }
        Some(false) if was_deleted => {
            let key =
                revived(cx, id, if fields.contains_key("key") { text(&fields, "key") } else { text(&old, "key") })?;
            fields.insert("key".into(), json!(key));
        }
        _ => {}
    }
    if !flagged(&fields, "deleted")
        && fields.contains_key("key")
        && let Some(other) = flags::tombstone(cx, text(&fields, "key")).filter(|other| *other != id)
    {
        bury(cx, other);
    }
    change(cx, id, fields);
    reply(cx, 200, id)
}
