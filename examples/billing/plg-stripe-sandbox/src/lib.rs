//! What `plg-stripe` uses of the API of Stripe, on this machine.
//!
//! ```text
//! request ─▶ key, version ─▶ idempotency ─▶ route ─▶ resource (product | price | …) ─▶ answer
//! ```
//!
//! It is written from Stripe's documentation alone, and shares no code with `plg-stripe`: where both read it, they do not
//! make the same mistake. What the documentation does not say is guessed, and the README names it.

mod coupon;
mod form;
mod idempotency;
mod lists;
mod params;
mod price;
mod product;
mod promotion_code;
mod refusal;
mod resource;
mod tax_rate;
mod webhook_endpoint;

use jiff::Timestamp;
use plg_sandbox::{ApiAccount, HomePart, Lacks, Rate, Reply, SandboxApi, SandboxRequest};
use resource::Resource;
use serde_json::{Value, json};
use std::time::Duration;

/// The API of Stripe.
#[derive(Debug)]
pub struct StripeSandbox;

/// Everything that has a list.
static RESOURCES: [&dyn Resource; 6] = [
    &product::Products,
    &price::Prices,
    &coupon::Coupons,
    &promotion_code::PromotionCodes,
    &tax_rate::TaxRates,
    &webhook_endpoint::WebhookEndpoints,
];

/// Lists of what nobody can make here.
const NOTHING: [&str; 4] =
    ["/v1/payment_links", "/v1/shipping_rates", "/v1/billing/meters", "/v1/entitlements/features"];

/// The resource of a path's first part.
fn resource(name: &str) -> Option<&'static dyn Resource> {
    RESOURCES.iter().copied().find(|resource| resource.path() == name)
}

impl SandboxApi for StripeSandbox {
    fn word(&self) -> &'static str {
        "stripe"
    }

    fn title(&self) -> &'static str {
        "Stripe"
    }

    fn answer(&self, account: &mut ApiAccount<'_>, request: &SandboxRequest) -> Reply {
        let reply = match admitted(request) {
            Ok(()) => idempotency::once(account, request, route),
            Err(no) => no,
        };
        let id = format!("req_{}", account.now().as_millisecond());
        let version = request.header("stripe-version").unwrap_or(VERSION);
        reply.with("request-id", id).with("stripe-version", version)
    }

    fn home(&self, home: &mut HomePart<'_>) {
        for (title, path, name, says) in [
            ("Products", "products", "name", "description"),
            ("Prices", "prices", "lookup_key", "nickname"),
            ("Coupons", "coupons", "id", "name"),
            ("Promotion codes", "promotion_codes", "code", ""),
            ("Tax rates", "tax_rates", "display_name", "description"),
            ("Webhook endpoints", "webhook_endpoints", "url", "description"),
        ] {
            let answer = home.get(&format!("/v1/{path}?limit=100"));
            let rows: Vec<&Value> = answer["data"].as_array().into_iter().flatten().collect();
            let active = rows.iter().filter(|row| row["active"] != false);
            let text = |row: &Value, key: &str| row[key].as_str().unwrap_or_default().to_owned();
            let shown: Vec<(String, String)> = active.map(|row| (text(row, name), text(row, says))).collect();
            home.list(title, shown);
        }
    }

    fn is_list(&self, request: &SandboxRequest) -> bool {
        let path = request.path.strip_prefix("/v1/");
        request.method == "GET" && path.is_some_and(|name| resource(name).is_some())
    }

    fn lacking(&self, request: &SandboxRequest, lacks: Lacks) -> Reply {
        match lacks {
            Lacks::Scope => {
                let what = request.path.trim_start_matches("/v1/").split('/').next().unwrap_or_default();
                let verb = if request.method == "GET" { "read" } else { "write" };
                refusal::forbidden(&format!("rak_{}_{verb}", what.trim_end_matches('s')))
            }
            Lacks::Endpoint => refusal::unrecognized(&request.method, &request.path),
        }
    }

    fn rates(&self, _: &SandboxRequest) -> Vec<Rate> {
        vec![Rate { of: "stripe".to_owned(), most: 25, span: Duration::from_secs(1), by_clock: false }]
    }

    fn limited(&self, _: Duration, _: Timestamp) -> Reply {
        refusal::limited()
    }
}

/// The version that is spoken where a request names none.
const VERSION: &str = "2025-09-30.clover";

/// Whether a request has a key and asks for a version that there is.
fn admitted(request: &SandboxRequest) -> Result<(), Reply> {
    let Some(key) = request.header("authorization").filter(|key| !key.is_empty()) else {
        let message = "You did not provide an API key. You need to provide your API key in the Authorization header.";
        return Err(refusal::unauthorized(message));
    };
    if key.contains("pk_test_") || key.contains("pk_live_") {
        return Err(refusal::unauthorized("This API call cannot be made with a publishable API key."));
    }
    match request.header("stripe-version") {
        Some(version) if !is_version(version) => {
            Err(refusal::refused(format!("Invalid Stripe API version: {version}"), None))
        }
        _ => Ok(()),
    }
}

/// A day, and a name behind it since 2024.
fn is_version(version: &str) -> bool {
    let (day, name) = version.split_once('.').unwrap_or((version, "name"));
    let is_day = day.len() == 10 && day.bytes().all(|b| b.is_ascii_digit() || b == b'-');
    is_day && !name.is_empty() && name.bytes().all(|b| b.is_ascii_lowercase())
}

fn route(account: &mut ApiAccount<'_>, request: &SandboxRequest) -> Reply {
    let segments = request.segments();
    let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
    let unrecognized = || refusal::unrecognized(&request.method, &request.path);
    let sent = form::nested(&form::pairs(&request.body));
    let expand = lists::expanded(&sent, request);
    let answered = match (request.method.as_str(), &segments[..]) {
        ("GET", ["v1", "account"]) => Ok(own(account)),
        ("GET", ["v1", ..]) if NOTHING.contains(&&*request.path) => Ok(lists::none(&request.path)),
        ("GET", ["v1", name]) => match resource(name) {
            Some(resource) => lists::list(account, resource, request),
            None => Err(unrecognized()),
        },
        ("POST", ["v1", name]) => match resource(name) {
            Some(resource) => resource.create(account, &sent),
            None => Err(unrecognized()),
        },
        (method, ["v1", name, id]) => match (method, resource(name)) {
            ("GET", Some(resource)) => resource::find(account, resource, id),
            ("POST", Some(resource)) => resource.update(account, id, &sent),
            ("DELETE", Some(resource)) => resource.delete(account, id),
            _ => Err(unrecognized()),
        },
        _ => Err(unrecognized()),
    };
    answered.map_or_else(|no| no, |body| Reply::json(200, lists::shown(body, &expand)))
}

/// Whose key it is.
fn own(account: &ApiAccount<'_>) -> Value {
    json!({
        "id": format!("acct_{}", account.name), "object": "account", "business_profile": { "name": "Sandbox" }, "country": "DE",
        "default_currency": "eur", "settings": { "dashboard": { "display_name": "Sandbox" } }, "type": "standard",
    })
}
