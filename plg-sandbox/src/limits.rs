//! How many requests an API takes in a span of time.

use jiff::Timestamp;
use std::collections::{HashMap, VecDeque};
use std::time::Duration;

/// So many requests in such a time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rate {
    /// What is counted together: requests with the same text here.
    pub of: String,
    /// How many are taken.
    pub most: usize,
    /// In which time.
    pub span: Duration,
    /// Whether the count starts anew with each such span of the clock, and does not look back from each request.
    pub by_clock: bool,
}

/// What has been asked of one account lately: the milliseconds of what was taken, for each text that is counted.
#[derive(Debug, Default)]
pub(crate) struct RateLimits(HashMap<String, VecDeque<i64>>);

impl RateLimits {
    /// Counts a request; how long it has to wait, if it is above a rate.
    pub(crate) fn wait(&mut self, rates: Vec<Rate>, now: Timestamp) -> Option<Duration> {
        let now = now.as_millisecond();
        let mut wait = 0;
        for Rate { of, most, span, by_clock } in rates {
            let span = i64::try_from(span.as_millis()).unwrap_or(i64::MAX).max(1);
            let end = |at: i64| if by_clock { (at.div_euclid(span) + 1).saturating_mul(span) } else { at + span };
            let taken = self.0.entry(of).or_default();
            while taken.front().is_some_and(|at| end(*at) <= now) {
                taken.pop_front();
            }
            if taken.len() < most {
                taken.push_back(now);
            } else {
                wait = wait.max(taken.front().map_or(span, |oldest| end(*oldest) - now));
            }
        }
        u64::try_from(wait).ok().filter(|wait| *wait > 0).map(Duration::from_millis)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wait(limits: &mut RateLimits, rate: &Rate, at: i64) -> Option<Duration> {
        limits.wait(vec![rate.clone()], Timestamp::from_millisecond(at).unwrap())
    }

    #[test]
    fn a_rate_looks_back_or_goes_by_the_clock() {
        let rate = Rate { of: "writes".into(), most: 2, span: Duration::from_secs(1), by_clock: false };
        let mut limits = RateLimits::default();
        assert_eq!([100, 900].map(|at| wait(&mut limits, &rate, at)), [None, None]);
        assert_eq!(wait(&mut limits, &rate, 1_050), Some(Duration::from_millis(50)));
        assert_eq!(wait(&mut limits, &rate, 1_100), None);

        let rate = Rate { by_clock: true, ..rate };
        let mut limits = RateLimits::default();
        assert_eq!([100, 900].map(|at| wait(&mut limits, &rate, at)), [None, None]);
        assert_eq!(wait(&mut limits, &rate, 950), Some(Duration::from_millis(50)));
        assert_eq!(wait(&mut limits, &rate, 1_000), None, "a new second is a new count");
        let reads = Rate { of: "reads".into(), ..rate };
        assert_eq!(wait(&mut limits, &reads, 1_000), None, "each text is counted apart");
    }
}
