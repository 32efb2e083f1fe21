//! `unused --live`: what applications really send, held against what the stack declares.

use super::{event, events, keys, plg, text};
use plg_sandbox::{ApiToken, Running, Sandbox, Settings};
use serde_json::{Value, json};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;

async fn start() -> Running {
    Sandbox::start(([127, 0, 0, 1], 0).into(), None).await.expect("a free port")
}

/// Sends events as a library does, over HTTP.
fn send(running: &Running, batch: &[Value]) {
    let body = json!({ "api_key": "phc_sandbox", "batch": batch }).to_string();
    let mut stream = TcpStream::connect(running.addr).expect("it listens");
    let head = format!(
        "POST /batch/ HTTP/1.1\r\nhost: {}\r\nconnection: close\r\ncontent-type: application/json\r\n\
         content-length: {}\r\n\r\n",
        running.addr,
        body.len()
    );
    stream.write_all((head + &body).as_bytes()).expect("it reads");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("it answers");
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
}

fn sent(name: &str, properties: Value) -> Value {
    json!({ "event": name, "distinct_id": "u1", "properties": properties })
}

/// Asks with a key of PostHog alone: nothing is asked of Attio, not even its key.
fn live(root: &Path, running: &Running, arguments: &[&str]) -> (i32, String, String) {
    let mut command = plg(root);
    command.args(["unused", "--live", "--stage", "dev"]).args(arguments);
    command.envs(keys("", "phx_own")).env("ATTIO_KEY_FOR_POSTHOG", "k").env_remove("ATTIO_API_KEY_DEV");
    command.env("POSTHOG_PROJECT_ID_DEV", "12345").env("PLG_POSTHOG_URL", running.url());
    text(&command.output().expect("the binary runs"))
}

fn everything_wrong(running: &Running) {
    let called = |key: &str| sent("$feature_flag_called", json!({ "$feature_flag": key }));
    send(
        running,
        &[
            sent("signup_completed", json!({ "plan": 3, "seats": 2, "soruce": "ad", "minutes": 5, "colour": "red" })),
            sent("signed_in", json!({ "product_role": "Boss", "$set": { "shoe_size": 44 } })),
            sent("signup_complete", json!({})),
            sent("page_hovered", json!({ "x": 1 })),
            json!({ "event": "page_hovered", "distinct_id": "u1", "timestamp": "2026-01-01T00:00:00Z" }),
            sent("$pageview", json!({ "title": "Home" })),
            called("dark-mode"),
            called("dark-mod"),
            called("somebody-elses"),
        ],
    );
}

/// The differences, without the time.
fn lines(out: &str) -> Vec<String> {
    let squeezed = |line: &str| line.split_whitespace().collect::<Vec<_>>().join(" ");
    let without = |line: String| {
        let Some((before, rest)) = line.split_once("last ") else { return line };
        format!("{before}last{}", rest.get(16..).unwrap_or_default())
    };
    out.lines().map(squeezed).map(without).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_class_with_its_place() {
    let root = tempfile::tempdir().expect("a folder");
    let running = start().await;
    everything_wrong(&running);
    let (code, out, err) = live(root.path(), &running, &[]);
    assert_eq!(code, 0, "{out}{err}");
    let lines = lines(&out);
    let has =
        |line: &str| assert!(lines.iter().any(|one| one.starts_with(line)), "no line `{line}` in\n{out}\n{lines:#?}");
    has("Missing: sent or asked for, and declared nowhere");
    has("event page_hovered once, last");
    has("property signup_completed.colour once, last");
    has("person property shoe_size once, last");
    has("flag somebody-elses once, last");
    has("Misspelt:");
    has(
        "event signup_complete did you mean `signup_completed`? (once, last) event.SignupCompleted plg-stack/src/product.rs:",
    );
    has(
        "property signup_completed.soruce did you mean `source`? (once, last) event.SignupCompleted.source plg-stack/src/",
    );
    has("flag dark-mod did you mean `dark-mode`? (once, last) feature_flag.DarkMode plg-stack/src/product.rs:");
    has("Misplaced:");
    has("property signup_completed.minutes once, last event.OnboardingCompleted.minutes plg-stack/src/product.rs:");
    has("Wrong type:");
    has("property signup_completed.plan declared text, sent number once (last) event.SignupCompleted.plan");
    has("property signed_in.product_role declared one of Power User, Regular, Inactive, sent \"Boss\" once (last)");
    has("Never sent: declared, and not seen");
    has("event plan_upgraded never sent event.PlanUpgraded plg-stack/src/product.rs:");
    has("property signup_completed.source never sent, and optional event.SignupCompleted.source");
    has("flag beta-features never asked for feature_flag.BetaFeatures plg-stack/src/product.rs:");
    assert!(!out.contains("$pageview") && !out.contains("title") && !out.contains("new-onboarding-flow-"), "{out}");
    assert!(!lines.iter().any(|line| line.starts_with("flag dark-mode ")), "{out}");
    assert!(err.contains("Events, properties and flags of stage dev in the last 30d: "), "{err}");

    let (code, out, _) = live(root.path(), &running, &["--json", "--exit-code", "--since", "999d"]);
    assert_eq!(code, 9, "{out}");
    let all = events(&out);
    let of = |name: &str| all.iter().find(|one| one["event"] == "live" && one["name"] == name).expect("it is there");
    let hovered = of("page_hovered");
    assert_eq!((&hovered["class"], &hovered["count"]), (&json!("missing"), &json!(2)), "the older one is counted, too");
    let role = of("product_role");
    assert_eq!(role["found"], json!(["\"Boss\" once"]));
    assert_eq!((&role["of_event"], &role["subject"]), (&json!("signed_in"), &json!("property")));
    assert!(role["declared"].as_str().is_some_and(|place| place.contains("product.rs:")), "{role}");
    let misspelt = of("signup_complete");
    assert_eq!(
        (&misspelt["near"], &misspelt["address"]),
        (&json!("signup_completed"), &json!("event.SignupCompleted"))
    );
}

/// A key with these scopes.
fn allow(running: &Running, scopes: &[&str]) {
    let token = ApiToken { scopes: scopes.iter().map(|scope| (*scope).to_owned()).collect(), ..ApiToken::default() };
    let tokens = Some([("phx_own".to_owned(), token)].into());
    running.sandbox().set_settings(Settings { tokens, ..running.sandbox().settings() }).expect("in memory");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_without_queries_still_has_the_definitions() {
    let root = tempfile::tempdir().expect("a folder");
    let running = start().await;
    everything_wrong(&running);
    let kinds = [
        "action:read",
        "annotation:read",
        "cohort:read",
        "dashboard:read",
        "event_definition:read",
        "experiment:read",
        "feature_flag:read",
        "hog_function:read",
        "insight:read",
        "survey:read",
        "project:read",
        "property_definition:read",
    ];
    allow(&running, &kinds);
    let (code, out, err) = live(root.path(), &running, &[]);
    assert_eq!(code, 0, "{out}{err}");
    assert!(err.contains("query:read") && err.contains("POSTHOG_API_KEY_DEV"), "{err}");
    assert!(err.contains("warning: counts, values and flags are not compared, and a property counts as sent"), "{err}");
    let found = lines(&out);
    for line in [
        "event page_hovered last",
        "event signup_complete did you mean `signup_completed`? (last)",
        "property signup_completed.colour",
        "property signup_completed.minutes event.OnboardingCompleted.minutes",
        "property signup_completed.plan declared text, sent number",
        "event plan_upgraded never sent",
    ] {
        assert!(found.iter().any(|one| one.starts_with(line)), "no line `{line}` in\n{out}");
    }
    assert!(!found.iter().any(|line| line.starts_with("flag ")), "nobody can tell which were asked for: {out}");

    allow(&running, &kinds[..11]);
    let (code, out, err) = live(root.path(), &running, &["--json"]);
    assert_eq!(code, 0, "{out}{err}");
    let all = events(&out);
    let warned: Vec<&str> =
        all.iter().filter(|one| one["event"] == "warning").filter_map(|one| one["message"].as_str()).collect();
    assert!(warned.iter().any(|said| said.contains("property_definition:read")), "{warned:?}");
    assert_eq!(event(&all, "live")["class"], "missing");
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_found_where_all_is_as_declared_and_what_is_wrong_is_said() {
    let root = tempfile::tempdir().expect("a folder");
    let running = start().await;
    let (code, _, err) = live(root.path(), &running, &["--account", "marketing"]);
    assert!(code == 2 && err.contains("no account `marketing` of stage dev") && err.contains("posthog"), "{err}");
    let (code, _, err) = live(root.path(), &running, &["--since", "soon"]);
    assert!(code == 2 && err.contains("a duration is"), "{err}");
    let (code, _, err) = text(&plg(root.path()).args(["unused", "--since", "7d"]).output().expect("it runs"));
    assert!(code == 2 && err.contains("--live"), "{err}");
    // Both together: sources, and what arrived.
    std::fs::create_dir(root.path().join("app")).expect("a folder");
    let (code, out, err) = live(root.path(), &running, &["--in", "app"]);
    assert_eq!(code, 0, "{err}");
    assert!(out.contains("event.FeatureUsed ") && out.contains("Never sent:"), "{out}");
    assert!(err.contains("are used in none of 0 sources") && err.contains("in the last 30d"), "{err}");
}
