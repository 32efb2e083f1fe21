//! An API that somebody else wrote, mounted beside Attio and PostHog.

#![expect(clippy::unwrap_used, reason = "what a test calls fails as the test does")]

use jiff::Timestamp;
use plg_sandbox::{
    ApiAccount, Delivery, HomePart, Reply, RequestCounts, Sandbox, SandboxAccount, SandboxApi, SandboxBuilder,
    SandboxRequest, Settings,
};
use serde_json::{Value, json};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

/// Two routes: notes can be listed and written.
#[derive(Debug)]
struct Notes;

impl SandboxApi for Notes {
    fn word(&self) -> &'static str {
        "notes"
    }

    fn title(&self) -> &'static str {
        "Notes & co"
    }

    fn answer(&self, account: &mut ApiAccount<'_>, request: &SandboxRequest) -> Reply {
        match (request.method.as_str(), request.path.as_str()) {
            ("GET", "/v1/notes") => {
                let notes: Vec<&Value> = account.store.rows("notes").map(|(_, row)| row).collect();
                Reply::json(200, json!({ "data": notes }))
            }
            ("POST", "/v1/notes") => {
                let Ok(sent) = serde_json::from_slice::<Value>(&request.body) else {
                    return Reply::json(400, json!({ "error": "no JSON" }));
                };
                let id = account.store.next_number("notes").to_string();
                let row =
                    json!({ "id": id, "text": sent["text"], "at": account.now().to_string(), "of": account.name });
                account.store.put("notes", &id, row.clone());
                Reply::json(201, row)
            }
            _ => Reply::json(404, json!({ "error": "no such route" })),
        }
    }

    fn prepare(&self, account: &mut ApiAccount<'_>) {
        if account.store.is_empty("notes") {
            account.store.put("notes", "welcome", json!({ "id": "welcome", "text": "Welcome" }));
        }
    }

    fn home(&self, home: &mut HomePart<'_>) {
        let notes = home.get("/v1/notes");
        let notes = notes["data"].as_array().into_iter().flatten();
        home.list("All notes", notes.map(|row| (row["text"].as_str().unwrap_or_default(), row["of"].to_string())));
    }

    fn is_list(&self, request: &SandboxRequest) -> bool {
        request.method == "GET" && request.path == "/v1/notes"
    }
}

const NOTES: &str = "/accounts/notes/v1/notes";

fn mounted() -> SandboxBuilder {
    Sandbox::builder().mount(Notes)
}

fn ask(sandbox: &Sandbox, method: &str, path: &str, text: &str) -> Reply {
    let body = if text.is_empty() { Vec::new() } else { json!({ "text": text }).to_string().into_bytes() };
    match sandbox.receive(SandboxRequest { body, ..SandboxRequest::new(method, path) }).finish() {
        Delivery::Answer(reply) => reply,
        other => panic!("{method} {path}: {other:?}"),
    }
}

fn notes(sandbox: &Sandbox, path: &str) -> Vec<String> {
    let body = ask(sandbox, "GET", path, "").body.unwrap();
    body["data"].as_array().unwrap().iter().map(|row| row["text"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn its_routes_answer_beside_the_others() {
    let sandbox = mounted().open().unwrap();
    let all: Vec<String> = sandbox.accounts().into_iter().map(|account| account.name).collect();
    assert_eq!(all, ["attio", "posthog", "notes"]);
    let now = Timestamp::from_second(1_800_000_000).unwrap();
    sandbox.set_time(now);
    let reply = ask(&sandbox, "POST", NOTES, "first");
    assert_eq!(reply, Reply::json(201, json!({ "id": "1", "text": "first", "at": now.to_string(), "of": "notes" })));
    assert_eq!(notes(&sandbox, NOTES), ["Welcome", "first"]);
    assert_eq!(ask(&sandbox, "GET", "/v2/self", "").status, 200);
    assert_eq!(sandbox.stats().of("notes"), RequestCounts { reads: 1, writes: 1 });
    let entry = &sandbox.log()[0];
    assert_eq!((entry.provider, entry.path.as_str()), (Some("notes"), "/v1/notes"));
    assert!(sandbox.rows().contains_key(&("notes/notes".to_owned(), "1".to_owned())));
    sandbox.reset().unwrap();
    assert_eq!(notes(&sandbox, NOTES), ["Welcome"]);
    assert_eq!(ask(&sandbox, "POST", NOTES, "second").body.unwrap()["id"], "2", "numbers are given once");
}

#[test]
fn it_may_be_alone_and_have_several_accounts() {
    let sandbox = mounted()
        .account(SandboxAccount::new("notes", "notes"))
        .account(SandboxAccount::new("diary", "notes"))
        .open()
        .unwrap();
    ask(&sandbox, "POST", "/accounts/diary/v1/notes", "secret");
    assert_eq!(notes(&sandbox, NOTES), ["Welcome"]);
    assert_eq!(notes(&sandbox, "/accounts/diary/v1/notes"), ["Welcome", "secret"]);
    assert_eq!(ask(&sandbox, "GET", "/v2/self", "").status, 404);
    assert_eq!(ask(&sandbox, "GET", "/api/users/@me/", "").status, 404);
    assert_eq!(mounted().mount(Notes).open().unwrap_err().to_string(), "two APIs are called `notes`");
}

#[test]
fn faults_clock_and_undo_are_about_it_too() {
    let sandbox = mounted().open().unwrap();
    let start = Timestamp::from_second(1_800_000_000).unwrap();
    let at = |second: u64| sandbox.set_time(start + Duration::from_secs(second));
    let rules = |rules: Value| sandbox.set_faults(serde_json::from_value(json!({ "rules": rules })).unwrap());
    at(0);
    rules(json!([
        { "match": { "account": "notes", "method": "POST" }, "times": 1, "do": { "status": 502, "after": true } },
        { "match": { "account": "notes", "method": "POST" }, "times": 1, "do": { "late_ms": 5000, "status": 504 } },
        { "match": { "account": "notes", "method": "POST" }, "times": 1, "do": { "lacks": "scope" } },
        { "match": { "account": "notes", "method": "POST" }, "times": 1, "do": { "cut": "after" } },
    ]));
    let statuses = ["a", "b", "c"].map(|text| ask(&sandbox, "POST", NOTES, text).status);
    assert_eq!(statuses, [502, 504, 403]);
    let body = json!({ "text": "d" }).to_string().into_bytes();
    let cut = sandbox.receive(SandboxRequest { body, ..SandboxRequest::new("POST", NOTES) }).finish();
    assert_eq!(cut, Delivery::Cut);
    assert_eq!(notes(&sandbox, NOTES), ["Welcome", "a", "d"]);
    at(6);
    assert_eq!(notes(&sandbox, NOTES), ["Welcome", "a", "d", "b"], "what was late has arrived");

    rules(json!([{ "match": { "list": true }, "do": { "lag_ms": 3000 } }]));
    at(10);
    ask(&sandbox, "POST", NOTES, "e");
    assert_eq!(notes(&sandbox, NOTES).len(), 4);
    at(14);
    assert_eq!(notes(&sandbox, NOTES).len(), 5);
    rules(json!([{ "match": { "list": true }, "do": { "page": { "lose": 0 } } }]));
    assert_eq!(notes(&sandbox, NOTES), ["a", "d", "b", "e"]);
}

#[test]
fn a_restart_finds_everything_again() {
    let dir = tempfile::tempdir().unwrap();
    let sandbox = mounted().dir(dir.path()).open().unwrap();
    ask(&sandbox, "POST", NOTES, "kept");
    let rows = sandbox.rows();
    drop(sandbox);
    let sandbox = mounted().dir(dir.path()).open().unwrap();
    assert_eq!(sandbox.rows(), rows);
    assert_eq!(notes(&sandbox, NOTES), ["Welcome", "kept"]);
    drop(sandbox);
    // Where it is not mounted, nobody misses it.
    let sandbox = Sandbox::open(Some(dir.path()), None).unwrap();
    assert_eq!(ask(&sandbox, "GET", NOTES, "").status, 404);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn the_page_lists_what_it_has() {
    let running = mounted().settings(Settings::default()).start("127.0.0.1:0".parse().unwrap()).await.unwrap();
    ask(running.sandbox(), "POST", NOTES, "<b>bold</b>");
    let mut stream = TcpStream::connect(running.addr).unwrap();
    stream
        .write_all(format!("GET / HTTP/1.1\r\nhost: {}\r\nconnection: close\r\n\r\n", running.addr).as_bytes())
        .unwrap();
    let mut page = String::new();
    stream.read_to_string(&mut page).unwrap();
    assert!(page.contains("notes (Notes &amp; co) under <code>/accounts/notes</code>"), "{page}");
    assert!(page.contains("<h3 id=\"notes.all-notes\">All notes <span class=\"count\">2</span></h3>"), "{page}");
    assert!(page.contains("<h4>&lt;b&gt;bold&lt;/b&gt;</h4><p>&quot;notes&quot;</p>"), "{page}");
    assert_eq!(running.url_of("notes"), Some(format!("{}/accounts/notes", running.url())));
}
