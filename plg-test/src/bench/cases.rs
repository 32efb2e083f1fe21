//! Which cases of a trouble are tried: all, or some of each part of them, within a time.

use super::report::BenchRow;
use super::scene::CaseOutcome;
use super::{Points, Scene};
use crate::killer::Dice;
use std::time::{Duration, Instant};

/// The longest that one trouble is tried, unless all cases are.
const WITHIN: Duration = Duration::from_secs(5);

/// Tries cases, given by what they are about and their number, in an order that is the same for the same seed.
pub(super) fn attempt<T>(
    name: &str,
    scenes: &[Scene],
    cases: impl Fn(&Scene) -> Vec<T>,
    points: Points,
    seed: u64,
    try_one: impl Fn(&Scene, &T, &mut Dice) -> (String, CaseOutcome),
) -> BenchRow {
    let mut row = BenchRow { operation: name.to_owned(), ..BenchRow::default() };
    let mut all: Vec<(&Scene, T)> = Vec::new();
    for scene in scenes {
        all.extend(cases(scene).into_iter().map(|case| (scene, case)));
    }
    row.instants = all.len() as u64;
    let mut dice = Dice(seed);
    // Any first part of a shuffled list is a fair choice.
    for last in (1..all.len()).rev() {
        let other = usize::try_from(dice.roll(last as u64 + 1)).unwrap_or_default();
        all.swap(last, other);
    }
    let most = match points {
        Points::All => usize::MAX,
        Points::About(number) => usize::try_from(number).unwrap_or(usize::MAX).max(1),
    };
    let began = Instant::now();
    for (scene, case) in all.iter().take(most) {
        if points != Points::All && began.elapsed() > WITHIN {
            break;
        }
        let (story, outcome) = try_one(scene, case, &mut dice);
        let said = |line: String| format!("{name}, {}, {story}: {line}", scene.name);
        row.tried += 1;
        row.lost.extend(outcome.verdict.lost.into_iter().map(said));
        if outcome.told && !outcome.verdict.doubled.is_empty() {
            row.told += 1;
        } else {
            row.doubled.extend(outcome.verdict.doubled.into_iter().map(said));
        }
    }
    row
}
