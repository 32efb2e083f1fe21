//! Somebody works in the web apps meanwhile: between the plan and the first write, and during it.

use crate::small::{FIRST, GONE, second, settles, world};
use plg_sandbox::Sandbox;
use plg_test::{Operation, Points, World, request};
use serde_json::{Value, json};

const PROJECT: &str = "/api/projects/12345";

/// The first of a PostHog list that has this name or key.
fn find(sandbox: &Sandbox, list: &str, name: &str) -> Option<Value> {
    let body = request(sandbox, "GET", &format!("{PROJECT}/{list}/?limit=200"), &Value::Null).body?;
    body["results"].as_array()?.iter().find(|r| r["name"] == name || r["key"] == name).cloned()
}

type Meddling = fn(&Sandbox);

/// What people do, each with its name.
const MEDDLING: &[(&str, Meddling)] = &[
    ("a flag is edited", |sandbox| {
        if let Some(flag) = find(sandbox, "feature_flags", "welcome") {
            let path = format!("{PROJECT}/feature_flags/{}/", flag["id"]);
            let _ = request(sandbox, "PATCH", &path, &json!({ "name": "Edited by hand", "active": false }));
        }
    }),
    ("a cohort is deleted", |sandbox| {
        if let Some(cohort) = find(sandbox, "cohorts", "Newcomers") {
            let path = format!("{PROJECT}/cohorts/{}/", cohort["id"]);
            let _ = request(sandbox, "PATCH", &path, &json!({ "deleted": true }));
        }
    }),
    ("a dashboard is deleted", |sandbox| {
        if let Some(dashboard) = find(sandbox, "dashboards", "Growth") {
            let path = format!("{PROJECT}/dashboards/{}/", dashboard["id"]);
            let _ = request(sandbox, "PATCH", &path, &json!({ "deleted": true }));
        }
    }),
    ("an attribute is made under our slug", |sandbox| {
        let data = json!({ "title": "Phase", "description": "By hand", "api_slug": "phase", "type": "select",
            "is_required": false, "is_unique": false, "is_multiselect": false, "config": {} });
        let _ = request(sandbox, "POST", "/v2/objects/companies/attributes", &json!({ "data": data }));
    }),
    ("a flag is made under our key", |sandbox| {
        let flag = json!({ "key": "welcome", "name": "By hand" });
        let _ = request(sandbox, "POST", &format!("{PROJECT}/feature_flags/"), &flag);
    }),
    ("an attribute is archived", |sandbox| {
        let data = json!({ "data": { "is_archived": true } });
        let _ = request(sandbox, "PATCH", "/v2/objects/companies/attributes/phase", &data);
    }),
    ("an option is renamed", |sandbox| {
        let path = "/v2/objects/companies/attributes/phase/options";
        let _ = request(sandbox, "PATCH", &format!("{path}/Trial"), &json!({ "data": { "title": "Tried" } }));
    }),
];

/// The run that is meddled with may fail; the next has nothing in its way, or the one after it.
fn settles_soon(world: &World, operation: &Operation, story: &str) {
    let _ = world.run(operation);
    settles(world, operation, story);
}

#[test]
fn between_the_plan_and_the_first_write() {
    let deployed = world();
    settles(&deployed, &FIRST, "the first version");
    let second = second();
    for (name, meddle) in MEDDLING {
        for (from, operation) in [(&world(), &FIRST), (&deployed, &second), (&deployed, &GONE)] {
            let world = from.fork(0);
            let _ = world.run_with(operation, meddle);
            settles_soon(&world, operation, name);
        }
    }
}

#[test]
fn during_the_writes() {
    let deployed = world();
    settles(&deployed, &FIRST, "the first version");
    let second = second();
    for (from, operation) in [(&world(), &FIRST), (&deployed, &second), (&deployed, &GONE)] {
        let undisturbed = from.fork(0);
        assert_eq!(undisturbed.run(operation).worked(), Ok(()));
        let stride = if Points::from_environment() == Some(Points::All) { 3 } else { 41 };
        for (place, (name, meddle)) in (0..).zip(MEDDLING) {
            for at in (place..undisturbed.passed()).step_by(stride) {
                let world = from.fork(0);
                let meddle = *meddle;
                let _ = world.run_beside(operation, at, meddle);
                settles_soon(&world, operation, &format!("{name}, at instant {at}"));
            }
        }
    }
}
