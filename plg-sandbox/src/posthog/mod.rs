//! The PostHog emulator.

use crate::{Reply, Request, Settings, Store};
use serde_json::json;

/// Answers one request.
pub(crate) fn handle(_store: &mut Store, _request: &Request, _settings: &Settings) -> Reply {
    Reply::json(404, json!({"type": "invalid_request", "code": "not_found", "detail": "Not found.", "attr": null}))
}
