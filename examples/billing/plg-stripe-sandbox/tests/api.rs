//! The sandbox answers as Stripe's documentation says.

use jiff::{SignedDuration, Timestamp};
use plg_sandbox::{Reply, Sandbox, SandboxAccount, SandboxRequest};
use plg_stripe_sandbox::StripeSandbox;
use serde_json::{Value, json};

fn sandbox() -> Sandbox {
    let builder = Sandbox::builder().mount(StripeSandbox).account(SandboxAccount::new("stripe", "stripe"));
    builder.open().expect("it is in memory")
}

fn send(sandbox: &Sandbox, method: &str, path: &str, form: &str, headers: &[(&str, &str)]) -> Reply {
    let below = sandbox.addresses("").into_iter().next().expect("an account").url;
    let mut request = SandboxRequest::new(method, &format!("{below}/v1/{path}"));
    request.headers.push(("authorization".into(), "Bearer sk_test_1".into()));
    request.headers.extend(headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    request.body = form.as_bytes().to_vec();
    sandbox.answer(&request)
}

fn post(sandbox: &Sandbox, path: &str, form: &str) -> Value {
    let reply = send(sandbox, "POST", path, form, &[]);
    assert_eq!(reply.status, 200, "{path} {form}: {:?}", reply.body);
    reply.body.unwrap_or_default()
}

/// The status, the code or else the type, and the parameter of a "no".
fn no(reply: &Reply) -> (u16, String, String) {
    let error = &reply.body.as_ref().expect("a body")["error"];
    let text = |key: &str| error[key].as_str().unwrap_or_default().to_owned();
    let code = if text("code").is_empty() { text("type") } else { text("code") };
    (reply.status, code, text("param"))
}

#[test]
fn a_key_is_answered_once_for_a_day() {
    let sandbox = sandbox();
    let start: Timestamp = "2026-12-01T00:00:00Z".parse().expect("a time");
    sandbox.set_time(start);
    let key = [("idempotency-key", "k1")];
    let first = send(&sandbox, "POST", "webhook_endpoints", "url=https://a.example&enabled_events[]=*", &key);
    let again = send(&sandbox, "POST", "webhook_endpoints", "url=https://a.example&enabled_events[]=*", &key);
    assert_eq!((first.status, &first.body), (200, &again.body));
    assert!(again.headers.contains(&("idempotent-replayed".into(), "true".into())));
    assert!(first.body.as_ref().is_some_and(|body| body["secret"].is_string()));
    let other = send(&sandbox, "POST", "webhook_endpoints", "url=https://b.example&enabled_events[]=*", &key);
    assert_eq!(no(&other), (400, "idempotency_error".into(), String::new()));
    // What was refused for what it says may be sent again.
    let bad = send(&sandbox, "POST", "products", "nam=Pro", &[("idempotency-key", "k2")]);
    assert_eq!(no(&bad), (400, "parameter_unknown".into(), "nam".into()));
    assert_eq!(send(&sandbox, "POST", "products", "name=Pro", &[("idempotency-key", "k2")]).status, 200);
    sandbox.set_time(start + SignedDuration::from_hours(25));
    let late = send(&sandbox, "POST", "webhook_endpoints", "url=https://a.example&enabled_events[]=*", &key);
    assert_ne!(late.body, first.body, "after a day a key is forgotten");
}

#[test]
fn a_lookup_key_is_one_prices_alone_until_it_is_given_away() {
    let sandbox = sandbox();
    post(&sandbox, "products", "id=pro&name=Pro");
    let price = "product=pro&currency=EUR&unit_amount=1900&lookup_key=pro_monthly&recurring[interval]=month";
    let first = post(&sandbox, "prices", price);
    assert_eq!(
        (&first["currency"], &first["unit_amount_decimal"], &first["type"]),
        (&json!("eur"), &json!("1900"), &json!("recurring"))
    );
    let first = first["id"].as_str().expect("an id");
    assert_eq!(
        no(&send(&sandbox, "POST", "prices", price, &[])),
        (400, "invalid_request_error".into(), "lookup_key".into())
    );
    // An archived price keeps its key.
    post(&sandbox, &format!("prices/{first}"), "active=false");
    assert_eq!(send(&sandbox, "POST", "prices", price, &[]).status, 400);
    let second = post(&sandbox, "prices", &format!("{price}&transfer_lookup_key=true"));
    let found = send(&sandbox, "GET", "prices?lookup_keys[]=pro_monthly", "", &[]).body.expect("a list");
    assert_eq!((&found["data"][0]["id"], &found["data"][1]), (&second["id"], &Value::Null));
    assert_eq!(
        send(&sandbox, "GET", &format!("prices/{first}"), "", &[]).body.expect("a price")["lookup_key"],
        Value::Null
    );
    // What it costs cannot be changed, and what has prices cannot be deleted.
    let dearer = send(&sandbox, "POST", &format!("prices/{first}"), "unit_amount=2000", &[]);
    assert_eq!(no(&dearer), (400, "parameter_unknown".into(), "unit_amount".into()));
    assert_eq!(send(&sandbox, "DELETE", "products/pro", "", &[]).status, 400);
}

#[test]
fn lists_go_on_after_a_row_and_the_newest_is_first() {
    let sandbox = sandbox();
    for n in 0..25 {
        post(&sandbox, "products", &format!("id=p{n}&name=Product+{n}"));
    }
    let page = |query: &str| {
        let body = send(&sandbox, "GET", &format!("products{query}"), "", &[]).body.expect("a list");
        let ids: Vec<String> = body["data"]
            .as_array()
            .expect("rows")
            .iter()
            .map(|row| row["id"].as_str().expect("an id").into())
            .collect();
        (ids, body["has_more"] == true)
    };
    assert_eq!(page("?limit=2"), (vec!["p24".into(), "p23".into()], true));
    assert_eq!(page("?limit=2&starting_after=p1"), (vec!["p0".into()], false));
    assert_eq!(page("?limit=2&ending_before=p22"), (vec!["p24".into(), "p23".into()], false));
    assert_eq!(page("").0.len(), 10);
    let missing = send(&sandbox, "GET", "products?starting_after=nobody", "", &[]);
    assert_eq!(no(&missing), (400, "resource_missing".into(), "starting_after".into()));
    assert_eq!(send(&sandbox, "GET", "products?limit=101", "", &[]).status, 400);
}

#[test]
fn what_is_not_there_or_not_allowed_is_said() {
    let sandbox = sandbox();
    post(&sandbox, "products", "id=pro&name=Pro&metadata[a]=1&metadata[b]=2");
    for (method, path, form, wanted) in [
        ("GET", "prices/price_1", "", (404, "resource_missing", "id")),
        ("POST", "products", "id=pro&name=Pro", (400, "resource_already_exists", "id")),
        ("POST", "products", "id=x", (400, "parameter_missing", "name")),
        ("POST", "products", "name=X&description=", (400, "parameter_invalid_empty", "description")),
        ("POST", "prices", "product=x&currency=eur&unit_amount=1", (400, "resource_missing", "product")),
        ("POST", "coupons", "duration=once", (400, "parameter_missing", "")),
        ("POST", "coupons", "duration=once&percent_off=10&amount_off=5", (400, "invalid_request_error", "")),
        ("POST", "coupons", "duration=repeating&percent_off=10", (400, "invalid_request_error", "duration_in_months")),
        (
            "POST",
            "promotion_codes",
            "promotion[type]=coupon&promotion[coupon]=X",
            (400, "resource_missing", "promotion[coupon]"),
        ),
        ("DELETE", "tax_rates/x", "", (404, "resource_missing", "id")),
        ("GET", "prizes", "", (404, "invalid_request_error", "")),
    ] {
        let reply = send(&sandbox, method, path, form, &[]);
        let (status, code, param) = wanted;
        assert_eq!(no(&reply), (status, code.into(), param.into()), "{method} {path} {form}");
        assert!(reply.headers.iter().any(|(name, _)| name == "request-id"));
    }
    let merged = post(&sandbox, "products/pro", "metadata[a]=&metadata[c]=3&description=Ours");
    assert_eq!((&merged["metadata"], &merged["description"]), (&json!({ "b": "2", "c": "3" }), &json!("Ours")));
    assert_eq!(post(&sandbox, "products/pro", "description=&metadata=")["description"], Value::Null);
    let old = send(&sandbox, "GET", "products", "", &[("stripe-version", "latest")]);
    assert_eq!(old.status, 400);
}

#[test]
fn a_code_ends_with_its_coupon_and_its_letters_are_free_then() {
    let sandbox = sandbox();
    post(&sandbox, "coupons", "id=LAUNCH&percent_off=20&duration=once&max_redemptions=5");
    let code = "promotion[type]=coupon&promotion[coupon]=LAUNCH&code=FRIENDS";
    let first = post(&sandbox, "promotion_codes", code);
    let twice = send(&sandbox, "POST", "promotion_codes", &code.replace("FRIENDS", "friends"), &[]);
    assert_eq!(no(&twice), (400, "invalid_request_error".into(), "code".into()));
    assert_eq!(
        send(&sandbox, "DELETE", "coupons/LAUNCH", "", &[]).body,
        Some(json!({ "id": "LAUNCH", "object": "coupon", "deleted": true }))
    );
    let first = format!("promotion_codes/{}", first["id"].as_str().expect("an id"));
    assert_eq!(send(&sandbox, "GET", &first, "", &[]).body.expect("a code")["active"], false);
    post(&sandbox, "coupons", "id=LAUNCH&percent_off=25&duration=once");
    assert_eq!(send(&sandbox, "POST", &first, "active=true", &[]).status, 400);
    post(&sandbox, "promotion_codes", code);
}
