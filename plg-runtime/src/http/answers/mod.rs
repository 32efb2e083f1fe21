//! How each API says no.

mod attio;
mod posthog;
mod text;

pub(crate) use text::text;

use super::failure::{Failure, UNEXPLAINED};
use plg_core::Provider;
use serde_json::Value as Json;

/// Reads an answer that says no.
pub(in crate::http) fn failure(provider: Provider, method: &str, path: &str, status: u16, body: &Json) -> Failure {
    match provider {
        Provider::Attio => attio::failure(method, path, status, body),
        Provider::Posthog => posthog::failure(method, path, status, body),
    }
}

/// What is said for an answer that gives no reason.
fn unexplained(status: u16) -> String {
    let said =
        if (300..400).contains(&status) { "it points elsewhere, and keys are sent nowhere else" } else { UNEXPLAINED };
    said.to_owned()
}
