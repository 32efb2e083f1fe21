//! What applications send, over plain HTTP, and what the sandbox says of it: people, events, who gets what, and what is not
//! as it was declared.

#![expect(clippy::unwrap_used, reason = "what a test calls fails as the test does")]

use plg_sandbox::{Running, Sandbox, SandboxAccount};
use serde_json::{Value, json};
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};

const PROJECT: &str = "/api/projects/12345";

fn raw(addr: SocketAddr, method: &str, path: &str, body: &str) -> (u16, String) {
    let mut stream = TcpStream::connect(addr).unwrap();
    let head = format!(
        "{method} {path} HTTP/1.1\r\nhost: {addr}\r\nauthorization: Bearer any\r\nconnection: close\r\n\
         content-type: application/json\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all((head + body).as_bytes()).unwrap();
    let mut text = Vec::new();
    stream.read_to_end(&mut text).unwrap();
    let text = String::from_utf8(text).unwrap();
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    (head[9..12].parse().unwrap(), body.to_owned())
}

/// Asks for JSON, and has to get it.
fn ask(addr: SocketAddr, method: &str, path: &str, body: Value) -> Value {
    let (status, text) = raw(addr, method, path, &body.to_string());
    assert!((200..300).contains(&status), "{method} {path}: {status} {text}");
    serde_json::from_str(&text).unwrap_or_default()
}

fn send(addr: SocketAddr, who: &str, event: &str, properties: Value) {
    let body = json!({ "api_key": "phc_sandbox", "batch": [
        { "event": event, "distinct_id": who, "properties": properties },
    ] });
    ask(addr, "POST", "/batch/", body);
}

async fn start() -> Running {
    Sandbox::start("127.0.0.1:0".parse().unwrap(), None).await.unwrap()
}

/// What `/_sandbox/sent` finds, a line each.
fn found(addr: SocketAddr) -> Vec<String> {
    let answer = ask(addr, "GET", "/_sandbox/sent", Value::Null);
    let text = |one: &Value, key: &str| one[key].as_str().unwrap_or_default().to_owned();
    let line = |one: &Value| {
        let event = text(one, "event");
        let name = if event.is_empty() { text(one, "name") } else { format!("{event}.{}", text(one, "name")) };
        let says = text(one, "says");
        // When it arrived is when the test ran.
        let says =
            says.split(" (last").next().unwrap_or_default().split(", last").next().unwrap_or_default().to_owned();
        format!("{} {} {name}: {says}", text(one, "class"), text(one, "subject"))
    };
    answer["differences"].as_array().unwrap().iter().map(line).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn what_is_sent_is_held_against_what_a_deploy_wrote() {
    let running = start().await;
    let addr = running.addr;
    let post = |path: &str, body: Value| ask(addr, "POST", &format!("{PROJECT}/{path}/"), body);
    let group = post(
        "schema_property_groups",
        json!({ "name": "Billing", "properties": [
            { "name": "plan", "property_type": "String", "is_required": true, "validation_rules": { "enum": ["free", "pro"] } },
            { "name": "seats", "property_type": "Numeric", "is_required": true },
            { "name": "coupon", "property_type": "String" },
        ] }),
    );
    let paid = post("event_definitions", json!({ "name": "paid", "verified": true }));
    post("event_definitions", json!({ "name": "cancelled", "verified": true }));
    post("event_schemas", json!({ "event_definition": paid["id"], "property_group_id": group["id"] }));
    for key in ["beta", "dark-mode"] {
        post("feature_flags", json!({ "key": key, "filters": { "groups": [{ "rollout_percentage": 100 }] } }));
    }
    assert_eq!(
        found(addr),
        [
            "never_sent event cancelled: never sent",
            "never_sent event paid: never sent",
            "never_sent flag beta: never asked for",
            "never_sent flag dark-mode: never asked for",
        ]
    );

    send(addr, "u1", "paid", json!({ "plan": "gold", "seats": "3", "cupon": "x", "colour": "red", "$lib": "web" }));
    send(addr, "u1", "payd", json!({}));
    send(addr, "u1", "hovered", json!({ "anything": 1 }));
    send(addr, "u1", "$identify", json!({ "$set": { "email": "a@example.com", "shoe": 44 } }));
    for key in ["beta", "dark-mod", "other"] {
        send(addr, "u1", "$feature_flag_called", json!({ "$feature_flag": key, "$feature_flag_response": true }));
    }
    assert_eq!(
        found(addr),
        [
            "missing event hovered: once",
            "missing property paid.colour: once",
            "missing person_property shoe: once",
            "missing flag other: once",
            "misspelt event payd: did you mean `paid`? (once",
            "misspelt property paid.cupon: did you mean `coupon`? (once",
            "misspelt flag dark-mod: did you mean `dark-mode`? (once",
            "wrong_type property paid.plan: declared one of free, pro, sent \"gold\" once",
            "wrong_type property paid.seats: declared number, sent text once",
            "never_sent event cancelled: never sent",
            "never_sent property paid.coupon: never sent, and optional",
            "never_sent flag dark-mode: never asked for",
        ]
    );

    let (_, page) = raw(addr, "GET", "/", "");
    for part in [
        "<h3>Misspelt</h3>",
        "<code>paid.cupon</code>",
        "did you mean `coupon`?",
        "<dt>cupon</dt><dd>&quot;x&quot;</dd>",
    ] {
        assert!(page.contains(part), "the page lacks {part}");
    }
    send(
        addr,
        "<img src=x onerror=alert(1)>",
        "<script>alert(1)</script>",
        json!({ "<b>": "<i>", "$set": { "<u>": "\"'" } }),
    );
    let (_, page) = raw(addr, "GET", "/", "");
    for part in ["<script>alert", "<img", "<b>", "<i>", "<u>"] {
        assert!(!page.contains(part), "the page has {part} as it was sent");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn who_gets_what_and_why() {
    let running = start().await;
    let addr = running.addr;
    let pro = json!({ "key": "plan", "value": ["pro"], "operator": "exact", "type": "person" });
    let acme = json!({ "key": "tier", "value": ["gold"], "operator": "exact", "type": "group", "group_type_index": 0 });
    send(addr, "known", "$groupidentify", json!({ "$group_type": "company", "$group_key": "acme" }));
    for (key, filters) in [
        ("for-pro", json!({ "groups": [{ "properties": [pro], "rollout_percentage": 100 }] })),
        (
            "for-gold",
            json!({ "groups": [{ "properties": [acme], "rollout_percentage": 100 }], "aggregation_group_type_index": 0 }),
        ),
    ] {
        ask(addr, "POST", &format!("{PROJECT}/feature_flags/"), json!({ "key": key, "filters": filters }));
    }
    send(addr, "known", "$set", json!({ "$set": { "plan": "pro" } }));
    let values = |asked: Value| {
        let answer = ask(addr, "POST", "/_sandbox/evaluate", asked);
        let flags = answer["flags"].as_array().unwrap().clone();
        let of = |key: &str| flags.iter().find(|flag| flag["key"] == key).unwrap().clone();
        (answer["is_known"].clone(), of("for-gold"), of("for-pro"))
    };
    let (is_known, gold, pro) = values(json!({ "id": "known" }));
    assert_eq!((is_known, &gold["value"], &pro["value"]), (json!(true), &json!(false), &json!(true)));
    let (is_known, gold, pro) = values(json!({
        "id": "new", "person": { "plan": "free" }, "groups": { "company": "acme" },
        "group_properties": { "company": { "tier": "gold" } },
    }));
    assert_eq!((is_known, &gold["value"], &pro["value"]), (json!(false), &json!(true), &json!(false)));
    assert_eq!(pro["because"], json!(["set 1: plan is one of [\"pro\"]: has \"free\", so it does not match"]));
    assert_eq!(pro["reason"]["code"], "no_condition_match");
    // One that is switched off is told, too.
    let id =
        ask(addr, "GET", &format!("{PROJECT}/feature_flags/?search=for-pro"), Value::Null)["results"][0]["id"].clone();
    ask(addr, "PATCH", &format!("{PROJECT}/feature_flags/{id}/"), json!({ "active": false }));
    assert_eq!(values(json!({ "id": "known" })).2["because"], json!(["the flag is switched off"]));
    // What is asked there changes nobody.
    assert_eq!(ask(addr, "GET", &format!("{PROJECT}/persons/?distinct_id=new"), Value::Null)["results"], json!([]));
    for wrong in [r#"{"person":{}}"#, r#"{"id":"a","more":1}"#, "no JSON"] {
        let (status, text) = raw(addr, "POST", "/_sandbox/evaluate", wrong);
        assert!(status == 400 && text.contains("error"), "{wrong}: {status} {text}");
    }
    let other =
        "POST /_sandbox/evaluate HTTP/1.1\r\norigin: https://example.com\r\nconnection: close\r\ncontent-length: 0\r\n";
    let mut stream = TcpStream::connect(addr).unwrap();
    stream.write_all(format!("{other}host: {addr}\r\n\r\n").as_bytes()).unwrap();
    let mut text = String::new();
    stream.read_to_string(&mut text).unwrap();
    assert!(text.starts_with("HTTP/1.1 403"), "no page of others may ask: {text}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn each_project_has_its_own_and_an_attio_has_none() {
    let sandbox = Sandbox::builder()
        .account(SandboxAccount::new("attio", "attio"))
        .account(SandboxAccount::new("marketing", "posthog"));
    let running = sandbox.start("127.0.0.1:0".parse().unwrap()).await.unwrap();
    let addr = running.addr;
    ask(
        addr,
        "POST",
        "/accounts/marketing/batch/",
        json!({ "api_key": "any", "event": "hovered", "distinct_id": "u" }),
    );
    let answer = ask(addr, "GET", "/accounts/marketing/_sandbox/sent", Value::Null);
    assert_eq!((&answer["events"], &answer["differences"][0]["name"]), (&json!(1), &json!("hovered")));
    for path in ["/_sandbox/sent", "/accounts/attio/_sandbox/sent"] {
        let (status, text) = raw(addr, "GET", path, "");
        assert!(status == 404 && text.contains("has flags and events"), "{path}: {status} {text}");
    }
    let (_, page) = raw(addr, "GET", "/", "");
    assert!(page.contains("data-asks=\"/accounts/marketing/_sandbox/evaluate\""), "{page}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn queries_of_keys_types_and_times() {
    let running = start().await;
    let addr = running.addr;
    send(addr, "u", "paid", json!({ "plan": "pro", "seats": 3 }));
    send(addr, "u", "paid", json!({ "plan": null, "seats": "3", "tags": ["a"] }));
    let old = json!({ "api_key": "any", "batch": [
        { "event": "paid", "distinct_id": "u", "properties": { "old": true }, "timestamp": "2020-01-01T00:00:00Z" },
    ] });
    ask(addr, "POST", "/batch/", old);
    let rows = |query: &str, values: Value| {
        let body = json!({ "query": { "kind": "HogQLQuery", "query": query, "values": values } });
        ask(addr, "POST", &format!("{PROJECT}/query/"), body)["results"].clone()
    };
    let window = "timestamp >= now() - toIntervalDay(30)";
    let keys = rows(
        &format!(
            "select arrayJoin(JSONExtractKeys(properties)) as property_name, JSONType(properties, property_name) as \
             json_type, count() as many from events where {window} group by property_name, json_type \
             order by property_name, json_type"
        ),
        json!({}),
    );
    assert_eq!(
        keys,
        json!([
            ["plan", "Null", 1],
            ["plan", "String", 1],
            ["seats", "String", 1],
            ["seats", "UInt64", 1],
            ["tags", "Array", 1],
        ])
    );
    let raw = rows(
        "select JSONExtractRaw(properties, {name}) as property_value, count() from events where event = {event} \
         group by property_value order by property_value",
        json!({ "name": "plan", "event": "paid" }),
    );
    assert_eq!(raw, json!([["", 1], ["\"pro\"", 1], ["null", 1]]));
    let latest = rows("select event, max(timestamp) as latest from events group by event", json!({}));
    assert!(latest[0][1].as_str().unwrap() > "2026", "{latest}");
    assert_eq!(rows("select count() from events", json!({})), json!([[3]]));
    assert_eq!(rows(&format!("select count() from events where {window}"), json!({})), json!([[2]]));
}
