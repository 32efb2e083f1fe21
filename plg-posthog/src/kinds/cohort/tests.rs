use super::*;
use crate::kinds::element::{ElementPart, ElementTest};
use crate::kinds::fixture::{
    at, block, case, differing, event, lints, list, mistakes, node, record, resolved, texts, to, wanted,
};
use crate::kinds::hogql::Hogql;
use crate::kinds::property::PropertyTest;
use crate::kinds::{Action, Event};

const fn days(count: u32) -> Span {
    Span { count, unit: Unit::days }
}

const fn did(event: &'static dyn Trackable) -> Did {
    Did { event, ..Did::BLANK }
}

const fn cohort(name: &'static str, all: &'static [Condition]) -> Cohort {
    Cohort { common: Common::named(name), title: Name(name), all, ..Cohort::BLANK }
}

static USED: Event = event("FeatureUsed", "feature_used");
static UPGRADED: Action = Action { common: Common::named("Upgraded"), title: Name("Upgraded"), ..Action::BLANK };
static POWER: Cohort = cohort("Power", &[Condition::did(Did { at_least: Some(10), within: days(7), ..did(&USED) })]);
static LOW: Cohort = cohort(
    "Low",
    &[Condition::did(did(&USED)), Condition::did_not(Lately { event: &USED, within: days(7), with: &[] })],
);
static STOPPED: Cohort =
    cohort("Stopped", &[Condition::stopped(Stopped { event: &USED, quiet_for: days(7), ..Stopped::BLANK })]);
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

static RICH: Cohort = cohort(
    "Rich",
    &[
        Condition::did(Did {
            at_least: Some(3),
            since: Some(When("2026-01-01")),
            until: Some(When("2026-03-01")),
            with: &[
                EventTest::event(PropertyTest { is: Some(&[Str("pro")]), ..PropertyTest::any("plan") }),
                EventTest::element(ElementTest {
                    part: ElementPart::text,
                    contains: Some(Str("Buy")),
                    ..ElementTest::BLANK
                }),
                EventTest::sql(Hogql("properties.amount > 100")),
            ],
            ..did(&USED)
        }),
        Condition::did(Did { within: days(90), ending: Some(Ago(days(30))), ..did(&USED) }),
        Condition::did_then(DidThen { first: &USED, second: &UPGRADED, apart: days(2), within: days(30) }),
        Condition::regularly(Regularly { event: &USED, every: days(7), periods: 3, of: 4, ..Regularly::BLANK }),
        Condition::restarted(Restarted { event: &USED, back_within: days(7), quiet_since: days(30) }),
        Condition::first_seen(FirstSeen { after: Some(Ago(days(7))), ..FirstSeen::BLANK }),
        Condition::none(Conditions {
            of: &[
                Condition::person(PropertyTest { set: Some(true), ..PropertyTest::any("left") }),
                Condition::did(Did { exactly: Some(2), ..did(&USED) }),
            ],
        }),
    ],
);

#[test]
fn everything_people_can_have_done() {
    let used = json!("feature_used");
    let want = resolved(&RICH, &json!(4));
    let leaf = |value: &str, days, more| behavioral(&used, "events", value, days, more);
    let between = |value: &str, more: Json| {
        let mut leaf = leaf(value, 0, more);
        for key in ["time_value", "time_interval"] {
            leaf.as_object_mut().and_then(|leaf| leaf.shift_remove(key));
        }
        leaf
    };
    let values = json!([
        between("performed_event_multiple", json!({
            "operator": "gte", "operator_value": 3,
            "explicit_datetime": "2026-01-01", "explicit_datetime_to": "2026-03-01",
            "event_filters": [
                { "type": "event", "key": "plan", "operator": "exact", "value": ["pro"] },
                { "type": "element", "key": "text", "operator": "icontains", "value": "Buy" },
                { "type": "hogql", "key": "properties.amount > 100" },
            ],
        })),
        between("performed_event", json!({ "explicit_datetime": "-90d", "explicit_datetime_to": "-30d" })),
        leaf("performed_event_sequence", 30, json!({
            "seq_event": 4, "seq_event_type": "actions", "seq_time_value": 2, "seq_time_interval": "day",
        })),
        leaf("performed_event_regularly", 7, json!({
            "operator": "gte", "operator_value": 1, "min_periods": 3, "total_periods": 4,
        })),
        leaf("restarted_performing_event", 30, json!({ "seq_time_value": 7, "seq_time_interval": "day" })),
        { "type": "person_metadata", "key": "created_at", "operator": "is_date_after", "value": "-7d" },
        { "type": "person", "key": "left", "operator": "is_set", "value": "is_set", "negation": true },
        leaf("performed_event_multiple", 30, json!({ "operator": "eq", "operator_value": 2, "negation": true })),
    ]);
    assert_eq!(want.get("filters"), Some(&filters("AND", json!([{ "type": "AND", "values": values }]))));
}

#[test]
fn what_says_the_same_is_no_difference() {
    let row = |leaf: Json| json!({ "id": 1, "name": "Power", "description": "", "filters": { "properties": { "type": "AND", "values": [leaf] } } });
    let leaf = |more: Json| {
        let leaf = json!({
            "type": "behavioral", "key": "feature_used", "event_type": "events", "value": "performed_event_multiple",
        });
        let parts = [leaf, more].into_iter().filter_map(|part| part.as_object().cloned());
        row(parts.flatten().collect())
    };
    let want = wanted(&POWER).fields;
    for same in [
        json!({ "operator": "gt", "operator_value": 9, "time_value": "7", "time_interval": "day" }),
        json!({ "operator": "gte", "operator_value": "10", "explicit_datetime": "-7d" }),
        json!({
            "operator": "gte", "operator_value": 10, "time_value": 7, "time_interval": "day", "event_filters": [],
            "seq_time_value": 3, "min_periods": 2, "explicit_datetime_to": "-3d",
        }),
    ] {
        assert_eq!(differing(&POWER, &want, &leaf(same.clone())), [""; 0], "{same}");
    }
    for other in [
        json!({ "operator": "gt", "operator_value": 10, "time_value": 7, "time_interval": "day" }),
        json!({ "operator": "gte", "operator_value": 10, "explicit_datetime": "-8d" }),
        json!({ "operator": "gte", "operator_value": 10, "explicit_datetime": "-7d", "explicit_datetime_to": "-3d" }),
    ] {
        assert_eq!(differing(&POWER, &want, &leaf(other.clone())), ["filters"], "{other}");
    }
}

static ASKED: Cohort =
    Cohort { people: Some(People::sql(Hogql("SELECT person_id FROM events"))), ..cohort("Asked", &[]) };
static CHOSEN: Cohort = Cohort {
    people: Some(People::ids(PersonIds { of: &[PersonId("0190f0a1-3f3e-7c1c-8a6f-2f6b0a3f1c11")] })),
    ..cohort("Chosen", &[])
};
static FROZEN: Cohort = Cohort { people: Some(People::snapshot), ..cohort("Frozen", &[Condition::did(did(&USED))]) };

#[test]
fn people_who_are_put_into_a_cohort_once() {
    let created = |cohort: &Cohort| cohort.spec().wire.create(&resolved(cohort, &json!(4))).body.unwrap_or_default();
    let query = json!({ "kind": "HogQLQuery", "query": "SELECT person_id FROM events" });
    assert_eq!(created(&ASKED), json!({ "name": "Asked", "description": "", "query": query, "is_static": true }));
    let ids = json!(["0190f0a1-3f3e-7c1c-8a6f-2f6b0a3f1c11"]);
    assert_eq!(
        created(&CHOSEN),
        json!({ "name": "Chosen", "description": "", "_create_static_person_ids": ids, "is_static": true })
    );
    let used = behavioral(&json!("feature_used"), "events", "performed_event", 30, json!({}));
    let all = filters("AND", json!([{ "type": "AND", "values": [used] }]));
    assert_eq!(created(&FROZEN), json!({ "name": "Frozen", "description": "", "filters": all, "is_static": true }));
    let row = |more: Json| {
        let row = json!({ "id": 5, "description": "", "is_static": true, "filters": {}, "query": null });
        [row, more].into_iter().filter_map(|part| part.as_object().cloned()).flatten().collect::<Json>()
    };
    let kept = json!({ "kind": "HogQLQuery", "query": "SELECT person_id FROM events", "modifiers": null });
    assert_eq!(differing(&ASKED, &wanted(&ASKED).fields, &row(json!({ "name": "Asked", "query": kept }))), [""; 0]);
    let frozen = row(json!({ "name": "Frozen", "filters": all }));
    assert_eq!(differing(&FROZEN, &wanted(&FROZEN).fields, &frozen), [""; 0]);
    // One that PostHog finds anew is another cohort.
    assert_eq!(differing(&LOW, &wanted(&LOW).fields, &row(json!({ "name": "Low" }))), ["filters", "is_static"]);
    assert!(FROZEN.spec().wire.fixed().contains(&"is_static"));
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
    let negations = "a cohort of only negations matches nobody: PostHog stores it and never calculates it";
    assert_eq!(all(vec![done("did_not", vec![])]), at(3, negations));
    let group = case(4, "any", record(5, vec![("of", list(6, vec![done("did_not", vec![])]))]));
    assert_eq!(all(vec![group, case(4, "not_member", to(5, "Power"))]), at(3, negations));
    assert_eq!(all(vec![done("did_not", vec![]), done("did", vec![])]), []);
    assert_eq!(all(vec![]), at(3, "this list is empty"));
    let empty = case(4, "any", record(5, vec![("of", list(6, vec![]))]));
    assert_eq!(all(vec![empty]), at(6, "this list is empty"));
}

#[test]
fn negations_are_taken_away_from_what_people_meet() {
    let any = |conditions| said(vec![("any", list(3, conditions))]);
    let open = "a negation in `any` makes a cohort that matches nobody: PostHog stores it and never calculates it";
    assert_eq!(any(vec![done("did", vec![]), done("did_not", vec![])]), at(4, open));
    let of = |word: &str, conditions| case(4, word, record(5, vec![("of", list(6, conditions))]));
    let mixed = || of("any", vec![done("did", vec![]), done("did_not", vec![])]);
    let alone = "a cohort of only negations matches nobody: PostHog stores it and never calculates it";
    assert_eq!(all(vec![mixed()]), at(3, alone));
    assert_eq!(all(vec![mixed(), done("did", vec![])]), []);
    assert_eq!(any(vec![of("all", vec![done("did", vec![]), done("did_not", vec![])]), done("did", vec![])]), []);
    assert_eq!(all(vec![of("none", vec![done("did", vec![])])]), at(3, alone));
    assert_eq!(all(vec![of("none", vec![done("did", vec![])]), done("did", vec![])]), []);
    let none = any(vec![of("none", vec![done("did", vec![])]), done("did", vec![])]);
    assert_eq!(none.len(), 1, "{none:?}");
    let nested = all(vec![of("none", vec![done("did_not", vec![])]), done("did", vec![])]);
    assert_eq!(nested, at(4, "`none` accepts single conditions, and `did_not` is not one"));
}

#[test]
fn times_of_what_people_did_make_sense() {
    let text = |field, text: &str| (field, node(7, Given::Text(text.into())));
    let span = |field, count| (field, node(8, Given::Span(Span { count, unit: Unit::days })));
    let did = |fields| all(vec![done("did", fields)]);
    assert_eq!(did(vec![text("since", "2026-01-01"), text("until", "2026-02-01")]), []);
    assert_eq!(
        did(vec![text("since", "2026-02-01"), text("until", "2026-01-01")]),
        at(7, "`until` must be later than `since`")
    );
    assert_eq!(did(vec![text("until", "2026-01-01")]), at(7, "`until` needs `since`"));
    assert_eq!(
        did(vec![text("since", "2026-01-01"), span("within", 7)]),
        at(7, "a condition has either `since` or `within`")
    );
    assert_eq!(did(vec![span("within", 7), span("ending", 3)]), []);
    assert_eq!(
        did(vec![span("within", 7), span("ending", 7)]),
        at(8, "`ending` must be shorter than `within`, 30 days unless it is written")
    );
    let apart = |days| all(vec![done("did_then", vec![span("apart", days)])]);
    assert_eq!((apart(2), apart(30)), (vec![], vec![]));
    assert_eq!(apart(31), at(8, "`apart` must be shorter than `within`, 30 days unless it is written"));
    let regularly = |periods| all(vec![done("regularly", vec![count("periods", periods), count("of", 4)])]);
    assert_eq!((regularly(4), regularly(5)), (vec![], at(7, "`periods` is 1 to `of`, which is 4")));
    let seen = |fields| all(vec![case(4, "first_seen", record(5, fields))]);
    assert_eq!(seen(vec![]), at(5, "this condition has no comparison"));
    assert_eq!(seen(vec![span("after", 7)]), []);
    assert_eq!(seen(vec![span("after", 7), span("before", 1)]).len(), 1);
}

#[test]
fn people_are_found_one_way() {
    let sql = case(2, "sql", node(2, Given::Text("SELECT person_id FROM events".into())));
    assert_eq!(said(vec![("people", sql.clone())]), []);
    let both = said(vec![("people", sql), ("all", list(3, vec![done("did", vec![])]))]);
    assert_eq!(both, at(1, "a cohort has either `people` or `all`"));
    let frozen = || node(2, Given::Case("snapshot".into(), None));
    assert_eq!(said(vec![("people", frozen())]), at(0, "`C` has no condition on its people"));
    assert_eq!(said(vec![("people", frozen()), ("all", list(3, vec![done("did", vec![])]))]), []);
    assert!((PersonId::RULE.check)("0190f0a1-3f3e-7c1c-8a6f-2f6b0a3f1c11").is_ok());
    assert!((PersonId::RULE.check)("ada@example.com").is_err());
}

#[test]
fn either_all_or_any() {
    assert_eq!(said(vec![]), at(0, "`C` has no condition on its people"));
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
        at(7, "`at_least` and `exactly` exclude each other")
    );
    let quiet = |days| ("quiet_for", node(8, Given::Span(Span { count: days, unit: Unit::days })));
    assert_eq!(
        all(vec![done("stopped", vec![quiet(30)])]),
        at(8, "`quiet_for` must be shorter than `within`, 30 days unless it is written")
    );
    assert_eq!(all(vec![done("stopped", vec![quiet(7)])]), []);
    let person = case(4, "person", record(5, vec![("property", node(6, Given::Text("plan".into())))]));
    assert_eq!(all(vec![person]), at(5, "this condition has no comparison"));
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
