//! The world itself: what it can do to a deploy, and that the bench sees it.

use plg_sandbox::Faults;
use plg_test::{Damage, Ended, Operation, Points, World, bench, request};
use serde_json::{Value, json};
use std::time::Duration;

plg::stack! {
    name: "little",
    stages: { local: sandbox, staging: sandbox },
    /// Where a customer stands.
    attribute Phase { on: companies, slug: "phase", holds: select { Trial, Paying } }
    /// Who is told.
    webhook Changes { url: "https://example.com/changes", on: [companies.created] }
    /// Somebody came.
    event SignedUp { name: "signed_up" }
    /// Who came lately.
    cohort Newcomers { all: [did(SignedUp, within: 7 days)] }
    /// What we look at.
    dashboard Growth {}
    /// How many came.
    insight Signups { on: [Growth], shows: trend [SignedUp] }
}

const FIRST: Operation = Operation { stack: &STACK, stage: "local", destroy: false };
const DASHBOARDS: &str = "/api/projects/12345/dashboards/";

fn world() -> World {
    World::inhabited(3).expect("a temporary folder can be made")
}

fn dashboards(world: &World) -> usize {
    let body = request(world.sandbox(), "GET", DASHBOARDS, &Value::Null).body.unwrap_or_default();
    body["results"].as_array().map_or(0, |rows| rows.iter().filter(|row| row["name"] == "Growth").count())
}

/// The number of the write that makes the dashboard, in the order in which the server receives them.
fn write_of_dashboard() -> u64 {
    let is_dashboard = |nth: &u64| match world().run_until_received(&FIRST, *nth) {
        Ended::Died(place) => place.starts_with("while POST /api/projects/12345/dashboards/"),
        _ => false,
    };
    (0..20).find(is_dashboard).expect("it is one of the first")
}

#[test]
fn a_write_outlives_its_client_and_arrives_when_its_time_has_come() {
    let nth = write_of_dashboard();
    for (outlive, arrives) in [(None, 0), (Some(Duration::from_secs(9)), 1)] {
        let mut world = world();
        world.set_outlive(outlive);
        let began = world.now();
        let Ended::Died(place) = world.run_until_received(&FIRST, nth) else { panic!("it did not die") };
        assert!(place.starts_with("while POST /api/projects/12345/dashboards/"), "{place}");
        assert_eq!(dashboards(&world), 0);
        let fork = world.fork(1);
        world.pass(Duration::from_secs(8));
        assert_eq!(dashboards(&world), 0);
        world.pass(Duration::from_secs(2));
        assert_eq!(dashboards(&world), arrives);
        assert!(world.now().duration_since(began) >= jiff::SignedDuration::from_secs(10));
        assert_eq!(dashboards(&fork), 0, "a fork has its own time");
        fork.pass(Duration::from_secs(10));
        assert_eq!(dashboards(&fork), arrives);
    }
}

#[test]
fn what_is_given_up_takes_its_time_and_arrives_later() {
    let world = world();
    let began = world.now();
    world.set_late(write_of_dashboard(), Duration::from_secs(500));
    let _ = world.run(&FIRST);
    assert!(world.now().duration_since(began) >= jiff::SignedDuration::from_secs(60), "an answer was waited for");
    let before = dashboards(&world);
    world.pass(Duration::from_secs(500));
    assert_eq!(dashboards(&world), before + 1);
}

#[test]
fn a_wait_of_ten_minutes_takes_no_time() {
    let world = world();
    let rules = json!({ "rules": [{ "match": { "method": "POST" }, "times": 1, "do": { "retry_after": 600 } }] });
    world.sandbox().set_faults(serde_json::from_value::<Faults>(rules).expect("it is a rule"));
    let began = world.now();
    assert_eq!(world.run(&FIRST).worked(), Ok(()));
    assert!(world.now().duration_since(began) >= jiff::SignedDuration::from_secs(600));
    assert!(world.waited() >= Duration::from_secs(600));
}

#[test]
fn files_are_damaged_as_they_are_asked_to_be() {
    let world = world();
    assert_eq!(world.run(&FIRST).worked(), Ok(()));
    let (state, journal) = world.files();
    world.damage_journal(&Damage::Zeroed);
    world.damage_state(&Damage::Cut(500));
    let (half, zeros) = world.files();
    assert_eq!(half.map(|bytes| bytes.len()), state.map(|bytes| bytes.len() / 2));
    assert_eq!(zeros, journal.map(|bytes| vec![0; bytes.len()]));
}

#[test]
fn the_bench_has_a_row_for_each_trouble() {
    let report = bench(&STACK).points(Points::About(1)).report();
    let names: Vec<&str> = report.rows.iter().map(|row| row.operation.as_str()).collect();
    let late = ["late commits", "late commits, something else since"];
    let adopted = ["adopt, then destroy", "adopt, adopt again, then destroy", "destroy what was adopted"];
    let operations = ["create", "update", "destroy", "create again"];
    let all = [operations.as_slice(), &adopted, &late, &["lists", "answers", "memory"]].concat();
    assert_eq!(names, all);
    assert!(report.rows.iter().all(|row| row.tried > 0), "{report}");
    let short = bench(&STACK).points(Points::About(1)).world(false).report();
    assert_eq!(short.rows.len(), 7);
}

/// Prints the rows of a small stack: `PLG_POINTS=all cargo test -p plg-test --test world whole -- --nocapture`
#[test]
fn nothing_is_lost_in_the_whole_world() {
    println!("{}", bench(&STACK).run());
}
