//! JSON in comparable form: what is equal, and parts of it.

use serde_json::Value as Json;

type Map = serde_json::Map<String, Json>;

/// Equal JSON, numbers by value (`50` is `50.0`), objects by key whatever the order.
pub fn same(a: &Json, b: &Json) -> bool {
    match (a, b) {
        // Whole numbers are compared as such: ids may be longer than a fraction is exact.
        (Json::Number(a), Json::Number(b)) => a == b || ((a.is_f64() || b.is_f64()) && a.as_f64() == b.as_f64()),
        (Json::Array(a), Json::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b)),
        (Json::Object(a), Json::Object(b)) => {
            // Most have their keys in the same order.
            let equal = |((k, v), (l, w)): ((&String, &Json), (&String, &Json))| {
                if k == l { same(v, w) } else { b.get(k).is_some_and(|w| same(v, w)) }
            };
            a.len() == b.len() && a.iter().zip(b).all(equal)
        }
        _ => a == b,
    }
}

/// Whether `live` says all that `want` says: it may have more keys, at every depth.
pub fn includes(want: &Json, live: &Json) -> bool {
    match (want, live) {
        (Json::Object(want), Json::Object(live)) => {
            want.iter().all(|(k, v)| live.get(k).is_some_and(|l| includes(v, l)))
        }
        (Json::Array(want), Json::Array(live)) => {
            want.len() == live.len() && want.iter().zip(live).all(|(w, l)| includes(w, l))
        }
        _ => same(want, live),
    }
}

/// Equal as sets of texts, whatever the order.
pub fn same_set(a: &Json, b: &Json) -> bool {
    let sorted = |v: &Json| -> Option<Vec<String>> {
        let mut out: Vec<String> = v.as_array()?.iter().map(Json::to_string).collect();
        out.sort();
        out.dedup();
        Some(out)
    };
    match (sorted(a), sorted(b)) {
        (Some(a), Some(b)) => a == b,
        _ => a == b,
    }
}

/// The fields named, as far as they are there.
pub fn pick(fields: &Map, names: &[String]) -> Map {
    fields.iter().filter(|(field, _)| names.contains(field)).map(|(k, v)| (k.clone(), v.clone())).collect()
}

/// All fields but those named.
pub fn without(fields: &Map, names: &[&str]) -> Map {
    fields.iter().filter(|(field, _)| !names.contains(&field.as_str())).map(|(k, v)| (k.clone(), v.clone())).collect()
}

/// A text field, or nothing.
pub fn text<'a>(fields: &'a Map, key: &str) -> &'a str {
    fields.get(key).and_then(Json::as_str).unwrap_or_default()
}

/// An id field as text, whether the API has numbers or text; nothing where a number is too long to be known to the
/// last digit.
pub fn id_text(json: &Json) -> Option<String> {
    match json {
        Json::String(text) if !text.is_empty() => Some(text.clone()),
        Json::Number(number) if !number.is_f64() => Some(number.to_string()),
        _ => None,
    }
}

/// Equal as sets, whatever the order of entries or of keys in them.
pub fn same_entries(a: &[Json], b: &[Json], same: impl Fn(&Json, &Json) -> bool) -> bool {
    a.iter().all(|x| b.iter().any(|y| same(x, y))) && b.iter().all(|y| a.iter().any(|x| same(x, y)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn numbers_are_equal_by_value_and_long_ones_to_the_last_digit() {
        assert!(same(&json!(50), &json!(50.0)) && same(&json!(-1), &json!(-1.0)));
        assert!(!same(&json!(9_007_199_254_740_993_u64), &json!(9_007_199_254_740_992_u64)));
        assert!(!same(&json!(u64::MAX), &json!(u64::MAX - 1)));
    }

    #[test]
    fn ids_are_text_whatever_their_size() {
        let read = |text: &str| id_text(&serde_json::from_str(text).unwrap());
        for id in ["1", "9007199254740993", "18446744073709551615"] {
            assert_eq!(read(id).as_deref(), Some(id));
        }
        assert_eq!(read("\"a-b\"").as_deref(), Some("a-b"));
        for none in ["18446744073709551616", "1.5", "1e3", "null", "[1]", "\"\"", "true"] {
            assert_eq!(read(none), None, "{none}");
        }
    }
}
