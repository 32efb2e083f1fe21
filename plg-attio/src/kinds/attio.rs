//! What Attio's kinds have in common: envelopes, rows, and what is equal though spelt differently.

use super::prelude::*;
use plg_core::wire::Ending;

/// A path of the API, in the version that is spoken.
macro_rules! at {
    ($rest:literal) => {
        concat!("/v2/", $rest)
    };
}
#[cfg(test)]
pub(crate) use at;

/// Where the API begins: its version.
pub(crate) const BASE: &str = at!("");

/// A collection that gives out everything at once, and whose objects are deleted for good.
pub(crate) fn whole(path: &str) -> RestCollection {
    RestCollection {
        path: [BASE, path].concat(),
        query: "",
        paging: Paging::Data,
        envelope: Some("data"),
        ending: Ending::Delete,
    }
}

/// A collection whose objects cannot be deleted: they are archived, and its list shows those too.
pub(crate) fn archiving(path: &str) -> RestCollection {
    RestCollection { query: "?show_archived=true", ending: Ending::Archive("is_archived"), ..whole(path) }
}

/// The object in an answer, with or without the envelope around it.
pub(crate) fn row(json: Json) -> Option<Map> {
    let Json::Object(mut row) = json else { return None };
    match row.get_mut("data") {
        Some(Json::Object(data)) => Some(std::mem::take(data)),
        _ => Some(row),
    }
}

/// One of the ids of a row.
pub(crate) fn id<'a>(row: &'a Map, key: &str) -> Option<&'a str> {
    row.get("id")?.get(key)?.as_str()
}

/// A row with all its keys as fields, under the id of this key.
pub(crate) fn live(mut row: Map, key: &str) -> Option<Live> {
    let own = id(&row, key)?.to_owned();
    row.shift_remove("id");
    let flag = |key: &str| row.get(key) == Some(&Json::Bool(true));
    Some(Live {
        outputs: Map::from_iter([("id".to_owned(), own.as_str().into())]),
        id: own,
        archived: flag("is_archived"),
        system: flag("is_system_attribute"),
        created: row.get("created_at").and_then(Json::as_str).map(str::to_owned),
        fields: row,
    })
}

/// The records of an object, or the entries of a list, that pass a filter: as many as one page has.
pub(crate) fn holders(target: &str, of: &str, filter: Option<Json>) -> Call {
    let rows = if target == "lists" { "entries" } else { "records" };
    let mut query = Map::from_iter([("limit".to_owned(), Json::from(500))]);
    query.extend(filter.map(|filter| ("filter".to_owned(), filter)));
    Call::new("POST", format!("{BASE}{target}/{}/{rows}/query", segment(of)), Json::Object(query))
}

/// The slug of something that makes room for its replacement.
pub(crate) fn retired(slug: &str, mark: &str) -> String {
    let mark: String =
        mark.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '_' }).collect();
    let end = format!("_archived_{mark}");
    let kept: String = slug.chars().take(Slug::RULE.max.saturating_sub(end.len())).collect();
    kept + &end
}

/// A field as a segment of a path.
pub(crate) fn segment_of(fields: &Map, key: &str) -> String {
    segment(text(fields, key))
}

/// What was passed through without a word of its own.
pub(crate) fn extra(want: Want, common: &Common) -> Want {
    common.extra.iter().fold(want, |want, (key, value)| want.set(key, value.term()))
}

/// What the paths of an attribute and of what is in it start with: those of objects, unless a list is named.
pub(crate) fn target(fields: &Map) -> &'static str {
    if text(fields, "target") == "lists" { "lists" } else { "objects" }
}

/// Whether a text is an id as Attio gives them out.
pub(crate) fn is_uuid(text: &str) -> bool {
    let is_part = |(part, length): (&str, usize)| part.len() == length && part.bytes().all(|b| b.is_ascii_hexdigit());
    let parts: Vec<&str> = text.split('-').collect();
    parts.len() == 5 && parts.into_iter().zip([8, 4, 4, 4, 12]).all(is_part)
}

/// Equal lengths of time in ISO 8601, however they are written: `P7D` is `P0Y0M7DT0H0M0S` and `P1W`.
pub(crate) fn same_duration(a: &Json, b: &Json) -> bool {
    match (a.as_str().and_then(duration), b.as_str().and_then(duration)) {
        (Some(a), Some(b)) => a == b,
        _ => same(a, b),
    }
}

/// Months, days and seconds of an ISO 8601 duration.
fn duration(text: &str) -> Option<(f64, f64, f64)> {
    let (date, time) = match text.strip_prefix('P')?.split_once('T') {
        Some((date, time)) => (date, time),
        None => (text.strip_prefix('P')?, ""),
    };
    let date = amounts(date, "YMWD")?;
    let time = amounts(time, "HMS")?;
    Some((date[0] * 12.0 + date[1], date[2] * 7.0 + date[3], time[0] * 3_600.0 + time[1] * 60.0 + time[2]))
}

/// The number before each letter, in the order of the letters; 0 where one is left out.
fn amounts(text: &str, letters: &str) -> Option<Vec<f64>> {
    let mut out = vec![0.0; letters.len()];
    let mut rest = text;
    let mut from = 0;
    while !rest.is_empty() {
        let end = rest.find(|c: char| c.is_ascii_alphabetic())?;
        let letter = rest[end..].chars().next()?;
        let place = from + letters[from..].find(letter)?;
        out[place] = rest[..end].replace(',', ".").parse().ok()?;
        from = place + 1;
        rest = &rest[end + 1..];
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_equal_by_length() {
        let equal = |a: &str, b: &str| same_duration(&json!(a), &json!(b));
        for (a, b) in
            [("P7D", "P0Y0M7DT0H0M0S"), ("P1W", "P7D"), ("PT60M", "PT1H"), ("P1Y", "P12M"), ("PT0,5H", "PT30M")]
        {
            assert!(equal(a, b), "{a} {b}");
        }
        for (a, b) in [("P1M", "PT1M"), ("P30D", "P1M"), ("P1D", "P2D"), ("P", "P1D"), ("no", "P1D"), ("PT1ä", "P1D")]
        {
            assert!(!equal(a, b), "{a} {b}");
        }
        assert!(!same_duration(&json!("P0D"), &Json::Null));
        assert!(same_duration(&Json::Null, &Json::Null));
    }
}
