//! Texts of inputs in which what stands in braces is filled in.
//!
//! There is no interpreter of Hog here: paths such as `person.properties.plan` and `event.properties['a b']` are
//! followed, and anything else in braces is said not to be understood.

use crate::posthog::captured::named;
use serde_json::Value;

/// A value with every brace filled in; what is nothing but one keeps the type of what it names.
///
/// # Errors
/// What in braces is no path.
pub(super) fn filled(value: &Value, globals: &Value) -> Result<Value, String> {
    Ok(match value {
        Value::String(text) => filled_text(text, globals)?,
        Value::Array(all) => all.iter().map(|one| filled(one, globals)).collect::<Result<_, _>>()?,
        Value::Object(all) => {
            let one = |(key, one): (&String, &Value)| Ok::<_, String>((key.clone(), filled(one, globals)?));
            Value::Object(all.iter().map(one).collect::<Result<_, _>>()?)
        }
        other => other.clone(),
    })
}

fn filled_text(text: &str, globals: &Value) -> Result<Value, String> {
    let (mut parts, mut rest): (Vec<Value>, &str) = (Vec::new(), text);
    while let Some(at) = rest.find('{') {
        if rest[..at].ends_with('\\') {
            parts.push(format!("{}{{", &rest[..at - 1]).into());
            rest = &rest[at + 1..];
            continue;
        }
        let Some(end) = rest[at..].find('}').map(|end| at + end) else { break };
        if at > 0 {
            parts.push(rest[..at].into());
        }
        let said = &rest[at + 1..end];
        let path = path(said).ok_or_else(|| format!("the sandbox follows paths in braces, and no `{{{said}}}`"))?;
        parts.push(named(globals, &path).clone());
        rest = &rest[end + 1..];
    }
    if !rest.is_empty() || parts.is_empty() {
        parts.push(rest.into());
    }
    if let [one] = parts.as_mut_slice() {
        return Ok(one.take());
    }
    Ok(parts.iter().map(as_text).collect::<String>().into())
}

/// A value inside a text.
pub(super) fn as_text(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// The parts of a path: words with dots between them, or texts in brackets.
fn path(said: &str) -> Option<Vec<String>> {
    let (mut parts, mut rest) = (Vec::new(), said.trim());
    loop {
        let word: String = rest.chars().take_while(|c| c.is_ascii_alphanumeric() || "_$".contains(*c)).collect();
        if word.is_empty() {
            return None;
        }
        rest = &rest[word.len()..];
        parts.push(word);
        while let Some(inner) = rest.strip_prefix("['") {
            let (key, behind) = inner.split_once("']")?;
            parts.push(key.replace("\\'", "'").replace("\\\\", "\\"));
            rest = behind;
        }
        match rest.strip_prefix('.') {
            Some(behind) => rest = behind,
            None => return rest.is_empty().then_some(parts),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn braces_are_filled_in() {
        let globals = json!({ "person": { "properties": { "seats": 3, "name": "Ada", "a b": true } } });
        let fill = |value: Value| filled(&value, &globals);
        assert_eq!(fill(json!("{person.properties.seats}")), Ok(json!(3)));
        assert_eq!(fill(json!("{ person.properties['a b'] }")), Ok(json!(true)));
        assert_eq!(
            fill(json!("Hi {person.properties.name}, {person.properties.seats} of you{person.x}!")),
            Ok(json!("Hi Ada, 3 of you!"))
        );
        assert_eq!(
            fill(json!({ "a": ["{person.uuid}"], "b": "", "c": "\\{x}" })),
            Ok(json!({ "a": [null], "b": "", "c": "{x}" }))
        );
        assert!(fill(json!("{upper(person.properties.name)}")).is_err());
    }
}
