//! The body of a flag: its fields, and the rules between them.

use super::filters::items;
use super::keys::check_key;
use super::rows::id_of;
use super::{filters, form, links, rules, secret};
use crate::posthog::body;
use crate::posthog::call::PosthogCall;
use crate::posthog::dashboard::rows::DASHBOARDS;
use crate::posthog::fault::Fault;
use crate::posthog::field::{ANY_TEXT, ANY_WHOLE, BodyField, Holds};
use crate::posthog::json::{flagged, whole};
use serde_json::{Map, Value, json};

/// Read before the key is checked.
const FIRST: &[BodyField] =
    &[BodyField::new("name", ANY_TEXT), BodyField::new("key", Holds::Text { max: 400, blank: false }).required()];

/// Whether the flag is a remote configuration, which its filters depend on.
const REMOTE: BodyField = BodyField::new("is_remote_configuration", Holds::Flag);

/// Read once the filters are good.
const AFTER_FILTERS: &[BodyField] = &[
    BodyField::new("deleted", Holds::Flag),
    BodyField::new("active", Holds::Flag),
    BodyField::new("ensure_experience_continuity", Holds::Flag).or_null(),
    BodyField::new("version", ANY_WHOLE).or_null(),
    BodyField::new("creation_context", Holds::Word(&CONTEXTS)),
    REMOTE,
    BodyField::new("has_encrypted_payloads", Holds::Flag),
    BodyField::new("evaluation_runtime", Holds::Word(&["server", "client", "all"])),
    BodyField::new("bucketing_identifier", Holds::Word(&["distinct_id", "device_id"])),
    BodyField::new("archived", Holds::Flag),
    BodyField::new("analytics_dashboards", Holds::List),
];

/// Where the flag is evaluated: in any of its contexts, or in all of them.
const MATCH_MODE: BodyField = BodyField::new("evaluation_contexts_match_mode", Holds::Word(&["any", "all"]));

/// No flag has more contexts.
const MOST_CONTEXTS: usize = 50;

const CONTEXTS: [&str; 6] =
    ["feature_flags", "experiments", "surveys", "early_access_features", "web_experiments", "product_tours"];

/// Reads the body in the serializer's order; `old` is empty for a new flag.
pub(crate) fn read(call: &PosthogCall, old: &Map<String, Value>) -> Result<Map<String, Value>, Fault> {
    let mut read = call.reader();
    read.take(FIRST)?;
    check_key(call, read.get("key"), old)?;
    read.take(&[BodyField::new("filters", Holds::Object)])?;
    if let Some(filters) = checked_filters(call, old, read.get("filters"))? {
        read.keep("filters", filters);
    } else {
        read.forget("filters");
    }
    read.take(AFTER_FILTERS)?;
    read.tags(call.settings.tagging)?;
    read.take(&[BodyField::new("evaluation_contexts", Holds::Texts { max: 255 }), MATCH_MODE])?;
    let mut fields = read.done();
    for unstored in ["version", "creation_context"] {
        fields.remove(unstored);
    }
    contexts(call, &mut fields)?;
    if let Some(Value::Array(sent)) = fields.remove("analytics_dashboards") {
        let mut dashboards = items(old, "analytics_dashboards").to_vec();
        for dashboard in sent {
            let Some(id) = whole(&dashboard) else {
                return Err(Fault::invalid_input("analytics_dashboards", "Incorrect type. Expected pk value."));
            };
            if call.find(DASHBOARDS, &id.to_string()).is_none_or(|d| flagged(d, "deleted")) {
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

/// The contexts in which a flag is evaluated: in lower case, each once, and none where the organization has none.
fn contexts(call: &PosthogCall, fields: &mut Map<String, Value>) -> Result<(), Fault> {
    let sent = fields.get("evaluation_contexts").and_then(Value::as_array);
    if sent.is_some_and(|sent| sent.len() > MOST_CONTEXTS) {
        return Err(Fault::invalid("evaluation_contexts must be a list of at most 50 items."));
    }
    if !call.settings.evaluation_contexts {
        fields.remove("evaluation_contexts");
        fields.remove("evaluation_contexts_match_mode");
        return Ok(());
    }
    if let Some(sent) = sent {
        let mut names: Vec<String> =
            sent.iter().filter_map(Value::as_str).map(|name| name.trim().to_lowercase()).collect();
        names.sort();
        names.dedup();
        names.retain(|name| !name.is_empty());
        fields.insert("evaluation_contexts".into(), json!(names));
    }
    Ok(())
}

/// The filters as they are to be stored; nothing if they stay as they are.
fn checked_filters(call: &PosthogCall, old: &Map<String, Value>, sent: Option<&Value>) -> Result<Option<Value>, Fault> {
    let creates = old.is_empty();
    let remote = body::read(&[REMOTE], &call.body, true).is_ok_and(|read| flagged(&read, "is_remote_configuration"));
    let empty = Map::new();
    let sent = match sent.and_then(Value::as_object) {
        None if creates && remote => &empty,
        // A payload that is no longer secret goes, whatever else the request is about.
        None if unseals(call, old) => &empty,
        None => return Ok(None),
        Some(sent) if sent.is_empty() && !creates && !unseals(call, old) => return Ok(None),
        Some(sent) => sent,
    };
    form::unversioned(sent)?;
    let stored = old.get("filters").and_then(Value::as_object).unwrap_or(&empty);
    let mut filters = filters::merge(stored, sent);
    secret::settle(old, &call.body, &mut filters)?;
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
    settle_filters(call, id_of(old), &mut filters)?;
    Ok(Some(Value::Object(filters)))
}

fn unseals(call: &PosthogCall, old: &Map<String, Value>) -> bool {
    let sent = call.body.get("has_encrypted_payloads").and_then(body::flag);
    flagged(old, "has_encrypted_payloads") && sent == Some(json!(false))
}

/// Rules between fields, on the flag as it would be.
pub(crate) fn consistent(old: &Map<String, Value>, fields: &Map<String, Value>) -> Result<(), Fault> {
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
pub(crate) fn up_to_date(
    call: &PosthogCall,
    old: &Map<String, Value>,
    fields: &Map<String, Value>,
) -> Result<(), Fault> {
    let sent = call.body.get("version").and_then(whole).unwrap_or(-1);
    let version = old.get("version").and_then(Value::as_i64).unwrap_or(0);
    let Some(original) = call.body.get("original_flag").and_then(Value::as_object) else { return Ok(()) };
    if sent == -1 || sent >= version {
        return Ok(());
    }
    let conflicts = fields.keys().any(|key| original.get(key).is_some_and(|was| old.get(key) != Some(was)));
    if !conflicts {
        return Ok(());
    }
    let by = call.user();
    Err(Fault::conflict(
        "conflict",
        format!(
            "The feature flag was updated by {} since you started editing it. Please refresh and try again.",
            by["email"].as_str().unwrap_or("another user")
        ),
    ))
}

/// Brings filters that another kind has composed into their stored form, if they keep the rules.
pub(crate) fn settle_filters(call: &PosthogCall, id: u64, filters: &mut Map<String, Value>) -> Result<(), Fault> {
    filters::normalise(filters);
    rules::check(filters)?;
    links::check_uses(call, id, filters)
}
