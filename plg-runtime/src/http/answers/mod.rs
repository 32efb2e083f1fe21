//! How each API says no.

mod attio;
mod posthog;
mod text;

pub(crate) use text::text;

use super::failure::Failure;
use plg_schema::Provider;
use serde_json::Value as Json;

/// Reads an answer that says no.
pub(in crate::http) fn failure(provider: Provider, method: &str, path: &str, status: u16, body: &Json) -> Failure {
    match provider {
        Provider::Attio => attio::failure(method, path, status, body),
        Provider::Posthog => posthog::failure(method, path, status, body),
    }
}
