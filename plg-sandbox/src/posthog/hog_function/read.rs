//! The body of a hog function: its template, its inputs, and the rules between its fields.

use crate::posthog::body;
use crate::posthog::call::PosthogCall;
use crate::posthog::fault::Fault;
use crate::posthog::field::{ANY_TEXT, BodyField, Holds, SOME_TEXT, WHOLE};
use crate::posthog::json::{is_set, text_at, truthy};
use serde_json::{Map, Value, json};

const TYPES: &[&str] = &[
    "destination",
    "site_destination",
    "internal_destination",
    "source_webhook",
    "site_app",
    "transformation",
    "transformation_log",
    "warehouse_source_webhook",
];

const FIELDS: &[BodyField] = &[
    BodyField::new("type", Holds::Word(TYPES)).or_null(),
    BodyField::new("name", Holds::Text { max: 400, blank: true }).or_null(),
    BodyField::new("description", ANY_TEXT),
    BodyField::new("deleted", Holds::Flag),
    BodyField::new("enabled", Holds::Flag),
    BodyField::new("hog", ANY_TEXT),
    BodyField::new("inputs_schema", Holds::Json).or_null(),
    BodyField::new("inputs", Holds::Json).or_null(),
    BodyField::new("filters", Holds::Json).or_null(),
    BodyField::new("masking", Holds::Json).or_null(),
    BodyField::new("mappings", Holds::Json).or_null(),
    BodyField::new("icon_url", ANY_TEXT).or_null(),
    BodyField::new("template_id", Holds::Text { max: 400, blank: true }).or_null(),
    BodyField::new("execution_order", WHOLE).or_null(),
    BodyField::new("base_updated_at", Holds::Moment).or_null(),
];

/// What a known template fills in.
fn template(id: &str) -> Option<Value> {
    let input = |key: &str, kind: &str, label: &str, required: bool| json!({"key": key, "type": kind, "label": label, "required": required, "secret": false});
    let (name, hog, inputs) = match id {
        "template-webhook" => (
            "HTTP Webhook",
            "let res := fetch(inputs.url, {'method': inputs.method, 'headers': inputs.headers, 'body': inputs.body});",
            vec![
                input("url", "string", "Webhook URL", true),
                input("method", "choice", "Method", false),
                input("body", "json", "JSON Body", false),
                input("headers", "dictionary", "Headers", false),
                input("debug", "boolean", "Log responses", false),
            ],
        ),
        "template-slack" => (
            "Slack",
            "let res := fetch('https://slack.com/api/chat.postMessage', {'method': 'POST', 'body': inputs.text});",
            vec![
                input("slack_workspace", "integration", "Slack workspace", true),
                input("channel", "integration_field", "Channel to post to", true),
                input("text", "string", "Plain text message", false),
            ],
        ),
        _ => return None,
    };
    Some(
        json!({"id": id, "name": name, "description": "", "hog": hog, "inputs_schema": inputs, "icon_url": null, "type": "destination"}),
    )
}

/// Reads a body over what the function has; `old` is null for a new one.
pub(crate) fn read(call: &PosthogCall, old: &Value) -> Result<Map<String, Value>, Fault> {
    let mut read = body::read(FIELDS, &call.body, !old.is_null())?;
    let kind = read.get("type").filter(|kind| !kind.is_null()).cloned();
    if let Some(kind) = &kind {
        if !old.is_null() && *kind != old["type"] {
            return Err(Fault::invalid_input("type", "Cannot modify the type of an existing function"));
        }
        if kind == "warehouse_source_webhook" {
            return Err(Fault::invalid_input("type", "Cannot create a function of type warehouse_source_webhook"));
        }
    } else {
        read.shift_remove("type");
    }
    if let Some(base) = read.get("base_updated_at").filter(|base| !base.is_null())
        && !old.is_null()
        && *base != old["updated_at"]
    {
        return Err(Fault::conflict("stale_update", "This function was changed since it was loaded."));
    }
    if old.is_null() {
        from_template(&mut read)?;
    }
    if let Some(hog) = read.get("hog").and_then(Value::as_str) {
        let trimmed = json!(hog.trim_end());
        read.insert("hog".into(), trimmed);
    }
    let after = |key: &str| read.get(key).unwrap_or(&old[key]).clone();
    let kind = kind.or_else(|| old.get("type").cloned()).unwrap_or_else(|| json!("destination"));
    let is_destination = kind.as_str().is_some_and(|kind| kind.ends_with("destination"));
    if truthy(read.get("mappings")) && !is_destination {
        return Err(Fault::invalid_input("mappings", "Mappings are only allowed for destinations."));
    }
    let schema = after("inputs_schema");
    if !schema.is_null() && !schema.as_array().is_some_and(|all| all.iter().all(|one| one["key"].is_string())) {
        return Err(Fault::invalid_input("inputs_schema", "Invalid schema."));
    }
    if read.contains_key("inputs") || old.is_null() {
        let inputs = inputs(&schema, &after("inputs"), &old["inputs"])?;
        read.insert("inputs".into(), inputs);
    }
    if let Some(filters) = read.get_mut("filters").filter(|f| !f.is_null()) {
        let Some(filters) = filters.as_object_mut() else {
            return Err(Fault::invalid_input("filters", "Filters must be an object."));
        };
        filters.insert("bytecode".into(), json!(["_H", 1, 29]));
    }
    if let Some(masking) = read.get("masking").filter(|m| !m.is_null()) {
        mask(masking)?;
    }
    Ok(read)
}

fn from_template(read: &mut Map<String, Value>) -> Result<(), Fault> {
    let id = read.get("template_id").and_then(Value::as_str).filter(|id| !id.is_empty());
    let Some(id) = id else {
        return if truthy(read.get("hog")) { Ok(()) } else { Err(Fault::invalid_input("hog", "Required.")) };
    };
    let Some(template) = template(id) else {
        return Err(Fault::invalid_input("template_id", format!("No template found for id '{id}'")));
    };
    for key in ["hog", "inputs_schema", "icon_url", "description", "name"] {
        if !truthy(read.get(key)) {
            read.insert(key.into(), template[key].clone());
        }
    }
    read.insert("template".into(), template);
    Ok(())
}

/// The inputs with what the compiler adds; a secret that is not sent anew stays.
fn inputs(schema: &Value, sent: &Value, old: &Value) -> Result<Value, Fault> {
    let Some(sent) = sent.as_object().cloned().or_else(|| sent.is_null().then(Map::new)) else {
        return Err(Fault::invalid_input("inputs", "Inputs must be an object."));
    };
    let mut out = Map::new();
    for (order, field) in schema.as_array().into_iter().flatten().enumerate() {
        let key = text_at(field, "key");
        let is_secret = is_set(field, "secret");
        let input = sent.get(key);
        if is_secret && (input.is_none() || input.is_some_and(|i| is_set(i, "secret"))) && old.get(key).is_some() {
            out.insert(key.to_owned(), old[key].clone());
            continue;
        }
        let value = input.and_then(|i| i.get("value")).filter(|v| !v.is_null()).or_else(|| field.get("default"));
        let Some(value) = value.filter(|v| !v.is_null()) else {
            if is_set(field, "required") {
                return Err(Fault::invalid_input(&format!("inputs__{key}"), "This field is required."));
            }
            continue;
        };
        let wants_text = field["type"] == "string";
        if wants_text && !value.is_string() {
            return Err(Fault::invalid_input(&format!("inputs__{key}"), "Value must be a string."));
        }
        let mut kept = input.and_then(Value::as_object).cloned().unwrap_or_default();
        kept.insert("value".into(), value.clone());
        kept.insert("order".into(), json!(order));
        if let Some(text) = value.as_str() {
            kept.insert("bytecode".into(), json!(["_H", 1, 32, text]));
        }
        out.insert(key.to_owned(), Value::Object(kept));
    }
    Ok(Value::Object(out))
}

fn mask(masking: &Value) -> Result<(), Fault> {
    let fields = [
        BodyField::new("ttl", Holds::Whole { min: 60, max: 86_400 }).required(),
        BodyField::new("threshold", WHOLE).or_null(),
        BodyField::new("hash", SOME_TEXT).required(),
    ];
    let Some(masking) = masking.as_object() else { return Err(Fault::not_an_object(masking).at("masking")) };
    body::read(&fields, masking, false).map(|_| ()).map_err(|fault| fault.under("masking"))
}
