//! Plans as text, for a terminal.

use super::fields::body;
use super::groups::groups;
use crate::paint::painted;
use crate::plan::{Change, Plan, Step, Unmanaged, UnmanagedBy, may_arrive, remembered, told, unknown_origin};
use crate::strangers::inline;
use std::collections::BTreeMap;
use std::collections::HashMap;
use std::fmt::Write;

/// How a plan is printed.
#[derive(Debug, Clone, Copy)]
pub struct Style {
    /// With colours, for [`crate::paint::terminal`].
    pub color: bool,
    /// Columns there are.
    pub width: usize,
    /// Also what is as declared, and every field of what is created.
    pub verbose: bool,
}

impl Style {
    pub(super) fn paint(self, code: &str, text: &str) -> String {
        if self.color { painted(code, text) } else { text.to_owned() }
    }

    pub(super) fn dim(self, text: &str) -> String {
        self.paint("2", text)
    }
}

/// A plan: what changes, by account, in the order it is done.
pub fn plan(plan: &Plan, style: Style) -> String {
    let mut out = String::new();
    let shown: Vec<&Step> = plan.steps.iter().filter(|s| is_shown(s, plan, style)).collect();
    for group in groups(plan.steps.iter().map(account)) {
        let of_group: Vec<&Step> = shown.iter().copied().filter(|s| group.has(&s.provider, &s.account)).collect();
        if of_group.is_empty() {
            continue;
        }
        let _ = writeln!(out, "  {}", style.paint("1", &group.title));
        for step in in_families(&of_group) {
            self::step(&mut out, step, style);
        }
        out.push('\n');
    }
    unmanaged(&mut out, plan, style);
    not_queried(&mut out, plan, style);
    open(&mut out, plan, style);
    if let Some(says) = unknown_origin(plan) {
        let _ = writeln!(out, "  {}\n    {says}\n", style.paint("1", "Made or found"));
    }
    out
}

/// The provider and the account that a step is about.
fn account(step: &Step) -> (&str, &str) {
    (&step.provider, &step.account)
}

/// How people had things when a deploy looked last.
fn not_queried(out: &mut String, plan: &Plan, style: Style) {
    if plan.not_queried.is_empty() {
        return;
    }
    let _ = writeln!(out, "  {}", style.paint("1", "Not queried"));
    let few = if style.verbose { plan.not_queried.len() } else { FEW };
    for one in plan.not_queried.iter().take(few) {
        let _ = writeln!(out, "    {}", style.dim(&inline(&remembered(one))));
    }
    if plan.not_queried.len() > few {
        let _ =
            writeln!(out, "    {}", style.dim(&format!("and {} more: -v names them", plan.not_queried.len() - few)));
    }
    out.push('\n');
}

/// What may still arrive of earlier runs, and what arrived after all.
fn open(out: &mut String, plan: &Plan, style: Style) {
    if !plan.open_writes.is_empty() {
        let _ = writeln!(out, "  {}", style.paint("1", "May still arrive"));
        for open in &plan.open_writes {
            let _ = writeln!(out, "    {}", inline(&may_arrive(open)));
        }
        out.push('\n');
    }
    if !plan.late.is_empty() {
        let _ = writeln!(out, "  {}", style.paint("1", "Arrived late"));
        for late in &plan.late {
            let _ = writeln!(out, "    {}", inline(&told(late)));
        }
        out.push('\n');
    }
}

/// How many resources that people moved are named, unless all of them are asked for.
const FEW: usize = 8;

/// What is not as declared, and left so.
fn unmanaged(out: &mut String, plan: &Plan, style: Style) {
    let all = |whose: UnmanagedBy| {
        plan.steps.iter().flat_map(move |s| s.unmanaged.iter().filter(move |l| l.whose == whose).map(move |l| (s, l)))
    };
    // What others added beside what is declared is said where the resource itself is shown.
    let added = all(UnmanagedBy::Others).filter(|(step, _)| is_shown(step, plan, style));
    let people: Vec<(&Step, &Unmanaged)> = all(UnmanagedBy::People).chain(added).collect();
    if !people.is_empty() {
        let _ = writeln!(out, "  {}", style.paint("1", "Left to the people who click"));
        let few = if style.verbose { people.len() } else { FEW };
        for (step, left) in people.iter().take(few) {
            let _ = writeln!(out, "    {}", style.dim(&inline(&format!("{}: {}", step.address, left.says))));
        }
        if people.len() > few {
            let _ = writeln!(out, "    {}", style.dim(&format!("and {} more: -v names them", people.len() - few)));
        }
        out.push('\n');
    }
    if all(UnmanagedBy::Late).next().is_some() {
        let _ = writeln!(out, "  {}", style.paint("1", "There more than once"));
        for (step, left) in all(UnmanagedBy::Late) {
            let _ = writeln!(out, "    {}: {}", step.address, inline(&left.says));
        }
        out.push('\n');
    }
    if all(UnmanagedBy::Noted).next().is_some() {
        let _ = writeln!(out, "  {}", style.paint("1", "To be known"));
        for (step, left) in all(UnmanagedBy::Noted) {
            let _ = writeln!(out, "    {}", style.dim(&inline(&format!("{}: {}", step.address, left.says))));
        }
        out.push('\n');
    }
    let groups = groups(plan.steps.iter().map(account));
    let mut unkept: BTreeMap<(&str, &str), Vec<&str>> = BTreeMap::new();
    for (step, left) in all(UnmanagedBy::Api) {
        let group = groups.iter().find(|group| group.has(&step.provider, &step.account));
        let title = group.map_or(step.provider.as_str(), |group| &group.title);
        unkept.entry((title, &left.says)).or_default().push(&step.address);
    }
    if !unkept.is_empty() {
        let _ = writeln!(out, "  {}", style.paint("1", "Sent, and not kept"));
        for ((provider, says), addresses) in unkept {
            let line = format!(
                "{says}: {provider} did not keep what was sent for {}; it may need a paid feature or a permission. It is sent again when its declaration changes.",
                addresses.join(", ")
            );
            let _ = writeln!(out, "    {}", style.dim(&inline(&line)));
        }
        out.push('\n');
    }
}

/// The name of the declaration around it: `LifecycleStage` for `option.LifecycleStage.Trial`.
fn parent(step: &Step) -> Option<&str> {
    let (_, name) = step.address.split_once('.')?;
    Some(name.split_once('.')?.0)
}

/// Declarations inside another right after it, everything else in the order given.
fn in_families<'a>(steps: &[&'a Step]) -> Vec<&'a Step> {
    let mut inside: HashMap<&str, Vec<&'a Step>> = HashMap::new();
    for step in steps {
        if let Some(parent) = parent(step) {
            inside.entry(parent).or_default().push(step);
        }
    }
    let mut out = Vec::with_capacity(steps.len());
    for step in steps.iter().filter(|step| parent(step).is_none()) {
        out.push(*step);
        let name = step.address.split_once('.').map_or("", |(_, name)| name);
        out.extend(inside.remove(name).into_iter().flatten());
    }
    // Those whose parent is as declared.
    out.extend(steps.iter().filter(|step| parent(step).is_some_and(|parent| inside.contains_key(parent))));
    out
}

fn is_shown(step: &Step, plan: &Plan, style: Style) -> bool {
    match step.change {
        Change::Unchanged | Change::Read => style.verbose || !step.notes().is_empty(),
        Change::Marker => plan.changes(),
        _ => true,
    }
}

fn step(out: &mut String, step: &Step, style: Style) {
    let words = step.change.words();
    let (sign, color) = (words.sign, words.color);
    let depth = if parent(step).is_some() { 6 } else { 4 };
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
    let place = if step.place.is_empty() || used + step.place.chars().count() + 2 > style.width {
        String::new()
    } else {
        format!("{}{}", " ".repeat(style.width - used - step.place.chars().count()), style.dim(&step.place))
    };
    let _ = writeln!(out, "{}{}{place}", " ".repeat(depth), style.paint(color, &head));
    if below {
        let _ = writeln!(out, "{}{}", " ".repeat(depth + 2), style.dim(note.trim_start()));
    }
    for means in &step.means {
        let _ = writeln!(out, "{}{}", " ".repeat(depth + 4), style.dim(&inline(means)));
    }
    for line in body(step, style) {
        let _ = writeln!(out, "{}{line}", " ".repeat(depth + 4));
    }
}

/// What a plan comes to: `3 to create, 1 to change, 54 unchanged`.
pub fn summary(plan: &Plan) -> String {
    let counted = Change::ALL.iter().filter_map(|change| Some((plan.count(*change), change.words().ahead?)));
    let parts: Vec<String> = counted.filter(|(n, _)| *n > 0).map(|(n, word)| format!("{n} {word}")).collect();
    if parts.is_empty() { "nothing is declared, and nothing is remembered".to_owned() } else { parts.join(", ") }
}
