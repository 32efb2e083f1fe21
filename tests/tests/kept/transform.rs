//! What an API may make of the rows it answers with.

use plg_runtime::http::{Answer, Request};
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU64, Ordering};

/// A change of one field of a row: its name, and how it is; nothing where it is dropped.
pub(crate) type Change = fn(&str, Value) -> Option<(String, Value)>;

/// Where keys are dropped, added, or answered under another name.
#[derive(Debug)]
pub(crate) struct Transform {
    pub(crate) what: &'static str,
    pub(crate) change: Change,
}

pub(crate) const ALL: &[Transform] = &[
    Transform { what: "dropped", change: |_, _| None },
    Transform { what: "renamed", change: |name, value| Some((format!("{name}_v2"), value)) },
    Transform { what: "enlarged", change: |name, value| Some((name.to_owned(), enlarged(value))) },
    Transform { what: "reordered", change: |name, value| Some((name.to_owned(), reordered(value))) },
    Transform { what: "numbers as text", change: |name, value| Some((name.to_owned(), textual(value))) },
    Transform { what: "texts trimmed and escaped", change: |name, value| Some((name.to_owned(), sanitised(value))) },
    Transform {
        what: "empty is null",
        change: |name, value| Some((name.to_owned(), if is_empty(&value) { Value::Null } else { value })),
    },
    Transform { what: "empty is absent", change: |name, value| (!is_empty(&value)).then(|| (name.to_owned(), value)) },
];

/// An answer with these fields of its rows changed.
pub(crate) fn changed(answer: Answer, request: &Request, names: &BTreeSet<String>, change: Change) -> Answer {
    let Ok(mut body) = serde_json::from_slice::<Value>(&answer.body) else { return answer };
    if answer.status >= 300 || !(request.url.contains("/v2/") || request.url.contains("/api/projects/")) {
        return answer;
    }
    let rows = match &mut body {
        Value::Object(map) if map.contains_key("data") => map.get_mut("data"),
        Value::Object(map) if map.contains_key("results") => map.get_mut("results"),
        other => Some(other),
    };
    match rows {
        Some(Value::Array(rows)) => rows.iter_mut().for_each(|row| row_changed(row, names, change)),
        Some(row) => row_changed(row, names, change),
        None => {}
    }
    Answer { body: body.to_string().into_bytes(), ..answer }
}

fn row_changed(row: &mut Value, names: &BTreeSet<String>, change: Change) {
    // A row without an id describes the key or the project.
    let Some(fields) = row.as_object_mut().filter(|fields| fields.contains_key("id")) else { return };
    let all = std::mem::take(fields).into_iter();
    *fields = all
        .filter_map(|(name, value)| if names.contains(&name) { change(&name, value) } else { Some((name, value)) })
        .collect();
}

/// With a key more in each object, whose value is another one each time.
fn enlarged(value: Value) -> Value {
    static TIMES: AtomicU64 = AtomicU64::new(1);
    match value {
        Value::Object(map) => {
            let mut map: Map<String, Value> = map.into_iter().map(|(key, value)| (key, enlarged(value))).collect();
            map.insert("by_the_server".into(), json!({ "times": TIMES.fetch_add(1, Ordering::Relaxed) }));
            map.into()
        }
        Value::Array(list) => list.into_iter().map(enlarged).collect(),
        other => other,
    }
}

fn reordered(value: Value) -> Value {
    match value {
        Value::Object(map) => map.into_iter().map(|(key, value)| (key, reordered(value))).rev().collect(),
        Value::Array(list) => list.into_iter().rev().collect(),
        other => other,
    }
}

fn textual(value: Value) -> Value {
    match value {
        Value::Number(number) => number.to_string().into(),
        Value::Object(map) => map.into_iter().map(|(key, value)| (key, textual(value))).collect(),
        Value::Array(list) => list.into_iter().map(textual).collect(),
        other => other,
    }
}

fn sanitised(value: Value) -> Value {
    match value {
        Value::String(text) => text.trim().to_lowercase().replace('e', "&eacute;").into(),
        Value::Object(map) => map.into_iter().map(|(key, value)| (key, sanitised(value))).collect(),
        Value::Array(list) => list.into_iter().map(sanitised).collect(),
        other => other,
    }
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Bool(flag) => !flag,
        Value::String(text) => text.is_empty(),
        Value::Array(list) => list.is_empty(),
        Value::Object(map) => map.is_empty(),
        _ => false,
    }
}
