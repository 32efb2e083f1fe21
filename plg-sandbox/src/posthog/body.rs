//! Fields of a body as tables, and small readers of rows, for the resources that have many plain fields.

use super::call::PosthogCall;
use super::fault::{Fault, refuse};
use super::fields::{FieldRule, Fields, OPTIONAL, REQUIRED};
use super::json::whole;
use serde_json::{Map, Value};

/// What a field holds.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Holds {
    /// Text of at most `max` characters, trimmed; `blank` says whether it may be empty.
    Text { max: usize, blank: bool },
    /// A boolean, or one of the words the framework takes for one.
    Flag,
    /// A whole number within limits.
    Whole { min: i64, max: i64 },
    /// An ISO 8601 date and time, answered in UTC.
    Moment,
    /// One of a few words.
    Word(&'static [&'static str]),
    /// Anything.
    Json,
}

/// One writable field.
#[derive(Debug, Clone, Copy)]
pub(crate) struct BodyField {
    name: &'static str,
    holds: Holds,
    null: bool,
    required: bool,
}

/// No limit on a text's length.
pub(crate) const ANY_LENGTH: usize = usize::MAX;

/// A number that fits a positive integer column.
pub(crate) const COUNT: Holds = Holds::Whole { min: 0, max: 2_147_483_647 };

/// A number that fits an integer column.
pub(crate) const WHOLE: Holds = Holds::Whole { min: -2_147_483_648, max: 2_147_483_647 };

impl BodyField {
    fn rule(self) -> FieldRule {
        let rule = if self.required { REQUIRED } else { OPTIONAL };
        if self.null { rule.null() } else { rule }
    }

    /// An optional field that cannot be null.
    pub(crate) const fn new(name: &'static str, holds: Holds) -> Self {
        BodyField { name, holds, null: false, required: false }
    }

    /// The same, and null is allowed.
    pub(crate) const fn or_null(mut self) -> Self {
        self.null = true;
        self
    }

    /// The same, and a new row must have it.
    pub(crate) const fn required(mut self) -> Self {
        self.required = true;
        self
    }
}

/// Reads the fields that are in `body`, in the table's order; the first wrong one is the fault.
/// A `partial` body may lack required fields.
pub(crate) fn read(table: &[BodyField], body: &Map<String, Value>, partial: bool) -> Result<Map<String, Value>, Fault> {
    let mut fields = Fields::new(body, partial);
    for field in table {
        one(&mut fields, field)?;
    }
    Ok(fields.done())
}

fn one(fields: &mut Fields<'_>, field: &BodyField) -> Result<(), Fault> {
    let (name, rule) = (field.name, field.rule());
    match field.holds {
        Holds::Text { max, blank } => {
            let rule = if blank { rule.blank() } else { rule };
            fields.string(name, if max == ANY_LENGTH { rule } else { rule.max(max) })
        }
        Holds::Flag => fields.boolean(name, rule),
        Holds::Whole { min, max } => fields.integer(name, rule.within(min, max)),
        Holds::Moment => fields.datetime(name, rule),
        Holds::Word(words) => fields.choice(name, words, rule),
        Holds::Json => fields.json(name, rule),
    }
}

/// The tags of a body, if it has any and the licence keeps them.
pub(crate) fn tags(call: &PosthogCall) -> Result<Option<Value>, Fault> {
    let mut fields = call.fields();
    fields.tags(call.settings.tagging)?;
    Ok(fields.done().remove("tags"))
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
            return Err(refuse(attr, "incorrect_type", &detail));
        }
    };
    let Some(number) = number else {
        return Err(refuse(attr, "incorrect_type", "Incorrect type. Expected pk value, received str."));
    };
    u64::try_from(number)
        .ok()
        .filter(|id| there(*id))
        .ok_or_else(|| refuse(attr, "does_not_exist", &format!("Invalid pk \"{number}\" - object does not exist.")))
}
