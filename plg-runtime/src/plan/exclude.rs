//! What a plan leaves for later: what the command excludes, and what needs that first.

use super::change::Change;
use super::step::{Excluded, Step};
use crate::store::{MOVED, State};
use std::collections::BTreeMap;

/// Whether an address is what somebody wrote: itself, or a pattern with `*` for any letters.
pub fn is_meant(pattern: &str, address: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(mut rest) = parts.next().and_then(|first| address.strip_prefix(first)) else { return false };
    let mut parts: Vec<&str> = parts.collect();
    let Some(last) = parts.pop() else { return rest.is_empty() };
    for part in parts {
        let Some(at) = rest.find(part) else { return false };
        rest = &rest[at + part.len()..];
    }
    rest.ends_with(last)
}

/// Takes out of a plan's steps those whose addresses are excluded, and each that cannot be done before them.
pub(super) fn exclude(
    state: &State,
    patterns: &[String],
    steps: &mut Vec<Step>,
    removals: &mut Vec<Step>,
) -> Vec<Excluded> {
    if patterns.is_empty() {
        return Vec::new();
    }
    let all: Vec<&Step> = steps.iter().chain(removals.iter()).filter(|step| does_something(step)).collect();
    let is_named = |step: &&&Step| patterns.iter().any(|pattern| is_meant(pattern, &step.address));
    let mut out: BTreeMap<&str, (&Step, Option<&str>)> =
        all.iter().filter(is_named).map(|step| (step.address.as_str(), (*step, None))).collect();
    loop {
        let waits = all.iter().filter(|step| !out.contains_key(step.address.as_str()));
        let more: Vec<_> = waits.filter_map(|step| Some((*step, waits_for(state, step, &out)?))).collect();
        if more.is_empty() {
            break;
        }
        out.extend(more.into_iter().map(|(step, because)| (step.address.as_str(), (step, Some(because)))));
    }
    let excluded: Vec<Excluded> = out
        .values()
        .map(|(step, because)| Excluded {
            address: step.address.clone(),
            change: step.change,
            because: because.map(str::to_owned),
        })
        .collect();
    let stays = |step: &Step| !excluded.iter().any(|one| one.address == step.address);
    steps.retain(stays);
    removals.retain(stays);
    excluded
}

/// Whether anything is done or remembered by a step.
fn does_something(step: &Step) -> bool {
    let is_idle = matches!(step.change, Change::Unchanged | Change::Read | Change::Await);
    !is_idle || step.renamed_from.is_some() || !step.remembers.is_empty()
}

/// What of that which is left out a step has to wait for.
fn waits_for<'a>(state: &State, step: &Step, out: &BTreeMap<&'a str, (&'a Step, Option<&'a str>)>) -> Option<&'a str> {
    let found = out.iter().find(|(address, (left, _))| {
        let is_remembered = state.resources.get(**address).is_some_and(|entry| entry.depends.contains(&step.address));
        if step.change.is_removal() {
            // It is needed until what is left out has changed, or is gone itself.
            let is_moved = step.address.split_once(MOVED).is_some_and(|(base, _)| base == **address);
            is_remembered || is_moved || (left.change.is_removal() && left.depends.contains(&step.address))
        } else {
            // What is treated otherwise from now on is there for everybody who needs it.
            let is_other = left.change != Change::Unchanged || left.renamed_from.is_some();
            let is_needed = is_other && !left.change.is_removal() && step.depends.iter().any(|need| need == *address);
            let takes = step.takes_from.iter().any(|from| from == *address);
            is_needed || takes || (step.change == Change::Replace && is_remembered)
        }
    });
    found.map(|(address, _)| *address)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Entry;

    #[test]
    fn an_address_or_a_pattern() {
        for (pattern, address, meant) in [
            ("feature_flag.A", "feature_flag.A", true),
            ("feature_flag.A", "feature_flag.AB", false),
            ("feature_flag.*", "feature_flag.A", true),
            ("feature_flag.*", "experiment.A", false),
            ("*", "anything.At.All", true),
            ("*.A", "feature_flag.A", true),
            ("*.A", "feature_flag.AB", false),
            ("option.*.Trial", "option.Stage.Trial", true),
            ("option.*.Trial", "option.Trial", false),
            ("a*b*c", "abc", true),
            ("a*b*c", "acb", false),
            ("", "a.A", false),
        ] {
            assert_eq!(is_meant(pattern, address), meant, "{pattern} {address}");
        }
    }

    fn step(address: &str, change: Change, depends: &[&str]) -> Step {
        let depends = depends.iter().map(|need| (*need).to_owned()).collect();
        Step { depends, ..Step::of(address, ("feature_flag", plg_core::AccountName("posthog")), String::new(), change) }
    }

    /// What is left out, and why, of these steps, where the second list is remembered to need others.
    fn left(excluded: &str, steps: &[Step], remembered: &[(&str, &[&str])]) -> Vec<String> {
        let mut state = State::new("s", "t");
        for (address, depends) in remembered {
            let depends = depends.iter().map(|need| (*need).to_owned()).collect();
            state.resources.insert((*address).to_owned(), Entry { depends, ..Entry::default() });
        }
        let (mut removals, mut steps): (Vec<Step>, Vec<Step>) =
            steps.iter().cloned().partition(|step| step.change.is_removal());
        let out = exclude(&state, &[excluded.to_owned()], &mut steps, &mut removals);
        let stay = steps.iter().chain(&removals).filter(|step| out.iter().any(|one| one.address == step.address));
        assert_eq!(stay.count(), 0);
        out.into_iter().map(|one| one.address + &one.because.map_or(String::new(), |why| format!(" < {why}"))).collect()
    }

    #[test]
    fn what_needs_it_waits_and_nothing_else() {
        let made = [
            step("flag.A", Change::Create, &[]),
            step("experiment.B", Change::Create, &["flag.A"]),
            step("board.C", Change::Update, &["experiment.B"]),
            step("flag.D", Change::Create, &[]),
        ];
        assert_eq!(left("flag.A", &made, &[]), ["board.C < experiment.B", "experiment.B < flag.A", "flag.A"]);
        assert_eq!(left("flag.D", &made, &[]), ["flag.D"]);
        assert_eq!(left("nothing.X", &made, &[]), [""; 0]);
        // What is as declared is there for everybody.
        let calm = [step("flag.A", Change::Unchanged, &[]), step("experiment.B", Change::Create, &["flag.A"])];
        assert_eq!(left("flag.A", &calm, &[]), [""; 0]);
    }

    #[test]
    fn what_is_needed_is_not_removed() {
        let gone = [step("flag.A", Change::Delete, &[]), step("experiment.B", Change::Delete, &["flag.A"])];
        assert_eq!(left("experiment.B", &gone, &[]), ["experiment.B", "flag.A < experiment.B"]);
        assert_eq!(left("flag.A", &gone, &[]), ["flag.A"]);
        let moved = [step("cohort.A", Change::Delete, &[]), step("flag.B", Change::Update, &[])];
        assert_eq!(left("flag.B", &moved, &[("flag.B", &["cohort.A"])]), ["cohort.A < flag.B", "flag.B"]);
        let anew = [step("cohort.A", Change::Replace, &[]), step("flag.B", Change::Update, &["cohort.A"])];
        assert_eq!(left("flag.B", &anew, &[("flag.B", &["cohort.A"])]), ["cohort.A < flag.B", "flag.B"]);
    }
}
