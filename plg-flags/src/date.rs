//! Instants in conditions.

use crate::text::number;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp, ToSpan};
use serde_json::Value;

/// The instant that a filter names: `-7d` and `7d` are both a week ago.
pub(crate) fn of_filter(value: &Value, now: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
    let text = value.as_str()?;
    relative(text, now, zone).or_else(|| absolute(text, zone))
}

/// The instant that a property holds: a number is seconds since 1970.
pub(crate) fn of_property(value: &Value, now: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
    match number(value) {
        Some(seconds) => Timestamp::from_millisecond((seconds * 1000.0) as i64).ok(),
        None => of_filter(value, now, zone),
    }
}

fn relative(text: &str, now: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
    let text = text.strip_prefix('-').unwrap_or(text);
    let unit = text.chars().next_back()?;
    let digits = text.strip_suffix(unit)?;
    if digits.is_empty() || digits.len() > 4 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let count: i64 = digits.parse().ok()?;
    let at = now.to_zoned(zone.clone());
    let back = |span: Span| at.checked_sub(span).ok().map(|then| then.timestamp());
    // A day is cut to the month's last at each step: two months before 31 March is 28 January.
    let month_by_month = |months: i64| {
        let mut then = at.clone();
        for _ in 0..months {
            then = then.checked_sub(1.month()).ok()?;
        }
        Some(then.timestamp())
    };
    match unit {
        'h' => back(count.hours()),
        'd' => back((count * 24).hours()),
        'w' => back((count * 7 * 24).hours()),
        'm' => month_by_month(count),
        'y' => month_by_month(count * 12),
        _ => None,
    }
}

fn absolute(text: &str, zone: &TimeZone) -> Option<Timestamp> {
    if let Ok(instant) = text.parse::<Timestamp>() {
        return Some(instant);
    }
    let bytes = text.as_bytes();
    let is_day = bytes.len() >= 10 && bytes[4] == b'-' && bytes[7] == b'-';
    let civil = match bytes.len() {
        10 if is_day => text.parse::<Date>().ok()?.to_datetime(jiff::civil::Time::midnight()),
        16.. if is_day && matches!(bytes[10], b' ' | b'T') => text.parse::<DateTime>().ok()?,
        _ => return None,
    };
    civil.to_zoned(zone.clone()).ok().map(|zoned| zoned.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn at(value: Value) -> Option<String> {
        let now: Timestamp = "2026-03-31T12:00:00Z".parse().unwrap();
        of_property(&value, now, &TimeZone::UTC).map(|at| at.to_string())
    }

    #[test]
    fn every_form() {
        let is = |value: Value, is: &str| assert_eq!(at(value).as_deref(), Some(is));
        is(json!("-7d"), "2026-03-24T12:00:00Z");
        is(json!("7d"), "2026-03-24T12:00:00Z");
        is(json!("2m"), "2026-01-28T12:00:00Z");
        is(json!("2026-01-02"), "2026-01-02T00:00:00Z");
        is(json!("2026-01-02 03:04"), "2026-01-02T03:04:00Z");
        is(json!("2026-01-02T03:04:05.5"), "2026-01-02T03:04:05.5Z");
        is(json!("2026-01-02T03:04:05+01:00"), "2026-01-02T02:04:05Z");
        is(json!(86400), "1970-01-02T00:00:00Z");
        is(json!("86400"), "1970-01-02T00:00:00Z");
        for none in ["", "d", "10000d", "7q", "soon", "2026-13-01", "é"] {
            assert_eq!(at(json!(none)), None, "{none}");
        }
    }
}
