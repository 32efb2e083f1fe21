//! A request that did not succeed.

use plg_schema::Provider;
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
    /// The remote does not accept what was asked.
    Refused,
    /// Something else has the same key, or changed in between.
    Conflict,
    /// Too many requests, for too long.
    Limited,
    /// The remote failed.
    Server,
    /// No connection, or it broke.
    Network,
    /// No answer in time.
    Timeout,
    /// An answer that cannot be read.
    Malformed,
}

/// A request that did not succeed: everything a person needs, and no secret.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Failure {
    /// Which API.
    pub provider: Provider,
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
        match &self.request_id {
            Some(id) => format!("{} {} (request {id})", self.method, self.path),
            None => format!("{} {}", self.method, self.path),
        }
    }

    /// Whether the API itself said that it failed: what was asked for is over, whether or not it was done. A gateway
    /// that gave up says nothing about what goes on behind it.
    pub(crate) fn is_answered(&self) -> bool {
        matches!(self.status, Some(200..=299 | 500 | 501)) && self.kind != FailureKind::Network
    }

    /// What to do next.
    pub fn hint(&self) -> &'static str {
        match self.kind {
            FailureKind::Auth => "check the API key of this stage",
            FailureKind::Scope => "give the API key the permission named, then run it again",
            FailureKind::NotFound => "it may have been removed in the web app: run it again to see what is there now",
            FailureKind::Refused => "change the declaration, then run it again",
            FailureKind::Conflict => {
                "something there has the same key or name: give one of the two another, or remove the other"
            }
            FailureKind::Limited => "wait a few minutes, then run it again: it goes on where it stopped",
            FailureKind::Server => "run it again in a while: it goes on where it stopped",
            FailureKind::Network | FailureKind::Timeout => {
                "check the connection and the host, then run it again: it goes on where it stopped"
            }
            FailureKind::Malformed => "check that the host is the API itself and not a proxy",
        }
    }
}
