//! How fast the APIs may be asked.
//!
//! Each class of requests has one or more token buckets; a request waits until every bucket of its
//! class has a token. The rates stay below the published ones (Attio: 100 reads and 25 writes a
//! second; PostHog: 480 a minute and 4,800 an hour, insights 240 and 1,200), as others use the
//! same key.

use plg_core::Provider;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// A bucket that may be overdrawn: what is missing is what has to be waited for.
#[derive(Debug)]
struct Bucket {
    capacity: f64,
    per_second: f64,
    tokens: f64,
    at: Instant,
}

impl Bucket {
    fn new(capacity: f64, per_second: f64, now: Instant) -> Self {
        Bucket { capacity, per_second, tokens: capacity, at: now }
    }

    /// Takes a token; says how long to wait for it.
    fn take(&mut self, now: Instant) -> Duration {
        let passed = now.saturating_duration_since(self.at).as_secs_f64();
        self.tokens = (self.tokens + passed * self.per_second).min(self.capacity) - 1.0;
        self.at = now;
        if self.tokens >= 0.0 { Duration::ZERO } else { Duration::from_secs_f64(-self.tokens / self.per_second) }
    }
}

/// Requests that share a budget.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Class {
    /// Attio, reading.
    AttioRead,
    /// Attio, writing.
    AttioWrite,
    /// PostHog, all but insights.
    Posthog,
    /// PostHog's insights.
    PosthogInsight,
}

impl Class {
    /// The class of a request.
    pub(crate) fn of(provider: Provider, method: &str, path: &str) -> Self {
        match provider {
            Provider::Attio if method == "GET" => Class::AttioRead,
            Provider::Attio => Class::AttioWrite,
            Provider::Posthog if path.contains("/insights") => Class::PosthogInsight,
            Provider::Posthog => Class::Posthog,
        }
    }
}

/// The budgets of one run.
#[derive(Debug)]
pub(crate) struct Limits {
    buckets: Option<Mutex<[Vec<Bucket>; 4]>>,
}

impl Limits {
    /// Budgets for the real APIs.
    pub(crate) fn real(now: Instant) -> Self {
        let minute = |burst: f64, a_minute: f64| Bucket::new(burst, a_minute / 60.0, now);
        let hour = |a_hour: f64| Bucket::new(a_hour * 0.8, a_hour * 0.2 / 3600.0, now);
        Limits {
            buckets: Some(Mutex::new([
                vec![Bucket::new(15.0, 80.0, now)],
                vec![Bucket::new(4.0, 20.0, now)],
                vec![minute(60.0, 400.0), hour(4_800.0)],
                vec![minute(40.0, 190.0), hour(1_200.0)],
            ])),
        }
    }

    /// No budgets: for a server on this machine.
    pub(crate) fn none() -> Self {
        Limits { buckets: None }
    }

    /// Whether there are any.
    pub(crate) fn any(&self) -> bool {
        self.buckets.is_some()
    }

    /// How long a request has to wait; its token is taken.
    pub(crate) fn wait(&self, class: Class, now: Instant) -> Duration {
        let Some(buckets) = &self.buckets else { return Duration::ZERO };
        let mut buckets = buckets.lock().unwrap_or_else(PoisonError::into_inner);
        buckets[class as usize].iter_mut().map(|b| b.take(now)).max().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Asks as fast as allowed for two hours, and returns when each request went out, in seconds.
    fn run(class: Class, count: usize) -> Vec<f64> {
        let start = Instant::now();
        let limits = Limits::real(start);
        let mut now = start;
        let mut sent = Vec::new();
        for _ in 0..count {
            let wait = limits.wait(class, now);
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

    #[test]
    fn no_window_sees_more_than_is_allowed() {
        for (class, window, most) in [
            (Class::AttioRead, 1.0, 100),
            (Class::AttioWrite, 1.0, 25),
            (Class::Posthog, 60.0, 480),
            (Class::Posthog, 3_600.0, 4_801),
            (Class::PosthogInsight, 60.0, 240),
            (Class::PosthogInsight, 3_600.0, 1_201),
        ] {
            let sent = run(class, 5_200);
            let seen = most_within(&sent, window);
            assert!(seen <= most, "{class:?}: {seen} within {window} s, {most} allowed");
        }
    }

    #[test]
    fn a_small_deploy_does_not_wait_long() {
        let sent = run(Class::Posthog, 60);
        assert!(sent.last() < Some(&0.001));
    }
}
