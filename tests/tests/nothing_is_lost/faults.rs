//! Answers that do not come, come late, or say something else: settled within the same run.

use crate::small::{FIRST, GONE, second, settles, world};
use plg_runtime::apply::Why;
use plg_runtime::exit::Exit;
use plg_sandbox::{ApiToken, Faults, Rule, Settings};
use plg_test::{Ended, Operation, Points, World, request};
use serde_json::{Value, json};
use std::time::Duration;

fn rules(world: &World, rules: Value) {
    let rules: Vec<Rule> = serde_json::from_value(rules).expect("the rules are rules");
    world.sandbox().set_faults(Faults { rules, ..Faults::default() });
}

/// What can happen to one request, each with its name.
fn faults() -> Vec<(&'static str, Value)> {
    vec![
        ("429, seconds", json!({ "status": 429, "headers": { "retry-after": "7" } })),
        (
            "429, a date",
            json!({ "status": 429, "headers": {
                "retry-after": "Tue, 23 May 2023 14:42:08 GMT", "date": "Tue, 23 May 2023 14:42:01 GMT" } }),
        ),
        ("500 before the commit", json!({ "status": 500 })),
        ("503 after the commit", json!({ "status": 503, "after": true })),
        ("cut before the commit", json!({ "cut": "before" })),
        ("cut after the commit", json!({ "cut": "after" })),
        ("half a body", json!({ "cut": "half_body" })),
        ("no JSON", json!({ "malformed": true })),
        ("another JSON", json!({ "body": { "what": "is this" } })),
        ("no answer in time, before the commit", json!({ "cut": "before", "delay_ms": 60_000 })),
        ("no answer in time, after the commit", json!({ "delay_ms": 60_000 })),
    ]
}

/// Every write of an operation meets every fault (a quarter of them, unless all points are tried), and the operation comes to its end all the same.
fn each_write_meets_each_fault(from: &World, operation: &Operation) {
    let undisturbed = from.fork(0);
    undisturbed.sandbox().reset_stats();
    assert_eq!(undisturbed.run(operation).worked(), Ok(()));
    let log = undisturbed.sandbox().log();
    let every = Points::from_environment() == Some(Points::All);
    for method in ["POST", "PATCH", "DELETE"] {
        let count = log.iter().filter(|l| l.method == method).count();
        for nth in 0..count {
            for (place, (name, act)) in faults().into_iter().enumerate() {
                if !every && !(place + nth).is_multiple_of(4) {
                    continue;
                }
                let world = from.fork(0);
                rules(&world, json!([{ "match": { "method": method, "nth": nth }, "times": 1, "do": act }]));
                let story = format!("{name}, at {method} number {nth}");
                // What a 2xx says with a body that is none is unknown, and looked up.
                settles(&world, operation, &story);
                assert_eq!(world.sandbox().faults().rules[0].hit, 1, "{story}");
                if name.starts_with("429") {
                    assert!(world.waited() >= Duration::from_secs(7), "{story}: {:?}", world.waited());
                }
            }
        }
    }
}

#[test]
fn while_it_is_made() {
    each_write_meets_each_fault(&world(), &FIRST);
}

#[test]
fn while_it_is_changed_and_replaced() {
    let deployed = world();
    settles(&deployed, &FIRST, "the first version");
    each_write_meets_each_fault(&deployed, &second());
}

#[test]
fn while_it_is_removed() {
    let deployed = world();
    settles(&deployed, &FIRST, "the first version");
    each_write_meets_each_fault(&deployed, &GONE);
}

#[test]
fn while_it_is_looked_at() {
    for (name, act) in faults() {
        let world = world();
        settles(&world, &FIRST, name);
        // Every tenth list fails in that way, however often it is asked for again.
        let rule = |nth: u64| json!({ "match": { "method": "GET", "nth": nth }, "times": 1, "do": act });
        rules(&world, (0..40).step_by(10).map(rule).collect());
        if name == "another JSON" {
            assert!(matches!(world.run(&second()), Ended::Refused(_)), "an answer without its list is no empty list");
            world.sandbox().set_faults(Faults::default());
        }
        settles(&world, &second(), name);
    }
}

#[test]
fn a_request_that_arrives_after_it_was_given_up() {
    let undisturbed = world();
    undisturbed.sandbox().reset_stats();
    assert_eq!(undisturbed.run(&FIRST).worked(), Ok(()));
    let stats = undisturbed.sandbox().stats();
    for nth in 0..stats.writes() {
        let world = world();
        world.set_late(nth, Duration::from_secs(3));
        settles(&world, &FIRST, &format!("write {nth} arrives three seconds late"));
    }
    // Later than any API may take, when another one was sent in its place long ago: what has nothing but its name is
    // there twice then, and every later plan says so.
    let wanted = undisturbed.ledger();
    let mut doubled = Vec::new();
    for nth in 0..stats.writes() {
        let world = world();
        world.set_late(nth, Duration::from_secs(300));
        settles(&world, &FIRST, &format!("write {nth} arrives five minutes late"));
        world.pass(Duration::from_secs(300));
        let verdict = world.ledger().against(&wanted);
        assert_eq!(verdict.lost, Vec::<String>::new(), "write {nth}");
        assert!(world.plan(&FIRST).is_ok(), "write {nth}");
        assert!(verdict.doubled.is_empty() || world.told(), "write {nth}: {:?} in silence", verdict.doubled);
        doubled.extend(verdict.doubled);
    }
    assert!(doubled.iter().any(|d| d.starts_with("posthog.cohorts `Newcomers` is there twice")), "{doubled:?}");
}

#[test]
fn a_request_that_arrives_after_the_deploy_is_named_by_every_plan() {
    let undisturbed = world();
    undisturbed.sandbox().reset_stats();
    assert_eq!(undisturbed.run(&FIRST).worked(), Ok(()));
    let stats = undisturbed.sandbox().stats();
    let mut named = Vec::new();
    for nth in 0..stats.writes() {
        let world = world();
        // It is under way until the end, and ends with the process.
        world.set_late(nth, Duration::from_secs(100_000));
        assert_eq!(world.run(&FIRST).worked(), Ok(()), "write {nth}");
        let (state, _) = world.memory(&FIRST).unwrap();
        let Some(watched) = state.watched.into_iter().next() else { continue };
        let address = watched.address.clone();
        named.push(address.clone());
        let (list, gone) = match watched.kind.as_str() {
            "cohort" => ("cohorts", json!({ "deleted": true })),
            "dashboard" => ("dashboards", json!({ "deleted": true })),
            _ => continue,
        };
        let path = format!("/api/projects/12345/{list}/");
        let made = request(world.sandbox(), "POST", &path, &json!(watched.fields));
        assert_eq!(made.status, 201, "{made:?}");
        let id = made.body.expect("it is made")["id"].clone();
        let says = |world: &World| {
            let plan = world.plan(&FIRST).unwrap();
            assert!(!plan.changes() && !plan.remembers(), "it stays as it is");
            plan.late.iter().filter(|late| late.address == address).map(|late| late.id.clone()).collect::<Vec<_>>()
        };
        let says_both = says(&world);
        assert_eq!(says_both, [id.to_string()]);
        let removed = request(world.sandbox(), "PATCH", &format!("{path}{id}/"), &gone);
        assert_eq!(removed.status, 200, "{removed:?}");
        assert!(says(&world).is_empty(), "once it is gone, nothing is said any more");
    }
    for address in ["cohort.Newcomers", "dashboard.Growth", "webhook.Changes"] {
        assert!(named.iter().any(|n| n == address), "{address} is not among {named:?}");
    }
    assert!(!named.iter().any(|n| n.starts_with("feature_flag")), "a key is there once: {named:?}");
}

#[test]
fn fields_that_nobody_knows_change_nothing() {
    let world = world();
    world.add_unknown_fields();
    settles(&world, &FIRST, "made");
    settles(&world, &second(), "changed");
    settles(&world, &GONE, "removed");
}

#[test]
fn a_server_that_is_down_for_long_is_no_loss() {
    for act in [json!({ "status": 502 }), json!({ "status": 502, "after": true }), json!({ "cut": "after" })] {
        let world = world();
        rules(&world, json!([{ "match": { "method": "POST", "nth": 3 }, "do": act }]));
        // What arrives all the same is found by looking.
        let arrives = act != json!({ "status": 502 });
        assert_eq!(world.run(&FIRST).worked().is_ok(), arrives, "{act}");
        world.sandbox().set_faults(Faults::default());
        settles(&world, &FIRST, &act.to_string());
    }
}

#[test]
fn a_key_that_is_revoked_on_the_way() {
    let keys = |active: bool| {
        let token = ApiToken { active, ..ApiToken::default() };
        Settings { tokens: Some([("key".to_owned(), token)].into()), ..Settings::default() }
    };
    let whole = world();
    assert_eq!(whole.run(&FIRST).worked(), Ok(()));
    for at in (0..whole.passed()).step_by(7) {
        let world = world();
        world.sandbox().set_settings(keys(true)).unwrap();
        let ended = world.run_beside(&FIRST, at, move |sandbox| sandbox.set_settings(keys(false)).unwrap());
        match ended {
            Ended::Refused(error) => assert_eq!(error.exit(), Exit::Credentials, "instant {at}: {error}"),
            Ended::Done(done) => {
                let refused = |why: &Why| matches!(why, Why::Remote(f) if f.status == Some(401));
                assert!(done.1.failed.iter().all(|f| refused(&f.why)), "instant {at}: {:?}", done.1.failed);
            }
            Ended::Died(place) => panic!("nobody killed it, and it died {place}"),
        }
        world.sandbox().set_settings(keys(true)).unwrap();
        let ended = world.run(&FIRST);
        assert_eq!(ended.worked(), Ok(()), "instant {at}");
    }
}
