//! Rules that values of several kinds keep.

use crate::prelude::*;
use crate::text;

/// Texts of a record that are written, and blank.
pub fn filled(record: &Node, fields: &[&str], report: &mut Report) {
    for field in fields {
        let Some(node) = record.field(field) else { continue };
        if node.text().is_some_and(|text| text.trim().is_empty()) {
            report.error(
                codes::TEXT,
                node.at,
                format!("`{field}` is blank\nhelp: write a text, or leave `{field}` out"),
            );
        }
    }
}

/// A field of a record that says more about another one, which is not written.
pub fn needs(record: &Node, field: &str, other: &str, what: &str, report: &mut Report) {
    if let Some(node) = record.field(field)
        && record.field(other).is_none()
    {
        report.error(
            codes::NEEDS_ANOTHER,
            node.at,
            format!("there is no {what}\nhelp: write `{other}: \"…\"` beside `{field}`, or leave `{field}` out"),
        );
    }
}

/// A text that an API reads as a regular expression of RE2.
pub fn pattern(node: Option<&Node>, report: &mut Report) {
    if let Some(node) = node
        && let Some(text) = node.text()
        && let Err(message) = text::re2(text)
    {
        report.error(codes::TEXT, node.at, message);
    }
}

/// A number that the web app gives out, which are counted from 1.
pub fn counted(node: &Node, what: &str, report: &mut Report) {
    if matches!(node.given, Given::Int(..1)) {
        report.error(
            codes::OUT_OF_RANGE,
            node.at,
            format!("{what} have numbers from 1\nhelp: write the one that the web app shows"),
        );
    }
}

/// Entries of a list that are there already, by what they are compared with.
pub fn once<'a>(list: &'a [Node], key: impl Fn(&'a Node) -> Option<String>, report: &mut Report) {
    let mut seen: Vec<String> = Vec::new();
    for node in list {
        let Some(key) = key(node) else { continue };
        if seen.contains(&key) {
            report.error(
                codes::WRITTEN_TWICE,
                node.at,
                format!("`{key}` is in this list already\nhelp: leave one of them out"),
            );
        } else {
            seen.push(key);
        }
    }
}
