//! Reads a body by tables of fields, in the serializer's order, with its coercions and error texts.

use super::fault::Fault;
use super::field::{ANY_LENGTH, BodyField, Holds};
use super::json::whole;
use super::python::python_str;
use super::time::{moment, stamp};
use serde_json::{Map, Value, json};

const TAGS: &[BodyField] = &[BodyField::new("tags", Holds::Texts { max: 255 })];

/// Reads fields of one object; what was sent and is good ends up in [`BodyReader::done`].
pub(crate) struct BodyReader<'a> {
    body: &'a Map<String, Value>,
    partial: bool,
    read: Map<String, Value>,
}

impl<'a> BodyReader<'a> {
    /// `partial` is true for PATCH: nothing is required then.
    pub(crate) fn new(body: &'a Map<String, Value>, partial: bool) -> Self {
        BodyReader { body, partial, read: Map::new() }
    }

    /// Reads the fields of a table that were sent, in the table's order; the first wrong one is the fault.
    ///
    /// Where a field is checked against what is stored before the next one is looked at, its table ends with it.
    pub(crate) fn take(&mut self, table: &[BodyField]) -> Result<(), Fault> {
        for field in table {
            match self.body.get(field.name) {
                None if field.required && !self.partial => return Err(Fault::required(field.name)),
                None => {}
                Some(Value::Null) if !field.null => return Err(Fault::null(field.name)),
                Some(Value::Null) => self.keep(field.name, Value::Null),
                Some(value) => self.keep(field.name, kept(field, value)?),
            }
        }
        Ok(())
    }

    /// Tags: trimmed, in lower case, each once; their order is not kept. Without the licence for
    /// tags they are dropped in silence.
    pub(crate) fn tags(&mut self, licensed: bool) -> Result<(), Fault> {
        self.take(TAGS)?;
        if let Some(Value::Array(sent)) = self.read.remove("tags")
            && licensed
        {
            let mut tags: Vec<String> =
                sent.iter().filter_map(Value::as_str).map(|t| t.trim().to_lowercase()).collect();
            tags.sort();
            tags.dedup();
            tags.retain(|t| !t.is_empty());
            self.keep("tags", json!(tags));
        }
        Ok(())
    }

    /// A field that was read already.
    pub(crate) fn get(&self, name: &str) -> Option<&Value> {
        self.read.get(name)
    }

    /// Keeps a value that the caller has checked.
    pub(crate) fn keep(&mut self, name: &str, value: Value) {
        self.read.insert(name.to_owned(), value);
    }

    /// Leaves a field as it is stored.
    pub(crate) fn forget(&mut self, name: &str) {
        self.read.remove(name);
    }

    /// The fields that were sent, as they are to be stored.
    pub(crate) fn done(self) -> Map<String, Value> {
        self.read
    }
}

/// Reads a body that one table describes; a `partial` body may lack required fields.
pub(crate) fn read(table: &[BodyField], body: &Map<String, Value>, partial: bool) -> Result<Map<String, Value>, Fault> {
    let mut reader = BodyReader::new(body, partial);
    reader.take(table)?;
    Ok(reader.done())
}

/// A value as it is stored, if it is what the field holds.
fn kept(field: &BodyField, value: &Value) -> Result<Value, Fault> {
    let name = field.name;
    match field.holds {
        Holds::Text { max, blank } => text(name, value, max, blank),
        Holds::Verbatim => verbatim(name, value),
        Holds::Flag => boolean(field, value),
        Holds::Whole { min, max } => match whole(value) {
            None => Err(Fault::invalid_input(name, "A valid integer is required.")),
            Some(number) if number > max => Err(Fault::max_value(name, max)),
            Some(number) if number < min => Err(Fault::min_value(name, min)),
            Some(number) => Ok(json!(number)),
        },
        Holds::Moment => value.as_str().and_then(moment).map(|at| json!(stamp(at))).ok_or_else(|| {
            Fault::invalid_input(
                name,
                "Datetime has wrong format. Use one of these formats instead: \
                 YYYY-MM-DDThh:mm[:ss[.uuuuuu]][+HH:MM|-HH:MM|Z].",
            )
        }),
        Holds::WordOrBlank(_) if value == "" => Ok(json!("")),
        Holds::Word(words) | Holds::WordOrBlank(words) => match value.as_str() {
            Some(word) if words.contains(&word) => Ok(value.clone()),
            _ => Err(Fault::invalid_choice(name, value)),
        },
        Holds::List if value.is_array() => Ok(value.clone()),
        Holds::List => Err(Fault::not_a_list(name, value)),
        Holds::Texts { max } => texts(name, value, max),
        Holds::Object if value.is_object() => Ok(value.clone()),
        Holds::Object => Err(Fault::not_a_dict(name, value)),
        Holds::Json => Ok(value.clone()),
    }
}

fn text(name: &str, value: &Value, max: usize, blank: bool) -> Result<Value, Fault> {
    let text = match value {
        Value::String(text) => text.trim().to_owned(),
        Value::Number(number) => number.to_string(),
        _ => return Err(Fault::invalid_input(name, "Not a valid string.")),
    };
    if text.is_empty() && !blank {
        return Err(Fault::blank(name));
    }
    without_null(name, &text)?;
    if max != ANY_LENGTH && text.chars().count() > max {
        return Err(Fault::max_length(name, max));
    }
    Ok(json!(text))
}

fn verbatim(name: &str, value: &Value) -> Result<Value, Fault> {
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        _ => return Err(Fault::invalid_input(name, "Not a valid string.")),
    };
    if text.trim().is_empty() {
        return Err(Fault::blank(name));
    }
    without_null(name, &text)?;
    Ok(json!(text))
}

fn without_null(name: &str, text: &str) -> Result<(), Fault> {
    if text.contains('\0') {
        return Err(Fault::validation("null_characters_not_allowed", "Null characters are not allowed.").at(name));
    }
    Ok(())
}

fn boolean(field: &BodyField, value: &Value) -> Result<Value, Fault> {
    if value.is_boolean() {
        return Ok(value.clone());
    }
    match python_str(value).to_lowercase().as_str() {
        "t" | "y" | "yes" | "true" | "on" | "1" | "1.0" => Ok(json!(true)),
        "f" | "n" | "no" | "false" | "off" | "0" | "0.0" => Ok(json!(false)),
        "null" | "" if field.null => Ok(Value::Null),
        _ => Err(Fault::invalid_input(field.name, "Must be a valid boolean.")),
    }
}

fn texts(name: &str, value: &Value, max: usize) -> Result<Value, Fault> {
    let Some(items) = value.as_array() else { return Err(Fault::not_a_list(name, value)) };
    for item in items {
        let Some(text) = item.as_str() else { return Err(Fault::invalid_input(name, "Not a valid string.")) };
        if max != ANY_LENGTH && text.chars().count() > max {
            return Err(Fault::max_length(name, max));
        }
    }
    Ok(value.clone())
}

/// A boolean, or a word for one.
pub(crate) fn flag(value: &Value) -> Option<Value> {
    let body = Map::from_iter([("flag".to_owned(), value.clone())]);
    read(&[BodyField::new("flag", Holds::Flag)], &body, true).ok()?.remove("flag")
}

/// A row named by its number, which `there` must know.
pub(crate) fn known(id: &Value, attr: &str, there: impl Fn(u64) -> bool) -> Result<u64, Fault> {
    let number = match id {
        Value::Number(_) | Value::String(_) => whole(id),
        other => {
            let kind = match other {
                Value::Bool(_) => "bool",
                Value::Array(_) => "list",
                Value::Null => "NoneType",
                _ => "dict",
            };
            let detail = format!("Incorrect type. Expected pk value, received {kind}.");
            return Err(Fault::refused(attr, "incorrect_type", detail));
        }
    };
    let Some(number) = number else {
        return Err(Fault::refused(attr, "incorrect_type", "Incorrect type. Expected pk value, received str."));
    };
    u64::try_from(number).ok().filter(|id| there(*id)).ok_or_else(|| {
        Fault::refused(attr, "does_not_exist", format!("Invalid pk \"{number}\" - object does not exist."))
    })
}
