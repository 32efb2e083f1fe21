//! `GET /flags/definitions`, and the older path of the same: flags for libraries that decide by themselves.

use super::{is_token, world};
use crate::message::Reply;
use crate::posthog::call::PosthogCall;
use crate::posthog::fault::Fault;
use sha2::{Digest, Sha256};

pub(super) fn answer(call: &PosthogCall) -> Reply {
    match call.method() {
        "GET" | "HEAD" => {}
        "OPTIONS" => return Reply::empty(204).with("allow", "GET, HEAD, OPTIONS"),
        _ => return Reply::empty(405).with("allow", "GET, HEAD, OPTIONS"),
    }
    match check(call) {
        Ok(()) => shown(call),
        Err(fault) => fault.reply(),
    }
}

fn check(call: &PosthogCall) -> Result<(), Fault> {
    let Some(key) = call.request.bearer().map(str::trim).filter(|key| !key.is_empty()) else {
        return Err(Fault::unauthenticated("not_authenticated", "Authentication credentials were not provided."));
    };
    let invalid = |detail: &str| Err(Fault::unauthenticated("authentication_failed", detail));
    let Some(token) = call.settings.token(key) else {
        let is_secret = key.starts_with("phs_");
        return invalid(if is_secret { "Secret API token is invalid." } else { "Personal API key is invalid." });
    };
    if call.request.query("token").or_else(|| call.request.query("api_key")).is_some_and(|of| !is_token(call, of)) {
        return invalid("The provided API key is invalid or has expired. Please check your API key and try again.");
    }
    let may = |scope: &str| token.scopes.iter().any(|has| has == "*" || has == scope);
    if may("feature_flag:read") || may("feature_flag:write") {
        return Ok(());
    }
    Err(Fault::forbidden("Personal API key lacks required scopes (feature_flag:read or feature_flag:write)."))
}

fn shown(call: &PosthogCall) -> Reply {
    let body = world::shown(call);
    let mark: String = Sha256::digest(body.to_string()).iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    let bare = |tag: &str| tag.trim().trim_start_matches("W/").trim_matches('"').to_owned();
    let is_known = call.request.header("if-none-match").is_some_and(|tag| bare(tag) == mark);
    let reply = if is_known { Reply::empty(304) } else { Reply::json(200, body) };
    reply.with("etag", format!("W/\"{mark}\"")).with("cache-control", "private, must-revalidate")
}
