//! What a survey's dates imply: the starts of its iterations, and how many answers a day it wants.

use crate::posthog::fault::Fault;
use crate::posthog::json::text_at;
use crate::posthog::time::{days_after, moment, stamp};
use jiff::Timestamp;
use serde_json::{Value, json};

const MOST_ITERATIONS: i64 = 500;

/// Computes on every save what follows from the dates.
pub(crate) fn settle(row: &mut Value) -> Result<(), Fault> {
    iterations(row);
    daily_limits(row)
}

/// Fills the starts of a recurring survey's iterations.
pub(crate) fn iterations(row: &mut Value) {
    let count = row["iteration_count"].as_i64().unwrap_or(0);
    let days = row["iteration_frequency_days"].as_i64().unwrap_or(0);
    if count == 0 || days == 0 {
        row["iteration_start_dates"] = json!([]);
        row["current_iteration"] = Value::Null;
        row["current_iteration_start_date"] = Value::Null;
        return;
    }
    let Some(start) = moment(text_at(row, "start_date")) else {
        row["iteration_start_dates"] = Value::Null;
        return;
    };
    let starts = (0..count.min(MOST_ITERATIONS)).map_while(|n| days_after(start, days.checked_mul(n)?));
    row["iteration_start_dates"] = starts.map(|s| json!(stamp(s))).collect();
    if row["current_iteration"].as_i64().unwrap_or(0) == 0 {
        row["current_iteration"] = json!(1);
        row["current_iteration_start_date"] = row["start_date"].clone();
    }
}

/// Whether the last iteration is over: the day after it ended has begun.
pub(crate) fn is_elapsed(row: &Value, now: Timestamp) -> bool {
    const DAY: i64 = 86_400;
    let last = row["iteration_start_dates"].as_array().and_then(|dates| dates.last()).and_then(Value::as_str);
    let days = row["iteration_frequency_days"].as_i64().filter(|days| *days > 0);
    let (Some(last), Some(days)) = (last.and_then(moment), days) else { return false };
    last.as_second().div_euclid(DAY).checked_add(days).is_some_and(|end| now.as_second().div_euclid(DAY) > end)
}

/// The rising daily limits of a survey that samples its answers, as text.
fn daily_limits(row: &mut Value) -> Result<(), Fault> {
    let length = match row["response_sampling_interval_type"].as_str() {
        Some("day") => 1,
        Some("week") => 7,
        Some("month") => 30,
        _ => 0,
    };
    let start = moment(text_at(row, "response_sampling_start_date"));
    let (Some(start), true, false) = (start, length > 0, row["response_sampling_limit"] == json!(0)) else {
        row["response_sampling_daily_limits"] = Value::Null;
        return Ok(());
    };
    let (Some(interval), Some(limit)) =
        (row["response_sampling_interval"].as_u64(), row["response_sampling_limit"].as_u64())
    else {
        return Err(Fault::trips("Response sampling needs an interval and a limit."));
    };
    let days = interval.saturating_mul(length).clamp(1, 3_660);
    let (each, more) = (limit / days, limit % days);
    let mut sum = 0;
    let mut out = Vec::new();
    for day in 0..days {
        sum += each + u64::from(day < more);
        let share = if day + 1 == days { 100.0 } else { (10_000.0 * (day + 1) as f64 / days as f64).round() / 100.0 };
        let Some(date) = i64::try_from(day).ok().and_then(|day| days_after(start, day)) else { break };
        let date = stamp(date).replace('Z', "+00:00");
        out.push(format!(
            "{{\"date\": \"{date}\", \"daily_response_limit\": {sum}, \"rollout_percentage\": {share:?}}}"
        ));
    }
    row["response_sampling_daily_limits"] = json!(format!("[{}]", out.join(", ")));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn iterations_start_at_equal_distances() {
        let mut row =
            json!({"iteration_count": 3, "iteration_frequency_days": 30, "start_date": "2024-05-22T14:40:09Z"});
        iterations(&mut row);
        let dates = json!(["2024-05-22T14:40:09Z", "2024-06-21T14:40:09Z", "2024-07-21T14:40:09Z"]);
        assert_eq!(row["iteration_start_dates"], dates);
        assert_eq!(row["current_iteration"], json!(1));
        let at = |text| moment(text).unwrap();
        assert!(!is_elapsed(&row, at("2024-08-20T20:00:00Z")));
        assert!(is_elapsed(&row, at("2024-08-21T00:00:00Z")));
    }

    #[test]
    fn daily_limits_rise_to_the_whole() {
        let mut row = json!({
            "response_sampling_interval_type": "day", "response_sampling_interval": 3, "response_sampling_limit": 10,
            "response_sampling_start_date": "2099-01-01T00:00:00Z",
        });
        daily_limits(&mut row).ok();
        let text = row["response_sampling_daily_limits"].as_str().unwrap();
        let limits: Value = serde_json::from_str(text).unwrap();
        assert_eq!(limits[0]["daily_response_limit"], json!(4));
        assert_eq!(limits[1]["rollout_percentage"], json!(66.67));
        assert_eq!(
            limits[2],
            json!({"date": "2099-01-03T00:00:00+00:00", "daily_response_limit": 10, "rollout_percentage": 100.0})
        );
    }
}
