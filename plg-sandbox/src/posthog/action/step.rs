//! One step of an action.

use crate::posthog::body::BodyReader;
use crate::posthog::fault::Fault;
use crate::posthog::field::{BodyField, Holds};
use crate::posthog::pattern;
use serde_json::{Map, Value, json};

const MATCHINGS: [&str; 3] = ["contains", "regex", "exact"];

const FIELDS: &[BodyField] = &[
    BodyField::new("event", Holds::Verbatim).or_null(),
    BodyField::new("properties", Holds::List).or_null(),
    BodyField::new("selector", Holds::Verbatim).or_null(),
    BodyField::new("tag_name", Holds::Verbatim).or_null(),
];
/// Texts, each with how it is matched.
const MATCHED: [(&str, &str); 3] = [("text", "text_matching"), ("href", "href_matching"), ("url", "url_matching")];

/// One step with all its keys.
pub(crate) fn step(sent: &Value) -> Result<Value, Fault> {
    let Some(sent) = sent.as_object() else { return Err(Fault::not_an_object(sent).under("steps")) };
    let read = read(sent).map_err(whole_step)?;
    let mut step = Map::new();
    for key in [
        "event",
        "properties",
        "selector",
        "tag_name",
        "text",
        "text_matching",
        "href",
        "href_matching",
        "url",
        "url_matching",
    ] {
        step.insert(key.to_owned(), read.get(key).cloned().unwrap_or(Value::Null));
    }
    if step.get("url_matching").is_some_and(Value::is_null) {
        step.insert("url_matching".into(), json!("contains"));
    }
    let regex = read.get("selector").and_then(Value::as_str).map(selector_regex);
    step.insert("selector_regex".into(), json!(regex));
    Ok(Value::Object(step))
}

/// A word that is not known is told as the step's, with the field in the code.
fn whole_step(fault: Fault) -> Fault {
    let Some(field) = fault.attr.clone().filter(|_| fault.code == "invalid_choice") else {
        return fault.under("steps");
    };
    let detail = format!("{{'{field}': [ErrorDetail(string='{}', code='invalid_choice')]}}", fault.detail);
    Fault::validation(&format!("{{'{field}': ['invalid_choice']}}"), detail).at("steps")
}

fn read(sent: &Map<String, Value>) -> Result<Map<String, Value>, Fault> {
    let mut read = BodyReader::new(sent, false);
    read.take(FIELDS)?;
    for (name, matching) in MATCHED {
        read.take(&[
            BodyField::new(name, Holds::Verbatim).or_null(),
            BodyField::new(matching, Holds::Word(&MATCHINGS)).or_null(),
        ])?;
        let is_pattern = read.get(matching) == Some(&json!("regex"));
        if let Some(Value::String(text)) = read.get(name).filter(|_| is_pattern)
            && let Err(why) = pattern::check(text)
        {
            return Err(Fault::invalid_input(name, format!("Invalid regular expression: {why}")));
        }
    }
    Ok(read.done())
}

/// A selector as a pattern over a chain of elements, innermost first.
fn selector_regex(selector: &str) -> String {
    let mut pattern = String::from("(^|;)");
    let mut direct = false;
    for (n, part) in selector.split_whitespace().rev().enumerate() {
        if part == ">" {
            direct = true;
            continue;
        }
        if n > 0 {
            pattern.push_str(if direct { "" } else { "(.*;)?" });
        }
        direct = false;
        let (tag, rest) = part.split_at(part.find(['.', '#', '[', ':']).unwrap_or(part.len()));
        pattern.push_str(tag);
        for class in rest.split('.').filter(|c| !c.is_empty() && !c.starts_with(['#', '[', ':'])) {
            pattern.push_str(&format!(r".*?\.{class}"));
        }
        pattern.push_str("([-_a-zA-Z0-9\\.:\"= \\[\\]\\(\\),]*?)?($|;|:([^;^\\s]*(;|$|\\s)))");
    }
    pattern
}
