//! What applications and other clients ask, beyond what was recorded.

#![expect(clippy::unwrap_used, reason = "what a test calls fails as the test does")]

use plg_sandbox::{ApiToken, Reply, Sandbox, SandboxRequest, Settings};
use serde_json::{Value, json};
use std::collections::BTreeMap;

struct Client(Sandbox);

impl Client {
    fn new() -> Client {
        Client(Sandbox::open(None, None).unwrap())
    }

    fn send(&self, method: &str, target: &str, body: &Value) -> Reply {
        self.send_as("any", method, target, body)
    }

    fn send_as(&self, key: &str, method: &str, target: &str, body: &Value) -> Reply {
        let mut request = SandboxRequest::new(method, target);
        request.headers.push(("authorization".into(), format!("Bearer {key}")));
        request.headers.push(("content-type".into(), "application/json".into()));
        if !body.is_null() {
            request.body = body.to_string().into_bytes();
        }
        self.0.answer(&request)
    }

    /// The `data` of an answer that must be 200.
    #[track_caller]
    fn data(&self, method: &str, target: &str, body: &Value) -> Value {
        let reply = self.send(method, target, body);
        assert_eq!(reply.status, 200, "{method} {target}: {:?}", reply.body);
        reply.body.unwrap()["data"].take()
    }

    #[track_caller]
    fn get(&self, target: &str) -> Value {
        self.data("GET", target, &Value::Null)
    }

    /// Status and code of a refusal.
    #[track_caller]
    fn refused(&self, method: &str, target: &str, body: &Value) -> (u16, String) {
        let reply = self.send(method, target, body);
        let body = reply.body.unwrap_or_default();
        (reply.status, body["code"].as_str().unwrap_or_default().to_owned())
    }

    fn record(&self, object: &str, values: &Value) -> String {
        let row = self.data("POST", &format!("/v2/objects/{object}/records"), &json!({ "data": { "values": values } }));
        row["id"]["record_id"].as_str().unwrap().to_owned()
    }

    fn member(&self) -> String {
        self.get("/v2/workspace_members")[0]["id"]["workspace_member_id"].as_str().unwrap().to_owned()
    }

    fn note(&self, record: &str, format: &str, content: &str) -> Value {
        let note = json!({ "parent_object": "companies", "parent_record_id": record, "title": "T", "format": format,
            "content": content });
        self.data("POST", "/v2/notes", &json!({ "data": note }))
    }

    /// A list of companies with one entry of a record: the entry's id.
    fn entry(&self, record: &str) -> String {
        let list = json!({ "name": "Sales", "api_slug": "sales", "parent_object": "companies",
            "workspace_access": "full-access", "workspace_member_access": [] });
        self.data("POST", "/v2/lists", &json!({ "data": list }));
        let score = json!({ "title": "Score", "description": null, "api_slug": "score", "type": "number",
            "is_required": false, "is_unique": false, "is_multiselect": false, "config": {} });
        self.data("POST", "/v2/lists/sales/attributes", &json!({ "data": score }));
        let entry = json!({ "parent_record_id": record, "parent_object": "companies", "entry_values": { "score": 1 } });
        let entry = self.data("POST", "/v2/lists/sales/entries", &json!({ "data": entry }));
        entry["id"]["entry_id"].as_str().unwrap().to_owned()
    }
}

/// A refusal of one that the API does not know.
fn code(status: u16, code: &str) -> (u16, String) {
    (status, code.to_owned())
}

const NOBODY: &str = "00000000-0000-4000-8000-000000000000";

#[test]
fn tasks_are_linked_by_unique_values_and_found_by_whom_they_are_for() {
    let client = Client::new();
    let company = client.record("companies", &json!({ "name": "Acme", "domains": ["acme.example.com"] }));
    let task = |more: Value| {
        let mut task = json!({ "content": "Call", "format": "plaintext", "deadline_at": null, "is_completed": false,
            "linked_records": [], "assignees": [] });
        task.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        json!({ "data": task })
    };
    let link = json!([{ "target_object": "companies", "domains": [{ "domain": "acme.example.com" }] }]);
    let linked = client.data("POST", "/v2/tasks", &task(json!({ "linked_records": link })));
    assert_eq!(linked["linked_records"], json!([{ "target_object_id": "companies", "target_record_id": company }]));
    let mine = json!([{ "workspace_member_email_address": "ada@example.com" }]);
    client.data("POST", "/v2/tasks", &task(json!({ "assignees": mine, "deadline_at": "2027-01-01T15:00:00Z" })));

    let count = |query: &str| client.get(&format!("/v2/tasks?{query}")).as_array().unwrap().len();
    assert_eq!((count("assignee=null"), count("assignee="), count("assignee=ada@example.com")), (1, 1, 1));
    assert_eq!(count(&format!("assignee={}", client.member())), 1);
    assert_eq!(client.get("/v2/tasks?sort=created_at:desc")[0]["deadline_at"], "2027-01-01T15:00:00.000000000Z");
    assert_eq!(client.refused("GET", "/v2/tasks?linked_object=companies", &Value::Null), code(400, "validation_type"));
    for (more, wanted) in [
        (json!({ "deadline_at": "tomorrow" }), code(400, "validation_type")),
        (json!({ "linked_records": [{ "target_object": "companies" }] }), code(400, "validation_type")),
        (
            json!({ "linked_records": [{ "target_object": "companies", "target_record_id": NOBODY }] }),
            code(404, "not_found"),
        ),
        (
            json!({ "linked_records": [{ "target_object": "ships", "target_record_id": NOBODY }] }),
            code(404, "not_found"),
        ),
        (
            json!({ "linked_records": [{ "target_object": "companies", "name": [{ "value": "Acme" }] }] }),
            code(400, "matching_attribute_definition_not_unique"),
        ),
        (json!({ "assignees": [{ "workspace_member_email_address": "a@b.c" }] }), code(404, "not_found")),
    ] {
        assert_eq!(client.refused("POST", "/v2/tasks", &task(more.clone())), wanted, "{more}");
    }
    client.send("DELETE", &format!("/v2/objects/companies/records/{company}"), &Value::Null);
    assert_eq!(client.get("/v2/tasks")[0]["linked_records"], json!([]), "what is gone is linked no more");
}

#[test]
fn notes_are_read_in_both_forms_and_follow_their_record() {
    let client = Client::new();
    let (one, other) = (client.record("companies", &json!({ "name": "A" })), client.record("companies", &json!({})));
    let note = client.note(&one, "markdown", "# Head\n- **bold** [link](https://example.com)");
    assert_eq!(note["content_plaintext"], "Head\nbold link");
    let path = format!("/v2/notes/{}", note["id"]["note_id"].as_str().unwrap());
    let changed = client.data("PATCH", &path, &json!({ "data": { "title": "New" } }));
    assert_eq!((&changed["title"], &changed["content_plaintext"]), (&json!("New"), &json!("Head\nbold link")));
    assert_eq!(
        client.refused("PATCH", &path, &json!({ "data": { "content": "no format" } })),
        code(400, "validation_type")
    );
    for query in ["limit=51", "parent_object=companies", "offset=-1"] {
        assert_eq!(client.refused("GET", &format!("/v2/notes?{query}"), &Value::Null).0, 400, "{query}");
    }
    let late = json!({ "data": { "parent_object": "companies", "parent_record_id": one, "title": "", "format": "plaintext",
        "content": "", "created_at": "2999-01-01T00:00:00Z" } });
    assert_eq!(client.refused("POST", "/v2/notes", &late), code(400, "validation_type"));

    let merge = json!({ "data": { "primary_record_id": one, "secondary_record_id": other } });
    let merged = client.data("POST", "/v2/objects/companies/records/merge", &merge);
    let merged = merged["new_record_id"].as_str().unwrap();
    assert_eq!(client.get(&path)["parent_record_id"], merged);
    client.send("DELETE", &format!("/v2/objects/companies/records/{merged}"), &Value::Null);
    assert_eq!(client.refused("GET", &path, &Value::Null), code(404, "not_found"));
}

#[test]
fn comments_on_an_entry_are_not_on_its_record_and_need_other_scopes() {
    let record_reader = ["comment:read-write", "object_configuration:read", "record_permission:read"];
    let token = ApiToken { scopes: record_reader.map(str::to_owned).to_vec(), ..ApiToken::default() };
    let client = Client::new();
    let tokens = BTreeMap::from([("any".to_owned(), ApiToken::default()), ("records".to_owned(), token)]);
    client.0.set_settings(Settings { tokens: Some(tokens), ..Settings::default() }).unwrap();
    let record = client.record("companies", &json!({ "name": "A" }));
    let entry = client.entry(&record);
    let comment = |more: Value| {
        let mut comment = json!({ "format": "plaintext", "content": "Hi",
            "author": { "type": "workspace-member", "id": client.member() } });
        comment.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        json!({ "data": comment })
    };
    let on_entry = comment(json!({ "entry": { "list": "sales", "entry_id": entry } }));
    assert_eq!(client.send_as("records", "POST", "/v2/comments", &on_entry).status, 403);
    let said = client.data("POST", "/v2/comments", &on_entry);
    assert_eq!((&said["entry"]["entry_id"], &said["record"]["record_id"]), (&json!(entry), &json!(record)));
    let threads = |query: &str| client.get(&format!("/v2/threads?{query}")).as_array().unwrap().len();
    assert_eq!(threads(&format!("list=sales&entry_id={entry}")), 1);
    assert_eq!(threads(&format!("object=companies&record_id={record}")), 0);
    assert_eq!(client.refused("GET", "/v2/threads", &Value::Null).0, 400, "it is not said of what");
    let two =
        comment(json!({ "thread_id": said["thread_id"], "record": { "object": "companies", "record_id": record } }));
    assert_eq!(client.refused("POST", "/v2/comments", &two), code(400, "validation_type"));
    let gone = client.send("POST", "/v2/comments", &comment(json!({ "thread_id": NOBODY })));
    let gone = gone.body.unwrap();
    assert_eq!((&gone["code"], &gone["statusCode"]), (&json!("value_not_found"), &json!(400)));
    client.send("DELETE", &format!("/v2/lists/sales/entries/{entry}"), &Value::Null);
    let path = format!("/v2/threads/{}", said["thread_id"].as_str().unwrap());
    assert_eq!(client.refused("GET", &path, &Value::Null), code(404, "not_found"));
}

#[test]
fn values_have_a_history_once_they_are_replaced() {
    let client = Client::new();
    client.0.set_time("2026-11-30T12:00:00Z".parse().unwrap());
    let company = client.record("companies", &json!({ "name": "A", "description": "D" }));
    let entry = client.entry(&company);
    let path = format!("/v2/lists/sales/entries/{entry}");
    let score = |score: u64| json!({ "data": { "entry_values": { "score": score } } });
    client.0.set_time("2026-11-30T12:00:01Z".parse().unwrap());
    client.data("PATCH", &path, &score(1));
    let values = |query: &str| client.get(&format!("{path}/attributes/score/values{query}"));
    assert_eq!(values("?show_historic=true").as_array().unwrap().len(), 1, "it is what it was");
    client.data("PATCH", &path, &score(2));
    let all = values("?show_historic=true");
    assert_eq!((&all[0]["value"], &all[0]["active_until"]), (&json!(1), &json!("2026-11-30T12:00:01.000000000Z")));
    assert_eq!((&all[1]["value"], &all[1]["active_until"]), (&json!(2), &Value::Null));
    assert_eq!(values("?show_historic=true&limit=1&offset=1")[0]["value"], 2);
    assert_eq!(values("").as_array().unwrap().len(), 1);

    // Both ends of a relationship change.
    let person = client.record("people", &json!({ "company": company }));
    let gone = json!({ "data": { "values": { "company": [] } } });
    client.data("PUT", &format!("/v2/objects/people/records/{person}"), &gone);
    let team = format!("/v2/objects/companies/records/{company}/attributes/team/values?show_historic=true");
    assert_eq!(client.get(&team)[0]["target_record_id"], json!(person));
    for attribute in ["description", "last_interaction", "strongest_connection_user"] {
        let path = format!("/v2/objects/companies/records/{company}/attributes/{attribute}/values");
        client.get(&path);
        let refused = client.refused("GET", &format!("{path}?show_historic=true"), &Value::Null);
        assert_eq!(refused, code(400, "validation_type"), "{attribute}");
    }
}

#[test]
fn a_history_can_be_written_as_a_whole() {
    let client = Client::new();
    let company = client.record("companies", &json!({ "name": "Now" }));
    let path = |attribute: &str| format!("/v2/objects/companies/records/{company}/attributes/{attribute}/values");
    let value =
        |value: &str, from: &str, until: Value| json!({ "value": value, "active_from": from, "active_until": until });
    let write = |values: Value| json!({ "data": { "values": values, "replace_history": true } });
    let (first, second, third) = ("2020-01-01T00:00:00Z", "2021-06-15T09:30:00Z", "2022-01-01T00:00:00Z");
    let two = write(json!([value("New", second, Value::Null), value("Old", first, json!(second))]));
    let written = client.data("PUT", &path("name"), &two);
    assert_eq!(written, client.get(&format!("{}?show_historic=true", path("name"))));
    assert_eq!((&written[0]["value"], &written[1]["value"]), (&json!("Old"), &json!("New")));
    assert_eq!(written[0]["active_until"], "2021-06-15T09:30:00.000000000Z");
    assert_eq!(client.get(&path("name")), json!([written[1]]), "of what was there nothing is left");

    let refused = |attribute: &str, body: &Value| client.refused("PUT", &path(attribute), body);
    let invalid = code(400, "validation_type");
    for (body, why) in [
        (write(json!([])), "at least one"),
        (write(json!([value("A", first, json!(third)), value("B", second, Value::Null)])), "two at a time"),
        (write(json!([value("A", second, json!(first))])), "it ends before it begins"),
        (write(json!([{ "value": "A" }])), "nobody knows since when"),
        (json!({ "data": { "values": [value("A", first, Value::Null)], "replace_history": false } }), "not meant so"),
    ] {
        assert_eq!(refused("name", &body), invalid, "{why}");
    }
    let one = write(json!([value("A", first, Value::Null)]));
    assert_eq!(refused("description", &one), invalid, "it is enriched");
    assert_eq!(refused("team", &one), invalid, "it is one end of a relationship");
    assert_eq!(refused("created_at", &one), code(400, "system_edit_unauthorized"));
    client.record("companies", &json!({ "domains": ["taken.example.com"] }));
    let domain = json!({ "domain": "taken.example.com", "active_from": first, "active_until": null });
    assert_eq!(refused("domains", &write(json!([domain]))), code(400, "uniqueness_conflict"));
}

#[test]
fn records_are_found_by_what_a_person_types() {
    let client = Client::new();
    client.record("companies", &json!({ "name": "Acme Corporation", "domains": ["acme.example.com"] }));
    client.record("people", &json!({ "name": "Lovelace, Ada", "email_addresses": ["ada@acme.example.com"] }));
    let found = |query: &str, objects: Value| {
        let body = json!({ "query": query, "objects": objects, "request_as": { "type": "workspace" } });
        let all = client.data("POST", "/v2/objects/records/search", &body);
        all.as_array().unwrap().iter().map(|row| row["record_text"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let both = || json!(["companies", "people"]);
    assert_eq!(found("corporatoin", both()), ["Acme Corporation"], "with a slip");
    assert_eq!(found("ACME.example", both()), ["Acme Corporation", "Ada Lovelace"], "by domain and address");
    assert_eq!(found("ada", json!(["companies"])), [""; 0]);
    assert_eq!(found("", both()).len(), 2, "nothing finds everything");
    let as_member = |member: Value| {
        let body = json!({ "query": "a", "objects": ["people"], "request_as": member });
        client.refused("POST", "/v2/objects/records/search", &body)
    };
    assert_eq!(as_member(json!({ "type": "workspace-member", "email_address": "ada@example.com" })).0, 200);
    let nobody = json!({ "type": "workspace-member", "workspace_member_id": NOBODY });
    assert_eq!(as_member(nobody), code(400, "value_not_found"));
    assert_eq!(as_member(json!({ "type": "somebody" })), code(400, "validation_type"));
}

#[test]
fn paths_lead_over_references_and_from_an_entry_to_its_record() {
    let client = Client::new();
    let company = client.record("companies", &json!({ "name": "Acme", "categories": ["B2B"] }));
    let entry = client.entry(&company);
    client.record("people", &json!({ "name": "Hopper, Grace", "company": company }));
    client.record("people", &json!({ "name": "Lovelace, Ada" }));
    let query = |target: &str, body: Value| client.data("POST", target, &body).as_array().cloned().unwrap();
    let filter = |path: Value, constraints: Value| json!({ "filter": { "path": path, "constraints": constraints } });

    let from_entry = json!([["sales", "parent_record"], ["companies", "name"]]);
    let found = query("/v2/lists/sales/entries/query", filter(from_entry.clone(), json!({ "value": "Acme" })));
    assert_eq!(found[0]["id"]["entry_id"], json!(entry));
    assert!(query("/v2/lists/sales/entries/query", filter(from_entry, json!({ "value": "Other" }))).is_empty());

    let people = "/v2/objects/people/records/query";
    let by_choice = json!([["people", "company"], ["companies", "categories"]]);
    assert_eq!(query(people, filter(by_choice, json!({ "option": "B2B" }))).len(), 1);
    let round = json!([["people", "company"], ["companies", "team"], ["people", "name"]]);
    assert_eq!(query(people, filter(round, json!({ "last_name": { "$eq": "Hopper" } }))).len(), 1);
    let sorts = json!({ "sorts": [{ "direction": "desc", "attribute": "name", "field": "last_name" }] });
    assert_eq!(query(people, sorts)[0]["values"]["name"][0]["first_name"], "Ada");

    let wrong = |body: Value| client.refused("POST", people, &body);
    for (path, wanted) in [
        (json!([["companies", "name"]]), "filter_error"),
        (json!([["people", "name"], ["companies", "name"]]), "filter_error"),
        (json!([["people", "company"], ["people", "name"]]), "filter_error"),
        (json!([["people", "nothing"]]), "unknown_filter_attribute_slug"),
        (json!([["people", "company"], ["ships", "name"]]), "unknown_filter_attribute_slug"),
        (json!([["people"]]), "filter_error"),
        (json!([]), "filter_error"),
    ] {
        assert_eq!(wrong(filter(path.clone(), json!({ "value": 1 }))), code(400, wanted), "{path}");
        let sorts = json!({ "sorts": [{ "direction": "asc", "path": path }] });
        assert_eq!(wrong(sorts).0, 400, "{path}");
    }
    assert_eq!(wrong(json!({ "sorts": [{ "attribute": "name" }] })), code(400, "validation_type"), "no direction");
}

#[test]
fn surveys_are_counted_from_their_events() {
    let client = Client::new();
    let survey = json!({ "name": "S", "type": "popover", "questions": [{ "type": "open", "question": "Why?" }] });
    let surveys = "/api/projects/12345/surveys/";
    let asked = |target: String| client.send("GET", &target, &Value::Null).body.unwrap();
    assert_eq!(asked(format!("{surveys}responses_count/")), json!({}));
    let row = client.send("POST", surveys, &survey).body.unwrap();
    let id = row["id"].as_str().unwrap();
    client.send("POST", &format!("{surveys}{id}/launch/"), &Value::Null);
    let event = |name: &str, who: &str, more: Value| {
        let mut properties = json!({ "$survey_id": id });
        properties.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let event = json!({ "api_key": "phc_sandbox", "event": name, "distinct_id": who, "properties": properties });
        assert_eq!(client.send("POST", "/i/v0/e/", &event).status, 200);
    };
    for who in ["a", "b", "c", "d"] {
        event("survey shown", who, json!({}));
    }
    // Two parts of one submission are one answer, and ending it halfway is no dismissal.
    event("survey sent", "a", json!({ "$survey_submission_id": "s1" }));
    event("survey sent", "a", json!({ "$survey_submission_id": "s1" }));
    event("survey dismissed", "a", json!({ "$survey_partially_completed": true }));
    event("survey dismissed", "b", json!({}));

    assert_eq!(asked(format!("{surveys}responses_count/")), json!({ id: 1 }));
    let one = asked(format!("{surveys}{id}/stats/"));
    assert_eq!((&one["survey_id"], &one["end_date"]), (&json!(id), &Value::Null));
    let shown = &one["stats"]["survey shown"];
    assert_eq!((&shown["total_count"], &shown["unique_persons_only_seen"]), (&json!(4), &json!(2)));
    assert_eq!((&one["rates"]["response_rate"], &one["rates"]["dismissal_rate"]), (&json!(25.0), &json!(25.0)));
    assert_eq!(asked(format!("{surveys}stats/"))["stats"], one["stats"]);
    let late = asked(format!("{surveys}{id}/stats/?date_from=2999-01-01"));
    assert_eq!(late["stats"]["survey sent"]["total_count"], 0);
    let status = |query: &str| client.send("GET", &format!("{surveys}stats/?{query}"), &Value::Null).status;
    assert_eq!((status("date_from=soon"), status("date_from=2026-02-01&date_to=2026-01-01")), (400, 400));

    let events = asked("/api/projects/12345/events/?event=survey%20sent".into());
    for response in events["results"].as_array().unwrap() {
        let target = format!("{surveys}{id}/responses/{}/archive/", response["id"].as_str().unwrap());
        assert_eq!(client.send("POST", &target, &Value::Null).status, 200);
    }
    let without = asked(format!("{surveys}{id}/stats/?exclude_archived=true"));
    assert_eq!(without["stats"]["survey sent"]["total_count"], 0);
}

#[test]
fn projects_are_listed_for_keys_that_are_limited_to_none() {
    let client = Client::new();
    let limited = ApiToken { projects: vec![12345], ..ApiToken::default() };
    let tokens = BTreeMap::from([("any".to_owned(), ApiToken::default()), ("limited".to_owned(), limited)]);
    client.0.set_settings(Settings { tokens: Some(tokens), ..Settings::default() }).unwrap();
    client.send("PATCH", "/api/projects/12345/", &json!({ "name": "Renamed" }));
    for target in ["/api/projects/", "/api/organizations/@current/projects/", "/api/projects/?search=renam"] {
        let page = client.send("GET", target, &Value::Null).body.unwrap();
        assert_eq!((&page["count"], &page["results"][0]["name"]), (&json!(1), &json!("Renamed")), "{target}");
        assert_eq!(page["results"][0].as_object().unwrap().len(), 11);
        assert_eq!(client.send_as("limited", "GET", target, &Value::Null).status, 403, "{target}");
    }
    let none = client.send("GET", "/api/projects/?search=other", &Value::Null).body.unwrap();
    assert_eq!(none["results"], json!([]));
    let own = client.send("GET", "/api/organizations/@current/projects/12345/", &Value::Null).body.unwrap();
    assert_eq!((&own["name"], &own["id"]), (&json!("Renamed"), &json!(12345)));
    assert_eq!(client.send("POST", "/api/projects/", &json!({ "name": "Second" })).status, 403);
    assert_eq!(client.send("GET", "/api/organizations/other/projects/", &Value::Null).status, 404);
}
