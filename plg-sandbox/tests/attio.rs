//! Attio's rules that no recorded exchange covers.

#![expect(clippy::unwrap_used, reason = "what a test calls fails as the test does")]

use plg_sandbox::{Reply, Sandbox, SandboxRequest, Settings};
use serde_json::{Value, json};

struct Attio(Sandbox);

impl Attio {
    fn new() -> Attio {
        Attio::with(Settings::default())
    }

    fn with(settings: Settings) -> Attio {
        Attio(Sandbox::open(None, Some(settings)).unwrap())
    }

    fn raw(&self, method: &str, target: &str, body: &str) -> Reply {
        let mut request = SandboxRequest::new(method, target);
        request.headers.push(("authorization".into(), "Bearer key".into()));
        request.body = body.as_bytes().to_vec();
        self.0.answer(&request)
    }

    fn get(&self, target: &str) -> Value {
        let reply = self.raw("GET", target, "");
        assert_eq!(reply.status, 200, "{target}: {:?}", reply.body);
        reply.body.unwrap()["data"].take()
    }

    /// What a good write answers.
    fn put(&self, method: &str, target: &str, data: Value) -> Value {
        let reply = self.raw(method, target, &json!({"data": data}).to_string());
        assert_eq!(reply.status, 200, "{method} {target}: {:?}", reply.body);
        reply.body.unwrap()["data"].take()
    }

    /// Status and code of a bad write.
    fn refused(&self, method: &str, target: &str, data: Value) -> (u16, String) {
        let reply = self.raw(method, target, &json!({"data": data}).to_string());
        (reply.status, reply.body.unwrap()["code"].as_str().unwrap_or_default().to_owned())
    }

    fn object(&self) {
        self.put("POST", "/v2/objects", json!({"api_slug": "tiers", "singular_noun": "Tier", "plural_noun": "Tiers"}));
    }
}

fn attribute(slug: &str, kind: &str, more: Value) -> Value {
    let mut all = json!({
        "title": slug, "description": null, "api_slug": slug, "type": kind, "is_required": false,
        "is_unique": false, "is_multiselect": false, "config": {},
    });
    for (key, value) in more.as_object().unwrap() {
        all[key] = value.clone();
    }
    all
}

fn err(status: u16, code: &str) -> (u16, String) {
    (status, code.to_owned())
}

const INVALID: &str = "validation_type";

#[test]
fn a_disabled_standard_object_is_hidden_but_keeps_its_slug() {
    let attio = Attio::with(Settings { deals: false, ..Settings::default() });
    let slugs = |v: &Value| v.as_array().unwrap().iter().map(|o| o["api_slug"].clone()).collect::<Vec<_>>();
    assert_eq!(slugs(&attio.get("/v2/objects")), [json!("people"), json!("companies")]);
    assert!(!slugs(&attio.get("/v2/objects/people/attributes")).contains(&json!("associated_deals")));
    let deals = json!({"api_slug": "deals", "singular_noun": "D", "plural_noun": "Ds"});
    assert_eq!(attio.refused("POST", "/v2/objects", deals), err(409, "slug_conflict"));
    assert_eq!(attio.raw("GET", "/v2/objects/deals", "").status, 404);
    let reply = attio.raw("POST", "/v2/objects/deals/records/query", "{}");
    assert_eq!((reply.status, &reply.body.unwrap()["code"]), (400, &json!("standard_object_disabled")));
    attio.0.set_settings(Settings::default()).unwrap();
    assert!(slugs(&attio.get("/v2/objects/people/attributes")).contains(&json!("associated_deals")));
}

#[test]
fn nouns_are_unique_when_created_and_freed_when_deleted() {
    let attio = Attio::new();
    attio.object();
    let other = json!({"api_slug": "levels", "singular_noun": "Level", "plural_noun": "Tiers"});
    assert_eq!(attio.refused("POST", "/v2/objects", other.clone()), err(409, "slug_conflict"));
    assert_eq!(
        attio.refused("PATCH", "/v2/objects/people", json!({"api_slug": "folk"})),
        err(400, "system_edit_unauthorized")
    );
    let column = attribute(
        "person",
        "record-reference",
        json!({
            "relationship": {"object": "people", "title": "Tier", "api_slug": "tier", "is_multiselect": false},
        }),
    );
    attio.put("POST", "/v2/objects/tiers/attributes", column);
    attio.get("/v2/objects/people/attributes/tier");
    let list = json!({"name": "T", "api_slug": "t", "parent_object": "tiers", "workspace_access": "full-access", "workspace_member_access": []});
    attio.put("POST", "/v2/lists", list);
    attio.put("PATCH", "/v2/objects/tiers", json!({"api_slug": "ranks"}));
    assert_eq!(attio.get("/v2/lists/t")["parent_object"], json!(["ranks"]));
    attio.put("DELETE", "/v2/objects/ranks", json!({}));
    assert_eq!(attio.raw("GET", "/v2/objects/people/attributes/tier", "").status, 404);
    assert_eq!(attio.raw("GET", "/v2/lists/t", "").status, 404);
    attio.put("POST", "/v2/objects", other);
}

#[test]
fn what_is_archived_keeps_its_name() {
    let attio = Attio::new();
    let path = "/v2/objects/companies/attributes";
    attio.put("POST", path, attribute("fit", "select", json!({})));
    attio.put("POST", &format!("{path}/fit/options"), json!({"title": "High"}));
    let option = attio.put("PATCH", &format!("{path}/fit/options/High"), json!({"is_archived": true}));
    assert_eq!(option["is_archived"], true);
    assert_eq!(attio.get(&format!("{path}/fit/options")), json!([]));
    assert_eq!(attio.get(&format!("{path}/fit/options?show_archived=true"))[0]["title"], "High");
    let again = json!({"title": "High"});
    assert_eq!(attio.refused("POST", &format!("{path}/fit/options"), again), err(409, "slug_conflict"));
    attio.put("PATCH", &format!("{path}/fit"), json!({"is_archived": true}));
    assert_eq!(attio.refused("POST", path, attribute("fit", "text", json!({}))), err(409, "slug_conflict"));
    assert_eq!(attio.raw("GET", &format!("{path}?show_archived=yes"), "").status, 400);
}

#[test]
fn attributes_that_cannot_be_are_refused() {
    let attio = Attio::new();
    attio.object();
    let on = |object: &str, kind: &str, more: Value| {
        attio.refused("POST", &format!("/v2/objects/{object}/attributes"), attribute("x", kind, more))
    };
    for kind in ["email-address", "domain", "interaction", "personal-name", "currency"] {
        assert_eq!(on("tiers", kind, json!({})), err(400, INVALID), "{kind}");
    }
    assert_eq!(on("tiers", "text", json!({"is_multiselect": true})), err(400, INVALID));
    assert_eq!(on("tiers", "select", json!({"is_unique": true})), err(400, INVALID));
    assert_eq!(on("people", "text", json!({"is_required": true})), err(400, INVALID));
    let default = json!({"default_value": {"type": "static", "template": [{"value": 5}]}});
    assert_eq!(on("people", "number", default.clone()), err(400, INVALID));
    assert_eq!(
        on("tiers", "text", json!({"default_value": {"type": "dynamic", "template": "P1M"}})),
        err(400, INVALID)
    );
    assert_eq!(on("tiers", "text", json!({"api_slug": "Not A Slug"})), err(400, INVALID));
    let nowhere = json!({"config": {"record_reference": {"allowed_objects": ["nowhere"]}}});
    assert_eq!(on("tiers", "record-reference", nowhere), err(400, "value_not_found"));
    let good = attio.put("POST", "/v2/objects/tiers/attributes", attribute("x", "number", default));
    assert_eq!(good["default_value"]["template"], json!([{"value": 5, "attribute_type": "number"}]));
    assert_eq!(good["is_default_value_enabled"], true);
    // The system attribute is told before the body is looked at.
    let system = attio.refused("PATCH", "/v2/objects/people/attributes/name", json!({"nonsense": 1}));
    assert_eq!(system, err(400, "system_edit_unauthorized"));
}

#[test]
fn references_read_back_as_ids() {
    let attio = Attio::new();
    let people = attio.get("/v2/objects/people")["id"]["object_id"].clone();
    let given = json!({"config": {"record_reference": {"allowed_objects": ["people", people]}}});
    let made = attio.put("POST", "/v2/objects/companies/attributes", attribute("fans", "record-reference", given));
    assert_eq!(made["config"]["record_reference"]["allowed_object_ids"], json!([people]));
}

#[test]
fn bodies_that_are_no_json_are_refused() {
    let attio = Attio::new();
    for body in ["{", "nonsense", "[]", "{}", "{\"data\": null}", "\"\\ud800\""] {
        for (method, target) in
            [("POST", "/v2/objects"), ("POST", "/v2/webhooks"), ("PATCH", "/v2/objects/people"), ("POST", "/v2/lists")]
        {
            let reply = attio.raw(method, target, body);
            assert_eq!(
                (reply.status, &reply.body.unwrap()["code"]),
                (400, &json!(INVALID)),
                "{method} {target} {body}"
            );
        }
    }
}

#[test]
fn lists_need_a_plan_and_somebody_with_full_access() {
    let list = |access: Value| json!({"name": "L", "api_slug": "l", "parent_object": "people", "workspace_access": access, "workspace_member_access": []});
    let attio = Attio::with(Settings { lists_plan: false, ..Settings::default() });
    assert_eq!(attio.refused("POST", "/v2/lists", list(json!("full-access"))).0, 500);
    let attio = Attio::new();
    assert_eq!(attio.refused("POST", "/v2/lists", list(json!("read-only"))), err(400, INVALID));
    attio.put("POST", "/v2/lists", list(json!("full-access")));
    assert_eq!(
        attio.refused("POST", "/v2/lists/l/attributes", attribute("x", "text", json!({"is_required": true}))),
        err(400, INVALID)
    );
    let reply = attio.raw("DELETE", "/v2/lists/l", "");
    assert!(reply.body.unwrap()["message"].as_str().unwrap().starts_with("Could not find endpoint"));
}

#[test]
fn webhooks_page_by_ten_and_a_change_of_url_is_checked() {
    let attio = Attio::new();
    let hook = |at: usize| json!({"target_url": format!("https://example.com/{at}"), "subscriptions": [{"event_type": "note.created", "filter": null}]});
    let made: Vec<Value> = (0..12).map(|at| attio.put("POST", "/v2/webhooks", hook(at))).collect();
    assert_eq!(made[0]["secret"].as_str().unwrap().len(), 64);
    assert_eq!(attio.get("/v2/webhooks").as_array().unwrap().len(), 10);
    assert_eq!(attio.get("/v2/webhooks?offset=10").as_array().unwrap().len(), 2);
    let path = format!("/v2/webhooks/{}", made[0]["id"]["webhook_id"].as_str().unwrap());
    assert_eq!(
        attio.refused("PATCH", &path, json!({"target_url": "https://example.com/1"})),
        err(409, "uniqueness_conflict")
    );
    attio.put("PATCH", &path, json!({"target_url": "https://example.com/0"}));
    let list = json!({"$and": [{"field": "id.list_id", "operator": "equals", "value": "nowhere"}]});
    let subscriptions = json!([{"event_type": "list-entry.created", "filter": list}]);
    assert_eq!(attio.refused("PATCH", &path, json!({"subscriptions": subscriptions})), err(400, INVALID));
    let reply = attio.raw(
        "POST",
        "/v2/webhooks",
        r#"{"data":{"target_url":"https://e.com","subscriptions":[{"event_type":"note.created"}]}}"#,
    );
    let expected =
        json!([{"code": "invalid", "path": ["data", "subscriptions", 0, "filter"], "message": "Invalid input"}]);
    assert_eq!(reply.body.unwrap()["validation_errors"], expected);
}

#[test]
fn records_follow_their_attributes() {
    let attio = Attio::new();
    attio.object();
    let path = "/v2/objects/tiers/attributes";
    attio.put("POST", path, attribute("code", "text", json!({"is_unique": true, "is_required": true})));
    attio.put("POST", path, attribute("tags", "select", json!({"is_multiselect": true})));
    for title in ["A", "B"] {
        attio.put("POST", &format!("{path}/tags/options"), json!({"title": title}));
    }
    let records = "/v2/objects/tiers/records";
    assert_eq!(attio.refused("POST", records, json!({"values": {"tags": ["A"]}})), err(400, "missing_value"));
    let one = attio.put("POST", records, json!({"values": {"code": "gold", "tags": "A"}}));
    let gold = json!({"values": {"code": "gold"}});
    assert_eq!(attio.refused("POST", records, gold.clone()), err(400, "uniqueness_conflict"));
    let path = format!("{records}/{}", one["id"]["record_id"].as_str().unwrap());
    let both = attio.put("PATCH", &path, json!({"values": {"tags": ["B"]}}));
    assert_eq!(both["values"]["tags"].as_array().unwrap().len(), 2);
    let only = attio.put("PUT", &path, json!({"values": {"tags": ["B"]}}));
    assert_eq!(only["values"]["tags"].as_array().unwrap().len(), 1);
    assert_eq!(only["values"]["code"][0]["value"], "gold");
    let same = attio.put("PUT", &format!("{records}?matching_attribute=code"), gold.clone());
    assert_eq!(same["id"], one["id"]);
    let tags = attio.refused("PUT", &format!("{records}?matching_attribute=tags"), gold.clone());
    assert_eq!(tags, err(400, "matching_attribute_definition_not_unique"));
    let found = attio.raw("POST", &format!("{records}/query"), r#"{"filter":{"code":{"$contains":"GOL"}},"limit":5}"#);
    assert_eq!(found.body.unwrap()["data"][0]["id"], one["id"]);
    attio.put("DELETE", &path, json!({}));
    attio.put("POST", records, gold);
    assert_eq!(
        attio.refused("POST", records, json!({"values": {"record_id": "x"}})),
        err(400, "system_edit_unauthorized")
    );
}

#[test]
fn an_entry_stays_with_its_record() {
    let attio = Attio::new();
    let list = json!({"name": "L", "api_slug": "l", "parent_object": "people", "workspace_access": "full-access", "workspace_member_access": []});
    attio.put("POST", "/v2/lists", list);
    let person = attio.put("POST", "/v2/objects/people/records", json!({"values": {"name": "Lovelace, Ada"}}));
    assert_eq!(person["values"]["name"][0]["full_name"], "Ada Lovelace");
    let record = person["id"]["record_id"].clone();
    let new = json!({"parent_record_id": record, "parent_object": "people", "entry_values": {}});
    let entry = attio.put("POST", "/v2/lists/l/entries", new);
    let path = format!("/v2/lists/l/entries/{}", entry["id"]["entry_id"].as_str().unwrap());
    let moved = json!({"parent_record_id": "891dcbfc-9141-415d-9b2a-2238a6cc012d", "entry_values": {}});
    assert_eq!(attio.refused("PATCH", &path, moved), err(400, "immutable_value"));
    let of = attio.get(&format!("/v2/objects/people/records/{}/entries", record.as_str().unwrap()));
    assert_eq!(of[0]["list_api_slug"], "l");
}

#[test]
fn a_bad_key_is_told_by_self_with_200() {
    let settings = Settings { tokens: Some([].into()), ..Settings::default() };
    let reply = Attio::with(settings).raw("GET", "/v2/self", "");
    assert_eq!((reply.status, reply.body.unwrap()), (200, json!({"active": false})));
}

#[test]
fn no_body_makes_it_panic() {
    let attio = Attio::new();
    attio.object();
    let list = json!({"name": "L", "api_slug": "l", "parent_object": "people", "workspace_access": "full-access", "workspace_member_access": []});
    let person = attio.put("POST", "/v2/objects/people/records", json!({"values": {"name": "Ada"}}));
    let person = person["id"]["record_id"].clone();
    let relationship = json!({"object": "people", "title": "T", "api_slug": "t", "is_multiselect": true});
    let subscription =
        json!({"event_type": "note.created", "filter": {"$or": [{"field": "a", "operator": "equals", "value": "b"}]}});
    let values = json!({
        "name": "Ada", "email_addresses": ["a@b.co"], "company": {"target_object": "companies", "target_record_id": person},
        "phone_numbers": [{"original_phone_number": "555 867 5309"}], "primary_location": "Here",
    });
    let company = json!({"domains": "a.co", "categories": ["B2B"], "funding_raised_usd": 5, "foundation_date": "2020"});
    let good = [
        ("POST", "/v2/objects", json!({"api_slug": "a", "singular_noun": "A", "plural_noun": "As"})),
        ("PATCH", "/v2/objects/tiers", json!({"singular_noun": "A"})),
        (
            "POST",
            "/v2/objects/tiers/attributes",
            attribute(
                "x",
                "record-reference",
                json!({
                    "relationship": relationship, "default_value": {"type": "static", "template": [{"target_object": "people"}]},
                    "config": {"currency": {"default_currency_code": "EUR", "display_type": "name"}, "record_reference": {"allowed_objects": ["people"]}},
                }),
            ),
        ),
        ("POST", "/v2/objects/companies/attributes/categories/options", json!({"title": "X"})),
        ("POST", "/v2/objects/deals/attributes/stage/statuses", json!({"title": "X", "target_time_in_status": "P1D"})),
        ("PATCH", "/v2/objects/deals/attributes/stage/statuses/Lead", json!({"title": "Y", "is_archived": true})),
        ("POST", "/v2/lists", list),
        (
            "PATCH",
            "/v2/lists/l",
            json!({"workspace_member_access": [{"workspace_member_id": person, "level": "read-only"}]}),
        ),
        ("POST", "/v2/webhooks", json!({"target_url": "https://a.co", "subscriptions": [subscription]})),
        ("POST", "/v2/objects/people/records", json!({"values": values})),
        ("PUT", "/v2/objects/companies/records?matching_attribute=domains", json!({"values": company})),
        (
            "POST",
            "/v2/lists/l/entries",
            json!({"parent_record_id": person, "parent_object": "people", "entry_values": {}}),
        ),
        (
            "PUT",
            "/v2/lists/l/entries",
            json!({"parent_record_id": person, "parent_object": "people", "entry_values": {}}),
        ),
    ];
    let queries = ["/v2/objects/people/records/query", "/v2/lists/l/entries/query"].map(|target| {
        let filter = json!({"$and": [{"name": {"first_name": {"$contains": "a"}}}, {"$not": {"name": "x"}}]});
        (
            "POST",
            target,
            json!({"filter": filter, "sorts": [{"attribute": "name", "direction": "asc"}], "limit": 1, "offset": 0}),
        )
    });
    for (method, target, body) in good.into_iter().map(|(m, t, d)| (m, t, json!({"data": d}))).chain(queries) {
        attio.raw(method, target, &body.to_string());
        for broken in broken(&body) {
            let reply = attio.raw(method, target, &broken.to_string());
            assert!(matches!(reply.status, 200 | 400 | 404 | 409), "{method} {target} {broken}: {reply:?}");
        }
    }
}

/// The value with each of its parts in turn replaced by what does not belong there, or left out.
fn broken(value: &Value) -> Vec<Value> {
    let strange = [
        json!(null),
        json!(true),
        json!(-1.5),
        json!(u64::MAX),
        json!(""),
        json!("é{}"),
        json!([]),
        json!({}),
        json!([null]),
        json!({"": [{}]}),
    ];
    let mut all = strange.to_vec();
    match value {
        Value::Object(map) => {
            for (key, part) in map {
                let with = |part: Option<Value>| {
                    let mut map = map.clone();
                    match part {
                        Some(part) => map.insert(key.clone(), part),
                        None => map.remove(key),
                    };
                    Value::Object(map)
                };
                all.push(with(None));
                all.extend(broken(part).into_iter().map(|part| with(Some(part))));
            }
        }
        Value::Array(items) => {
            for (at, part) in items.iter().enumerate() {
                all.extend(broken(part).into_iter().map(|part| {
                    let mut items = items.clone();
                    items[at] = part;
                    Value::Array(items)
                }));
            }
        }
        _ => {}
    }
    all
}
