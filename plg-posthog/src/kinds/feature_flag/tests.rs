use super::*;
use crate::kinds::fixture::{
    at, block, case, differing, list, map, merged, mistakes, node, prior, record, resolved, texts, to, wanted,
};
use plg_core::Site;
use plg_core::kinds::Kind;
use plg_core::source::{Import, Known};

const fn flag(key: &'static str) -> FeatureFlag {
    FeatureFlag { common: Common { doc: "A switch.", ..Common::named("Flag") }, key: Key(key), ..FeatureFlag::BLANK }
}

const fn share<T>(key: &'static str, value: T) -> Pair<T> {
    Pair { key, doc: "", value }
}

static TRIALS: Cohort = Cohort { common: Common::named("Trials"), title: Name("Trials"), ..Cohort::BLANK };
static ONBOARDING: FeatureFlag = FeatureFlag {
    rollout: Some(Percent(0.0)),
    variants: Keyed(&[share("control", Percent(50.0)), share("test", Percent(50.0))]),
    payloads: Keyed(&[share("test", plg_core::Json::Object(&[("steps", plg_core::Json::Whole(3))]))]),
    active: Some(false),
    tags: &[Tag("Growth")],
    ..flag("new-onboarding-flow")
};
static RELEASED: FeatureFlag = FeatureFlag {
    release: &[Release {
        to: &[
            Audience::person(PropertyTest { is: Some(&[Str("pro")]), ..PropertyTest::any("plan") }),
            Audience::member(&TRIALS),
        ],
        rollout: Percent(12.5),
        ..Release::BLANK
    }],
    payload: Some(plg_core::Json::Bool(true)),
    ..flag("released")
};

fn live() -> Json {
    json!({
        "id": 42, "key": "new-onboarding-flow", "name": "A switch.", "active": false, "archived": false, "deleted": false,
        "filters": {
            "groups": [{ "properties": [], "rollout_percentage": 0.0, "aggregation_group_type_index": null, "variant": null }],
            "multivariate": { "variants": [
                { "key": "control", "name": "Control", "rollout_percentage": 50 },
                { "key": "test", "name": "Test", "rollout_percentage": 50.0 },
            ] },
            "payloads": { "test": "{\"steps\": 3}" },
            "aggregation_group_type_index": null, "holdout": { "id": 1, "exclusion_percentage": 10 },
        },
        "created_at": "2026-01-01T00:00:00.000000Z", "version": 1, "ensure_experience_continuity": false, "tags": ["growth"],
        "is_remote_configuration": false, "evaluation_runtime": "all", "bucketing_identifier": "distinct_id",
    })
}

#[test]
fn a_flag_is_created_and_recognised() {
    let want = wanted(&ONBOARDING).fields;
    let body = json!({
        "key": "new-onboarding-flow", "name": "A switch.", "active": false, "tags": ["growth"],
        "filters": {
            "groups": [{ "properties": [], "rollout_percentage": 0 }],
            "multivariate": { "variants": [
                { "key": "control", "rollout_percentage": 50 },
                { "key": "test", "rollout_percentage": 50 },
            ] },
            "payloads": { "test": "{\"steps\":3}" },
        },
        "ensure_experience_continuity": false, "evaluation_runtime": "all", "bucketing_identifier": "distinct_id",
        "is_remote_configuration": false, "_should_create_usage_dashboard": false,
    });
    let wire = ONBOARDING.spec().wire;
    assert_eq!(wire.create(&want), Call::new("POST", "/api/projects/{project}/feature_flags/", body));
    assert_eq!(differing(&ONBOARDING, &want, &live()), [""; 0]);
    let mut clicked = live();
    clicked["filters"]["groups"][0]["rollout_percentage"] = json!(100);
    clicked["active"] = json!(true);
    assert_eq!(differing(&ONBOARDING, &want, &clicked), ["groups", "active"]);
}

#[test]
fn condition_sets_come_before_everybody() {
    let want = resolved(&RELEASED, &json!(7));
    let groups = json!([{ "properties": [
        { "key": "plan", "type": "person", "operator": "exact", "value": ["pro"] },
        { "key": "id", "type": "cohort", "operator": "in", "value": 7 },
    ], "rollout_percentage": 12.5 }]);
    assert_eq!(want.get("groups"), Some(&groups));
    assert_eq!(flag("x").groups(), [json!({ "properties": [], "rollout_percentage": 100 })]);
    assert_eq!(FeatureFlag { rollout: Some(Percent(5.0)), ..RELEASED }.groups().len(), 2);
    let live = json!({ "id": 8, "key": "released", "name": "A switch.", "active": true, "tags": [], "filters": {
        "groups": [{ "properties": [
            { "key": "plan", "type": "person", "value": "pro", "label": null },
            { "key": "id", "type": "cohort", "value": 7, "cohort_name": "Trials", "negation": null },
        ], "rollout_percentage": 12.5, "sort_key": "u", "aggregation_group_type_index": null }],
        "payloads": { "true": "true" }, "multivariate": null,
    } });
    assert_eq!(differing(&RELEASED, &want, &live), [""; 0]);
}

#[test]
fn a_change_sends_all_of_the_filters_it_owns_and_nothing_of_others() {
    let boolean = wanted(&flag("new-onboarding-flow"));
    assert_eq!(boolean.create_only, ["active"]);
    let before = prior(&ONBOARDING, &live());
    let wire = ONBOARDING.spec().wire;
    let call = wire.update(&boolean.fields, &["variants".into()], &before).expect("it changes");
    let groups = json!([{ "properties": [], "rollout_percentage": 100 }]);
    let filters = json!({ "groups": groups, "multivariate": null, "payloads": {} });
    assert_eq!(call, Call::new("PATCH", "/api/projects/{project}/feature_flags/42/", json!({ "filters": filters })));
    let call = wire.update(&boolean.fields, &["tags".into()], &before).expect("it changes");
    assert_eq!(call.body, Some(json!({ "tags": [] })));
}

#[test]
fn what_people_wrote_into_variants_and_condition_sets_stays() {
    let mut clicked = live();
    clicked["filters"]["multivariate"]["variants"][1]["name"] = json!("The new one");
    clicked["filters"]["groups"][0]["aggregation_group_type_index"] = json!(0);
    clicked["filters"]["groups"][0]["description"] = json!("Nobody yet");
    let want = wanted(&ONBOARDING).fields;
    assert_eq!(differing(&ONBOARDING, &want, &clicked), [""; 0]);
    clicked["filters"]["multivariate"]["variants"][0]["rollout_percentage"] = json!(10);
    clicked["filters"]["multivariate"]["variants"][1]["rollout_percentage"] = json!(90);
    assert_eq!(differing(&ONBOARDING, &want, &clicked), ["variants"]);
    let (wire, before) = (ONBOARDING.spec().wire, prior(&ONBOARDING, &clicked));
    let call = wire.update(&merged(wire, &want, &before), &["variants".into()], &before).expect("it changes");
    let filters = json!({
        "groups": [{
            "properties": [], "rollout_percentage": 0, "aggregation_group_type_index": 0, "description": "Nobody yet",
        }],
        "multivariate": { "variants": [
            { "key": "control", "name": "Control", "rollout_percentage": 50 },
            { "key": "test", "name": "The new one", "rollout_percentage": 50 },
        ] },
        "payloads": { "test": "{\"steps\":3}" },
    });
    assert_eq!(call.body, Some(json!({ "filters": filters })));
    // A variant that people added changes the split.
    let mut third = live();
    let variants = third["filters"]["multivariate"]["variants"].as_array_mut().expect("a list");
    variants.push(json!({ "key": "third", "rollout_percentage": 0 }));
    assert_eq!(differing(&ONBOARDING, &want, &third), ["variants"]);
    // A condition set that people pin to a variant is another one than is declared.
    let mut pinned = live();
    pinned["filters"]["groups"][0]["variant"] = json!("test");
    assert_eq!(differing(&ONBOARDING, &want, &pinned), ["groups"]);
}

#[test]
fn what_filters_have_no_word_for_passes_through() {
    static EXTRA: FeatureFlag = FeatureFlag {
        common: Common::named("Flag").handled(&Handling {
            extra: &[("filters", plg_core::Json::Object(&[("early_exit", plg_core::Json::Bool(true))]))],
            ..Handling::PLAIN
        }),
        ..flag("extra")
    };
    let want = wanted(&EXTRA).fields;
    let body = EXTRA.spec().wire.create(&want).body.unwrap_or_default();
    assert_eq!((&body["filters"]["early_exit"], &body["filters"]["payloads"]), (&json!(true), &json!({})));
    let mut live = json!({ "id": 1, "key": "extra", "active": true, "filters": body["filters"] });
    assert_eq!(differing(&EXTRA, &want, &live), [""; 0]);
    live["filters"]["early_exit"] = Json::Null;
    assert_eq!(differing(&EXTRA, &want, &live), ["filters"]);
}

#[test]
fn hidden_flags_are_told_apart() {
    let wire = ONBOARDING.spec().wire;
    assert!(wire.read(json!({ "id": 1, "key": "survey-targeting-x" })).is_none());
    let archived = wire.read(json!({ "id": 1, "key": "x", "archived": true })).expect("a flag");
    assert!(archived.archived);
    let prior = Prior { id: "1".into(), ..Prior::default() };
    let call = wire.revive(&wanted(&ONBOARDING).fields, &prior).and_then(|call| call.body).unwrap_or_default();
    assert_eq!((&call["archived"], &call["deleted"]), (&json!(false), &json!(false)));
    assert_eq!(wire.detail("1", &Map::new()), Some(Call::bare("GET", "/api/projects/{project}/feature_flags/1/")));
}

fn said(fields: Vec<(&str, Node)>) -> Vec<(u32, String)> {
    mistakes("feature_flag", &block("feature_flag", "F", fields), &[])
}

fn variants(shares: &[(&'static str, f64)]) -> (&'static str, Node) {
    ("variants", map(10, shares.iter().map(|(key, share)| (*key, Given::Percent(*share))).collect()))
}

#[test]
fn variants_add_up() {
    assert_eq!(said(vec![variants(&[("control", 100.0)])]), at(10, "a flag has 2 to 20 variants, but here is 1"));
    assert_eq!(
        said(vec![variants(&[("control", 50.0), ("test", 40.1)])]),
        at(10, "the variants' shares add up to 90.1%, not 100%")
    );
    let thirds = variants(&[("control", 33.33), ("a", 33.33), ("b", 33.34)]);
    assert_eq!(said(vec![thirds]), []);
}

#[test]
fn payloads_and_condition_sets_name_variants() {
    let both = || variants(&[("control", 50.0), ("test", 50.0)]);
    let json = || Given::Json(json!(1).into());
    assert_eq!(
        said(vec![both(), ("payload", node(20, json()))]),
        at(20, "a flag with variants has a payload for each")
    );
    let payloads = || ("payloads", map(20, vec![("tset", json())]));
    assert_eq!(said(vec![both(), payloads()]), at(21, "`tset` is no variant of this flag"));
    assert_eq!(said(vec![payloads()]), at(21, "`tset` is no variant, as this flag has none"));
    let release = |variant: &str| {
        let variant = node(32, Given::Text(variant.into()));
        ("release", list(30, vec![record(31, vec![("variant", variant)])]))
    };
    assert_eq!(said(vec![both(), release("other")]), at(32, "`other` is no variant of this flag"));
    assert_eq!(said(vec![both(), release("test")]), []);
}

#[test]
fn cohorts_of_behavior_cannot_be_used() {
    let did = case(40, "did", record(41, vec![("event", to(42, "E"))]));
    let person = case(40, "person", record(41, vec![("is", texts(42, "pro"))]));
    let active = block("cohort", "Active", vec![("all", list(43, vec![did]))]);
    let outer = block("cohort", "Outer", vec![("any", list(43, vec![case(44, "member", to(45, "Active"))]))]);
    let paying = block("cohort", "Paying", vec![("all", list(43, vec![person]))]);
    let others = [&active, &outer, &paying];
    let flag = |cohort: &str| {
        let release = record(31, vec![("to", list(32, vec![case(33, "member", to(34, cohort))]))]);
        block("feature_flag", "F", vec![("release", list(30, vec![release]))])
    };
    for (cohort, wrong) in [("Active", true), ("Outer", true), ("Paying", false), ("Elsewhere", false)] {
        let message = format!("`{cohort}` is found by what people did, and such a cohort cannot be used in a flag");
        let said = if wrong { at(34, &message) } else { Vec::new() };
        assert_eq!(mistakes("feature_flag", &flag(cohort), &others), said);
    }
}

#[test]
fn what_cannot_stand_together() {
    let yes = |at| Node { at: Site(at), given: Given::Bool(true) };
    let device = ("bucketed_by", node(50, Given::Word("device".into())));
    assert_eq!(
        said(vec![device, ("persist", yes(51))]),
        at(51, "`persist` needs the person, and this flag goes by the device")
    );
    assert_eq!(said(vec![("remote_config", yes(52))]), at(1, "remote configuration is a payload, and there is none"));
    let fields = vec![
        ("remote_config", yes(52)),
        ("payload", node(53, Given::Json(json!(1).into()))),
        ("rollout", node(54, Given::Percent(10.0))),
    ];
    assert_eq!(said(fields), at(54, "remote configuration is the same for everybody"));
}

#[test]
fn remote_configuration_for_everybody_is_imported_as_it_is_made() {
    let group = json!({ "properties": [], "rollout_percentage": 100 });
    let live =
        FeatureFlag::SPEC.wire.read(json!({ "id": 5, "key": "limits", "name": "", "active": true, "deleted": false,
        "is_remote_configuration": true,
        "filters": { "groups": [group], "payloads": { "true": "{\"a\": 1}" } } }));
    let flag = FeatureFlag::import(&live.unwrap(), Common::named("Limits"), &mut Known::default()).unwrap();
    assert!(flag.remote_config && flag.rollout.is_none() && flag.release.is_empty());
    assert_eq!(mistakes("feature_flag", &flag.block(), &[]), []);
}
