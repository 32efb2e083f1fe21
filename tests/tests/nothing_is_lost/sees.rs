//! The bench itself: what is lost, twice or touched is seen.

use crate::small::{FIRST, GONE, settles, world};
use plg_sandbox::Sandbox;
use plg_test::request;
use serde_json::{Value, json};

const DASHBOARDS: &str = "/api/projects/12345/dashboards/";

fn make(sandbox: &Sandbox, name: &str) -> Value {
    request(sandbox, "POST", DASHBOARDS, &json!({ "name": name })).body.expect("it is made")
}

#[test]
fn what_is_twice_missing_changed_or_left_over() {
    let mut world = world();
    let foreign = make(world.sandbox(), "Somebody's");
    world.is_foreign();
    settles(&world, &FIRST, "made");

    let twice = world.fork(0);
    make(twice.sandbox(), "Growth");
    let losses = twice.losses(&FIRST);
    assert!(losses.iter().any(|l| l.starts_with("dashboard.Growth is there twice")), "{losses:?}");

    let orphan = world.fork(0);
    make(orphan.sandbox(), "Nobody's");
    let losses = orphan.losses(&FIRST);
    assert!(losses.iter().any(|l| l.ends_with("is there, and nobody remembers it")), "{losses:?}");

    let touched = world.fork(0);
    let path = format!("{DASHBOARDS}{}/", foreign["id"]);
    let _ = request(touched.sandbox(), "PATCH", &path, &json!({ "name": "Ours now" }));
    let losses = touched.losses(&FIRST);
    assert!(losses.iter().any(|l| l.starts_with("somebody else's posthog.dashboards")), "{losses:?}");

    let missing = world.fork(0);
    let list = request(missing.sandbox(), "GET", DASHBOARDS, &Value::Null).body.unwrap_or_default();
    let rows = list["results"].as_array().cloned().unwrap_or_default();
    let ours = rows.iter().find(|d| d["name"] == "Growth").expect("it is there");
    let _ = request(missing.sandbox(), "PATCH", &format!("{DASHBOARDS}{}/", ours["id"]), &json!({ "deleted": true }));
    let losses = missing.losses(&FIRST);
    assert!(losses.iter().any(|l| l.starts_with("a second plan is not empty: Revive dashboard.Growth")), "{losses:?}");
    assert!(losses.iter().any(|l| l.starts_with("dashboard.Growth is remembered as")), "{losses:?}");

    let (state, _) = world.memory(&FIRST).unwrap();
    assert!(world.leftovers(&state).iter().any(|l| l.starts_with("dashboard.Growth")), "nothing was destroyed yet");
    assert_eq!(world.run(&GONE).worked(), Ok(()));
    assert_eq!(world.leftovers(&state), Vec::<String>::new());
}
