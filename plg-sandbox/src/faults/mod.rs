//! Rules that make chosen requests fail, late, cut off, garbled, untrue or out of date.

mod act;
pub(crate) mod page;
mod untrue;

use crate::SandboxRequest;
use serde::{Deserialize, Serialize};

pub use act::{Act, Cut, Lacks};
pub use untrue::Untrue;

/// One rule: which requests, how often, what happens.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Rule {
    /// Which requests it is about.
    #[serde(rename = "match")]
    pub on: Match,
    /// How many requests it hits; `None` is all of them.
    pub times: Option<u64>,
    /// What happens to them.
    #[serde(rename = "do")]
    pub act: Act,
    /// How many requests have matched so far.
    #[serde(skip_deserializing)]
    pub seen: u64,
    /// How many requests have been hit so far.
    #[serde(skip_deserializing)]
    pub hit: u64,
}

/// Which requests a rule is about; what is absent matches all.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Match {
    /// The name of the account that is asked.
    pub account: Option<String>,
    /// The method, upper case.
    pub method: Option<String>,
    /// A part of the path; one that starts with `/` must be its beginning.
    pub path: Option<String>,
    /// A part of the body as it was sent.
    pub body: Option<String>,
    /// Whether it asks for a list, and not for one thing by its id.
    pub list: Option<bool>,
    /// How many matching requests pass first.
    pub nth: u64,
}

/// All rules, and a delay for every request.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Faults {
    /// Waits before every request.
    pub delay_ms: u64,
    /// A write with `tags`, also empty ones, is answered 500 after the commit where another such write to the same
    /// account overlaps and outlives it, as PostHog does.
    pub tag_clash: bool,
    /// The first rule that fits a request is the one that hits it.
    pub rules: Vec<Rule>,
}

/// A request, with what its account and its API say of it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct AskedRequest<'a> {
    pub(crate) account: &'a str,
    pub(crate) request: &'a SandboxRequest,
    pub(crate) is_list: bool,
    pub(crate) is_write: bool,
}

impl Faults {
    /// What happens to this request, counting it.
    pub(crate) fn take(&mut self, asked: AskedRequest<'_>) -> Act {
        for rule in &mut self.rules {
            if !rule.on.fits(asked) {
                continue;
            }
            rule.seen += 1;
            if rule.seen <= rule.on.nth || rule.times.is_some_and(|times| rule.hit >= times) {
                continue;
            }
            rule.hit += 1;
            let mut act = rule.act.clone();
            act.delay_ms = act.delay_ms.saturating_add(self.delay_ms);
            return act;
        }
        Act { delay_ms: self.delay_ms, ..Act::default() }
    }

    /// Whether any rule answers as things were a while ago.
    pub(crate) fn lags(&self) -> bool {
        self.rules.iter().any(|rule| rule.act.lag_ms > 0)
    }

    /// Whether this is a write that another of its like disturbs.
    pub(crate) fn may_clash(&self, asked: AskedRequest<'_>) -> bool {
        let tagged = || {
            serde_json::from_slice::<serde_json::Value>(&asked.request.body)
                .is_ok_and(|body| body.get("tags").is_some_and(serde_json::Value::is_array))
        };
        self.tag_clash && asked.is_write && tagged()
    }
}

impl Match {
    fn fits(&self, AskedRequest { account, request, is_list, .. }: AskedRequest<'_>) -> bool {
        let path = request.path.as_str();
        self.account.as_deref().is_none_or(|a| a == account)
            && self.method.as_deref().is_none_or(|m| m.eq_ignore_ascii_case(&request.method))
            && self
                .path
                .as_deref()
                .is_none_or(|p| if p.starts_with('/') { path.starts_with(p) } else { path.contains(p) })
            && self.list.is_none_or(|list| list == is_list)
            && self.body.as_deref().is_none_or(|part| String::from_utf8_lossy(&request.body).contains(part))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn rules(value: Value) -> Faults {
        Faults { rules: serde_json::from_value(value).unwrap(), ..Faults::default() }
    }

    fn act(faults: &mut Faults, account: &str, request: &SandboxRequest) -> Option<u16> {
        let is_list = request.path == "/list";
        faults.take(AskedRequest { account, request, is_list, is_write: request.method != "GET" }).status
    }

    fn status(faults: &mut Faults, method: &str, target: &str) -> Option<u16> {
        act(faults, "attio", &SandboxRequest::new(method, target))
    }

    #[test]
    fn a_rule_is_about_lists_or_about_bodies() {
        let mut faults = rules(json!([{"match": {"list": true}, "do": {"status": 500}}]));
        assert_eq!(status(&mut faults, "GET", "/list"), Some(500));
        assert_eq!(status(&mut faults, "GET", "/one"), None);
        let mut faults = rules(json!([{"match": {"body": "\"deleted\":true"}, "do": {"status": 500}}]));
        let body = |text: &str| SandboxRequest { body: text.into(), ..SandboxRequest::new("PATCH", "/api/x") };
        assert_eq!(act(&mut faults, "attio", &body("{\"deleted\":true}")), Some(500));
        assert_eq!(act(&mut faults, "attio", &body("{\"deleted\":false}")), None);
    }

    #[test]
    fn a_rule_is_about_every_account_or_about_one() {
        let mut faults = rules(json!([{"match": {"account": "marketing"}, "do": {"status": 500}}]));
        let request = SandboxRequest::new("GET", "/api/x");
        assert_eq!(act(&mut faults, "marketing", &request), Some(500));
        assert_eq!(act(&mut faults, "posthog", &request), None);
    }

    #[test]
    fn a_rule_skips_the_first_and_ends_after_its_times() {
        let mut faults = rules(json!([{"match": {"method": "POST", "nth": 1}, "times": 2, "do": {"status": 500}}]));
        let hits: Vec<_> = (0..5).map(|_| status(&mut faults, "POST", "/v2/objects")).collect();
        assert_eq!(hits, [None, Some(500), Some(500), None, None]);
        assert_eq!(status(&mut faults, "GET", "/v2/objects"), None);
    }

    #[test]
    fn a_path_is_a_prefix_with_a_slash_and_a_part_without() {
        let mut faults = rules(json!([{"match": {"path": "/v2/lists"}, "do": {"status": 500}}]));
        assert_eq!(status(&mut faults, "GET", "/v2/lists/x"), Some(500));
        assert_eq!(status(&mut faults, "GET", "/x/v2/lists"), None);
        let mut faults = rules(json!([{"match": {"path": "lists"}, "do": {"status": 500}}]));
        assert_eq!(status(&mut faults, "GET", "/x/v2/lists"), Some(500));
    }

    #[test]
    fn an_unknown_key_is_refused() {
        assert!(serde_json::from_value::<Rule>(json!({"do": {"staus": 500}})).is_err());
    }
}
