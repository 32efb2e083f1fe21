//! Translations of a survey and its questions, and the language codes they go by.

use super::{html, parts};
use crate::posthog::fault::Fault;
use crate::posthog::json::truthy;
use serde_json::{Map, Value, json};

/// The language the untranslated text is in unless said otherwise.
pub(crate) const ENGLISH: &str = "en";

const TEXTS: [&str; 5] =
    ["name", "description", "thankYouMessageHeader", "thankYouMessageDescription", "thankYouMessageCloseButtonText"];

const QUESTION_TEXTS: [&str; 5] = ["question", "description", "buttonText", "lowerBoundLabel", "upperBoundLabel"];

/// Words that were once used as keys and never matched a locale.
const REJECTED: [&str; 3] = ["default", "original", "base"];

/// What a translation's language is judged against.
#[derive(Debug)]
pub(crate) struct Languages {
    /// The language of the untranslated text.
    pub(crate) base: String,
}

impl Languages {
    /// The base language of a body, else of the survey, else English.
    pub(crate) fn of(body: &Map<String, Value>, survey: &Value) -> Self {
        let said =
            |value: Option<&Value>| value.and_then(Value::as_str).filter(|text| !text.trim().is_empty()).map(normal);
        let base = match body.get("base_language") {
            Some(value) if said(Some(value)).is_some() => said(Some(value)),
            _ => said(survey.get("base_language")),
        };
        Languages { base: base.unwrap_or_else(|| ENGLISH.to_owned()) }
    }

    /// The code a translation is kept under.
    fn key(&self, raw: &str, attr: &str, context: &str) -> Result<String, Fault> {
        let code = normal(raw);
        if code.is_empty() {
            return Err(Fault::invalid_input(attr, format!("{context}: translation language code cannot be empty.")));
        }
        if REJECTED.contains(&code.as_str()) {
            return Err(Fault::invalid_input(
                attr,
                format!(
                    "{context}: '{raw}' is not a valid translation language. The untranslated text is the original \
                     — set the survey's base language instead of adding it as a translation."
                ),
            ));
        }
        if !is_code(&code) {
            return Err(Fault::invalid_input(
                attr,
                format!(
                    "{context}: '{raw}' is not a valid language code. Use BCP-47 codes like 'en', 'es', or 'es-MX' \
                     (not language names like 'english')."
                ),
            ));
        }
        if code == self.base {
            return Err(Fault::invalid_input(
                attr,
                format!(
                    "{context}: '{raw}' matches the survey's base language ('{code}'). The original text already \
                     covers this language — translate to a different language."
                ),
            ));
        }
        Ok(code)
    }
}

/// Lower case, with hyphens.
fn normal(code: &str) -> String {
    code.trim().to_lowercase().replace('_', "-")
}

/// Two or three letters, then at most three parts of two to eight letters or digits.
fn is_code(code: &str) -> bool {
    let mut parts = code.split('-');
    let language = parts.next().unwrap_or_default();
    let subtags: Vec<&str> = parts.collect();
    (2..=3).contains(&language.len())
        && language.bytes().all(|b| b.is_ascii_lowercase())
        && subtags.len() <= 3
        && subtags.iter().all(|part| {
            (2..=8).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
        })
}

/// A survey's base language as it is kept.
pub(crate) fn base_language(value: &Value) -> Result<Value, Fault> {
    let raw = value.as_str().unwrap_or_default();
    let code = normal(raw);
    if code.is_empty() {
        return Ok(json!(ENGLISH));
    }
    if REJECTED.contains(&code.as_str()) {
        let detail = format!("'{raw}' is not a valid language code. Use a BCP-47 code like 'en' or 'es'.");
        return Err(Fault::invalid_input("base_language", detail));
    }
    if !is_code(&code) {
        let detail = format!("'{raw}' is not a valid language code. Use BCP-47 codes like 'en', 'es', or 'es-MX'.");
        return Err(Fault::invalid_input("base_language", detail));
    }
    Ok(json!(code))
}

/// A base language that a survey already has a translation for is refused.
pub(crate) fn base_is_free(base: &str, old: &Value) -> Result<(), Fault> {
    let taken = old.as_object().is_some_and(|old| old.keys().any(|key| normal(key) == normal(base)));
    if !taken {
        return Ok(());
    }
    let detail = format!(
        "'{base}' already exists as a translation key on this survey. Remove the translation first, or pick a \
         different base language."
    );
    Err(Fault::invalid_input("base_language", detail))
}

/// The translations of a survey's own texts; `old` keys stay valid for ever.
pub(crate) fn of_survey(value: &Value, old: &Value, languages: &Languages) -> Result<Value, Fault> {
    let attr = "translations";
    if value.is_null() {
        return Ok(Value::Null);
    }
    let Some(value) = value.as_object() else {
        return Err(Fault::invalid_input(attr, "Translations must be an object"));
    };
    let mut out = Map::new();
    for (raw, fields) in value {
        let Some(fields) = fields.as_object() else {
            return Err(Fault::invalid_input(attr, format!("Translation for '{raw}' must be an object")));
        };
        let not_text =
            |key: &str| Fault::invalid_input(attr, format!("Translation for '{raw}': '{key}' must be a string"));
        let cleaned = texts(fields, &TEXTS, not_text)?;
        keep(&mut out, raw, cleaned, old, languages, attr, "Survey translation")?;
    }
    Ok(Value::Object(out))
}

/// The translations of one question.
pub(crate) fn of_question(
    value: &Value,
    index: usize,
    old: Option<&Value>,
    languages: &Languages,
) -> Result<Map<String, Value>, Fault> {
    let attr = "questions";
    let number = index + 1;
    let bad = |detail: String| Fault::invalid_input(attr, detail);
    let Some(value) = value.as_object() else {
        return Err(bad(format!("Question {number}: translations must be an object")));
    };
    let mut out = Map::new();
    for (raw, fields) in value {
        let Some(fields) = fields.as_object() else {
            return Err(bad(format!("Question {number}: Translation for '{raw}' must be an object")));
        };
        let must =
            |key: &str, what: &str| bad(format!("Question {number}: Translation '{raw}' field '{key}' must be {what}"));
        let mut cleaned = texts(fields, &QUESTION_TEXTS, |key| must(key, "a string"))?;
        if let Some(address) = fields.get("link").filter(|v| truthy(Some(v))) {
            let Some(address) = address.as_str() else { return Err(must("link", "a string")) };
            cleaned.insert("link".into(), json!(parts::link(address)?));
        }
        if let Some(choices) = fields.get("choices") {
            let Some(list) = choices.as_array() else { return Err(must("choices", "a list of strings")) };
            cleaned.insert("choices".into(), parts::choices(list)?);
        }
        let context = format!("Question {number} translation");
        keep(&mut out, raw, cleaned, old.unwrap_or(&Value::Null), languages, attr, &context)?;
    }
    Ok(out)
}

/// The known texts of a translation, cleaned; what is not known is dropped.
fn texts(
    fields: &Map<String, Value>,
    keys: &[&str],
    not_text: impl Fn(&str) -> Fault,
) -> Result<Map<String, Value>, Fault> {
    let mut out = Map::new();
    for key in keys {
        if let Some(value) = fields.get(*key) {
            let text = value.as_str().ok_or_else(|| not_text(key))?;
            out.insert((*key).to_owned(), json!(html::clean(text)));
        }
    }
    Ok(out)
}

fn keep(
    out: &mut Map<String, Value>,
    raw: &str,
    cleaned: Map<String, Value>,
    old: &Value,
    languages: &Languages,
    attr: &str,
    context: &str,
) -> Result<(), Fault> {
    if cleaned.is_empty() {
        return Ok(());
    }
    if old.get(raw).is_some() {
        out.insert(raw.to_owned(), Value::Object(cleaned));
        return Ok(());
    }
    let code = languages.key(raw, attr, context)?;
    if out.keys().any(|key| normal(key) == code) {
        let detail = format!("{context}: '{raw}' collides with another translation for '{code}'.");
        return Err(Fault::invalid_input(attr, detail));
    }
    out.insert(code, Value::Object(cleaned));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_languages_with_subtags() {
        for good in ["en", "es-mx", "zh-hans-cn", "fil"] {
            assert!(is_code(good), "{good}");
        }
        for bad in ["english", "custom-customer-locale", "e", "en-", "e1", "en-a-b-c-d"] {
            assert!(!is_code(bad), "{bad}");
        }
    }
}
