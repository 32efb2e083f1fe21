//! One step of an action.

use crate::posthog::fault::Fault;
use crate::posthog::fields::{Fields, OPTIONAL};
use crate::posthog::{fault, pattern};
use serde_json::{Map, Value, json};

const MATCHINGS: [&str; 3] = ["contains", "regex", "exact"];

/// One step with all its keys.
pub(crate) fn step(sent: &Value) -> Result<Value, Fault> {
    let Some(sent) = sent.as_object() else { return Err(fault::not_an_object(sent).under("steps")) };
    let mut read = Fields::new(sent, false);
    let any = OPTIONAL.null().verbatim();
    let mut fields = || -> Result<(), Fault> {
        read.string("event", any)?;
        read.list("properties", any)?;
        read.string("selector", any)?;
        for (name, matching) in
            [("tag_name", ""), ("text", "text_matching"), ("href", "href_matching"), ("url", "url_matching")]
        {
            read.string(name, any)?;
            if !matching.is_empty() {
                read.choice(matching, &MATCHINGS, any)?;
            }
            let is_pattern = read.get(matching) == Some(&json!("regex"));
            if let Some(Value::String(text)) = read.get(name).filter(|_| is_pattern)
                && let Err(why) = pattern::check(text)
            {
                return Err(Fault::invalid_input(name, format!("Invalid regular expression: {why}")));
            }
        }
        Ok(())
    };
    fields().map_err(|fault| fault.under("steps"))?;
    let read = read.done();
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
