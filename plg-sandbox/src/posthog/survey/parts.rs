//! Choices and links of a question, which its translations have too.

use super::html;
use crate::posthog::fault::Fault;
use serde_json::{Value, json};

pub(crate) fn bad(detail: &str) -> Fault {
    Fault::invalid_input("questions", detail)
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
