//! What was changed in the web apps since it was applied: as it is live, and as the stack has it.

use super::facts::PlanFacts;
use super::fields::declared_rows;
use super::groups::groups;
use super::sides::{SideRow, sides};
use super::style::Style;
use crate::plan::{Change, NoDrift, Plan, Step, UnmanagedBy, may_arrive, told};
use crate::strangers::inline;
use plg_core::provider::LastChange;
use std::fmt::Write;

/// Which stage was looked at, when, and which accounts that is.
pub fn drift_head(plan: &Plan, facts: &PlanFacts, style: Style) -> String {
    let at = facts.looked_at().map_or_else(String::new, |at| format!(", looked at {at}"));
    let head = format!("Drift of {} in stage {}{at}", plan.stack, plan.stage);
    let mut out = format!("{}\n", style.paint("1", &inline(&head)));
    for account in &facts.accounts {
        let _ = writeln!(out, "  {}", inline(&account.says));
    }
    out.push('\n');
    out
}

/// What others changed since it was applied, then what is not as declared and is no drift.
pub fn drift(plan: &Plan, style: Style) -> String {
    let drift = plan.drift();
    let mut out = String::new();
    for group in groups(drift.steps.iter().map(|step| (step.provider.as_str(), step.account.as_str()))) {
        let _ = writeln!(out, "  {}", style.paint("1", &group.title));
        for step in drift.steps.iter().filter(|step| group.has(&step.provider, &step.account)) {
            self::step(&mut out, step, style);
        }
        out.push('\n');
    }
    section(&mut out, "Managed in the web apps, and no drift", &plan.left_to_people(), style);
    section(&mut out, "Another value here, and no drift", &plan.other_values(), style);
    section(&mut out, "Done by an earlier deploy, and no drift", &plan.own_writes(), style);
    section(&mut out, "There more than once", &unmanaged(&drift, UnmanagedBy::Late), style);
    section(&mut out, "Sent, and not kept", &unmanaged(&drift, UnmanagedBy::Api), style);
    lines(&mut out, "May still arrive", drift.open_writes.iter().map(may_arrive), style);
    lines(&mut out, "Arrived late", drift.late.iter().map(told), style);
    out
}

/// A resource with what was done to it, and who did that as far as anybody says.
fn step(out: &mut String, step: &Step, style: Style) {
    let words = step.change.words();
    let head = format!("{} {}", words.sign, step.address);
    let used = 4 + head.chars().count();
    let room = style.width.saturating_sub(step.place.chars().count());
    let place = if step.place.is_empty() || used + 2 > room { String::new() } else { " ".repeat(room - used) };
    let place = if place.is_empty() { place } else { format!("{place}{}", style.dim(&step.place)) };
    let _ = writeln!(out, "    {}{place}", style.paint(words.color, &head));
    let mut under: Vec<String> = step.notes().iter().map(|note| inline(note).into_owned()).collect();
    under.extend(step.means.iter().map(|means| style.dim(&inline(means))));
    // What is gone has no fields that differ.
    if step.change != Change::Create {
        let row = |(path, left, right, note): (String, Option<String>, Option<String>, Option<String>)| {
            // That somebody changed it is what a drift is.
            let note = note.filter(|note| note != CHANGED);
            SideRow { path, left, right, note }
        };
        let rows: Vec<SideRow> = declared_rows(step).into_iter().map(row).collect();
        under.extend(sides(("live", "stack"), &rows, style.width.saturating_sub(8), style));
    }
    under.extend(step.last_change.as_ref().map(|last| style.dim(&inline(&last_changed(last)))));
    for line in under {
        let _ = writeln!(out, "        {line}");
    }
}

/// What a field is said to be that somebody changed.
const CHANGED: &str = "changed in the web app";

/// Who changed something last.
pub(super) fn last_changed(last: &LastChange) -> String {
    let by = last.by.as_ref().map_or_else(String::new, |by| format!(" by {by}"));
    let at = last.at.as_ref().map_or_else(String::new, |at| format!(", {}", minute(at)));
    format!("changed last{by}{at}")
}

/// An instant to the minute.
fn minute(at: &str) -> String {
    at.parse::<jiff::Timestamp>().map_or_else(|_| at.to_owned(), |at| at.strftime("%Y-%m-%d %H:%M UTC").to_string())
}

fn unmanaged(plan: &Plan, whose: UnmanagedBy) -> Vec<NoDrift> {
    let all = plan.steps.iter().flat_map(|step| step.unmanaged.iter().map(move |left| (step, left)));
    let said = all.filter(|(_, left)| left.whose == whose).map(|(step, left)| NoDrift {
        address: step.address.clone(),
        field: left.field.clone(),
        says: left.says.clone(),
    });
    said.collect()
}

/// How many are named, unless all of them are asked for.
const FEW: usize = 8;

fn section(out: &mut String, title: &str, all: &[NoDrift], style: Style) {
    let few = if style.verbose { all.len() } else { FEW };
    let named = all.iter().take(few).map(|one| format!("{}: {}", one.address, one.says));
    let more = (all.len() > few).then(|| format!("and {} more: -v names them", all.len() - few));
    lines(out, title, named.chain(more), style);
}

fn lines(out: &mut String, title: &str, all: impl Iterator<Item = String>, style: Style) {
    let mut all = all.peekable();
    if all.peek().is_none() {
        return;
    }
    let _ = writeln!(out, "  {}", style.paint("1", title));
    for line in all {
        let _ = writeln!(out, "    {}", style.dim(&inline(&line)));
    }
    out.push('\n');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_and_when_are_said_as_far_as_they_are_known() {
        let said = |by: &str, at: &str| {
            let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
            last_changed(&LastChange { by: some(by), at: some(at) })
        };
        assert_eq!(
            said("anna@example.com", "2026-11-30T09:12:44.512Z"),
            "changed last by anna@example.com, 2026-11-30 09:12 UTC"
        );
        assert_eq!(said("Anna", ""), "changed last by Anna");
        assert_eq!(said("", "yesterday"), "changed last, yesterday");
    }
}
