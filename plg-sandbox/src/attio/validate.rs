//! Checks request bodies against their schemas: all issues are found at once, in the order of the schema's keys.

use super::refusal::AttioRefusal;
use super::schema::{BodyShape, JsonKind};
use serde_json::{Map, Value, json};
use uuid::Uuid;

/// The object under `data`, once it has the shape.
pub(crate) fn data(body: &[u8], shape: &'static BodyShape) -> Result<Map<String, Value>, AttioRefusal> {
    let mut body = object(body)?;
    let mut issues = Vec::new();
    let mut path = vec![json!("data")];
    match body.get("data") {
        None => issues.push(missing(&JsonKind::Map, &path)),
        Some(data) => fields(data, shape, &mut path, &mut issues),
    }
    if !issues.is_empty() {
        return Err(AttioRefusal::issues("Body payload validation error.", issues));
    }
    match body.remove("data") {
        Some(Value::Object(data)) => Ok(data),
        _ => Ok(Map::new()),
    }
}

/// A body that must be a JSON object.
pub(crate) fn object(body: &[u8]) -> Result<Map<String, Value>, AttioRefusal> {
    match serde_json::from_slice(body).map(as_javascript) {
        Ok(Value::Object(body)) => Ok(body),
        Ok(other) => {
            Err(AttioRefusal::issues("Body payload validation error.", vec![wrong("object", type_of(&other), &[])]))
        }
        Err(_) if body.is_empty() => Ok(Map::new()),
        Err(_) => Err(AttioRefusal::invalid("Body payload is not valid JSON.")),
    }
}

/// A value as JavaScript reads it, which has one kind of number: `5.0` is 5, and so a whole number.
fn as_javascript(value: Value) -> Value {
    match value {
        Value::Number(number) if number.is_f64() => {
            let whole =
                number.as_f64().filter(|n| n.fract() == 0.0).and_then(|n| format!("{n:.0}").parse::<i64>().ok());
            whole.map_or(Value::Number(number), Value::from)
        }
        Value::Array(all) => all.into_iter().map(as_javascript).collect(),
        Value::Object(all) => all.into_iter().map(|(key, one)| (key, as_javascript(one))).collect(),
        other => other,
    }
}

/// Issues of one value against one object shape, with paths from the value.
pub(crate) fn check(value: &Value, shape: &'static BodyShape) -> Vec<Value> {
    let mut issues = Vec::new();
    fields(value, shape, &mut Vec::new(), &mut issues);
    issues
}

fn fields(value: &Value, shape: &'static BodyShape, path: &mut Vec<Value>, issues: &mut Vec<Value>) {
    let Value::Object(map) = value else {
        issues.push(wrong("object", type_of(value), path));
        return;
    };
    for field in shape.fields {
        path.push(json!(field.key));
        match map.get(field.key) {
            Some(value) => one(value, &field.kind, path, issues),
            None if field.required => issues.push(missing(&field.kind, path)),
            None => {}
        }
        path.pop();
    }
    if shape.strict {
        let unknown: Vec<&str> =
            map.keys().map(String::as_str).filter(|k| shape.fields.iter().all(|f| f.key != *k)).collect();
        if !unknown.is_empty() {
            let keys = unknown.iter().map(|k| format!("'{k}'")).collect::<Vec<_>>().join(", ");
            let message = format!("Unrecognized key(s) in object: {keys}");
            issues.push(json!({"code": "unrecognized_keys", "path": path, "message": message, "keys": unknown}));
        }
    }
}

fn one(value: &Value, kind: &'static JsonKind, path: &mut Vec<Value>, issues: &mut Vec<Value>) {
    let text = |rule: fn(&str) -> bool, code: &str, message: &str| match value {
        Value::String(s) if rule(s) => None,
        Value::String(_) => Some(json!({"code": code, "path": path, "message": message})),
        other => Some(wrong("string", type_of(other), path)),
    };
    let issue = match kind {
        JsonKind::Any => None,
        JsonKind::Text => text(|_| true, "", ""),
        JsonKind::Word => text(|s| !s.is_empty(), "too_small", "String must contain at least 1 character(s)"),
        JsonKind::Slug => text(is_slug, "invalid_string", "Invalid"),
        JsonKind::Https => text(is_https, "invalid_string", "Invalid url"),
        JsonKind::Uuid => text(is_uuid, "invalid_string", "Invalid uuid"),
        JsonKind::Duration => text(is_duration, "invalid_string", "Invalid"),
        JsonKind::Flag => (!value.is_boolean()).then(|| wrong("boolean", type_of(value), path)),
        JsonKind::Null => (!value.is_null()).then(|| wrong("null", type_of(value), path)),
        JsonKind::Map => (!value.is_object()).then(|| wrong("object", type_of(value), path)),
        JsonKind::OneOf(options) => match value {
            Value::String(s) if options.contains(&s.as_str()) => None,
            Value::String(s) => {
                let message = format!("Invalid enum value. Expected {}, received '{s}'", union(options));
                Some(json!({"code": "invalid_option", "path": path, "message": message, "options": options}))
            }
            other => Some(wrong(&union(options), type_of(other), path)),
        },
        JsonKind::Nullable(inner) => {
            if !value.is_null() {
                one(value, inner, path, issues);
            }
            None
        }
        JsonKind::Object(shape) => {
            fields(value, shape, path, issues);
            None
        }
        JsonKind::Union(kinds) => {
            let fits = kinds.iter().any(|kind| {
                let mut inner = Vec::new();
                one(value, kind, path, &mut inner);
                inner.is_empty()
            });
            (!fits).then(|| json!({"code": "invalid", "path": path, "message": "Invalid input"}))
        }
        JsonKind::List(inner, least) => match value {
            Value::Array(items) => {
                for (at, item) in items.iter().enumerate() {
                    path.push(json!(at));
                    one(item, inner, path, issues);
                    path.pop();
                }
                (items.len() < *least).then(|| {
                    let message = format!("Array must contain at least {least} element(s)");
                    json!({"code": "too_small", "path": path, "message": message})
                })
            }
            other => Some(wrong("array", type_of(other), path)),
        },
    };
    issues.extend(issue);
}

fn missing(kind: &JsonKind, path: &[Value]) -> Value {
    let expected = match kind {
        JsonKind::Text | JsonKind::Word | JsonKind::Slug | JsonKind::Https | JsonKind::Uuid | JsonKind::Duration => {
            "string".to_owned()
        }
        JsonKind::Flag => "boolean".to_owned(),
        JsonKind::Null => "null".to_owned(),
        JsonKind::Map | JsonKind::Object(_) => "object".to_owned(),
        JsonKind::List(..) => "array".to_owned(),
        JsonKind::OneOf(options) => union(options),
        JsonKind::Nullable(inner) => return missing(inner, path),
        JsonKind::Any | JsonKind::Union(_) => {
            return json!({"code": "invalid", "path": path, "message": "Invalid input"});
        }
    };
    wrong(&expected, "undefined", path)
}

fn wrong(expected: &str, received: &str, path: &[Value]) -> Value {
    let message = if received == "undefined" {
        "Required".to_owned()
    } else {
        format!("Expected {expected}, received {received}")
    };
    json!({"code": "invalid_type", "path": path, "message": message, "expected": expected, "received": received})
}

fn union(options: &[&str]) -> String {
    options.iter().map(|o| format!("'{o}'")).collect::<Vec<_>>().join(" | ")
}

fn type_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

/// A whole number from the query, within bounds.
pub(crate) fn whole(
    text: Option<&str>,
    key: &str,
    least: usize,
    most: usize,
    default: usize,
) -> Result<usize, AttioRefusal> {
    let Some(text) = text else { return Ok(default) };
    let issue = match text.parse::<usize>() {
        Ok(number) if number < least => {
            let message = format!("Number must be greater than or equal to {least}");
            json!({"code": "too_small", "path": [key], "message": message})
        }
        Ok(number) if number > most => {
            let message = format!("Number must be less than or equal to {most}");
            json!({"code": "too_big", "path": [key], "message": message})
        }
        Ok(number) => return Ok(number),
        Err(_) => wrong("number", "nan", &[json!(key)]),
    };
    Err(AttioRefusal::issues("Query params validation error.", vec![issue]))
}

/// `true` or `false` from the query.
pub(crate) fn flag(text: Option<&str>, key: &str) -> Result<bool, AttioRefusal> {
    match text {
        None | Some("false") => Ok(false),
        Some("true") => Ok(true),
        Some(_) => {
            let issue = wrong("boolean", "string", &[json!(key)]);
            Err(AttioRefusal::issues("Query params validation error.", vec![issue]))
        }
    }
}

fn is_slug(text: &str) -> bool {
    (1..=64).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_' || b == b'-')
}

fn is_https(text: &str) -> bool {
    text.strip_prefix("https://").is_some_and(|rest| {
        let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
        !host.is_empty() && !text.contains(char::is_whitespace)
    })
}

pub(crate) fn is_uuid(text: &str) -> bool {
    text.len() == 36 && Uuid::try_parse(text).is_ok()
}

/// `P…` anywhere in the text is enough: the published pattern has no anchors, and every part of it is optional.
fn is_duration(text: &str) -> bool {
    text.contains('P')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::attio::schema::SchemaField;

    const SHAPE: BodyShape = BodyShape {
        fields: &[
            SchemaField::required("name", JsonKind::Word),
            SchemaField::required("note", JsonKind::Nullable(&JsonKind::Text)),
            SchemaField::optional("tags", JsonKind::List(&JsonKind::OneOf(&["a", "b"]), 1)),
        ],
        strict: true,
    };

    #[test]
    fn all_issues_come_in_the_order_of_the_schema() {
        let issues = check(&json!({"other": 1, "tags": ["a", "c"], "name": ""}), &SHAPE);
        let codes: Vec<_> = issues.iter().map(|i| (i["code"].clone(), i["path"].clone())).collect();
        let expected = [
            (json!("too_small"), json!(["name"])),
            (json!("invalid_type"), json!(["note"])),
            (json!("invalid_option"), json!(["tags", 1])),
            (json!("unrecognized_keys"), json!([])),
        ];
        assert_eq!(codes, expected);
    }

    #[test]
    fn a_number_is_whole_however_it_is_written() {
        let body = object(br#"{"limit": 5.0, "all": [-0.0, 1e3, 2.5, 1e300]}"#).unwrap();
        assert_eq!(Value::Object(body), json!({"limit": 5, "all": [0, 1000, 2.5, 1e300]}));
    }

    #[test]
    fn a_body_that_is_no_object_is_refused_without_panic() {
        for body in ["", "{", "[]", "1", "{\"data\":1}", "{\"data\":[]}", "\u{0}"] {
            assert!(data(body.as_bytes(), &SHAPE).is_err(), "{body}");
        }
    }
}
