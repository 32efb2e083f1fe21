//! What each piece of work waits for.

use super::work::Shared;
use crate::plan::{Change, Step};
use crate::store::MOVED;
use std::collections::{BTreeSet, HashMap};

/// What a replacement leaves, until it is removed.
pub(super) fn replaced(step: &Step) -> String {
    format!("{}{OLD}{}", step.address, step.id.as_deref().unwrap_or_default())
}

/// In the name of a piece of work that removes what a replacement leaves, before its id.
const OLD: &str = "@old-";

/// Whether a piece of work is a part of what is done with a resource, and counted with that: it removes what a replacement
/// leaves, or gives a key up.
pub fn is_part(address: &str) -> bool {
    address.contains(OLD) || parked(address).is_some()
}

/// The end of the name of a piece of work that gives a key up.
const PARKING: &str = "@parking";

/// The address whose key a piece of work gives up, where it does only that.
pub(super) fn parked(address: &str) -> Option<&str> {
    address.strip_suffix(PARKING)
}

/// Lets who frees a key go before who takes it, by a parking name where a step has one.
pub(super) fn order_keys(work: &mut Vec<Step>, depends: &mut Vec<Vec<usize>>) {
    if work.iter().all(|step| step.takes_from.is_empty()) {
        return;
    }
    let mut freed: HashMap<String, usize> =
        work.iter().enumerate().map(|(place, step)| (step.address.clone(), place)).collect();
    for place in 0..work.len() {
        if work[place].parking.is_some() {
            let mut aside = work[place].clone();
            aside.address.push_str(PARKING);
            aside.change = Change::Update;
            freed.insert(work[place].address.clone(), work.len());
            depends[place].push(work.len());
            depends.push(Vec::new());
            work.push(aside);
        }
    }
    for place in 0..work.len() {
        if parked(&work[place].address).is_none() {
            let first = work[place].takes_from.iter().filter_map(|address| freed.get(address).copied());
            let first: Vec<usize> = first.collect();
            depends[place].extend(first);
        }
    }
}

/// The removals that wait until everything else has succeeded, by place. What something that is made or changed waits
/// for goes before it, such as a removal that frees its key.
pub(super) fn last(work: &[Step], depends: &[Vec<usize>]) -> BTreeSet<usize> {
    let is_removal = |place: &usize| work[*place].change.is_removal();
    let mut last: BTreeSet<usize> = (0..work.len()).filter(is_removal).collect();
    let mut open: Vec<usize> = (0..work.len()).filter(|place| !last.contains(place)).collect();
    while let Some(place) = open.pop() {
        open.extend(depends[place].iter().copied().filter(|target| last.remove(target)));
    }
    last
}

/// What each piece of work waits for, by place.
pub(super) fn edges(shared: &Shared, work: &[Step]) -> Vec<Vec<usize>> {
    let place: HashMap<&str, usize> =
        work.iter().enumerate().filter(|(_, s)| !s.change.is_removal()).map(|(n, s)| (s.address.as_str(), n)).collect();
    let removal: HashMap<&str, usize> =
        work.iter().enumerate().filter(|(_, s)| s.change.is_removal()).map(|(n, s)| (s.address.as_str(), n)).collect();
    let mut depends: Vec<Vec<usize>> = vec![Vec::new(); work.len()];
    for (n, step) in work.iter().enumerate().filter(|(_, s)| !s.change.is_removal()) {
        // Through what is as declared already to what is not.
        let mut open: Vec<&str> = step.depends.iter().map(String::as_str).collect();
        let mut seen: BTreeSet<&str> = BTreeSet::new();
        while let Some(address) = open.pop() {
            if !seen.insert(address) {
                continue;
            }
            if let Some(target) = place.get(address) {
                depends[n].push(*target);
            } else if let Some(node) = shared.graph.get(address) {
                open.extend(node.depends.iter().map(|d| shared.graph.nodes[*d].address.as_str()));
            }
        }
    }
    // What is left behind in another account goes once its declaration is there in its own.
    for (address, n) in &removal {
        let base = address.split_once(MOVED).and_then(|(base, _)| place.get(base));
        depends[*n].extend(base);
    }
    shared.book.with_state(|state| {
        for (address, entry) in &state.resources {
            let dependent = removal.get(address.as_str()).or_else(|| place.get(address.as_str()));
            let Some(dependent) = dependent else { continue };
            for target in &entry.depends {
                if let Some(target) = removal.get(target.as_str()) {
                    depends[*target].push(*dependent);
                }
            }
        }
    });
    for list in &mut depends {
        list.sort_unstable();
        list.dedup();
    }
    depends
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::Change;

    fn work(changes: &[Change]) -> Vec<Step> {
        let spec = plg_posthog::PROVIDER.kind("cohort").expect("it is a kind");
        let account = spec.provider().default_account();
        changes.iter().map(|change| Step::removal("cohort.Any", spec, account, *change, "1".into())).collect()
    }

    #[test]
    fn removals_are_last_but_for_those_that_something_else_waits_for() {
        use Change::{Archive, Create, Delete, Forget, Update};
        let all = work(&[Create, Delete, Update, Archive, Forget]);
        assert_eq!(last(&all, &vec![Vec::new(); 5]), BTreeSet::from([1, 3, 4]));
        // The create waits for a removal that frees its key, and that one for what refers to it.
        assert_eq!(last(&all, &[vec![1], vec![3], vec![], vec![], vec![]]), BTreeSet::from([4]));
        // What a removal waits for is none of it.
        assert_eq!(last(&all, &[vec![], vec![2], vec![], vec![1], vec![0]]), BTreeSet::from([1, 3, 4]));
    }
}
