//! What differs of one resource, field by field: the same for every format.

use super::differences::{Leaf, differences};
use super::text::Style;
use crate::plan::{Change, FieldChange, Step};
use crate::strangers::inline;
use plg_core::Term;

/// What differs of a resource, for a terminal: a line for each part, without what stands before it.
pub(super) fn body(step: &Step, style: Style) -> Vec<String> {
    if matches!(step.change, Change::Create) && !style.verbose {
        return Vec::new();
    }
    step.fields.iter().flat_map(|field| lines(field, style)).collect()
}

/// What differs of a resource: its path, what is there, what should be, and who made it differ as far as that is known.
pub(super) fn rows(step: &Step) -> Vec<(String, Option<String>, Option<String>, Option<String>)> {
    let mut rows = Vec::new();
    for field in &step.fields {
        let mut leaves = Vec::new();
        differences(&field.field, field.from.as_deref(), field.to.as_deref(), &mut leaves);
        rows.extend(
            leaves
                .into_iter()
                .map(|(path, from, to)| (path, from.as_ref().map(plain), to.as_ref().map(plain), field.note())),
        );
    }
    rows
}

fn lines(field: &FieldChange, style: Style) -> Vec<String> {
    let mut leaves = Vec::new();
    differences(&field.field, field.from.as_deref(), field.to.as_deref(), &mut leaves);
    let line = |(path, from, to): Leaf| {
        let drift = field.note().map_or_else(String::new, |note| style.dim(&format!("  ({note})")));
        let line = match (from, to) {
            (None, Some(to)) => format!("{path}: {}", value(&to, style)),
            (Some(from), None) => format!("{path}: {} → nothing", value(&from, style)),
            (Some(from), Some(to)) => {
                let (from, to) = both(&from, &to, style);
                format!("{path}: {from} → {to}")
            }
            (None, None) => return None,
        };
        Some(format!("{}{drift}", inline(&line)))
    };
    leaves.into_iter().filter_map(line).collect()
}

/// The most characters of a value that are shown.
fn most(style: Style) -> usize {
    if style.verbose { usize::MAX } else { style.width.saturating_sub(24).max(40) }
}

fn value(value: &Term, style: Style) -> String {
    cut(&text(value), 0, most(style))
}

fn text(value: &Term) -> String {
    said(value).unwrap_or_else(|| inline(&value.to_string()).into_owned())
}

/// A value on one line, whole.
pub(super) fn plain(value: &Term) -> String {
    said(value).unwrap_or_else(|| value.to_string())
}

/// How a value is said of which only its place is known.
fn said(value: &Term) -> Option<String> {
    match value {
        Term::Ref { address, .. } => Some(format!("(known once {address} is made)")),
        Term::Env(name) => Some(format!("env(\"{name}\")")),
        _ => None,
    }
}

/// Characters that are still shown before the first that differs.
const BEFORE: usize = 12;

/// Two values, cut so that what differs is in sight.
fn both(from: &Term, to: &Term, style: Style) -> (String, String) {
    let (from, to, most) = (text(from), text(to), most(style));
    let alike = from.chars().zip(to.chars()).take_while(|(a, b)| a == b).count();
    let longest = from.chars().count().max(to.chars().count());
    let skip = if longest > most && alike + BEFORE > most { alike.saturating_sub(BEFORE) } else { 0 };
    (cut(&from, skip, most), cut(&to, skip, most))
}

fn cut(text: &str, skip: usize, most: usize) -> String {
    let mut rest = text.chars().skip(skip);
    let shown: String = rest.by_ref().take(most).collect();
    let (before, after) = (if skip > 0 { "…" } else { "" }, if rest.next().is_some() { "…" } else { "" });
    format!("{before}{shown}{after}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value as Json, json};

    fn shown(name: &str, from: Json, to: Json) -> String {
        let change = FieldChange {
            field: name.into(),
            from: Some(Box::new(from.into())),
            to: Some(Box::new(to.into())),
            drift: true,
            variables: Vec::new(),
            rotated: false,
            own: false,
        };
        lines(&change, Style { color: false, width: 100, verbose: false }).join("\n")
    }

    #[test]
    fn only_the_smallest_difference_is_shown() {
        let from = json!([{ "properties": [], "rollout_percentage": 100 }]);
        let to = json!([{ "properties": [], "rollout_percentage": 50 }]);
        assert_eq!(shown("groups", from, to), "groups[0].rollout_percentage: 100 → 50  (changed in the web app)");
    }

    #[test]
    fn what_differs_behind_a_long_text_is_in_sight() {
        let long = "What people think of us, once they are set up and have asked a colleague to join them: ".to_owned();
        assert_eq!(
            shown("description", json!(long.clone() + "yearly"), json!(long + "monthly")),
            "description: … join them: yearly\" → … join them: monthly\"  (changed in the web app)"
        );
    }
}
