//! Filters and sorts of queries.

use super::refusal::AttioRefusal;
use super::value::essence;
use serde_json::{Map, Value};
use std::cmp::Ordering;

/// The values that a condition is about: those of an attribute, by its slug or id, or those at the end of a path.
#[derive(Debug, Clone, Copy)]
pub(crate) enum FilterSubject<'f> {
    Attribute(&'f str),
    Path(&'f Value),
}

/// The subject and the condition of a filter that is a path, which may stand wherever a condition may.
fn path_of(map: &Map<String, Value>) -> Option<(&Value, &Value)> {
    let path = map.get("path").filter(|path| path.is_array())?;
    Some((path, map.get("constraints")?))
}

/// Checks a filter; `known` refuses what it cannot be about.
pub(crate) fn check(
    filter: &Value,
    known: &dyn Fn(FilterSubject) -> Result<(), AttioRefusal>,
) -> Result<(), AttioRefusal> {
    walk(filter, known, &mut Vec::new())
}

fn walk(
    filter: &Value,
    known: &dyn Fn(FilterSubject) -> Result<(), AttioRefusal>,
    at: &mut Vec<String>,
) -> Result<(), AttioRefusal> {
    let Value::Object(map) = filter else { return Err(wrong().at(at)) };
    if let Some((path, _)) = path_of(map) {
        at.push("path".into());
        known(FilterSubject::Path(path)).map_err(|refusal| refusal.at(at))?;
        at.pop();
        return match map.keys().find(|key| !matches!(key.as_str(), "path" | "constraints")) {
            Some(key) => {
                at.push(key.clone());
                Err(wrong().at(at))
            }
            None => Ok(()),
        };
    }
    for (key, inner) in map {
        at.push(key.clone());
        match (key.as_str(), inner) {
            ("$and" | "$or", Value::Array(all)) => {
                for (place, one) in all.iter().enumerate() {
                    at.push(place.to_string());
                    walk(one, known, at)?;
                    at.pop();
                }
            }
            ("$not", one) => walk(one, known, at)?,
            (key, _) if key.starts_with('$') => return Err(wrong().at(at)),
            (slug, _) => known(FilterSubject::Attribute(slug)).map_err(|refusal| refusal.at(at))?,
        }
        at.pop();
    }
    Ok(())
}

/// The refusal of a filter that is none.
pub(crate) fn wrong() -> AttioRefusal {
    AttioRefusal::refused("filter_error", "Error in filter.")
}

/// The refusal of a filter about an attribute that is not there.
pub(crate) fn unknown(slug: &str) -> AttioRefusal {
    AttioRefusal::refused("unknown_filter_attribute_slug", format!("Unknown attribute slug: {slug}."))
}

/// Whether a row passes a checked filter; `values` has what it holds.
pub(crate) fn passes(filter: &Value, values: &dyn Fn(FilterSubject) -> Vec<Value>) -> bool {
    let Value::Object(map) = filter else { return true };
    if let Some((path, constraints)) = path_of(map) {
        return holds(&values(FilterSubject::Path(path)), constraints);
    }
    map.iter().all(|(key, inner)| match key.as_str() {
        "$and" => inner.as_array().is_none_or(|all| all.iter().all(|one| passes(one, values))),
        "$or" => inner.as_array().is_none_or(|all| all.iter().any(|one| passes(one, values))),
        "$not" => !passes(inner, values),
        slug => holds(&values(FilterSubject::Attribute(slug)), inner),
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
            let part = part_of(v, part);
            match wanted {
                Value::Object(tests) => tests.iter().all(|(key, wanted)| compares(&part, key, wanted)),
                wanted => same(&part, wanted),
            }
        }),
    })
}

/// One field of a value; a choice is compared by its title.
fn part_of(value: &Value, field: &str) -> Value {
    match value.get(field) {
        Some(Value::Object(choice)) => choice.get("title").cloned().unwrap_or_default(),
        part => part.cloned().unwrap_or_default(),
    }
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

/// The fields that rows are sorted by.
#[derive(Debug)]
pub(crate) struct Sort {
    is_descending: bool,
    subject: Value,
    field: Option<String>,
}

impl Sort {
    /// One of the sorts of a body; none where it is not one.
    pub(crate) fn read(sent: &Value) -> Option<Sort> {
        let is_descending = match sent.get("direction")?.as_str()? {
            "asc" => false,
            "desc" => true,
            _ => return None,
        };
        let field = match sent.get("field") {
            None | Some(Value::Null) => None,
            Some(field) => Some(field.as_str()?.to_owned()),
        };
        let subject = match (sent.get("attribute"), sent.get("path")) {
            (Some(attribute @ Value::String(_)), None) => attribute,
            (None, Some(path @ Value::Array(_))) => path,
            _ => return None,
        };
        Some(Sort { is_descending, subject: subject.clone(), field })
    }

    /// The values it sorts by.
    pub(crate) fn subject(&self) -> FilterSubject<'_> {
        match &self.subject {
            Value::String(attribute) => FilterSubject::Attribute(attribute),
            path => FilterSubject::Path(path),
        }
    }

    fn key(&self, values: &[Value]) -> Value {
        let Some(first) = values.first() else { return Value::Null };
        self.field.as_deref().map_or_else(|| essence(first), |field| part_of(first, field))
    }
}

/// Sorts rows; `values` has what one of them holds.
pub(crate) fn sort(rows: &mut Vec<Value>, sorts: &[Sort], values: &dyn Fn(&Value, FilterSubject) -> Vec<Value>) {
    let keys = |row: &Value| sorts.iter().map(|sort| sort.key(&values(row, sort.subject()))).collect::<Vec<_>>();
    let mut all: Vec<(Vec<Value>, Value)> = std::mem::take(rows).into_iter().map(|row| (keys(&row), row)).collect();
    all.sort_by(|(a, _), (b, _)| {
        let each = sorts.iter().zip(a.iter().zip(b));
        each.map(|(sort, (a, b))| if sort.is_descending { order(b, a) } else { order(a, b) })
            .find(|ordering| ordering.is_ne())
            .unwrap_or(Ordering::Equal)
    });
    rows.extend(all.into_iter().map(|(_, row)| row));
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn filters_nest_and_compare() {
        let values = json!({"name": [{"value": "Ada"}], "score": [{"value": 3.0}], "tags": []});
        let pass = |filter: Value| {
            passes(&filter, &|subject| match subject {
                FilterSubject::Attribute(slug) => values[slug].as_array().cloned().unwrap_or_default(),
                FilterSubject::Path(_) => vec![json!({"value": "Acme"})],
            })
        };
        assert!(pass(json!({"name": "Ada", "score": {"$gt": 2, "$lte": 3}})));
        assert!(pass(json!({"$or": [{"name": "Bob"}, {"$not": {"tags": {"$not_empty": true}}}]})));
        assert!(pass(json!({"name": {"value": {"$starts_with": "a"}}})));
        assert!(!pass(json!({"$and": [{"name": {"$in": ["Bob"]}}]})));
        assert!(pass(json!({"$not": {"path": [["people", "company"]], "constraints": {"value": {"$eq": "Acne"}}}})));
    }

    #[test]
    fn the_place_of_an_unknown_slug_is_told() {
        let known = |subject: FilterSubject| match subject {
            FilterSubject::Attribute("name") => Ok(()),
            FilterSubject::Attribute(slug) => Err(unknown(slug)),
            FilterSubject::Path(_) => Err(wrong()),
        };
        let place = |filter: Value| check(&filter, &known).unwrap_err().reply().body.unwrap()["path"].clone();
        assert_eq!(place(json!({"$or": [{"name": 1}, {"mail": 1}]})), json!(["$or", "1", "mail"]));
        assert_eq!(place(json!({"$not": {"path": [], "constraints": {}}})), json!(["$not", "path"]));
    }
}
