//! What goes with what is removed, and how stages are promoted.

use super::{event, events, keys, plg, text};
use plg_sandbox::{Running, Sandbox, SandboxRequest};
use serde_json::{Value, json};
use std::fs;
use std::path::Path;

async fn server() -> Running {
    Sandbox::start(([127, 0, 0, 1], 0).into(), None).await.expect("the sandbox starts")
}

/// The binary, with stages `dev` and `staging` on servers of their own.
fn staged(root: &Path, dev: &Running, staging: &Running, arguments: &[&str]) -> (i32, String, String) {
    let mut command = plg(root);
    command.args(arguments).envs(keys("k", "k"));
    for (stage, url) in [("DEV", dev.url()), ("STAGING", staging.url())] {
        command.env(format!("PLG_ATTIO_URL_{stage}"), &url).env(format!("PLG_POSTHOG_URL_{stage}"), &url);
    }
    text(&command.output().expect("the binary runs"))
}

/// What somebody else does.
fn send(running: &Running, method: &str, path: &str, body: &Value) -> Value {
    let mut request = SandboxRequest::new(method, path);
    request.headers =
        vec![("authorization".into(), "Bearer x".into()), ("content-type".into(), "application/json".into())];
    request.body = body.to_string().into_bytes();
    let reply = running.sandbox().answer(&request);
    assert!(reply.status < 300, "{method} {path}: {} {:?}", reply.status, reply.body);
    reply.body.unwrap_or_default()
}

fn id(output: &str) -> Value {
    serde_json::from_str::<Value>(output).expect("an output is JSON")["id"].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_people_gave_is_not_lost_by_a_yes() {
    let root = tempfile::tempdir().unwrap();
    let running = server().await;
    let plg = |arguments: &[&str]| staged(root.path(), &running, &running, &[&["--stage", "dev"], arguments].concat());
    let (code, out, err) = plg(&["deploy", "--yes"]);
    assert_eq!(code, 0, "{out} {err}");
    assert!(!out.contains("What would be lost"), "{out}");
    let record = json!({ "data": { "values": { "name": "Acme", "lifecycle_stage": "Trial" } } });
    send(&running, "POST", "/v2/objects/companies/records", &record);
    let action = id(&plg(&["output", "action.SignupCompleted"]).1);
    let query = json!({ "kind": "InsightVizNode", "source": {
        "kind": "TrendsQuery", "series": [{ "kind": "ActionsNode", "id": action, "math": "total" }] } });
    let theirs = json!({ "name": "Theirs", "query": query, "saved": true });
    send(&running, "POST", "/api/projects/12345/insights/", &theirs);

    let (code, out, err) = plg(&["plan", "--destroy"]);
    assert_eq!(code, 0, "{err}");
    for line in [
        "attribute.LifecycleStage: archived; 1 record has a value of it",
        "action.SignupCompleted: deleted; insight \"Theirs\" (",
        "not in this stack) refers to it",
    ] {
        assert!(out.contains(line), "{line} in {out}");
    }
    assert!(!out.contains("insight.WeeklySignups refers to it"), "it goes as well: {out}");
    let (_, out, _) = plg(&["plan", "--destroy", "--json"]);
    let losses = event(&events(&out), "blast")["losses"].clone();
    let stage = losses.as_array().unwrap().iter().find(|loss| loss["address"] == "attribute.LifecycleStage");
    assert_eq!(stage.unwrap()["data"], json!({ "records": 1 }));

    let app = root.path().join("app");
    fs::create_dir_all(&app).unwrap();
    fs::write(app.join("main.ts"), "// signup_completed\nposthog.capture('signup_completed');\n").unwrap();
    let page = root.path().join("plan.html");
    let (folder, file) = (app.display().to_string(), page.display().to_string());
    let (code, out, err) = plg(&["plan", "--destroy", "--in", &folder, "--html", &file]);
    assert_eq!(code, 0, "{err}");
    let named = out
        .lines()
        .find(|line| line.contains("event.SignupCompleted: deleted; ") && line.contains("the application names it"))
        .expect(&out);
    assert!(named.ends_with("main.ts:2"), "a comment names nothing: {named}");
    let page = fs::read_to_string(&page).unwrap();
    assert!(page.contains("main.ts:2") && page.contains("1 record has a value of it"), "the page says it as well");
    let (code, _, err) = plg(&["plan", "--destroy", "--in", "nowhere"]);
    assert_eq!(code, 2);
    assert!(err.contains("nowhere: the folder cannot be read") && err.contains("PLG_IN"), "{err}");

    let writes = running.sandbox().stats().of("posthog").writes;
    let (code, _, err) = plg(&["destroy", "--yes"]);
    assert_eq!(code, 5, "{err}");
    assert!(err.contains("data people entered: attribute.LifecycleStage") && err.contains("--allow-loss"), "{err}");
    assert!(err.contains("Nothing was changed."), "{err}");
    assert_eq!(running.sandbox().stats().of("posthog").writes, writes);
    let (code, out, err) = plg(&["destroy", "--yes", "--allow-loss"]);
    assert_eq!(code, 0, "{out} {err}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stage_is_promoted_to_another() {
    let root = tempfile::tempdir().unwrap();
    let (dev, staging) = (server().await, server().await);
    let plg = |arguments: &[&str]| staged(root.path(), &dev, &staging, arguments);
    let promote = ["promote", "--from", "dev", "--to", "staging"];
    assert_eq!(plg(&["deploy", "--stage", "dev", "--yes"]).0, 0);
    let (code, out, err) = plg(&promote);
    assert_eq!(code, 2, "nobody was there to confirm: {err}");
    assert!(out.contains("feature_flag.DarkMode: only in dev"), "{out}");
    assert_eq!(staging.sandbox().stats().of("posthog").writes, 0);
    let (code, out, err) = plg(&[&promote[..], &["--yes"]].concat());
    assert_eq!(code, 0, "{err}");
    assert!(out.contains("Promoted from dev to staging"), "{out}");

    // Ids differ from server to server, what they stand for does not.
    let extra = json!({ "name": "Theirs", "filters": { "properties": { "type": "AND", "values": [
        { "type": "AND", "values": [{ "type": "person", "key": "plan", "operator": "exact", "value": ["pro"] }] }] } } });
    send(&dev, "POST", "/api/projects/12345/cohorts/", &extra);
    let (code, out, err) = plg(&[&promote[..], &["--yes"]].concat());
    assert_eq!(code, 0, "{err}");
    assert!(out.contains("dev and staging agree in all declared fields."), "{out}");

    let flag = id(&plg(&["output", "--stage", "staging", "feature_flag.DarkMode"]).1);
    let edited = json!({ "name": "clicked", "active": false });
    send(&staging, "PATCH", &format!("/api/projects/12345/feature_flags/{flag}/"), &edited);
    let (_, out, _) = plg(&[&promote[..], &["--json"]].concat());
    let differences = event(&events(&out), "differences")["resources"].clone();
    assert_eq!(differences.as_array().unwrap().len(), 1, "{differences}");
    assert_eq!(differences[0]["address"], "feature_flag.DarkMode");
    let declared = "The dark theme, for everyone.";
    let fields = json!([{ "field": "name", "from": declared, "to": "clicked", "becomes": declared }]);
    assert_eq!(differences[0]["fields"], fields, "whether it is switched on is theirs");
    let (_, out, _) = plg(&promote);
    let lines: Vec<&str> = out.lines().map(str::trim).collect();
    assert!(lines.contains(&"Changes in staging"), "{out}");
    assert!(lines.iter().any(|line| line.starts_with("dev ") && line.ends_with(" staging")), "{out}");
    assert!(lines.contains(&"description   \"The dark theme, for everyone.\"   \"clicked\""), "{out}");
    let (_, out, _) = plg(&[&promote[..], &["--exclude", "feature_flag.*"]].concat());
    assert!(out.contains("dev and staging agree in all declared fields."), "{out}");

    // What was clicked where it is promoted from stays there.
    let flag = id(&plg(&["output", "--stage", "dev", "feature_flag.DarkMode"]).1);
    send(&dev, "PATCH", &format!("/api/projects/12345/feature_flags/{flag}/"), &json!({ "name": "tried" }));
    let (code, out, err) = plg(&[&promote[..], &["--yes"]].concat());
    assert_eq!(code, 0, "{err}");
    assert!(out.contains("(staging gets \"The dark theme, for everyone.\")"), "{out}");
    assert!(err.contains("stage dev differs from the stack, too (feature_flag.DarkMode)"), "{err}");
    assert_eq!(plg(&["plan", "--stage", "staging", "--detailed-exitcode"]).0, 0);
    let (_, out, _) = plg(&promote);
    assert!(out.contains("As declared for staging, and stays") && !out.contains("Changes in staging"), "{out}");
    let lines: Vec<&str> = out.lines().map(str::trim).collect();
    assert!(lines.contains(&"description   \"tried\"   \"The dark theme, for everyone.\""), "{out}");

    let (code, _, err) = plg(&["promote", "--from", "dev", "--to", "dev"]);
    assert_eq!(code, 2);
    assert!(err.contains("--from and --to name the same stage"), "{err}");
    assert_eq!(plg(&["promote", "--from", "dav", "--to", "staging"]).0, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_declared_for_a_stage_is_nothing_to_promote() {
    let root = tempfile::tempdir().unwrap();
    let (dev, prod) = (server().await, server().await);
    let plg = |arguments: &[&str]| {
        let mut command = plg(root.path());
        command.args(arguments).envs(keys("k", "k"));
        for (stage, url) in [("DEV", dev.url()), ("PROD", prod.url())] {
            command.env(format!("PLG_ATTIO_URL_{stage}"), &url).env(format!("PLG_POSTHOG_URL_{stage}"), &url);
        }
        for name in ["DEAL_WEBHOOK_URL", "COMPANY_WEBHOOK_URL"] {
            command.env(name, format!("https://hooks.example.com/{}", name.len()));
        }
        text(&command.output().expect("the binary runs"))
    };
    for stage in ["dev", "prod"] {
        let (code, _, err) = plg(&["deploy", "--stage", stage, "--yes"]);
        assert_eq!(code, 0, "{err}");
    }
    let promote = ["promote", "--from", "dev", "--to", "prod", "--yes"];
    let (code, out, err) = plg(&promote);
    assert_eq!(code, 0, "{err}");
    let lines: Vec<&str> = out.lines().map(str::trim).collect();
    assert!(lines.contains(&"As declared for prod, and stays"), "{out}");
    assert!(lines.iter().any(|line| line.starts_with("dev ") && line.ends_with(" prod")), "{out}");
    assert!(out.contains("env(\"DEAL_WEBHOOK_URL\")"), "{out}");
    assert!(!out.contains("Changes in prod") && out.contains("No changes for"), "{out}");
    let (_, out, _) = plg(&[&promote[..], &["--json"]].concat());
    let all = event(&events(&out), "differences")["resources"].clone();
    let fields: Vec<&Value> =
        all.as_array().unwrap().iter().flat_map(|one| one["fields"].as_array().unwrap()).collect();
    assert!(fields.len() == 2 && fields.iter().all(|field| field["intended"] == true), "{all}");
    assert!(fields.iter().all(|field| field.get("becomes").is_none()), "{all}");
}
