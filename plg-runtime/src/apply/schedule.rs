//! What may run next. Pure: it neither waits nor runs anything.

use std::collections::BinaryHeap;

/// Work with dependencies, longest path first.
#[derive(Debug)]
pub struct Schedule {
    blocked: Vec<usize>,
    dependents: Vec<Vec<usize>>,
    weight: Vec<u32>,
    ready: BinaryHeap<(u32, std::cmp::Reverse<usize>)>,
    dead: Vec<bool>,
    left: usize,
}

impl Schedule {
    /// From each piece of work's dependencies, by place.
    pub fn new(depends: &[Vec<usize>]) -> Self {
        let count = depends.len();
        let mut schedule = Schedule {
            blocked: vec![0; count],
            dependents: vec![Vec::new(); count],
            weight: vec![0; count],
            ready: BinaryHeap::new(),
            dead: vec![false; count],
            left: count,
        };
        for (place, targets) in depends.iter().enumerate() {
            for target in targets.iter().filter(|t| **t < count && **t != place) {
                schedule.dependents[*target].push(place);
                schedule.blocked[place] += 1;
            }
        }
        schedule.weigh();
        for place in 0..count {
            if schedule.blocked[place] == 0 {
                schedule.ready.push((schedule.weight[place], std::cmp::Reverse(place)));
            }
        }
        schedule
    }

    /// The length of the longest chain that waits for each piece of work.
    fn weigh(&mut self) {
        let mut blocked = self.blocked.clone();
        let mut order: Vec<usize> = (0..blocked.len()).filter(|p| blocked[*p] == 0).collect();
        let mut at = 0;
        while let Some(place) = order.get(at).copied() {
            at += 1;
            for dependent in &self.dependents[place] {
                blocked[*dependent] -= 1;
                if blocked[*dependent] == 0 {
                    order.push(*dependent);
                }
            }
        }
        for place in order.into_iter().rev() {
            self.weight[place] = self.dependents[place].iter().map(|d| self.weight[*d] + 1).max().unwrap_or(0);
        }
    }

    /// The next piece of work that waits for nothing.
    pub fn take(&mut self) -> Option<usize> {
        while let Some((_, std::cmp::Reverse(place))) = self.ready.pop() {
            if !self.dead[place] {
                return Some(place);
            }
        }
        None
    }

    /// A piece of work is done: what waited for it alone is ready.
    pub fn done(&mut self, place: usize) {
        self.left -= 1;
        // It is done once: nobody asks for its dependents again.
        for dependent in std::mem::take(&mut self.dependents[place]) {
            self.blocked[dependent] -= 1;
            if self.blocked[dependent] == 0 && !self.dead[dependent] {
                self.ready.push((self.weight[dependent], std::cmp::Reverse(dependent)));
            }
        }
    }

    /// A piece of work failed: everything that waits for it, however far, is given up and returned.
    pub(crate) fn failed(&mut self, place: usize) -> Vec<usize> {
        self.left -= 1;
        let mut given_up = Vec::new();
        let mut open = vec![place];
        while let Some(place) = open.pop() {
            for dependent in &self.dependents[place] {
                if !self.dead[*dependent] {
                    self.dead[*dependent] = true;
                    self.left -= 1;
                    given_up.push(*dependent);
                    open.push(*dependent);
                }
            }
        }
        given_up.sort_unstable();
        given_up
    }

    /// How much is neither done, failed nor given up.
    pub fn left(&self) -> usize {
        self.left
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn graph() -> impl Strategy<Value = Vec<Vec<usize>>> {
        prop::collection::vec(prop::collection::vec(any::<prop::sample::Index>(), 0..4), 1..40).prop_map(|raw| {
            raw.iter()
                .enumerate()
                .map(|(n, targets)| if n == 0 { Vec::new() } else { targets.iter().map(|t| t.index(n)).collect() })
                .collect()
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn everything_runs_once_and_after_what_it_needs(depends in graph(), width in 1usize..6) {
            let mut schedule = Schedule::new(&depends);
            let (mut running, mut done) = (Vec::new(), Vec::new());
            loop {
                while running.len() < width {
                    let Some(place) = schedule.take() else { break };
                    prop_assert!(depends[place].iter().all(|d| done.contains(d)));
                    running.push(place);
                }
                let Some(place) = running.pop() else { break };
                schedule.done(place);
                done.push(place);
            }
            prop_assert_eq!(done.len(), depends.len());
            prop_assert_eq!(schedule.left(), 0);
        }

        #[test]
        fn a_failure_stops_what_waits_for_it_and_nothing_else(depends in graph(), pick in any::<prop::sample::Index>()) {
            let bad = pick.index(depends.len());
            let mut reached = vec![false; depends.len()];
            reached[bad] = true;
            for n in 0..depends.len() {
                if depends[n].iter().any(|d| reached[*d]) {
                    reached[n] = true;
                }
            }
            let mut schedule = Schedule::new(&depends);
            let mut ran = Vec::new();
            let mut skipped = Vec::new();
            while let Some(place) = schedule.take() {
                if place == bad { skipped.extend(schedule.failed(place)); } else { ran.push(place); schedule.done(place); }
            }
            for (n, reached) in reached.iter().enumerate() {
                prop_assert_eq!(ran.contains(&n), !reached);
                prop_assert_eq!(skipped.contains(&n), *reached && n != bad);
            }
            prop_assert_eq!(schedule.left(), 0);
        }
    }
}
