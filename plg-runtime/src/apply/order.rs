//! What each piece of work waits for.

use super::work::Shared;
use crate::plan::Step;
use std::collections::{BTreeSet, HashMap};

/// What a replacement leaves, until it is removed.
pub(super) fn replaced(step: &Step) -> String {
    format!("{}@old-{}", step.address, step.id.as_deref().unwrap_or_default())
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
    use plg_schema::kinds;

    fn work(changes: &[Change]) -> Vec<Step> {
        let spec = kinds::find("cohort").expect("it is a kind");
        changes.iter().map(|change| Step::removal("cohort.Any", spec, *change, "1".into())).collect()
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
