//! How many requests each provider takes in a span of time, and how it refuses the next one.

use crate::Reply;
use jiff::Timestamp;
use serde_json::json;
use std::collections::{HashMap, VecDeque};
use std::time::{Duration, UNIX_EPOCH};

const ATTIO_READS: u64 = 100;
const ATTIO_WRITES: u64 = 25;
const MINUTE: i64 = 60_000;
const HOUR: i64 = 3_600_000;
/// (name, requests, span in milliseconds)
const POSTHOG: [(&str, usize, i64); 2] = [("burst", 480, MINUTE), ("sustained", 4800, HOUR)];
const POSTHOG_INSIGHT: [(&str, usize, i64); 2] =
    [("clickhouse_burst", 240, MINUTE), ("clickhouse_sustained", 1200, HOUR)];

/// What has been asked lately.
#[derive(Debug, Default)]
pub(crate) struct RateLimits {
    second: i64,
    reads: u64,
    writes: u64,
    spans: HashMap<(String, &'static str), VecDeque<i64>>,
}

impl RateLimits {
    /// The refusal, if Attio would refuse; counts the request otherwise.
    pub(crate) fn attio(&mut self, write: bool, now: Timestamp) -> Option<Reply> {
        let second = now.as_second();
        if second != self.second {
            (self.second, self.reads, self.writes) = (second, 0, 0);
        }
        let (count, most) = if write { (&mut self.writes, ATTIO_WRITES) } else { (&mut self.reads, ATTIO_READS) };
        if *count < most {
            *count += 1;
            return None;
        }
        let next = UNIX_EPOCH + Duration::from_secs(u64::try_from(second).unwrap_or(0) + 1);
        let body = json!({
            "status_code": 429,
            "type": "rate_limit_error",
            "code": "rate_limit_exceeded",
            "message": "Rate limit exceeded, please try again later",
        });
        Some(Reply::json(429, body).with("retry-after", httpdate::fmt_http_date(next)))
    }

    /// The refusal, if PostHog would refuse this token; counts the request otherwise.
    pub(crate) fn posthog(&mut self, token: &str, insight: bool, now: Timestamp) -> Option<Reply> {
        let now = now.as_millisecond();
        let limits = if insight { POSTHOG_INSIGHT } else { POSTHOG };
        let mut wait = 0;
        for (name, most, span) in limits {
            let asked = self.spans.entry((token.to_owned(), name)).or_default();
            while asked.front().is_some_and(|at| at + span <= now) {
                asked.pop_front();
            }
            if asked.len() < most {
                asked.push_back(now);
            } else if let Some(oldest) = asked.front() {
                wait = wait.max(oldest + span - now);
            }
        }
        (wait > 0).then(|| {
            let seconds = (wait + 999) / 1000;
            let unit = if seconds == 1 { "second" } else { "seconds" };
            let body = json!({
                "type": "throttled_error",
                "code": "throttled",
                "detail": format!("Request was throttled. Expected available in {seconds} {unit}."),
                "attr": null,
            });
            Reply::json(429, body).with("retry-after", seconds.to_string())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn attio_takes_25_writes_and_100_reads_a_second() {
        let mut limits = RateLimits::default();
        for _ in 0..25 {
            assert_eq!(limits.attio(true, at(784_111_776)), None);
        }
        let refusal = limits.attio(true, at(784_111_776)).unwrap();
        assert_eq!(refusal.status, 429);
        assert_eq!(refusal.headers, [("retry-after".to_owned(), "Sun, 06 Nov 1994 08:49:37 GMT".to_owned())]);
        assert_eq!(limits.attio(false, at(784_111_776)), None, "reads are counted apart");
        assert_eq!(limits.attio(true, at(784_111_777)), None, "a new second is a new count");
    }

    #[test]
    fn posthog_takes_480_requests_a_minute_for_each_token() {
        let mut limits = RateLimits::default();
        for _ in 0..480 {
            assert_eq!(limits.posthog("a", false, at(1000)), None);
        }
        let refusal = limits.posthog("a", false, at(1048)).unwrap();
        assert_eq!(refusal.headers, [("retry-after".to_owned(), "12".to_owned())]);
        assert_eq!(refusal.body.unwrap()["detail"], "Request was throttled. Expected available in 12 seconds.");
        let refusal = limits.posthog("a", false, at(1059)).unwrap();
        assert_eq!(refusal.body.unwrap()["detail"], "Request was throttled. Expected available in 1 second.");
        assert_eq!(limits.posthog("b", false, at(1048)), None);
        assert_eq!(limits.posthog("a", true, at(1048)), None, "insights are counted apart");
        assert_eq!(limits.posthog("a", false, at(1060)), None);
    }
}
