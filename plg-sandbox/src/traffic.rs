//! Requests that came in: their API and their counts.

use crate::SandboxRequest;
use serde::Serialize;

/// Whose API a path belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Api {
    /// `/v2/…`
    Attio,
    /// `/api/…`
    Posthog,
}

impl Api {
    /// The provider a path belongs to.
    pub(crate) fn of(path: &str) -> Option<Api> {
        let under = |root: &str| path.strip_prefix(root).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
        if under("/v2") {
            Some(Api::Attio)
        } else if under("/api") {
            Some(Api::Posthog)
        } else {
            None
        }
    }
}

/// Requests of one provider.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct RequestCounts {
    /// Requests that cannot change anything.
    pub reads: u64,
    /// All other requests.
    pub writes: u64,
}

/// Requests since the start or the last reset of the counts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Stats {
    /// Requests to `/v2/…`.
    pub attio: RequestCounts,
    /// Requests to `/api/…`.
    pub posthog: RequestCounts,
}

/// Whether a request can change anything; Attio's queries are read with `POST`.
pub(crate) fn is_write(request: &SandboxRequest) -> bool {
    !matches!(request.method.as_str(), "GET" | "HEAD" | "OPTIONS") && !request.path.ends_with("/query")
}
