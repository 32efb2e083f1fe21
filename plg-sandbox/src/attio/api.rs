//! Attio, as the sandbox serves it.

use super::{fixture, home, route, workspace};
use crate::api::{ApiAccount, SandboxApi, is_safe};
use crate::faults::Lacks;
use crate::home::part::HomePart;
use crate::limits::Rate;
use crate::message::{Reply, SandboxRequest};
use jiff::Timestamp;
use serde_json::json;
use std::time::{Duration, UNIX_EPOCH};

/// How many requests it takes in each second of the clock.
const READS: usize = 100;
const WRITES: usize = 25;

/// Attio under `/v2`.
#[derive(Debug)]
pub(crate) struct AttioApi;

impl SandboxApi for AttioApi {
    fn word(&self) -> &'static str {
        "attio"
    }

    fn title(&self) -> &'static str {
        "Attio"
    }

    fn prepare(&self, account: &mut ApiAccount<'_>) {
        fixture::prepare(account.store);
        if account.name != self.word() {
            workspace::call(account.store, account.name);
        }
    }

    fn answer(&self, account: &mut ApiAccount<'_>, request: &SandboxRequest) -> Reply {
        route::handle(account.store, request, account.settings)
    }

    fn home(&self, home: &mut HomePart<'_>) {
        home::write(home);
    }

    /// Queries are read with `POST`, and so is a search.
    fn is_write(&self, request: &SandboxRequest) -> bool {
        !is_safe(request) && !["/query", "/records/search"].iter().any(|end| request.path.ends_with(end))
    }

    fn is_list(&self, request: &SandboxRequest) -> bool {
        let parts = request.segments();
        match parts.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
            [route::VERSION, "self"] => false,
            // Each list is followed by an id.
            [route::VERSION, rest @ ..] => request.method == "GET" && rest.len() % 2 == 1,
            _ => false,
        }
    }

    fn lacking(&self, request: &SandboxRequest, lacks: Lacks) -> Reply {
        route::refused(request, lacks == Lacks::Endpoint)
    }

    fn rates(&self, request: &SandboxRequest) -> Vec<Rate> {
        let (of, most) = if self.is_write(request) { ("writes", WRITES) } else { ("reads", READS) };
        vec![Rate { of: of.into(), most, span: Duration::from_secs(1), by_clock: true }]
    }

    fn limited(&self, wait: Duration, now: Timestamp) -> Reply {
        let then = now.saturating_add(wait).map_or(0, |then| u64::try_from(then.as_second()).unwrap_or(0));
        let body = json!({
            "status_code": 429,
            "type": "rate_limit_error",
            "code": "rate_limit_exceeded",
            "message": "Rate limit exceeded, please try again later",
        });
        let then = httpdate::fmt_http_date(UNIX_EPOCH + Duration::from_secs(then));
        Reply::json(429, body).with("retry-after", then)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::RateLimits;

    #[test]
    fn attio_takes_25_writes_and_100_reads_a_second() {
        let at = |second: i64| Timestamp::from_second(second).unwrap();
        let mut limits = RateLimits::default();
        let mut send = |method: &str, second: i64| {
            let request = SandboxRequest::new(method, "/v2/objects");
            let wait = limits.wait(AttioApi.rates(&request), at(second))?;
            Some(AttioApi.limited(wait, at(second)))
        };
        for _ in 0..25 {
            assert_eq!(send("POST", 784_111_776), None);
        }
        let refusal = send("POST", 784_111_776).unwrap();
        assert_eq!(refusal.status, 429);
        assert_eq!(refusal.headers, [("retry-after".to_owned(), "Sun, 06 Nov 1994 08:49:37 GMT".to_owned())]);
        assert_eq!(send("GET", 784_111_776), None, "reads are counted apart");
        assert_eq!(send("POST", 784_111_777), None, "a new second is a new count");
    }

    #[test]
    fn every_other_segment_is_a_list() {
        for (target, is_list) in [
            ("/v2/objects", true),
            ("/v2/objects/people", false),
            ("/v2/objects/people/attributes/stage/options", true),
            ("/v2/self", false),
        ] {
            assert_eq!(AttioApi.is_list(&SandboxRequest::new("GET", target)), is_list, "{target}");
        }
        assert!(!AttioApi.is_list(&SandboxRequest::new("POST", "/v2/objects")));
    }
}
