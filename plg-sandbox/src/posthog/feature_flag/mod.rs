//! Feature flags: `filters` that merge, keys that deleted flags give up, versions, and what blocks a change.

mod bulk;
mod filters;
mod lifecycle;
mod links;
mod list;
mod rows;
mod rules;

pub(crate) use filters::{list as items, objects, variant_keys, variants};
pub(crate) use rows::{
    FLAGS, by_key, change, create, create_internal, flag, link, minimal, remove, set, set_active, set_filters, unlink,
    users,
};
pub(crate) use rules::fits_experiment;

use super::{Cx, Fault, Fields, OPTIONAL, Outcome, REQUIRED, flagged, shown, text, whole};
use crate::Reply;
use rows::id_of;
use serde_json::{Map, Value, json};

const CONTEXTS: [&str; 6] =
    ["feature_flags", "experiments", "surveys", "early_access_features", "web_experiments", "product_tours"];

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

fn reply(cx: &Cx, status: u16, id: u64) -> Outcome {
    let row = flag(cx, id).ok_or_else(Fault::not_found)?;
    Ok(Reply::json(status, show(cx, row)))
}

/// A flag as the API shows it.
fn show(cx: &Cx, row: &Map<String, Value>) -> Value {
    let mut out = shown(row);
    if let Some(Value::Object(filters)) = out.get_mut("filters") {
        for group in objects(filters, "groups") {
            for property in objects(group, "properties").filter(|p| text(p, "type") == "cohort") {
                let cohort = property.get("value").and_then(whole).and_then(|id| super::cohort::find(cx, id));
                if let Some(name) = cohort.and_then(|c| c.get("name")) {
                    property.insert("cohort_name".into(), name.clone());
                }
            }
        }
    }
    let filters = row.get("filters").unwrap_or(&Value::Null);
    let experiments: Vec<_> = links::experiments(cx, row).filter(|e| !flagged(e, "deleted")).collect();
    let ids: Vec<_> = experiments.iter().filter_map(|e| e.get("id")).collect();
    let metadata: Vec<_> = experiments
        .iter()
        .map(|e| json!({ "id": e.get("id"), "name": e.get("name"), "is_running": links::is_running(e) }))
        .collect();
    let features: Vec<_> =
        items(row, "_features").iter().filter_map(|id| super::early_access_feature::brief(cx, id.as_str()?)).collect();
    let status = match () {
        () if flagged(row, "deleted") => "DELETED",
        () if !flagged(row, "active") => "INACTIVE",
        () => "ACTIVE",
    };
    out.insert("is_eligible_for_experiment".into(), json!(fits_experiment(filters)));
    out.insert("experiment_set".into(), json!(ids));
    out.insert("experiment_set_metadata".into(), json!(metadata));
    out.insert("surveys".into(), json!(links::surveys(cx, row)));
    out.insert("features".into(), json!(features));
    out.insert("can_edit".into(), json!(true));
    out.insert("user_access_level".into(), json!("manager"));
    out.insert("status".into(), json!(status));
    out.insert("is_used_in_replay_settings".into(), json!(false));
    if !cx.settings.tagging {
        out.insert("tags".into(), json!([]));
    }
    Value::Object(out)
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
        && let Some(other) = rows::tombstone(cx, text(&fields, "key")).filter(|other| *other != id)
    {
        bury(cx, other);
    }
    change(cx, id, fields);
    reply(cx, 200, id)
}

/// Reads the body in the serializer's order; `old` is empty for a new flag.
fn read(cx: &Cx, old: &Map<String, Value>) -> Result<Map<String, Value>, Fault> {
    let mut read = cx.fields();
    read.string("name", OPTIONAL.blank())?;
    read.string("key", REQUIRED.max(400))?;
    check_key(cx, read.get("key"), old)?;
    read.object("filters", OPTIONAL)?;
    if let Some(filters) = checked_filters(cx, old, read.get("filters"))? {
        read.keep("filters", filters)?;
    } else {
        read.forget("filters");
    }
    read.boolean("deleted", OPTIONAL)?;
    read.boolean("active", OPTIONAL)?;
    read.boolean("ensure_experience_continuity", OPTIONAL.null())?;
    read.integer("version", OPTIONAL.null())?;
    read.choice("creation_context", &CONTEXTS, OPTIONAL)?;
    read.boolean("is_remote_configuration", OPTIONAL)?;
    read.boolean("has_encrypted_payloads", OPTIONAL)?;
    read.choice("evaluation_runtime", &["server", "client", "all"], OPTIONAL)?;
    read.choice("bucketing_identifier", &["distinct_id", "device_id"], OPTIONAL)?;
    read.boolean("archived", OPTIONAL)?;
    read.list("analytics_dashboards", OPTIONAL)?;
    read.tags(cx.settings.tagging)?;
    read.strings("evaluation_contexts", OPTIONAL.max(255))?;
    let mut fields = read.done();
    for unstored in ["version", "creation_context"] {
        fields.remove(unstored);
    }
    if let Some(Value::Array(contexts)) = fields.remove("evaluation_contexts")
        && contexts.len() > 50
    {
        return Err(Fault::invalid_input("evaluation_contexts", "Maximum of 50 evaluation contexts allowed."));
    }
    if let Some(Value::Array(sent)) = fields.remove("analytics_dashboards") {
        let mut dashboards = items(old, "analytics_dashboards").to_vec();
        for dashboard in sent {
            let Some(id) = whole(&dashboard) else {
                return Err(Fault::invalid_input("analytics_dashboards", "Incorrect type. Expected pk value."));
            };
            if cx.find("posthog.dashboards", &id.to_string()).is_none_or(|d| flagged(d, "deleted")) {
                return Err(Fault::does_not_exist("analytics_dashboards", &dashboard));
            }
            if !dashboards.contains(&json!(id)) {
                dashboards.push(json!(id));
            }
        }
        fields.insert("analytics_dashboards".into(), json!(dashboards));
    }
    Ok(fields)
}

/// A key is checked for being free before it is checked for being well spelled.
fn check_key(cx: &Cx, key: Option<&Value>, old: &Map<String, Value>) -> Result<(), Fault> {
    let Some(key) = key.and_then(Value::as_str) else { return Ok(()) };
    if by_key(cx, key).is_some_and(|holder| holder != id_of(old)) {
        return Err(taken());
    }
    let spelled = key.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
    // A deleted flag's own key has colons; it may be sent back as it was read.
    if !spelled && key != text(old, "key") {
        let detail = "Only letters, numbers, hyphens (-) & underscores (_) are allowed.";
        return Err(Fault::validation("invalid_key", detail).at("key"));
    }
    Ok(())
}

fn taken() -> Fault {
    Fault::validation("unique", "There is already a feature flag with this key.").at("key")
}

/// The filters as they are to be stored; nothing if they stay as they are.
fn checked_filters(cx: &Cx, old: &Map<String, Value>, sent: Option<&Value>) -> Result<Option<Value>, Fault> {
    let creates = old.is_empty();
    let mut remote = Fields::new(&cx.body, true);
    let remote = remote.boolean("is_remote_configuration", OPTIONAL).is_ok()
        && flagged(&remote.done(), "is_remote_configuration");
    let empty = Map::new();
    let sent = match sent.and_then(Value::as_object) {
        None if creates && remote => &empty,
        None => return Ok(None),
        Some(sent) if sent.is_empty() && !creates => return Ok(None),
        Some(sent) => sent,
    };
    let stored = old.get("filters").and_then(Value::as_object).unwrap_or(&empty);
    let mut filters = filters::merge(stored, sent);
    if creates && remote {
        filters::default_remote(&mut filters);
    }
    let none = filters.get("groups").is_none_or(|g| g.is_null() || g.as_array().is_some_and(Vec::is_empty));
    if none && creates {
        let detail = "Feature flags must have at least one condition set (group).";
        return Err(Fault::invalid_input("filters", detail));
    }
    if none {
        filters.insert("groups".into(), json!([]));
    }
    settle_filters(cx, id_of(old), &mut filters)?;
    Ok(Some(Value::Object(filters)))
}

/// Rules between fields, on the flag as it would be.
fn consistent(old: &Map<String, Value>, fields: &Map<String, Value>) -> Result<(), Fault> {
    let will = |key: &str, default: bool| {
        fields.get(key).or_else(|| old.get(key)).map_or(default, |v| v.as_bool().unwrap_or(false))
    };
    if will("has_encrypted_payloads", false) && !will("is_remote_configuration", false) {
        return Err(Fault::invalid("Encrypted payloads require the flag to be a remote configuration."));
    }
    let bucketing = fields.get("bucketing_identifier").or_else(|| old.get("bucketing_identifier"));
    if bucketing == Some(&json!("device_id")) && will("ensure_experience_continuity", false) {
        return Err(Fault::invalid(
            "Cannot enable 'persist across authentication steps' when using device ID bucketing. \
             These features are incompatible.",
        ));
    }
    if will("archived", false) && will("active", true) && !will("deleted", false) {
        return Err(Fault::invalid(if fields.get("archived") == Some(&json!(true)) {
            "Cannot archive an enabled feature flag. Disable it first, or send active: false in the same request."
        } else {
            "Cannot enable an archived feature flag. Unarchive it first."
        }));
    }
    Ok(())
}

/// Refuses a write that was made from an older version and would undo someone else's change.
fn up_to_date(cx: &Cx, old: &Map<String, Value>, fields: &Map<String, Value>) -> Result<(), Fault> {
    let sent = cx.body.get("version").and_then(whole).unwrap_or(-1);
    let version = old.get("version").and_then(Value::as_i64).unwrap_or(0);
    let Some(original) = cx.body.get("original_flag").and_then(Value::as_object) else { return Ok(()) };
    if sent == -1 || sent >= version {
        return Ok(());
    }
    let conflicts = fields.keys().any(|key| original.get(key).is_some_and(|was| old.get(key) != Some(was)));
    if !conflicts {
        return Ok(());
    }
    let by = cx.user();
    Err(Fault::conflict(
        "conflict",
        format!(
            "The feature flag was updated by {} since you started editing it. Please refresh and try again.",
            by["email"].as_str().unwrap_or("another user")
        ),
    ))
}

/// The key a restored flag gets: its own without the mark of deletion, or with a number if that is taken.
fn revived(cx: &Cx, id: u64, key: &str) -> Result<String, Fault> {
    let Some(own) = key.strip_suffix(&format!(":deleted:{id}")) else {
        return if by_key(cx, key).is_some_and(|holder| holder != id) { Err(taken()) } else { Ok(key.to_owned()) };
    };
    let mut free = own.to_owned();
    let mut number = 2;
    while by_key(cx, &free).is_some() {
        free = format!("{own}-{number}");
        number += 1;
    }
    Ok(free)
}

/// Brings filters that another kind has composed into their stored form, if they keep the rules.
pub(crate) fn settle_filters(cx: &Cx, id: u64, filters: &mut Map<String, Value>) -> Result<(), Fault> {
    filters::normalise(filters);
    rules::check(filters)?;
    links::check_uses(cx, id, filters)
}

/// Takes a key from a deleted flag that still bears it.
pub(crate) fn clear_key(cx: &mut Cx, key: &str) {
    if let Some(old) = rows::tombstone(cx, key) {
        bury(cx, old);
    }
}

/// Takes the key from a deleted flag: the flag goes, unless a survey still points at it.
fn bury(cx: &mut Cx, id: u64) {
    let row = flag(cx, id).map(|row| (text(row, "key").to_owned(), !links::surveys(cx, row).is_empty()));
    match row {
        Some((key, true)) => set(cx, id, "key", json!(format!("{key}:deleted:{id}"))),
        _ => remove(cx, id),
    }
}
