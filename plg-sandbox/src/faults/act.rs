//! What a rule does to a request.

use super::Untrue;
use crate::faults::page::PageFault;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;

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
    /// Processes the request only so much later, whoever still waits for it. Its client is answered `status` at
    /// once, or the connection ends.
    pub late_ms: u64,
    /// Says 2xx, and does nothing.
    pub untrue: Option<Untrue>,
    /// Answers 429, to be asked again after so many seconds.
    pub retry_after: Option<u64>,
    /// Says when to ask again as a date, where `retry_after` is given.
    pub retry_date: bool,
    /// Answers as to a key, or from a server, that lacks this kind altogether.
    pub lacks: Option<Lacks>,
    /// Answers a GET with everything as it was so much earlier, but not before the rule was made.
    pub lag_ms: u64,
    /// Shows a page of a list otherwise than it is.
    pub page: Option<PageFault>,
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

/// Why a kind cannot be used at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Lacks {
    /// The key lacks the kind's scope: 403.
    Scope,
    /// The server lacks the kind's endpoint: 404.
    Endpoint,
}

impl Act {
    /// Whether the request reaches the emulator while its client waits.
    pub(crate) fn processes(&self) -> bool {
        if self.untrue.is_some() || self.lacks.is_some() || self.retry_after.is_some() || self.late_ms > 0 {
            return false;
        }
        match self.cut {
            Some(Cut::Before) => false,
            Some(Cut::After) => true,
            Some(Cut::HalfBody) | None => self.status.is_none() || self.after,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

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
        for kept_out in [
            json!({"untrue": "unchanged"}),
            json!({"lacks": "scope"}),
            json!({"retry_after": 29}),
            json!({"late_ms": 100}),
        ] {
            assert!(!act(kept_out.clone()), "{kept_out}");
        }
    }
}
