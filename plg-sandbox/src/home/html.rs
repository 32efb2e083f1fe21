//! What every part of the page is written with.

use serde_json::Value;
use std::fmt::Write;

/// Rows of a list, under the key its API has them.
pub(crate) fn rows(answer: &Value) -> &[Value] {
    let list = answer.get("data").or_else(|| answer.get("results")).and_then(Value::as_array);
    list.map_or(&[], Vec::as_slice)
}

pub(crate) fn text<'a>(row: &'a Value, key: &str) -> &'a str {
    row.get(key).and_then(Value::as_str).unwrap_or_default()
}

/// The start of a section with what it holds.
pub(crate) fn section(out: &mut String, id: &str, title: &str, count: usize) {
    let _ = writeln!(
        out,
        "<section aria-labelledby=\"{id}\">\n<h2 id=\"{id}\">{title} <span class=\"count\">{count}</span></h2>"
    );
    if count == 0 {
        out.push_str("<p class=\"none\">None.</p>\n");
    }
}

pub(crate) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}

/// A description, where there is one.
pub(crate) fn described(out: &mut String, row: &Value) {
    let description = text(row, "description");
    if !description.is_empty() {
        let _ = writeln!(out, "<p>{}</p>", escaped(description));
    }
}
