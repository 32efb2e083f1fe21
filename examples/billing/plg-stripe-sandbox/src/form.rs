//! Bodies and queries as forms: `recurring[interval]=month&enabled_events[0]=invoice.paid`.

use serde_json::{Map, Value};

/// Pairs as nested values; every value is a text.
pub(crate) fn nested(pairs: &[(String, String)]) -> Map<String, Value> {
    let mut root = Value::Object(Map::new());
    for (key, value) in pairs {
        put(&mut root, &steps(key), value);
    }
    match settled(root) {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}

/// The pairs of a body.
pub(crate) fn pairs(body: &[u8]) -> Vec<(String, String)> {
    let text = String::from_utf8_lossy(body);
    let pairs = text.split('&').filter(|pair| !pair.is_empty());
    pairs
        .map(|pair| pair.split_once('=').map_or((decoded(pair), String::new()), |(k, v)| (decoded(k), decoded(v))))
        .collect()
}

/// `a[b][]` as its steps: `a`, `b` and one without a name.
fn steps(key: &str) -> Vec<String> {
    let (first, rest) = key.split_once('[').unwrap_or((key, ""));
    let inner = rest.split('[').filter(|_| !rest.is_empty()).map(|step| step.trim_end_matches(']').to_owned());
    std::iter::once(first.to_owned()).chain(inner).collect()
}

fn put(at: &mut Value, steps: &[String], value: &str) {
    let Some((first, rest)) = steps.split_first() else {
        *at = Value::String(value.to_owned());
        return;
    };
    if !at.is_object() {
        *at = Value::Object(Map::new());
    }
    if let Value::Object(map) = at {
        let name = if first.is_empty() { map.len().to_string() } else { first.clone() };
        put(map.entry(name).or_insert(Value::Null), rest, value);
    }
}

/// Objects whose keys are the numbers from 0 on are lists.
fn settled(value: Value) -> Value {
    let Value::Object(map) = value else { return value };
    let is_list = !map.is_empty() && map.keys().enumerate().all(|(place, key)| *key == place.to_string());
    let inner = map.into_iter().map(|(key, value)| (key, settled(value)));
    if is_list { inner.map(|(_, value)| value).collect() } else { Value::Object(inner.collect()) }
}

fn decoded(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let escape = (bytes[at] == b'%').then(|| text.get(at + 1..at + 3)).flatten();
        match escape.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            Some(byte) => {
                out.push(byte);
                at += 3;
            }
            None => {
                out.push(if bytes[at] == b'+' { b' ' } else { bytes[at] });
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn keys_in_brackets_are_inside() {
        let body =
            b"name=Pro+%26+more&metadata[a%20b]=c%3Dd&items[0][price]=7&items[1][price]=8&expand[]=x&expand[]=y&gone=";
        assert_eq!(
            Value::Object(nested(&pairs(body))),
            json!({
                "name": "Pro & more", "metadata": { "a b": "c=d" }, "items": [{ "price": "7" }, { "price": "8" }],
                "expand": ["x", "y"], "gone": "",
            })
        );
        // A key of metadata may be a number: there it is no list.
        assert_eq!(Value::Object(nested(&pairs(b"metadata[7]=a"))), json!({ "metadata": { "7": "a" } }));
    }
}
