//! What is wanted of functions, what is sent, and that it is read back as it was said.

use super::*;
use crate::kinds::fixture::*;
use crate::kinds::{Event, Filter, PropertyKey, PropertyTest};
use plg_core::kinds::{Describe, Kind};
use plg_core::source::{Import, Known};

static SIGNED_UP: Event = event("SignedUp", "signed_up");

const fn say(key: &'static str, text: &'static str) -> Pair<Fed> {
    Pair { key, doc: "", value: Fed::value(plg_core::Json::Text(text)) }
}

const PRO: &[Filter] = &[Filter::event(PropertyTest { is: Some(&[Str("pro")]), ..PropertyTest::any("plan") })];

static HOOK: Destination = Destination {
    common: Common::named("Hook"),
    title: Name("Hook"),
    template: DestinationTemplate::webhook,
    on: &[Trigger::event(&SIGNED_UP), Trigger::only(TriggerIf { what: &SIGNED_UP, with: PRO })],
    without_test_users: true,
    inputs: Named(&[
        say("url", "https://example.com"),
        Pair { key: "body", doc: "", value: Fed::person(PropertyKey::of("plan")) },
        Pair { key: "signing_secret", doc: "", value: Fed::value(plg_core::Json::Env("SIGNING")) },
    ]),
    once: Some(Once { per: Str("{person.id}"), within: Span { count: 2, unit: Unit::hours }, or_after: None }),
    ..Destination::BLANK
};

fn live(enabled: bool) -> Json {
    json!({
        "id": "f1", "type": "destination", "name": "Hook", "description": "As the template says",
        "template": { "id": "template-webhook", "description": "As the template says", "code": "x", "name": "HTTP Webhook" },
        "hog": "x", "enabled": enabled, "mappings": null, "execution_order": null,
        "inputs": {
            "url": { "value": "https://example.com", "order": 0, "bytecode": ["_H", 1] },
            "body": { "value": "{person.properties.plan}", "order": 1 },
            "signing_secret": { "secret": true },
        },
        "filters": {
            "source": "events", "bytecode": ["_H", 1], "filter_test_accounts": true,
            "events": [
                { "id": "signed_up", "name": "signed_up", "type": "events", "order": 0 },
                { "id": "signed_up", "name": "signed_up", "type": "events", "order": 1, "properties": [
                    { "key": "plan", "type": "event", "operator": "exact", "value": ["pro"] },
                ] },
            ],
        },
        "masking": { "ttl": 7200, "hash": "{person.id}", "threshold": null, "bytecode": ["_H"] },
    })
}

fn want() -> Map {
    let mut want = resolved(&HOOK, &json!(1));
    want.insert("secrets".into(), json!({ "signing_secret": { "value": "hush" } }));
    want
}

#[test]
fn what_is_wanted_is_what_is_live() {
    let mut want = want();
    want.remove("secrets");
    assert_eq!(differing(&HOOK, &want, &live(true)), [""; 0]);
    let mut other = live(true);
    other["inputs"]["url"]["value"] = json!("https://elsewhere.example");
    other["filters"]["events"][0]["id"] = json!("other");
    assert_eq!(differing(&HOOK, &want, &other), ["inputs", "filters"]);
}

#[test]
fn secrets_are_sent_and_never_read() {
    let wire = Destination::SPEC.wire;
    assert_eq!(Describe::want(&HOOK).fields.get("secrets").map(Term::names_variable), Some(true));
    let body = wire.create(&want()).body.expect("it has a body");
    assert_eq!(body["inputs"]["signing_secret"], json!({ "value": "hush" }));
    assert_eq!((&body["type"], &body["template_id"]), (&json!("destination"), &json!("template-webhook")));
    let prior = prior(&HOOK, &live(true));
    // Another value of the variable is sent with all other inputs; without one, the secret is left out and stays.
    let rotated = wire.update(&want(), &["secrets".into()], &prior).and_then(|call| call.body).expect("it is sent");
    assert_eq!(rotated["inputs"]["url"], json!({ "value": "https://example.com" }));
    assert_eq!(rotated["inputs"]["signing_secret"], json!({ "value": "hush" }));
    let moved = wire.update(&want(), &["inputs".into()], &prior).and_then(|call| call.body).expect("it is sent");
    assert_eq!(moved["inputs"].get("signing_secret"), None);
    assert!(!prior.fields["inputs"].to_string().contains("secret"));
}

#[test]
fn mappings_go_with_every_change() {
    let mut found = live(true);
    found["mappings"] = json!([{ "name": "One", "inputs": {}, "filters": {} }]);
    let prior = prior(&HOOK, &found);
    let call = Destination::SPEC.wire.update(&want(), &["name".into()], &prior).expect("the name changes");
    assert_eq!(call.body.expect("a body")["mappings"][0]["name"], json!("One"));
}

#[test]
fn read_back_as_it_was_said() {
    let mut known = Known::default();
    known.keep("signed_up", &SIGNED_UP);
    let row = Destination::SPEC.wire.read(live(true)).expect("a destination");
    let read = Destination::import(&row, Common::named("Hook"), &mut known).expect("it has words");
    let (own, again) = (HOOK.block(), read.block());
    for field in ["template", "on", "with", "without_test_users", "once"] {
        assert_eq!(own.get(field).map(|node| &node.given), again.get(field).map(|node| &node.given), "{field}");
    }
    let inputs = again.get("inputs").expect("it has inputs").map();
    let words: Vec<(&str, &str)> =
        inputs.iter().map(|(key, _, value)| (key.as_str(), value.word().unwrap_or_default())).collect();
    assert_eq!(words, [("url", "value"), ("body", "person"), ("signing_secret", "kept")]);
    assert!(known.lost().is_empty());
    // Somebody changed its code.
    let mut edited = live(true);
    edited["hog"] = json!("y");
    let row = Destination::SPEC.wire.read(edited).expect("a destination");
    assert!(Destination::import(&row, Common::named("Hook"), &mut known).is_ok());
    assert_eq!(known.lost().len(), 1);
    let mut own = live(true);
    own["template"] = Json::Null;
    let row = Destination::SPEC.wire.read(own).expect("a destination");
    assert!(Destination::import(&row, Common::named("Hook"), &mut known).is_err());
}

#[test]
fn inputs_are_held_against_the_template() {
    let json = |at: u32, term: Term| case(at, "value", node(at, Given::Json(term)));
    let given = |template: Node, inputs: Vec<(&str, Node)>| {
        let inputs = inputs.into_iter().map(|(key, value)| (key.to_owned(), plg_core::Site(5), value)).collect();
        block("destination", "D", vec![("template", template), ("inputs", node(4, Given::Map(inputs)))])
    };
    let said = |block: &Block| mistakes("destination", block, &[]);
    let hook = || word(3, "webhook");
    let url = || ("url", json(6, Term::from("https://a.example")));
    assert_eq!(said(&given(hook(), vec![url()])), []);
    assert_eq!(
        said(&given(hook(), vec![url(), ("heders", json(6, Term::Null))])),
        at(5, "the template `webhook` has no input `heders`")
    );
    assert_eq!(said(&given(hook(), vec![])), at(1, "the template `webhook` needs `url`, a text in quotes"));
    assert_eq!(said(&given(hook(), vec![("url", json(6, Term::from(3_i64)))])), at(6, "`url` is a text in quotes"));
    let written = said(&given(hook(), vec![url(), ("signing_secret", json(7, Term::from("hush")))]));
    assert_eq!(written, at(7, "`signing_secret` is a secret, and a stack never contains a secret"));
    assert_eq!(said(&given(hook(), vec![url(), ("signing_secret", json(7, Term::Env("S".into())))])), []);
    let inside = json(7, term!({ "x": Term::Env("S".into()) }));
    assert_eq!(said(&given(hook(), vec![url(), ("headers", inside)])).len(), 1);
    // Nothing is known of any other.
    let other = case(3, "other", node(3, Given::Text("template-x".into())));
    assert_eq!(said(&given(other, vec![("whatever", json(6, Term::from(true)))])), []);
}

#[test]
fn brakes_have_limits() {
    let once = |span: Span| {
        let once = record(3, vec![("per", node(4, Given::Text("x".into()))), ("within", node(5, Given::Span(span)))]);
        let block = block("destination", "D", vec![("once", once)]);
        mistakes("destination", &block, &[]).len()
    };
    assert_eq!((once(Span { count: 1, unit: Unit::days }), once(Span { count: 2, unit: Unit::days })), (0, 1));
}

#[test]
fn companies_are_found_by_what_the_web_app_fills_in() {
    let destination = Destination { template: DestinationTemplate::attio_workspace, ..Destination::BLANK };
    let sent = resolved(&destination, &json!(1));
    assert_eq!(sent["inputs"]["companyDomain"], json!({ "value": "{event.properties.$group_set.domain}" }));
    assert_eq!(sent["inputs"]["workspaceId"], json!({ "value": "{event.properties.$group_key}" }));
}
