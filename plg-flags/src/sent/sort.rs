//! What the values of a property are.

use serde_json::Value;
use std::fmt;

/// What the values of a property are, as far as JSON tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SentSort {
    /// Text.
    Text,
    /// A number.
    Number,
    /// True or false.
    Boolean,
    /// A day or an instant, which JSON has as a text.
    Datetime,
    /// A list.
    List,
    /// A JSON object.
    Object,
}

impl SentSort {
    /// From a value; nothing from null, which says nothing of a type.
    pub fn of(value: &Value) -> Option<SentSort> {
        Some(match value {
            Value::Null => return None,
            Value::Bool(_) => SentSort::Boolean,
            Value::Number(_) => SentSort::Number,
            Value::String(_) => SentSort::Text,
            Value::Array(_) => SentSort::List,
            Value::Object(_) => SentSort::Object,
        })
    }

    /// From a word of `JSONType` in a query, or of `property_type` in a definition; nothing where it says nothing of a
    /// type.
    pub fn read(word: &str) -> Option<SentSort> {
        Some(match word {
            "String" => SentSort::Text,
            "Int64" | "UInt64" | "Double" | "Numeric" | "Duration" => SentSort::Number,
            "Bool" | "Boolean" => SentSort::Boolean,
            "DateTime" => SentSort::Datetime,
            "Array" => SentSort::List,
            "Object" => SentSort::Object,
            _ => return None,
        })
    }

    /// Whether values of another sort are as this one declares them. A date is sent as a text, and PostHog takes many a
    /// text for a date.
    pub fn takes(self, other: SentSort) -> bool {
        let dated = [SentSort::Text, SentSort::Datetime];
        self == other || dated.contains(&self) && dated.contains(&other)
    }
}

impl fmt::Display for SentSort {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            SentSort::Text => "text",
            SentSort::Number => "number",
            SentSort::Boolean => "boolean",
            SentSort::Datetime => "datetime",
            SentSort::List => "list",
            SentSort::Object => "object",
        })
    }
}
