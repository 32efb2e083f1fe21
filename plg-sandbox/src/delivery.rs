//! How an answer reaches its client: whole, broken, or not at all.

use crate::Reply;
use crate::faults::{Act, Cut};
use jiff::Timestamp;
use serde_json::json;
use std::time::{Duration, UNIX_EPOCH};

/// What is sent back, or how the connection ends.
#[derive(Debug, Clone, PartialEq)]
pub enum Delivery {
    /// The answer, whole.
    Answer(Reply),
    /// The reply's body is broken off, so that it is no JSON.
    Garbled(Reply),
    /// The connection ends in the middle of the reply's body.
    HalfBody(Reply),
    /// The connection ends before anything is answered.
    Cut,
}

/// Puts what a fault says over the real answer.
pub(crate) fn dress(real: Option<Reply>, fate: &Act, now: Timestamp) -> Delivery {
    let unheard = fate.late_ms > 0 && fate.status.is_none();
    if unheard || matches!(fate.cut, Some(Cut::Before | Cut::After)) {
        return Delivery::Cut;
    }
    let mut reply = match (real, fate.status, fate.retry_after) {
        (Some(real), None, _) => real,
        (_, status, Some(seconds)) => limited(status.unwrap_or(429), seconds, fate.retry_date, now),
        (_, status, None) => Reply::json(status.unwrap_or(500), json!({})),
    };
    if let Some(page) = &fate.page {
        reply = page.dress(reply);
    }
    if let Some(body) = &fate.body {
        reply.body = Some(body.clone());
    }
    reply.headers.extend(fate.headers.iter().map(|(k, v)| (k.to_lowercase(), v.clone())));
    match fate.cut {
        Some(Cut::HalfBody) => Delivery::HalfBody(reply),
        _ if fate.malformed => Delivery::Garbled(reply),
        _ => Delivery::Answer(reply),
    }
}

/// To be asked again after some time, in seconds or as a date.
fn limited(status: u16, seconds: u64, date: bool, now: Timestamp) -> Reply {
    let body = json!({
        "type": "throttled_error",
        "code": "throttled",
        "detail": format!("Request was throttled. Expected available in {seconds} seconds."),
        "message": "Rate limit exceeded, please try again later",
        "attr": null,
    });
    let reply = Reply::json(status, body);
    if !date {
        return reply.with("retry-after", seconds.to_string());
    }
    let now = UNIX_EPOCH + Duration::from_secs(u64::try_from(now.as_second()).unwrap_or_default());
    let then = httpdate::fmt_http_date(now + Duration::from_secs(seconds));
    reply.with("date", httpdate::fmt_http_date(now)).with("retry-after", then)
}
