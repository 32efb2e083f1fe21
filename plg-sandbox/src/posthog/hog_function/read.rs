//! The body of a hog function: its template, its inputs, and the rules between its fields.

use super::{filters, inputs, templates};
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
    BodyField::new("execution_order", Holds::Whole { min: 0, max: 32_767 }).or_null(),
    BodyField::new("base_updated_at", Holds::Moment).or_null(),
];

/// Functions that nobody's code may call.
const RESERVED: [&str; 2] = ["sendEmail", "sendPushNotification"];

/// Reads a body over what the function has; `old` is null for a new one.
pub(crate) fn read(call: &PosthogCall, old: &Value) -> Result<Map<String, Value>, Fault> {
    let mut read = body::read(FIELDS, &call.body, !old.is_null())?;
    let sent = read.get("type").filter(|kind| !kind.is_null()).cloned();
    match &sent {
        Some(kind) if kind == "warehouse_source_webhook" => {
            let detail = "Cannot create or modify warehouse source webhook functions via this API.";
            return Err(Fault::invalid_input("type", detail));
        }
        Some(kind) if !old.is_null() && *kind != old["type"] => {
            return Err(Fault::invalid_input("type", "Cannot modify the type of an existing function"));
        }
        Some(_) => {}
        None => drop(read.shift_remove("type")),
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
    let kind = sent.or_else(|| old.get("type").cloned()).unwrap_or_else(|| json!("destination"));
    let kind = kind.as_str().unwrap_or_default();
    if let Some(hog) = read.get("hog").and_then(Value::as_str) {
        let trimmed = hog.trim().to_owned();
        code(&trimmed, kind)?;
        read.insert("hog".into(), trimmed.into());
    }
    let after = |read: &Map<String, Value>, key: &str| read.get(key).unwrap_or(&old[key]).clone();
    if kind == "transformation_log" {
        let _ = filters::filters(&after(&read, "filters"), kind, false)?;
        return Err(Fault::invalid_input("type", "Log transformations are not enabled for this team."));
    }
    if truthy(read.get("mappings")) && !["destination", "site_destination"].contains(&kind) {
        return Err(Fault::invalid_input("mappings", "Mappings are only allowed for destinations."));
    }
    if let Some(schema) = read.get("inputs_schema").filter(|schema| !schema.is_null()) {
        let schema = inputs::schema(schema)?;
        read.insert("inputs_schema".into(), schema);
    }
    // Every write looks at the stored inputs again.
    let given = inputs::inputs(&after(&read, "inputs_schema"), &after(&read, "inputs"), &old["inputs"], kind)?;
    read.insert("inputs".into(), given);
    // A request without mappings removes them.
    let mappings = mappings(read.get("mappings").unwrap_or(&Value::Null), kind)?;
    let is_mapped = !mappings.is_null();
    read.insert("mappings".into(), mappings);
    if read.contains_key("filters") || old.is_null() {
        let enabled = after(&read, "enabled") == true;
        let mut kept = filters::filters(&after(&read, "filters"), kind, enabled)?;
        if let Some(kept) = kept.as_object_mut().filter(|_| is_mapped) {
            kept.shift_remove("events");
            kept.shift_remove("actions");
        }
        read.insert("filters".into(), kept);
    }
    if let Some(masking) = read.get_mut("masking").filter(|masking| !masking.is_null()) {
        mask(masking)?;
        masking["bytecode"] = json!(["_H", 1, 32]);
    }
    Ok(read)
}

fn from_template(read: &mut Map<String, Value>) -> Result<(), Fault> {
    let id = read.get("template_id").and_then(Value::as_str).filter(|id| !id.is_empty());
    let Some(id) = id else {
        return if truthy(read.get("hog")) { Ok(()) } else { Err(Fault::invalid_input("hog", "Required.")) };
    };
    let Some(template) = templates::find(id) else {
        return Err(Fault::invalid_input("template_id", format!("No template found for id '{id}'")));
    };
    for (key, of) in [
        ("hog", "code"),
        ("inputs_schema", "inputs_schema"),
        ("icon_url", "icon_url"),
        ("description", "description"),
        ("name", "name"),
    ] {
        if !truthy(read.get(key)) {
            read.insert(key.into(), template[of].clone());
        }
    }
    read.insert("template".into(), template.clone());
    Ok(())
}

/// Refuses code that does not compile, as far as that is told without a compiler: a bracket that is left open.
fn code(hog: &str, kind: &str) -> Result<(), Fault> {
    let is_browser = kind.starts_with("site_");
    let count = |letters: [char; 2]| letters.map(|letter| hog.matches(letter).count());
    let is_open = [['(', ')'], ['{', '}'], ['[', ']']].into_iter().map(count).any(|[open, close]| open != close);
    if is_open {
        let detail = if is_browser { "Error in TypeScript code" } else { "Hog code has errors." };
        return Err(Fault::invalid_input("hog", detail));
    }
    if let Some(name) = RESERVED.iter().find(|name| !is_browser && hog.contains(&format!("{name}("))) {
        return Err(Fault::invalid_input(
            "hog",
            format!(
                "Reserved for PostHog's own use and not callable from a function's code: {name}. Use the matching workflow step or destination template instead."
            ),
        ));
    }
    Ok(())
}

/// Mappings, each with inputs and filters of its own; none are null.
fn mappings(sent: &Value, kind: &str) -> Result<Value, Fault> {
    let Some(sent) = sent.as_array().filter(|sent| !sent.is_empty()) else { return Ok(Value::Null) };
    let mut all = Vec::new();
    for (place, mapping) in sent.iter().enumerate() {
        let at = format!("mappings__{place}");
        let mut mapping = mapping.clone();
        if !mapping.is_object() {
            return Err(Fault::not_an_object(&mapping).at("mappings"));
        }
        let schema = match mapping.get("inputs_schema").filter(|schema| !schema.is_null()) {
            Some(schema) => inputs::schema(schema).map_err(|fault| fault.under(&at))?,
            None => json!([]),
        };
        // A secret is no secret in here.
        let mut open = schema.clone();
        open.as_array_mut().into_iter().flatten().for_each(|item| item["secret"] = json!(false));
        let given = inputs::inputs(&open, &mapping["inputs"], &Value::Null, kind).map_err(|fault| fault.under(&at))?;
        mapping["inputs"] = given;
        mapping["inputs_schema"] = schema;
        if mapping.get("filters").is_some_and(|filters| !filters.is_null()) {
            mapping["filters"] =
                filters::filters(&mapping["filters"], kind, false).map_err(|fault| fault.under(&at))?;
        }
        all.push(mapping);
    }
    Ok(all.into())
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

/// What the API shows of stored inputs: secrets are named, never told.
pub(super) fn masked(schema: &Value, inputs: &Value) -> Value {
    let mut shown = inputs.clone();
    for field in schema.as_array().into_iter().flatten().filter(|field| is_set(field, "secret")) {
        let key = text_at(field, "key");
        if shown.get(key).is_some() {
            shown[key] = json!({ "secret": true });
        }
    }
    shown
}
