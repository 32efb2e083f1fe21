//! What a plan would lose: found and counted once, for every format.

use super::facts::PlanFacts;
use super::said::Said;
use crate::plan::{Change, Plan, Step};
use plg_core::linked;

/// What of a plan is a loss, in the order in which it is counted.
const LOST: [Change; 3] = [Change::Delete, Change::Archive, Change::Replace];

/// How many resources are deleted, archived and made anew: `2 deleted, 1 replaced`, or nothing.
pub(super) fn counted(plan: &Plan) -> Option<String> {
    let count = |change: Change| (change, plan.count(change));
    let some = LOST.into_iter().map(count).filter(|(_, count)| *count > 0);
    let parts: Vec<String> = some.map(|(change, count)| format!("{count} {}", change.words().past)).collect();
    (!parts.is_empty()).then(|| parts.join(", "))
}

/// Every resource that is deleted, archived or made anew, a line each: what people gave first, with how many records
/// hold it, then what somebody refers to, then the others.
pub(super) fn losses(plan: &Plan, facts: &PlanFacts) -> Vec<Said> {
    let goes = facts.impact.sentences();
    let has_data = |step: &Step| facts.impact.data().contains(&step.address.as_str());
    let mut all: Vec<(u8, Said)> = Vec::new();
    for step in plan.steps.iter().filter(|step| LOST.contains(&step.change)) {
        let mut says: Vec<String> =
            goes.iter().filter(|(address, _)| *address == step.address).map(|(_, says)| says.clone()).collect();
        let rank = if has_data(step) { 0 } else { u8::from(says.is_empty()) + 1 };
        let anew = linked::find(&step.kind).filter(|_| step.change == Change::Replace);
        says.extend(anew.map(|spec| format!("lost with the old one: {}", spec.wire.lost())));
        if says.is_empty() {
            says = step.notes();
        }
        says.insert(0, step.change.words().past.to_owned());
        let said = Said { address: Some(step.address.clone()), says: says.join("; "), change: Some(step.change) };
        all.push((rank, said));
    }
    all.sort_by_key(|(rank, _)| *rank);
    all.into_iter().map(|(_, said)| said).collect()
}

/// How many of these lines say more than that something goes: none of them is left out anywhere.
pub(super) fn telling(lines: &[Said], facts: &PlanFacts) -> usize {
    let known = |said: &&Said| facts.impact.losses.iter().any(|loss| said.address.as_ref() == Some(&loss.address));
    lines.iter().take_while(known).count()
}

/// What applications ask for in vain once it is done, as its key becomes another one.
pub(super) fn asked_in_vain<'a>(step: &Step, facts: &'a PlanFacts) -> impl Iterator<Item = String> + use<'a> {
    let stays = !LOST.contains(&step.change);
    let address = step.address.clone();
    let goes = facts.impact.sentences().into_iter();
    goes.filter(move |(of, _)| stays && *of == address).map(|(_, says)| says)
}
