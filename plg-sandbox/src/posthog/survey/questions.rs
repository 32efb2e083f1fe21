//! Questions of a survey: what is enforced of them, and their ids.

use super::html;
use super::translations::{self, Languages};
use crate::posthog::Fault;
use crate::posthog::body::{truthy, wrong};
use serde_json::{Map, Value, json};

fn bad(detail: &str) -> Fault {
    wrong("questions", detail)
}

/// Checks and cleans the questions of a body; `old` are those the survey has.
pub(crate) fn read(value: &Value, old: &Value, languages: &Languages) -> Result<Value, Fault> {
    if value.is_null() {
        return Ok(Value::Null);
    }
    let Some(questions) = value.as_array() else { return Err(bad("Questions must be a list of objects")) };
    let mut out = Vec::with_capacity(questions.len());
    for (index, question) in questions.iter().enumerate() {
        let Some(question) = question.as_object() else { return Err(bad("Questions must be a list of objects")) };
        let known = old.get(index).and_then(|q| q.get("translations"));
        out.push(Value::Object(one(question, index, known, languages)?));
    }
    Ok(Value::Array(out))
}

fn one(
    raw: &Map<String, Value>,
    index: usize,
    known: Option<&Value>,
    languages: &Languages,
) -> Result<Map<String, Value>, Fault> {
    let mut out = raw.clone();
    let said = |key: &str| raw.get(key).filter(|v| truthy(Some(v)));
    let Some(text) = said("question") else { return Err(bad("Question text is required")) };
    let Some(text) = text.as_str() else { return Err(bad("Question text must be a string")) };
    out.insert("question".into(), json!(html::clean(text)));
    for key in ["description", "buttonText", "lowerBoundLabel", "upperBoundLabel"] {
        if let Some(value) = said(key) {
            let Some(text) = value.as_str() else { return Err(bad(&format!("Question {key} must be a string"))) };
            out.insert(key.into(), json!(html::clean(text)));
        }
    }
    if let Some(value) = said("choices") {
        let Some(list) = value.as_array() else { return Err(bad("Question choices must be a list of strings")) };
        out.insert("choices".into(), choices(list)?);
    }
    if said("descriptionContentType").is_some_and(|v| v != "text" && v != "html") {
        return Err(bad("Question descriptionContentType must be one of ['text', 'html']"));
    }
    if let Some(value) = raw.get("translations") {
        let translated = translations::of_question(value, index, known, languages)?;
        out.insert("translations".into(), matching_choices(translated, index, out.get("choices"))?);
    }
    if let Some(value) = said("link") {
        let Some(address) = value.as_str() else {
            return Err(bad(&format!("Question {}: link must be a string", index + 1)));
        };
        out.insert("link".into(), json!(link(address)?));
    }
    if let Some(rules) = raw.get("validation").filter(|v| !v.is_null()) {
        rules_fit(rules)?;
    }
    Ok(out)
}

/// Choices: texts that say something.
pub(crate) fn choices(list: &[Value]) -> Result<Value, Fault> {
    let mut out = Vec::with_capacity(list.len());
    for choice in list {
        let Some(text) = choice.as_str() else { return Err(bad("Question choices must be strings")) };
        if text.trim().is_empty() {
            return Err(bad("Question choices cannot be empty"));
        }
        out.push(json!(html::clean(text)));
    }
    Ok(Value::Array(out))
}

/// Translated choices of a question without any are dropped; of one with some, there must be as many.
fn matching_choices(mut translated: Map<String, Value>, index: usize, choices: Option<&Value>) -> Result<Value, Fault> {
    let wanted = choices.and_then(Value::as_array).map(Vec::len);
    for (language, fields) in &mut translated {
        let Some(fields) = fields.as_object_mut() else { continue };
        let Some(there) = fields.get("choices").and_then(Value::as_array).map(Vec::len) else { continue };
        match wanted {
            None => {
                fields.remove("choices");
            }
            Some(wanted) if wanted != there => {
                return Err(bad(&format!(
                    "Question {}: Translation '{language}' has {there} choices but question has {wanted} choices. \
                     Array lengths must match to avoid partial translations.",
                    index + 1
                )));
            }
            Some(_) => {}
        }
    }
    Ok(Value::Object(translated))
}

/// An address a survey may link to: https with a host, or mailto with an address.
pub(crate) fn link(address: &str) -> Result<String, Fault> {
    let (scheme, rest) = address.split_once(':').unwrap_or(("", address));
    match scheme.to_ascii_lowercase().as_str() {
        "https" => {
            let host = rest.strip_prefix("//").and_then(|r| r.split(['/', '?', '#']).next()).unwrap_or_default();
            if host.is_empty() {
                return Err(bad("Invalid HTTPS URL. Please enter a valid HTTPS link."));
            }
        }
        "mailto" if scheme == "mailto" && is_email(rest) => {}
        "mailto" => {
            return Err(bad(
                "Invalid mailto link. Please enter a valid mailto link (e.g., mailto:example@domain.com).",
            ));
        }
        _ => return Err(bad("Link must be a URL with one of these schemes: [https, mailto]")),
    }
    Ok(html::clean(address))
}

/// `name@domain.tld`, in plain letters, digits and a few signs.
fn is_email(text: &str) -> bool {
    let Some((name, domain)) = text.split_once('@') else { return false };
    let Some((host, top)) = domain.rsplit_once('.') else { return false };
    let plain = |text: &str, signs: &str| {
        !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || signs.contains(c))
    };
    plain(name, "._%+-") && plain(host, ".-") && top.len() >= 2 && top.chars().all(|c| c.is_ascii_alphabetic())
}

fn rules_fit(rules: &Value) -> Result<(), Fault> {
    let Some(rules) = rules.as_array() else {
        return Err(bad("Question validation must be a list of validation rules"));
    };
    for rule in rules {
        let Some(rule) = rule.as_object() else { return Err(bad("Each validation rule must be an object")) };
        let kind = rule.get("type").and_then(Value::as_str).unwrap_or_default();
        match kind {
            "email" => {}
            "min_length" | "max_length" => {
                if let Some(value) = rule.get("value").filter(|v| !v.is_null())
                    && value.as_i64().is_none_or(|v| v <= 0)
                {
                    return Err(bad(&format!("Validation rule value for {kind} must be a positive integer")));
                }
            }
            _ => return Err(bad("Validation rule type must be one of: min_length, max_length, email")),
        }
    }
    let first =
        |kind: &str| rules.iter().find(|r| r["type"] == kind).and_then(|r| r.get("value")).and_then(Value::as_i64);
    if let (Some(least), Some(most)) = (first("min_length"), first("max_length"))
        && least > most
    {
        return Err(bad("Minimum length cannot be greater than maximum length"));
    }
    Ok(())
}

/// Gives every question without an id one of its own.
pub(crate) fn add_ids(questions: &mut Value) {
    for question in questions.as_array_mut().into_iter().flatten() {
        if !truthy(question.get("id")) {
            question["id"] = json!(uuid::Uuid::new_v4().to_string());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_are_https_or_mailto() {
        assert!(link("https://bazinga.com").is_ok());
        assert!(link("mailto:a.b@c.co").is_ok());
        for wrong in ["http://a.b", "https://", "https:a", "mailto:#@%^%#$@#$@#.com", "mailto:a@b", "a@b.co", ""] {
            assert!(link(wrong).is_err(), "{wrong}");
        }
    }
}
