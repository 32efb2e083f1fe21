//! Webhooks as they are sent, compared and refused.

use super::super::fixture::{at, block, case, mistakes, node, word};
use super::*;
use crate::kinds::Attribute;
use crate::kinds::Kind;
use crate::kinds::fixture::wanted;

static HOOK: Webhook = Webhook {
    common: Common::named("Hook"),
    url: Url(plg_core::Text::Given("https://a.example")),
    on: &[
        HookEvent::every(Topic { subject: Subject::deals, verb: Verb::created }),
        HookEvent::every(Topic { subject: Subject::list_entry, verb: Verb::updated }),
    ],
};

fn resolved() -> Map {
    let mut want = wanted(&HOOK).fields;
    assert_eq!(want["subscriptions"][0]["filter"]["$and"][0]["value"], json!({ "$ref": "object.deals", "get": "id" }));
    want["subscriptions"][0]["filter"]["$and"][0]["value"] = json!("d");
    want
}

#[test]
fn records_are_filtered_by_their_object() {
    let deals = json!({ "$and": [{ "field": "id.object_id", "operator": "equals", "value": "d" }] });
    assert_eq!(
        Webhook::SPEC.wire.create(&resolved()),
        Call::new(
            "POST",
            crate::kinds::attio::at!("webhooks"),
            json!({ "data": { "target_url": "https://a.example", "subscriptions": [
                { "event_type": "record.created", "filter": deals },
                { "event_type": "list-entry.updated", "filter": null },
            ] } })
        )
    );
}

#[test]
fn order_and_empty_filters_are_no_difference_and_the_secret_is_apart() {
    let (wire, want) = (Webhook::SPEC.wire, resolved());
    let answer = |object: &str| {
        json!({ "data": { "id": { "workspace_id": "w", "webhook_id": "h" }, "target_url": "https://a.example/", "status": "active",
            "subscriptions": [
                { "event_type": "list-entry.updated", "filter": { "$and": [] } },
                { "filter": { "$and": [{ "value": object, "operator": "equals", "field": "id.object_id" }] }, "event_type": "record.created" },
            ],
            "created_at": "2026-05-16T00:00:00.000000000Z", "secret": "s" } })
    };
    let live = wire.read(answer("d")).unwrap();
    assert!(want.iter().all(|(field, value)| wire.same(field, value, &live.fields[field])));
    assert_eq!(live.outputs["secret"], "s");
    assert!(!live.fields.contains_key("secret"));
    assert_eq!(wire.identity(&want), wire.identity(&live.fields));
    let other = wire.read(answer("e")).unwrap();
    assert!(!wire.same("subscriptions", &want["subscriptions"], &other.fields["subscriptions"]));
    let fewer = json!([want["subscriptions"][0]]);
    assert!(!wire.same("subscriptions", &fewer, &live.fields["subscriptions"]));
    assert_eq!(address("https://a.example/x/"), "https://a.example/x/");
}

#[test]
fn what_is_refused() {
    let topic = |at: u32, subject: &str, verb: &str| node(at, Given::Topic(Box::new(word(at, subject)), verb.into()));
    let own = |at: u32, name: Option<&str>, verb: &str| {
        let held = Given::Ref(name.map(str::to_owned));
        node(at, Given::Topic(Box::new(case(at, "object", node(at, held))), verb.into()))
    };
    let hook = |on: Vec<Node>| block("webhook", "H", vec![("on", node(1, Given::List(on)))]);
    for (on, at, message) in [
        (vec![], 1, "a webhook needs at least one event"),
        (vec![topic(2, "note", "merged")], 2, "there is no event `note.merged`"),
        (
            vec![topic(2, "deals", "created"), topic(3, "deals", "created")],
            3,
            "`deals.created` is in this list already",
        ),
        (vec![own(2, Some("Tenants"), "resolved")], 2, "there is no event `Tenants.resolved`"),
    ] {
        let found = mistakes("webhook", &hook(on), &[]);
        assert!(found.len() == 1 && found[0].0 == at && found[0].1.starts_with(message), "{found:?}");
    }
    let right = vec![
        own(2, None, "created"),
        own(3, None, "created"),
        topic(4, "record", "merged"),
        topic(5, "record", "created"),
    ];
    assert_eq!(mistakes("webhook", &hook(right), &[]), []);
}

#[test]
fn an_address_is_told_once() {
    let topic = |at: u32, verb: &str| node(at, Given::Topic(Box::new(word(at, "deals")), verb.into()));
    let hook = |name: &str, url: Given, verbs: &[&str]| {
        let on = verbs.iter().map(|verb| topic(4, verb)).collect();
        block("webhook", name, vec![("url", node(2, url)), ("on", node(3, Given::List(on)))])
    };
    let written = |url: &str| Given::Text(url.into());
    for (url, other, is_same) in [
        (written("https://a.example"), written("https://a.example/"), true),
        (Given::Env("HOOK".into()), Given::Env("HOOK".into()), true),
        (Given::Env("HOOK".into()), Given::Env("OTHER".into()), false),
        (written("https://a.example/x"), written("https://a.example/y"), false),
    ] {
        let first = hook("First", url, &["created", "updated"]);
        let second = hook("Second", other, &["updated", "deleted"]);
        assert_eq!(mistakes("webhook", &first, &[&first, &second]), []);
        let said = mistakes("webhook", &second, &[&first, &second]);
        let wanted = at(4, "`First` already sends `deals.updated` to this address");
        assert_eq!(said, if is_same { wanted } else { vec![] });
    }
}

#[test]
fn every_subject_has_an_event() {
    for case in Subject::CHOICE.cases {
        assert!(verbs(case.word).iter().all(|verb| Verb::WORDS.words.iter().any(|word| word.0 == *verb)));
    }
}

static STAGE: Attribute = Attribute {
    common: Common::named("Stage"),
    on: crate::kinds::Place::deals,
    slug: Slug("stage"),
    title: Name("Stage"),
    ..Attribute::BLANK
};
static TARGETS: crate::kinds::List =
    crate::kinds::List { common: Common::named("Targets"), slug: Slug("targets"), ..crate::kinds::List::BLANK };
const OF_DEALS: Topic<Subject, Verb> = Topic { subject: Subject::deals, verb: Verb::updated };
const OF_ENTRIES: Topic<Subject, Verb> = Topic { subject: Subject::list_entry, verb: Verb::created };

fn filtered(of: Topic<Subject, Verb>, with: &'static [HookTest], any: &'static [HookTest]) -> HookEvent {
    HookEvent::filtered(FilteredEvent { of, with, any })
}

#[test]
fn what_is_asked_of_an_event_is_its_filter() {
    let said =
        |event: HookEvent| plg_core::serde_json::from_str::<Json>(&event.subscription().to_string()).expect("JSON");
    let reference = |address: &str, get: &str| json!({ "$ref": address, "get": get });
    let test =
        |field: &str, operator: &str, value: Json| json!({ "field": field, "operator": operator, "value": value });
    let stage = filtered(OF_DEALS, const { &[HookTest::attribute(&STAGE), HookTest::not_by(ActorType::system)] }, &[]);
    assert_eq!(
        said(stage),
        json!({ "event_type": "record.updated", "filter": { "$and": [
            test("id.object_id", "equals", reference("object.deals", "id")),
            test("id.attribute_id", "equals", reference("attribute.Stage", "id")),
            test("actor.type", "not_equals", "system".into()),
        ] } })
    );
    let lists = filtered(OF_ENTRIES, &[], const { &[HookTest::list(&TARGETS), HookTest::by_id(Str("m"))] });
    assert_eq!(
        said(lists),
        json!({ "event_type": "list-entry.created", "filter": { "$or": [
            test("id.list_id", "equals", reference("list.Targets", "id")),
            test("actor.id", "equals", "m".into()),
        ] } })
    );
}

#[test]
fn what_may_hold_is_compared_as_a_set_and_not_with_what_must() {
    let one = json!({ "field": "actor.type", "operator": "equals", "value": "app" });
    let two = json!({ "field": "actor.type", "operator": "equals", "value": "system" });
    let event = |filter: Json| json!([{ "event_type": "note.created", "filter": filter }]);
    let same = |a: Json, b: Json| Webhook::SPEC.wire.same("subscriptions", &event(a), &event(b));
    assert!(same(json!({ "$or": [one, two] }), json!({ "$or": [two, one] })));
    assert!(!same(json!({ "$or": [one, two] }), json!({ "$and": [two, one] })));
    assert!(same(Json::Null, json!({ "$and": [] })));
}

#[test]
fn filters_that_never_match_are_refused() {
    let topic = |subject: &str, verb: &str| node(2, Given::Topic(Box::new(word(2, subject)), verb.into()));
    let test = |at: u32, word: &str, held: Given| case(at, word, node(at, held));
    let by = |at: u32| test(at, "by", Given::Word("app".into()));
    let filtered = |of: Node, fields: Vec<(&str, Vec<Node>)>| {
        let lists = fields.into_iter().map(|(name, tests)| (name.to_owned(), node(3, Given::List(tests))));
        let record = std::iter::once(("of".to_owned(), of)).chain(lists).collect();
        case(9, "filtered", node(9, Given::Record(record)))
    };
    let hook = |on: Vec<Node>| block("webhook", "H", vec![("on", node(1, Given::List(on)))]);
    let link = |name: &str| Given::Ref(Some(name.into()));
    for (on, at, message) in [
        (vec![filtered(topic("note", "created"), vec![])], 9, "`filtered(note.created)` has no filter"),
        (
            vec![filtered(topic("note", "created"), vec![("with", vec![test(4, "list", link("L"))])])],
            4,
            "`note.created` does not carry that",
        ),
        (
            vec![filtered(topic("deals", "created"), vec![("with", vec![test(4, "attribute", link("A"))])])],
            4,
            "`deals.created` does not carry that",
        ),
        (
            vec![filtered(topic("deals", "updated"), vec![("any", vec![by(4)])])],
            3,
            "Attio accepts either filters that all hold or filters of which one holds, not both",
        ),
        (
            vec![filtered(topic("note", "created"), vec![("with", vec![test(4, "by_id", Given::Text("me".into()))])])],
            4,
            "`me` is not an id of Attio",
        ),
        (
            vec![
                filtered(topic("note", "created"), vec![("with", vec![by(4)])]),
                filtered(topic("note", "created"), vec![("with", vec![by(5)])]),
            ],
            9,
            "`note.created` is in this list already",
        ),
    ] {
        let found = mistakes("webhook", &hook(on), &[]);
        assert!(found.len() == 1 && found[0].0 == at && found[0].1.starts_with(message), "{found:?}");
    }
    // One event may be told for several reasons.
    let right = vec![
        topic("note", "created"),
        filtered(topic("note", "created"), vec![("with", vec![by(4)])]),
        filtered(topic("note", "created"), vec![("any", vec![by(4)])]),
        filtered(topic("list_entry", "updated"), vec![("with", vec![test(4, "attribute", link("A"))])]),
    ];
    assert_eq!(mistakes("webhook", &hook(right), &[]), []);
}
