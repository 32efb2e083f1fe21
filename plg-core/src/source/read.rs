//! Values out of what an API answers. Declarations are made once and kept until the process ends,
//! as those in a stack are.

use crate::Json as Written;
use crate::span::{Span, Unit};
use crate::value::{Ago, Name, Pair, Str, Tag};
use serde_json::Value as Json;

/// A text that stays.
pub fn leak(text: &str) -> &'static str {
    if text.is_empty() { "" } else { Box::leak(text.to_owned().into_boxed_str()) }
}

/// A value that stays.
pub fn keep<T>(value: T) -> &'static T {
    Box::leak(Box::new(value))
}

/// A list that stays.
pub fn slice<T>(list: Vec<T>) -> &'static [T] {
    if list.is_empty() { &[] } else { Box::leak(list.into_boxed_slice()) }
}

/// A text at a path of a value, where there is one.
pub fn text(json: &Json, path: &str) -> Option<Str> {
    json.pointer(path).and_then(Json::as_str).filter(|text| !text.is_empty()).map(|text| Str(leak(text)))
}

/// A name that people gave.
pub fn name(json: Option<&Json>) -> Name {
    Name(leak(json.and_then(Json::as_str).unwrap_or_default()))
}

/// Texts of a list.
pub fn texts(json: Option<&Json>) -> &'static [Str] {
    let list = json.and_then(Json::as_array).into_iter().flatten();
    slice(list.filter_map(Json::as_str).map(|text| Str(leak(text))).collect())
}

/// Tags in alphabetical order, as they are kept in none.
pub fn tags(json: Option<&Json>) -> &'static [Tag] {
    let mut tags: Vec<Tag> = texts(json).iter().map(|text| Tag(text.0)).collect();
    tags.sort_by_key(|tag| tag.0);
    slice(tags)
}

/// Whether something is switched on.
pub fn on(json: Option<&Json>) -> bool {
    json == Some(&Json::Bool(true))
}

/// A length of time of one unit, in ISO 8601: `P7D` is `P0Y0M7DT0H0M0S`.
pub fn span_iso(text: &str) -> Option<Span> {
    let rest = text.strip_prefix('P')?;
    let (date, time) = rest.split_once('T').unwrap_or((rest, ""));
    let mut found = Vec::new();
    for (part, units) in [
        (date, &[('Y', Unit::years), ('M', Unit::months), ('W', Unit::weeks), ('D', Unit::days)][..]),
        (time, &[('H', Unit::hours), ('M', Unit::minutes), ('S', Unit::minutes)][..]),
    ] {
        let mut digits = String::new();
        for c in part.chars() {
            if c.is_ascii_digit() {
                digits.push(c);
                continue;
            }
            let (_, unit) = units.iter().find(|(letter, _)| *letter == c)?;
            let count: u32 = std::mem::take(&mut digits).parse().ok()?;
            if count > 0 && c == 'S' {
                return None;
            }
            if count > 0 {
                found.push(Span { count, unit: *unit });
            }
        }
    }
    match found[..] {
        [one] => Some(one),
        _ => None,
    }
}

/// A time in the past as PostHog writes it, such as `-7d`.
pub fn ago(text: &str) -> Option<Ago> {
    let rest = text.strip_prefix('-')?;
    let count = rest.get(..rest.len().checked_sub(1)?)?.parse().ok()?;
    let units = [Unit::minutes, Unit::hours, Unit::days, Unit::weeks, Unit::months, Unit::years];
    units.into_iter().map(|unit| Ago(Span { count, unit })).find(|ago| ago.relative() == text)
}

/// A count and a unit, each under its key.
pub fn span(json: &Json, count: &str, unit: &str) -> Option<Span> {
    let count = u32::try_from(number(json.get(count)?)?).ok()?;
    Some(Span { count, unit: Unit::spelt(json.get(unit)?.as_str()?)? })
}

/// A whole number, whether it is kept as one or as text.
pub fn number(json: &Json) -> Option<i64> {
    match json {
        Json::String(text) => text.parse().ok(),
        other => other.as_i64(),
    }
}

/// Any JSON, as a stack has it.
pub fn written(json: &Json) -> Written {
    match json {
        Json::Null => Written::Null,
        Json::Bool(yes) => Written::Bool(*yes),
        Json::Number(n) => {
            let whole = n.as_i64().map(i128::from).or_else(|| n.as_u64().map(i128::from));
            whole.map_or_else(|| Written::Number(n.as_f64().unwrap_or_default()), Written::Whole)
        }
        Json::String(text) => Written::Text(leak(text)),
        Json::Array(list) => Written::List(slice(list.iter().map(written).collect())),
        Json::Object(map) => {
            Written::Object(slice(map.iter().map(|(key, value)| (leak(key), written(value))).collect()))
        }
    }
}

/// An entry of a map with free keys.
pub fn entry<T>(key: &str, value: T) -> Pair<T> {
    Pair { key: leak(key), doc: "", value }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_of_one_unit() {
        let days = |count| Some(Span { count, unit: Unit::days });
        assert_eq!((span_iso("P7D"), span_iso("P0Y0M7DT0H0M0S")), (days(7), days(7)));
        assert_eq!(span_iso("PT90M"), Some(Span { count: 90, unit: Unit::minutes }));
        for wrong in ["P1DT2H", "PT30S", "P", "P0D", "7D", "P1,5D"] {
            assert_eq!(span_iso(wrong), None, "{wrong}");
        }
        assert_eq!(ago("-7d"), Some(Ago(Span { count: 7, unit: Unit::days })));
        assert_eq!((ago("-7"), ago("dStart"), ago("-ä"), ago("-")), (None, None, None, None));
    }
}
