//! How PostHog says no.

use super::super::failure::{Certainty, Failure, FailureKind, of_billing};
use super::text::text;
use super::unexplained;
use plg_core::Provider;
use serde_json::Value as Json;

/// Reads `{"type", "code", "detail", "attr"}`; a 405 has no body at all.
pub(super) fn failure(method: &str, path: &str, status: u16, body: &Json) -> Failure {
    let code = text(body, "code");
    let kind = match status {
        400 if code.as_deref() == Some("unique") => FailureKind::Conflict,
        _ if of_billing(status, code.as_deref()) || of_billing(status, text(body, "type").as_deref()) => {
            FailureKind::Billing
        }
        _ => FailureKind::of(status),
    };
    Failure {
        provider: Provider::Posthog,
        asked: Box::default(),
        method: method.to_owned(),
        path: path.to_owned(),
        status: Some(status),
        code,
        message: text(body, "detail").unwrap_or_else(|| unexplained(status)),
        field: text(body, "attr"),
        request_id: None,
        certainty: Certainty::of(method, status),
        kind,
    }
}
