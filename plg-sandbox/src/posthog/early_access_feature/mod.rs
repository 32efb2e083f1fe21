//! Early access features: each has a flag of its own and tells it who may enroll.

pub(crate) mod rows;

use super::call::PosthogCall;
use super::fault::{Fault, PosthogAnswer};
use super::json::{flagged, shown, text, whole};
use crate::message::Reply;
use crate::posthog::feature_flag::{filters, keys, rows as flags};
use crate::posthog::field::{ANY_TEXT, ANY_WHOLE, BodyField, Holds};
use rows::{FEATURES, flag_of};
use serde_json::{Map, Value, json};

const FIELDS: &[BodyField] = &[
    BodyField::new("name", Holds::Text { max: 200, blank: false }).required(),
    BodyField::new("description", ANY_TEXT),
    BodyField::new("stage", Holds::Word(&STAGES)).required(),
    BodyField::new("documentation_url", Holds::Text { max: 800, blank: true }),
    BodyField::new("payload", Holds::Object).or_null(),
    BodyField::new("assignee", Holds::Object).or_null(),
    BodyField::new("feature_flag_id", ANY_WHOLE).or_null(),
];

const STAGES: [&str; 6] = ["draft", "concept", "alpha", "beta", "general-availability", "archived"];

/// Answers `early_access_feature/…`.
pub(crate) fn route(call: &mut PosthogCall, tail: &[&str]) -> PosthogAnswer {
    match (call.method(), tail) {
        ("GET", []) => {
            let rows: Vec<_> = call.rows(FEATURES).rev().map(|(_, row)| row).collect();
            Ok(call.page_of(&rows, 100, |row| show(call, row)))
        }
        ("POST", []) => post(call),
        ("GET", ["activity"] | [_, "activity"]) => call.activity(),
        ("GET", [id]) => Ok(Reply::json(200, show(call, &call.row(FEATURES, id)?))),
        ("PATCH" | "PUT", [id]) => update(call, id),
        ("DELETE", [id]) => delete(call, id),
        (_, [] | [_]) => call.no_method(),
        _ => Err(Fault::no_endpoint()),
    }
}

fn show(call: &PosthogCall, row: &Map<String, Value>) -> Value {
    let mut out = shown(row);
    out.insert("feature_flag".into(), flags::minimal(call.store, flag_of(row)));
    Value::Object(out)
}

fn post(call: &mut PosthogCall) -> PosthogAnswer {
    let mut fields = read(call)?;
    let active = is_active(text(&fields, "stage"));
    let name = text(&fields, "name").to_owned();
    let flag = match fields.remove("feature_flag_id").filter(|id| !id.is_null()) {
        Some(id) => linkable(call, &id)?,
        None => {
            let key = slugify(&name);
            if flags::by_key(call, &key).is_some() {
                let detail = "There is already a feature flag with this key.";
                return Err(Fault::validation("unique", detail).at("key"));
            }
            keys::clear_key(call, &key);
            let flag = json!({
                "key": key,
                "name": format!("Feature Flag for Early Access Feature {name}"),
                "filters": { "groups": [{ "properties": [], "rollout_percentage": 0, "variant": null }] },
            });
            flags::create(call, flag.as_object().cloned().unwrap_or_default())
        }
    };
    if active {
        enroll(call, flag, true);
    }
    let id = uuid::Uuid::new_v4().to_string();
    let row = json!({
        "id": id,
        "name": name,
        "description": "",
        "stage": null,
        "documentation_url": "",
        "payload": {},
        "assignee": { "type": "user", "id": call.user()["id"] },
        "created_at": call.now(),
        "created_by": call.user(),
        "user_access_level": "manager",
        "_flag": flag,
    });
    let Value::Object(mut row) = row else { return Err(Fault::not_found()) };
    row.extend(fields);
    flags::link(call, flag, "_features", json!(id));
    call.put(FEATURES, &id, row.clone());
    Ok(Reply::json(201, show(call, &row)))
}

fn update(call: &mut PosthogCall, id: &str) -> PosthogAnswer {
    let mut row = call.row(FEATURES, id)?;
    let mut fields = read(call)?;
    fields.remove("feature_flag_id");
    let everyone = fields.remove("rollout_to_all") == Some(json!(true));
    let flag = flag_of(&row);
    if let Some(stage) = fields.get("stage").and_then(Value::as_str).map(str::to_owned) {
        if everyone && stage == "general-availability" {
            open(call, flag);
        } else if stage != text(&row, "stage") {
            enroll(call, flag, is_active(&stage));
        }
    }
    row.extend(fields);
    call.put(FEATURES, id, row.clone());
    Ok(Reply::json(200, show(call, &row)))
}

fn delete(call: &mut PosthogCall, id: &str) -> PosthogAnswer {
    let flag = flag_of(&call.row(FEATURES, id)?);
    enroll(call, flag, false);
    flags::unlink(call, flag, "_features", &json!(id));
    call.store.remove(FEATURES, id);
    Ok(Reply::empty(204))
}

fn read(call: &PosthogCall) -> Result<Map<String, Value>, Fault> {
    let mut read = call.reader();
    read.take(FIELDS)?;
    if call.method() != "POST" {
        read.take(&[BodyField::new("rollout_to_all", Holds::Flag)])?;
    }
    let mut fields = read.done();
    if fields.get("payload").is_some_and(Value::is_null) {
        fields.insert("payload".into(), json!({}));
    }
    if let Some(Value::Object(assignee)) = fields.get("assignee") {
        let kind = assignee.get("type").and_then(Value::as_str);
        if !matches!(kind, Some("user" | "role")) || !assignee.contains_key("id") {
            return Err(Fault::invalid_input("assignee", "An assignee has a type, user or role, and an id."));
        }
    }
    Ok(fields)
}

fn is_active(stage: &str) -> bool {
    matches!(stage, "alpha" | "beta" | "general-availability")
}

/// The flag that a new feature may take.
fn linkable(call: &PosthogCall, id: &Value) -> Result<u64, Fault> {
    let found = whole(id).and_then(|id| u64::try_from(id).ok()).and_then(|id| Some((id, flags::flag(call, id)?)));
    let Some((id, row)) = found.filter(|(_, row)| !flagged(row, "deleted")) else {
        return Err(Fault::invalid("Feature Flag with this ID does not exist"));
    };
    if !filters::items(row, "_features").is_empty() {
        let detail = format!("Linked feature flag {} already has a feature attached to it.", text(row, "key"));
        return Err(Fault::invalid(detail));
    }
    let filters = row.get("filters").unwrap_or(&Value::Null);
    if filters.get("aggregation_group_type_index").is_some_and(|i| !i.is_null()) {
        return Err(Fault::invalid("Group-based feature flags are not supported for Early Access Features."));
    }
    if !filters::variants(filters).is_empty() {
        return Err(Fault::invalid("Multivariate feature flags are not supported for Early Access Features."));
    }
    Ok(id)
}

fn edit(call: &mut PosthogCall, flag: u64, edit: impl FnOnce(&mut Map<String, Value>)) {
    let filters = flags::flag(call, flag).and_then(|row| row.get("filters")?.as_object()).cloned();
    if let Some(mut filters) = filters {
        edit(&mut filters);
        flags::set_filters(call, flag, Value::Object(filters));
    }
}

/// Lets people enroll themselves in the flag, or not any more.
fn enroll(call: &mut PosthogCall, flag: u64, on: bool) {
    edit(call, flag, |filters| {
        filters.insert("feature_enrollment".into(), if on { json!(true) } else { Value::Null });
        filters.entry("aggregation_group_type_index").or_insert(Value::Null);
        for group in filters::objects(filters, "groups") {
            group.entry("aggregation_group_type_index").or_insert(Value::Null);
        }
    });
}

/// Rolls the flag out to everyone.
fn open(call: &mut PosthogCall, flag: u64) {
    edit(call, flag, |filters| {
        filters.insert(
            "groups".into(),
            json!([{
                "properties": [],
                "rollout_percentage": 100,
                "variant": null,
                "aggregation_group_type_index": null,
            }]),
        );
        filters.insert("feature_enrollment".into(), Value::Null);
    });
}

/// A name as a key: lower case, dashes between words.
fn slugify(name: &str) -> String {
    let kept: String = name
        .to_lowercase()
        .chars()
        .filter(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-') || c.is_whitespace())
        .map(|c| if c.is_whitespace() { '-' } else { c })
        .collect();
    let words: Vec<&str> = kept.split('-').filter(|w| !w.is_empty()).collect();
    words.join("-").trim_matches('_').to_owned()
}
