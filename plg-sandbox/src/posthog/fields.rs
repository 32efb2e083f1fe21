//! Reads a body field by field, in the serializer's order, with its coercions and error texts.

use super::fault::Fault;
use super::json::whole;
use super::python::python_str;
use super::time::{moment, stamp};
use serde_json::{Map, Value, json};

/// What a field takes.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct FieldRule {
    required: bool,
    null: bool,
    blank: bool,
    verbatim: bool,
    max: Option<usize>,
    least: Option<i64>,
    most: Option<i64>,
}

/// May be left out; null and blank are refused.
pub(crate) const OPTIONAL: FieldRule =
    FieldRule { required: false, null: false, blank: false, verbatim: false, max: None, least: None, most: None };

/// Must be there when creating; null and blank are refused.
pub(crate) const REQUIRED: FieldRule = FieldRule { required: true, ..OPTIONAL };

impl FieldRule {
    /// Null is good.
    pub(crate) const fn null(self) -> Self {
        FieldRule { null: true, ..self }
    }

    /// An empty string is good.
    pub(crate) const fn blank(self) -> Self {
        FieldRule { blank: true, ..self }
    }

    /// White space at the ends stays.
    pub(crate) const fn verbatim(self) -> Self {
        FieldRule { verbatim: true, ..self }
    }

    /// At most so many characters.
    pub(crate) const fn max(self, max: usize) -> Self {
        FieldRule { max: Some(max), ..self }
    }

    /// An integer from `least` to `most`.
    pub(crate) const fn within(self, least: i64, most: i64) -> Self {
        FieldRule { least: Some(least), most: Some(most), ..self }
    }
}

/// Reads fields of one object; what was sent and is good ends up in [`Fields::done`].
pub(crate) struct Fields<'a> {
    body: &'a Map<String, Value>,
    partial: bool,
    read: Map<String, Value>,
}

impl<'a> Fields<'a> {
    /// `partial` is true for PATCH: nothing is required then.
    pub(crate) fn new(body: &'a Map<String, Value>, partial: bool) -> Self {
        Fields { body, partial, read: Map::new() }
    }

    /// A field that was read already.
    pub(crate) fn get(&self, name: &str) -> Option<&Value> {
        self.read.get(name)
    }

    /// The fields that were sent, as they are to be stored.
    pub(crate) fn done(self) -> Map<String, Value> {
        self.read
    }

    /// A string; numbers become strings, white space at the ends goes.
    pub(crate) fn string(&mut self, name: &str, rule: FieldRule) -> Result<(), Fault> {
        let Some(value) = self.body.get(name) else { return self.absent(name, rule) };
        if value.is_null() {
            return self.null(name, rule);
        }
        let text = match value {
            Value::String(text) if rule.verbatim => text.clone(),
            Value::String(text) => text.trim().to_owned(),
            Value::Number(number) => number.to_string(),
            _ => return Err(Fault::invalid_input(name, "Not a valid string.")),
        };
        if text.trim().is_empty() && !rule.blank {
            return Err(Fault::blank(name));
        }
        if text.contains('\0') {
            return Err(Fault::validation("null_characters_not_allowed", "Null characters are not allowed.").at(name));
        }
        if let Some(max) = rule.max
            && text.chars().count() > max
        {
            return Err(Fault::max_length(name, max));
        }
        self.keep(name, json!(text))
    }

    /// A boolean, also as `"true"`, `"on"`, `1` and the like.
    pub(crate) fn boolean(&mut self, name: &str, rule: FieldRule) -> Result<(), Fault> {
        let Some(value) = self.body.get(name) else { return self.absent(name, rule) };
        let text = match value {
            Value::Null => return self.null(name, rule),
            Value::Bool(_) => return self.keep(name, value.clone()),
            other => python_str(other).to_lowercase(),
        };
        match text.as_str() {
            "t" | "y" | "yes" | "true" | "on" | "1" | "1.0" => self.keep(name, json!(true)),
            "f" | "n" | "no" | "false" | "off" | "0" | "0.0" => self.keep(name, json!(false)),
            "null" | "" if rule.null => self.keep(name, Value::Null),
            _ => Err(Fault::invalid_input(name, "Must be a valid boolean.")),
        }
    }

    /// An integer, also as a string of digits.
    pub(crate) fn integer(&mut self, name: &str, rule: FieldRule) -> Result<(), Fault> {
        let Some(value) = self.body.get(name) else { return self.absent(name, rule) };
        if value.is_null() {
            return self.null(name, rule);
        }
        let Some(number) = whole(value) else {
            return Err(Fault::invalid_input(name, "A valid integer is required."));
        };
        if let Some(most) = rule.most
            && number > most
        {
            return Err(Fault::max_value(name, most));
        }
        if let Some(least) = rule.least
            && number < least
        {
            return Err(Fault::min_value(name, least));
        }
        self.keep(name, json!(number))
    }

    /// One of a few strings.
    pub(crate) fn choice(&mut self, name: &str, choices: &[&str], rule: FieldRule) -> Result<(), Fault> {
        let Some(value) = self.body.get(name) else { return self.absent(name, rule) };
        match value {
            Value::Null => self.null(name, rule),
            Value::String(text) if text.is_empty() && rule.blank => self.keep(name, json!("")),
            Value::String(text) if choices.contains(&text.as_str()) => self.keep(name, value.clone()),
            other => Err(Fault::invalid_choice(name, other)),
        }
    }

    /// A moment, kept in UTC as PostHog prints it; without an offset it is taken as UTC.
    pub(crate) fn datetime(&mut self, name: &str, rule: FieldRule) -> Result<(), Fault> {
        let Some(value) = self.body.get(name) else { return self.absent(name, rule) };
        match value {
            Value::Null => self.null(name, rule),
            other => match other.as_str().and_then(moment) {
                Some(at) => self.keep(name, json!(stamp(at))),
                None => Err(Fault::invalid_input(
                    name,
                    "Datetime has wrong format. Use one of these formats instead: \
                     YYYY-MM-DDThh:mm[:ss[.uuuuuu]][+HH:MM|-HH:MM|Z].",
                )),
            },
        }
    }

    /// A list of anything.
    pub(crate) fn list(&mut self, name: &str, rule: FieldRule) -> Result<(), Fault> {
        let Some(value) = self.body.get(name) else { return self.absent(name, rule) };
        match value {
            Value::Null => self.null(name, rule),
            Value::Array(_) => self.keep(name, value.clone()),
            other => Err(Fault::not_a_list(name, other)),
        }
    }

    /// A list of strings; a rule's `max` is for each.
    pub(crate) fn strings(&mut self, name: &str, rule: FieldRule) -> Result<(), Fault> {
        self.list(name, rule)?;
        if let Some(Value::Array(items)) = self.read.get(name) {
            for item in items {
                match item {
                    Value::String(text) => {
                        if let Some(max) = rule.max
                            && text.chars().count() > max
                        {
                            return Err(Fault::max_length(name, max));
                        }
                    }
                    _ => return Err(Fault::invalid_input(name, "Not a valid string.")),
                }
            }
        }
        Ok(())
    }

    /// An object with anything in it.
    pub(crate) fn object(&mut self, name: &str, rule: FieldRule) -> Result<(), Fault> {
        let Some(value) = self.body.get(name) else { return self.absent(name, rule) };
        match value {
            Value::Null => self.null(name, rule),
            Value::Object(_) => self.keep(name, value.clone()),
            other => Err(Fault::not_a_dict(name, other)),
        }
    }

    /// Any JSON.
    pub(crate) fn json(&mut self, name: &str, rule: FieldRule) -> Result<(), Fault> {
        match self.body.get(name) {
            None => self.absent(name, rule),
            Some(Value::Null) => self.null(name, rule),
            Some(value) => self.keep(name, value.clone()),
        }
    }

    /// Tags: trimmed, in lower case, each once; their order is not kept. Without the licence for
    /// tags they are dropped in silence.
    pub(crate) fn tags(&mut self, licensed: bool) -> Result<(), Fault> {
        self.strings("tags", OPTIONAL.max(255))?;
        if let Some(Value::Array(sent)) = self.read.remove("tags")
            && licensed
        {
            let mut tags: Vec<String> =
                sent.iter().filter_map(Value::as_str).map(|t| t.trim().to_lowercase()).collect();
            tags.sort();
            tags.dedup();
            tags.retain(|t| !t.is_empty());
            self.read.insert("tags".into(), json!(tags));
        }
        Ok(())
    }

    /// Leaves a field as it is stored.
    pub(crate) fn forget(&mut self, name: &str) {
        self.read.remove(name);
    }

    /// Keeps a value that the caller has checked.
    pub(crate) fn keep(&mut self, name: &str, value: Value) -> Result<(), Fault> {
        self.read.insert(name.to_owned(), value);
        Ok(())
    }

    fn absent(&self, name: &str, rule: FieldRule) -> Result<(), Fault> {
        if rule.required && !self.partial { Err(Fault::required(name)) } else { Ok(()) }
    }

    fn null(&mut self, name: &str, rule: FieldRule) -> Result<(), Fault> {
        if rule.null { self.keep(name, Value::Null) } else { Err(Fault::null(name)) }
    }
}
