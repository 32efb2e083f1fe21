//! Cron expressions of five fields: whether one can be read, and when it comes next.

use jiff::civil::{Date, DateTime};
use jiff::tz::Offset;
use jiff::{Timestamp, ToSpan};

const NOT_FIVE: &str = "Only standard 5-field cron expressions are supported (minute hour day month weekday). \
                        Example: '0 9 * * 1-5'.";
const INVALID: &str = "Invalid cron expression. Use standard 5-field cron syntax (e.g., '0 9 * * 1-5').";
const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const WEEKDAYS: [&str; 7] = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

/// No expression is followed further than this many days.
const DAYS: usize = 366 * 30;

/// What each field names; days and weekdays are joined by "or" where both say something.
#[derive(Debug)]
pub(crate) struct Cron {
    minutes: Vec<i64>,
    hours: Vec<i64>,
    days: Option<Vec<i64>>,
    months: Vec<i64>,
    weekdays: Option<Vec<i64>>,
}

impl Cron {
    /// Reads an expression, or says what is wrong with it.
    pub(crate) fn read(text: &str) -> Result<Self, &'static str> {
        let parts: Vec<&str> = text.split_whitespace().collect();
        let [minutes, hours, days, months, weekdays] = parts.as_slice() else { return Err(NOT_FIVE) };
        let all = |text: &str, (first, last): (i64, i64), names: &[&str], from: i64| {
            field(text, first, last, names, from).ok_or(INVALID)
        };
        let some = |text: &str, list: Vec<i64>| (!text.starts_with('*')).then_some(list);
        let weekday_list: Vec<i64> = all(weekdays, (0, 7), &WEEKDAYS, 0)?.into_iter().map(|day| day % 7).collect();
        Ok(Cron {
            minutes: all(minutes, (0, 59), &[], 0)?,
            hours: all(hours, (0, 23), &[], 0)?,
            days: some(days, all(days, (1, 31), &[], 0)?),
            months: all(months, (1, 12), &MONTHS, 1)?,
            weekdays: some(weekdays, weekday_list),
        })
    }

    /// The first time after another one, in UTC.
    pub(crate) fn next(&self, after: Timestamp) -> Option<Timestamp> {
        let now = Offset::UTC.to_datetime(after);
        let mut day = now.date();
        for _ in 0..DAYS {
            if self.is_on(day) {
                for hour in &self.hours {
                    for minute in &self.minutes {
                        let (hour, minute) = (i8::try_from(*hour).ok()?, i8::try_from(*minute).ok()?);
                        let at: DateTime = day.at(hour, minute, 0, 0);
                        if at > now {
                            return Offset::UTC.to_timestamp(at).ok();
                        }
                    }
                }
            }
            day = day.checked_add(1.day()).ok()?;
        }
        None
    }

    fn is_on(&self, day: Date) -> bool {
        let weekday = i64::from(day.weekday().to_sunday_zero_offset());
        let in_days = self.days.as_ref().map(|days| days.contains(&i64::from(day.day())));
        let in_week = self.weekdays.as_ref().map(|days| days.contains(&weekday));
        let fits = match (in_days, in_week) {
            (Some(in_days), Some(in_week)) => in_days || in_week,
            (one, other) => one.or(other).unwrap_or(true),
        };
        fits && self.months.contains(&i64::from(day.month()))
    }
}

/// The numbers that a field names, smallest first: `*`, `*/2`, `3`, `1-5`, `1-5/2`, names, and lists of these.
fn field(text: &str, first: i64, last: i64, names: &[&str], from: i64) -> Option<Vec<i64>> {
    let number = |word: &str| -> Option<i64> {
        let word = word.to_lowercase();
        let named = names.iter().position(|name| *name == word).and_then(|at| i64::try_from(at).ok());
        let number = named.map(|at| at + from).or_else(|| word.parse().ok())?;
        (first..=last).contains(&number).then_some(number)
    };
    let mut out = Vec::new();
    for part in text.split(',') {
        let (range, step) = match part.split_once('/') {
            None => (part, 1),
            Some((range, step)) => (range, step.parse::<i64>().ok().filter(|step| *step > 0)?),
        };
        let (low, high) = match range.split_once('-') {
            _ if range == "*" => (first, last),
            None if part.contains('/') => (number(range)?, last),
            None => (number(range)?, number(range)?),
            Some((low, high)) => (number(low)?, number(high)?),
        };
        if low > high {
            return None;
        }
        let mut at = low;
        while at <= high {
            out.push(at);
            at += step;
        }
    }
    out.sort_unstable();
    out.dedup();
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expressions_come_next_by_the_calendar() {
        let next =
            |cron: &str, after: &str| Cron::read(cron).unwrap().next(after.parse().unwrap()).unwrap().to_string();
        // A Friday evening: the next working day is a Monday.
        assert_eq!(next("0 9 * * 1-5", "2026-01-02T18:00:00Z"), "2026-01-05T09:00:00Z");
        assert_eq!(next("*/15 * * * *", "2026-01-02T18:01:00Z"), "2026-01-02T18:15:00Z");
        assert_eq!(next("0 0 1 jan *", "2026-01-02T18:01:00Z"), "2027-01-01T00:00:00Z");
        assert_eq!(next("0 0 13 * fri", "2026-01-10T00:00:00Z"), "2026-01-13T00:00:00Z", "either is enough");
        assert_eq!(next("0 0 * * 7", "2026-01-02T00:00:00Z"), "2026-01-04T00:00:00Z", "7 is a Sunday as well");
        for wrong in ["60 * * * *", "* * 0 * *", "5-1 * * * *", "x * * * *", "*/0 * * * *"] {
            assert_eq!(Cron::read(wrong).unwrap_err(), INVALID, "{wrong}");
        }
        assert_eq!(Cron::read("0 0 9 * * 1").unwrap_err(), NOT_FIVE);
    }
}
