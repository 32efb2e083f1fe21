//! Each fault as a client meets it.

#![expect(clippy::unwrap_used, reason = "what a test calls fails as the test does")]

use jiff::Timestamp;
use plg_sandbox::{Delivery, Faults, Reply, Sandbox, SandboxRequest, Settings};
use serde_json::{Value, json};
use std::time::Duration;

const COHORTS: &str = "/api/projects/12345/cohorts/";
const FLAGS: &str = "/api/projects/12345/feature_flags/";
const DASHBOARDS: &str = "/api/projects/12345/dashboards/";

fn sandbox() -> Sandbox {
    let sandbox = Sandbox::open(None, None).unwrap();
    sandbox.set_time(Timestamp::from_second(1_800_000_000).unwrap());
    sandbox
}

fn pass(sandbox: &Sandbox, seconds: f64) {
    sandbox.set_time(sandbox.time() + Duration::from_secs_f64(seconds));
}

fn rules(sandbox: &Sandbox, rules: Value) {
    sandbox.set_faults(serde_json::from_value(json!({ "rules": rules })).unwrap());
}

fn request(method: &str, path: &str, body: &Value) -> SandboxRequest {
    let mut request = SandboxRequest::new(method, path);
    request.headers.push(("authorization".into(), "Bearer key".into()));
    if !body.is_null() {
        request.body = body.to_string().into_bytes();
    }
    request
}

fn send(sandbox: &Sandbox, method: &str, path: &str, body: &Value) -> Reply {
    match sandbox.receive(request(method, path, body)).finish() {
        Delivery::Answer(reply) => reply,
        other => panic!("{method} {path}: {other:?}"),
    }
}

fn make(sandbox: &Sandbox, name: &str) -> Value {
    let reply = send(sandbox, "POST", DASHBOARDS, &json!({ "name": name }));
    assert_eq!(reply.status, 201, "{reply:?}");
    reply.body.unwrap()["id"].clone()
}

fn names(sandbox: &Sandbox, target: &str) -> Vec<String> {
    let body = send(sandbox, "GET", target, &Value::Null).body.unwrap();
    let rows = body.get("results").or(body.get("data")).unwrap().as_array().unwrap().clone();
    rows.iter().map(|row| row.get("name").unwrap_or(&row["api_slug"]).as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_late_request_is_answered_at_once_and_done_later() {
    let sandbox = sandbox();
    rules(
        &sandbox,
        json!([
            {"match": {"method": "POST"}, "times": 1, "do": {"late_ms": 5_000}},
            {"match": {"method": "POST"}, "times": 1, "do": {"late_ms": 2_000, "status": 504}},
        ]),
    );
    let lost = sandbox.receive(request("POST", DASHBOARDS, &json!({"name": "Later"}))).finish();
    assert_eq!(lost, Delivery::Cut);
    assert_eq!(send(&sandbox, "POST", DASHBOARDS, &json!({"name": "Sooner"})).status, 504);
    assert!(names(&sandbox, DASHBOARDS).is_empty());
    let fork = sandbox.fork();
    pass(&sandbox, 4.9);
    assert_eq!(names(&sandbox, DASHBOARDS), ["Sooner"]);
    pass(&sandbox, 0.1);
    assert_eq!(names(&sandbox, DASHBOARDS).len(), 2);
    assert_eq!(sandbox.next_due(), None);
    assert_eq!(sandbox.log().iter().filter(|l| l.method == "POST").count(), 2);
    assert!(names(&fork, DASHBOARDS).is_empty());
    pass(&fork, 100.0);
    assert_eq!(names(&fork, DASHBOARDS).len(), 2, "a copy has its own requests under way");
}

#[test]
fn a_request_whose_client_dies_is_done_all_the_same() {
    let sandbox = sandbox();
    let id = make(&sandbox, "Old");
    let path = format!("{DASHBOARDS}{id}/");
    sandbox.receive(request("PATCH", &path, &json!({"name": "New"}))).outlive(Duration::from_millis(100));
    drop(sandbox.receive(request("PATCH", &path, &json!({"name": "Never"}))));
    assert_eq!(names(&sandbox, DASHBOARDS), ["Old"]);
    pass(&sandbox, 0.1);
    assert_eq!(names(&sandbox, DASHBOARDS), ["New"]);
    sandbox.receive(request("PATCH", &path, &json!({"deleted": true}))).outlive(Duration::from_secs(120));
    pass(&sandbox, 119.0);
    assert_eq!(names(&sandbox, DASHBOARDS), ["New"]);
    pass(&sandbox, 1.0);
    assert!(names(&sandbox, DASHBOARDS).is_empty());
}

#[test]
fn a_list_lags_and_what_is_asked_for_by_id_does_not() {
    let sandbox = sandbox();
    let old = make(&sandbox, "Old");
    pass(&sandbox, 60.0);
    rules(&sandbox, json!([{"match": {"list": true}, "do": {"lag_ms": 10_000}}]));
    assert_eq!(names(&sandbox, DASHBOARDS), ["Old"], "what was there before the rule is always there");
    let new = make(&sandbox, "New");
    let path = format!("{DASHBOARDS}{old}/");
    assert_eq!(send(&sandbox, "PATCH", &path, &json!({"name": "Older"})).status, 200);
    assert_eq!(names(&sandbox, DASHBOARDS), ["Old"]);
    assert_eq!(send(&sandbox, "GET", &path, &Value::Null).body.unwrap()["name"], "Older");
    assert_eq!(send(&sandbox, "GET", &format!("{DASHBOARDS}{new}/"), &Value::Null).status, 200);
    pass(&sandbox, 9.0);
    assert_eq!(names(&sandbox, DASHBOARDS), ["Old"]);
    pass(&sandbox, 1.1);
    let mut now = names(&sandbox, DASHBOARDS);
    now.sort();
    assert_eq!(now, ["New", "Older"]);
    // With everything behind, details are, too.
    rules(&sandbox, json!([{"match": {"method": "GET"}, "do": {"lag_ms": 10_000}}]));
    let third = make(&sandbox, "Third");
    assert_eq!(send(&sandbox, "GET", &format!("{DASHBOARDS}{third}/"), &Value::Null).status, 404);
    assert_eq!(send(&sandbox, "PATCH", &format!("{DASHBOARDS}{third}/"), &json!({"name": "3"})).status, 200);
}

#[test]
fn a_list_loses_a_row_between_pages_shows_one_twice_or_turns_around() {
    let sandbox = sandbox();
    for name in ["a", "b", "c", "d"] {
        assert_eq!(send(&sandbox, "POST", COHORTS, &cohort(name)).status, 201);
    }
    let pages = |act: Value| {
        rules(&sandbox, json!([{"match": {"list": true}, "do": act}]));
        let mut rows = names(&sandbox, &format!("{COHORTS}?limit=2&offset=0"));
        rows.extend(names(&sandbox, &format!("{COHORTS}?limit=2&offset=2")));
        rows.concat()
    };
    let straight = pages(json!({}));
    assert_eq!(straight.len(), 4);
    let row = |n: usize| straight.chars().nth(n).unwrap();
    assert_eq!(pages(json!({"page": {"shift": 1}})), format!("{}{}{}", row(0), row(1), row(3)));
    assert_eq!(pages(json!({"page": {"shift": -1}})), format!("{}{}{}{}", row(0), row(1), row(1), row(2)));
    assert_eq!(pages(json!({"page": {"lose": 0}})), format!("{}{}", row(1), row(3)));
    assert_eq!(pages(json!({"page": {"lose": 7}})), straight);
    assert_eq!(pages(json!({"page": {"twice": 0}})), format!("{0}{1}{0}{2}{3}{2}", row(0), row(1), row(2), row(3)));
    assert_eq!(pages(json!({"page": {"reverse": true}})), format!("{}{}{}{}", row(1), row(0), row(3), row(2)));
    rules(&sandbox, json!([{"match": {"list": true}, "do": {"page": {"lose": 0}}}]));
    let objects = names(&sandbox, "/v2/objects");
    sandbox.set_faults(Faults::default());
    assert_eq!(names(&sandbox, "/v2/objects").len(), objects.len() + 1, "Attio's lists, too");
}

fn cohort(name: &str) -> Value {
    let values = json!([{"key": "email", "type": "person", "operator": "icontains", "value": "x"}]);
    json!({"name": name, "filters": {"properties": {"type": "OR", "values": [{"type": "OR", "values": values}]}}})
}

#[test]
fn a_success_that_is_none() {
    let sandbox = sandbox();
    let id = make(&sandbox, "Here");
    let path = format!("{DASHBOARDS}{id}/");
    let said = |untrue: &str| {
        rules(&sandbox, json!([{"match": {"method": "PATCH"}, "do": {"untrue": untrue}}]));
        let reply = send(&sandbox, "PATCH", &path, &json!({"deleted": true, "name": "Gone"}));
        assert_eq!(reply.status, 200);
        assert_eq!(names(&sandbox, DASHBOARDS), ["Here"], "{untrue}");
        reply.body
    };
    let row = said("unchanged").unwrap();
    assert_eq!((&row["name"], &row["deleted"]), (&json!("Here"), &json!(false)));
    assert_eq!(said("not_deleted").unwrap()["deleted"], false);
    assert_eq!(said("object"), Some(json!({})));
    assert_eq!(said("null"), Some(Value::Null));
    assert_eq!(said("list"), Some(json!([])));
    assert_eq!(said("empty"), None);
    rules(&sandbox, json!([{"match": {"method": "POST"}, "do": {"untrue": "unchanged"}}]));
    let reply = send(&sandbox, "POST", DASHBOARDS, &json!({"name": "Made"}));
    assert_eq!((reply.status, reply.body), (200, Some(json!({"name": "Made"}))));
    assert_eq!(names(&sandbox, DASHBOARDS), ["Here"]);
}

#[test]
fn a_status_that_says_no_after_the_commit() {
    let sandbox = sandbox();
    for status in [408, 425, 302, 307, 308] {
        rules(
            &sandbox,
            json!([{"match": {"method": "POST"}, "times": 1,
            "do": {"status": status, "after": true, "headers": {"Location": "/elsewhere"}}}]),
        );
        let reply = send(&sandbox, "POST", DASHBOARDS, &json!({"name": status.to_string()}));
        assert_eq!((reply.status, &*reply.headers[0].1), (status, "/elsewhere"));
        assert!(names(&sandbox, DASHBOARDS).contains(&status.to_string()));
    }
}

#[test]
fn tagged_writes_that_overlap_are_done_and_one_says_500() {
    let sandbox = sandbox();
    sandbox.set_faults(Faults { tag_clash: true, ..Faults::default() });
    let flag = |key: &str, tags: Value| {
        let mut body = json!({"key": key});
        if !tags.is_null() {
            body["tags"] = tags;
        }
        sandbox.receive(request("POST", FLAGS, &body))
    };
    let status = |delivery| match delivery {
        Delivery::Answer(Reply { status, .. }) => status,
        other => panic!("{other:?}"),
    };
    let (one, two, bare) = (flag("one", json!(["a"])), flag("two", json!([])), flag("bare", Value::Null));
    assert!(one.delay() >= Duration::from_millis(20) && bare.delay().is_zero());
    assert_eq!(status(bare.finish()), 201);
    assert_eq!(status(one.finish()), 500, "another one is still under way");
    assert_eq!(status(two.finish()), 201);
    assert_eq!(status(flag("three", json!(["a"])).finish()), 201, "alone, nothing is in its way");
    drop(flag("dead", json!([])));
    assert_eq!(status(flag("four", json!([])).finish()), 201);
    let body = send(&sandbox, "GET", FLAGS, &Value::Null).body.unwrap();
    assert_eq!(body["count"], 5, "each was done");
}

#[test]
fn a_limit_says_when_to_come_back() {
    let sandbox = sandbox();
    rules(
        &sandbox,
        json!([
            {"match": {"method": "POST"}, "times": 1, "do": {"retry_after": 600}},
            {"match": {"method": "POST"}, "times": 1, "do": {"retry_after": 29, "retry_date": true}},
        ]),
    );
    let reply = send(&sandbox, "POST", DASHBOARDS, &json!({"name": "x"}));
    assert_eq!((reply.status, reply.headers), (429, vec![("retry-after".into(), "600".into())]));
    let reply = send(&sandbox, "POST", DASHBOARDS, &json!({"name": "x"}));
    let headers = [("date", "Fri, 15 Jan 2027 08:00:00 GMT"), ("retry-after", "Fri, 15 Jan 2027 08:00:29 GMT")];
    assert_eq!((reply.status, reply.headers), (429, headers.map(|(k, v)| (k.into(), v.into())).to_vec()));
    assert!(names(&sandbox, DASHBOARDS).is_empty());
}

#[test]
fn a_kind_that_the_key_or_the_server_lacks() {
    let sandbox = sandbox();
    rules(
        &sandbox,
        json!([
            {"match": {"path": "cohorts"}, "do": {"lacks": "scope"}},
            {"match": {"path": "insights"}, "do": {"lacks": "endpoint"}},
            {"match": {"path": "/v2/webhooks"}, "do": {"lacks": "scope"}},
            {"match": {"path": "/v2/lists"}, "do": {"lacks": "endpoint"}},
        ]),
    );
    for (method, path, status, says) in [
        ("GET", COHORTS, 403, "API key missing required scope 'cohort:read'"),
        ("POST", COHORTS, 403, "API key missing required scope 'cohort:write'"),
        ("GET", "/api/projects/12345/cohorts/7/", 403, "cohort:read"),
        ("GET", "/api/projects/12345/insights/?limit=100", 404, "Endpoint not found."),
        ("GET", "/v2/webhooks?limit=100", 403, "webhook:read."),
        ("GET", "/v2/lists", 404, "Could not find endpoint \"GET /v2/lists\"."),
    ] {
        let reply = send(&sandbox, method, path, &Value::Null);
        assert_eq!(reply.status, status, "{method} {path}");
        let body = reply.body.unwrap().to_string().replace("\\\"", "\"");
        assert!(body.contains(says), "{method} {path}: {body}");
    }
    assert!(names(&sandbox, DASHBOARDS).is_empty(), "the rest goes on");
}

#[test]
fn a_server_that_makes_dashboards_of_its_own() {
    let settings = Settings { usage_dashboards: true, ..Settings::default() };
    let sandbox = Sandbox::open(None, Some(settings)).unwrap();
    let body = send(&sandbox, "POST", FLAGS, &json!({"key": "quiet", "_should_create_usage_dashboard": false})).body;
    assert_eq!(body.unwrap()["usage_dashboard"], Value::Null);
    assert!(names(&sandbox, DASHBOARDS).is_empty());
    let flag = send(&sandbox, "POST", FLAGS, &json!({"key": "loud"})).body.unwrap();
    assert_eq!(names(&sandbox, DASHBOARDS), ["Generated Dashboard: loud Usage"]);
    let path = format!("{DASHBOARDS}{}/", flag["usage_dashboard"]);
    let made = send(&sandbox, "GET", &path, &Value::Null).body.unwrap();
    assert_eq!((&made["creation_mode"], made["tiles"].as_array().unwrap().len()), (&json!("template"), 2));
    let insights = names(&sandbox, "/api/projects/12345/insights/");
    assert!(insights.len() == 2 && insights.iter().all(|name| name.starts_with("Feature Flag ")), "{insights:?}");
    let survey = json!({"name": "S", "type": "popover", "questions": [{"type": "open", "question": "Why?"}]});
    assert_eq!(send(&sandbox, "POST", "/api/projects/12345/surveys/", &survey).status, 201);
    let names = names(&sandbox, DASHBOARDS);
    assert!(names.len() == 2 && names.iter().any(|name| name.contains(": survey-targeting-")), "{names:?}");
}
