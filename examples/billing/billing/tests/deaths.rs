//! Deploys of the whole stack that are killed at any instant, and what the world does to them.

mod common;

use billing::STACK;
use plg::test::{LedgerTable, Points, bench};
use plg_sandbox::Sandbox;
use plg_stripe_sandbox::StripeSandbox;
use serde_json::Value;

fn is_inactive(row: &Value) -> bool {
    row["active"] == false
}

fn is_never_gone(_: &Value) -> bool {
    false
}

/// What may neither be lost nor there twice.
const TABLES: &[LedgerTable] = &[
    LedgerTable {
        table: "stripe.products",
        named: "id",
        fields: &["name", "description", "metadata"],
        is_gone: is_inactive,
    },
    LedgerTable {
        table: "stripe.prices",
        named: "lookup_key",
        fields: &["unit_amount", "recurring"],
        is_gone: is_inactive,
    },
    LedgerTable { table: "stripe.coupons", named: "id", fields: &["percent_off", "duration"], is_gone: is_never_gone },
    LedgerTable { table: "stripe.promotion_codes", named: "code", fields: &["restrictions"], is_gone: is_inactive },
    LedgerTable { table: "stripe.tax_rates", named: "display_name", fields: &["percentage"], is_gone: is_inactive },
    LedgerTable {
        table: "stripe.webhook_endpoints",
        named: "url",
        fields: &["enabled_events"],
        is_gone: is_never_gone,
    },
];

/// Somebody else sells something in the same account.
fn strangers(sandbox: &Sandbox) {
    let stripe = common::StripeAccount::new(sandbox);
    stripe.post("products", "id=theirs&name=Theirs");
    stripe.post("prices", "product=theirs&currency=eur&unit_amount=100&lookup_key=theirs");
    stripe.post("coupons", "id=THEIRS&percent_off=5&duration=once");
    stripe.post("promotion_codes", "promotion[type]=coupon&promotion[coupon]=THEIRS&code=THEIRS");
    stripe.post("tax_rates", "display_name=VAT&percentage=20&inclusive=false&country=FR");
    stripe.post("webhook_endpoints", "url=https://theirs.example/&enabled_events[]=invoice.paid");
}

/// Everything that is replaced in Stripe when it changes, at once.
fn dearer(address: &str, fields: &mut plg::Terms) {
    match address {
        "price.ProMonthly" | "price.ProYearly" => drop(fields.insert("unit_amount_decimal", "2400")),
        "coupon.Launch" => drop(fields.insert("percent_off", 25)),
        "tax_rate.GermanVat" => drop(fields.insert("percentage", 20)),
        _ => {}
    }
}

#[test]
fn nothing_is_lost_and_nothing_is_there_twice() {
    let dearer = plg::test::variant(&STACK, "local", |_| true, dearer);
    let report = bench(&STACK)
        .mount(StripeSandbox)
        .strangers(strangers)
        .tables(TABLES)
        .then("replace prices, a coupon and a tax rate", dearer)
        .points(Points::About(30))
        .run();
    println!("{report}");
    assert!(report.tried() > 100, "{report}");
}
