use super::*;
use crate::kinds::Cohort;
use crate::kinds::fixture::{
    at, block, case, differing, list, map, merged, mistakes, node, prior, record, resolved, texts, to, wanted,
};
use crate::kinds::property::PropertyTest;
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
    assert_eq!(said(vec![variants(&[("control", 100.0)])]), at(10, "a flag has 2 to 20 variants, and this one has 1"));
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
    assert_eq!(said(vec![both(), payloads()]), at(21, "`tset` is not a variant of this flag"));
    assert_eq!(said(vec![payloads()]), at(21, "`tset` is not a variant, as this flag has none"));
    let release = |variant: &str| {
        let variant = node(32, Given::Text(variant.into()));
        ("release", list(30, vec![record(31, vec![("variant", variant)])]))
    };
    assert_eq!(said(vec![both(), release("other")]), at(32, "`other` is not a variant of this flag"));
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
        let message = format!("`{cohort}` has conditions on events, and a flag cannot use such a cohort");
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
        at(51, "`persist` needs the person, and this flag is bucketed by device")
    );
    assert_eq!(said(vec![("remote_config", yes(52))]), at(1, "a remote configuration needs a payload"));
    let fields = vec![
        ("remote_config", yes(52)),
        ("payload", node(53, Given::Json(json!(1).into()))),
        ("rollout", node(54, Given::Percent(10.0))),
    ];
    assert_eq!(said(fields), at(54, "a remote configuration is the same for everybody"));
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

static BILLING: FeatureFlag = FeatureFlag {
    variants: Keyed(&[share("control", Percent(50.0)), share("test", Percent(50.0))]),
    names: Keyed(&[share("test", Name("The new one"))]),
    ..flag("billing")
};
static RETAIL: FeatureFlag = FeatureFlag {
    release: &[
        Release {
            of: Some(Population::group(0)),
            to: &[Audience::group(PropertyTest { is: Some(&[Str("retail")]), ..PropertyTest::any("industry") })],
            rollout: Percent(20.0),
            description: Some(Str("Some shops")),
            ..Release::BLANK
        },
        Release {
            of: Some(Population::people),
            to: &[
                Audience::needs(FlagNeed { flag: &BILLING, is: Some(VariantKey("test")) }),
                Audience::needs(FlagNeed { flag: &BILLING, is: None }),
                Audience::needs_off(&BILLING),
            ],
            ..Release::BLANK
        },
    ],
    ..flag("retail")
};

/// As PostHog answers them.
fn retail() -> Json {
    let need = |value: Json| json!({ "key": "7", "type": "flag", "operator": "flag_evaluates_to", "value": value });
    json!({ "id": 9, "key": "retail", "name": "A switch.", "active": true, "tags": [], "filters": {
        "groups": [
            { "properties": [{
                "key": "industry", "type": "group", "operator": "exact", "value": ["retail"], "group_type_index": 0,
                "group_key_names": {},
            }], "rollout_percentage": 20, "aggregation_group_type_index": 0, "description": "Some shops" },
            { "properties": [need(json!("test")), need(json!(true)), need(json!(false))], "rollout_percentage": 100,
              "aggregation_group_type_index": null },
        ],
        "aggregation_group_type_index": null, "multivariate": null, "payloads": {},
    } })
}

#[test]
fn a_set_is_a_share_of_groups_or_of_people_who_get_another_flag() {
    let want = resolved(&RETAIL, &json!(7));
    let wire = RETAIL.spec().wire;
    let sent = wire.create(&want).body.unwrap_or_default();
    let first = &sent["filters"]["groups"][0];
    assert_eq!(
        (&first["aggregation_group_type_index"], &first["properties"][0]["group_type_index"]),
        (&json!(0), &json!(0))
    );
    let second = &sent["filters"]["groups"][1];
    assert_eq!(second["aggregation_group_type_index"], Json::Null);
    let needs: Vec<&Json> = second["properties"].as_array().into_iter().flatten().map(|one| &one["value"]).collect();
    assert_eq!(needs, [&json!("test"), &json!(true), &json!(false)]);
    assert_eq!(second["properties"][0]["key"], "7");
    assert_eq!(differing(&RETAIL, &want, &retail()), [""; 0]);

    // It is written down as it was declared.
    let mut known = Known::default();
    known.keep("7", &BILLING);
    let live = wire.read(retail()).expect("a flag");
    let read = FeatureFlag::import(&live, Common::named("Flag"), &mut known).expect("it has words");
    let again = FeatureFlag { common: Common { doc: "A switch.", ..Common::named("Flag") }, ..read };
    assert_eq!(differing(&again, &resolved(&again, &json!(7)), &retail()), [""; 0]);
    assert_eq!(again.release.len(), 2);
    assert!(matches!(again.release[0].of, Some(Population::group(0))) && again.release[1].of.is_none());
    // Whoever removes the other flag is told.
    assert!(wire.mentions(&live).iter().any(|mention| mention.kind == "feature_flag"));
}

#[test]
fn a_set_of_people_is_taken_from_the_groups_it_was_a_share_of() {
    static PRO: FeatureFlag = FeatureFlag {
        release: &[Release {
            to: &[Audience::person(PropertyTest { is: Some(&[Str("pro")]), ..PropertyTest::any("plan") })],
            ..Release::BLANK
        }],
        ..flag("retail")
    };
    let (want, before) = (wanted(&PRO).fields, prior(&RETAIL, &retail()));
    let wire = PRO.spec().wire;
    assert_eq!(differing(&PRO, &want, &retail()), ["groups"]);
    let merged = merged(wire, &want, &before);
    let sent = wire.update(&merged, &["groups".into()], &before).and_then(|call| call.body).unwrap_or_default();
    assert_eq!(sent["filters"]["groups"][0]["aggregation_group_type_index"], Json::Null);
}

#[test]
fn names_of_variants_are_sent_where_they_are_written() {
    let want = wanted(&BILLING).fields;
    let variants = json!([
        { "key": "control", "rollout_percentage": 50 },
        { "key": "test", "rollout_percentage": 50, "name": "The new one" },
    ]);
    assert_eq!(want.get("variants"), Some(&variants));
    let mut live = live();
    live["filters"]["multivariate"]["variants"] = variants;
    let live = FeatureFlag::SPEC.wire.read(live).expect("a flag");
    let read = FeatureFlag::import(&live, Common::named("Flag"), &mut Known::default()).expect("it has words");
    assert_eq!((read.names.len(), read.names[0].key, read.names[0].value.0), (1, "test", "The new one"));
}

static SECRET: FeatureFlag =
    FeatureFlag { remote_config: true, secret_payload: Some(plg_core::Secret("LIMITS")), ..flag("limits") };

#[test]
fn a_secret_payload_is_sent_and_never_read() {
    let want = wanted(&SECRET);
    assert_eq!(Describe::want(&SECRET).fields.get("secret_payload"), Some(&Term::Env("LIMITS".into())));
    let wire = SECRET.spec().wire;
    let mut sent = want.fields.clone();
    for (held, payload) in [("{\"a\":1}", "{\"a\":1}"), ("hush", "\"hush\"")] {
        sent.insert("secret_payload".into(), held.into());
        let body = wire.create(&sent).body.unwrap_or_default();
        assert_eq!(body["filters"]["payloads"], json!({ "true": payload }));
        assert_eq!(body["has_encrypted_payloads"], true);
        assert_eq!(body["secret_payload"], Json::Null);
    }
    let answer = json!({ "id": 3, "key": "limits", "name": "A switch.", "active": true, "tags": [],
        "is_remote_configuration": true, "has_encrypted_payloads": true,
        "filters": { "groups": [{ "properties": [], "rollout_percentage": 100 }], "payloads": { "true": "\"hush\"" } } });
    let live = wire.read(answer.clone()).expect("a flag");
    assert!(!format!("{live:?}").contains("hush"));
    assert!(!FeatureFlag::plain(answer.clone()).to_string().contains("hush"));
    assert!(wire.write_only().contains(&"secret_payload"));
    // Written without its payload it would not be what it is.
    let said = FeatureFlag::import(&live, Common::named("Flag"), &mut Known::default()).unwrap_err();
    assert!(said.contains("secret_payload: env(") && !said.contains("hush"), "{said}");
    static EXISTING: Handling = Handling { existing: true, ..Handling::PLAIN };
    let common = Common::named("Flag").handled(&EXISTING);
    let read = FeatureFlag::import(&live, common, &mut Known::default()).expect("it has words");
    assert!(read.payload.is_none() && read.secret_payload.is_none());
    // A payload for everybody is kept in the clear again.
    let plain = FeatureFlag { payload: Some(plg_core::Json::Whole(1)), remote_config: true, ..flag("limits") };
    let call = wire.update(&wanted(&plain).fields, &["payloads".into()], &prior(&SECRET, &answer)).expect("it changes");
    assert_eq!(call.body.unwrap_or_default()["has_encrypted_payloads"], false);
}

#[test]
fn newer_formats_are_left_out_and_named() {
    let live = json!({ "id": 4, "key": "pilot", "name": "", "active": true, "filters": { "version": 2, "rules": [] } });
    let wire = FeatureFlag::SPEC.wire;
    let live = wire.read(live).expect("a flag");
    let said = FeatureFlag::import(&live, Common::named("Pilot"), &mut Known::default()).unwrap_err();
    assert!(said.contains("version 2"), "{said}");
    assert!(wire.refuses(&live.fields, Some(&live.fields)).is_some());
}

#[test]
fn groups_and_people_do_not_mix_in_a_set() {
    let property = |word: &str| {
        case(
            33,
            word,
            record(
                34,
                vec![
                    ("property", node(35, Given::Text("a".into()))),
                    ("set", Node { at: Site(36), given: Given::Bool(true) }),
                ],
            ),
        )
    };
    let set = |of: Option<i64>, word: &str| {
        let mut fields = vec![("to", list(32, vec![property(word)]))];
        fields.extend(of.map(|of| ("of", case(37, "group", node(38, Given::Int(of))))));
        vec![("release", list(30, vec![record(31, fields)]))]
    };
    assert_eq!(said(set(Some(0), "group")), []);
    assert_eq!(said(set(None, "person")), []);
    assert_eq!(
        said(set(None, "group")),
        at(33, "this set is a share of people, and `group(…)` is a condition on groups")
    );
    assert_eq!(
        said(set(Some(0), "person")),
        at(33, "this set is a share of groups, and `person` is a condition on people")
    );
    assert_eq!(said(set(Some(7), "group")), at(38, "PostHog has five types of groups, 0 to 4"));
}

#[test]
fn what_a_flag_needs_is_on_and_has_the_variant() {
    let need = |word: &str, held: Node| {
        let set = record(31, vec![("to", list(32, vec![case(33, word, held)]))]);
        block("feature_flag", "F", vec![("release", list(30, vec![set]))])
    };
    let off = block("feature_flag", "Other", vec![("active", Node { at: Site(9), given: Given::Bool(false) })]);
    let split = block("feature_flag", "Other", vec![variants(&[("control", 50.0), ("test", 50.0)])]);
    let plain = block("feature_flag", "Other", vec![]);
    let is = |variant: &str| record(35, vec![("flag", to(36, "Other")), ("is", node(37, Given::Text(variant.into())))]);
    let said = |flag: &Block, other: &Block| mistakes("feature_flag", flag, &[other]);
    let refused = "`Other` is switched off, and PostHog refuses a flag that needs it";
    assert_eq!(said(&need("needs_off", to(36, "Other")), &off), at(36, refused));
    assert_eq!(said(&need("needs", record(35, vec![("flag", to(36, "Other"))])), &off), at(36, refused));
    assert_eq!(said(&need("needs_off", to(36, "Other")), &plain), []);
    assert_eq!(said(&need("needs", is("test")), &split), []);
    assert_eq!(said(&need("needs", is("tset")), &split), at(37, "`tset` is not a variant of `Other`"));
    assert_eq!(said(&need("needs", is("test")), &plain), at(37, "`test` is not a variant of `Other`"));
}

#[test]
fn secret_payloads_stand_alone() {
    let secret = || ("secret_payload", node(60, Given::Env("LIMITS".into())));
    let yes = || ("remote_config", Node { at: Site(52), given: Given::Bool(true) });
    assert_eq!(said(vec![secret(), yes()]), []);
    assert_eq!(said(vec![secret()]), at(60, "PostHog encrypts only the payload of a remote configuration"));
    let payload = ("payload", node(61, Given::Json(json!(1).into())));
    assert_eq!(
        said(vec![secret(), yes(), payload]),
        at(61, "a flag with a `secret_payload` has no other payload and no variants")
    );
}
