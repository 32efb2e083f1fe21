//! How fast an API may be asked.
//!
//! Each class of requests has one or more rates; a request waits until every rate of its class has room. APIs count what
//! came in the last span of time, and so do these: what they allow is used to the last request, and never passed.

use plg_core::provider::{LimitClass, LimitRate};
use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// When the last requests of a rate went out, or will: as many as the rate has room for.
#[derive(Debug)]
struct Window {
    span: Duration,
    most: usize,
    sent: VecDeque<Instant>,
}

impl Window {
    fn new(rate: LimitRate) -> Self {
        // A float is cut off: more than is allowed is never sent.
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a rate is a small positive number"
        )]
        let most = (rate.burst as usize).max(1);
        Window { span: rate.span(), most, sent: VecDeque::new() }
    }

    /// When one more has room, at `now` at the earliest.
    fn room(&self, now: Instant) -> Instant {
        let oldest = self.sent.len().checked_sub(self.most).and_then(|place| self.sent.get(place));
        oldest.and_then(|oldest| oldest.checked_add(self.span)).map_or(now, |free| free.max(now))
    }

    fn take(&mut self, at: Instant) {
        if self.sent.len() >= self.most {
            self.sent.pop_front();
        }
        self.sent.push_back(at);
    }
}

/// The rates of a class, and until when the API wants to hear nothing of it.
#[derive(Debug)]
struct Budget {
    windows: Vec<Window>,
    closed: Option<Instant>,
}

/// The budgets of one account in one run.
#[derive(Debug)]
pub(crate) struct Limits {
    budgets: Option<Mutex<Vec<Budget>>>,
}

impl Limits {
    /// Budgets for a real API, a class each.
    pub(crate) fn real(classes: &[LimitClass]) -> Self {
        let budget = |class: &LimitClass| Budget {
            windows: class.rates.iter().copied().map(Window::new).collect(),
            closed: None,
        };
        Limits { budgets: Some(Mutex::new(classes.iter().map(budget).collect())) }
    }

    /// No budgets: for a server on this machine.
    pub(crate) fn none() -> Self {
        Limits { budgets: None }
    }

    /// Whether there are any.
    pub(crate) fn any(&self) -> bool {
        self.budgets.is_some()
    }

    /// How long a request of a class has to wait; its room is taken.
    pub(crate) fn wait(&self, class: usize, now: Instant) -> Duration {
        self.of(class, |budget| {
            let first = budget.closed.map_or(now, |until| until.max(now));
            let at = budget.windows.iter().map(|window| window.room(first)).max().unwrap_or(first);
            budget.windows.iter_mut().for_each(|window| window.take(at));
            at.saturating_duration_since(now)
        })
        .unwrap_or_default()
    }

    /// The API refused a request of a class: others draw on the same budget, and it has room at `until` again. Whatever
    /// was not sent yet waits until then, instead of being refused one by one.
    pub(crate) fn close(&self, class: usize, until: Instant) {
        self.of(class, |budget| budget.closed = Some(budget.closed.map_or(until, |closed| closed.max(until))));
    }

    fn of<T>(&self, class: usize, then: impl FnOnce(&mut Budget) -> T) -> Option<T> {
        let mut budgets = self.budgets.as_ref()?.lock().unwrap_or_else(PoisonError::into_inner);
        budgets.get_mut(class).map(then)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Asks as fast as allowed, and returns when each request went out, in seconds.
    fn run(class: LimitClass, count: usize) -> Vec<f64> {
        let start = Instant::now();
        let limits = Limits::real(&[class]);
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
        rates: &[LimitRate::a_minute(445.0, 441.0), LimitRate::an_hour(4_700.0)],
    };

    #[test]
    fn no_window_sees_more_than_is_allowed() {
        let sent = run(SLOW, 5_200);
        assert!(most_within(&sent, 60.0) <= 445 && most_within(&sent, 3_600.0) <= 4_700);
    }

    #[test]
    fn a_small_deploy_does_not_wait_long() {
        assert!(run(SLOW, 445).last() < Some(&0.001));
    }

    #[test]
    fn what_is_allowed_is_used() {
        // The last 110 of a thousand have room when two spans of a minute are over.
        let last = run(SLOW, 1_000).last().copied().expect("they were sent");
        assert!((120.0..122.0).contains(&last), "{last}");
    }

    #[test]
    fn what_an_api_refuses_holds_back_what_was_not_sent() {
        let (limits, now) = (Limits::real(&[SLOW, SLOW]), Instant::now());
        assert_eq!(limits.wait(0, now), Duration::ZERO);
        limits.close(0, now + Duration::from_secs(9));
        limits.close(0, now + Duration::from_secs(7));
        assert_eq!(limits.wait(0, now + Duration::from_secs(1)), Duration::from_secs(8));
        assert_eq!(limits.wait(1, now), Duration::ZERO, "another class has a budget of its own");
        assert_eq!(limits.wait(0, now + Duration::from_secs(9)), Duration::ZERO);
        Limits::none().close(0, now);
    }
}
