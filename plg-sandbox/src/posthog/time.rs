//! Moments, as PostHog reads and prints them.

use jiff::{SignedDuration, Timestamp};

/// A moment some days later, unless that is beyond the calendar.
pub(crate) fn days_after(moment: Timestamp, days: i64) -> Option<Timestamp> {
    let seconds = days.checked_mul(86_400)?;
    moment.checked_add(SignedDuration::from_secs(seconds)).ok()
}

/// Reads an ISO 8601 date or datetime; without an offset it is UTC.
pub(crate) fn moment(text: &str) -> Option<jiff::Timestamp> {
    let text = text.trim();
    if let Ok(at) = text.parse::<jiff::Timestamp>() {
        return Some(at);
    }
    let civil: jiff::civil::DateTime = text.parse().ok()?;
    civil.to_zoned(jiff::tz::TimeZone::UTC).ok().map(|zoned| zoned.timestamp())
}

/// A moment as PostHog prints it: UTC, microseconds only when there are some.
pub(crate) fn stamp(at: jiff::Timestamp) -> String {
    let format = if at.subsec_nanosecond() / 1_000 == 0 { "%Y-%m-%dT%H:%M:%SZ" } else { "%Y-%m-%dT%H:%M:%S.%6fZ" };
    at.strftime(format).to_string()
}
