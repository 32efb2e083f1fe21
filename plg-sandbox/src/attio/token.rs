//! Who asks, and what the key may do.

use super::refusal::AttioRefusal;
use super::workspace;
use crate::message::SandboxRequest;
use crate::settings::{ApiToken, Settings};
use crate::store::Store;
use serde_json::{Value, json};

const KEY_LENGTH: usize = 64;
const ALL: [&str; 11] = [
    "activity_configuration:read-write",
    "activity_record:read-write",
    "comment:read-write",
    "list_configuration:read-write",
    "list_entry:read-write",
    "note:read-write",
    "object_configuration:read-write",
    "record_permission:read-write",
    "task:read-write",
    "user_management:read",
    "webhook:read-write",
];

/// The key of a request: a bearer token, or the user of basic authentication.
fn key(request: &SandboxRequest) -> Option<String> {
    if let Some(bearer) = request.bearer() {
        return Some(bearer.trim().to_owned());
    }
    let basic = request.header("authorization")?.strip_prefix("Basic ")?;
    let pair = String::from_utf8(base64(basic.trim())?).ok()?;
    Some(pair.split(':').next().unwrap_or_default().to_owned())
}

/// What the key of a request may do.
pub(crate) fn of(request: &SandboxRequest, settings: &Settings) -> Result<ApiToken, AttioRefusal> {
    let Some(key) = key(request).filter(|key| !key.is_empty()) else {
        return Err(AttioRefusal::unauthorized("No API Key was provided."));
    };
    settings.token(&key).ok_or_else(|| {
        AttioRefusal::unauthorized(if key.len() == KEY_LENGTH {
            "Invalid token."
        } else {
            "The API Key provided was invalid because it was the wrong length (API Keys should be 64 characters long). \
             You might not have copied the entire API key from your Admin panel?"
        })
    })
}

/// Refuses a key that lacks one of the scopes.
pub(crate) fn permit(token: &ApiToken, scopes: &[&str]) -> Result<(), AttioRefusal> {
    match scopes.iter().find(|scope| !has(token, scope)) {
        None => Ok(()),
        Some(scope) => Err(lacking(scope)),
    }
}

/// The refusal of a key that lacks a scope.
pub(crate) fn lacking(scope: &str) -> AttioRefusal {
    AttioRefusal::forbidden(format!(
        "You do not have the necessary permissions to do this. The required scope is missing: {scope}."
    ))
}

/// Reading and writing includes reading.
fn has(token: &ApiToken, scope: &str) -> bool {
    token.scopes.iter().any(|s| s == "*" || s == scope || s.strip_suffix("-write") == Some(scope))
}

/// `GET /v2/self`, which tells a bad key with 200.
pub(crate) fn identify(store: &Store, request: &SandboxRequest, settings: &Settings) -> Value {
    let Ok(token) = of(request, settings) else { return json!({"active": false}) };
    let mut scopes: Vec<&str> = token.scopes.iter().map(String::as_str).collect();
    if scopes.contains(&"*") {
        scopes = ALL.to_vec();
    }
    scopes.sort_unstable();
    let (workspace, client) = (workspace::workspace(store), workspace::client(store));
    json!({
        "active": true,
        "scope": scopes.join(" "),
        "client_id": client,
        "token_type": "Bearer",
        "exp": null,
        "iat": workspace::born(store),
        "sub": workspace,
        "aud": client,
        "iss": "attio.com",
        "token_level": "workspace",
        "authorized_by_workspace_member_id": workspace::member(store),
        "workspace_id": workspace,
        "workspace_name": workspace::name(store),
        "workspace_slug": workspace::slug(store),
        "workspace_logo_url": null,
    })
}

fn base64(text: &str) -> Option<Vec<u8>> {
    let (mut out, mut bits, mut held) = (Vec::new(), 0u32, 0);
    for byte in text.bytes().filter(|b| *b != b'=') {
        let six = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => return None,
        };
        bits = (bits << 6 | u32::from(six)) & 0xFF_FFFF;
        held += 6;
        if held >= 8 {
            held -= 8;
            out.push((bits >> held & 0xFF) as u8);
        }
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_user_of_basic_authentication_is_the_key() {
        let request = SandboxRequest {
            headers: vec![("authorization".into(), "Basic c2VjcmV0Og==".into())],
            ..SandboxRequest::default()
        };
        assert_eq!(key(&request).as_deref(), Some("secret"));
    }

    #[test]
    fn writing_includes_reading_but_not_the_other_way() {
        let token = |scope: &str| ApiToken { scopes: vec![scope.into()], ..ApiToken::default() };
        assert!(has(&token("webhook:read-write"), "webhook:read"));
        assert!(!has(&token("webhook:read"), "webhook:read-write"));
        assert!(has(&token("*"), "webhook:read-write"));
    }
}
