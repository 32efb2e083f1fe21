//! Bodies as forms, for APIs that take no JSON.

use crate::wire::segment;
use serde_json::Value as Json;

/// A body as a form: `name=Pro&metadata[team]=growth&items[0][price]=7`, with its content type, for
/// [`Api::body`](super::Api::body). What is null is sent empty, which such APIs take for "take it away".
pub fn form_body(body: &Json) -> (&'static str, String) {
    let mut pairs = Vec::new();
    flatten(String::new(), body, &mut pairs);
    ("application/x-www-form-urlencoded", pairs.join("&"))
}

fn flatten(key: String, value: &Json, pairs: &mut Vec<String>) {
    let below = |name: &str| if key.is_empty() { segment(name) } else { format!("{key}[{}]", segment(name)) };
    let text = match value {
        Json::Object(map) => return map.iter().for_each(|(name, value)| flatten(below(name), value, pairs)),
        Json::Array(list) if !list.is_empty() => {
            return list.iter().enumerate().for_each(|(place, value)| flatten(below(&place.to_string()), value, pairs));
        }
        Json::Array(_) | Json::Null => String::new(),
        Json::String(text) => segment(text),
        Json::Bool(value) => value.to_string(),
        Json::Number(number) => number.to_string(),
    };
    pairs.push(format!("{key}={text}"));
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_is_inside_stands_in_brackets() {
        let body = json!({
            "name": "Pro & more", "active": true, "amount": 12, "metadata": { "a b": "c=d" },
            "items": [{ "price": 7 }, { "price": 8 }], "gone": null, "none": [],
        });
        let (content_type, text) = form_body(&body);
        assert_eq!(content_type, "application/x-www-form-urlencoded");
        assert_eq!(
            text,
            "name=Pro%20%26%20more&active=true&amount=12&metadata[a%20b]=c%3Dd&items[0][price]=7&items[1][price]=8&gone=&none="
        );
    }
}
