//! Days and instants in ISO 8601.

/// `2026-12-01`, or with a time of day and where on earth it is that late: `T09:00Z`, `T09:00:00.5+02:00`.
///
/// # Errors
/// When a part is out of range or missing.
pub fn date(text: &str) -> Result<(), String> {
    if utc(text).is_some() {
        return Ok(());
    }
    let help = match utc(&format!("{text}Z")) {
        Some(_) => format!("write \"{text}Z\", or with an offset such as \"{text}+02:00\""),
        None => "write \"2026-12-01\", \"2026-12-01T09:00Z\" or \"2026-12-01T09:00:00+02:00\"".to_owned(),
    };
    Err(format!("`{text}` is not a date\nhelp: {help}"))
}

/// The instant in one spelling, in which later ones sort behind earlier ones: in UTC, with a fraction where there is one.
/// A day is the instant it starts at. Nothing, where it is no date.
pub fn utc(text: &str) -> Option<String> {
    let (day, time) = text.split_once('T').unwrap_or((text, "00:00:00Z"));
    let (clock, offset) = offset(time)?;
    let (clock, fraction) = clock.split_once('.').map_or((clock, ""), |(clock, fraction)| (clock, fraction));
    let is_fraction = fraction.len() <= 6 && fraction.bytes().all(|b| b.is_ascii_digit());
    let mut parts = clock.split(':');
    let (hour, minute) = (two(parts.next()?, 24)?, two(parts.next()?, 60)?);
    let second = parts.next().map_or(Some(0), |second| two(second, 60))?;
    if parts.next().is_some() || !is_fraction || (clock.len() == 5 && time.contains('.')) {
        return None;
    }
    let minutes = days(day)? * 1_440 + hour * 60 + minute - offset;
    let (year, month, day) = civil(minutes.div_euclid(1_440));
    // The last day that is written so is over in some place on earth, and PostHog refuses it.
    if !(1..=9_999).contains(&year) || (year, month, day) == (9_999, 12, 31) {
        return None;
    }
    let of_day = minutes.rem_euclid(1_440);
    let fraction = fraction.trim_end_matches('0');
    let point = if fraction.is_empty() { "" } else { "." };
    Some(format!("{year:04}-{month:02}-{day:02}T{:02}:{:02}:{second:02}{point}{fraction}Z", of_day / 60, of_day % 60))
}

/// What stands before an offset, and the offset in minutes.
fn offset(time: &str) -> Option<(&str, i64)> {
    if let Some(clock) = time.strip_suffix('Z') {
        return Some((clock, 0));
    }
    let at = time.rfind(['+', '-'])?;
    let (clock, offset) = time.split_at(at);
    let (hours, minutes) = offset.get(1..)?.split_once(':')?;
    let minutes = two(hours, 15)? * 60 + two(minutes, 60)?;
    Some((clock, if offset.starts_with('-') { -minutes } else { minutes }))
}

/// Two digits, below a bound.
fn two(text: &str, below: i64) -> Option<i64> {
    let is_plain = text.len() == 2 && text.bytes().all(|b| b.is_ascii_digit());
    text.parse().ok().filter(|n| is_plain && *n < below)
}

/// Days from the start of 1970 to a day that exists.
fn days(text: &str) -> Option<i64> {
    let mut parts = text.split('-');
    let year = parts.next().filter(|year| year.len() == 4 && year.bytes().all(|b| b.is_ascii_digit()))?;
    let (month, day) = (two(parts.next()?, 13)?, two(parts.next()?, 32)?);
    let year: i64 = year.parse().ok().filter(|year| *year > 0)?;
    if parts.next().is_some() || month == 0 || day == 0 {
        return None;
    }
    // Years start in March, so that a leap day is a year's last.
    let shifted = if month <= 2 { year - 1 } else { year };
    let (era, month_of) = (shifted.div_euclid(400), (month + 9) % 12);
    let of_era = shifted.rem_euclid(400);
    let of_year = (153 * month_of + 2) / 5 + day - 1;
    let days = era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468;
    (civil(days) == (year, month, day)).then_some(days)
}

/// The day that is so many days after the start of 1970.
fn civil(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let (era, of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year_of = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of + year_of / 4 - year_of / 100);
    let month_of = (5 * of_year + 2) / 153;
    let (day, month) = (of_year - (153 * month_of + 2) / 5 + 1, (month_of + 2) % 12 + 1);
    (year_of + era * 400 + i64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_have_one_spelling() {
        for (text, wanted) in [
            ("2026-12-01", "2026-12-01T00:00:00Z"),
            ("2028-02-29", "2028-02-29T00:00:00Z"),
            ("2026-12-01T09:00Z", "2026-12-01T09:00:00Z"),
            ("2026-12-01T09:00:00+00:00", "2026-12-01T09:00:00Z"),
            ("2026-12-31T23:30-02:00", "2027-01-01T01:30:00Z"),
            ("2026-03-01T00:15+05:45", "2026-02-28T18:30:00Z"),
            ("2026-12-01T09:00:00.250000Z", "2026-12-01T09:00:00.25Z"),
            ("2026-12-01T09:00:00.000Z", "2026-12-01T09:00:00Z"),
            ("0001-01-01", "0001-01-01T00:00:00Z"),
        ] {
            assert_eq!(utc(text).as_deref(), Some(wanted), "{text}");
            assert_eq!(date(text), Ok(()));
        }
        for bad in [
            "2026-02-29",
            "2026-12-01T24:00:00Z",
            "2026-12-01T09Z",
            "2026-12-01T09:00",
            "2026-13-01",
            "2026-00-10",
            "26-12-01",
            "2026-12-01T09:00:00.1234567Z",
            "2026-12-01T09:00:60Z",
            "2026-12-01T09:00+2",
            "2026-12-01T09:00+25:00",
            "0000-01-01",
            "0001-01-01T00:00+02:00",
            "9999-12-31T23:00-02:00",
            "2026-1-01",
            "+026-01-01",
            "2026-12-01 09:00",
            "",
            "T09:00Z",
        ] {
            assert!(date(bad).is_err(), "{bad}");
        }
        assert!(date("2026-12-01T09:00").unwrap_err().contains("\"2026-12-01T09:00Z\""));
    }
}
