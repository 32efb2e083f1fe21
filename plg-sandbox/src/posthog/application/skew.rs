//! When an event happened, by the clock of the server.

use crate::posthog::time::{moment, stamp};
use jiff::Timestamp;
use serde_json::{Map, Value};

/// The time of an event: its own, put right by how far the sender's clock was off when it sent it.
pub(super) fn time(event: &Map<String, Value>, sent_at: Option<Timestamp>, now: Timestamp) -> String {
    let own = event.get("timestamp").and_then(Value::as_str).and_then(moment);
    let keeps = event.get("properties").and_then(|properties| properties.get("$ignore_sent_at"));
    let offset = event.get("offset").and_then(Value::as_i64).map(jiff::SignedDuration::from_millis);
    let at = match (own, sent_at.filter(|_| keeps != Some(&Value::Bool(true)))) {
        (Some(own), Some(sent)) => own.checked_add(now.duration_since(sent)).unwrap_or(own),
        (Some(own), None) => own,
        (None, _) => offset.and_then(|offset| now.checked_sub(offset).ok()).unwrap_or(now),
    };
    stamp(at)
}
