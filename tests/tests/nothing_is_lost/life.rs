//! Each step of an experiment's life, and a death in the deploy that takes it: after each write that reached its server, and
//! at some instants besides, with `PLG_POINTS=all` at every one. The next deploy brings the experiment where it is wanted, and
//! nothing is done to it twice.

use crate::small::settles;
use plg_core::Stack;
use plg_test::{Ended, Operation, World};
use serde_json::{Value, json};
use std::time::Duration;

macro_rules! life {
    ($name:ident, $($state:tt)*) => {
        mod $name {
            plg::stack! {
                name: "life",
                stages: { local: sandbox },

                feature_flag Guide { key: "guide", rollout: 10%, variants: { control: 50%, test: 50% } }
                experiment GuideTest { flag: Guide, $($state)* }
            }
        }
    };
}

life!(draft, state: draft);
life!(running, state: running);
life!(paused, state: paused);
life!(stopped, state: stopped, conclusion: won);
life!(shipped, state: stopped, conclusion: won, ship: { variant: "test", to_everybody: true });

const fn operation(stack: &'static Stack) -> Operation {
    Operation { stack, stage: "local", destroy: false }
}

/// Each step: what was deployed before it, what is deployed, where the experiment is then, whether its flag is on, and
/// how many condition sets that has.
type Step = (&'static str, Option<&'static Stack>, &'static Stack, &'static str, bool, usize);

const STEPS: &[Step] = &[
    ("launch", Some(&draft::STACK), &running::STACK, "running", true, 1),
    ("pause", Some(&running::STACK), &paused::STACK, "paused", false, 1),
    ("resume", Some(&paused::STACK), &running::STACK, "running", true, 1),
    ("end", Some(&running::STACK), &stopped::STACK, "stopped", true, 1),
    ("ship later", Some(&stopped::STACK), &shipped::STACK, "stopped", true, 2),
    ("end and ship", Some(&running::STACK), &shipped::STACK, "stopped", true, 2),
    ("launch and pause", Some(&draft::STACK), &paused::STACK, "paused", false, 1),
    ("all of it", None, &shipped::STACK, "stopped", true, 2),
];

/// The only row of a list.
fn only(world: &World, list: &str) -> Value {
    let path = format!("/api/projects/12345/{list}/");
    let answer = plg_test::request(world.sandbox(), "GET", &path, &Value::Null).body.unwrap_or_default();
    let rows = answer["results"].as_array().cloned().unwrap_or_default();
    assert_eq!(rows.len(), 1, "{list}: {answer}");
    rows[0].clone()
}

/// Deploys it once more, and holds that it is what is wanted, once.
fn brought_there(world: &World, (_, _, stack, status, is_on, sets): &Step, story: &str) {
    let wanted = operation(stack);
    let launched = dates(world);
    assert_eq!(world.run(&wanted).worked(), Ok(()), "{story}");
    // What is remembered of the flag is what was deployed: what was shipped is the experiment's.
    let mut lost = world.losses(&wanted);
    lost.retain(|lost| *sets == 1 || !lost.starts_with("feature_flag.Guide is remembered with "));
    assert_eq!(lost, [""; 0], "{story}");
    let (experiment, flag) = (only(world, "experiments"), only(world, "feature_flags"));
    assert_eq!((&experiment["status"], &flag["active"]), (&json!(status), &json!(is_on)), "{story}");
    // Each time that a variant is shipped to everybody, another condition set comes before the others.
    assert_eq!(flag["filters"]["groups"].as_array().map(Vec::len), Some(*sets), "{story}: {flag}");
    let conclusion = if *status == "stopped" { json!("won") } else { Value::Null };
    assert_eq!(experiment["conclusion"], conclusion, "{story}");
    // What was launched or ended before it died was not launched or ended again.
    for (date, before) in ["start_date", "end_date"].iter().zip(launched) {
        assert!(before.is_null() || experiment[*date] == before, "{story}: {date} {before} {experiment}");
    }
    let plan = world.plan(&wanted).expect("it can be planned");
    let steps: Vec<&str> = plan.steps.iter().filter(|step| step.writes()).map(|step| step.address.as_str()).collect();
    assert_eq!(steps, [""; 0], "{story}");
}

/// When the experiment was launched and ended, as far as it is there and was.
fn dates(world: &World) -> [Value; 2] {
    let path = "/api/projects/12345/experiments/";
    let answer = plg_test::request(world.sandbox(), "GET", path, &Value::Null).body.unwrap_or_default();
    ["start_date", "end_date"].map(|date| answer["results"][0][date].clone())
}

#[test]
fn an_experiment_is_launched_paused_ended_and_shipped_once_whenever_plg_dies() {
    for step in STEPS {
        let (name, before, stack, ..) = step;
        let world = World::new(11).expect("a temporary folder can be made");
        if let Some(before) = before {
            // A draft comes first, as what runs is made of it.
            settles(&world, &operation(&draft::STACK), name);
            settles(&world, &operation(before), name);
        }
        world.pass(Duration::from_secs(60));
        let whole = world.fork(0);
        brought_there(&whole, step, name);
        let undisturbed = world.fork(0);
        assert_eq!(undisturbed.run(&operation(stack)).worked(), Ok(()), "{name}");
        let (instants, writes) = (undisturbed.passed(), undisturbed.received());
        assert!(writes > 0, "{name}");
        let apart =
            if std::env::var("PLG_POINTS").is_ok_and(|points| points == "all") { 1 } else { (instants / 6).max(1) };
        for instant in (0..instants).step_by(usize::try_from(apart).unwrap_or(1)) {
            let dying = world.fork(instant);
            let _ = dying.run_until(&operation(stack), Some(instant));
            dying.pass(Duration::from_secs(60));
            brought_there(&dying, step, &format!("{name}, dead at {instant} of {instants}"));
        }
        // The server finishes what it has received, and nobody is there to be told.
        for write in 0..writes {
            let mut dying = world.fork(1000 + write);
            dying.set_outlive(Some(Duration::from_secs(2)));
            let ended = dying.run_until_received(&operation(stack), write);
            assert!(matches!(ended, Ended::Died(_)), "{name} {write}");
            dying.pass(Duration::from_secs(60));
            brought_there(&dying, step, &format!("{name}, dead after write {write} of {writes}"));
        }
    }
}
