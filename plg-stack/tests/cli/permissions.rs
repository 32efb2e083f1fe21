//! What a key may do is known before the first write, and everything it lacks is named at once.

use super::{keys, plg, text};
use plg_sandbox::{ApiToken, Faults, Running, Sandbox, Settings};
use serde_json::json;
use std::path::Path;

const EVERYTHING: &[&str] = &[
    "object_configuration:read-write",
    "webhook:read-write",
    "record_permission:read-write",
    "list_configuration:read-write",
];
const POSTHOG: &[&str] = &[
    "action",
    "alert",
    "annotation",
    "cohort",
    "dashboard",
    "early_access_feature",
    "event_definition",
    "experiment",
    "experiment_holdout",
    "experiment_saved_metric",
    "feature_flag",
    "hog_function",
    "insight",
    "property_definition",
    "subscription",
    "survey",
];

async fn start() -> Running {
    Sandbox::start(([127, 0, 0, 1], 0).into(), None).await.expect("a free port")
}

/// The keys `attio` and `posthog`, with these scopes.
fn allow(running: &Running, attio: &[&str], posthog: &[String], projects: &[u64]) {
    let token = |scopes: Vec<String>| ApiToken { scopes, projects: projects.to_vec(), ..ApiToken::default() };
    let attio = token(attio.iter().map(|scope| (*scope).to_owned()).collect());
    let tokens = [("attio".to_owned(), attio), ("phx_own".to_owned(), token(posthog.to_vec()))];
    let settings = Settings { tokens: Some(tokens.into()), ..running.sandbox().settings() };
    running.sandbox().set_settings(settings).expect("in memory");
}

/// Every scope of PostHog that the stack needs, with this verb.
fn scopes(verb: &str) -> Vec<String> {
    let own = POSTHOG.iter().map(|object| format!("{object}:{verb}"));
    own.chain(["project:read".to_owned()]).collect()
}

fn ask(root: &Path, url: &str, arguments: &[&str], posthog: &str) -> (i32, String, String) {
    let mut command = plg(root);
    command.args(arguments).env("PLG_STAGE", "dev").envs(keys("attio", posthog)).env("POSTHOG_PROJECT_ID_DEV", "12345");
    text(&command.env("PLG_ATTIO_URL", url).env("PLG_POSTHOG_URL", url).output().expect("the binary runs"))
}

fn writes(running: &Running) -> u64 {
    running.sandbox().stats().writes()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_only_reads_plans_and_is_refused_before_the_first_write() {
    let root = tempfile::tempdir().unwrap();
    let running = start().await;
    let url = running.url();
    let plg = |arguments: &[&str]| ask(root.path(), &url, arguments, "phx_own");
    allow(&running, &["object_configuration:read", "webhook:read"], &scopes("read"), &[]);
    let (code, out, err) = plg(&["plan"]);
    assert_eq!((code, out.contains("75 to create")), (0, true), "{out}{err}");
    for arguments in [&["deploy", "--yes"][..], &["deploy", "--yes", "--no-refresh"]] {
        let (code, _, err) = plg(arguments);
        assert_eq!((code, writes(&running)), (3, 0), "{err}");
        assert!(err.contains("ATTIO_API_KEY_DEV") && err.contains("POSTHOG_API_KEY_DEV"), "{err}");
        assert!(err.contains("object_configuration:read-write, for attribute, object, option"), "{err}");
        assert!(err.contains("cohort:write, for cohort\n") && err.contains("survey:write, for survey"), "{err}");
        assert!(err.contains("P0628") && err.contains("Nothing was changed."), "{err}");
    }
    let (code, out, _) = plg(&["doctor"]);
    assert_eq!((code, out.contains("webhook:read-write, for webhook")), (3, true), "{out}");
    assert!(out.contains("the PostHog key in POSTHOG_API_KEY_DEV lacks"), "{out}");

    // What it takes is enough, and neither a look nor a deploy that changes nothing takes more than reading.
    allow(&running, EVERYTHING, &scopes("write"), &[12345]);
    let (code, out, err) = plg(&["doctor"]);
    assert_eq!(code, 0, "{out}{err}");
    let (code, out, err) = plg(&["deploy", "--yes"]);
    assert_eq!(code, 0, "{out}{err}");
    allow(&running, &["object_configuration:read", "webhook:read"], &scopes("read"), &[]);
    assert_eq!(plg(&["deploy", "--yes"]).0, 0);
    assert_eq!(plg(&["drift", "--exit-code"]).0, 0);
    let before = writes(&running);
    let (code, _, err) = plg(&["destroy", "--yes", "--allow-loss"]);
    assert_eq!((code, writes(&running)), (3, before), "{err}");
    assert!(err.contains("record_permission:read-write, for object"), "{err}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_may_not_even_read_is_named_with_all_it_lacks() {
    let root = tempfile::tempdir().unwrap();
    let running = start().await;
    let url = running.url();
    allow(&running, EVERYTHING, &["cohort:write".to_owned(), "action:read".to_owned()], &[]);
    let (code, _, err) = ask(root.path(), &url, &["plan"], "phx_own");
    assert_eq!(code, 3, "{err}");
    assert!(err.contains("project:read, for every stack") && err.contains("dashboard:read, for dashboard"), "{err}");
    assert!(!err.contains("cohort:") && !err.contains("action:"), "a look takes no more than reading: {err}");
    let (code, _, err) = ask(root.path(), &url, &["deploy", "--yes"], "phx_own");
    assert_eq!((code, writes(&running)), (3, 0), "{err}");
    assert!(err.contains("action:write, for action") && err.contains("dashboard:write"), "all at once: {err}");
    let (_, out, _) = ask(root.path(), &url, &["doctor"], "phx_own");
    assert_eq!(out.matches("dashboard:").count(), 1, "named once: {out}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_of_another_project_or_of_another_sort_is_named() {
    let root = tempfile::tempdir().unwrap();
    let running = start().await;
    let url = running.url();
    allow(&running, EVERYTHING, &scopes("write"), &[7, 9]);
    for arguments in [&["plan"][..], &["deploy", "--yes"], &["doctor"]] {
        let (code, out, err) = ask(root.path(), &url, arguments, "phx_own");
        let said = format!("{out}{err}");
        assert_eq!(code, 3, "{said}");
        assert!(
            said.contains("POSTHOG_API_KEY_DEV is limited to the projects 7, 9, and this stage is project 12345 (POSTHOG_PROJECT_ID_DEV)"),
            "{said}"
        );
    }
    running.sandbox().reset_stats();
    for (key, beginning) in [("phc_aProjectsOwnKey123", "phc_"), ("phs_aSecretOfAProject1", "phs_")] {
        for arguments in [&["plan"][..], &["deploy", "--yes"], &["doctor"]] {
            let (code, out, err) = ask(root.path(), &url, arguments, key);
            let said = format!("{out}{err}");
            assert_eq!(code, 3, "{said}");
            assert!(said.contains(&format!("POSTHOG_API_KEY_DEV begins with {beginning}")), "{said}");
            assert!(!said.contains(&key[4..]), "{said}");
        }
    }
    assert_eq!(running.sandbox().log(), [], "nothing was asked");
}

#[tokio::test(flavor = "multi_thread")]
async fn servers_that_do_not_say_what_a_key_may_do_are_asked_as_before() {
    let root = tempfile::tempdir().unwrap();
    let running = start().await;
    let url = running.url();
    let plg = |arguments: &[&str]| ask(root.path(), &url, arguments, "phx_own");
    allow(&running, EVERYTHING, &scopes("write"), &[]);
    for act in [json!({ "lacks": "endpoint" }), json!({ "status": 403 }), json!({ "body": { "scopes": 7 } })] {
        let rule = json!({ "rules": [{ "match": { "path": "/api/personal_api_keys" }, "do": act }] });
        running.sandbox().set_faults(serde_json::from_value::<Faults>(rule).unwrap());
        let (code, out, err) = plg(&["plan"]);
        assert_eq!(code, 0, "{out}{err}");
    }
    // The word of older servers for holdouts and shared metrics is that of experiments.
    running.sandbox().set_faults(Faults::default());
    assert_eq!(plg(&["deploy", "--yes"]).0, 0);
}
