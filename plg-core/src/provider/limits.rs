//! How fast an API may be asked.

use std::time::Duration;

/// Requests that share a budget. A request waits until each of its rates has room.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LimitClass {
    /// Whom it is about, for people: `PostHog's insights`.
    pub of: &'static str,
    /// What is published, for people: `25 writes a second`.
    pub allows: &'static str,
    /// What is published.
    pub published: &'static [LimitRate],
    /// What is kept to: less than that.
    pub rates: &'static [LimitRate],
}

/// So many in any span of a length, as APIs count: `burst` in any `burst / per_second` seconds. They may go out at once;
/// then each follows when the one that many before it is a span ago.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LimitRate {
    /// How many may go out at once.
    pub burst: f64,
    /// How many may each second, in the long run.
    pub per_second: f64,
}

impl LimitRate {
    /// So many at once, and so many a second.
    pub const fn a_second(burst: f64, per_second: f64) -> LimitRate {
        LimitRate { burst, per_second }
    }

    /// So many at once, and so many a minute.
    pub const fn a_minute(burst: f64, a_minute: f64) -> LimitRate {
        LimitRate { burst, per_second: a_minute / 60.0 }
    }

    /// So many in any hour.
    pub const fn an_hour(an_hour: f64) -> LimitRate {
        LimitRate { burst: an_hour, per_second: an_hour / 3600.0 }
    }

    /// The span that `burst` is counted in.
    pub fn span(&self) -> Duration {
        Duration::try_from_secs_f64(self.burst / self.per_second).unwrap_or(Duration::MAX)
    }
}
