//! How Beacon's API is talked to.

use plg_core::provider::{AccountIdentity, FailureKind, LimitClass, LimitRate, Refusal};
use plg_core::serde_json::Value as Json;
use plg_core::{Api, Call, Permission};
use std::time::Duration;

/// Beacon's REST API.
#[derive(Debug)]
pub(crate) struct BeaconApi;

static LIMITS: [LimitClass; 1] = [LimitClass {
    of: "Beacon",
    allows: "10 requests a second",
    published: &[LimitRate::a_second(10.0, 10.0)],
    rates: &[LimitRate::a_second(4.0, 8.0)],
}];

fn text(json: &Json, key: &str) -> Option<String> {
    json.get(key)?.as_str().map(str::to_owned)
}

impl Api for BeaconApi {
    fn base(&self) -> &'static str {
        "/v1/"
    }

    fn authorisation(&self, key: &str) -> (&'static str, String) {
        ("x-api-key", key.to_owned())
    }

    /// Reads `{"error": {"code", "message", "field"}}`.
    fn refusal(&self, status: u16, body: &Json) -> Refusal {
        let error = body.get("error").unwrap_or(&Json::Null);
        let code = text(error, "code");
        let kind = match code.as_deref() {
            Some("name_taken") => FailureKind::Conflict,
            Some("over_quota") => FailureKind::Billing,
            _ => FailureKind::of(status),
        };
        Refusal { kind, code, message: text(error, "message"), field: text(error, "field") }
    }

    fn whoami(&self) -> Call {
        Call::bare("GET", "/v1/team")
    }

    fn identity(&self, answer: &Json, _: &str, _: &[(&'static str, String)]) -> Result<AccountIdentity, String> {
        let id = text(answer, "id").ok_or("the answer names no team")?;
        Ok(AccountIdentity { id, name: text(answer, "name").unwrap_or_default(), scopes: None })
    }

    fn keys_are(&self) -> &'static str {
        "under Team, API keys"
    }

    fn permission(&self, _: &str) -> Option<Permission> {
        None
    }

    fn limits(&self) -> &'static [LimitClass] {
        &LIMITS
    }

    fn late_window(&self) -> Duration {
        Duration::from_secs(30)
    }
}
