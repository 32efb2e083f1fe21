//! Which failures are repeated, and when: nothing else repeats a request.

use super::failure::{Certainty, Failure, FailureKind};
use std::time::Duration;

/// What the remote said about coming back.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Pause {
    /// `Retry-After`, against the answer's own clock.
    pub(super) after: Option<Duration>,
}

/// The longest a single `Retry-After` is waited for.
const LONGEST: Duration = Duration::from_secs(600);

/// How long to wait before the request is sent again; `None` gives up. `attempt` counts from 0.
///
/// | what happened | GET | PATCH, PUT, DELETE | POST |
/// |---|---|---|---|
/// | 429: not processed, whatever the method | again | again | again |
/// | no connection was made | again | again | again |
/// | 5xx, 408, 425, cut, no answer in time | again | again: the same once more changes nothing | never: it may have been processed |
/// | a redirect: nobody is sent a key elsewhere | never | never | never |
/// | anything else | never | never | never |
pub(super) fn wait(method: &str, failure: &Failure, pause: Pause, attempt: u32, most: u32) -> Option<Duration> {
    // Whoever points elsewhere once does so again.
    if attempt >= most || failure.status.is_some_and(|status| (300..400).contains(&status)) {
        return None;
    }
    let again = match failure.kind {
        FailureKind::Limited => true,
        FailureKind::Server
        | FailureKind::Unreachable
        | FailureKind::Network
        | FailureKind::Timeout
        | FailureKind::Malformed => failure.certainty == Certainty::NothingChanged || method != "POST",
        FailureKind::Auth
        | FailureKind::Scope
        | FailureKind::Billing
        | FailureKind::NotFound
        | FailureKind::Refused
        | FailureKind::Conflict
        | FailureKind::Raced => false,
    };
    if !again {
        return None;
    }
    let backoff = Duration::from_millis(200u64.saturating_mul(1 << attempt.min(6)));
    match pause.after {
        Some(after) => Some(after.clamp(Duration::from_millis(50), LONGEST)),
        None if failure.kind == FailureKind::Limited => Some(backoff.max(Duration::from_secs(1))),
        None => Some(backoff),
    }
}

/// `Retry-After` as seconds or as a date, measured from the answer's `Date`.
pub(super) fn retry_after(value: Option<&str>, date: Option<&str>) -> Option<Duration> {
    let value = value?.trim();
    if let Ok(seconds) = value.parse::<u64>() {
        return Some(Duration::from_secs(seconds));
    }
    let until = httpdate::parse_http_date(value).ok()?;
    let now = date.and_then(|d| httpdate::parse_http_date(d).ok()).unwrap_or_else(std::time::SystemTime::now);
    // The date has whole seconds: the one named has to be over.
    Some(until.duration_since(now).unwrap_or_default().max(Duration::from_secs(1)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use plg_core::Call;

    fn failure(kind: FailureKind, certainty: Certainty) -> Failure {
        let who = (&plg_attio::PROVIDER, plg_attio::PROVIDER.default_account());
        Failure::of(who, &Call::bare("POST", "/"), None, (kind, certainty), "")
    }

    #[test]
    fn a_post_is_repeated_only_when_it_was_surely_not_processed() {
        use {Certainty::*, FailureKind::*};
        for (method, kind, certainty, again) in [
            ("GET", Server, Unknown, true),
            ("PATCH", Server, Unknown, true),
            ("DELETE", Network, Unknown, true),
            ("POST", Server, Unknown, false),
            ("POST", Timeout, Unknown, false),
            ("POST", Network, NothingChanged, true),
            ("POST", Limited, NothingChanged, true),
            ("GET", Refused, NothingChanged, false),
            ("GET", Auth, NothingChanged, false),
        ] {
            let waits = wait(method, &failure(kind, certainty), Pause::default(), 0, 5).is_some();
            assert_eq!(waits, again, "{method} {kind:?} {certainty:?}");
        }
        assert!(wait("GET", &failure(Limited, NothingChanged), Pause::default(), 5, 5).is_none());
    }

    #[test]
    fn both_forms_of_retry_after() {
        assert_eq!(retry_after(Some("12"), None), Some(Duration::from_secs(12)));
        let date = Some("Tue, 23 May 2023 14:42:01 GMT");
        assert_eq!(retry_after(Some("Tue, 23 May 2023 14:42:05 GMT"), date), Some(Duration::from_secs(4)));
        assert_eq!(retry_after(Some("Tue, 23 May 2023 14:42:00 GMT"), date), Some(Duration::from_secs(1)));
        assert_eq!(retry_after(Some("soon"), None), None);
    }
}
