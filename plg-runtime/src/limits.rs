//! How fast the APIs may be asked.
//!
//! Each class of requests has one or more token buckets; a request waits until every bucket of its
//! class has a token. The rates stay below the published ones (Attio: 100 reads and 25 writes a
//! second; PostHog: 480 a minute and 4,800 an hour, insights 240 and 1,200), as others use the
//! same key.

use crate::plan::Plan;
use plg_schema::{Map, Provider, kinds};
use std::fmt;
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
    pub fn of(provider: Provider, method: &str, path: &str) -> Self {
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
pub struct Limits {
    buckets: Option<Mutex<[Vec<Bucket>; 4]>>,
}

impl Limits {
    /// Budgets for the real APIs.
    pub fn real(now: Instant) -> Self {
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
    pub fn none() -> Self {
        Limits { buckets: None }
    }

    /// Whether there are any.
    pub fn any(&self) -> bool {
        self.buckets.is_some()
    }

    /// How long a request has to wait; its token is taken.
    pub fn wait(&self, class: Class, now: Instant) -> Duration {
        let Some(buckets) = &self.buckets else { return Duration::ZERO };
        let mut buckets = buckets.lock().unwrap_or_else(PoisonError::into_inner);
        buckets[class as usize].iter_mut().map(|b| b.take(now)).max().unwrap_or_default()
    }
}

/// The least time that so many requests of a class take, by its published rates.
fn least(class: Class, requests: u32) -> Duration {
    let n = f64::from(requests);
    let after = |burst: f64, per_second: f64| (n - burst).max(0.0) / per_second;
    Duration::from_secs_f64(match class {
        Class::AttioRead => after(100.0, 100.0),
        Class::AttioWrite => after(25.0, 25.0),
        Class::Posthog => after(480.0, 8.0).max(after(4_800.0, 4_800.0 / 3_600.0)),
        Class::PosthogInsight => after(240.0, 4.0).max(after(1_200.0, 1_200.0 / 3_600.0)),
    })
}

/// A budget that makes a plan wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Binding {
    /// Which.
    pub class: Class,
    /// Writes of the plan that draw on it.
    pub writes: u32,
    /// The least time they take.
    pub least: Duration,
}

/// The budget that holds a plan up longest, if any does for a second or more.
pub fn binding(plan: &Plan) -> Option<Binding> {
    let mut writes: [(Class, u32); 4] =
        [Class::AttioRead, Class::AttioWrite, Class::Posthog, Class::PosthogInsight].map(|c| (c, 0));
    for step in plan.steps.iter().filter(|s| s.writes()) {
        let Some(spec) = kinds::find(&step.kind) else { continue };
        let class = Class::of(spec.provider, "POST", &spec.wire.listing(&Map::new()).path);
        if let Some(count) = writes.iter_mut().find(|(c, _)| *c == class) {
            count.1 += 1;
        }
    }
    let binding = writes
        .into_iter()
        .map(|(class, writes)| Binding { class, writes, least: least(class, writes) })
        .max_by_key(|b| b.least)?;
    (binding.least >= Duration::from_secs(1)).then_some(binding)
}

impl fmt::Display for Binding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (what, rate) = match self.class {
            Class::AttioRead => ("Attio", "100 reads a second"),
            Class::AttioWrite => ("Attio", "25 writes a second"),
            Class::Posthog => ("PostHog", "480 requests a minute and 4,800 an hour"),
            Class::PosthogInsight => ("PostHog's insights", "240 requests a minute and 1,200 an hour"),
        };
        write!(f, "{} writes to {what} take {} s at least: it allows {rate}", self.writes, self.least.as_secs())
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
    fn a_budget_binds_only_past_its_burst() {
        assert_eq!(least(Class::AttioWrite, 25), Duration::ZERO);
        assert_eq!(least(Class::AttioWrite, 75), Duration::from_secs(2));
        assert_eq!(least(Class::PosthogInsight, 1_201).as_secs(), 240);
        assert_eq!(least(Class::Posthog, 4_800 + 4).as_secs(), 540);
    }

    #[test]
    fn a_small_deploy_does_not_wait_long() {
        let sent = run(Class::Posthog, 60);
        assert!(sent.last() < Some(&0.001));
    }
}
