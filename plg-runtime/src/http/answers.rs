//! How an API says no.

use super::failure::{Asked, Certainty, Failure, UNEXPLAINED};
use plg_core::provider::Refusal;
use plg_core::{AccountName, Provider};
use serde_json::Value as Json;

/// Reads an answer that says no.
pub(super) fn failure(
    (provider, account): (&'static Provider, AccountName),
    method: &str,
    path: &str,
    status: u16,
    body: &Json,
) -> Failure {
    let Refusal { kind, code, message, field } = provider.api.refusal(status, body);
    Failure {
        provider,
        account,
        asked: Box::<Asked>::default(),
        method: method.to_owned(),
        path: path.to_owned(),
        status: Some(status),
        code,
        message: message.unwrap_or_else(|| unexplained(status)),
        field,
        request_id: None,
        certainty: Certainty::of(method, status),
        kind,
    }
}

/// What is said for an answer that gives no reason.
fn unexplained(status: u16) -> String {
    let said = if (300..400).contains(&status) {
        "it points to another host, and plg sends keys to no other host"
    } else {
        UNEXPLAINED
    };
    said.to_owned()
}
