//! Filters and sorts of queries.

use super::refusal::AttioRefusal;
use super::value::essence;
use serde_json::{Map, Value};
use std::cmp::Ordering;

/// Checks a filter's slugs; `known` says whether there is such an attribute.
pub(crate) fn check(filter: &Value, known: &dyn Fn(&str) -> bool) -> Result<(), AttioRefusal> {
    walk(filter, known, &mut Vec::new())
}

fn walk(filter: &Value, known: &dyn Fn(&str) -> bool, path: &mut Vec<String>) -> Result<(), AttioRefusal> {
    let Value::Object(map) = filter else {
        return Err(AttioRefusal::refused("filter_error", "Error in filter.").at(path));
    };
    for (key, inner) in map {
        path.push(key.clone());
        match (key.as_str(), inner) {
            ("$and" | "$or", Value::Array(all)) => {
                for (at, one) in all.iter().enumerate() {
                    path.push(at.to_string());
                    walk(one, known, path)?;
                    path.pop();
                }
            }
            ("$not", one) => walk(one, known, path)?,
            (key, _) if key.starts_with('$') => {
                return Err(AttioRefusal::refused("filter_error", "Error in filter.").at(path));
            }
            (slug, _) if !known(slug) => {
                let message = format!("Unknown attribute slug: {slug}.");
                return Err(AttioRefusal::refused("unknown_filter_attribute_slug", message).at(path));
            }
            _ => {}
        }
        path.pop();
    }
    Ok(())
}

/// Whether values by slug pass a checked filter.
pub(crate) fn passes(filter: &Value, values: &Value) -> bool {
    let Value::Object(map) = filter else { return true };
    map.iter().all(|(key, inner)| match key.as_str() {
        "$and" => inner.as_array().is_none_or(|all| all.iter().all(|one| passes(one, values))),
        "$or" => inner.as_array().is_none_or(|all| all.iter().any(|one| passes(one, values))),
        "$not" => !passes(inner, values),
        slug => {
            let there = values[slug].as_array().map_or(&[][..], Vec::as_slice);
            holds(there, inner)
        }
    })
}

fn holds(there: &[Value], condition: &Value) -> bool {
    let Value::Object(tests) = condition else {
        return if condition.is_null() { there.is_empty() } else { there.iter().any(|v| same(&essence(v), condition)) };
    };
    tests.iter().all(|(key, wanted)| match key.as_str() {
        "$not_empty" => there.is_empty() != (*wanted == true),
        key if key.starts_with('$') => there.iter().any(|v| compares(&essence(v), key, wanted)),
        // A part of the value, such as `first_name`, with a condition of its own.
        part => there.iter().any(|v| {
            let part = v.get(part).cloned().unwrap_or_default();
            match wanted {
                Value::Object(tests) => tests.iter().all(|(key, wanted)| compares(&part, key, wanted)),
                wanted => same(&part, wanted),
            }
        }),
    })
}

fn compares(value: &Value, operator: &str, wanted: &Value) -> bool {
    let texts = || Some((value.as_str()?.to_lowercase(), wanted.as_str()?.to_lowercase()));
    match operator {
        "$eq" => same(value, wanted),
        "$in" => wanted.as_array().is_some_and(|all| all.iter().any(|one| same(value, one))),
        "$contains" => texts().is_some_and(|(v, w)| v.contains(&w)),
        "$starts_with" => texts().is_some_and(|(v, w)| v.starts_with(&w)),
        "$ends_with" => texts().is_some_and(|(v, w)| v.ends_with(&w)),
        "$lt" => order(value, wanted).is_lt(),
        "$lte" => order(value, wanted).is_le(),
        "$gt" => order(value, wanted).is_gt(),
        "$gte" => order(value, wanted).is_ge(),
        _ => false,
    }
}

fn same(value: &Value, wanted: &Value) -> bool {
    value == wanted || matches!((value.as_f64(), wanted.as_f64()), (Some(a), Some(b)) if a == b)
}

fn order(a: &Value, b: &Value) -> Ordering {
    match (a.as_f64(), b.as_f64()) {
        (Some(a), Some(b)) => a.total_cmp(&b),
        _ => a.as_str().unwrap_or_default().cmp(b.as_str().unwrap_or_default()),
    }
}

/// Sorts rows, each with values by slug, in place.
pub(crate) fn sort(rows: &mut [Value], values: &str, sorts: &[Value]) {
    let key = |row: &Value, sort: &Map<String, Value>| {
        let slug = sort.get("attribute").and_then(Value::as_str).unwrap_or_default();
        row[values][slug].get(0).map(essence).unwrap_or_default()
    };
    rows.sort_by(|a, b| {
        sorts
            .iter()
            .filter_map(Value::as_object)
            .map(|sort| {
                let ordering = order(&key(a, sort), &key(b, sort));
                if sort.get("direction").and_then(Value::as_str) == Some("desc") {
                    ordering.reverse()
                } else {
                    ordering
                }
            })
            .find(|ordering| ordering.is_ne())
            .unwrap_or(Ordering::Equal)
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn filters_nest_and_compare() {
        let values = json!({"name": [{"value": "Ada"}], "score": [{"value": 3.0}], "tags": []});
        let pass = |filter: Value| passes(&filter, &values);
        assert!(pass(json!({"name": "Ada", "score": {"$gt": 2, "$lte": 3}})));
        assert!(pass(json!({"$or": [{"name": "Bob"}, {"$not": {"tags": {"$not_empty": true}}}]})));
        assert!(pass(json!({"name": {"value": {"$starts_with": "a"}}})));
        assert!(!pass(json!({"$and": [{"name": {"$in": ["Bob"]}}]})));
    }

    #[test]
    fn the_path_of_an_unknown_slug_is_told() {
        let problem = check(&json!({"$or": [{"name": 1}, {"mail": 1}]}), &|slug| slug == "name").unwrap_err();
        assert_eq!(problem.reply().body.unwrap()["path"], json!(["$or", "1", "mail"]));
    }
}
