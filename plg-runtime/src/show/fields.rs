//! What differs of one resource, field by field: the same for every format.

use super::style::Style;
use crate::plan::{Change, Step, WordChange};
use crate::strangers::inline;

/// What differs of a resource, for a terminal: a line for each part, without what stands before it.
pub(super) fn body(step: &Step, style: Style) -> Vec<String> {
    if step.change == Change::Create || is_gone(step.change) {
        return filled(step, style);
    }
    let line = |told: &WordChange| {
        let note = note(step, told).map_or_else(String::new, |note| style.dim(&format!("  ({note})")));
        let path = &told.path;
        let line = match (&told.from, &told.to) {
            (None, None) => return None,
            (from, to) => {
                let side = |side: &Option<String>| side.clone().unwrap_or_else(|| NOTHING.to_owned());
                let (from, to) = both(&side(from), &side(to), style);
                format!("{path}: {from} → {to}")
            }
        };
        Some(format!("{}{note}", inline(&line)))
    };
    step.words.iter().filter_map(line).collect()
}

/// Columns before a line of fields.
const BEFORE_FIELDS: usize = 10;

/// The fields of what is made or goes, as many on a line as there is room for.
fn filled(step: &Step, style: Style) -> Vec<String> {
    let room = style.width.saturating_sub(BEFORE_FIELDS);
    let mut lines: Vec<String> = Vec::new();
    for told in step.words.iter().chain(&step.held) {
        let Some(value) = told.to.as_deref().or(told.from.as_deref()) else { continue };
        let field = inline(&format!("{}: {}", told.path, short(value, style))).into_owned();
        match lines.last_mut() {
            Some(line) if line.chars().count() + field.chars().count() + 2 <= room => {
                line.push_str(", ");
                line.push_str(&field);
            }
            Some(line) => {
                line.push(',');
                lines.push(field);
            }
            None => lines.push(field),
        }
    }
    lines
}

/// A path, with what is there, what should be, and who made it differ.
pub(super) type FieldRow = (String, Option<String>, Option<String>, Option<String>);

/// What differs of a resource: its path, what is there, what should be, and who made it differ as far as that is known.
pub(super) fn rows(step: &Step) -> Vec<FieldRow> {
    let row = |told: &WordChange| (told.path.clone(), told.from.clone(), told.to.clone(), note(step, told));
    step.words.iter().chain(&step.held).map(row).collect()
}

/// In which order it is done, and what that means. What a replacement loses is said with all that a plan loses.
pub(super) fn means(step: &Step) -> Vec<String> {
    let is_said = |means: &&String| step.change == Change::Replace && means.starts_with("lost: ");
    step.means.iter().filter(|means| !is_said(means)).cloned().collect()
}

/// The same with what the stack says: what others added is not in that, though it stays.
pub(super) fn declared_rows(step: &Step) -> Vec<FieldRow> {
    let row = |told: &WordChange| {
        let stays = told.declared.as_ref().map(|_| "what others added stays beside it".to_owned());
        let right = told.declared.clone().or_else(|| told.to.clone());
        (told.path.clone(), told.from.clone(), right, stays.or_else(|| note(step, told)))
    };
    step.words.iter().map(row).collect()
}

/// What stands for a side that is not there.
const NOTHING: &str = "nothing";

fn is_gone(change: Change) -> bool {
    matches!(change, Change::Delete | Change::Archive)
}

fn note(step: &Step, told: &WordChange) -> Option<String> {
    step.fields.iter().find(|field| field.field == told.field)?.note()
}

/// The most characters of a value that are shown, and no fewer than these: a narrow terminal breaks them over lines.
fn most(style: Style, least: usize) -> usize {
    if style.verbose { usize::MAX } else { style.width.saturating_sub(24).max(least) }
}

fn short(text: &str, style: Style) -> String {
    cut(text, 0, most(style, 96))
}

/// Characters that are still shown before the first that differs.
const BEFORE: usize = 12;

/// Two values, cut so that what differs is in sight.
fn both(from: &str, to: &str, style: Style) -> (String, String) {
    let most = most(style, 72);
    let alike = from.chars().zip(to.chars()).take_while(|(a, b)| a == b).count();
    let longest = from.chars().count().max(to.chars().count());
    let skip = if longest > most && alike + BEFORE > most { alike.saturating_sub(BEFORE) } else { 0 };
    (cut(from, skip, most), cut(to, skip, most))
}

/// So many characters of a text after others, from the start of a word to the end of one where words are not long.
fn cut(text: &str, skip: usize, most: usize) -> String {
    let all: Vec<char> = text.chars().collect();
    let is_gap = |place: &usize| all.get(*place).is_some_and(|c| c.is_whitespace());
    let word = |place: &usize| *place == 0 || is_gap(&(place - 1));
    let from = if skip == 0 { 0 } else { (skip..skip + BEFORE).find(word).unwrap_or(skip) }.min(all.len());
    let end = (from + most).min(all.len());
    let to = if end == all.len() { end } else { (from + most / 2..=end).rev().find(is_gap).unwrap_or(end) };
    let shown: String = all[from..to].iter().collect();
    let (before, after) = (if from == 0 { "" } else { "… " }, if to == all.len() { "" } else { " …" });
    format!("{before}{shown}{after}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_differs_behind_a_long_text_is_in_sight() {
        let long = "What people think of us, once they are set up and have asked a colleague to join them: ".to_owned();
        let (from, to) = (format!("\"{long}yearly\""), format!("\"{long}monthly\""));
        assert_eq!(
            both(&from, &to, Style { color: false, width: 100, verbose: false }),
            ("… join them: yearly\"".to_owned(), "… join them: monthly\"".to_owned())
        );
    }
}
