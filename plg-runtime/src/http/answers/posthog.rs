//! How PostHog says no.

use super::super::failure::{Certainty, Failure, FailureKind};
use super::text::text;
use plg_schema::Provider;
use serde_json::Value as Json;

/// Reads `{"type", "code", "detail", "attr"}`; a 405 has no body at all.
pub(super) fn failure(method: &str, path: &str, status: u16, body: &Json) -> Failure {
    let code = text(body, "code");
    let kind = match status {
        401 => FailureKind::Auth,
        403 => FailureKind::Scope,
        404 => FailureKind::NotFound,
        400 if code.as_deref() == Some("unique") => FailureKind::Conflict,
        409 => FailureKind::Conflict,
        429 => FailureKind::Limited,
        500.. => FailureKind::Server,
        _ => FailureKind::Refused,
    };
    let certainty = if status >= 500 && method != "GET" { Certainty::Unknown } else { Certainty::NothingChanged };
    Failure {
        provider: Provider::Posthog,
        method: method.to_owned(),
        path: path.to_owned(),
        status: Some(status),
        code,
        message: text(body, "detail").unwrap_or_else(|| "no reason given".into()),
        field: text(body, "attr"),
        request_id: None,
        certainty,
        kind,
    }
}
