//! The Attio emulator.

use crate::{Reply, Request, Settings, Store};
use serde_json::json;

/// Plants the standard workspace where there is none.
pub(crate) fn prepare(_store: &mut Store) {}

/// Answers one request.
pub(crate) fn handle(_store: &mut Store, _request: &Request, _settings: &Settings) -> Reply {
    Reply::json(404, json!({}))
}
