//! A query's rows.

use super::read::{ColumnValue, JsonKey, JsonPlace, QueryColumn, QueryTable, QueryTest, SelectQuery};
use crate::posthog::application::reads;
use crate::posthog::call::PosthogCall;
use crate::posthog::person::PERSONS;
use serde_json::{Map, Value, json};
use std::cmp::Ordering;
use std::collections::{BTreeSet, HashMap};

/// A row, with the keys that columns gave it which make a row of each.
#[derive(Debug, Clone)]
struct QueryLine<'r> {
    row: &'r Value,
    keys: Vec<(&'r QueryColumn, &'r str)>,
}

pub(super) fn run(call: &PosthogCall, query: &SelectQuery) -> Vec<Vec<Value>> {
    let mut rows: Vec<Value> = match query.from {
        QueryTable::Nothing => vec![json!({})],
        QueryTable::Events => reads::newest(call).into_iter().map(|row| event(call, row)).collect(),
        QueryTable::Persons => call.rows(PERSONS).rev().map(|(_, row)| person(row)).collect(),
    };
    rows.retain(|row| query.tests.iter().all(|test| holds(row, test)));
    let mut lines: Vec<QueryLine> = rows.iter().map(|row| QueryLine { row, keys: Vec::new() }).collect();
    for column in &query.columns {
        if let ColumnValue::EachKey(place) = &column.gives {
            lines = lines.iter().flat_map(|line| each_key(line, place, column)).collect();
        }
    }
    let is_counted = query.columns.iter().any(|column| column.gives.is_aggregate());
    let mut out: Vec<(Vec<Value>, Vec<Value>)> = if is_counted {
        groups(&query.columns, lines).iter().map(|group| of_group(query, group)).collect()
    } else {
        lines.iter().map(|line| of_group(query, std::slice::from_ref(line))).collect()
    };
    if !query.order.is_empty() {
        out.sort_by(|(_, a), (_, b)| {
            let by = a.iter().zip(b).zip(&query.order);
            let all = by.map(|((a, b), (_, is_down))| if *is_down { compared(b, a) } else { compared(a, b) });
            all.fold(Ordering::Equal, Ordering::then)
        });
    }
    out.into_iter().map(|(row, _)| row).collect()
}

fn event(call: &PosthogCall, row: &Map<String, Value>) -> Value {
    let person = row.get("_person").and_then(Value::as_str).and_then(|id| call.find(PERSONS, id));
    let mut out = row.clone();
    out.insert("uuid".into(), row.get("id").cloned().unwrap_or_default());
    out.insert("person_id".into(), row.get("_person").cloned().unwrap_or_default());
    out.insert("person".into(), person.map_or(Value::Null, self::person));
    Value::Object(out)
}

fn person(row: &Map<String, Value>) -> Value {
    json!({
        "id": row.get("uuid"), "properties": row.get("properties"), "created_at": row.get("created_at"),
        "is_identified": row.get("_identified").is_some(),
    })
}

/// Rows with the same values in the columns that are not counted; one of none where there is nothing to tell them apart by.
fn groups<'r>(columns: &[QueryColumn], lines: Vec<QueryLine<'r>>) -> Vec<Vec<QueryLine<'r>>> {
    let plain: Vec<&ColumnValue> =
        columns.iter().map(|column| &column.gives).filter(|gives| !gives.is_aggregate()).collect();
    if plain.is_empty() {
        return vec![lines];
    }
    let mut groups: Vec<Vec<QueryLine>> = Vec::new();
    let mut places: HashMap<String, usize> = HashMap::new();
    for line in lines {
        let key: Vec<Value> = plain.iter().map(|gives| given(gives, std::slice::from_ref(&line))).collect();
        let place = *places.entry(Value::Array(key).to_string()).or_insert(groups.len());
        match groups.get_mut(place) {
            Some(group) => group.push(line),
            None => groups.push(vec![line]),
        }
    }
    groups
}

/// What a group gives, and what it is ordered by.
fn of_group(query: &SelectQuery, lines: &[QueryLine<'_>]) -> (Vec<Value>, Vec<Value>) {
    let columns = query.columns.iter().map(|column| given(&column.gives, lines)).collect();
    (columns, query.order.iter().map(|(by, _)| given(by, lines)).collect())
}

fn given(gives: &ColumnValue, lines: &[QueryLine<'_>]) -> Value {
    let first = lines.first();
    match gives {
        ColumnValue::Constant(value) => value.clone(),
        ColumnValue::Field(path) => first.map_or(Value::Null, |line| at(line.row, path)),
        ColumnValue::Count => json!(lines.len()),
        ColumnValue::Uniq(path) => {
            let all: BTreeSet<String> = lines.iter().map(|line| at(line.row, path).to_string()).collect();
            json!(all.len())
        }
        ColumnValue::Max(path) => lines.iter().map(|line| at(line.row, path)).max_by(compared).unwrap_or(Value::Null),
        ColumnValue::EachKey(_) => {
            json!(
                first.and_then(|line| line.keys.iter().find(|(column, _)| column.gives == *gives)).map(|(_, key)| key)
            )
        }
        ColumnValue::Type(place) => json!(first.map_or("Null", |line| json_type(inside(line, place)))),
        ColumnValue::Raw(place) => {
            json!(first.and_then(|line| inside(line, place)).map(Value::to_string).unwrap_or_default())
        }
        ColumnValue::Text(place) => {
            json!(first.and_then(|line| inside(line, place)?.as_str()).unwrap_or_default())
        }
    }
}

/// A line for each key of an object in this one, with the key under the column's name.
fn each_key<'r>(line: &QueryLine<'r>, place: &JsonPlace, column: &'r QueryColumn) -> Vec<QueryLine<'r>> {
    let keys = inside(line, place).and_then(Value::as_object).into_iter().flat_map(Map::keys);
    let with = |key: &'r String| {
        let mut line = line.clone();
        line.keys.push((column, key));
        line
    };
    keys.map(with).collect()
}

/// The value at a place of a line.
fn inside<'r>(line: &QueryLine<'r>, place: &JsonPlace) -> Option<&'r Value> {
    let field = place.field.iter().try_fold(line.row, |value, part| value.get(part))?;
    place.keys.iter().try_fold(field, |value, key| match key {
        JsonKey::Given(key) => value.get(key),
        JsonKey::Column(name) => {
            let of_line = line.keys.iter().find(|(column, _)| column.name == *name).map(|(_, key)| *key);
            value.get(of_line.or_else(|| line.row.get(name)?.as_str())?)
        }
    })
}

/// What a value is, in the words of `JSONType`.
fn json_type(value: Option<&Value>) -> &'static str {
    match value {
        None | Some(Value::Null) => "Null",
        Some(Value::Bool(_)) => "Bool",
        Some(Value::Number(number)) if number.is_f64() => "Double",
        Some(Value::Number(number)) if number.is_u64() => "UInt64",
        Some(Value::Number(_)) => "Int64",
        Some(Value::String(_)) => "String",
        Some(Value::Array(_)) => "Array",
        Some(Value::Object(_)) => "Object",
    }
}

fn at(row: &Value, path: &[String]) -> Value {
    path.iter().try_fold(row, |value, part| value.get(part)).cloned().unwrap_or(Value::Null)
}

fn holds(row: &Value, test: &QueryTest) -> bool {
    let has = at(row, &test.field);
    let (operator, is_not) =
        test.operator.strip_prefix("not ").map_or((test.operator.as_str(), false), |rest| (rest, true));
    let is = match operator {
        "=" | "==" => compared(&has, &test.value).is_eq(),
        "!=" | "<>" => compared(&has, &test.value).is_ne(),
        ">" => compared(&has, &test.value).is_gt(),
        "<" => !has.is_null() && compared(&has, &test.value).is_lt(),
        ">=" => compared(&has, &test.value).is_ge(),
        "<=" => !has.is_null() && compared(&has, &test.value).is_le(),
        "in" => test.value.as_array().is_some_and(|all| all.iter().any(|one| compared(&has, one).is_eq())),
        "like" => is_like(&text(&has), &text(&test.value)),
        _ => is_like(&text(&has).to_lowercase(), &text(&test.value).to_lowercase()),
    };
    is != is_not
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| if value.is_null() { String::new() } else { value.to_string() }, str::to_owned)
}

/// Numbers as numbers, everything else as texts.
fn compared(a: &Value, b: &Value) -> Ordering {
    match (a.as_f64(), b.as_f64()) {
        (Some(a), Some(b)) => a.partial_cmp(&b).unwrap_or(Ordering::Equal),
        _ => text(a).cmp(&text(b)),
    }
}

/// Whether a text is as a pattern with `%` and `_` says.
fn is_like(text: &str, pattern: &str) -> bool {
    let (text, pattern): (Vec<char>, Vec<char>) = (text.chars().collect(), pattern.chars().collect());
    let (mut t, mut p) = (0, 0);
    let mut back: Option<(usize, usize)> = None;
    while t < text.len() {
        match pattern.get(p) {
            Some('%') => {
                back = Some((p + 1, t));
                p += 1;
            }
            Some(c) if *c == '_' || *c == text[t] => {
                t += 1;
                p += 1;
            }
            _ => match back {
                Some((after, from)) => {
                    back = Some((after, from + 1));
                    (p, t) = (after, from + 1);
                }
                None => return false,
            },
        }
    }
    pattern[p..].iter().all(|c| *c == '%')
}

/// What a column holds, in the words of the database below.
pub(super) fn type_of(rows: &[Vec<Value>], at: usize) -> &'static str {
    match rows.iter().filter_map(|row| row.get(at)).find(|value| !value.is_null()) {
        Some(Value::Number(number)) if number.is_f64() => "Float64",
        Some(Value::Number(_)) => "UInt64",
        Some(Value::Bool(_)) => "Bool",
        _ => "String",
    }
}

#[cfg(test)]
mod tests {
    use super::is_like;

    #[test]
    fn patterns() {
        for (text, pattern, is) in [
            ("abc", "a%", true),
            ("abc", "%c", true),
            ("abc", "a_c", true),
            ("abc", "b%", false),
            ("aXbXc", "a%b%c", true),
            ("", "%", true),
            ("a", "", false),
        ] {
            assert_eq!(is_like(text, pattern), is, "{text} like {pattern}");
        }
    }
}
