//! The binary as people use it: a folder of its own each time, no network but loopback.

#![cfg(feature = "cli")]

mod action;
mod book;
mod coded;
mod commands;
mod empty;
mod ends;
mod fault;
mod json;
mod live;
mod loss;
mod manners;
mod memory;
mod others;
mod own;
mod pages;
mod permissions;
mod proxies;
mod saved;
mod secrets;
mod spellings;
mod strange;
mod widths;

use serde_json::Value;
use std::path::Path;
use std::process::{Command, Output, Stdio};

/// The binary in a folder, with nothing of the caller's environment that could lead it elsewhere.
fn plg(root: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_plg-stack"));
    command.current_dir(root).env_clear().env("PLG_ROOT", root).env("PLG_RETRIES", "0").stdin(Stdio::null());
    command
}

/// The keys of every stage with accounts: each stage has its own.
fn keys(attio: &str, posthog: &str) -> impl Iterator<Item = (String, String)> {
    let stages = ["DEV", "STAGING", "PROD"].into_iter();
    let (attio, posthog) = (attio.to_owned(), posthog.to_owned());
    let kept_by_posthog = ("ATTIO_KEY_FOR_POSTHOG".to_owned(), attio.clone());
    let of_stages = stages.flat_map(move |stage| {
        [(format!("ATTIO_API_KEY_{stage}"), attio.clone()), (format!("POSTHOG_API_KEY_{stage}"), posthog.clone())]
    });
    of_stages.chain([kept_by_posthog])
}

fn run(root: &Path, arguments: &[&str]) -> (i32, String, String) {
    text(&plg(root).args(arguments).output().expect("the binary runs"))
}

fn text(output: &Output) -> (i32, String, String) {
    (
        output.status.code().unwrap_or(-1),
        String::from_utf8_lossy(&output.stdout).into_owned(),
        String::from_utf8_lossy(&output.stderr).into_owned(),
    )
}

fn events(stdout: &str) -> Vec<Value> {
    stdout.lines().map(|line| serde_json::from_str(line).expect("every line is an event")).collect()
}

fn event<'a>(events: &'a [Value], name: &str) -> &'a Value {
    events.iter().find(|e| e["event"] == name).unwrap_or_else(|| panic!("no event {name} in {events:?}"))
}

#[test]
fn a_first_deploy_a_second_and_a_destroy() {
    let root = tempfile::tempdir().unwrap();
    let (code, out, err) = run(root.path(), &["deploy"]);
    assert_eq!(code, 0, "{err}");
    assert!(
        out.contains("PLG stack deployed: plg-saas-stack, 75 resources: 75 created, 0 changed, 0 unchanged"),
        "{out}"
    );

    let (code, out, _) = run(root.path(), &["deploy", "-v", "--json"]);
    assert_eq!(code, 0);
    let events = events(&out);
    assert_eq!(event(&events, "requests")["writes"], 0, "a deploy that changes nothing writes nothing");
    assert!(event(&events, "requests")["reads"].as_u64().unwrap() <= 23, "{out}");
    assert_eq!(event(&events, "outcome")["unchanged"], 74);
    let (_, history, _) = run(root.path(), &["history"]);
    assert_eq!(history.lines().count(), 1, "a deploy that changes nothing is no deploy of the history: {history}");

    let (code, out, _) = run(root.path(), &["plan", "--detailed-exitcode"]);
    assert_eq!(code, 0, "{out}");
    assert!(out.starts_with("Plan for plg-saas-stack in stage local, made 20"), "{out}");
    assert!(out.contains("\n  Attio workspace ") && out.contains("\n  PostHog project "), "{out}");
    assert!(out.ends_with("\nNo changes for plg-saas-stack in stage local: 75 unchanged.\n"), "{out}");

    let (code, out, _) = run(root.path(), &["plan", "--no-refresh", "--detailed-exitcode", "--json"]);
    assert_eq!(code, 0, "what was applied is what is declared, also where nobody looks: {out}");

    let (code, out, _) = run(root.path(), &["output", "feature_flag.DarkMode"]);
    assert_eq!(code, 0);
    assert!(serde_json::from_str::<Value>(&out).unwrap()["id"].is_number());

    let (code, out, err) = run(root.path(), &["destroy", "--stage", "local"]);
    assert_eq!(code, 2, "nobody was there to confirm: {out} {err}");
    assert!(err.contains("Nothing was changed."), "{err}");

    let (code, out, err) = run(root.path(), &["destroy", "--stage", "local", "--yes"]);
    assert_eq!(code, 0, "{err}");
    assert!(out.contains("44 deleted, 31 archived"), "{out}");
    assert!(err.contains("Stays behind (31):"), "{err}");
    assert!(err.contains("attribute.Mrr: archived"), "{err}");
    assert_eq!(run(root.path(), &["state", "list"]).1, "");

    let (code, out, _) = run(root.path(), &["deploy"]);
    assert_eq!(code, 0);
    assert!(out.contains("44 created, 31 changed, 0 unchanged"), "archived ones are brought back: {out}");
}

#[test]
fn only_this_machine_and_only_what_was_asked() {
    let root = tempfile::tempdir().unwrap();
    let (code, _, err) = run(root.path(), &["plan", "--stage", "dev"]);
    assert_eq!(code, 3, "{err}");
    assert!(
        err.contains("ATTIO_API_KEY_DEV")
            && err.contains("POSTHOG_API_KEY_DEV")
            && err.contains("Nothing was changed."),
        "every missing key at once: {err}"
    );

    let (code, _, err) = run(root.path(), &["plan", "--stage", "prd"]);
    assert_eq!(code, 2);
    assert!(err.contains("has no stage `prd`") && err.contains("did you mean `--stage prod`?"), "{err}");

    let led = |command: &mut Command, url: &str| {
        command.envs(keys("a-planted-key", "b-planted-key")).env("PLG_ATTIO_URL", url).env("PLG_POSTHOG_URL", url);
    };
    let mut command = plg(root.path());
    led(command.args(["plan", "--stage", "dev"]), "http://attio.example.com");
    let (code, out, err) = text(&command.output().unwrap());
    assert_eq!(code, 2, "{err}");
    assert!(err.contains("is not encrypted"), "{err}");
    assert!(!format!("{out}{err}").contains("planted"), "{err}");

    // A port nobody listens on.
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let mut command = plg(root.path());
    led(command.args(["plan", "--stage", "dev"]), &format!("http://127.0.0.1:{port}"));
    let (code, _, err) = text(&command.output().unwrap());
    assert_eq!(code, 10, "{err}");
    assert!(err.contains("cannot reach Attio: no connection") && err.contains("Nothing was changed."), "{err}");

    let (code, _, err) = run(root.path(), &["destroy", "--stage", "prod", "--yes"]);
    assert_eq!(code, 5);
    assert!(err.contains("stage prod is protected"), "{err}");

    assert_eq!(run(root.path(), &["deploi"]).0, 2);
    assert_eq!(run(root.path(), &["--help"]).0, 0);
    let (code, _, err) = run(root.path(), &["sandbox", "serve", "--listen", "0.0.0.0:0"]);
    assert_eq!(code, 2);
    assert!(err.contains("would let other machines use the sandbox"), "{err}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_real_stage_is_a_server_elsewhere() {
    let root = tempfile::tempdir().unwrap();
    let running = plg_sandbox::Sandbox::start(([127, 0, 0, 1], 0).into(), None).await.unwrap();
    let url = running.url();
    let deploy = |arguments: &[&str], project: &str| {
        let mut command = plg(root.path());
        command.args(arguments).envs(keys("k", "k")).env("POSTHOG_PROJECT_ID_STAGING", project);
        command.env("PLG_ATTIO_URL", &url).env("PLG_POSTHOG_URL", &url);
        text(&command.output().unwrap())
    };
    let (code, out, err) = deploy(&["deploy", "--stage", "staging"], "12345");
    assert_eq!(code, 2, "a real stage is not deployed to without a yes: {out} {err}");
    assert!(err.contains("add --yes"), "{err}");
    assert_eq!(running.sandbox().stats().of("attio").writes, 0);

    let (code, _, err) = deploy(&["deploy", "--stage", "staging", "--yes"], "99999");
    assert_eq!(code, 4, "{err}");
    assert!(err.contains("this key cannot see project 99999"), "{err}");

    let (code, out, err) = deploy(&["deploy", "--stage", "staging", "--yes"], "12345");
    assert_eq!(code, 0, "{out} {err}");
    let (code, out, _) = deploy(&["plan", "--stage", "staging", "--detailed-exitcode"], "12345");
    assert_eq!(code, 0, "{out}");

    let settings = plg_sandbox::Settings { project: 777, ..running.sandbox().settings() };
    running.sandbox().set_settings(settings).unwrap();
    let (code, _, err) = deploy(&["plan", "--stage", "staging"], "777");
    assert_eq!(code, 5, "another project than it was deployed to: {err}");
    assert!(err.contains("was deployed to the PostHog project"), "{err}");
}

#[test]
fn a_stage_at_work_is_locked_for_the_second_and_open_for_readers() {
    let root = tempfile::tempdir().unwrap();
    assert_eq!(run(root.path(), &["deploy"]).0, 0);
    let folder = plg_runtime_folder(root.path());
    let file = std::fs::OpenOptions::new().read(true).write(true).open(folder.join("lock")).unwrap();
    file.lock().unwrap();
    let (code, _, err) = run(root.path(), &["deploy"]);
    assert_eq!(code, 6, "{err}");
    assert!(err.contains("this stage is locked by") && err.contains("Nothing was changed."), "{err}");
    assert_eq!(run(root.path(), &["plan"]).0, 0, "a reader never waits");
    assert_eq!(run(root.path(), &["state", "list"]).0, 0);
    drop(file);
    assert_eq!(run(root.path(), &["deploy"]).0, 0);
}

fn plg_runtime_folder(root: &Path) -> std::path::PathBuf {
    root.join(".plg/plg-saas-stack/local")
}

#[test]
fn the_stack_from_a_subfolder_has_the_same_state() {
    let root = tempfile::tempdir().unwrap();
    assert_eq!(run(root.path(), &["deploy"]).0, 0);
    let inner = root.path().join("a/b");
    std::fs::create_dir_all(&inner).unwrap();
    let mut command = plg(root.path());
    command.env_remove("PLG_ROOT").current_dir(&inner).args(["plan", "--detailed-exitcode"]);
    let (code, _, err) = text(&command.output().unwrap());
    assert_eq!(code, 0, "{err}");
}

#[test]
fn the_graph_and_the_state_can_be_looked_at() {
    let root = tempfile::tempdir().unwrap();
    let (code, out, _) = run(root.path(), &["graph"]);
    assert_eq!(code, 0);
    assert!(out.contains("experiment.OnboardingFlowTest  ← feature_flag.NewOnboarding"), "{out}");
    assert!(run(root.path(), &["graph", "--format", "dot"]).1.starts_with("digraph"));
    assert!(run(root.path(), &["graph", "--format", "mermaid"]).1.starts_with("flowchart"));
    let (code, out, err) = run(root.path(), &["state", "list"]);
    assert_eq!((code, out.as_str()), (0, ""));
    assert!(err.contains("was never deployed."), "{err}");
    assert_eq!(run(root.path(), &["deploy"]).0, 0);
    let (code, _, err) = run(root.path(), &["state", "show", "feature_flag.DarkMod"]);
    assert_eq!(code, 2);
    assert!(err.contains("did you mean `feature_flag.DarkMode`"), "{err}");
    for near in ["feature_flag.DarkMod", "darkmode", "featureflag.DarkMode"] {
        let (code, _, err) = run(root.path(), &["plan", "--target", near]);
        assert_eq!(code, 2);
        assert!(err.contains("did you mean `feature_flag.DarkMode`"), "{near}: {err}");
    }
    let (code, out, _) = run(root.path(), &["state", "show", "feature_flag.DarkMode"]);
    assert_eq!(code, 0);
    assert!(out.contains("\n    \"key\": \"dark-mode\",\n"), "a field a line: {out}");
    let (code, out, _) = run(root.path(), &["sandbox", "reset", "--yes"]);
    assert_eq!(code, 0, "{out}");
    let (_, out, _) = run(root.path(), &["plan"]);
    assert!(out.contains("75 to create"), "{out}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_others_clicked_is_drift_and_can_be_repaired() {
    let root = tempfile::tempdir().unwrap();
    let running = plg_sandbox::Sandbox::start(([127, 0, 0, 1], 0).into(), None).await.unwrap();
    let url = running.url();
    let plg = |arguments: &[&str]| {
        let mut command = plg(root.path());
        command.args(arguments).env("PLG_STAGE", "dev").envs(keys("k", "k"));
        text(&command.env("PLG_ATTIO_URL", &url).env("PLG_POSTHOG_URL", &url).output().unwrap())
    };
    let (code, out, _) = plg(&["doctor"]);
    assert_eq!(code, 0, "{out}");
    assert_eq!(plg(&["deploy", "--yes"]).0, 0);
    assert_eq!(plg(&["drift", "--exit-code"]).0, 0);

    let id = |address: &str| serde_json::from_str::<Value>(&plg(&["output", address]).1).unwrap()["id"].clone();
    let click = |path: String, body: &str| {
        let mut request = plg_sandbox::SandboxRequest::new("PATCH", &path);
        request.headers.push(("authorization".into(), "Bearer x".into()));
        request.body = body.as_bytes().to_vec();
        assert_eq!(running.sandbox().answer(&request).status, 200);
    };
    // A name is ours; whether a flag is switched on is theirs.
    click(
        format!("/api/projects/12345/feature_flags/{}/", id("feature_flag.DarkMode")),
        r#"{"name":"clicked","active":false}"#,
    );
    click(format!("/api/projects/12345/cohorts/{}/", id("cohort.PowerUsers")), r#"{"deleted":true}"#);

    let (code, out, _) = plg(&["drift", "--exit-code"]);
    assert_eq!(code, 8, "{out}");
    let lines: Vec<&str> = out.lines().map(str::trim).collect();
    assert!(lines.iter().any(|line| line.starts_with("live ") && line.ends_with(" stack")), "{out}");
    assert!(lines.iter().any(|line| line.contains("\"clicked\"   \"The dark theme, for everyone.\"")), "{out}");
    assert!(lines.iter().any(|line| line.starts_with("changed last by ") && line.ends_with(" UTC")), "{out}");
    assert!(out.contains("it was deleted in the web app"), "{out}");
    assert!(out.contains("Drift in stage dev: 2 resources differ from the applied values."), "{out}");
    let (_, out, _) = plg(&["drift", "--exclude", "cohort.*"]);
    assert!(
        out.contains("Drift in stage dev: 1 resource differs from the applied values.") && !out.contains("PowerUsers"),
        "{out}"
    );
    let (_, events_of, _) = plg(&["drift", "--json"]);
    let changed = event(&events(&events_of), "drift")["resources"][0]["last_change"].clone();
    assert!(changed["by"].is_string() && changed["at"].is_string(), "{events_of}");
    let (_, out, _) = plg(&["drift"]);
    assert!(!out.contains("active:") && out.contains("feature_flag.DarkMode: `active` is false"), "{out}");
    assert_eq!(plg(&["drift", "--repair"]).0, 2, "nobody was there to confirm");
    let (code, _, err) = plg(&["drift", "--repair", "--yes"]);
    assert_eq!(code, 0, "{err}");
    assert!(!err.contains("warning"), "{err}");
    assert_eq!(plg(&["drift", "--exit-code"]).0, 0);
    assert_eq!(plg(&["plan", "--detailed-exitcode"]).0, 0);

    // A key that lost its permissions is named, permission by permission.
    let token =
        plg_sandbox::ApiToken { active: true, scopes: vec!["object_configuration:read".into()], ..Default::default() };
    let settings =
        plg_sandbox::Settings { tokens: Some([("k".to_owned(), token)].into()), ..running.sandbox().settings() };
    running.sandbox().set_settings(settings).unwrap();
    let (code, out, _) = plg(&["doctor"]);
    assert_eq!(code, 3, "{out}");
    assert!(
        out.contains("ATTIO_API_KEY_DEV lacks")
            && out.contains("object_configuration:read-write, for")
            && out.contains("webhook:read-write, for webhook"),
        "{out}"
    );
    let (code, _, err) = plg(&["deploy", "--yes"]);
    assert_eq!(code, 3, "{err}");
    assert!(err.contains("Nothing was changed."), "{err}");
}

/// Rows of a list, as another client sees them.
fn rows(sandbox: &plg_sandbox::Sandbox, path: &str) -> Vec<Value> {
    let mut request = plg_sandbox::SandboxRequest::new("GET", path);
    request.headers.push(("authorization".into(), "Bearer x".into()));
    let body = sandbox.answer(&request).body.unwrap_or_default();
    ["results", "data"].iter().find_map(|key| body[*key].as_array().cloned()).unwrap_or_default()
}

#[tokio::test(flavor = "multi_thread")]
async fn with_the_real_limits_on_everything_arrives_and_goes_again() {
    let root = tempfile::tempdir().unwrap();
    let settings = plg_sandbox::Settings { rate_limits: true, ..Default::default() };
    let sandbox = plg_sandbox::Sandbox::open(None, Some(settings)).unwrap();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let running = sandbox.run(listener).unwrap();
    let url = running.url();
    let plg = |arguments: &[&str]| {
        let mut command = plg(root.path());
        command.args(arguments).env_remove("PLG_RETRIES").env("PLG_STAGE", "dev").envs(keys("k", "k"));
        text(&command.env("PLG_ATTIO_URL", &url).env("PLG_POSTHOG_URL", &url).output().unwrap())
    };
    let (code, out, err) = plg(&["deploy", "--yes"]);
    assert_eq!(code, 0, "{out} {err}");
    let project = "/api/projects/12345";
    let count = |list: &str| rows(running.sandbox(), &format!("{project}/{list}/")).len();
    assert_eq!((count("cohorts"), count("experiments"), count("feature_flags"), count("surveys")), (5, 1, 4, 4));
    assert_eq!((count("dashboards"), count("insights"), count("actions"), count("annotations")), (3, 10, 5, 1));
    assert_eq!(rows(running.sandbox(), "/v2/webhooks").len(), 2);
    let deals = rows(running.sandbox(), "/v2/webhooks")
        .into_iter()
        .find(|w| w["target_url"].as_str().unwrap().contains("deal"))
        .unwrap();
    let object = rows(running.sandbox(), "/v2/objects").into_iter().find(|o| o["api_slug"] == "deals").unwrap();
    for subscription in deals["subscriptions"].as_array().unwrap() {
        assert_eq!(
            subscription["filter"]["$and"][0]["value"], object["id"]["object_id"],
            "deals only, by the object's id"
        );
    }
    let stages = rows(running.sandbox(), "/v2/objects/deals/attributes/deal_stage/statuses");
    let titles: Vec<&str> = stages.iter().map(|s| s["title"].as_str().unwrap()).collect();
    assert_eq!(titles, ["Prospect", "Qualified", "Proposal", "Negotiation", "Closed Won", "Closed Lost"]);

    let (code, out, err) = plg(&["destroy", "--yes"]);
    assert_eq!(code, 0, "{out} {err}");
    for list in [
        "cohorts",
        "experiments",
        "feature_flags",
        "surveys",
        "dashboards",
        "insights",
        "actions",
        "annotations",
        "event_definitions",
    ] {
        assert_eq!(count(list), 0, "{list}");
    }
    assert!(rows(running.sandbox(), "/v2/webhooks").is_empty());
    for object in ["people", "companies", "deals"] {
        let ours = rows(running.sandbox(), &format!("/v2/objects/{object}/attributes"))
            .into_iter()
            .filter(|a| a["is_system_attribute"] == false)
            .count();
        assert_eq!(ours, 0, "what is left on {object} is archived");
    }
    assert_eq!(rows(running.sandbox(), "/v2/objects").len(), 3);
}
