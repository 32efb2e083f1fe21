//! The sandbox and the provider against Stripe's published description: every parameter that is sent is one that the
//! description names, and every answer is as it says. `plg-stripe-sandbox/tests/stripe.json` is as much of it as that takes.

mod common;

use billing::STACK;
use common::StripeAccount;
use plg::Terms;
use plg::test::{Operation, World, variant};
use plg_sandbox::{ApiAccount, HomePart, Lacks, Rate, Reply, Sandbox, SandboxApi, SandboxRequest};
use plg_stripe_sandbox::StripeSandbox;
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;
use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError};

static DESCRIPTION: LazyLock<Value> = LazyLock::new(|| {
    let text = include_str!("../../plg-stripe-sandbox/tests/stripe.json");
    serde_json::from_str(text).expect("the description is JSON")
});

/// What was asked and answered so far.
#[derive(Debug, Default)]
struct Heard {
    /// Requests and answers that break the description, each with how.
    wrong: BTreeSet<String>,
    /// Every operation that was asked for with success.
    operations: BTreeSet<String>,
    /// Every object that was answered.
    objects: BTreeSet<String>,
}

static HEARD: Mutex<Option<Heard>> = Mutex::new(None);

fn heard() -> MutexGuard<'static, Option<Heard>> {
    let mut heard = HEARD.lock().unwrap_or_else(PoisonError::into_inner);
    heard.get_or_insert_default();
    heard
}

/// The sandbox, with everything it hears and says held against the description.
#[derive(Debug)]
struct Described;

impl SandboxApi for Described {
    fn word(&self) -> &'static str {
        StripeSandbox.word()
    }

    fn title(&self) -> &'static str {
        StripeSandbox.title()
    }

    fn answer(&self, account: &mut ApiAccount<'_>, request: &SandboxRequest) -> Reply {
        let reply = StripeSandbox.answer(account, request);
        let mut heard = heard();
        if let Some(heard) = heard.as_mut() {
            let operation = operation(request);
            let asked = if reply.status == 200 { asked(&operation, request) } else { Vec::new() };
            let answered = answered(&reply, &mut heard.objects);
            heard.wrong.extend(asked.into_iter().chain(answered).map(|wrong| format!("{operation}: {wrong}")));
            if reply.status == 200 {
                heard.operations.insert(operation);
            }
        }
        reply
    }

    fn prepare(&self, account: &mut ApiAccount<'_>) {
        StripeSandbox.prepare(account);
    }

    fn home(&self, home: &mut HomePart<'_>) {
        StripeSandbox.home(home);
    }

    fn is_write(&self, request: &SandboxRequest) -> bool {
        StripeSandbox.is_write(request)
    }

    fn is_list(&self, request: &SandboxRequest) -> bool {
        StripeSandbox.is_list(request)
    }

    fn lacking(&self, request: &SandboxRequest, lacks: Lacks) -> Reply {
        StripeSandbox.lacking(request, lacks)
    }

    fn rates(&self, request: &SandboxRequest) -> Vec<Rate> {
        StripeSandbox.rates(request)
    }
}

/// `POST /v1/products/{id}`.
fn operation(request: &SandboxRequest) -> String {
    let mut segments = request.segments();
    if let Some(id) = segments.get_mut(2) {
        *id = "{id}".to_owned();
    }
    format!("{} /{}", request.method, segments.join("/"))
}

/// What of a request the description does not know.
fn asked(operation: &str, request: &SandboxRequest) -> Vec<String> {
    let body = String::from_utf8_lossy(&request.body);
    let sent = SandboxRequest::new("POST", &format!("/?{body}")).query;
    let pairs: Vec<&(String, String)> = request.query.iter().chain(&sent).collect();
    let Some(schema) = DESCRIPTION["requests"].get(operation) else {
        // Of one object, and of what is deleted, nothing but the id is said.
        let is_bare = pairs.iter().all(|(key, _)| key.starts_with("expand"));
        return if is_bare { Vec::new() } else { vec![format!("it takes no parameters: {pairs:?}")] };
    };
    let mut tree = Value::Object(Map::new());
    for (key, value) in pairs {
        put(&mut tree, &key.replace(']', "").split('[').collect::<Vec<_>>(), value);
    }
    differences(schema, &typed(schema, listed(tree)))
}

fn put(at: &mut Value, steps: &[&str], text: &str) {
    let Some((step, rest)) = steps.split_first() else {
        *at = text.into();
        return;
    };
    if !at.is_object() {
        *at = Value::Object(Map::new());
    }
    if let Some(map) = at.as_object_mut() {
        let step = if step.is_empty() { map.len().to_string() } else { (*step).to_owned() };
        put(map.entry(step).or_insert(Value::Null), rest, text);
    }
}

/// Objects whose keys are numbers are lists.
fn listed(value: Value) -> Value {
    let Value::Object(map) = value else { return value };
    let is_list = !map.is_empty() && map.keys().all(|key| key.bytes().all(|byte| byte.is_ascii_digit()));
    let inner = map.into_iter().map(|(key, value)| (key, listed(value)));
    if is_list { inner.map(|(_, value)| value).collect() } else { Value::Object(inner.collect()) }
}

/// A form's texts as what the description says they are.
fn typed(schema: &Value, given: Value) -> Value {
    if let Some(any) = schema["anyOf"].as_array() {
        let read = any.iter().map(|one| (one, typed(one, given.clone())));
        let mut fitting = read.filter(|(one, value)| differences(one, value).is_empty());
        return fitting.next().map_or(given.clone(), |(_, value)| value);
    }
    match given {
        Value::Object(map) => {
            let of = |key: &str| schema["properties"].get(key).unwrap_or(&schema["additionalProperties"]);
            Value::Object(map.into_iter().map(|(key, value)| (key.clone(), typed(of(&key), value))).collect())
        }
        Value::Array(list) => list.into_iter().map(|one| typed(&schema["items"], one)).collect(),
        Value::String(text) => {
            let kind = schema["type"].as_str().unwrap_or_default();
            let read = match kind {
                "integer" => text.parse::<i64>().ok().map(Value::from),
                "number" => text.parse::<f64>().ok().map(Value::from),
                "boolean" => text.parse::<bool>().ok().map(Value::from),
                _ => None,
            };
            read.unwrap_or(Value::String(text))
        }
        other => other,
    }
}

/// What of an answer is not as the description says.
fn answered(reply: &Reply, objects: &mut BTreeSet<String>) -> Vec<String> {
    let Some(body) = &reply.body else { return vec!["there is no answer".to_owned()] };
    if reply.status != 200 {
        return differences(&DESCRIPTION["error"], body);
    }
    let name = body["object"].as_str().unwrap_or_default().to_owned();
    let part = if body["deleted"] == true { "deleted" } else { "objects" };
    let Some(schema) = DESCRIPTION[part].get(&name) else {
        // Whose the key is is no object of the stack's.
        return if name == "account" { Vec::new() } else { vec![format!("there is no object {name:?}: {body}")] };
    };
    objects.insert(name.clone());
    let mut wrong = differences(schema, body);
    for one in body["data"].as_array().into_iter().flatten().filter(|_| name == "list") {
        wrong.extend(differences(&DESCRIPTION["objects"][one["object"].as_str().unwrap_or_default()], one));
    }
    wrong
}

fn differences(schema: &Value, value: &Value) -> Vec<String> {
    let validator = jsonschema::validator_for(schema).expect("the description is a schema");
    validator.iter_errors(value).map(|error| format!("{} in {}", error, error.instance_path())).collect()
}

const DEPLOY: Operation = Operation { stack: &STACK, stage: "local", destroy: false };

fn worked(world: &World, operation: &Operation) {
    world.run(operation).worked().unwrap_or_else(|why| panic!("{why}"));
}

fn deployed() -> World {
    let world = World::served(Sandbox::builder().mount(Described), 1).expect("a folder for a key");
    worked(&world, &DEPLOY);
    world
}

/// The stack with everything that can be changed in place changed.
fn edited(address: &str, fields: &mut Terms) {
    match address.split('.').next() {
        Some("product") => {
            fields.insert("name", "Changed");
            fields.insert("description", "Changed");
            fields.insert("url", "https://shop.example/changed");
            fields.insert("marketing_features", json!([{ "name": "Changed" }]));
            fields.insert("metadata", json!({ "changed": "yes" }));
        }
        Some("coupon") => drop(fields.insert("name", "Changed")),
        Some("price" | "promotion_code") => drop(fields.insert("metadata", json!({ "changed": "yes" }))),
        Some("tax_rate") => drop(fields.insert("description", "Changed")),
        Some("webhook_endpoint") => drop(fields.insert("enabled_events", json!(["invoice.paid"]))),
        _ => {}
    }
}

/// The same with what is replaced.
fn replaced(address: &str, fields: &mut Terms) {
    match address {
        "price.ProMonthly" | "price.ProYearly" => drop(fields.insert("unit_amount_decimal", "2400")),
        "coupon.Launch" => drop(fields.insert("percent_off", 25)),
        "tax_rate.GermanVat" => drop(fields.insert("percentage", 20)),
        _ => {}
    }
}

#[test]
fn everything_that_is_sent_and_answered_is_as_stripe_describes_it() {
    let world = deployed();
    worked(&world, &Operation { stack: variant(&STACK, "local", |_| true, replaced), ..DEPLOY });
    let world = deployed();
    worked(&world, &Operation { stack: variant(&STACK, "local", |_| true, edited), ..DEPLOY });
    worked(&world, &Operation { destroy: true, ..DEPLOY });
    worked(&world, &DEPLOY);
    // What others have, which no stack declares.
    let stripe = StripeAccount::new(world.sandbox());
    stripe.post("products", "id=theirs&name=Theirs&shippable=true&images[]=https://x.example/a.png");
    stripe.post("prices", "product=theirs&currency=jpy&unit_amount=100&lookup_key=theirs&nickname=One");
    stripe.post("coupons", "id=THEIRS&amount_off=500&currency=eur&duration=repeating&duration_in_months=3");
    stripe.post("promotion_codes", "promotion[type]=coupon&promotion[coupon]=THEIRS&code=THEIRS");
    stripe.post("tax_rates", "display_name=VAT&percentage=20&inclusive=false&country=FR&tax_type=vat");
    stripe.post("webhook_endpoints", "url=https://theirs.example/&enabled_events[]=*&description=Theirs");
    for path in ["products", "prices", "coupons", "promotion_codes", "tax_rates", "webhook_endpoints"] {
        assert!(!stripe.list(path).is_empty(), "{path}");
    }
    for (method, path, form) in [
        ("GET", "products/nothing", ""),
        ("POST", "products", "id=pro&name=Pro"),
        ("POST", "coupons", "id=NOTHING"),
        ("POST", "prices", "currency=eur&product=nothing"),
        ("POST", "tax_rates", "colour=red"),
        ("GET", "nothing", ""),
    ] {
        assert_ne!(stripe.send(method, path, form, &[]).status, 200, "{method} {path} {form}");
    }

    let heard = heard().take().unwrap_or_default();
    let wrong: Vec<String> = heard.wrong.into_iter().collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    // Nothing of the description was left out.
    let described = DESCRIPTION["requests"].as_object().expect("there are requests").keys();
    let unheard: Vec<&String> = described.filter(|operation| !heard.operations.contains(*operation)).collect();
    assert_eq!(unheard, Vec::<&String>::new());
    let objects = DESCRIPTION["objects"].as_object().expect("there are objects").keys();
    assert_eq!(objects.filter(|object| !heard.objects.contains(*object)).count(), 0, "{:?}", heard.objects);
}
