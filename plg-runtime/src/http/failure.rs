//! A request that did not succeed.

use super::endpoint::title;
pub use plg_core::provider::FailureKind;
use plg_core::{AccountName, Call, Provider};
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
    pub provider: &'static Provider,
    /// Which account of it.
    pub account: AccountName,
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

/// What is said where an answer gives no reason.
pub(super) const UNEXPLAINED: &str = "no reason given";

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = title(self.provider, self.account);
        match self.status {
            Some(status) => {
                write!(f, "{name} answered {status}")?;
                if let Some(code) = &self.code {
                    write!(f, " ({code})")?;
                }
            }
            None => write!(f, "cannot reach {name}")?,
        }
        if let Some(field) = &self.field {
            write!(f, " about `{field}`")?;
        }
        write!(f, ": {}", self.message)
    }
}

impl std::error::Error for Failure {}

impl Failure {
    /// A request that did not succeed, of which is said what went wrong.
    pub(crate) fn of(
        (provider, account): (&'static Provider, AccountName),
        call: &Call,
        status: Option<u16>,
        (kind, certainty): (FailureKind, Certainty),
        message: impl Into<String>,
    ) -> Failure {
        Failure {
            provider,
            account,
            asked: Box::default(),
            method: call.method.to_owned(),
            path: call.path.clone(),
            status,
            code: None,
            message: message.into(),
            field: None,
            request_id: None,
            certainty,
            kind,
        }
    }

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
