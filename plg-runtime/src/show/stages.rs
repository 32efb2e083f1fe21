//! How two stages differ: each under its name, with what is meant to differ.

use super::sides::{SideRow, sides};
use super::style::Style;
use crate::answers::stages::{Difference, WordDifference};
use std::fmt::Write;

/// How two stages differ: first what promoting changes, then what is only in one of them, then what stays, as it is
/// declared so or people made it so.
pub fn stages(all: &[Difference], (from, to): (&str, &str), style: Style) -> String {
    let mut out = String::new();
    let of = |is_meant: fn(&WordDifference) -> bool| {
        let some = all.iter().map(move |one| {
            let words: Vec<&WordDifference> = one.words.iter().filter(|told| is_meant(told)).collect();
            (one, words)
        });
        some.filter(|(_, words)| !words.is_empty()).collect::<Vec<_>>()
    };
    let parts = [
        (format!("Changes in {to}"), of(|told| told.becomes.is_some())),
        (format!("As declared for {to}, and stays"), of(|told| told.intended)),
        (format!("Clicked in {from}, and not promoted"), of(|told| told.becomes.is_none() && !told.intended)),
    ];
    for (title, part) in parts.iter().filter(|(_, part)| !part.is_empty()) {
        let _ = writeln!(out, "  {}", style.paint("1", title));
        for (one, words) in part {
            let _ = writeln!(out, "    {}", one.address);
            for line in sides((from, to), &rows(words, to), style.width.saturating_sub(6), style) {
                let _ = writeln!(out, "      {line}");
            }
        }
        out.push('\n');
    }
    for (stage, is_there) in [(from, (true, false)), (to, (false, true))] {
        let alone: Vec<&Difference> = all.iter().filter(|one| one.there == is_there).collect();
        if !alone.is_empty() {
            let _ = writeln!(out, "  {}", style.paint("1", &format!("Only in {stage}")));
            for one in alone {
                let _ = writeln!(out, "    {}: only in {stage}", one.address);
            }
            out.push('\n');
        }
    }
    out
}

/// A row for each word.
fn rows(words: &[&WordDifference], to: &str) -> Vec<SideRow> {
    let row = |told: &&WordDifference| {
        // Where it becomes what it is in the first stage, that is in sight.
        let other = told.becomes.as_ref().filter(|becomes| told.from.as_ref() != Some(*becomes));
        SideRow {
            path: told.path.clone(),
            left: told.from.clone(),
            right: told.to.clone(),
            note: other.map(|becomes| format!("{to} gets {becomes}")),
        }
    };
    words.iter().map(row).collect()
}
