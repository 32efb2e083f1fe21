//! Fields of a body as tables, and small readers of rows, for the resources that have many plain fields.

use super::{Cx, Fault, Fields, OPTIONAL, REQUIRED, Rule};
use jiff::{SignedDuration, Timestamp};
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
pub(crate) struct Field {
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

impl Field {
    fn rule(self) -> Rule {
        let rule = if self.required { REQUIRED } else { OPTIONAL };
        if self.null { rule.null() } else { rule }
    }

    /// An optional field that cannot be null.
    pub(crate) const fn new(name: &'static str, holds: Holds) -> Self {
        Field { name, holds, null: false, required: false }
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
pub(crate) fn read(table: &[Field], body: &Map<String, Value>, partial: bool) -> Result<Map<String, Value>, Fault> {
    let mut fields = Fields::new(body, partial);
    for field in table {
        one(&mut fields, field)?;
    }
    Ok(fields.done())
}

fn one(fields: &mut Fields<'_>, field: &Field) -> Result<(), Fault> {
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
pub(crate) fn tags(cx: &Cx) -> Result<Option<Value>, Fault> {
    let mut fields = cx.fields();
    fields.tags(cx.settings.tagging)?;
    Ok(fields.done().remove("tags"))
}

/// A wrong value: code `invalid_input`.
pub(crate) fn wrong(attr: &str, detail: &str) -> Fault {
    Fault::invalid_input(attr, detail)
}

/// A field of the body, refused with a code of its own.
pub(crate) fn refuse(attr: &str, code: &str, detail: &str) -> Fault {
    Fault::validation(code, detail).at(attr)
}

/// The body as a whole is wrong: code `invalid_input`, no attribute.
pub(crate) fn wrong_body(detail: &str) -> Fault {
    Fault::invalid(detail)
}

/// Where the API trips over its input and answers 500.
pub(crate) fn crash() -> Fault {
    let (code, detail) = ("error".to_owned(), "A server error occurred.".to_owned());
    Fault { status: 500, kind: "server_error", code, detail, attr: None }
}

/// A boolean, or a word for one.
pub(crate) fn flag(value: &Value) -> Option<Value> {
    let body = Map::from_iter([("flag".to_owned(), value.clone())]);
    read(&[Field::new("flag", Holds::Flag)], &body, true).ok()?.remove("flag")
}

/// A moment some days later, unless that is beyond the calendar.
pub(crate) fn days_after(moment: Timestamp, days: i64) -> Option<Timestamp> {
    let seconds = days.checked_mul(86_400)?;
    moment.checked_add(SignedDuration::from_secs(seconds)).ok()
}

/// Whether a field is there and neither null, false, zero nor empty.
pub(crate) fn truthy(value: Option<&Value>) -> bool {
    match value {
        None | Some(Value::Null) => false,
        Some(Value::Bool(said)) => *said,
        Some(Value::Number(number)) => number.as_f64() != Some(0.0),
        Some(Value::String(text)) => !text.is_empty(),
        Some(Value::Array(items)) => !items.is_empty(),
        Some(Value::Object(members)) => !members.is_empty(),
    }
}

/// The text under `key`, or an empty one.
pub(crate) fn text_at<'a>(row: &'a Value, key: &str) -> &'a str {
    row.get(key).and_then(Value::as_str).unwrap_or_default()
}

/// Whether `key` holds true.
pub(crate) fn is_set(row: &Value, key: &str) -> bool {
    row.get(key).and_then(Value::as_bool).unwrap_or(false)
}

/// The number under `key`, or zero.
pub(crate) fn number_at(row: &Value, key: &str) -> u64 {
    row.get(key).and_then(Value::as_u64).unwrap_or(0)
}

/// Puts every member of `changes` into `row`.
pub(crate) fn merge(row: &mut Value, changes: Map<String, Value>) {
    if let Value::Object(row) = row {
        row.extend(changes);
    }
}

/// How well `needle` matches any of the texts: `exact` within one, `similar` by shared trigrams.
pub(crate) fn match_type(needle: &str, texts: &[&str]) -> Option<&'static str> {
    let needle = needle.trim().to_lowercase();
    if texts.iter().any(|t| t.to_lowercase().contains(&needle)) {
        return Some("exact");
    }
    texts.iter().any(|t| word_similarity(&needle, &t.to_lowercase()) >= 0.4).then_some("similar")
}

/// The share of the needle's trigrams that occur in the text.
fn word_similarity(needle: &str, text: &str) -> f64 {
    let wanted = trigrams(needle);
    let there = trigrams(text);
    if wanted.is_empty() {
        return 0.0;
    }
    let shared = u32::try_from(wanted.iter().filter(|t| there.contains(t)).count()).unwrap_or(u32::MAX);
    f64::from(shared) / f64::from(u32::try_from(wanted.len()).unwrap_or(u32::MAX))
}

fn trigrams(text: &str) -> Vec<[char; 3]> {
    let mut out = Vec::new();
    for word in text.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()) {
        let padded: Vec<char> = "  ".chars().chain(word.chars()).chain(" ".chars()).collect();
        for window in padded.windows(3) {
            let trigram = [window[0], window[1], window[2]];
            if !out.contains(&trigram) {
                out.push(trigram);
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_typing_mistake_is_still_similar() {
        assert_eq!(match_type("grow", &["Growth"]), Some("exact"));
        assert_eq!(match_type("growht", &["Growth"]), Some("similar"));
        assert_eq!(match_type("retention", &["Growth"]), None);
    }
}
