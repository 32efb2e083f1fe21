//! PostHog's own libraries against the sandbox: for Node and Python with a request for each flag and deciding by
//! themselves, and for browsers in a page of another origin. And the application in `examples/web`, which uses them.
//!
//! `PLG_NODE_MODULES` names a folder with `posthog-node`, `posthog-js` and `playwright-core`, `PLG_PYTHON` a Python with
//! `posthog`; where one is missing, its test says that it is skipped.

use plg_test::{AskedPerson, FlagDefinitions};
use serde_json::{Map, Value, json};

use std::path::PathBuf;
use std::process::Command;
use tests::stage::Stage;

#[path = "sdks/others.rs"]
mod others;
#[path = "sdks/web.rs"]
mod web;

mod product {
    plg::stack! {
        name: "sdks",
        stages: { local: sandbox },

        event SignupCompleted { name: "signup_completed", properties: { plan: text } }
        event FeatureUsed { name: "feature_used", properties: { feature: text } }

        feature_flag NewOnboarding { key: "new-onboarding-flow", rollout: 100%, variants: { control: 50%, test: 50% } }
        feature_flag DarkMode { key: "dark-mode", rollout: 100% }
        feature_flag ForPros { key: "for-pros", release: [{ to: [person(anything("plan"), is: ["pro"])] }] }
        feature_flag BetaFeatures { key: "beta-features", rollout: 0% }
        early_access_feature Beta { flag: BetaFeatures, stage: beta }
        survey Nps { title: "NPS", starts: "2026-01-01", questions: [rating("How likely are you to recommend us?", nps: true)] }
    }
}

const PEOPLE: usize = 40;
const TOKEN: &str = "phc_sandbox";
const FLAG: &str = "new-onboarding-flow";

/// Whether what a test needs is there; where it has to be, it is.
fn needs<T>(found: Option<T>, what: &str) -> Option<T> {
    if found.is_none() {
        assert!(std::env::var_os("PLG_REQUIRE_SERVICES").is_none(), "{what} is missing");
        eprintln!("SKIPPED: {what} is missing");
    }
    found
}

fn chromium() -> Option<PathBuf> {
    let named = std::env::var_os("PLG_CHROMIUM").map(PathBuf::from).into_iter();
    named.chain(["/usr/bin/chromium".into(), "/usr/bin/google-chrome".into()]).find(|path| path.exists())
}

fn script(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("sdks").join(name)
}

/// The stack, deployed to a sandbox that is served.
async fn served() -> (Stage, String) {
    let stage = Stage::new().await;
    let (_, outcome) = stage.apply(&product::STACK, false).await;
    assert!(outcome.failed.is_empty(), "{outcome:?}");
    let url = stage.url();
    (stage, url)
}

/// What a library says, run on a thread that the sandbox does not wait for.
async fn said(mut command: Command) -> Value {
    let output = tokio::task::spawn_blocking(move || command.output().expect("it starts")).await.expect("it ends");
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{out}\n{err}");
    serde_json::from_str(out.lines().last().unwrap_or_default()).unwrap_or_else(|error| panic!("{error}: {out}\n{err}"))
}

fn get(stage: &Stage, path: &str) -> Value {
    stage.look(path)
}

/// The flags of a sandbox, as `flags evaluate` reads them.
fn definitions(stage: &Stage) -> FlagDefinitions {
    FlagDefinitions::read(&get(stage, "/api/feature_flag/local_evaluation")).expect("they are flags")
}

fn expected(stage: &Stage) -> Map<String, Value> {
    let flags = definitions(stage);
    let one = |n: usize| {
        let id = format!("user-{n}");
        let got =
            flags.evaluate(FLAG, &AskedPerson::about(id.clone(), jiff::Timestamp::now())).expect("it is there").got;
        (id, got.json())
    };
    (0..PEOPLE).map(one).collect()
}

/// What both libraries for servers have to get.
fn holds(stage: &Stage, said: &Value, person: &str, email: &str, before: &str) {
    let all = &said["all"];
    assert_eq!(all["dark-mode"], true, "{said}");
    assert_eq!(all["beta-features"], false, "{said}");
    let expected = Value::Object(expected(stage));
    assert_eq!(said["remote"], expected);
    assert_eq!(said["local"], expected);
    let both: Vec<&Value> = expected.as_object().expect("a map").values().collect();
    assert!(both.contains(&&json!("control")) && both.contains(&&json!("test")), "{expected}");
    let people = get(stage, &format!("/api/projects/12345/persons/?distinct_id={before}"));
    let found = &people["results"][0];
    assert_eq!(found["properties"]["email"], email, "{people}");
    assert!(found["distinct_ids"].as_array().is_some_and(|ids| ids.iter().any(|id| id == person)), "{people}");
    assert_eq!(found["id"], found["uuid"], "in a list people are told apart by it: {people}");
    let types = get(stage, "/api/projects/12345/groups_types/");
    assert_eq!(types[0]["group_type"], "company", "{types}");
}

#[tokio::test]
async fn what_agents_ask_first() {
    let (stage, _) = served().await;
    let key = get(&stage, "/api/personal_api_keys/@current/");
    assert_eq!((&key["scoped_teams"], &key["scoped_organizations"]), (&json!([]), &json!([])), "{key}");
    let event = json!({ "api_key": TOKEN, "event": "signup_completed", "distinct_id": "ada", "properties": {} });
    stage.click("POST", "/i/v0/e/", &event);
    let source = json!({ "kind": "HogQLQuery", "query": "select event, count() from events group by event" });
    for query in [source.clone(), json!({ "kind": "DataVisualizationNode", "source": source })] {
        let said = stage.click("POST", "/api/environments/12345/query/", &json!({ "query": query }));
        assert_eq!(said["results"], json!([["signup_completed", 1]]), "{said}");
    }
}

fn events(stage: &Stage, name: &str) -> Vec<Value> {
    let all = get(stage, &format!("/api/projects/12345/events/?event={name}"));
    all["results"].as_array().cloned().unwrap_or_default()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_library_for_node() {
    let Some(modules) = needs(std::env::var_os("PLG_NODE_MODULES"), "PLG_NODE_MODULES with posthog-node") else {
        return;
    };
    let (stage, url) = served().await;
    let mut command = Command::new("node");
    command
        .arg(script("node.mjs"))
        .args([&url, TOKEN, "phx_any", FLAG, &PEOPLE.to_string()])
        .env("PLG_NODE_MODULES", modules);
    let said = said(command).await;
    holds(&stage, &said, "ada", "ada@example.com", "ada-before");
    assert_eq!(said["all"]["for-pros"], true, "what was identified is remembered: {said}");
    assert_eq!(events(&stage, "signup_completed").len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_library_for_python() {
    let Some(python) = needs(std::env::var_os("PLG_PYTHON"), "PLG_PYTHON with posthog") else { return };
    let (stage, url) = served().await;
    let mut command = Command::new(python);
    command.arg(script("python.py")).args([&url, TOKEN, "phx_any", FLAG, &PEOPLE.to_string()]);
    let said = said(command).await;
    holds(&stage, &said, "grace", "grace@example.com", "grace-before");
    assert_eq!(said["all"]["for-pros"], false, "{said}");
    assert_eq!(events(&stage, "feature_used").len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_library_for_browsers() {
    let Some(modules) = needs(std::env::var_os("PLG_NODE_MODULES"), "PLG_NODE_MODULES with posthog-js") else { return };
    let Some(chromium) = needs(chromium(), "Chromium") else { return };
    let (stage, url) = served().await;
    let mut command = Command::new("node");
    command
        .arg(script("browser.mjs"))
        .arg(chromium)
        .args([&url, TOKEN, "for-pros", "beta-features"])
        .env("PLG_NODE_MODULES", modules);
    let said = said(command).await;
    assert_eq!((&said["console"], &said["refused"]), (&json!([]), &json!([])), "{said}");
    assert_eq!(said["flags"]["dark-mode"], true, "{said}");
    assert_eq!(said["identified"]["for-pros"], true, "{said}");
    assert_eq!(said["surveys"], json!(["NPS"]), "{said}");
    assert_eq!(said["features"], json!(["beta-features"]), "{said}");
    assert_eq!(said["joined"]["beta-features"], true, "{said}");
    assert!(said["shown"].as_str().is_some_and(|text| text.contains("How likely")), "{said}");
    let sent = events(&stage, "signup_completed");
    assert_eq!((sent.len(), &sent[0]["distinct_id"]), (1, &json!("browser-ada")), "{sent:?}");
    assert_eq!(events(&stage, "%24pageview").len(), 1);
}
