//! Plans as text, for a terminal.

use super::facts::PlanFacts;
use super::fields::{body, means};
use super::groups::{Row, families, groups};
use super::sections::{Section, Weight, sections};
use super::style::Style;
use crate::plan::{Change, Plan, Step};
use crate::strangers::inline;
use std::fmt::Write;

/// A plan's differences, by account, and what is said beside them.
pub fn plan(plan: &Plan, style: Style) -> String {
    let sections = sections(plan, &PlanFacts::default(), |step| is_shown(step, plan, style));
    beside(&sections, true, style) + &differences(plan, style) + &beside(&sections, false, style)
}

/// A plan with what it is for on top, and what it loses before anything else.
pub fn plan_with(plan: &Plan, facts: &PlanFacts, style: Style) -> String {
    let mut out = format!("{}\n", style.paint("1", &inline(&facts.headline(plan))));
    for account in &facts.accounts {
        let _ = writeln!(out, "  {}", inline(&account.says));
    }
    let sections = sections(plan, facts, |step| is_shown(step, plan, style));
    let differences = differences(plan, style);
    if !differences.is_empty() {
        let _ = writeln!(out, "  {}", summary(plan));
    }
    out.push('\n');
    out + &beside(&sections, true, style) + &differences + &beside(&sections, false, style)
}

/// What changes, by account and kind.
fn differences(plan: &Plan, style: Style) -> String {
    let mut out = String::new();
    let shown: Vec<&Step> = plan.steps.iter().filter(|s| is_shown(s, plan, style)).collect();
    for group in groups(plan.steps.iter().map(|step| (step.provider.as_str(), step.account.as_str()))) {
        let of_group: Vec<&Step> = shown.iter().copied().filter(|s| group.has(&s.provider, &s.account)).collect();
        if of_group.is_empty() {
            continue;
        }
        let _ = writeln!(out, "  {}", style.paint("1", &group.title));
        for row in families(&of_group, |step| (&step.address, &step.kind, &step.depends)) {
            match row {
                Row::Item { item, depth } => self::step(&mut out, item, 4 + 2 * depth, style),
                Row::Parent(address) => {
                    let _ = writeln!(out, "    {}", style.dim(&format!("  {}", inline(address))));
                }
            }
        }
        out.push('\n');
    }
    out
}

/// The sections that stand before the differences, or those that stand after them.
fn beside(sections: &[Section], first: bool, style: Style) -> String {
    sections.iter().filter(|section| section.about.is_first() == first).map(|one| section(one, style)).collect()
}

fn section(section: &Section, style: Style) -> String {
    let color = match section.about.weight() {
        Weight::Loss => "1;31",
        Weight::Care => "1;33",
        Weight::Calm => "1",
    };
    if let ([only], true) = (&section.lines[..], section.about.is_short()) {
        return format!("  {}: {}\n\n", style.paint(color, section.title), inline(&only.says));
    }
    let mut out = format!("  {}\n", style.paint(color, &section.heading()));
    let few = if style.verbose { section.lines.len() } else { section.few() };
    for said in section.lines.iter().take(few) {
        let line = inline(&said.line()).into_owned();
        let line = if section.about.is_first() { line } else { style.dim(&line) };
        let _ = writeln!(out, "    {line}");
    }
    if let Some(more) = section.lines.len().checked_sub(few).filter(|more| *more > 0) {
        let _ = writeln!(out, "    {}", style.dim(&format!("and {more} more: -v names them")));
    }
    out.push('\n');
    out
}

fn is_shown(step: &Step, plan: &Plan, style: Style) -> bool {
    match step.change {
        Change::Unchanged | Change::Read => style.verbose || !step.notes().is_empty(),
        Change::Marker => plan.changes(),
        _ => true,
    }
}

fn step(out: &mut String, step: &Step, depth: usize, style: Style) {
    let words = step.change.words();
    let (sign, color) = (words.sign, words.color);
    let mut notes = step.notes();
    if step.change == Change::Marker {
        notes.push("made when everything else is done".to_owned());
    }
    let note = if notes.is_empty() { String::new() } else { format!("  ({})", inline(&notes.join("; "))) };
    let mut head = format!("{sign} {}{note}", step.address);
    // A narrow terminal has room for it below.
    let below = depth + head.chars().count() > style.width;
    if below {
        head = format!("{sign} {}", step.address);
    }
    let used = depth + head.chars().count();
    // Where it was declared, another declaration may stand by now.
    let is_gone = step.change.is_removal();
    let place = if is_gone || step.place.is_empty() || used + step.place.chars().count() + 2 > style.width {
        String::new()
    } else {
        format!("{}{}", " ".repeat(style.width - used - step.place.chars().count()), style.dim(&step.place))
    };
    let _ = writeln!(out, "{}{}{place}", " ".repeat(depth), style.paint(color, &head));
    if below {
        let _ = writeln!(out, "{}{}", " ".repeat(depth + 2), style.dim(note.trim_start()));
    }
    for means in means(step) {
        let _ = writeln!(out, "{}{}", " ".repeat(depth + 4), style.dim(&inline(&means)));
    }
    for line in body(step, style) {
        let _ = writeln!(out, "{}{line}", " ".repeat(depth + 4));
    }
}

/// What a plan comes to: `3 to create, 1 to change, 54 unchanged`.
pub fn summary(plan: &Plan) -> String {
    let counted = plan.tally().into_iter().filter_map(|(change, count)| Some((count, change.words().ahead?)));
    let parts: Vec<String> = counted.map(|(count, word)| format!("{count} {word}")).collect();
    if parts.is_empty() { "there is nothing to do".to_owned() } else { parts.join(", ") }
}
