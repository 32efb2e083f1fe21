//! What a request may say: each parameter with its type, and whether it is taken when an object is made, changed or both.

use crate::refusal::{coded, refused};
use plg_sandbox::Reply;
use serde_json::{Map, Number, Value};

/// What a parameter is read as.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Type {
    /// A text of so many characters.
    Text(usize),
    /// One of these words.
    Word(&'static [&'static str]),
    /// `true` or `false`.
    Bool,
    /// A whole number.
    Whole,
    /// A number.
    Number,
    /// A number that is kept as the text it is.
    Decimal,
    /// Free keys with texts.
    Map,
    /// An object of these parameters.
    Object(&'static [Param]),
    /// A list of texts.
    Texts,
    /// A list of objects of these parameters.
    Objects(&'static [Param]),
}

/// When a parameter is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum When {
    /// When an object is made.
    Made,
    /// When it is changed.
    Changed,
    /// Both times.
    Both,
    /// Both times; sent empty in a change, it takes the value away.
    Cleared,
}

/// One parameter.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Param(pub(crate) &'static str, pub(crate) Type, pub(crate) When);

/// What every request takes and nothing keeps.
const EXPAND: &str = "expand";

/// Reads what was sent: each parameter as its type, and null for what is to be taken away.
pub(crate) fn read(params: &[Param], sent: &Map<String, Value>, is_made: bool) -> Result<Map<String, Value>, Reply> {
    let mut out = Map::new();
    for (name, value) in sent.iter().filter(|(name, _)| *name != EXPAND) {
        let param = params.iter().find(|param| param.0 == name);
        let is_taken = |param: &&Param| match param.2 {
            When::Made => is_made,
            When::Changed => !is_made,
            When::Both | When::Cleared => true,
        };
        let Some(Param(_, ty, when)) = param.filter(is_taken) else {
            return Err(coded("parameter_unknown", format!("Received unknown parameter: {name}"), Some(name)));
        };
        if *value == "" && !matches!(ty, Type::Map) {
            if is_made || *when != When::Cleared {
                let message = format!(
                    "You passed an empty string for '{name}'. We assume empty values are an attempt to unset a parameter; \
                     however '{name}' cannot be unset. You should remove '{name}' from your request or supply a non-empty value."
                );
                return Err(coded("parameter_invalid_empty", message, Some(name)));
            }
            out.insert(name.clone(), Value::Null);
            continue;
        }
        out.insert(name.clone(), typed(name, *ty, value, is_made)?);
    }
    Ok(out)
}

fn typed(name: &str, ty: Type, value: &Value, is_made: bool) -> Result<Value, Reply> {
    let wrong = |what: &str| coded("parameter_invalid_type", format!("Invalid {what}: {value}"), Some(name));
    match (ty, value) {
        (Type::Text(most), Value::String(text)) if text.chars().count() <= most => Ok(value.clone()),
        (Type::Text(most), Value::String(_)) => Err(coded(
            "parameter_invalid_string",
            format!("Invalid string: must be at most {most} characters"),
            Some(name),
        )),
        (Type::Word(words), Value::String(text)) if words.contains(&&**text) => Ok(value.clone()),
        (Type::Word(words), _) => {
            Err(refused(format!("Invalid {name}: must be one of {}", words.join(", ")), Some(name)))
        }
        (Type::Bool, Value::String(text)) => match &**text {
            "true" => Ok(true.into()),
            "false" => Ok(false.into()),
            _ => Err(coded("parameter_invalid_boolean", format!("Invalid boolean: {text}"), Some(name))),
        },
        (Type::Whole, Value::String(text)) => match text.parse::<i64>() {
            Ok(number) => Ok(number.into()),
            Err(_) => Err(coded("parameter_invalid_integer", format!("Invalid integer: {text}"), Some(name))),
        },
        (Type::Number, Value::String(text)) => {
            text.parse().ok().and_then(Number::from_f64).map(Value::from).ok_or_else(|| wrong("decimal"))
        }
        (Type::Decimal, Value::String(text)) => {
            let is_decimal = text.split('.').count() <= 2 && text.bytes().all(|b| b.is_ascii_digit() || b == b'.');
            if is_decimal && text.starts_with(|c: char| c.is_ascii_digit()) {
                Ok(value.clone())
            } else {
                Err(wrong("decimal"))
            }
        }
        (Type::Map, Value::Object(map)) if map.values().all(Value::is_string) => metadata(name, map, is_made),
        (Type::Map, Value::Array(list)) if list.iter().all(Value::is_string) => {
            let map = list.iter().enumerate().map(|(place, value)| (place.to_string(), value.clone())).collect();
            metadata(name, &map, is_made)
        }
        (Type::Map, Value::String(text)) if text.is_empty() => Ok(Value::Null),
        (Type::Object(params), Value::Object(map)) => read(params, map, true).map(Value::Object),
        (Type::Texts, Value::Array(list))
            if list.iter().all(|one| one.as_str().is_some_and(|text| !text.is_empty())) =>
        {
            Ok(value.clone())
        }
        (Type::Objects(params), Value::Array(list)) => {
            let each = list.iter().map(|one| match one {
                Value::Object(map) => read(params, map, true).map(Value::Object),
                _ => Err(wrong("object")),
            });
            each.collect()
        }
        (Type::Map | Type::Object(_), _) => Err(wrong("object")),
        (Type::Texts | Type::Objects(_), _) => Err(wrong("array")),
        _ => Err(wrong("string")),
    }
}

/// Keys and values for others.
fn metadata(name: &str, map: &Map<String, Value>, is_made: bool) -> Result<Value, Reply> {
    if map.len() > 50 {
        return Err(refused("Metadata can have up to 50 keys", Some(name)));
    }
    for (key, value) in map {
        let length = value.as_str().map_or(0, |text| text.chars().count());
        if key.is_empty() || key.chars().count() > 40 || key.contains(['[', ']']) {
            return Err(refused(
                format!("Metadata keys have 1 to 40 characters without square brackets: {key}"),
                Some(name),
            ));
        }
        if length > 500 {
            return Err(refused(
                format!("Metadata values have up to 500 characters, and {key} has {length}"),
                Some(name),
            ));
        }
    }
    let is_kept = |value: &Value| !is_made || *value != "";
    Ok(map
        .iter()
        .filter(|(_, value)| is_kept(value))
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect::<Map<_, _>>()
        .into())
}

/// Says so where one of these was not sent.
pub(crate) fn required(sent: &Map<String, Value>, names: &[&str]) -> Result<(), Reply> {
    match names.iter().find(|name| !sent.contains_key(**name)) {
        None => Ok(()),
        Some(name) => Err(coded("parameter_missing", format!("Missing required param: {name}."), Some(name))),
    }
}

/// Puts changes into a row. Metadata is merged: a key that is sent empty goes, and so do all where it is sent empty itself.
pub(crate) fn put(row: &mut Map<String, Value>, changes: Map<String, Value>) {
    for (name, value) in changes {
        match (row.get_mut(&name), value) {
            (Some(Value::Object(now)), Value::Object(changes)) if name == "metadata" => {
                for (key, value) in changes {
                    if value == "" {
                        now.shift_remove(&key);
                    } else {
                        now.insert(key, value);
                    }
                }
            }
            (_, Value::Null) if name == "metadata" => drop(row.insert(name, Value::Object(Map::new()))),
            (_, value) => drop(row.insert(name, value)),
        }
    }
}
