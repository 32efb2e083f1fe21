//! Texts that people read in a survey.

use crate::kinds::prelude::*;
use plg_core::source::read;
use plg_core::{Pair, Shape, Site, TextRule, Value};

/// Text that people read in a survey: not blank, up to 2,000 characters, without scripts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wording(pub &'static str);

impl Wording {
    /// What it must look like.
    pub const RULE: TextRule =
        TextRule { wrap: "Wording", what: "text", max: 2_000, code: codes::TEXT, check: wording, constant: true };
}

impl Value for Wording {
    const SHAPE: Shape = Shape::Text(&Wording::RULE);
    const BLANK: Self = Wording("");

    fn given(&self) -> Option<Given> {
        Some(Given::Text(self.0.to_owned()))
    }
}

fn wording(text: &str) -> Result<(), String> {
    plg_core::text::trimmed(text)?;
    if text.to_ascii_lowercase().contains("<script") {
        return Err("PostHog removes scripts from a survey's texts\nhelp: leave the `<script>` out".into());
    }
    Ok(())
}

/// Where a link question leads: an `https` or `mailto` address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LinkTarget(pub &'static str);

impl LinkTarget {
    /// What it must look like.
    pub const RULE: TextRule = TextRule {
        wrap: "LinkTarget",
        what: "an https or mailto address",
        max: 2_000,
        code: codes::TEXT,
        check: link_target,
        constant: true,
    };
}

impl Value for LinkTarget {
    const SHAPE: Shape = Shape::Text(&LinkTarget::RULE);
    const BLANK: Self = LinkTarget("");

    fn given(&self) -> Option<Given> {
        Some(Given::Text(self.0.to_owned()))
    }
}

fn link_target(text: &str) -> Result<(), String> {
    match text.strip_prefix("mailto:") {
        // What follows a question mark is what the mail starts with.
        Some(address) => plg_core::text::mail(address.split('?').next().unwrap_or_default())
            .map_err(|_| format!("`{text}` has no e-mail address\nhelp: write \"mailto:someone@example.com\"")),
        None => plg_core::text::https(text),
    }
}

/// Text as people read it: PostHog trims and escapes what it stores, closes tags that were left
/// open, and marks links.
pub(super) fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text.trim();
    while let Some(start) = rest.find("</") {
        let Some(end) = rest[start..].find('>') else { break };
        out.push_str(&rest[..start]);
        rest = &rest[start + end + 1..];
    }
    out.push_str(rest);
    [
        (" rel=\"noopener noreferrer\"", ""),
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&#39;", "'"),
        ("&nbsp;", "\u{a0}"),
        ("&amp;", "&"),
    ]
    .iter()
    .fold(out, |text, (stored, meant)| text.replace(stored, meant))
}

/// A text as people wrote it: unescaped, unless it has markup, which is kept as it is.
pub(super) fn read(json: &Json, path: &str) -> Option<Wording> {
    let text = read::text(json, path)?.0;
    Some(Wording(if text.contains("</") { text } else { read::leak(&plain(text)) }))
}

/// The entries of a map as they are written.
pub(super) fn given<T: Value>(pairs: &[Pair<T>]) -> Option<Given> {
    let entries = pairs
        .iter()
        .filter_map(|pair| Some((pair.key.to_owned(), Site::default(), plg_core::given::node(&pair.value)?)));
    Some(Given::Map(entries.collect()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_that_cannot_be_shown() {
        assert!((Wording::RULE.check)("<Script>alert(1)</script>").is_err() && (Wording::RULE.check)(" ").is_err());
        assert!((LinkTarget::RULE.check)("mailto:a@example.com").is_ok());
        assert!((LinkTarget::RULE.check)("https://example.com").is_ok());
        assert!(
            (LinkTarget::RULE.check)("mailto:a").is_err() && (LinkTarget::RULE.check)("http://example.com").is_err()
        );
    }
}
