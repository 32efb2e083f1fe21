//! How fast an API may be asked.
//!
//! Each class of requests has one or more token buckets; a request waits until every bucket of its class has a token.

use plg_core::provider::{LimitClass, LimitRate};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// A bucket that may be overdrawn: what is missing is what has to be waited for.
#[derive(Debug)]
struct Bucket {
    rate: LimitRate,
    tokens: f64,
    at: Instant,
}

impl Bucket {
    fn new(rate: LimitRate, now: Instant) -> Self {
        Bucket { rate, tokens: rate.burst, at: now }
    }

    /// Takes a token; says how long to wait for it.
    fn take(&mut self, now: Instant) -> Duration {
        let passed = now.saturating_duration_since(self.at).as_secs_f64();
        self.tokens = (self.tokens + passed * self.rate.per_second).min(self.rate.burst) - 1.0;
        self.at = now;
        if self.tokens >= 0.0 { Duration::ZERO } else { Duration::from_secs_f64(-self.tokens / self.rate.per_second) }
    }
}

/// The budgets of one account in one run.
#[derive(Debug)]
pub(crate) struct Limits {
    buckets: Option<Mutex<Vec<Vec<Bucket>>>>,
}

impl Limits {
    /// Budgets for a real API, a class each.
    pub(crate) fn real(classes: &[LimitClass], now: Instant) -> Self {
        let buckets = |class: &LimitClass| class.rates.iter().map(|rate| Bucket::new(*rate, now)).collect();
        Limits { buckets: Some(Mutex::new(classes.iter().map(buckets).collect())) }
    }

    /// No budgets: for a server on this machine.
    pub(crate) fn none() -> Self {
        Limits { buckets: None }
    }

    /// Whether there are any.
    pub(crate) fn any(&self) -> bool {
        self.buckets.is_some()
    }

    /// How long a request of a class has to wait; its token is taken.
    pub(crate) fn wait(&self, class: usize, now: Instant) -> Duration {
        let Some(buckets) = &self.buckets else { return Duration::ZERO };
        let mut buckets = buckets.lock().unwrap_or_else(PoisonError::into_inner);
        let class = buckets.get_mut(class).into_iter().flatten();
        class.map(|bucket| bucket.take(now)).max().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Asks as fast as allowed, and returns when each request went out, in seconds.
    fn run(class: LimitClass, count: usize) -> Vec<f64> {
        let start = Instant::now();
        let limits = Limits::real(&[class], start);
        let mut now = start;
        let mut sent = Vec::new();
        for _ in 0..count {
            let wait = limits.wait(0, now);
            now += wait;
            sent.push((now - start).as_secs_f64());
        }
        sent
    }

    fn most_within(sent: &[f64], window: f64) -> usize {
        sent.iter()
            .enumerate()
            .map(|(n, from)| sent[n..].iter().take_while(|t| **t < from + window).count())
            .max()
            .unwrap_or(0)
    }

    const SLOW: LimitClass = LimitClass {
        of: "it",
        allows: "",
        published: &[],
        rates: &[LimitRate::a_minute(60.0, 400.0), LimitRate::an_hour(4_800.0)],
    };

    #[test]
    fn no_window_sees_more_than_is_allowed() {
        let sent = run(SLOW, 5_200);
        assert!(most_within(&sent, 60.0) <= 480 && most_within(&sent, 3_600.0) <= 4_801);
    }

    #[test]
    fn a_small_deploy_does_not_wait_long() {
        assert!(run(SLOW, 60).last() < Some(&0.001));
    }
}
