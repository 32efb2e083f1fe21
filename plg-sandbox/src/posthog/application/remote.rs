//! The payload of a remote configuration, as libraries ask for it.

use super::is_token;
use crate::message::Reply;
use crate::posthog::call::PosthogCall;
use crate::posthog::fault::Fault;
use crate::posthog::feature_flag::rows;
use crate::posthog::json::{flagged, truthy};
use serde_json::Value;

/// What a project's own secret key sees of a payload that is kept secret.
const REDACTED: &str = "\"********* (encrypted)\"";

pub(super) fn answer(call: &PosthogCall) -> Reply {
    if !matches!(call.method(), "GET" | "HEAD") {
        return Fault::method_not_allowed(call.method()).reply();
    }
    found(call).unwrap_or_else(Fault::reply)
}

fn found(call: &PosthogCall) -> Result<Reply, Fault> {
    let key = call.request.bearer().map(str::trim).filter(|key| !key.is_empty());
    let Some(key) = key else {
        return Err(Fault::unauthenticated("not_authenticated", "Authentication credentials were not provided."));
    };
    let invalid = || Fault::unauthenticated("authentication_failed", "Personal API key is invalid.");
    call.settings.token(key).ok_or_else(invalid)?;
    let segments = call.request.segments();
    let [_, _, project, _, flag, ..] = segments.as_slice() else { return Err(Fault::not_found()) };
    match call.request.query("token").or_else(|| call.request.query("api_key")) {
        Some(token) if !is_token(call, token) => return Err(invalid()),
        None if project != "@current" && project.parse() != Ok(call.project) => {
            return Err(Fault::not_found_as("Project not found."));
        }
        _ => {}
    }
    let row = rows::by_key(call, flag).or_else(|| flag.parse().ok()).and_then(|id| rows::flag(call, id));
    let is_found =
        |row: &&serde_json::Map<String, Value>| flagged(row, "is_remote_configuration") && !flagged(row, "deleted");
    let row = row.filter(is_found).ok_or_else(Fault::not_found)?;
    let payload = row.get("filters").and_then(|filters| filters.pointer("/payloads/true")).cloned();
    if !truthy(payload.as_ref()) {
        return Ok(Reply::empty(200));
    }
    let is_hidden = flagged(row, "has_encrypted_payloads") && key.starts_with("phs_");
    Ok(Reply::json(200, if is_hidden { Value::from(REDACTED) } else { payload.unwrap_or_default() }))
}
