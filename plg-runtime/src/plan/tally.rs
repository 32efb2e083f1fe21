//! How resources are counted: one way for a plan's summary, the question, the progress, the closing line and the graph.
//!
//! A resource is what the stage declares, each option and status of its own. What is declared `existing` is only referred
//! to, and what every account has is nobody's: neither is counted. A deploy marker is one resource, however many deploys
//! left theirs.

use super::change::Change;
use super::step::{Plan, Step};
use crate::store::State;
use std::collections::{BTreeMap, BTreeSet};

impl Plan {
    /// How many resources each change is counted for, in the order of [`Change::ALL`]: a marker is made where anything
    /// else is done, and is unchanged where nothing is.
    pub fn tally(&self) -> Vec<(Change, usize)> {
        let is_marked = self.changes();
        let mut counts: BTreeMap<usize, usize> = BTreeMap::new();
        for step in &self.steps {
            let counted = match step.change {
                Change::Marker if is_marked => Change::Create,
                Change::Marker => Change::Unchanged,
                change => change,
            };
            let place = Change::ALL.iter().position(|one| *one == counted);
            place.into_iter().for_each(|place| *counts.entry(place).or_default() += 1);
        }
        counts.into_iter().filter_map(|(place, count)| Some((*Change::ALL.get(place)?, count))).collect()
    }

    /// How many resources are there once the plan is done, of those that it is about.
    pub fn resources(&self) -> usize {
        self.steps.iter().filter(|step| stays(step.change)).count()
    }

    /// How many resources something remote is done with: what a question asks for, and what a progress counts to.
    pub fn writes(&self) -> usize {
        let is_marked = self.changes();
        let is_counted = |step: &&Step| step.writes() || (is_marked && step.change == Change::Marker);
        self.steps.iter().filter(is_counted).count()
    }
}

/// Whether a resource is there, and looked after, when this is done with it.
fn stays(change: Change) -> bool {
    !change.is_removal() && !matches!(change, Change::Read | Change::Await)
}

/// How many resources a state remembers as its own.
pub fn remembered_resources(state: &State) -> usize {
    let own = state.resources.iter().filter(|(_, entry)| !entry.existing);
    own.map(|(address, _)| of_marker(address).unwrap_or(address)).collect::<BTreeSet<_>>().len()
}

/// The declaration of a marker that a deploy left: `annotation.Marker` of `annotation.Marker@7`.
fn of_marker(address: &str) -> Option<&str> {
    let (base, number) = address.split_once('@')?;
    number.bytes().all(|digit| digit.is_ascii_digit()).then_some(base)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Entry;

    fn plan(changes: &[Change]) -> Plan {
        let step = |(place, change): (usize, &Change)| {
            Step::of(&format!("k.N{place}"), ("k", plg_core::AccountName("a")), String::new(), *change)
        };
        let mut plan = Plan::of_one(&State::new("s", "t"), "t", step((0, &Change::Read)));
        plan.steps = changes.iter().enumerate().map(step).collect();
        plan
    }

    #[test]
    fn a_marker_is_one_of_the_resources() {
        use Change::{Create, Marker, Read, Unchanged, Update};
        let first = plan(&[Create, Create, Marker, Read]);
        assert_eq!((first.tally(), first.resources(), first.writes()), (vec![(Create, 3), (Read, 1)], 3, 3));
        let calm = plan(&[Unchanged, Unchanged, Marker, Read]);
        assert_eq!((calm.tally(), calm.resources(), calm.writes()), (vec![(Read, 1), (Unchanged, 3)], 3, 0));
        let edited = plan(&[Update, Unchanged, Marker]);
        assert_eq!((edited.resources(), edited.writes()), (3, 2));
    }

    #[test]
    fn what_goes_is_not_there_afterwards() {
        use Change::{Archive, Await, Delete, Forget, Replace, Unchanged};
        let plan = plan(&[Replace, Delete, Archive, Forget, Await, Unchanged]);
        assert_eq!((plan.resources(), plan.writes()), (2, 3));
    }

    #[test]
    fn what_several_deploys_left_of_a_marker_is_one() {
        let mut state = State::new("s", "t");
        let own = ["k.A", "k.B@moved-a-1", "k.Marker@2", "k.Marker@7"];
        state.resources.extend(own.map(|address| (address.to_owned(), Entry::default())));
        state.resources.insert("k.There".to_owned(), Entry { existing: true, ..Entry::default() });
        assert_eq!(remembered_resources(&state), 3);
    }
}
