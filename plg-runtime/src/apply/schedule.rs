//! What may run next. Pure: it neither waits nor runs anything.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// Work with dependencies, longest path first, in lanes: what waits in one of them for its budget leaves room for the
/// others.
#[derive(Debug)]
pub struct Schedule {
    blocked: Vec<usize>,
    dependents: Vec<Vec<usize>>,
    weight: Vec<u32>,
    lane: Vec<usize>,
    lanes: Vec<Lane>,
    state: Vec<State>,
    left: usize,
}

#[derive(Debug, Default)]
struct Lane {
    ready: BinaryHeap<(u32, Reverse<usize>)>,
    running: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Ahead,
    Running,
    /// It failed, or what it needs did: it is never started.
    Dead,
}

impl Schedule {
    /// From each piece of work's dependencies, by place, in one lane.
    pub fn new(depends: &[Vec<usize>]) -> Self {
        Schedule::in_lanes(depends, vec![0; depends.len()])
    }

    /// The same, with the lane of each, by place.
    pub(crate) fn in_lanes(depends: &[Vec<usize>], lane: Vec<usize>) -> Self {
        let count = depends.len();
        let mut schedule = Schedule {
            blocked: vec![0; count],
            dependents: vec![Vec::new(); count],
            weight: vec![0; count],
            lanes: (0..=lane.iter().copied().max().unwrap_or(0)).map(|_| Lane::default()).collect(),
            lane,
            state: vec![State::Ahead; count],
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
                schedule.ready(place);
            }
        }
        schedule
    }

    fn ready(&mut self, place: usize) {
        self.lanes[self.lane[place]].ready.push((self.weight[place], Reverse(place)));
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

    /// The next piece of work that waits for nothing, where `most` may run at once: first from lanes that have less than
    /// their share of them.
    pub fn take(&mut self, most: usize) -> Option<usize> {
        for lane in &mut self.lanes {
            while lane.ready.peek().is_some_and(|(_, Reverse(place))| self.state[*place] == State::Dead) {
                lane.ready.pop();
            }
        }
        let share = most / self.lanes.len();
        let next = |lane: &Lane| Some((lane.running < share, *lane.ready.peek()?));
        let lane = self.lanes.iter_mut().filter(|lane| !lane.ready.is_empty()).max_by_key(|lane| next(lane))?;
        let (_, Reverse(place)) = lane.ready.pop()?;
        lane.running += 1;
        self.state[place] = State::Running;
        Some(place)
    }

    /// It runs no more.
    fn ended(&mut self, place: usize) {
        self.left -= 1;
        if self.state[place] == State::Running {
            self.lanes[self.lane[place]].running -= 1;
        }
    }

    /// A piece of work is done: what waited for it alone is ready.
    pub fn done(&mut self, place: usize) {
        self.ended(place);
        // It is done once: nobody asks for its dependents again.
        for dependent in std::mem::take(&mut self.dependents[place]) {
            self.blocked[dependent] -= 1;
            if self.blocked[dependent] == 0 && self.state[dependent] != State::Dead {
                self.ready(dependent);
            }
        }
    }

    /// A piece of work failed: everything that waits for it, however far, is given up and returned.
    pub(crate) fn failed(&mut self, place: usize) -> Vec<usize> {
        self.ended(place);
        self.state[place] = State::Dead;
        let mut given_up = Vec::new();
        let mut open = vec![place];
        while let Some(place) = open.pop() {
            for dependent in &self.dependents[place] {
                if self.state[*dependent] != State::Dead {
                    self.state[*dependent] = State::Dead;
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
        fn everything_runs_once_and_after_what_it_needs(depends in graph(), width in 1usize..6, lanes in 1usize..4) {
            let mut schedule = Schedule::in_lanes(&depends, (0..depends.len()).map(|place| place % lanes).collect());
            let (mut running, mut done) = (Vec::new(), Vec::new());
            loop {
                while running.len() < width {
                    let Some(place) = schedule.take(width) else { break };
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
            while let Some(place) = schedule.take(1) {
                if place == bad { skipped.extend(schedule.failed(place)); } else { ran.push(place); schedule.done(place); }
            }
            for (n, reached) in reached.iter().enumerate() {
                prop_assert_eq!(ran.contains(&n), !reached);
                prop_assert_eq!(skipped.contains(&n), *reached && n != bad);
            }
            prop_assert_eq!(schedule.left(), 0);
        }
    }

    #[test]
    fn a_lane_that_waits_leaves_the_others_their_share() {
        // Ten of one account, and ten of another that come later.
        let mut schedule = Schedule::in_lanes(&vec![Vec::new(); 20], (0..20).map(|place| place / 10).collect());
        let mut taken = |count| -> Vec<usize> { (0..count).filter_map(|_| schedule.take(8)).collect() };
        assert_eq!(taken(8), [0, 1, 2, 3, 10, 11, 12, 13]);
        // The first one waits, and the other goes on.
        schedule.done(10);
        schedule.done(11);
        let mut taken = |count| -> Vec<usize> { (0..count).filter_map(|_| schedule.take(8)).collect() };
        assert_eq!(taken(2), [14, 15]);
        // One at a time is one after the other, in their order.
        let mut schedule = Schedule::in_lanes(&vec![Vec::new(); 4], vec![0, 1, 0, 1]);
        let one_by_one: Vec<usize> = std::iter::from_fn(|| {
            let place = schedule.take(1)?;
            schedule.done(place);
            Some(place)
        })
        .collect();
        assert_eq!(one_by_one, [0, 1, 2, 3]);
    }
}
