//! Rules that make chosen requests fail, late, cut off or garbled.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;

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
    /// The method, upper case.
    pub method: Option<String>,
    /// A part of the path; one that starts with `/` must be its beginning.
    pub path: Option<String>,
    /// How many matching requests pass first.
    pub nth: u64,
}

/// What happens to a request.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Act {
    /// Answers with this status; the request is not processed unless `after` is set.
    pub status: Option<u16>,
    /// Headers added to the answer.
    pub headers: BTreeMap<String, String>,
    /// The answer's body in place of the real one.
    pub body: Option<Value>,
    /// Waits before anything else.
    pub delay_ms: u64,
    /// Drops the connection.
    pub cut: Option<Cut>,
    /// Sends a body that is not JSON.
    pub malformed: bool,
    /// Processes the request although `status` is set.
    pub after: bool,
}

/// When the connection is dropped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cut {
    /// Before the request is processed.
    Before,
    /// After the request's changes are kept; nothing is answered.
    After,
    /// After the request's changes are kept and half of the body is sent.
    HalfBody,
}

impl Act {
    /// Whether the request reaches the emulator.
    pub(crate) fn processes(&self) -> bool {
        match self.cut {
            Some(Cut::Before) => false,
            Some(Cut::After) => true,
            Some(Cut::HalfBody) | None => self.status.is_none() || self.after,
        }
    }
}

/// All rules, and a delay for every request.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Faults {
    /// Waits before every request.
    pub delay_ms: u64,
    /// The first rule that fits a request is the one that hits it.
    pub rules: Vec<Rule>,
}

impl Faults {
    /// What happens to this request, counting it.
    pub(crate) fn take(&mut self, method: &str, path: &str) -> Act {
        for rule in &mut self.rules {
            if !rule.on.fits(method, path) {
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
}

impl Match {
    fn fits(&self, method: &str, path: &str) -> bool {
        self.method.as_deref().is_none_or(|m| m.eq_ignore_ascii_case(method))
            && self
                .path
                .as_deref()
                .is_none_or(|p| if p.starts_with('/') { path.starts_with(p) } else { path.contains(p) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn rules(value: Value) -> Faults {
        Faults { delay_ms: 0, rules: serde_json::from_value(value).unwrap() }
    }

    #[test]
    fn a_rule_skips_the_first_and_ends_after_its_times() {
        let mut faults = rules(json!([{"match": {"method": "POST", "nth": 1}, "times": 2, "do": {"status": 500}}]));
        let hits: Vec<_> = (0..5).map(|_| faults.take("POST", "/v2/objects").status).collect();
        assert_eq!(hits, [None, Some(500), Some(500), None, None]);
        assert_eq!(faults.take("GET", "/v2/objects").status, None);
    }

    #[test]
    fn a_path_is_a_prefix_with_a_slash_and_a_part_without() {
        let mut faults = rules(json!([{"match": {"path": "/v2/lists"}, "do": {"status": 500}}]));
        assert_eq!(faults.take("GET", "/v2/lists/x").status, Some(500));
        assert_eq!(faults.take("GET", "/x/v2/lists").status, None);
        let mut faults = rules(json!([{"match": {"path": "lists"}, "do": {"status": 500}}]));
        assert_eq!(faults.take("GET", "/x/v2/lists").status, Some(500));
    }

    #[test]
    fn only_a_status_before_or_a_cut_before_keeps_a_request_out() {
        let act = |value: Value| serde_json::from_value::<Act>(value).unwrap().processes();
        assert!(!act(json!({"status": 500})));
        assert!(act(json!({"status": 500, "after": true})));
        assert!(!act(json!({"cut": "before"})));
        assert!(act(json!({"cut": "after"})));
        assert!(act(json!({"cut": "half_body"})));
        assert!(act(json!({"delay_ms": 5})));
        assert!(act(json!({"malformed": true})));
    }

    #[test]
    fn an_unknown_key_is_refused() {
        assert!(serde_json::from_value::<Rule>(json!({"do": {"staus": 500}})).is_err());
    }
}
