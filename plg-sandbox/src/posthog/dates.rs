//! The dates that property filters take.

use super::time::moment;

/// Whether a value is a relative date such as `-7d` (always in the past) or a date.
pub(crate) fn is_date(text: &str) -> bool {
    is_relative(text) || is_absolute(text.trim())
}

/// `^-?\d+[hdwmy]$` with a number below 10,000.
fn is_relative(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let Some(number) = digits.strip_suffix(['h', 'd', 'w', 'm', 'y']) else { return false };
    !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit()) && number.parse::<u32>().is_ok_and(|n| n < 10_000)
}

/// ISO 8601, or one of the other usual ways to write a day.
fn is_absolute(text: &str) -> bool {
    const DAYS: [&str; 11] = [
        "%Y-%m-%d",
        "%Y/%m/%d",
        "%m/%d/%Y",
        "%d.%m.%Y",
        "%Y%m%d",
        "%b %d %Y",
        "%b %d, %Y",
        "%B %d %Y",
        "%B %d, %Y",
        "%d %b %Y",
        "%d %B %Y",
    ];
    const TIMES: [&str; 3] = ["%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M:%S"];
    moment(text).is_some()
        || DAYS.iter().any(|format| jiff::civil::Date::strptime(format, text).is_ok())
        || TIMES.iter().any(|format| jiff::civil::DateTime::strptime(format, text).is_ok())
        || is_month(text)
}

/// A year, or a year and a month.
fn is_month(text: &str) -> bool {
    let (year, month) = text.split_once('-').unwrap_or((text, "01"));
    year.len() == 4 && year.parse::<u16>().is_ok() && month.parse::<u8>().is_ok_and(|m| (1..=12).contains(&m))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_told_from_words() {
        for good in ["-7d", "7d", "30m", "2026-02-08", "2026-02-08T10:00", "2026-02-08T10:00:00Z", "2026", "Feb 8 2026"]
        {
            assert!(is_date(good), "{good}");
        }
        for bad in ["", "soonish", "7x", "d", "10000d", "not a date", "+7d", "-7d "] {
            assert!(!is_date(bad), "{bad}");
        }
    }
}
