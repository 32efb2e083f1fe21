//! How two stages differ: each under its name, with what is meant to differ.

use super::differences::differences;
use super::fields::plain;
use super::sides::{SideRow, sides};
use super::text::Style;
use crate::answers::stages::{Difference, FieldDifference};
use plg_core::{Term, linked};
use std::fmt::Write;

/// How two stages differ: first what promoting changes, then what is only in one of them, then what stays, as it is
/// declared so or people made it so.
pub fn stages(all: &[Difference], (from, to): (&str, &str), style: Style) -> String {
    let mut out = String::new();
    let of = |is_meant: fn(&FieldDifference) -> bool| {
        let some = all.iter().map(move |one| {
            let fields: Vec<&FieldDifference> = one.fields.iter().filter(|field| is_meant(field)).collect();
            (one, fields)
        });
        some.filter(|(_, fields)| !fields.is_empty()).collect::<Vec<_>>()
    };
    let parts = [
        (format!("Changes in {to}"), of(|field| field.becomes.is_some())),
        (format!("As declared for {to}, and stays"), of(|field| field.intended)),
        (format!("Clicked in {from}, and not promoted"), of(|field| field.becomes.is_none() && !field.intended)),
    ];
    for (title, part) in parts.iter().filter(|(_, part)| !part.is_empty()) {
        let _ = writeln!(out, "  {}", style.paint("1", title));
        for (one, fields) in part {
            let _ = writeln!(out, "    {}", one.address);
            let rows: Vec<SideRow> = fields.iter().flat_map(|field| rows(one, field, to)).collect();
            for line in sides((from, to), &rows, style.width.saturating_sub(6), style) {
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

/// The parts of a field that differ.
fn rows(one: &Difference, field: &FieldDifference, to: &str) -> Vec<SideRow> {
    let word = linked::find(&one.kind).and_then(|spec| spec.word_of(&field.field)).unwrap_or(&field.field);
    let mut leaves = Vec::new();
    differences(word, field.from.as_ref(), field.to.as_ref(), &mut leaves);
    // Where it becomes what it is in the first stage, that is in sight.
    let other = field.becomes.as_ref().filter(|becomes| field.from.as_ref() != Some(*becomes));
    let note = other.map(|becomes| format!("{to} gets {}", side(becomes)));
    let row = |(path, left, right): (String, Option<Term>, Option<Term>)| SideRow {
        path,
        left: left.as_ref().map(side),
        right: right.as_ref().map(side),
        note: note.clone(),
    };
    leaves.into_iter().map(row).collect()
}

/// One side. Both are live: what is referred to is there in each of them.
fn side(value: &Term) -> String {
    match value {
        Term::Ref { address, .. } => address.clone(),
        other => plain(other),
    }
}
