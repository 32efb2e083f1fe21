//! Several accounts in one sandbox: each is a world of its own.

#![expect(clippy::unwrap_used, reason = "what a test calls fails as the test does")]

use jiff::Timestamp;
use plg_sandbox::{Delivery, Reply, RequestCounts, Sandbox, SandboxAccount, SandboxBuilder, SandboxRequest, Settings};
use serde_json::{Value, json};
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

const ANY_PORT: &str = "127.0.0.1:0";

fn accounts(all: &[(&str, &str)]) -> SandboxBuilder {
    Sandbox::builder().accounts(all.iter().map(|(name, provider)| SandboxAccount::new(*name, *provider)))
}

/// Both default accounts, two more projects and one more workspace.
const FIVE: [(&str, &str); 5] =
    [("attio", "attio"), ("posthog", "posthog"), ("marketing", "posthog"), ("partners", "attio"), ("beta", "posthog")];

fn request(method: &str, path: &str, body: &Value) -> SandboxRequest {
    let mut request = SandboxRequest::new(method, path);
    request.headers.push(("authorization".into(), "Bearer key".into()));
    if !body.is_null() {
        request.body = body.to_string().into_bytes();
    }
    request
}

fn ask(sandbox: &Sandbox, method: &str, path: &str, body: &Value) -> Reply {
    match sandbox.receive(request(method, path, body)).finish() {
        Delivery::Answer(reply) => reply,
        other => panic!("{method} {path}: {other:?}"),
    }
}

fn get(sandbox: &Sandbox, path: &str) -> Value {
    let reply = ask(sandbox, "GET", path, &Value::Null);
    assert_eq!(reply.status, 200, "{path}: {reply:?}");
    reply.body.unwrap()
}

/// What is below a project of an account, where its paths begin.
fn project(account: &str, number: u64, what: &str) -> String {
    format!("{}/api/projects/{number}/{what}", SandboxAccount::new(account, "posthog").url(""))
}

fn make_flag(sandbox: &Sandbox, path: &str, key: &str) -> Value {
    let reply = ask(sandbox, "POST", path, &json!({ "key": key, "filters": { "groups": [{}] } }));
    assert_eq!(reply.status, 201, "{reply:?}");
    reply.body.unwrap()
}

fn keys(sandbox: &Sandbox, path: &str) -> Vec<String> {
    let rows = get(sandbox, path);
    rows["results"].as_array().unwrap().iter().map(|row| row["key"].as_str().unwrap().to_owned()).collect()
}

fn tier() -> Value {
    json!({ "data": { "api_slug": "tiers", "singular_noun": "Tier", "plural_noun": "Tiers" } })
}

fn status(sandbox: &Sandbox, path: &str) -> u16 {
    ask(sandbox, "GET", path, &Value::Null).status
}

#[test]
fn two_projects_do_not_see_each_other() {
    let sandbox = accounts(&FIVE).open().unwrap();
    let [first, second, third] = [("posthog", 12345), ("marketing", 12346), ("beta", 12347)]
        .map(|(name, id)| project(name, id, "feature_flags/"));
    let flag = make_flag(&sandbox, &first, "new-onboarding");
    let other = make_flag(&sandbox, &second, "new-onboarding");
    assert_eq!((&flag["id"], &other["id"]), (&json!(1), &json!(1)), "ids of their own");
    make_flag(&sandbox, &second, "campaign");
    assert_eq!(keys(&sandbox, &first), ["new-onboarding"]);
    assert_eq!(keys(&sandbox, &second), ["campaign", "new-onboarding"]);
    assert!(keys(&sandbox, &third).is_empty());
    // Each answers for its own project alone.
    assert_eq!(status(&sandbox, &project("marketing", 12345, "feature_flags/")), 404);
    assert_eq!(status(&sandbox, &project("posthog", 12346, "feature_flags/")), 404);
    let team = get(&sandbox, "/accounts/marketing/api/projects/@current/");
    assert_eq!((&team["id"], &team["name"]), (&json!(12346), &json!("marketing")));
    assert_eq!(get(&sandbox, "/api/projects/@current/")["name"], "Sandbox");
    assert_ne!(get(&sandbox, "/accounts/beta/api/projects/@current/")["api_token"], team["api_token"]);
}

#[test]
fn two_workspaces_do_not_see_each_other() {
    let sandbox = accounts(&FIVE).open().unwrap();
    assert_eq!(ask(&sandbox, "POST", "/accounts/partners/v2/objects", &tier()).status, 200);
    assert_eq!(status(&sandbox, "/accounts/partners/v2/objects/tiers"), 200);
    assert_eq!(status(&sandbox, "/v2/objects/tiers"), 404);
    let [first, second] = ["/v2/self", "/accounts/partners/v2/self"].map(|path| get(&sandbox, path));
    assert_ne!(first["workspace_id"], second["workspace_id"]);
    assert_eq!([&first, &second].map(|me| me["workspace_name"].clone()), ["Sandbox", "partners"]);
    assert_eq!([&first, &second].map(|me| me["workspace_slug"].clone()), ["sandbox", "partners"]);
}

#[test]
fn links_lead_back_to_the_account() {
    let sandbox = accounts(&FIVE).open().unwrap();
    let flags = project("marketing", 12346, "feature_flags/");
    for key in ["a", "b"] {
        make_flag(&sandbox, &flags, key);
    }
    let mut first = request("GET", &format!("{flags}?limit=1"), &Value::Null);
    first.origin = "http://127.0.0.1:4848".into();
    let next = sandbox.answer(&first).body.unwrap()["next"].clone();
    let next = next.as_str().unwrap().strip_prefix("http://127.0.0.1:4848").unwrap();
    assert_eq!(keys(&sandbox, next), ["a"]);
}

#[test]
fn an_account_answers_for_its_own_api_alone() {
    let sandbox = accounts(&FIVE).open().unwrap();
    assert_eq!(status(&sandbox, "/accounts/partners/api/projects/12345/cohorts/"), 404);
    assert_eq!(status(&sandbox, "/accounts/marketing/v2/objects"), 404);
    // The default accounts have an address by name as well.
    assert_eq!(status(&sandbox, "/accounts/attio/v2/objects"), 200);
    assert_eq!(status(&sandbox, "/accounts/posthog/v2/objects"), 404);
    let reply = ask(&sandbox, "GET", "/accounts/marketting/api/users/@me/", &Value::Null);
    assert_eq!(reply.status, 404);
    let error = "this sandbox has no account `marketting`; it has attio, posthog, marketing, partners, beta";
    assert_eq!(reply.body.unwrap()["error"], error);
}

#[test]
fn a_sandbox_of_posthog_alone_has_nothing_of_attio() {
    let sandbox = accounts(&[("posthog", "posthog")]).open().unwrap();
    assert_eq!(status(&sandbox, "/api/projects/12345/cohorts/"), 200);
    assert_eq!(status(&sandbox, "/v2/objects"), 404);
    assert_eq!(status(&sandbox, "/v2/self"), 404);
    assert!(!format!("{:?}", sandbox.rows()).contains("attio"), "nothing of it is stored");
    assert!(!serde_json::to_string(&sandbox.stats()).unwrap().contains("attio"));

    let sandbox = accounts(&[("attio", "attio")]).open().unwrap();
    assert_eq!(status(&sandbox, "/v2/objects"), 200);
    assert_eq!(status(&sandbox, "/api/projects/12345/cohorts/"), 404);
    assert_eq!(status(&sandbox, "/batch/"), 404);
    assert!(sandbox.ingest("signed_up", &serde_json::Map::new()).is_err());
}

#[test]
fn each_account_is_kept_and_keeps_its_number() {
    let dir = tempfile::tempdir().unwrap();
    let sandbox = accounts(&FIVE).dir(dir.path()).open().unwrap();
    for (account, number) in [("posthog", 12345), ("marketing", 12346), ("beta", 12347)] {
        make_flag(&sandbox, &project(account, number, "feature_flags/"), account);
    }
    ask(&sandbox, "POST", "/accounts/partners/v2/objects", &tier());
    let workspace = get(&sandbox, "/accounts/partners/v2/self")["workspace_id"].clone();
    let all = sandbox.rows();
    drop(sandbox);

    // Named in another order, with one more before them, and one no longer.
    let again = [("early", "posthog"), ("beta", "posthog"), ("partners", "attio"), ("attio", "attio")];
    let sandbox = accounts(&again).dir(dir.path()).open().unwrap();
    assert_eq!(keys(&sandbox, &project("beta", 12347, "feature_flags/")), ["beta"]);
    assert!(keys(&sandbox, &project("early", 12348, "feature_flags/")).is_empty());
    assert_eq!(status(&sandbox, "/accounts/partners/v2/objects/tiers"), 200);
    assert_eq!(get(&sandbox, "/accounts/partners/v2/self")["workspace_id"], workspace);
    assert_eq!(status(&sandbox, "/api/projects/12345/feature_flags/"), 404);
    drop(sandbox);

    // An account that one start leaves out keeps its rows.
    let sandbox = accounts(&FIVE).dir(dir.path()).open().unwrap();
    let but_accounts = |rows: &std::collections::BTreeMap<(String, String), Value>| {
        rows.clone().into_iter().filter(|((table, _), _)| table != "_accounts").collect::<Vec<_>>()
    };
    assert_eq!(but_accounts(&sandbox.rows()), but_accounts(&all));
    drop(sandbox);

    // And so are the default ones for whoever knows of no others.
    let sandbox = Sandbox::open(Some(dir.path()), None).unwrap();
    assert_eq!(keys(&sandbox, &project("posthog", 12345, "feature_flags/")), ["posthog"]);
}

#[test]
fn the_default_accounts_are_kept_where_they_always_were() {
    let dir = tempfile::tempdir().unwrap();
    drop(Sandbox::open(Some(dir.path()), None).unwrap());
    let files = || {
        let mut files: Vec<_> = std::fs::read_dir(dir.path()).unwrap().map(|file| file.unwrap().file_name()).collect();
        files.sort();
        files
    };
    assert_eq!(files(), ["lock", "sandbox.log"]);
    drop(accounts(&FIVE).dir(dir.path()).open().unwrap());
    let all = ["beta.posthog.log", "lock", "marketing.posthog.log", "partners.attio.log", "sandbox.log"];
    assert_eq!(files(), all);
}

#[test]
fn names_that_cannot_be_are_refused() {
    for (named, why) in [
        (vec![("a", "posthog"), ("a", "attio")], "two accounts are called `a`"),
        (vec![("a", "posthog"), ("A", "posthog")], "two accounts are called `A`"),
        (vec![("../a", "posthog")], "`../a` is not a name of letters, digits, `_` and `-`"),
        (vec![("", "posthog")], "`` is not a name of letters, digits, `_` and `-`"),
        (vec![("a", "stripe")], "account `a` is of `stripe`, but mounted are attio, posthog"),
    ] {
        assert_eq!(accounts(&named).open().unwrap_err().to_string(), why);
    }
}

#[test]
fn a_fault_is_about_every_account_or_one() {
    let sandbox = accounts(&FIVE).open().unwrap();
    let faults =
        json!({ "rules": [{ "match": { "account": "marketing", "path": "/api/" }, "do": { "status": 503 } }] });
    sandbox.set_faults(serde_json::from_value(faults).unwrap());
    let flags = [("posthog", 12345), ("marketing", 12346), ("beta", 12347)]
        .map(|(name, id)| status(&sandbox, &project(name, id, "feature_flags/")));
    assert_eq!(flags, [200, 503, 200]);
    sandbox.set_faults(serde_json::from_value(json!({ "rules": [{ "do": { "status": 503 } }] })).unwrap());
    assert_eq!(status(&sandbox, "/accounts/partners/v2/objects"), 503);
    assert_eq!(status(&sandbox, "/v2/objects"), 503);
}

#[test]
fn each_account_lags_and_is_late_by_itself() {
    let sandbox = accounts(&FIVE).open().unwrap();
    let start = Timestamp::from_second(1_800_000_000).unwrap();
    sandbox.set_time(start);
    let (flags, others) = (project("marketing", 12346, "feature_flags/"), project("beta", 12347, "feature_flags/"));
    let faults = json!({ "rules": [
        { "match": { "account": "marketing", "method": "GET" }, "do": { "lag_ms": 5000 } },
        { "match": { "account": "beta", "method": "POST" }, "times": 1, "do": { "late_ms": 2000, "status": 504 } },
    ] });
    sandbox.set_faults(serde_json::from_value(faults).unwrap());
    sandbox.set_time(start + Duration::from_secs(1));
    make_flag(&sandbox, &flags, "campaign");
    let late = ask(&sandbox, "POST", &others, &json!({ "key": "late", "filters": { "groups": [{}] } }));
    assert_eq!(late.status, 504);
    assert!(keys(&sandbox, &flags).is_empty() && keys(&sandbox, &others).is_empty());
    let fork = sandbox.fork();
    sandbox.set_time(start + Duration::from_secs(7));
    assert_eq!((keys(&sandbox, &flags), keys(&sandbox, &others)), (vec!["campaign".into()], vec!["late".into()]));
    assert!(keys(&fork, &others).is_empty(), "a fork goes its own way");
    fork.set_time(start + Duration::from_secs(7));
    assert_eq!(fork.rows(), sandbox.rows());
}

#[test]
fn rates_and_writes_with_tags_are_counted_for_each_account() {
    let settings = Settings { rate_limits: true, ..Settings::default() };
    let sandbox = accounts(&FIVE).settings(settings).open().unwrap();
    sandbox.set_time(Timestamp::from_second(1_800_000_000).unwrap());
    let send = |path: &str| ask(&sandbox, "POST", path, &json!({})).status;
    let taken = (0..25).filter(|_| send("/accounts/partners/v2/objects") == 400).count();
    assert_eq!((taken, send("/accounts/partners/v2/objects"), send("/v2/objects")), (25, 429, 400));
    assert_eq!(sandbox.stats().of("partners"), RequestCounts { reads: 0, writes: 26 });
    assert_eq!((sandbox.stats().of("attio").writes, sandbox.stats().writes()), (1, 27));

    sandbox.set_faults(serde_json::from_value(json!({ "tag_clash": true })).unwrap());
    let tagged = |account: &str, number: u64, key: &str| {
        let body = json!({ "key": key, "tags": ["a"], "filters": { "groups": [{}] } });
        sandbox.receive(request("POST", &project(account, number, "feature_flags/"), &body))
    };
    let status = |arrival: plg_sandbox::Arrival| match arrival.finish() {
        Delivery::Answer(reply) => reply.status,
        other => panic!("{other:?}"),
    };
    let (here, there) = (tagged("posthog", 12345, "a"), tagged("marketing", 12346, "a"));
    assert_eq!((status(here), status(there)), (201, 201), "two projects do not disturb each other");
    let (here, there) = (tagged("marketing", 12346, "b"), tagged("marketing", 12346, "c"));
    assert_eq!((status(here), status(there)), (500, 201));
}

#[test]
fn a_reset_empties_all_accounts_or_one() {
    let sandbox = accounts(&FIVE).open().unwrap();
    let flags = [("posthog", 12345), ("marketing", 12346), ("beta", 12347)]
        .map(|(name, id)| project(name, id, "feature_flags/"));
    for path in &flags {
        make_flag(&sandbox, path, "a");
    }
    let workspace = get(&sandbox, "/accounts/partners/v2/self");
    sandbox.reset_of("marketing").unwrap();
    assert_eq!(flags.each_ref().map(|path| keys(&sandbox, path).len()), [1, 0, 1]);
    sandbox.reset().unwrap();
    assert_eq!(flags.each_ref().map(|path| keys(&sandbox, path).len()), [0, 0, 0]);
    assert_eq!(status(&sandbox, "/accounts/partners/v2/objects/people"), 200);
    assert_eq!(get(&sandbox, "/accounts/partners/v2/self"), workspace, "ids and names stay");
    assert!(sandbox.reset_of("nobody").is_err());
}

/// What the server sends until it closes the connection.
fn send(addr: SocketAddr, method: &str, path: &str, body: &str, more: &str) -> (u16, String) {
    let mut stream = TcpStream::connect(addr).unwrap();
    let head = format!(
        "{method} {path} HTTP/1.1\r\nhost: {addr}\r\nauthorization: Bearer key\r\nconnection: close\r\n{more}\
         content-type: application/json\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all((head + body).as_bytes()).unwrap();
    let mut text = String::new();
    stream.read_to_string(&mut text).unwrap();
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    (head[9..12].parse().unwrap(), body.to_owned())
}

fn json_of(addr: SocketAddr, method: &str, path: &str, body: &str) -> (u16, Value) {
    let (status, body) = send(addr, method, path, body, "");
    (status, serde_json::from_str(&body).unwrap())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn controls_are_about_all_accounts_or_one() {
    let running = accounts(&FIVE).start(ANY_PORT.parse().unwrap()).await.unwrap();
    let (addr, url) = (running.addr, running.url());
    let all = json_of(addr, "GET", "/_sandbox/accounts", "").1;
    assert_eq!(all, serde_json::to_value(running.addresses()).unwrap());
    let marketing = json!({
        "name": "marketing", "provider": "posthog", "url": format!("{url}/accounts/marketing"), "number": 12346,
    });
    assert_eq!(all[2], marketing);
    assert_eq!(all[0], json!({ "name": "attio", "provider": "attio", "url": url, "number": 12345 }));
    assert_eq!(running.url_of("marketing"), Some(format!("{url}/accounts/marketing")));
    assert_eq!((running.url_of("posthog"), running.url_of("nobody")), (Some(url), None));

    // Settings of one account are no other's.
    let (status, settings) = json_of(addr, "PATCH", "/accounts/partners/_sandbox/settings", r#"{"deals":false}"#);
    assert_eq!((status, &settings["deals"]), (200, &json!(false)));
    assert_eq!(json_of(addr, "GET", "/accounts/partners/v2/objects/deals", "").0, 404);
    assert_eq!(json_of(addr, "GET", "/v2/objects/deals", "").0, 200);
    assert_eq!(json_of(addr, "GET", "/_sandbox/settings", "").1["deals"], true);

    // Events arrive where they are sent.
    let event = r#"{"api_key":"phc","event":"signed_up","distinct_id":"u"}"#;
    assert_eq!(json_of(addr, "POST", "/accounts/marketing/i/v0/e/", event).0, 200);
    assert_eq!(json_of(addr, "POST", "/accounts/beta/_sandbox/events", r#"[{"event":"left"}]"#).0, 200);
    assert_eq!(json_of(addr, "POST", "/accounts/partners/_sandbox/events", r#"[{"event":"left"}]"#).0, 404);
    let events = |path: &str| {
        let rows = json_of(addr, "GET", &format!("{path}/event_definitions/"), "").1["results"].clone();
        rows.as_array().unwrap().iter().map(|row| row["name"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(events("/accounts/marketing/api/projects/12346"), ["signed_up"]);
    assert_eq!(events("/accounts/beta/api/projects/12347"), ["left"]);
    assert!(events("/api/projects/12345").is_empty());

    // The log says whose a request was.
    let log = json_of(addr, "GET", "/accounts/marketing/_sandbox/log", "").1;
    let log: Vec<_> = log.as_array().unwrap().iter().map(|e| [&e["provider"], &e["account"], &e["path"]]).collect();
    let [posthog, marketing] = [json!("posthog"), json!("marketing")];
    assert_eq!(log[0], [&posthog, &marketing, &json!("/i/v0/e/")]);
    assert_eq!(log[1], [&posthog, &marketing, &json!("/api/projects/12346/event_definitions/")]);
    assert_eq!(json_of(addr, "GET", "/accounts/marketing/_sandbox/stats", "").1, json!({ "reads": 1, "writes": 0 }));
    assert_eq!(json_of(addr, "POST", "/accounts/marketing/_sandbox/reset", "").0, 200);
    assert!(events("/accounts/marketing/api/projects/12346").is_empty());
    assert_eq!(json_of(addr, "GET", "/accounts/marketing/_sandbox/faults", "").0, 404, "faults name their account");

    let fault = |account: &str| json!([{ "match": { "account": account }, "do": { "status": 503 } }]).to_string();
    let (status, refused) = json_of(addr, "POST", "/_sandbox/faults", &fault("marketting"));
    assert_eq!(status, 400);
    assert_eq!(refused["error"], "there is no account `marketting`, only attio, posthog, marketing, partners, beta");
    assert_eq!(json_of(addr, "POST", "/_sandbox/faults", &fault("beta")).0, 200);
    assert_eq!(json_of(addr, "GET", "/accounts/beta/api/users/@me/", "").0, 503);

    // A page of an application may send events, and nothing else.
    let from = "origin: http://localhost:3000\r\n";
    assert_eq!(send(addr, "POST", "/accounts/marketing/batch/", event, from).0, 200);
    assert_eq!(send(addr, "POST", "/accounts/partners/batch/", event, from).0, 403);
    assert_eq!(send(addr, "GET", "/accounts/marketing/api/users/@me/", "", from).0, 403);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn the_page_shows_each_account_under_its_name() {
    let page = |running: &plg_sandbox::Running| send(running.addr, "GET", "/", "", "").1;
    let both = Sandbox::start(ANY_PORT.parse().unwrap(), None).await.unwrap();
    let text = page(&both);
    assert!(text.contains("Attio is served under <code>/v2</code>, PostHog under <code>/api</code>, controls"));
    assert!(!text.contains("account"), "the default accounts need no names");

    let alone = accounts(&[("posthog", "posthog")]).start(ANY_PORT.parse().unwrap()).await.unwrap();
    let text = page(&alone);
    assert!(text.contains("PostHog is served under <code>/api</code>, controls"));
    assert!(!text.contains("Attio") && !text.contains("attio") && !text.contains("Objects"), "{text}");
    assert!(text.contains("<h2 id=\"flags\">"));

    let running = accounts(&FIVE).start(ANY_PORT.parse().unwrap()).await.unwrap();
    let sandbox = running.sandbox();
    make_flag(sandbox, &project("posthog", 12345, "feature_flags/"), "onboarding");
    make_flag(sandbox, &project("marketing", 12346, "feature_flags/"), "campaign");
    ask(sandbox, "POST", "/accounts/partners/v2/objects", &tier());
    let text = page(&running);
    assert!(text.contains("marketing (PostHog) under <code>/accounts/marketing</code>"));
    let part = |name: &str| {
        let rest = text.split(&format!("<h2 id=\"account-{name}\">")).nth(1).unwrap();
        rest.split("<h2 ").next().unwrap().to_owned()
    };
    assert!(part("posthog").contains("onboarding") && !part("posthog").contains("campaign"));
    assert!(part("marketing").contains("campaign") && !part("marketing").contains("onboarding"));
    assert!(part("partners").contains("Tiers") && !part("attio").contains("Tiers"));
    // Every id is on the page once, and every link leads to one.
    let ids: Vec<&str> = text.split(" id=\"").skip(1).map(|rest| rest.split('"').next().unwrap()).collect();
    let once: std::collections::BTreeSet<&str> = ids.iter().copied().collect();
    assert_eq!(once.len(), ids.len(), "{ids:?}");
    let links = text.split("href=\"#").skip(1).map(|rest| rest.split('"').next().unwrap());
    assert!(links.into_iter().all(|link| once.contains(link)));
    assert!(once.contains("flags") && once.contains("marketing.flags") && once.contains("account-partners"));
}
