//! Questions of a survey: what is enforced of them, and their ids.

use super::parts::{bad, choices, link};
use super::translations::Languages;
use super::{html, translations};
use crate::posthog::fault::Fault;
use crate::posthog::json::truthy;
use serde_json::{Map, Value, json};

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
