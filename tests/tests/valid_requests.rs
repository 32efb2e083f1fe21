//! Every request to Attio is one that its published description allows: the operation, the query,
//! and the body with no key too many.

use plg_runtime::plan::Change;
use plg_runtime::session::PlanOptions;
use plg_sandbox::Logged;
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;
use std::path::Path;
use tests::stage::{Stage, addresses, fresh, quietly};

mod first {
    plg::stack! {
        name: "valid",
        stages: { local: sandbox },

        object Tenants { slug: "tenants", singular: "Tenant", plural: "Tenants" }

        /// What the product calls it.
        attribute Code { on: Tenants, slug: "code", holds: text, required: true, unique: true, default: value("new") }
        attribute Seats { on: Tenants, slug: "seats", holds: number, default: value(5) }
        attribute Trusted { on: Tenants, slug: "trusted", holds: checkbox, default: value(true) }
        attribute Spent { on: Tenants, slug: "spent", holds: currency(EUR, shows: narrow_symbol) }
        attribute Since { on: Tenants, slug: "since", holds: date, default: now }
        attribute Renews { on: Tenants, slug: "renews", holds: timestamp, default: after(30 days) }
        attribute Stars { on: Tenants, slug: "stars", holds: rating, default: value(3) }
        attribute Plans { on: Tenants, slug: "plans", holds: select { Free, Pro, Gone }, multiple: true }
        attribute Phase { on: Tenants, slug: "phase", holds: status { Open { target: 7 days }, Won { celebrate: true }, Lost } }
        attribute Owners { on: Tenants, slug: "owners", holds: actor, multiple: true }
        attribute Maker { on: Tenants, slug: "maker", holds: actor, default: current_user }
        attribute Company { on: Tenants, slug: "company", holds: record [companies] }
        attribute Anything { on: Tenants, slug: "anything", holds: record { to: [] }, multiple: true }
        attribute Office { on: Tenants, slug: "office", holds: location }
        attribute Phones { on: Tenants, slug: "phones", holds: phone_number, multiple: true }

        attribute Tier { on: companies, slug: "tier", holds: select { Gold, Silver } }
        attribute Mrr { on: companies, slug: "mrr", title: "MRR", holds: number }
        existing attribute Domains { on: companies, slug: "domains", holds: domain }

        list Targets { slug: "targets", of: companies }
        attribute Fit { on: Targets, slug: "fit", holds: select { Good, Bad } }
        attribute Step { on: Targets, slug: "step", holds: status { First, Last } }

        webhook Changes {
            url: "https://example.com/hook?of=tenants",
            on: [
                Tenants.created, deals.updated, record.merged, note.created, note_content.updated, task.deleted,
                comment.resolved, list.created, list_entry.updated, list_attribute.created, object_attribute.updated,
                workspace_member.created, call_recording.created,
            ],
        }
    }
}

mod second {
    plg::stack! {
        name: "valid",
        stages: { local: sandbox },

        object Tenants { slug: "renters", singular: "Renter", plural: "Renters" }

        /// What our product calls it.
        attribute Code { on: Tenants, slug: "product_code", title: "Product code", holds: text, default: value("none") }
        // Of another type: made anew.
        attribute Seats { on: Tenants, slug: "seats", holds: text }
        attribute Trusted { on: Tenants, slug: "trusted", holds: checkbox, default: value(false) }
        attribute Spent { on: Tenants, slug: "spent", holds: currency(USD, shows: code) }
        attribute Renews { on: Tenants, slug: "renews", holds: timestamp, default: after(1 weeks) }
        attribute Plans { on: Tenants, slug: "plans", holds: select { Free { title: "For free" }, Pro }, multiple: true }
        attribute Phase { on: Tenants, slug: "phase", holds: status { Open, Won { target: 2 hours }, Lost } }
        attribute Company { on: Tenants, slug: "company", holds: record [companies, Tenants] }

        attribute Tier { on: companies, slug: "tier", holds: select { Gold, Silver, Bronze } }
        attribute Mrr { on: companies, slug: "mrr", title: "Monthly revenue", holds: number }

        // Of another object: made anew, and what is on it with it.
        list Targets { slug: "targets", title: "People to meet", of: people, access: full_access }
        attribute Fit { on: Targets, slug: "fit", holds: select { Good, Bad } }
        attribute Step { on: Targets, slug: "step", holds: status { First { target: 1 days }, Last } }

        webhook Changes { url: "https://example.com/other", on: [Tenants.created, Tenants.deleted] }
    }
}

mod touched {
    plg::stack! {
        name: "valid",
        stages: { local: sandbox },

        /// By somebody else.
        attribute Mrr { on: companies, slug: "mrr", title: "Money", holds: number }
        attribute Tier { on: companies, slug: "tier", holds: select { Gold, Silver, Tin } }
        list Targets { slug: "targets", title: "Somebody else's", of: companies }
        webhook Changes { url: "https://example.com/hook?of=tenants", on: [note.created] }
    }
}

mod guarded {
    plg::stack! {
        name: "guarded",
        stages: { local: sandbox },

        list Secret {
            slug: "secret",
            of: deals,
            access: nothing,
            members: [
                { id: "9b8b3b0a-5b0a-4f4e-8d5e-2f1c7f6f1a11", level: full_access },
                { id: "9b8b3b0a-5b0a-4f4e-8d5e-2f1c7f6f1a12", level: read_only },
            ],
        }
    }
}

/// Attio's description of its API.
struct Description(Value);

impl Description {
    fn read() -> Self {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("conformance/attio-openapi.json");
        let mut description = serde_json::from_str(&std::fs::read_to_string(path).expect("the description is there"))
            .expect("the description is there");
        tighten(&mut description);
        Description(description)
    }

    /// The operation a request is for, under the path as it is described.
    fn operation(&self, request: &Logged) -> Option<(&str, &Value)> {
        let method = request.method.to_lowercase();
        self.0["paths"].as_object()?.iter().find_map(|(template, methods)| {
            let operation = methods.get(&method)?;
            fits(template, &request.path, operation).then_some((template.as_str(), operation))
        })
    }

    /// What is wrong with a request; else the operation it is for.
    fn check(&self, request: &Logged) -> Result<String, String> {
        // Newer than the description.
        let segments = request.path.split('/').filter(|s| !s.is_empty()).count();
        if request.method == "DELETE" && request.path.starts_with("/v2/objects/") && segments == 3 {
            return if request.body.is_null() {
                Ok("DELETE /v2/objects/{object}".into())
            } else {
                Err("a body".into())
            };
        }
        let (template, operation) = self.operation(request).ok_or("there is no such operation")?;
        for (name, value) in &request.query {
            let known = parameters(operation, "query").find(|p| p["name"] == name.as_str());
            let known = known.ok_or_else(|| format!("there is no parameter `{name}`"))?;
            let parsed = serde_json::from_str(value).unwrap_or_else(|_| json!(value));
            self.validate(&known["schema"], &parsed)?;
        }
        match operation.pointer("/requestBody/content/application~1json/schema") {
            Some(schema) => self.validate(schema, &request.body)?,
            None if request.body.is_null() => {}
            None => return Err("it takes no body".into()),
        }
        Ok(format!("{} {template}", request.method))
    }

    fn validate(&self, schema: &Value, value: &Value) -> Result<(), String> {
        let mut schema = schema.clone();
        schema["components"] = self.0["components"].clone();
        let validator =
            jsonschema::options().should_validate_formats(true).build(&schema).expect("the description is a schema");
        let wrong: Vec<String> = validator.iter_errors(value).map(|error| error.to_string()).collect();
        if wrong.is_empty() { Ok(()) } else { Err(wrong.join("; ")) }
    }
}

fn parameters<'a>(operation: &'a Value, place: &'static str) -> impl Iterator<Item = &'a Value> {
    operation["parameters"].as_array().into_iter().flatten().filter(move |p| p["in"] == place)
}

fn fits(template: &str, path: &str, operation: &Value) -> bool {
    let (template, path) = (template.split('/'), path.split('/'));
    template.clone().count() == path.clone().count()
        && template.zip(path).all(|(name, given)| match name.strip_prefix('{').and_then(|n| n.strip_suffix('}')) {
            Some(name) => {
                let words = parameters(operation, "path").find(|p| p["name"] == name).map(|p| &p["schema"]["enum"]);
                let words = words.and_then(Value::as_array);
                !given.is_empty() && words.is_none_or(|words| words.iter().any(|word| word == given))
            }
            None => name == given,
        })
}

/// Takes the description at its word: keys that it does not name are refused, and where a type may
/// be null, its list of words may be too.
fn tighten(schema: &mut Value) {
    match schema {
        Value::Array(list) => list.iter_mut().for_each(tighten),
        Value::Object(map) => {
            map.values_mut().for_each(tighten);
            if map.get("type") == Some(&json!("object")) && map.get("properties").is_some_and(Value::is_object) {
                map.entry("additionalProperties").or_insert(json!(false));
            }
            let nullable = map.get("type").and_then(Value::as_array).is_some_and(|all| all.contains(&json!("null")));
            if let (true, Some(Value::Array(words))) = (nullable, map.get_mut("enum")) {
                words.push(Value::Null);
            }
        }
        _ => {}
    }
}

/// Requests since the last look.
fn requests(stage: &Stage) -> Vec<Logged> {
    let log = stage.sandbox().log();
    stage.sandbox().reset_stats();
    log.into_iter().filter(|request| request.provider == Some("attio")).collect()
}

#[tokio::test]
async fn every_request_is_as_described() {
    let mut stage = Stage::new().await;
    let mut log = Vec::new();

    stage.deploy(&first::STACK).await;
    log.extend(requests(&stage));

    for stack in [&touched::STACK, &first::STACK] {
        stage.forget();
        let plan = stage.deploy(stack).await;
        let written: Vec<&str> =
            plan.steps.iter().filter(|s| s.change == Change::Adopt && s.writes()).map(|s| s.address.as_str()).collect();
        let wanted = ["attribute.Mrr", "list.Targets", "webhook.Changes"];
        assert!(wanted.iter().all(|address| written.contains(address)), "{written:?}");
        log.extend(requests(&stage));
    }

    // After it was forgotten, all of it existed before, as far as plg knows.
    let all = PlanOptions { include_adopted: true, ..fresh() };
    let (plan, outcome) = stage.apply_with(&second::STACK, &all, &quietly()).await;
    assert!(outcome.failed.is_empty(), "{:#?}", outcome.failed);
    let replaced = addresses(&plan, Change::Replace);
    assert!(["attribute.Seats", "list.Targets", "attribute.Fit"].iter().all(|a| replaced.contains(a)), "{replaced:?}");
    for change in [Change::Create, Change::Update, Change::Archive] {
        assert!(plan.count(change) > 0, "{change:?}");
    }
    log.extend(requests(&stage));

    let everything = PlanOptions { destroy: true, ..all };
    let (_, outcome) = stage.apply_with(&second::STACK, &everything, &quietly()).await;
    assert!(outcome.failed.is_empty(), "{:#?}", outcome.failed);
    let plan = stage.deploy(&second::STACK).await;
    let revived = addresses(&plan, Change::Revive);
    let wanted = ["attribute.Mrr", "option.Tier.Gold", "attribute.Step", "status.Step.First"];
    assert!(wanted.iter().all(|address| revived.contains(address)), "{revived:?}");
    log.extend(requests(&stage));

    // Members that the workspace does not have are refused, but the request is sound.
    let stage = Stage::new().await;
    let (_, outcome) = stage.apply(&guarded::STACK, false).await;
    assert_eq!(outcome.failed.len(), 1);
    log.extend(requests(&stage));

    let description = Description::read();
    let mut wrong = Vec::new();
    let mut operations = BTreeSet::new();
    for request in &log {
        match description.check(request) {
            Ok(operation) => drop(operations.insert(operation)),
            Err(why) => {
                wrong.push(format!(
                    "{} {} {:?}: {why}\n  {}",
                    request.method, request.path, request.query, request.body
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {} requests are wrong:\n{}", wrong.len(), log.len(), wrong.join("\n"));
    let writes: Vec<&str> = operations.iter().map(String::as_str).filter(|o| !o.starts_with("GET")).collect();
    assert_eq!(
        writes,
        [
            "DELETE /v2/objects/{object}",
            "DELETE /v2/webhooks/{webhook_id}",
            "PATCH /v2/lists/{list}",
            "PATCH /v2/objects/{object}",
            "PATCH /v2/webhooks/{webhook_id}",
            "PATCH /v2/{target}/{identifier}/attributes/{attribute}",
            "PATCH /v2/{target}/{identifier}/attributes/{attribute}/options/{option}",
            "PATCH /v2/{target}/{identifier}/attributes/{attribute}/statuses/{status}",
            "POST /v2/lists",
            "POST /v2/objects",
            "POST /v2/webhooks",
            "POST /v2/{target}/{identifier}/attributes",
            "POST /v2/{target}/{identifier}/attributes/{attribute}/options",
            "POST /v2/{target}/{identifier}/attributes/{attribute}/statuses",
        ]
    );
}

/// A request, as it would be logged.
fn sent(method: &str, path: &str, query: &[(&str, &str)], body: Value) -> Logged {
    Logged {
        provider: Some("attio"),
        account: None,
        method: method.into(),
        path: path.into(),
        query: query.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect(),
        body,
        status: None,
        note: None,
    }
}

#[test]
fn what_is_not_described_is_found() {
    let description = Description::read();
    let wrong = |request: &Logged| description.check(request).unwrap_err();
    let object = |more: &[(&str, Value)]| {
        let mut data =
            Map::from_iter([("singular_noun".to_owned(), json!("A")), ("plural_noun".to_owned(), json!("B"))]);
        data.extend(more.iter().map(|(k, v)| ((*k).to_owned(), v.clone())));
        sent("POST", "/v2/objects", &[], json!({ "data": data }))
    };
    assert!(wrong(&object(&[])).contains("api_slug"));
    assert!(wrong(&object(&[("api_slug", json!("a")), ("icon", json!("x"))])).contains("icon"));
    assert!(description.check(&object(&[("api_slug", json!("a"))])).is_ok());
    assert!(wrong(&sent("GET", "/v2/objects", &[("limit", "5")], Value::Null)).contains("limit"));
    assert!(wrong(&sent("GET", "/v2/webhooks", &[("limit", "many")], Value::Null)).contains("many"));
    assert!(wrong(&sent("GET", "/v2/webhooks", &[], json!({}))).contains("no body"));
    for path in ["/v2/records/a/attributes", "/v2/objects/", "/v2/objects/a/b"] {
        assert!(wrong(&sent("GET", path, &[], Value::Null)).contains("no such operation"), "{path}");
    }
}
