//! Attio's answers.

use super::account::Account;
use crate::http::text;
use crate::http::{Certainty, Client, Failure, FailureKind};
use plg_core::{Call, Provider};
use serde_json::Value as Json;

fn refused(kind: FailureKind, message: String) -> Failure {
    Failure {
        provider: Provider::Attio,
        asked: Box::default(),
        method: "GET".into(),
        path: own(),
        status: Some(200),
        code: None,
        message,
        field: None,
        request_id: None,
        certainty: Certainty::NothingChanged,
        kind,
    }
}

/// Where a key says of itself what it is.
fn own() -> String {
    format!("{}self", Provider::Attio.base())
}

/// The workspace a key leads to, and what the key may do there.
pub(crate) async fn account(client: &Client) -> Result<Account, Failure> {
    let body = client.read(Provider::Attio, &Call::bare("GET", own())).await?;
    // A key that is not good is answered with 200 all the same.
    if body.get("active") != Some(&Json::Bool(true)) {
        return Err(refused(FailureKind::Auth, "the API key is not active".into()));
    }
    let id = text(&body, "workspace_id")
        .ok_or_else(|| refused(FailureKind::Auth, "the answer names no workspace".into()))?;
    let scopes = text(&body, "scope").map(|s| s.split_whitespace().map(str::to_owned).collect());
    Ok(Account { id, name: text(&body, "workspace_name").unwrap_or_default(), scopes })
}
