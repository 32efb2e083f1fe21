//! Hours in which an alert is not looked at.

use crate::kinds::prelude::*;

plg_core::texts! {
    /// Hours of the day, in the time of the project: `22:00-07:00` is the night.
    QuietHours { what: "hours, such as \"22:00-07:00\",", max: 11, code: codes::TIME, check: check_text, constant: true }
}

/// Minutes of a day.
const DAY: usize = 24 * 60;

/// The key of the list of windows.
const WINDOWS: &str = "blocked_windows";

/// Whether each minute of a day is quiet.
type Minutes = Vec<bool>;

/// The minute of the day that a text says; `24:00` is the end of it.
fn minute(text: &str) -> Option<usize> {
    let (hours, minutes) = text.trim().split_once(':')?;
    let digits =
        |text: &str| (text.len() == 2 && text.bytes().all(|b| b.is_ascii_digit())).then(|| text.parse().ok())?;
    let (hours, minutes): (usize, usize) = (digits(hours)?, digits(minutes)?);
    (hours < 24 && minutes < 60 || hours == 24 && minutes == 0).then_some(hours * 60 + minutes)
}

/// The first minute and how many there are, over midnight where it ends before it starts.
fn window(text: &str) -> Option<(usize, usize)> {
    let (start, end) = text.split_once('-')?;
    let (start, end) = (minute(start)?, minute(end)?);
    Some((start % DAY, (end + DAY - start) % DAY))
}

fn check_text(text: &str) -> Result<(), String> {
    let form = "help: write hours and minutes, such as \"22:00-07:00\"";
    match window(text) {
        None => Err(format!("these are not hours of a day\n{form}")),
        Some((_, 0)) => Err("these hours start and end at the same time, and quiet hours cannot cover a whole day\nhelp: leave `quiet` out, or write `enabled: false`".to_owned()),
        Some((_, length)) if length < 30 => {
            Err(format!("these are {length} minutes, and quiet hours are at least 30 minutes\n{form}"))
        }
        Some(_) => Ok(()),
    }
}

/// Checks the hours; `quiet` is their list.
pub(super) fn check(quiet: &Node, report: &mut Report) {
    let list = quiet.list();
    if list.len() > 5 {
        let message = format!(
            "an alert has quiet hours at most five times a day, and this one has {}\nhelp: write longer hours",
            list.len()
        );
        report.error(codes::LIST, quiet.at, message);
    }
    let windows: Vec<_> = list.iter().filter_map(|node| window(node.text()?)).collect();
    if minutes(&windows).into_iter().all(|quiet| quiet) {
        let message = "these hours cover the whole day, so PostHog would never check the alert\nhelp: leave a gap, or write `enabled: false`";
        report.error(crate::codes::SHOWS_NOTHING, quiet.at, message);
    }
}

fn minutes(windows: &[(usize, usize)]) -> Minutes {
    let mut day = vec![false; DAY];
    for (start, length) in windows {
        for minute in *start..start + length {
            day[minute % DAY] = true;
        }
    }
    day
}

/// These hours as PostHog stores them: in order, joined where they touch, the night as one.
pub(super) fn json(quiet: &[QuietHours]) -> Json {
    let windows: Vec<_> = quiet.iter().filter_map(|hours| window(hours.0)).collect();
    let clock = |minute: usize| format!("{:02}:{:02}", minute % DAY / 60, minute % 60);
    let windows: Vec<Json> = spans(&minutes(&windows))
        .into_iter()
        .map(|(start, end)| json!({ "start": clock(start), "end": clock(end) }))
        .collect();
    json!({ WINDOWS: windows })
}

/// The hours that PostHog stores.
pub(super) fn read(restriction: &Json) -> Vec<String> {
    let windows = restriction.get(WINDOWS).and_then(Json::as_array).into_iter().flatten();
    let hours = |window: &Json| {
        let says = |key: &str| window.get(key).and_then(Json::as_str);
        Some(format!("{}-{}", says("start")?, says("end")?))
    };
    windows.filter_map(hours).collect()
}

/// Whether both are quiet in the same minutes.
pub(super) fn same(one: &Json, other: &Json) -> bool {
    let day = |restriction: &Json| {
        let windows: Vec<_> = read(restriction).iter().filter_map(|hours| window(hours)).collect();
        minutes(&windows)
    };
    day(one) == day(other)
}

/// Where quiet begins and ends, over midnight at last.
fn spans(day: &[bool]) -> Vec<(usize, usize)> {
    let before = |minute: usize| day[(minute + DAY - 1) % DAY];
    let starts = (0..DAY).filter(|minute| day[*minute] && !before(*minute));
    let end = |start: usize| (start..start + DAY).find(|minute| !day[minute % DAY]).unwrap_or(start);
    starts.map(|start| (start, end(start))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_as_posthog_stores_them() {
        let sent = |hours: &[&'static str]| json(&hours.iter().map(|hours| QuietHours(hours)).collect::<Vec<_>>());
        let windows = |windows: &[(&str, &str)]| {
            let all: Vec<Json> = windows.iter().map(|(start, end)| json!({ "start": start, "end": end })).collect();
            json!({ WINDOWS: all })
        };
        assert_eq!(sent(&["22:00-07:00"]), windows(&[("22:00", "07:00")]));
        assert_eq!(
            sent(&["12:00-13:00", "00:00-01:00", "12:30-14:00"]),
            windows(&[("00:00", "01:00"), ("12:00", "14:00")])
        );
        assert_eq!(sent(&["20:00-24:00", "00:00-02:00"]), windows(&[("20:00", "02:00")]));
        assert_eq!(sent(&["20:00-00:00"]), windows(&[("20:00", "00:00")]));
        assert_eq!(sent(&[]), windows(&[]));
        assert!(same(&sent(&["20:00-24:00", "00:00-02:00"]), &windows(&[("20:00", "02:00")])));
        assert!(same(&windows(&[]), &Json::Null) && !same(&windows(&[("01:00", "02:00")]), &Json::Null));
        assert_eq!(read(&windows(&[("20:00", "02:00")])), ["20:00-02:00"]);
    }

    #[test]
    fn no_hours() {
        for text in ["22:00", "22-07", "25:00-01:00", "10:00-10:00", "10:00-10:29", "10:60-11:00", "1:00-2:00"] {
            assert!(check_text(text).is_err(), "{text}");
        }
        assert!(check_text("23:45-00:15").is_ok() && check_text("10:00-24:00").is_ok());
    }
}
