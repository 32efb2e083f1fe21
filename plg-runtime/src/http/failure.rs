//! A request that did not succeed.

use plg_core::Provider;
use std::fmt;

/// What is known about the world after a failed request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Certainty {
    /// The remote changed nothing.
    NothingChanged,
    /// It may have been processed.
    Unknown,
}

/// Why it failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum FailureKind {
    /// The key is not accepted.
    Auth,
    /// The key lacks a permission.
    Scope,
    /// It is not there.
    NotFound,
    /// The account's plan or quota does not allow it.
    Billing,
    /// The remote does not accept what was asked.
    Refused,
    /// Something else has the same key, or changed in between.
    Conflict,
    /// Something else has the same key, and may be what an earlier request made whose answer was lost.
    Raced,
    /// Too many requests, for too long.
    Limited,
    /// The remote failed.
    Server,
    /// No address, or no connection: it was not sent.
    Unreachable,
    /// The connection broke.
    Network,
    /// No answer in time.
    Timeout,
    /// An answer that cannot be read.
    Malformed,
}

/// Who was asked, and with which key.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Asked {
    /// The host, with its port where it has one of its own. Empty where that is not known.
    pub host: String,
    /// The variable that the key came from.
    pub key: Option<String>,
}

/// A request that did not succeed: everything a person needs, and no secret.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Failure {
    /// Which API.
    pub provider: Provider,
    /// Who was asked.
    pub asked: Box<Asked>,
    /// The method.
    pub method: String,
    /// The path.
    pub path: String,
    /// The status, where there was an answer.
    pub status: Option<u16>,
    /// The API's own code.
    pub code: Option<String>,
    /// The API's own words, or what went wrong on the way.
    pub message: String,
    /// The field it is about.
    pub field: Option<String>,
    /// What to name when asking for support.
    pub request_id: Option<String>,
    /// Whether anything was changed.
    pub certainty: Certainty,
    /// Why.
    pub kind: FailureKind,
}

impl Certainty {
    /// What a status says about a request that was sent.
    ///
    /// Only what is answered before anything is kept says that nothing was changed: the API read the request, and did
    /// not do it. 409 is among it: an API that finds the key taken has made nothing, and where an earlier try of the
    /// same request took it, the key finds that again. Everything else can follow a commit, and so can what a proxy
    /// says for the API: a server error, a time-out (408), "too early" (425), a redirect, whatever is not known here.
    pub(super) fn of(method: &str, status: u16) -> Self {
        match status {
            _ if method == "GET" => Certainty::NothingChanged,
            400..=407 | 409..=417 | 421..=424 | 426 | 428 | 429 | 431 | 451 => Certainty::NothingChanged,
            _ => Certainty::Unknown,
        }
    }
}

impl FailureKind {
    /// What a status is where no API gives it a meaning of its own.
    pub(super) fn of(status: u16) -> Self {
        match status {
            401 => FailureKind::Auth,
            403 => FailureKind::Scope,
            404 => FailureKind::NotFound,
            408 => FailureKind::Timeout,
            409 => FailureKind::Conflict,
            429 => FailureKind::Limited,
            425 | 500.. => FailureKind::Server,
            ..=399 => FailureKind::Malformed,
            _ => FailureKind::Refused,
        }
    }
}

/// Words by which an API says that a plan, an allowance or a bill is in the way, and not a permission or a field.
const OF_BILLING: &[&str] =
    &["billing", "payment", "quota", "upgrade", "plan_limit", "limit_reached", "limit_exceeded"];

/// What kind of failure an answer is that says that the account has to pay more, or use less; `code` is the API's own.
pub(super) fn of_billing(status: u16, code: Option<&str>) -> bool {
    let is_said = code.map(str::to_ascii_lowercase).is_some_and(|code| {
        OF_BILLING.iter().any(|word| code.contains(word)) && !code.contains("rate_limit") && !code.contains("throttle")
    });
    status == 402 || (is_said && matches!(status, 400 | 403 | 409 | 422))
}

/// What is said where an answer gives no reason.
pub(super) const UNEXPLAINED: &str = "no reason given";

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.provider.title();
        match self.status {
            Some(status) => {
                write!(f, "{name} answered {status}")?;
                if let Some(code) = &self.code {
                    write!(f, " ({code})")?;
                }
            }
            None => write!(f, "{name} could not be asked")?,
        }
        if let Some(field) = &self.field {
            write!(f, " about `{field}`")?;
        }
        write!(f, ": {}", self.message)
    }
}

impl std::error::Error for Failure {}

impl Failure {
    /// The request in one line: method, path, and what to name to support.
    pub fn request(&self) -> String {
        let host = if self.asked.host.is_empty() { String::new() } else { format!(" at {}", self.asked.host) };
        match &self.request_id {
            Some(id) => format!("{} {}{host} (request {id})", self.method, self.path),
            None => format!("{} {}{host}", self.method, self.path),
        }
    }

    /// Whether the API itself said that it failed: what was asked for is over, whether or not it was done. A gateway
    /// that gave up says nothing about what goes on behind it.
    pub(crate) fn is_answered(&self) -> bool {
        matches!(self.status, Some(200..=299 | 500 | 501)) && self.kind != FailureKind::Network
    }

    /// Whether there was no answer at all, not even the beginning of one.
    pub(crate) fn is_unreachable(&self) -> bool {
        self.status.is_none() && matches!(self.kind, FailureKind::Unreachable | FailureKind::Timeout)
    }

    /// Whether a list that is answered so cannot be read at all, with this key or on this server.
    pub(crate) fn is_of_a_kind(&self) -> bool {
        matches!(self.kind, FailureKind::Scope | FailureKind::Billing | FailureKind::NotFound | FailureKind::Refused)
    }

    /// Whether the answer gave no reason.
    pub(super) fn is_unexplained(&self) -> bool {
        self.code.is_none() && self.message == UNEXPLAINED
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_answered_before_a_commit_changed_nothing() {
        for status in [400, 401, 402, 403, 404, 405, 409, 410, 413, 415, 422, 429] {
            assert_eq!(Certainty::of("POST", status), Certainty::NothingChanged, "{status}");
        }
        for status in [100, 300, 301, 302, 303, 304, 307, 308, 408, 425, 444, 499, 500, 502, 503, 504, 520, 599] {
            for method in ["POST", "PATCH", "DELETE"] {
                assert_eq!(Certainty::of(method, status), Certainty::Unknown, "{method} {status}");
            }
            assert_eq!(Certainty::of("GET", status), Certainty::NothingChanged, "{status}");
        }
    }
}
