//! How Stripe's API is talked to.

use plg_core::provider::{AccountIdentity, FailureKind, KeyFlaw, LimitClass, LimitRate, Refusal, form_body};
use plg_core::serde_json::Value as Json;
use plg_core::{Api, Call, Permission};
use std::time::Duration;

/// The version of the API that is spoken, as it is sent in `Stripe-Version`: the first in which a promotion code names
/// its coupon as a `promotion`.
pub const VERSION: &str = "2025-09-30.clover";

/// Where every path begins.
pub(crate) const BASE: &str = "/v1/";

/// Stripe's REST API, version 1.
#[derive(Debug)]
pub(crate) struct StripeApi;

/// Test mode and sandboxes take 25 requests a second, live mode 100. A key does not say more than its mode, and no stack
/// has so many prices that the slower one is felt.
static LIMITS: [LimitClass; 1] = [LimitClass {
    of: "Stripe",
    allows: "25 requests a second in test mode, 100 live",
    published: &[LimitRate::a_second(25.0, 25.0)],
    rates: &[LimitRate::a_second(20.0, 20.0)],
}];

/// What a restricted key is allowed, by the first part of a path: as the web app calls it.
const RESOURCES: &[(&str, &str)] = &[
    ("account", "Accounts"),
    ("coupons", "Coupons"),
    ("prices", "Prices"),
    ("products", "Products"),
    ("promotion_codes", "Promotion Codes"),
    ("tax_rates", "Tax Rates"),
    ("webhook_endpoints", "Webhook Endpoints"),
];

fn text(json: &Json, key: &str) -> Option<String> {
    json.get(key)?.as_str().map(str::to_owned)
}

impl Api for StripeApi {
    fn base(&self) -> &'static str {
        BASE
    }

    fn headers(&self) -> &'static [(&'static str, &'static str)] {
        &[("stripe-version", VERSION)]
    }

    fn body(&self, body: &Json) -> (&'static str, String) {
        form_body(body)
    }

    /// Reads `{"error": {"type", "code", "message", "param"}}`.
    fn refusal(&self, status: u16, body: &Json) -> Refusal {
        let error = body.get("error").unwrap_or(&Json::Null);
        let (kind, code) = (text(error, "type"), text(error, "code"));
        let message = text(error, "message");
        let code = code.or(kind.filter(|kind| kind != "invalid_request_error"));
        let kind = match code.as_deref() {
            // The first request of this key is still at work, or another one holds what this one changes.
            Some("idempotency_key_in_use" | "lock_timeout" | "rate_limit") => FailureKind::Limited,
            // A key was used for something else: nothing was done, and a new key will not change that.
            Some("idempotency_error") => FailureKind::Refused,
            Some("resource_already_exists") => FailureKind::Conflict,
            // There is no such endpoint.
            _ if status == 404 && code.as_deref() != Some("resource_missing") => FailureKind::Refused,
            // A field may name another object that is missing; only the object itself makes it gone.
            Some("resource_missing") if status != 404 => FailureKind::Refused,
            _ if status == 400 && message.as_deref().is_some_and(is_taken) => FailureKind::Conflict,
            _ => FailureKind::of(status),
        };
        Refusal { kind, code, message, field: text(error, "param") }
    }

    fn request_id(&self) -> &'static [&'static str] {
        &["request-id"]
    }

    fn whoami(&self) -> Call {
        Call::bare("GET", "/v1/account")
    }

    fn identity(&self, answer: &Json, _: &str, _: &[(&'static str, String)]) -> Result<AccountIdentity, String> {
        let id = text(answer, "id").ok_or("the answer names no account")?;
        let name = answer.pointer("/settings/dashboard/display_name").and_then(Json::as_str);
        let name = name.or_else(|| answer.pointer("/business_profile/name").and_then(Json::as_str));
        Ok(AccountIdentity { id, name: name.unwrap_or_default().to_owned(), scopes: None })
    }

    /// Test mode and live mode of an account have one id, and nothing else in common.
    fn side(&self, key: &str) -> Option<&'static str> {
        let is_of = |mode: &str| ["sk", "rk"].iter().any(|kind| key.starts_with(&format!("{kind}_{mode}_")));
        ["test", "live"].into_iter().find(|mode| is_of(mode))
    }

    fn misplaced(&self, key: &str) -> Option<KeyFlaw> {
        let kinds = [
            ("pk_", "a publishable key, for pages that customers see"),
            ("whsec_", "the secret of a webhook endpoint"),
            ("ek_", "a customer's short-lived key"),
            ("acct_", "the id of an account"),
        ];
        let (beginning, kind) = kinds.into_iter().find(|(beginning, _)| key.starts_with(beginning))?;
        Some(KeyFlaw {
            says: format!(
                "begins with {beginning}: it is {kind}, and a secret or restricted key (sk_…, rk_…) belongs there"
            ),
            hint: "make a restricted key in Stripe, under Developers, API keys".into(),
        })
    }

    fn keys_are(&self) -> &'static str {
        "under Developers, API keys"
    }

    fn permission(&self, path: &str) -> Option<Permission> {
        let first = path.strip_prefix(BASE)?.split(['/', '?']).next()?;
        let (_, object) = RESOURCES.iter().find(|(part, _)| *part == first)?;
        Some(Permission { change: "write", object, older: None })
    }

    fn limits(&self) -> &'static [LimitClass] {
        &LIMITS
    }

    /// Stripe gives a request up after 80 seconds.
    fn late_window(&self) -> Duration {
        Duration::from_secs(80)
    }

    fn idempotency(&self) -> Option<&'static str> {
        Some("idempotency-key")
    }

    fn idempotency_window(&self) -> Duration {
        // Stripe forgets keys that are at least 24 hours old; an hour less, as clocks differ.
        Duration::from_secs(23 * 60 * 60)
    }
}

/// Whether a message says that something else has the key: Stripe has no code for lookup keys and promotion codes.
fn is_taken(message: &str) -> bool {
    message.contains("already uses that lookup key") || message.contains("already exists")
}

#[cfg(test)]
mod tests {
    use super::*;
    use plg_core::serde_json::json;

    #[test]
    fn a_no_is_read_by_its_code() {
        let error = |kind: &str, code: Option<&str>, message: &str| json!({ "error": { "type": kind, "code": code, "message": message, "param": "lookup_key" } });
        let invalid = "invalid_request_error";
        for (status, body, kind) in [
            (409, error(invalid, Some("idempotency_key_in_use"), ""), FailureKind::Limited),
            (400, error("idempotency_error", None, "Keys for idempotent requests …"), FailureKind::Refused),
            (429, error(invalid, Some("lock_timeout"), ""), FailureKind::Limited),
            (400, error(invalid, Some("resource_already_exists"), ""), FailureKind::Conflict),
            (400, error(invalid, None, "A price (`price_1`) already uses that lookup key."), FailureKind::Conflict),
            (400, error(invalid, Some("resource_missing"), "No such product: 'pro'"), FailureKind::Refused),
            (404, error(invalid, Some("resource_missing"), "No such price: 'price_1'"), FailureKind::NotFound),
            (404, error(invalid, None, "Unrecognized request URL (GET: /v1/prizes)."), FailureKind::Refused),
            (401, error(invalid, None, "Invalid API Key provided"), FailureKind::Auth),
            (403, error(invalid, None, "The provided key does not have the required permissions"), FailureKind::Scope),
            (500, error("api_error", None, ""), FailureKind::Server),
        ] {
            let read = StripeApi.refusal(status, &body);
            assert_eq!((read.kind, read.field.as_deref()), (kind, Some("lookup_key")), "{body}");
        }
    }

    #[test]
    fn every_kind_has_a_permission_and_a_key_that_is_none_is_told() {
        for spec in crate::ALL {
            let path = spec.wire.listing(&plg_core::Map::new()).path;
            assert!(StripeApi.permission(&path).is_some(), "{}: {path}", spec.keyword);
        }
        assert!(StripeApi.misplaced("pk_live_1").is_some_and(|flaw| flaw.says.contains("publishable")));
        assert_eq!([StripeApi.misplaced("sk_test_1"), StripeApi.misplaced("rk_live_1")], [None, None]);
    }
}
