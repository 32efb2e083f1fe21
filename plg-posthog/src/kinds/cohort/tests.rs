use super::*;
use crate::kinds::fixture::{
    at, block, case, differing, event, lints, list, mistakes, node, record, resolved, texts, to, wanted,
};
use crate::kinds::{Action, Event};

const fn days(count: u32) -> Span {
    Span { count, unit: Unit::days }
}

const fn did(event: &'static dyn Trackable) -> Did {
    Did { event, at_least: None, at_most: None, exactly: None, within: Did::within }
}

const fn cohort(name: &'static str, all: &'static [Condition]) -> Cohort {
    Cohort { common: Common::named(name), title: Name(name), all, ..Cohort::BLANK }
}

static USED: Event = event("FeatureUsed", "feature_used");
static UPGRADED: Action = Action { common: Common::named("Upgraded"), title: Name("Upgraded"), ..Action::BLANK };
static POWER: Cohort = cohort("Power", &[Condition::did(Did { at_least: Some(10), within: days(7), ..did(&USED) })]);
static LOW: Cohort =
    cohort("Low", &[Condition::did(did(&USED)), Condition::did_not(Lately { event: &USED, within: days(7) })]);
static STOPPED: Cohort =
    cohort("Stopped", &[Condition::stopped(Stopped { event: &USED, quiet_for: days(7), within: Stopped::within })]);
static TRIAL: Cohort = cohort(
    "Trial",
    &[
        Condition::person(PropertyTest { is: Some(&[Str("trial")]), ..PropertyTest::any("plan") }),
        Condition::person(PropertyTest { before: Some(Ago(days(7))), ..PropertyTest::any("signup_date") }),
        Condition::person(PropertyTest { after: Some(Ago(days(14))), ..PropertyTest::any("signup_date") }),
    ],
);
static GROWING: Cohort = Cohort {
    common: Common { doc: "Teams that grow.", ..Common::named("Growing") },
    any: &[
        Condition::all(Conditions { of: &[Condition::member(&POWER), Condition::not_member(&TRIAL)] }),
        Condition::did(did(&UPGRADED)),
    ],
    ..cohort("Growing", &[])
};

fn filters(word: &str, values: Json) -> Json {
    json!({ "properties": { "type": word, "values": values } })
}

fn behavioral(key: &Json, ty: &str, value: &str, days: u32, more: Json) -> Json {
    let leaf = json!({
        "type": "behavioral", "key": key, "event_type": ty, "value": value, "time_value": days, "time_interval": "day",
    });
    [leaf, more].into_iter().filter_map(|part| part.as_object().cloned()).flatten().collect()
}

#[test]
fn cohorts_are_sent_in_the_form_of_the_editor() {
    let used = json!("feature_used");
    let all = |leaves: Vec<Json>| filters("AND", json!([{ "type": "AND", "values": leaves }]));
    let person = |key: &str, operator: &str, value: Json| json!({ "type": "person", "key": key, "operator": operator, "value": value });
    let did = behavioral(&used, "events", "performed_event", 30, json!({}));
    for (cohort, form) in [
        (
            &POWER,
            all(vec![behavioral(
                &used,
                "events",
                "performed_event_multiple",
                7,
                json!({ "operator": "gte", "operator_value": 10 }),
            )]),
        ),
        (&LOW, all(vec![did, behavioral(&used, "events", "performed_event", 7, json!({ "negation": true }))])),
        (
            &STOPPED,
            all(vec![behavioral(
                &used,
                "events",
                "stopped_performing_event",
                30,
                json!({ "seq_time_value": 7, "seq_time_interval": "day" }),
            )]),
        ),
        (
            &TRIAL,
            all(vec![
                person("plan", "exact", json!(["trial"])),
                person("signup_date", "is_date_before", json!("-7d")),
                person("signup_date", "is_date_after", json!("-14d")),
            ]),
        ),
    ] {
        assert_eq!(wanted(cohort).fields.get("filters"), Some(&form), "{}", cohort.title.0);
    }
    let want = resolved(&GROWING, &json!(4));
    let groups = json!([
        { "type": "OR", "values": [behavioral(&json!(4), "actions", "performed_event", 30, json!({}))] },
        { "type": "AND", "values": [
            { "type": "cohort", "key": "id", "value": 4 },
            { "type": "cohort", "key": "id", "value": 4, "negation": true },
        ] },
    ]);
    let body = json!({ "name": "Growing", "description": "Teams that grow.", "filters": filters("OR", groups) });
    let call = GROWING.spec().wire.create(&want);
    assert_eq!(call, Call::new("POST", "/api/projects/{project}/cohorts/", body));
    assert_eq!(wanted(&POWER).after, ["event.FeatureUsed"]);
    assert_eq!(wanted(&GROWING).after, ["action.Upgraded"]);
}

#[test]
fn what_the_server_adds_is_no_difference() {
    let live = |operator_value: i64| {
        json!({
            "id": 12, "name": "Power", "description": "", "groups": [], "deleted": false, "count": 3,
            "filters": { "properties": { "type": "AND", "values": [{ "type": "AND", "values": [{
                "key": "feature_used", "type": "behavioral", "value": "performed_event_multiple", "event_type": "events",
                "operator": "gte", "operator_value": operator_value, "time_value": 7, "time_interval": "day",
                "negation": false, "bytecode": ["_H", 1], "bytecode_error": null, "conditionHash": "16hex", "explicit_datetime": null,
            }] }] } },
        })
    };
    let want = wanted(&POWER).fields;
    assert_eq!(differing(&POWER, &want, &live(10)), [""; 0]);
    assert_eq!(differing(&POWER, &want, &live(11)), ["filters"]);
    let trial = json!({ "id": 13, "name": "Trial", "description": null, "filters": { "properties": { "type": "AND", "values": [
        { "type": "AND", "values": [
            { "type": "person", "key": "plan", "operator": "exact", "value": "trial", "negation": false },
            { "type": "person", "key": "signup_date", "operator": "is_date_before", "value": "-7d" },
            { "type": "person", "key": "signup_date", "operator": "is_date_after", "value": "-14d" },
        ] },
    ] } } });
    assert_eq!(differing(&TRIAL, &wanted(&TRIAL).fields, &trial), [""; 0]);
}

fn said(fields: Vec<(&str, Node)>) -> Vec<(u32, String)> {
    mistakes("cohort", &block("cohort", "C", fields), &[])
}

fn all(conditions: Vec<Node>) -> Vec<(u32, String)> {
    said(vec![("all", list(3, conditions))])
}

fn count(field: &str, n: i64) -> (&str, Node) {
    (field, node(7, Given::Int(n)))
}

fn done(word: &str, mut fields: Vec<(&'static str, Node)>) -> Node {
    fields.insert(0, ("event", to(6, "FeatureUsed")));
    case(4, word, record(5, fields))
}

#[test]
fn cohorts_that_never_calculate_are_refused() {
    let negations = "a cohort of negations alone is stored but never calculates";
    assert_eq!(all(vec![done("did_not", vec![])]), at(3, negations));
    let group = case(4, "any", record(5, vec![("of", list(6, vec![done("did_not", vec![])]))]));
    assert_eq!(all(vec![group, case(4, "not_member", to(5, "Power"))]), at(3, negations));
    assert_eq!(all(vec![done("did_not", vec![]), done("did", vec![])]), []);
    assert_eq!(all(vec![]), at(3, "this list has no condition"));
    let empty = case(4, "any", record(5, vec![("of", list(6, vec![]))]));
    assert_eq!(all(vec![empty]), at(6, "this list has no condition"));
}

#[test]
fn either_all_or_any() {
    assert_eq!(said(vec![]), at(0, "`C` says nothing about its people"));
    let both = vec![("all", list(3, vec![])), ("any", list(3, vec![]))];
    assert_eq!(said(both), at(1, "a cohort has either `all` or `any`"));
    let mut existing = block("cohort", "C", vec![]);
    existing.existing = true;
    assert_eq!(mistakes("cohort", &existing, &[]), []);
}

#[test]
fn counts_and_times_make_sense() {
    assert_eq!(all(vec![done("did", vec![count("at_least", 0)])]), at(7, "`at_least` counts from 1"));
    assert_eq!(
        all(vec![done("did", vec![count("at_least", 1), count("exactly", 2)])]),
        at(7, "`at_least` and `exactly` cannot stand together")
    );
    let quiet = |days| ("quiet_for", node(8, Given::Span(Span { count: days, unit: Unit::days })));
    assert_eq!(
        all(vec![done("stopped", vec![quiet(30)])]),
        at(8, "`quiet_for` must be shorter than `within`, 30 days unless it is written")
    );
    assert_eq!(all(vec![done("stopped", vec![quiet(7)])]), []);
    let person = case(4, "person", record(5, vec![("property", node(6, Given::Text("plan".into())))]));
    assert_eq!(all(vec![person]), at(5, "this condition compares with nothing"));
    let person = case(4, "person", record(5, vec![("is", texts(6, "trial"))]));
    assert_eq!(all(vec![person]), []);
}

#[test]
fn a_long_description_is_found() {
    static LONG: Cohort =
        Cohort { common: Common { doc: include_str!("tests.rs"), ..Common::named("Long") }, ..cohort("Long", &[]) };
    assert_eq!(lints(&LONG).len(), 1);
    assert_eq!(lints(&POWER), [""; 0]);
}
