//! What people made stays, what plg made goes, and removals come last: as people and programs are told.

#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "all of it is tests")]

use super::ends::Desk;
use super::{event, events};
use serde_json::{Value, json};

const P: &str = "/api/projects/12345";

/// Something somebody does in the web app.
fn click(desk: &Desk, method: &str, path: &str, body: &Value) -> Value {
    let mut request = plg_sandbox::SandboxRequest::new(method, path);
    request.headers.push(("authorization".into(), "Bearer x".into()));
    request.body = if body.is_null() { Vec::new() } else { body.to_string().into_bytes() };
    let reply = desk.running.sandbox().answer(&request);
    assert!(reply.status < 300, "{method} {path}: {} {:?}", reply.status, reply.body);
    reply.body.unwrap_or_default()
}

/// Edits what is remembered, as people do.
fn edit(desk: &Desk, edit: impl FnOnce(&mut Value)) {
    let mut dump: Value = serde_json::from_str(&desk.run(&["state", "pull"]).1).unwrap();
    dump["serial"] = (dump["serial"].as_u64().unwrap() + 1).into();
    edit(&mut dump["resources"]);
    std::fs::write(desk.root.path().join("edited.json"), dump.to_string()).unwrap();
    let (code, _, err) = desk.run(&["state", "push", "edited.json", "--yes"]);
    assert_eq!(code, 0, "{err}");
}

async fn desk() -> Desk {
    let desk = Desk::slow().await;
    desk.delay(0);
    desk
}

fn step<'a>(events: &'a [Value], address: &str) -> &'a Value {
    let steps = event(events, "plan")["plan"]["steps"].as_array().unwrap();
    steps.iter().find(|step| step["address"] == address).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn destroy_leaves_what_people_made_and_says_so() {
    let desk = desk().await;
    let made = json!({ "name": "Product Metrics", "description": "made by hand in 2023" });
    let id = click(&desk, "POST", &format!("{P}/dashboards/"), &made)["id"].clone();
    let path = format!("{P}/dashboards/{id}/");
    let (code, out, err) = desk.run(&["deploy", "--yes"]);
    assert_eq!(code, 0, "{err}");
    assert!(out.contains("74 created, 0 changed, 1 adopted"), "{out}");
    let (_, out, _) = desk.run(&["history"]);
    assert!(out.contains("74 created, 0 changed, 1 adopted"), "{out}");
    let (_, out, _) = desk.run(&["history", "--json"]);
    assert_eq!(event(&events(&out), "deployed")["deployed"]["adopted"], 1, "{out}");
    let (_, out, _) = desk.run(&["state", "list", "--json"]);
    let listed = events(&out);
    let resources = event(&listed, "state")["resources"].as_array().unwrap();
    let adopted: Vec<&Value> = resources.iter().filter(|one| one["origin"] != "made").collect();
    assert_eq!(
        adopted,
        [
            &json!({ "address": "dashboard.ProductMetrics", "account": "posthog", "id": id.to_string(), "origin": "adopted" })
        ]
    );
    assert!(desk.run(&["state", "show", "dashboard.ProductMetrics"]).1.contains("\"origin\": \"adopted\""));

    let (code, out, err) = desk.run(&["destroy", "--yes"]);
    assert_eq!(code, 0, "{err}");
    assert!(out.contains(". dashboard.ProductMetrics  (it existed before plg: it stays as it is)"), "{out}");
    assert!(out.contains("1 to forget") && out.contains("1 let go"), "{out}");
    assert!(err.contains("dashboard.ProductMetrics: it existed before plg"), "{err}");
    assert_eq!(click(&desk, "GET", &path, &Value::Null)["deleted"], false);

    // What plg archived itself, and brings back, is still its own.
    assert_eq!(desk.run(&["deploy", "--yes"]).0, 0);
    let (code, out, err) = desk.run(&["destroy", "--yes", "--include-adopted", "--json"]);
    assert_eq!(code, 0, "{err}");
    let events = events(&out);
    assert_eq!(step(&events, "dashboard.ProductMetrics")["change"], "delete");
    assert_eq!(step(&events, "attribute.Mrr")["change"], "archive");
    let mut request = plg_sandbox::SandboxRequest::new("GET", &path);
    request.headers.push(("authorization".into(), "Bearer x".into()));
    assert_ne!(desk.running.sandbox().answer(&request).status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_of_unknown_origin_is_said_once_and_owned_in_one_command() {
    let desk = desk().await;
    assert_eq!(desk.run(&["deploy", "--yes"]).0, 0);
    edit(&desk, |resources| {
        for entry in resources.as_object_mut().unwrap().values_mut() {
            entry.as_object_mut().unwrap().remove("origin");
            entry["on_destroy"] = "archive".into();
        }
    });
    let (code, out, _) = desk.run(&["plan", "--detailed-exitcode"]);
    assert_eq!(code, 0, "nothing changes by it: {out}");
    assert!(out.contains("74 resources are in a state that does not record"), "a marker is plg's: {out}");
    let (_, out, _) = desk.run(&["plan", "--json", "--destroy"]);
    assert_eq!(event(&events(&out), "plan")["plan"]["unknown_origin"], 74);
    let gone: Vec<Value> = event(&events(&out), "plan")["plan"]["steps"].as_array().unwrap().clone();
    assert_eq!(gone.iter().filter(|step| step["change"] == "forget").count(), 74, "{gone:?}");
    assert!(desk.run(&["state", "show", "cohort.PowerUsers"]).1.contains("\"origin\": \"unknown\""));

    let (code, _, err) = desk.run(&["state", "own", "cohort.PowerUser", "--yes"]);
    assert!(code == 2 && err.contains("did you mean `cohort.PowerUsers`"), "{err}");
    assert_eq!(desk.run(&["state", "own"]).0, 2, "of which?");
    let (code, _, err) = desk.run(&["state", "own", "--all"]);
    assert!(code == 2 && err.contains("add --yes") && err.contains("Nothing was changed."), "{err}");
    let (code, out, _) = desk.run(&["state", "own", "cohort.PowerUsers", "--yes", "--json"]);
    assert_eq!(code, 0, "{out}");
    let owned = events(&out);
    let owned = event(&owned, "owned");
    assert_eq!((&owned["address"], &owned["was"]), (&json!("cohort.PowerUsers"), &json!("unknown")));
    let (code, out, err) = desk.run(&["state", "own", "--all", "--yes"]);
    assert_eq!((code, out.lines().count()), (0, 73), "{err}");
    let (_, out, _) = desk.run(&["state", "own", "--all", "--yes"]);
    assert!(out.contains(": the state records plg as the creator of these resources already."), "{out}");
    assert!(!desk.run(&["plan"]).1.contains("state own"));
    let (code, out, err) = desk.run(&["destroy", "--yes"]);
    assert!(code == 0 && out.contains("44 deleted, 31 archived"), "{out} {err}");
}

#[tokio::test(flavor = "multi_thread")]
async fn removals_wait_until_all_else_is_done() {
    let desk = desk().await;
    assert_eq!(desk.run(&["deploy", "--yes"]).0, 0);
    // Something that the stack no longer declares, and something that has to be made anew.
    let id = click(&desk, "POST", &format!("{P}/dashboards/"), &json!({ "name": "Gone" }))["id"].to_string();
    edit(&desk, |resources| {
        resources["dashboard.Gone"] = json!({ "kind": "dashboard", "id": id, "origin": "made" });
    });
    let (_, out, _) = desk.run(&["output", "cohort.PowerUsers"]);
    let cohort = serde_json::from_str::<Value>(&out).unwrap()["id"].clone();
    click(&desk, "PATCH", &format!("{P}/cohorts/{cohort}/"), &json!({ "deleted": true }));
    let refuse = |on: bool| {
        let rules = if on {
            json!([{ "match": { "method": "PATCH", "path": "cohorts" }, "do": { "status": 400 } }])
        } else {
            json!([])
        };
        desk.running.sandbox().set_faults(serde_json::from_value(json!({ "rules": rules })).unwrap());
    };
    refuse(true);
    let (code, _, err) = desk.run(&["deploy", "--yes", "--allow-loss"]);
    assert_eq!(code, 4, "{err}");
    assert!(
        err.contains("Removals wait until everything else has succeeded (1)") && err.contains("  dashboard.Gone\n"),
        "{err}"
    );
    assert!(err.contains("1 failed and"), "{err}");
    let (code, out, _) = desk.run(&["deploy", "--yes", "--allow-loss", "--json"]);
    assert_eq!(code, 4, "{out}");
    let told = events(&out);
    assert_eq!(event(&told, "postponed")["address"], "dashboard.Gone");
    let outcome = event(&told, "outcome");
    assert_eq!((&outcome["postponed"], &outcome["failed"]), (&json!(1), &json!(1)), "{outcome}");
    let (code, out, _) = desk.run(&["deploy", "--yes", "--allow-loss", "--keep-going", "--json"]);
    assert_eq!(code, 4, "{out}");
    assert_eq!(event(&events(&out), "outcome")["postponed"], 0);
    refuse(false);
    let (code, out, err) = desk.run(&["deploy", "--yes", "--allow-loss"]);
    assert_eq!(code, 0, "{out} {err}");
    assert!(!desk.run(&["state", "list"]).1.contains("dashboard.Gone"));
}
