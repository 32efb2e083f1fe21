//! Quiet hours: windows of the day in which an alert is not checked, brought to one form.

use crate::posthog::fault::Fault;
use serde_json::{Value, json};

const DAY: i64 = 1440;
const MOST_WINDOWS: usize = 5;
const LEAST_MINUTES: i64 = 30;

/// Quiet hours as they are stored: overlapping windows are one, in the order of the day; none is null.
pub(crate) fn normal(sent: &Value) -> Result<Value, Fault> {
    read(sent).ok_or_else(|| Fault::invalid_input("schedule_restriction", "Invalid schedule restriction."))
}

fn read(sent: &Value) -> Option<Value> {
    if sent.is_null() {
        return Some(Value::Null);
    }
    let windows = match sent.as_object()?.get("blocked_windows") {
        None | Some(Value::Null) => return Some(Value::Null),
        Some(windows) => windows.as_array()?,
    };
    if windows.is_empty() {
        return Some(Value::Null);
    }
    if windows.len() > MOST_WINDOWS {
        return None;
    }
    let mut spans = Vec::new();
    for window in windows {
        let (start, end) = (minute(window.get("start")?)?, minute(window.get("end")?)?);
        let length = if end > start { end - start } else { DAY - start + end };
        if start == end || length < LEAST_MINUTES {
            return None;
        }
        if end > start {
            spans.push((start, end));
        } else {
            spans.push((start, DAY));
            spans.push((0, end));
        }
    }
    let spans = merged(spans);
    // There has to be a time at which the alert can run.
    if spans.first().is_some_and(|(start, end)| *start == 0 && *end >= DAY) {
        return None;
    }
    Some(json!({ "blocked_windows": written(&spans) }))
}

/// `HH:MM` as the minute of the day.
fn minute(value: &Value) -> Option<i64> {
    let (hour, minute) = value.as_str()?.trim().split_once(':')?;
    let number = |text: &str, last: i64| text.parse::<i64>().ok().filter(|n| (0..=last).contains(n));
    Some(number(hour, 23)? * 60 + number(minute, 59)?)
}

fn merged(mut spans: Vec<(i64, i64)>) -> Vec<(i64, i64)> {
    spans.sort_unstable();
    let mut out: Vec<(i64, i64)> = Vec::new();
    for (start, end) in spans.into_iter().filter(|(start, end)| start < end) {
        match out.last_mut() {
            Some(last) if last.1 >= start => last.1 = last.1.max(end),
            _ => out.push((start, end)),
        }
    }
    out
}

/// Spans as windows: two that meet at midnight are one, when they are the only ones.
fn written(spans: &[(i64, i64)]) -> Value {
    let clock = |minute: i64| format!("{:02}:{:02}", minute / 60 % 24, minute % 60);
    if let [(0, morning), (evening, DAY)] = spans {
        return json!([{ "start": clock(*evening), "end": clock(*morning) }]);
    }
    spans.iter().map(|(start, end)| json!({ "start": clock(*start), "end": clock(*end) })).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_are_merged_and_night_is_one_of_them() {
        let normal =
            |windows: Value| read(&json!({ "blocked_windows": windows })).map(|out| out["blocked_windows"].clone());
        let window = |start: &str, end: &str| json!({ "start": start, "end": end });
        let sent = json!([window("13:00", "14:00"), window("09:00", "10:00"), window("09:30", "11:00")]);
        assert_eq!(normal(sent), Some(json!([window("09:00", "11:00"), window("13:00", "14:00")])));
        assert_eq!(normal(json!([window("22:00", "07:00")])), Some(json!([window("22:00", "07:00")])));
        assert_eq!(normal(json!([window("22:00", "00:00")])), Some(json!([window("22:00", "00:00")])));
        assert_eq!(normal(json!([window("00:00", "12:00"), window("12:00", "00:00")])), None, "the whole day");
        for wrong in [window("09:00", "09:20"), window("09:00", "09:00"), window("9", "10"), window("24:00", "07:00")] {
            assert_eq!(normal(json!([wrong])), None);
        }
        assert_eq!(read(&json!({})), Some(Value::Null));
        assert_eq!(read(&json!([])), None);
    }
}
