//! One life of the stack: deployed, changed, bent by people, removed.

mod common;

use billing::STACK;
use common::StripeAccount;
use plg::test::{Ended, Operation, World, variant};
use plg::{Stack, Terms};
use plg_runtime::plan::{Change, Plan};
use plg_sandbox::Sandbox;
use plg_stripe_sandbox::StripeSandbox;
use serde_json::{Value, json};
use std::time::Duration;

const DEPLOY: Operation = Operation { stack: &STACK, stage: "local", destroy: false };
const DESTROY: Operation = Operation { destroy: true, ..DEPLOY };

fn world() -> World {
    World::served(Sandbox::builder().mount(StripeSandbox), 1).expect("a folder for a key")
}

fn deployed() -> World {
    let world = world();
    worked(&world, &DEPLOY);
    world
}

/// Does it, and has to have nothing left to do and nothing lost.
fn worked(world: &World, operation: &Operation) -> Plan {
    let ended = world.run(operation);
    ended.worked().unwrap_or_else(|why| panic!("{why}"));
    assert_eq!(world.losses(operation), Vec::<String>::new());
    match ended {
        Ended::Done(done) => done.0,
        other => panic!("{other:?}"),
    }
}

/// The same stack with other fields.
fn otherwise(edit: impl Fn(&str, &mut Terms)) -> Operation {
    let stack: &'static Stack = variant(&STACK, "local", |_| true, edit);
    Operation { stack, ..DEPLOY }
}

/// What a plan does in Stripe, with what it says beside each.
fn steps(plan: &Plan) -> Vec<(String, Change, Vec<String>)> {
    let of_stripe = plan.steps.iter().filter(|step| step.provider == "Stripe" && step.change != Change::Unchanged);
    of_stripe.map(|step| (step.address.clone(), step.change, step.means.clone())).collect()
}

#[test]
fn a_deploy_makes_what_is_declared_and_another_one_has_nothing_to_do() {
    let world = deployed();
    let stripe = StripeAccount::new(world.sandbox());
    let pro = stripe.one("products", "id", "pro");
    assert_eq!(
        (&pro["name"], &pro["description"], &pro["metadata"]),
        (&json!("Pro"), &json!("Everything for a team."), &json!({ "tier": "2" }))
    );
    let monthly = stripe.one("prices", "lookup_key", "pro_monthly");
    assert_eq!(
        (&monthly["product"], &monthly["unit_amount"], &monthly["currency"]),
        (&json!("pro"), &json!(1_900), &json!("eur"))
    );
    assert_eq!(stripe.list("coupons").len(), 1);
    assert_eq!(stripe.one("promotion_codes", "code", "FRIENDS")["promotion"]["coupon"], "LAUNCH");
    assert_eq!(stripe.one("tax_rates", "display_name", "MwSt.")["percentage"], 19.0);
    let plan = world.plan(&DEPLOY).expect("a plan");
    assert!(!plan.changes() && !plan.remembers(), "{plan:?}");
}

#[test]
fn a_price_that_is_declared_otherwise_is_a_new_one_that_takes_the_key_over() {
    let world = deployed();
    let stripe = StripeAccount::new(world.sandbox());
    let old = stripe.one("prices", "lookup_key", "pro_monthly");
    let dearer = otherwise(|address, fields| {
        if address == "price.ProMonthly" {
            fields.insert("unit_amount_decimal", "2400");
        }
    });
    let plan = worked(&world, &dearer);
    let order = "the new one is made first and takes the key over, then the old one is archived";
    let kept = "lost: nothing that was sold: subscriptions stay on the old price until somebody moves them";
    let means = vec![order.to_owned(), kept.to_owned()];
    assert_eq!(steps(&plan), [("price.ProMonthly".to_owned(), Change::Replace, means)]);
    let new = stripe.one("prices", "lookup_key", "pro_monthly");
    assert_eq!((&new["unit_amount"], &new["active"]), (&json!(2_400), &json!(true)));
    let old = stripe.one("prices", "id", old["id"].as_str().expect("an id"));
    assert_eq!((&old["active"], &old["lookup_key"], &old["unit_amount"]), (&json!(false), &Value::Null, &json!(1_900)));
}

#[test]
fn what_has_the_key_is_there_at_every_instant_of_a_replacement() {
    let before = deployed();
    let dearer = otherwise(|address, fields| {
        if address.starts_with("price.Pro") {
            fields.insert("unit_amount_decimal", "2400");
        }
    });
    let whole = before.fork(0);
    worked(&whole, &dearer);
    for instant in 0..whole.passed() {
        let world = before.fork(0);
        let Ended::Died(place) = world.run_until(&dearer, Some(instant)) else { continue };
        let stripe = StripeAccount::new(world.sandbox());
        let active = |world: &World| {
            let prices = StripeAccount::new(world.sandbox()).list("prices");
            prices.into_iter().filter(|price| price["active"] == true && price["lookup_key"] == "pro_monthly").count()
        };
        assert_eq!(active(&world), 1, "{place}");
        drop(stripe);
        worked(&world, &dearer);
        assert_eq!(active(&world), 1, "{place}");
        let all = StripeAccount::new(world.sandbox()).list("prices");
        assert_eq!(all.len(), 5, "{place}: a price that nobody declares is there: {all:?}");
    }
}

#[test]
fn a_create_whose_answer_is_lost_makes_nothing_twice() {
    let counts = |world: &World| {
        let stripe = StripeAccount::new(world.sandbox());
        ["products", "prices", "coupons", "promotion_codes", "tax_rates", "webhook_endpoints"]
            .map(|path| stripe.list(path).len())
    };
    let whole = deployed();
    let writes = whole.received();
    for write in 0..writes {
        for by in [Duration::from_secs(1), Duration::from_secs(50)] {
            let world = world();
            world.set_late(write, by);
            // What cannot be waited for in one run may be left to the next.
            let _ = world.run(&DEPLOY);
            worked(&world, &DEPLOY);
            world.pass(Duration::from_secs(130));
            assert_eq!(counts(&world), counts(&whole), "write {write} arrives {by:?} late");
        }
    }
}

#[test]
fn a_replacement_that_arrives_late_takes_no_key_away() {
    let before = deployed();
    let dearer = otherwise(|address, fields| {
        if address == "price.ProMonthly" {
            fields.insert("unit_amount_decimal", "2400");
        }
    });
    let whole = before.fork(0);
    worked(&whole, &dearer);
    let cases = (0..whole.received()).flat_map(|write| [1, 30].map(|seconds| (write, Duration::from_secs(seconds))));
    for (write, by) in cases {
        for (next, amount) in [(&dearer, 2_400), (&DEPLOY, 1_900)] {
            for is_dead in [true, false] {
                let mut world = before.fork(0);
                if is_dead {
                    world.set_outlive(Some(by));
                    let _ = world.run_until_received(&dearer, write);
                    world.set_outlive(None);
                } else {
                    world.set_late(write, by);
                    let _ = world.run(&dearer);
                }
                // What cannot be done in one run may be left to the next.
                let _ = world.run(next);
                world.pass(Duration::from_secs(130));
                worked(&world, next);
                let prices = StripeAccount::new(world.sandbox()).list("prices");
                let active: Vec<(&Value, &Value)> = prices
                    .iter()
                    .filter(|price| {
                        price["active"] == true
                            && price["product"] == "pro"
                            && price["recurring"]["interval"] == "month"
                    })
                    .map(|price| (&price["lookup_key"], &price["unit_amount"]))
                    .collect();
                let story = format!("write {write}, {by:?} late, its client dead: {is_dead}, then {amount}");
                assert_eq!(active, [(&json!("pro_monthly"), &json!(amount))], "{story}");
            }
        }
    }
}

#[test]
fn a_code_that_has_expired_stays_as_it_is() {
    let world = world();
    let ends = world.now().as_second() + 3_600;
    let ending = otherwise(move |address, fields| {
        if address == "promotion_code.Friends" {
            fields.insert("expires_at", ends);
        }
    });
    worked(&world, &ending);
    world.pass(Duration::from_secs(7_200));
    let plan = world.plan(&ending).expect("a plan");
    assert!(!plan.changes(), "{plan:?}");
    let said = world.said().concat();
    assert!(said.contains("it has expired, or somebody switched it off before that"), "{said}");
    worked(&world, &ending);
}

#[test]
fn what_people_change_is_brought_back_and_what_they_add_stays() {
    let world = deployed();
    let stripe = StripeAccount::new(world.sandbox());
    let price = stripe.one("prices", "lookup_key", "pro_yearly")["id"].as_str().expect("an id").to_owned();
    let rate = stripe.one("tax_rates", "display_name", "MwSt.")["id"].as_str().expect("an id").to_owned();
    let hook =
        stripe.one("webhook_endpoints", "url", "https://shop.example/stripe")["id"].as_str().expect("an id").to_owned();
    stripe.post("products/pro", "name=Professional&metadata[theirs]=yes&metadata[tier]=9");
    stripe.post(&format!("prices/{price}"), "active=false");
    stripe.post(&format!("tax_rates/{rate}"), "description=Ours");
    let gone = stripe.send("DELETE", &format!("webhook_endpoints/{hook}"), "", &[]);
    assert_eq!(gone.status, 200);

    let drift = world.plan(&DEPLOY).expect("a plan").drift();
    let found: Vec<(String, Change)> =
        steps(&drift).into_iter().map(|(address, change, _)| (address, change)).collect();
    assert_eq!(
        found,
        [
            ("product.Pro".to_owned(), Change::Update),
            ("tax_rate.GermanVat".to_owned(), Change::Update),
            ("webhook_endpoint.Invoices".to_owned(), Change::Create),
            ("price.ProYearly".to_owned(), Change::Revive),
        ]
    );
    worked(&world, &DEPLOY);
    let pro = stripe.one("products", "id", "pro");
    assert_eq!((&pro["name"], &pro["metadata"]), (&json!("Pro"), &json!({ "tier": "2", "theirs": "yes" })));
    assert_eq!(stripe.one("prices", "id", &price)["active"], true);

    // A key that is declared no more goes, and that of somebody else stays.
    let without = otherwise(|address, fields| {
        if address == "product.Pro" {
            fields.insert("metadata", json!({}));
        }
    });
    worked(&world, &without);
    assert_eq!(stripe.one("products", "id", "pro")["metadata"], json!({ "theirs": "yes" }));
}

#[test]
fn a_default_price_is_not_promised_to_be_archived() {
    let world = deployed();
    let stripe = StripeAccount::new(world.sandbox());
    let price = stripe.one("prices", "lookup_key", "pro_monthly")["id"].as_str().expect("an id").to_owned();
    stripe.post("products/pro", &format!("default_price={price}"));
    let dearer = otherwise(|address, fields| {
        if address == "price.ProMonthly" {
            fields.insert("unit_amount_decimal", "2400");
        }
    });
    let refused = world.run(&dearer).worked().expect_err("Stripe would refuse to archive it");
    assert!(refused.contains("default price of a product") && refused.contains("Pro"), "{refused}");
    stripe.post("products/pro", "default_price=");
    worked(&world, &dearer);
}

#[test]
fn everything_goes_or_is_archived_and_comes_back() {
    let world = deployed();
    let stripe = StripeAccount::new(world.sandbox());
    let before = stripe.one("prices", "lookup_key", "pro_monthly")["id"].clone();
    worked(&world, &DESTROY);
    for path in ["products", "prices", "promotion_codes", "tax_rates"] {
        let rows = stripe.list(path);
        assert!(!rows.is_empty() && rows.iter().all(|row| row["active"] == false), "{path}: {rows:?}");
    }
    for path in ["coupons", "webhook_endpoints"] {
        assert_eq!(stripe.list(path), Vec::<Value>::new(), "{path}");
    }
    worked(&world, &DEPLOY);
    assert_eq!(stripe.one("prices", "lookup_key", "pro_monthly")["id"], before, "an archived price keeps its key");
}

#[test]
fn of_several_that_are_archived_the_one_comes_back_that_can() {
    let world = deployed();
    let stripe = StripeAccount::new(world.sandbox());
    let before = stripe.one("tax_rates", "display_name", "MwSt.")["id"].clone();
    let higher = otherwise(|address, fields| {
        if address == "tax_rate.GermanVat" {
            fields.insert("percentage", 20);
        }
    });
    worked(&world, &higher);
    worked(&world, &DESTROY);
    worked(&world, &DEPLOY);
    let active: Vec<Value> = stripe.list("tax_rates").into_iter().filter(|rate| rate["active"] == true).collect();
    assert_eq!(active.len(), 1, "{active:?}");
    assert_eq!(active[0]["id"], before);
}

#[test]
fn a_coupon_that_is_declared_otherwise_takes_its_codes_along() {
    let world = deployed();
    let more = otherwise(|address, fields| {
        if address == "coupon.Launch" {
            fields.insert("percent_off", 25);
        }
    });
    let plan = worked(&world, &more);
    let done: Vec<(String, Change)> = steps(&plan).into_iter().map(|(address, change, _)| (address, change)).collect();
    assert_eq!(
        done,
        [("coupon.Launch".to_owned(), Change::Replace), ("promotion_code.Friends".to_owned(), Change::Replace)]
    );
    let stripe = StripeAccount::new(world.sandbox());
    let codes: Vec<Value> = stripe.list("promotion_codes").into_iter().filter(|code| code["active"] == true).collect();
    assert_eq!(codes.len(), 1, "{codes:?}");
    assert_eq!(stripe.one("coupons", "id", "LAUNCH")["percent_off"], 25.0);
}
