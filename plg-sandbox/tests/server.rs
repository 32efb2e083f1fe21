//! The sandbox as a client sees it: bytes on a socket.

#![expect(clippy::unwrap_used, reason = "what a test calls fails as the test does")]

use plg_sandbox::{Faults, Running, Sandbox, Settings};
use serde_json::{Value, json};
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};

const ANY_PORT: &str = "127.0.0.1:0";
const TIER: &str = r#"{"data":{"api_slug":"tiers","singular_noun":"Tier","plural_noun":"Tiers"}}"#;

async fn start() -> Running {
    Sandbox::start(ANY_PORT.parse().unwrap(), None).await.unwrap()
}

/// Everything the server sends until it closes the connection.
fn raw(addr: SocketAddr, method: &str, path: &str, body: &str) -> String {
    let mut stream = TcpStream::connect(addr).unwrap();
    let head = format!(
        "{method} {path} HTTP/1.1\r\nhost: {addr}\r\nauthorization: Bearer secret-key\r\nconnection: close\r\n\
         content-type: application/json\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all((head + body).as_bytes()).unwrap();
    let mut text = Vec::new();
    // A cut connection may end in a reset.
    let _ = stream.read_to_end(&mut text);
    String::from_utf8(text).unwrap()
}

fn ask(addr: SocketAddr, method: &str, path: &str, body: &str) -> (u16, Value) {
    let text = raw(addr, method, path, body);
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    (head[9..12].parse().unwrap(), serde_json::from_str(body).unwrap())
}

fn tiers(addr: SocketAddr) -> u16 {
    ask(addr, "GET", "/v2/objects/tiers", "").0
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_connection_stays_open_for_the_next_request() {
    let running = start().await;
    let mut stream = TcpStream::connect(running.addr).unwrap();
    let mut text = [0; 4096];
    for _ in 0..2 {
        let head = format!("GET /_sandbox/stats HTTP/1.1\r\nhost: {}\r\n\r\n", running.addr);
        stream.write_all(head.as_bytes()).unwrap();
        let length = stream.read(&mut text).unwrap();
        assert!(String::from_utf8_lossy(&text[..length]).starts_with("HTTP/1.1 200 OK"));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn only_loopback_is_served() {
    let refused = Sandbox::start("0.0.0.0:0".parse().unwrap(), None).await.unwrap_err();
    assert!(refused.to_string().contains("`0.0.0.0` is not a loopback address"), "{refused}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_folder_is_free_again_after_a_stop() {
    let dir = tempfile::tempdir().unwrap();
    let running = Sandbox::start(ANY_PORT.parse().unwrap(), Some(dir.path())).await.unwrap();
    assert_eq!(ask(running.addr, "POST", "/v2/objects", TIER).0, 200);
    assert!(Sandbox::start(ANY_PORT.parse().unwrap(), Some(dir.path())).await.is_err());
    running.stop().await;
    let running = Sandbox::start(ANY_PORT.parse().unwrap(), Some(dir.path())).await.unwrap();
    assert_eq!(tiers(running.addr), 200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_cut_before_leaves_nothing_and_a_cut_after_leaves_the_change() {
    let running = start().await;
    let addr = running.addr;
    for (cut, expected) in [("before", 404), ("after", 200)] {
        let rule = json!([{"match": {"method": "POST"}, "times": 1, "do": {"cut": cut}}]);
        ask(addr, "POST", "/_sandbox/faults", &rule.to_string());
        assert_eq!(raw(addr, "POST", "/v2/objects", TIER), "");
        assert_eq!(tiers(addr), expected, "cut {cut}");
    }
    let (_, log) = ask(addr, "GET", "/_sandbox/log", "");
    assert_eq!(log[0]["status"], Value::Null);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn half_a_body_is_sent_and_then_nothing() {
    let running = start().await;
    running
        .sandbox()
        .set_faults(faults(json!([{"match": {"path": "/v2/objects"}, "times": 1, "do": {"cut": "half_body"}}])));
    let text = raw(running.addr, "POST", "/v2/objects", TIER);
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    let told: usize = head.lines().find_map(|l| l.strip_prefix("content-length: ")).unwrap().parse().unwrap();
    assert_eq!(body.len(), told / 2);
    assert_eq!(tiers(running.addr), 200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_status_comes_before_or_after_the_change() {
    let running = start().await;
    running.sandbox().set_faults(faults(json!([
        {"match": {"method": "POST"}, "times": 1, "do": {"status": 503, "headers": {"Retry-After": "1"}, "body": {"late": true}}},
        {"match": {"method": "POST"}, "times": 1, "do": {"status": 502, "after": true}},
        {"match": {"path": "tiers", "nth": 2}, "times": 1, "do": {"malformed": true}},
    ])));
    let text = raw(running.addr, "POST", "/v2/objects", TIER);
    assert!(text.contains("503") && text.contains("retry-after: 1") && text.contains("{\"late\":true}"), "{text}");
    assert_eq!(tiers(running.addr), 404);
    assert_eq!(ask(running.addr, "POST", "/v2/objects", TIER).0, 502);
    assert_eq!(tiers(running.addr), 200);
    let text = raw(running.addr, "GET", "/v2/objects/tiers", "");
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    assert!(head.contains("200 OK") && serde_json::from_str::<Value>(body).is_err(), "{text}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn controls_show_and_change() {
    let running = start().await;
    let addr = running.addr;
    let (status, settings) = ask(addr, "PATCH", "/_sandbox/settings", r#"{"deals":false}"#);
    assert_eq!((status, &settings["deals"], &settings["project"]), (200, &json!(false), &json!(12345)));
    assert_eq!(ask(addr, "PATCH", "/_sandbox/settings", r#"{"dials":false}"#).0, 400);
    assert_eq!(ask(addr, "GET", "/v2/objects/deals", "").0, 404);
    assert_eq!(ask(addr, "POST", "/v2/objects/deals/records/query", "{}").1["code"], "standard_object_disabled");
    ask(addr, "POST", "/v2/objects", TIER);
    assert_eq!(ask(addr, "GET", "/_sandbox/stats", "").1["attio"], json!({"reads": 2, "writes": 1}));
    let log = raw(addr, "GET", "/_sandbox/log", "");
    assert!(log.contains("\"api_slug\":\"tiers\"") && !log.contains("secret-key"), "{log}");
    ask(addr, "POST", "/_sandbox/stats/reset", "");
    assert_eq!(ask(addr, "GET", "/_sandbox/log", "").1, json!([]));
    ask(addr, "POST", "/_sandbox/reset", "");
    assert_eq!(tiers(addr), 404);
    assert!(!running.sandbox().settings().deals, "settings outlive a reset");
    assert_eq!(ask(addr, "POST", "/_sandbox/faults", r#"[{"do":{"staus":1}}]"#).0, 400);
    for path in ["/_sandbox/nothing", "/nothing"] {
        let error = format!("the sandbox has no `GET {path}`");
        assert_eq!(ask(addr, "GET", path, ""), (404, json!({ "error": error })));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_key_is_checked_once_keys_are_told() {
    let settings: Settings = serde_json::from_value(json!({"tokens": {
        "secret-key": {"scopes": ["object_configuration:read"]},
    }}))
    .unwrap();
    let sandbox = Sandbox::open(None, Some(settings)).unwrap();
    let listener = tokio::net::TcpListener::bind(ANY_PORT).await.unwrap();
    let running = sandbox.run(listener).unwrap();
    assert_eq!(ask(running.addr, "GET", "/v2/objects", "").0, 200);
    let (status, body) = ask(running.addr, "POST", "/v2/objects", TIER);
    assert_eq!((status, &body["type"]), (403, &json!("auth_error")));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn an_event_that_arrives_is_defined() {
    let running = start().await;
    let events = json!([{"event": "signed up", "properties": {"plan": "free"}}]).to_string();
    assert_eq!(ask(running.addr, "POST", "/_sandbox/events", &events).0, 200);
    let (_, page) = ask(running.addr, "GET", "/api/projects/12345/event_definitions/", "");
    assert_eq!(page["results"][0]["name"], "signed up", "{page}");
}

fn faults(rules: Value) -> Faults {
    serde_json::from_value(json!({"rules": rules})).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn the_page_is_told_apart_by_what_is_on_it() {
    let running = start().await;
    let page = raw(running.addr, "GET", "/", "");
    let mark = |text: &str| {
        let line = text.lines().find_map(|line| line.to_ascii_lowercase().strip_prefix("etag: ").map(str::to_owned));
        line.expect("a mark").trim().to_owned()
    };
    let known = |mark: &str| {
        let mut stream = TcpStream::connect(running.addr).unwrap();
        let head =
            format!("GET / HTTP/1.1\r\nhost: {}\r\nif-none-match: {mark}\r\nconnection: close\r\n\r\n", running.addr);
        stream.write_all(head.as_bytes()).unwrap();
        let mut text = String::new();
        stream.read_to_string(&mut text).unwrap();
        text
    };
    let same = known(&mark(&page));
    assert!(same.starts_with("HTTP/1.1 304 ") && same.ends_with("\r\n\r\n"), "{same}");
    assert_eq!(ask(running.addr, "POST", "/v2/objects", TIER).0, 200);
    let other = known(&mark(&page));
    assert!(other.starts_with("HTTP/1.1 200 ") && other.contains("Tiers"), "{other}");
    assert!(other.contains("connect-src 'self'") && other.contains("script-src 'self'"), "{other}");
    let script = raw(running.addr, "GET", "/home.js", "");
    assert!(script.contains("text/javascript") && script.contains("nosniff"), "{script}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn the_page_speaks_as_people_do() {
    let running = start().await;
    let post = |path: &str, body: Value| {
        let (status, answer) = ask(running.addr, "POST", path, &body.to_string());
        assert!((200..300).contains(&status), "{path}: {answer}");
        answer
    };
    let deals = ask(running.addr, "GET", "/v2/objects/deals", "").1["data"]["id"]["object_id"].clone();
    let filter = json!({ "$and": [{ "field": "object_id", "operator": "equals", "value": deals }] });
    post(
        "/v2/webhooks",
        json!({ "data": { "target_url": "https://example.com/hook",
            "subscriptions": [{ "event_type": "record.created", "filter": filter }, { "event_type": "note.created", "filter": null }] } }),
    );
    let project = "/api/projects/12345";
    let variants = json!({ "variants": [{ "key": "control", "rollout_percentage": 50 }, { "key": "guided", "rollout_percentage": 50 }] });
    let groups = json!([{ "properties": [], "rollout_percentage": 100 }]);
    post(
        &format!("{project}/feature_flags/"),
        json!({ "key": "guide", "name": "Guide", "filters": { "groups": groups, "multivariate": variants } }),
    );
    post(&format!("{project}/experiments/"), json!({ "name": "Guided", "feature_flag_key": "guide" }));
    let did = json!({ "type": "behavioral", "key": "used", "event_type": "events", "value": "performed_event_multiple",
        "operator": "gte", "operator_value": 10, "time_value": 7, "time_interval": "day" });
    let filters = json!({ "properties": { "type": "AND", "values": [{ "type": "AND", "values": [did] }] } });
    post(&format!("{project}/cohorts/"), json!({ "name": "Power users", "filters": filters }));
    post(
        &format!("{project}/actions/"),
        json!({ "name": "Upgrade", "steps": [{ "event": "$autocapture", "selector": ".upgrade" }] }),
    );
    post(&format!("{project}/event_definitions/"), json!({ "name": "signed_up" }));
    let page = raw(running.addr, "GET", "/", "");
    for words in [
        "<h3>Deals, Every note</h3>",
        "Deals created</li>",
        "<p>People who did used at least 10 times in the last 7 days.</p>",
        "<li>$autocapture on .upgrade</li>",
        "<dt><code>signed_up</code></dt>",
        "aria-labelledby=\"events\"",
        "aria-labelledby=\"actions\"",
    ] {
        assert!(page.contains(words), "{words} is not on {page}");
    }
    let experiment = page.split("<h3>Guided</h3>").nth(1).unwrap().split("</article>").next().unwrap();
    assert!(experiment.contains("<code>guide</code>") && experiment.contains("control 50%"), "{experiment}");
    assert!(experiment.contains("guided 50%"), "{experiment}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn how_a_stack_was_built_is_on_the_page_until_it_is_taken_away() {
    let running = start().await;
    let page = || raw(running.addr, "GET", "/", "");
    assert_eq!(ask(running.addr, "GET", "/_sandbox/build", ""), (200, Value::Null));
    let status = json!({ "state": "build_failed", "says": "not <built>", "detail": "error: <no>" }).to_string();
    let (code, kept) = ask(running.addr, "PUT", "/_sandbox/build", &status);
    assert_eq!((code, &kept["state"], kept["at"].is_string()), (200, &json!("build_failed"), true));
    assert!(page().contains("not &lt;built&gt; at <time") && page().contains(">error: &lt;no&gt;</pre>"));
    for wrong in
        [json!({ "state": "unknown", "says": "" }), json!({ "state": "deployed", "says": "", "secret": "s" }), json!(3)]
    {
        assert_eq!(ask(running.addr, "PUT", "/_sandbox/build", &wrong.to_string()).0, 400, "{wrong}");
    }
    // No page of another site says anything there.
    let head = format!(
        "PUT /_sandbox/build HTTP/1.1\r\nhost: {}\r\norigin: http://localhost:3000\r\nconnection: close\r\n\
         content-length: {}\r\n\r\n",
        running.addr,
        status.len()
    );
    let mut stream = TcpStream::connect(running.addr).unwrap();
    stream.write_all((head + &status).as_bytes()).unwrap();
    let mut refused = String::new();
    stream.read_to_string(&mut refused).unwrap();
    assert!(refused.starts_with("HTTP/1.1 403"), "{refused}");
    assert_eq!(ask(running.addr, "DELETE", "/_sandbox/build", "").0, 200);
    assert!(page().contains("<div id=\"build\" aria-live=\"polite\"></div>"));
}
