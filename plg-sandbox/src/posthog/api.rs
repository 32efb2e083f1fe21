//! PostHog, as the sandbox serves it.

use super::{account, application, home, route};
use crate::api::{ApiAccount, SandboxApi};
use crate::faults::Lacks;
use crate::home::part::HomePart;
use crate::limits::Rate;
use crate::message::{Reply, SandboxRequest};
use jiff::Timestamp;
use serde_json::json;
use std::time::Duration;

const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(3_600);
/// (name, requests, span)
const RATES: [(&str, usize, Duration); 2] = [("burst", 480, MINUTE), ("sustained", 4800, HOUR)];
const INSIGHT_RATES: [(&str, usize, Duration); 2] =
    [("clickhouse_burst", 240, MINUTE), ("clickhouse_sustained", 1200, HOUR)];

/// PostHog under `/api`, and its ingestion.
#[derive(Debug)]
pub(crate) struct PosthogApi;

impl SandboxApi for PosthogApi {
    fn word(&self) -> &'static str {
        "posthog"
    }

    fn title(&self) -> &'static str {
        "PostHog"
    }

    fn prepare(&self, account: &mut ApiAccount<'_>) {
        if account.name != self.word() {
            account::call(account.store, account.name);
        }
    }

    fn answer(&self, account: &mut ApiAccount<'_>, request: &SandboxRequest) -> Reply {
        // Nobody but the sandbox itself asks these here.
        if let Some(reply) = application::page::answer(account.store, request, account.settings) {
            return reply;
        }
        if self.is_for_applications(request) {
            return application::handle(account.store, request, account.settings);
        }
        route::handle(account.store, request, account.settings)
    }

    fn home(&self, home: &mut HomePart<'_>) {
        home::write(home);
    }

    fn is_list(&self, request: &SandboxRequest) -> bool {
        let parts = request.segments();
        let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
        request.method == "GET" && matches!(parts.as_slice(), ["api", "projects" | "environments", _, _])
    }

    fn is_for_applications(&self, request: &SandboxRequest) -> bool {
        application::is_asked(request)
    }

    fn public_keys(&self, account: &mut ApiAccount<'_>) -> Vec<(&'static str, String)> {
        vec![("project token", application::token(account.store, account.settings))]
    }

    fn lacking(&self, request: &SandboxRequest, lacks: Lacks) -> Reply {
        route::refused(request, lacks == Lacks::Endpoint)
    }

    /// Each key is counted apart, and so are insights.
    fn rates(&self, request: &SandboxRequest) -> Vec<Rate> {
        let is_insight = request.segments().iter().any(|part| part == "insights");
        let key = request.bearer().unwrap_or_default();
        let rate = |(name, most, span)| Rate { of: format!("{name} {key}"), most, span, by_clock: false };
        (if is_insight { INSIGHT_RATES } else { RATES }).map(rate).into()
    }

    fn limited(&self, wait: Duration, _now: Timestamp) -> Reply {
        let seconds = wait.as_millis().div_ceil(1000);
        let unit = if seconds == 1 { "second" } else { "seconds" };
        let body = json!({
            "type": "throttled_error",
            "code": "throttled",
            "detail": format!("Request was throttled. Expected available in {seconds} {unit}."),
            "attr": null,
        });
        Reply::json(429, body).with("retry-after", seconds.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::RateLimits;

    #[test]
    fn posthog_takes_480_requests_a_minute_for_each_token() {
        let mut limits = RateLimits::default();
        let mut send = |key: &str, what: &str, second: i64| {
            let mut request = SandboxRequest::new("GET", &format!("/api/projects/1/{what}/"));
            request.headers.push(("authorization".into(), format!("Bearer {key}")));
            let now = Timestamp::from_second(second).unwrap();
            let wait = limits.wait(PosthogApi.rates(&request), now)?;
            Some(PosthogApi.limited(wait, now))
        };
        for _ in 0..480 {
            assert_eq!(send("a", "cohorts", 1000), None);
        }
        let refusal = send("a", "cohorts", 1048).unwrap();
        assert_eq!(refusal.headers, [("retry-after".to_owned(), "12".to_owned())]);
        assert_eq!(refusal.body.unwrap()["detail"], "Request was throttled. Expected available in 12 seconds.");
        let refusal = send("a", "cohorts", 1059).unwrap();
        assert_eq!(refusal.body.unwrap()["detail"], "Request was throttled. Expected available in 1 second.");
        assert_eq!(send("b", "cohorts", 1048), None);
        assert_eq!(send("a", "insights", 1048), None, "insights are counted apart");
        assert_eq!(send("a", "cohorts", 1060), None);
    }

    #[test]
    fn what_is_right_below_a_project_is_a_list() {
        for (target, is_list) in [
            ("/api/projects/1/cohorts/?limit=100", true),
            ("/api/projects/1/cohorts/7/", false),
            ("/api/users/@me/", false),
        ] {
            assert_eq!(PosthogApi.is_list(&SandboxRequest::new("GET", target)), is_list, "{target}");
        }
    }
}
