//! What an attribute may be beyond its schema: types, flags, relationships, defaults.

use super::parent;
use super::parent::Parent;
use crate::attio::call::AttioCall;
use crate::attio::object::rows as objects;
use crate::attio::refusal::AttioRefusal;
use crate::attio::row::{id, text};
use crate::attio::{names, value};
use serde_json::{Value, json};

/// Refuses what no schema says; answers the object that gets the other end of a relationship, if any.
pub(crate) fn allowed(
    call: &AttioCall,
    parent: &Parent,
    body: &Value,
) -> Result<Option<(String, String)>, AttioRefusal> {
    let kind = text(body, "type");
    if matches!(kind, "email-address" | "domain" | "interaction" | "personal-name") {
        return Err(AttioRefusal::invalid(format!("Attributes of type \"{kind}\" cannot be created.")));
    }
    let many = matches!(kind, "select" | "record-reference" | "actor-reference" | "phone-number");
    if body["is_multiselect"] == true && !many {
        return Err(AttioRefusal::invalid(format!("Attributes of type \"{kind}\" cannot be multiselect.")));
    }
    fits(parent, body)?;
    refuse_default(parent, &body["default_value"])?;
    if kind == "currency" && body["config"].get("currency").is_none() {
        return Err(AttioRefusal::invalid("Attributes of type \"currency\" must have a currency config."));
    }
    let Some(other) = body.get("relationship").filter(|r| !r.is_null()) else { return Ok(None) };
    if kind != "record-reference" || parent.is_list {
        return Err(AttioRefusal::invalid("Only record-reference attributes on objects can have a relationship."));
    }
    let reference = text(other, "object");
    let object = objects::find(call, reference).ok_or_else(|| objects::missing(reference))?;
    let (object_id, object_slug) = (id(&object, "object_id").to_owned(), text(&object, "api_slug").to_owned());
    let named = body["config"]["record_reference"]["allowed_objects"].as_array();
    if named.is_some_and(|all| all.iter().any(|o| *o != json!(object_id) && *o != json!(object_slug))) {
        return Err(AttioRefusal::invalid("The allowed objects must contain only the object of the relationship."));
    }
    let slug = text(other, "api_slug");
    if names::is_taken(call.store, &object_id, slug, "") || (object_id == parent.id && slug == text(body, "api_slug")) {
        return Err(parent::taken(parent));
    }
    Ok(Some((object_id, object_slug)))
}

/// What also holds for an attribute that is there already.
pub(crate) fn fits(parent: &Parent, body: &Value) -> Result<(), AttioRefusal> {
    let (required, unique) = (body["is_required"] == true, body["is_unique"] == true);
    let kind = text(body, "type");
    if unique && matches!(kind, "select" | "status") {
        return Err(AttioRefusal::invalid(format!("Attributes of type \"{kind}\" cannot be configured to be unique.")));
    }
    if parent.is_list && required {
        return Err(AttioRefusal::invalid("Attributes on lists cannot be required."));
    }
    if is_closed(parent) && (required || unique) {
        let message = format!("Custom attributes on {} can be neither required nor unique.", parent.slug);
        return Err(AttioRefusal::invalid(message));
    }
    Ok(())
}

pub(crate) fn refuse_default(parent: &Parent, default: &Value) -> Result<(), AttioRefusal> {
    if is_closed(parent) && !default.is_null() {
        return Err(AttioRefusal::invalid(format!("Default values are not supported on {}.", parent.slug)));
    }
    Ok(())
}

fn is_closed(parent: &Parent) -> bool {
    !parent.is_list && matches!(parent.slug.as_str(), "people" | "companies")
}

/// Takes over what is given for the attribute's type; what is for another type is ignored.
pub(crate) fn configure(call: &AttioCall, config: &mut Value, kind: &str, given: &Value) -> Result<(), AttioRefusal> {
    if let (Some(currency), "currency") = (given.get("currency"), kind) {
        config["currency"] = json!({
            "default_currency_code": currency["default_currency_code"],
            "display_type": currency["display_type"],
        });
    }
    if let (Some(reference), "record-reference") = (given.get("record_reference"), kind) {
        let mut ids = Vec::new();
        for object in reference["allowed_objects"].as_array().into_iter().flatten().filter_map(Value::as_str) {
            let Some(row) = objects::find(call, object) else {
                return Err(AttioRefusal::unknown(format!("Object with slug/ID \"{object}\" not found.")));
            };
            if !ids.contains(&row["id"]["object_id"]) {
                ids.push(row["id"]["object_id"].clone());
            }
        }
        config["record_reference"]["allowed_object_ids"] = Value::Array(ids);
    }
    Ok(())
}

/// A default value as it is answered: a static template becomes output values.
pub(crate) fn default(call: &AttioCall, attribute: &Value, given: &Value) -> Result<Value, AttioRefusal> {
    let kind = text(attribute, "type");
    match text(given, "type") {
        "dynamic" => {
            let template = text(given, "template");
            let fits = match kind {
                "actor-reference" => template == "current-user",
                "date" | "timestamp" => template.starts_with('P'),
                _ => false,
            };
            if !fits {
                let message = format!("\"{template}\" is not a default value for attributes of type \"{kind}\".");
                return Err(AttioRefusal::invalid(message));
            }
            Ok(json!({"type": "dynamic", "template": template}))
        }
        "static" => {
            let objects =
                given["template"].as_array().into_iter().flatten().filter_map(|v| v["target_object"].as_str());
            for object in objects {
                if objects::find(call, object).is_none() {
                    let message = format!("Could not find an object with slug \"{object}\" for default value.");
                    return Err(AttioRefusal::invalid(message));
                }
            }
            let values = value::parse(call, attribute, &given["template"])?;
            Ok(json!({"type": "static", "template": values}))
        }
        _ => Ok(Value::Null),
    }
}
