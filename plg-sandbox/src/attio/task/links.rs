//! Whom a task is for, and which records it is about.

use crate::attio::attribute::rows as attributes;
use crate::attio::call::AttioCall;
use crate::attio::object::rows as objects;
use crate::attio::record::rows as records;
use crate::attio::refusal::AttioRefusal;
use crate::attio::row::{id, text};
use crate::attio::{cell, member, names, value};
use serde_json::{Map, Value, json};

/// The records of a body, each by its id or by a unique value.
pub(super) fn records(call: &AttioCall, sent: &Value) -> Result<Value, AttioRefusal> {
    sent.as_array().into_iter().flatten().filter_map(Value::as_object).map(|link| record(call, link)).collect()
}

fn record(call: &AttioCall, link: &Map<String, Value>) -> Result<Value, AttioRefusal> {
    let wrong = || AttioRefusal::invalid("Only standard or custom object records can be linked to.");
    let reference = link.get("target_object").and_then(Value::as_str).ok_or_else(wrong)?;
    let object = objects::find(call, reference).ok_or_else(|| objects::missing(reference))?;
    let object_id = id(&object, "object_id");
    let record = match link.get("target_record_id") {
        Some(record) => record.as_str().ok_or_else(wrong)?.to_owned(),
        None => matching(call, object_id, link)?.ok_or_else(wrong)?,
    };
    if !records::exists(call.store, object_id, &record) {
        return Err(AttioRefusal::missing(format!("Record with ID \"{record}\" not found.")));
    }
    Ok(json!({"target_object_id": object["api_slug"], "target_record_id": record}))
}

/// The record that a link names by a value of a unique attribute.
fn matching(call: &AttioCall, object: &str, link: &Map<String, Value>) -> Result<Option<String>, AttioRefusal> {
    let Some((reference, sent)) = link.iter().find(|(key, _)| *key != "target_object") else { return Ok(None) };
    let Some(attribute) = attributes::lookup(call.store, call.settings, object, reference) else {
        return Err(AttioRefusal::unknown(format!("Cannot find attribute with slug/ID \"{reference}\".")));
    };
    if attribute["is_unique"] != true {
        let message = "The matching attribute specified is not a unique attribute.";
        return Err(AttioRefusal::refused("matching_attribute_definition_not_unique", message));
    }
    if sent.as_array().is_none_or(|values| values.len() != 1) {
        return Err(AttioRefusal::invalid("A matching attribute takes an array of one value."));
    }
    let sought: Value = value::parse(call, attribute, sent)?.into_iter().map(Value::Object).collect();
    let scope = format!("values.{}", id(attribute, "attribute_id"));
    let found = cell::keys(Some(&sought)).find_map(|key| names::find(call.store, &scope, &key));
    let missing = || AttioRefusal::missing(format!("No record has this value of attribute \"{reference}\"."));
    found.map(Some).ok_or_else(missing)
}

/// The members of a body, each by id or e-mail address.
pub(super) fn assignees(call: &AttioCall, sent: &Value) -> Result<Value, AttioRefusal> {
    sent.as_array().into_iter().flatten().map(|one| assignee(call, one)).collect()
}

fn assignee(call: &AttioCall, sent: &Value) -> Result<Value, AttioRefusal> {
    let by_id = sent["referenced_actor_id"].as_str().filter(|_| sent["referenced_actor_type"] == "workspace-member");
    let Some(reference) = by_id.or_else(|| sent["workspace_member_email_address"].as_str()) else {
        let message = "An assignee has a referenced_actor_type and a referenced_actor_id, or a \
                       workspace_member_email_address.";
        return Err(AttioRefusal::invalid(message));
    };
    let known = self::member(call, reference);
    let known = known.ok_or_else(|| AttioRefusal::missing(format!("Workspace member \"{reference}\" not found.")))?;
    Ok(json!({"referenced_actor_type": "workspace-member", "referenced_actor_id": known}))
}

/// The id of a member, from the id or the e-mail address.
pub(super) fn member(call: &AttioCall, reference: &str) -> Option<String> {
    let is_meant = |row: &&Value| {
        id(row, "workspace_member_id") == reference || text(row, "email_address").eq_ignore_ascii_case(reference)
    };
    member::all(call.store).iter().find(is_meant).map(|row| id(row, "workspace_member_id").to_owned())
}
