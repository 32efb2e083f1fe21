//! When a subscription is delivered next: every so many days, weeks, months or years, by the calendar.

use crate::posthog::time::{moment, stamp};
use jiff::civil::{Date, DateTime, Weekday};
use jiff::tz::Offset;
use jiff::{Span, Timestamp};
use serde_json::Value;

/// No schedule is followed further than this many steps.
const STEPS: i64 = 20_000;

const WEEKDAYS: [(&str, Weekday); 7] = [
    ("monday", Weekday::Monday),
    ("tuesday", Weekday::Tuesday),
    ("wednesday", Weekday::Wednesday),
    ("thursday", Weekday::Thursday),
    ("friday", Weekday::Friday),
    ("saturday", Weekday::Saturday),
    ("sunday", Weekday::Sunday),
];

/// Whether a word is a weekday.
pub(crate) fn is_weekday(word: &str) -> bool {
    WEEKDAYS.iter().any(|(name, _)| *name == word)
}

/// The first delivery after `now`; none if the schedule is exhausted.
pub(crate) fn next(row: &Value, now: Timestamp) -> Option<String> {
    let start = Offset::UTC.to_datetime(row["start_date"].as_str().and_then(moment)?);
    let until = row["until_date"].as_str().and_then(moment);
    let interval = row["interval"].as_i64().unwrap_or(1).max(1);
    let mut left = row["count"].as_u64().unwrap_or(u64::MAX);
    let days: Vec<Weekday> = row["byweekday"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|word| WEEKDAYS.iter().find(|(name, _)| word == name).map(|(_, day)| *day))
        .collect();
    for step in 0..STEPS {
        let mut dates = dates(row, start, step.checked_mul(interval)?, &days)?;
        dates.retain(|date| *date >= start.date());
        for date in dates {
            let at = Offset::UTC.to_timestamp(DateTime::from_parts(date, start.time())).ok()?;
            if left == 0 || until.is_some_and(|until| at > until) {
                return None;
            }
            left -= 1;
            if at > now {
                return Some(stamp(at));
            }
        }
    }
    None
}

/// The dates of one step, in order; none if it is beyond the calendar.
fn dates(row: &Value, start: DateTime, by: i64, days: &[Weekday]) -> Option<Vec<Date>> {
    let first = start.date();
    let by32 = i32::try_from(by).ok()?;
    Some(match row["frequency"].as_str()? {
        "daily" => vec![first.checked_add(Span::new().try_days(by).ok()?).ok()?],
        "weekly" if days.is_empty() => vec![first.checked_add(Span::new().try_weeks(by).ok()?).ok()?],
        "weekly" => {
            let back = i64::from(first.weekday().to_monday_zero_offset());
            // Apart: a span has one sign.
            let monday = first.checked_sub(Span::new().try_days(back).ok()?).ok()?;
            let monday = monday.checked_add(Span::new().try_weeks(by).ok()?).ok()?;
            let mut out: Vec<Date> = days
                .iter()
                .filter_map(|day| monday.checked_add(Span::new().days(i64::from(day.to_monday_zero_offset()))).ok())
                .collect();
            out.sort_unstable();
            out
        }
        "monthly" => {
            let month = first.first_of_month().checked_add(Span::new().try_months(by32).ok()?).ok()?;
            if days.is_empty() { same_day(month, first.day()) } else { positions(month, row, days) }
        }
        _ => {
            let year = i16::try_from(i32::from(first.year()).checked_add(by32)?).ok()?;
            let month = Date::new(year, first.month(), 1).ok()?;
            if days.is_empty() { same_day(month, first.day()) } else { positions(month, row, days) }
        }
    })
}

/// The same day of another month, which may not have it.
fn same_day(month: Date, day: i8) -> Vec<Date> {
    Date::new(month.year(), month.month(), day).into_iter().collect()
}

/// The weekdays of a month, or the one in a position such as the first or the last.
fn positions(month: Date, row: &Value, days: &[Weekday]) -> Vec<Date> {
    let all: Vec<Date> = (1..=month.days_in_month())
        .filter_map(|day| Date::new(month.year(), month.month(), day).ok())
        .filter(|date| days.contains(&date.weekday()))
        .collect();
    match row["bysetpos"].as_i64() {
        None | Some(0) => all,
        Some(position) => {
            let index = if position > 0 { position - 1 } else { i64::try_from(all.len()).unwrap_or(0) + position };
            usize::try_from(index).ok().and_then(|index| all.get(index).copied()).into_iter().collect()
        }
    }
}

/// The schedule in words, such as `sent every week on the first Monday`.
pub(crate) fn summary(row: &Value) -> String {
    let unit = match row["frequency"].as_str() {
        Some("daily") => "day",
        Some("weekly") => "week",
        Some("monthly") => "month",
        _ => "year",
    };
    let mut out = match row["interval"].as_i64().unwrap_or(1) {
        1 => format!("sent every {unit}"),
        many => format!("sent every {many} {unit}s"),
    };
    let days = row["byweekday"].as_array().filter(|days| !days.is_empty());
    if let (Some(days), Some(position)) = (days, row["bysetpos"].as_i64()) {
        let which = match position {
            1 => "first",
            2 => "second",
            3 => "third",
            4 => "fourth",
            _ => "last",
        };
        let day = match days.as_slice() {
            [day] => capital(day.as_str().unwrap_or_default()),
            _ => "day".to_owned(),
        };
        out = format!("{out} on the {which} {day}");
    }
    out
}

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn after(row: Value, now: &str) -> Option<String> {
        next(&row, moment(now).unwrap())
    }

    #[test]
    fn months_follow_the_calendar() {
        let first = json!({"frequency": "monthly", "interval": 1, "start_date": "2024-01-01T09:00:00Z"});
        assert_eq!(after(first, "2024-02-02T00:00:00Z").as_deref(), Some("2024-03-01T09:00:00Z"));
        let last = json!({"frequency": "monthly", "interval": 1, "start_date": "2024-01-31T09:00:00Z"});
        assert_eq!(after(last, "2024-02-01T00:00:00Z").as_deref(), Some("2024-03-31T09:00:00Z"));
        let monday = json!({
            "frequency": "monthly", "interval": 1, "start_date": "2024-01-01T09:00:00Z", "byweekday": ["monday"],
            "bysetpos": 1,
        });
        assert_eq!(after(monday.clone(), "2024-01-02T00:00:00Z").as_deref(), Some("2024-02-05T09:00:00Z"));
        assert_eq!(summary(&monday), "sent every month on the first Monday");
    }

    #[test]
    fn weeks_start_on_any_day() {
        for day in 1..=7 {
            let start = format!("2024-01-0{day}T09:00:00Z");
            for (word, monday_is) in [("monday", 1), ("thursday", 4), ("sunday", 7)] {
                let row = json!({"frequency": "weekly", "interval": 1, "start_date": start, "byweekday": [word]});
                let due = if monday_is < day { monday_is + 7 } else { monday_is };
                let wanted = format!("2024-01-{due:02}T09:00:00Z");
                assert_eq!(after(row, "2023-12-31T00:00:00Z").as_deref(), Some(wanted.as_str()), "{word} from {start}");
            }
        }
        let third = json!({
            "frequency": "weekly", "interval": 2, "start_date": "2024-01-02T09:00:00Z", "byweekday": ["monday"],
        });
        assert_eq!(after(third, "2024-01-03T00:00:00Z").as_deref(), Some("2024-01-15T09:00:00Z"));
    }

    #[test]
    fn a_schedule_ends_with_its_count_or_its_date() {
        let counted = json!({"frequency": "daily", "interval": 2, "start_date": "2024-01-01T00:00:00Z", "count": 2});
        assert_eq!(after(counted.clone(), "2024-01-01T00:00:00Z").as_deref(), Some("2024-01-03T00:00:00Z"));
        assert_eq!(after(counted, "2024-01-03T00:00:00Z"), None);
        let dated = json!({
            "frequency": "weekly", "interval": 1, "start_date": "2024-01-01T00:00:00Z",
            "until_date": "2024-01-08T00:00:00Z", "byweekday": ["monday", "friday"],
        });
        assert_eq!(after(dated.clone(), "2024-01-01T00:00:00Z").as_deref(), Some("2024-01-05T00:00:00Z"));
        assert_eq!(after(dated, "2024-01-08T00:00:00Z"), None);
    }
}
