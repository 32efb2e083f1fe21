//! What may be written into an attribute, and how it reads back.

use super::call::AttioCall;
use super::refusal::AttioRefusal;
use super::row::{id, stamp, text};
use super::schema::{BodyShape, JsonKind, SchemaField};
use super::validate::is_uuid;
use super::{member as members, names, validate};
use crate::attio::attribute::rows as attributes;
use crate::attio::choice::rows as choices;
use crate::attio::object::rows as objects;
use crate::attio::record::rows as records;
use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::{Map, Value, json};

/// The codes a currency attribute takes.
pub(crate) const CURRENCIES: &[&str] = &[
    "ARS", "AUD", "BRL", "BGN", "CAD", "CLP", "CNY", "COP", "CZK", "DKK", "EGP", "EUR", "FJD", "GHS", "HKD", "HUF",
    "ISK", "INR", "IDR", "ILS", "JPY", "KES", "KRW", "MYR", "MXN", "NTD", "NZD", "NGN", "NOK", "OMR", "XPF", "PEN",
    "PHP", "PLN", "GBP", "QAR", "RWF", "SAR", "SGD", "ZAR", "SEK", "CHF", "THB", "TRY", "AED", "UYU", "USD",
];

const NAME: BodyShape = BodyShape {
    fields: &[
        SchemaField::required("first_name", JsonKind::Text),
        SchemaField::required("last_name", JsonKind::Text),
        SchemaField::required("full_name", JsonKind::Text),
    ],
    strict: false,
};

const LINE: JsonKind = JsonKind::Nullable(&JsonKind::Text);
const LOCATION: BodyShape = BodyShape {
    fields: &[
        SchemaField::required("line_1", LINE),
        SchemaField::required("line_2", LINE),
        SchemaField::required("line_3", LINE),
        SchemaField::required("line_4", LINE),
        SchemaField::required("locality", LINE),
        SchemaField::required("region", LINE),
        SchemaField::required("postcode", LINE),
        SchemaField::required("country_code", LINE),
        SchemaField::required("latitude", LINE),
        SchemaField::required("longitude", LINE),
    ],
    strict: false,
};

type ValueParts = Map<String, Value>;

/// The values in `input` for an attribute, as they read back apart from when and by whom.
pub(crate) fn parse(call: &AttioCall, attribute: &Value, input: &Value) -> Result<Vec<ValueParts>, AttioRefusal> {
    let items = match input {
        Value::Null => &[],
        Value::Array(items) => items.as_slice(),
        one => std::slice::from_ref(one),
    };
    if items.len() > 1 && attribute["is_multiselect"] != true {
        return Err(invalid(
            attribute,
            vec![json!({"code": "too_big", "path": [], "message": "Only one value is allowed"})],
        ));
    }
    items.iter().map(|item| one(call, attribute, item)).collect()
}

fn invalid(attribute: &Value, issues: Vec<Value>) -> AttioRefusal {
    let message = format!("An invalid value was passed to attribute with slug \"{}\".", text(attribute, "api_slug"));
    AttioRefusal::issues(message, issues)
}

fn one(call: &AttioCall, attribute: &Value, item: &Value) -> Result<ValueParts, AttioRefusal> {
    let kind = text(attribute, "type");
    let wrong = || invalid(attribute, vec![json!({"code": "invalid", "path": [], "message": "Invalid input"})]);
    // An object may carry the value under one of the keys it reads back with; anything else is the value.
    let under = |keys: &[&str]| match item {
        Value::Object(map) => keys.iter().find_map(|key| map.get(*key)).cloned().unwrap_or_default(),
        bare => bare.clone(),
    };
    let string = |keys: &[&str]| under(keys).as_str().map(str::to_owned);
    let parts = match kind {
        "text" => json!({"value": string(&["value"]).ok_or_else(wrong)?}),
        "number" => json!({"value": number(&under(&["value"])).ok_or_else(wrong)?}),
        "rating" => {
            let stars = number(&under(&["value"])).filter(|n| n.as_u64().is_some_and(|n| n <= 5));
            json!({"value": stars.ok_or_else(wrong)?})
        }
        "checkbox" => match under(&["value"]) {
            Value::Bool(on) => json!({"value": on}),
            Value::String(s) if s == "true" || s == "false" => json!({"value": s == "true"}),
            _ => return Err(wrong()),
        },
        "currency" => json!({
            "currency_value": number(&under(&["currency_value", "value"])).ok_or_else(wrong)?,
            "currency_code": attribute["config"]["currency"]["default_currency_code"],
        }),
        "date" => json!({"value": string(&["value"]).as_deref().and_then(date).ok_or_else(wrong)?}),
        "timestamp" => json!({"value": string(&["value"]).as_deref().and_then(moment).ok_or_else(wrong)?}),
        "select" => pick(call, attribute, &choices::OPTION, "option", &under(&["option"])).ok_or_else(wrong)??,
        "status" => pick(call, attribute, &choices::STATUS, "status", &under(&["status"])).ok_or_else(wrong)??,
        "record-reference" => reference(call, attribute, item)?.ok_or_else(wrong)?,
        "actor-reference" => {
            let by = ["referenced_actor_id", "workspace_member_id", "workspace_member_email_address"];
            let member = members::named(call.store, &string(&by).ok_or_else(wrong)?)?;
            json!({"referenced_actor_type": "workspace-member", "referenced_actor_id": member})
        }
        "domain" => {
            let domain = string(&["domain"]).filter(|d| d.contains('.')).ok_or_else(wrong)?.to_lowercase();
            json!({"domain": domain, "root_domain": root(&domain)})
        }
        "email-address" => {
            email(&string(&["email_address", "original_email_address"]).ok_or_else(wrong)?).ok_or_else(wrong)?
        }
        "phone-number" => {
            phone(&string(&["original_phone_number", "phone_number"]).ok_or_else(wrong)?, &item["country_code"])
                .ok_or_else(wrong)?
        }
        "personal-name" => name(attribute, item)?,
        "location" => location(attribute, item)?,
        _ => return Err(wrong()),
    };
    let Value::Object(mut parts) = parts else { return Err(wrong()) };
    parts.insert("attribute_type".into(), json!(kind));
    Ok(parts)
}

fn number(value: &Value) -> Option<Value> {
    match value {
        Value::Number(_) => Some(value.clone()),
        Value::String(s) => s.parse::<f64>().ok().filter(|n| n.is_finite()).map(|n| json!(n)),
        _ => None,
    }
}

/// The day, from anything that begins with a year; a moment counts as its day in UTC.
fn date(text: &str) -> Option<String> {
    if let Ok(moment) = text.parse::<Timestamp>() {
        return Some(moment.strftime("%Y-%m-%d").to_string());
    }
    let day = match text.len() {
        4 => format!("{text}-01-01"),
        7 => format!("{text}-01"),
        _ => text.get(..10)?.to_owned(),
    };
    day.parse::<Date>().ok().map(|day| day.to_string())
}

fn moment(text: &str) -> Option<String> {
    text.parse::<Timestamp>().ok().map(stamp).or_else(|| date(text).map(|day| format!("{day}T00:00:00.000000000Z")))
}

fn pick(
    call: &AttioCall,
    attribute: &Value,
    family: &choices::Family,
    key: &str,
    given: &Value,
) -> Option<Result<Value, AttioRefusal>> {
    let title = given.as_str()?;
    Some(match choices::find(call.store, id(attribute, "attribute_id"), title) {
        Some(row) => Ok(json!({key: row})),
        None => Err(choices::unknown(family, title)),
    })
}

fn reference(call: &AttioCall, attribute: &Value, item: &Value) -> Result<Option<Value>, AttioRefusal> {
    let allowed = attribute["config"]["record_reference"]["allowed_object_ids"].as_array();
    let (target, record_id) = match item {
        Value::String(said) => match allowed.map(Vec::as_slice) {
            Some([only]) => {
                let object = only.as_str().unwrap_or_default();
                (object, named(call, object, said).unwrap_or_else(|| said.clone()))
            }
            _ => return Ok(None),
        },
        item => (text(item, "target_object"), text(item, "target_record_id").to_owned()),
    };
    let record_id = record_id.as_str();
    let Some(object) = objects::find(call, target).filter(|_| is_uuid(record_id)) else { return Ok(None) };
    let object_id = id(&object, "object_id");
    if allowed.is_some_and(|ids| !ids.iter().any(|id| id == object_id)) {
        return Ok(None);
    }
    if !records::exists(call.store, object_id, record_id) {
        return Err(AttioRefusal::unknown(format!("Record with ID \"{record_id}\" not found.")));
    }
    Ok(Some(json!({"target_object": object["api_slug"], "target_record_id": record_id})))
}

/// The record that has this as its value of a unique attribute: an e-mail address, a domain, an id of the application's.
fn named(call: &AttioCall, object: &str, said: &str) -> Option<String> {
    let unique = attributes::all(call.store, call.settings, object).filter(|row| row["is_unique"] == true);
    let mut scopes = unique.map(|row| format!("values.{}", id(row, "attribute_id")));
    scopes.find_map(|scope| {
        names::find(call.store, &scope, said).or_else(|| names::find(call.store, &scope, &said.to_lowercase()))
    })
}

/// The last two labels: good enough without a list of public suffixes.
fn root(domain: &str) -> String {
    let labels: Vec<&str> = domain.split('.').collect();
    labels[labels.len().saturating_sub(2)..].join(".")
}

fn email(given: &str) -> Option<Value> {
    let address = given.trim().to_lowercase();
    let (local, domain) = address.split_once('@')?;
    if local.is_empty() || !domain.contains('.') || address.contains(char::is_whitespace) {
        return None;
    }
    Some(json!({
        "original_email_address": given,
        "email_address": address,
        "email_domain": domain,
        "email_root_domain": root(domain),
        "email_local_specifier": local,
    }))
}

fn phone(given: &str, country: &Value) -> Option<Value> {
    let digits: String = given.chars().filter(char::is_ascii_digit).collect();
    if digits.len() < 4 {
        return None;
    }
    let number = if given.trim().starts_with('+') { format!("+{digits}") } else { format!("+1{digits}") };
    let country = country.as_str().unwrap_or("US");
    Some(json!({"original_phone_number": given, "country_code": country, "phone_number": number}))
}

fn name(attribute: &Value, item: &Value) -> Result<Value, AttioRefusal> {
    if let Some(given) = item.as_str() {
        let (last, first) = given.split_once(',').unwrap_or(("", given));
        let (first, last) = (first.trim(), last.trim());
        return Ok(json!({"first_name": first, "last_name": last, "full_name": format!("{first} {last}").trim()}));
    }
    let issues = validate::check(item, &NAME);
    if !issues.is_empty() {
        return Err(invalid(attribute, issues));
    }
    Ok(json!({"first_name": item["first_name"], "last_name": item["last_name"], "full_name": item["full_name"]}))
}

fn location(attribute: &Value, item: &Value) -> Result<Value, AttioRefusal> {
    let mut place: Map<String, Value> = LOCATION.keys().map(|key| (key.to_owned(), Value::Null)).collect();
    if let Some(line) = item.as_str() {
        place.insert("line_1".into(), json!(line));
        return Ok(Value::Object(place));
    }
    let issues = validate::check(item, &LOCATION);
    if !issues.is_empty() {
        return Err(invalid(attribute, issues));
    }
    for (key, value) in &mut place {
        *value = item[key.as_str()].clone();
    }
    Ok(Value::Object(place))
}

/// The one thing about a value that is compared: its text, number, address or id.
pub(crate) fn essence(value: &Value) -> Value {
    let keys = ["value", "currency_value", "domain", "email_address", "phone_number", "full_name", "target_record_id"];
    if let Some(found) = keys.iter().find_map(|key| value.get(*key)) {
        return found.clone();
    }
    match value.get("option").or_else(|| value.get("status")) {
        Some(choice) => choice["title"].clone(),
        None => value.get("referenced_actor_id").cloned().unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_completed_cut_and_moved_to_utc() {
        assert_eq!(date("2023").as_deref(), Some("2023-01-01"));
        assert_eq!(date("2023-01").as_deref(), Some("2023-01-01"));
        assert_eq!(date("2023-01-02T13:00").as_deref(), Some("2023-01-02"));
        assert_eq!(date("2023-01-02T23:00:00-10:00").as_deref(), Some("2023-01-03"));
        assert_eq!(date("soon"), None);
        assert_eq!(date("ééééé"), None);
    }

    #[test]
    fn an_address_is_split() {
        assert_eq!(email("Ada@mail.example.com").unwrap()["email_root_domain"], "example.com");
        assert!(email("ada").is_none());
    }
}
