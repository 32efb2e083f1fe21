//! What surveys send and what they recognise.

use super::form::Surveys;
use super::*;
use crate::kinds::fixture::{merged, resolved, wanted};
use crate::kinds::property::PropertyTest;
use crate::kinds::{Action, ActionStep, Cohort, Event};
use plg_core::Pair;
use serde_json::Value;

static ONBOARDED: Event = Event {
    common: Common::named("OnboardingCompleted"),
    name: EventName("onboarding_completed"),
    properties: Event::properties,
    tags: Event::tags,
    verified: Event::verified,
    hidden: Event::hidden,
    ..Event::BLANK
};
static UPGRADE: Action = Action {
    common: Common::named("PlanUpgraded"),
    title: Name("Plan Upgraded"),
    on: &[ActionStep::event(&ONBOARDED)],
    tags: Action::tags,
    ..Action::BLANK
};

const RATING: Rating = Rating { ask: Wording("How likely are you to recommend us?"), ..Rating::BLANK };
const OPEN: Open = Open { ask: Wording("How was onboarding?"), ..Open::BLANK };
const SHOWN: Occasion = Occasion::BLANK;

const fn survey(title: &'static str, questions: &'static [Question]) -> Survey {
    Survey { common: Common::named("Nps"), title: Name(title), questions, ..Survey::BLANK }
}

static FEEDBACK: Survey = Survey {
    shown: Some(Occasion { after: &[&ONBOARDED], delay_seconds: Some(5), ..SHOWN }),
    ..survey("Onboarding feedback", &[Question::open(OPEN)])
};

/// What a create sends, but for the flag's dashboard that no survey wants.
fn created(survey: &Survey) -> Value {
    let mut body = Surveys.create(&wanted(survey).fields).body.expect("a create has a body");
    let dashboard = body.as_object_mut().and_then(|body| body.shift_remove("_should_create_usage_dashboard"));
    assert_eq!(dashboard, Some(json!(false)));
    body
}

#[test]
fn a_popover_after_an_event() {
    assert_eq!(
        created(&FEEDBACK),
        json!({
            "name": "Onboarding feedback", "description": "", "type": "popover", "schedule": "once",
            "questions": [{ "type": "open", "question": "How was onboarding?" }],
            "conditions": { "events": { "values": [{ "name": "onboarding_completed" }] } },
            "appearance": { "surveyPopupDelaySeconds": 5 },
        })
    );
}

#[test]
fn a_score_every_month() {
    static NPS: Survey = Survey {
        repeats: Repeats::again(Again { every: Span { count: 30, unit: Unit::days }, times: 12 }),
        starts: Some(When("2026-12-01")),
        ..survey(
            "Monthly NPS",
            &[Question::rating(Rating {
                nps: true,
                low: Some(Wording("Not at all likely")),
                high: Some(Wording("Extremely likely")),
                ..RATING
            })],
        )
    };
    assert_eq!(
        created(&NPS),
        json!({
            "name": "Monthly NPS", "description": "", "type": "popover", "schedule": "recurring",
            "iteration_count": 12, "iteration_frequency_days": 30, "start_date": "2026-12-01T00:00:00Z",
            "questions": [{
                "type": "rating", "display": "number", "scale": 10, "isNpsQuestion": true,
                "question": "How likely are you to recommend us?",
                "lowerBoundLabel": "Not at all likely", "upperBoundLabel": "Extremely likely",
            }],
        })
    );
}

#[test]
fn reasons_to_choose_from_and_ways_on() {
    static EXIT: Survey = Survey {
        kind: SurveyKind::api,
        ..survey(
            "Churn Exit",
            &[
                Question::single(Selection {
                    ask: Wording("Why?"),
                    choices: &[Wording("Too expensive"), Wording("Other")],
                    other: true,
                    then: Then::question(3),
                    ..Selection::BLANK
                }),
                Question::link(Leading {
                    ask: Wording("Talk to us"),
                    to: LinkTarget("mailto:hello@example.com"),
                    optional: true,
                    button: Some(Wording("Write")),
                    then: Then::end,
                    ..Leading::BLANK
                }),
                Question::open(OPEN),
            ],
        )
    };
    assert_eq!(
        created(&EXIT)["questions"],
        json!([
            {
                "type": "single_choice", "question": "Why?", "choices": ["Too expensive", "Other"],
                "hasOpenChoice": true, "branching": { "type": "specific_question", "index": 2 },
            },
            {
                "type": "link", "question": "Talk to us", "link": "mailto:hello@example.com", "optional": true,
                "buttonText": "Write", "branching": { "type": "end" },
            },
            { "type": "open", "question": "How was onboarding?" },
        ])
    );
}

fn answer() -> Value {
    json!({
        "id": "018f-a", "name": "Onboarding feedback", "description": "", "type": "popover", "schedule": "once",
        "linked_flag": null, "internal_targeting_flag": { "id": 9, "key": "survey-targeting-1234567890-custom" },
        "questions": [{ "id": "q-1", "type": "open", "question": "How was onboarding?", "descriptionContentType": "text", "optional": false }],
        "conditions": { "url": "", "urlMatchType": "icontains", "events": { "repeatedActivation": false, "values": [{ "name": "onboarding_completed" }] }, "actions": { "values": [] } },
        "appearance": { "surveyPopupDelaySeconds": 5, "backgroundColor": "#eee" },
        "created_at": "2026-05-22T14:40:09.123456Z", "start_date": null, "archived": false,
        "iteration_count": null, "iteration_frequency_days": null, "base_language": "en",
    })
}

fn assert_same(survey: &Survey, row: &Value) {
    let live = Surveys.read(row.clone()).expect("it has an id");
    for (field, want) in &wanted(survey).fields {
        assert!(Surveys.same(field, want, &live.fields[field]), "{field}: {want} is not {}", live.fields[field]);
    }
}

#[test]
fn the_answer_is_recognised() {
    assert_same(&FEEDBACK, &answer());
    let live = Surveys.read(answer()).expect("it has an id");
    assert_eq!(live.outputs["questions"], json!([{ "id": "q-1", "question": "How was onboarding?" }]));
}

#[test]
fn actions_come_back_whole_and_flags_as_objects() {
    static LINKED: Survey = Survey {
        shown: Some(Occasion { after: &[&UPGRADE, &ONBOARDED], variant: Some(VariantKey("test")), ..SHOWN }),
        ..survey("Linked", &[Question::open(OPEN)])
    };
    let want = wanted(&LINKED).fields;
    assert_eq!(
        want["conditions"]["actions"]["values"],
        json!([{ "id": { "$ref": "action.PlanUpgraded", "get": "id" } }])
    );
    let resolved = json!({ "actions": { "values": [{ "id": 4 }] }, "events": { "values": [{ "name": "onboarding_completed" }] }, "linkedFlagVariant": "test" });
    let mut row = answer();
    row["linked_flag"] = json!({ "id": 31, "key": "new-onboarding" });
    row["conditions"] = json!({
        "linkedFlagVariant": "test", "events": { "values": [{ "name": "onboarding_completed" }] },
        "actions": { "values": [{ "id": 4, "name": "Plan Upgraded", "steps": [{ "event": "plan_upgraded" }] }] },
    });
    let live = Surveys.read(row.clone()).expect("it has an id");
    assert_eq!(live.fields["linked_flag_id"], json!(31));
    assert!(Surveys.same("conditions", &resolved, &live.fields["conditions"]));
    row["conditions"]["deviceTypes"] = json!(["Mobile"]);
    let live = Surveys.read(row.clone()).expect("it has an id");
    assert!(!Surveys.same("conditions", &resolved, &live.fields["conditions"]));
}

static TRIAL: Cohort = Cohort { common: Common::named("Trial"), title: Name("Trial"), ..Cohort::BLANK };

static BRANCHED: Survey = Survey {
    shown: Some(Occasion {
        to: &[
            Respondent::member(&TRIAL),
            Respondent::person(PropertyTest { is: Some(&[Str("pro")]), ..PropertyTest::any("plan") }),
        ],
        share: Percent(50.0),
        devices: &[Device::mobile, Device::tablet],
        ..SHOWN
    }),
    starts: Some(When("2026-12-01")),
    sampling: Some(Sampling { limit: 100, interval: 2, unit: SamplingUnit::weeks, from: When("2099-01-01") }),
    language: Some(Language("en")),
    translations: Some(SurveyLanguages(&[Pair {
        key: "de",
        doc: "",
        value: TranslatedSurvey { thank_you: Some(Wording("Danke")), ..TranslatedSurvey::BLANK },
    }])),
    partial_answers: Some(true),
    ..survey(
        "Branched",
        &[
            Question::rating(Rating {
                nps: true,
                then: Then::by_answer(Branches(&[
                    Pair { key: "detractors", doc: "", value: Way::to(QuestionName("why")) },
                    Pair { key: "promoters", doc: "", value: Way::end },
                ])),
                without_button: Some(true),
                ..RATING
            }),
            Question::single(Selection {
                ask: Wording("Where from?"),
                choices: &[Wording("Friends"), Wording("Search")],
                then: Then::by_answer(Branches(&[Pair { key: "Search", doc: "", value: Way::question(3) }])),
                translations: Some(QuestionLanguages(&[Pair {
                    key: "de",
                    doc: "",
                    value: TranslatedQuestion {
                        ask: Wording("Woher?"),
                        choices: &[Wording("Freunde"), Wording("Suche")],
                        ..TranslatedQuestion::BLANK
                    },
                }])),
                ..Selection::BLANK
            }),
            Question::open(Open {
                ask: Wording("Why?"),
                name: Some(QuestionName("why")),
                answer: Some(AnswerRules { at_least: Some(5), at_most: None, email: false }),
                ..Open::BLANK
            }),
        ],
    )
};

/// What is wanted, with ids in place of references.
fn meant(survey: &Survey) -> Map {
    resolved(survey, &json!(4))
}

#[test]
fn who_is_asked_and_where_answers_lead() {
    let body = Surveys.create(&meant(&BRANCHED)).body.unwrap_or_default();
    let groups = json!([{ "rollout_percentage": 50, "properties": [
        { "type": "cohort", "key": "id", "operator": "in", "value": 4 },
        { "type": "person", "key": "plan", "operator": "exact", "value": ["pro"] },
    ] }]);
    assert_eq!(body["targeting_flag_filters"], json!({ "groups": groups }));
    assert_eq!(body.get("start_date"), None, "the flag would stay off");
    assert_eq!(body["conditions"], json!({ "deviceTypes": ["Mobile", "Tablet"], "deviceTypesMatchType": "icontains" }));
    assert_eq!(body["translations"], json!({ "de": { "thankYouMessageHeader": "Danke" } }));
    assert_eq!(body["enable_partial_responses"], true);
    assert_eq!(body["response_sampling_start_date"], "2099-01-01T00:00:00Z");
    assert_eq!(body["response_sampling_interval_type"], "week");
    assert_eq!(
        body["questions"],
        json!([
            {
                "type": "rating", "display": "number", "scale": 10, "isNpsQuestion": true, "skipSubmitButton": true,
                "question": "How likely are you to recommend us?",
                "branching": { "type": "response_based", "responseValues": { "detractors": 2, "promoters": "end" } },
            },
            {
                "type": "single_choice", "question": "Where from?", "choices": ["Friends", "Search"],
                "branching": { "type": "response_based", "responseValues": { "1": 2 } },
                "translations": { "de": { "question": "Woher?", "choices": ["Freunde", "Suche"] } },
            },
            { "type": "open", "question": "Why?", "validation": [{ "type": "min_length", "value": 5 }] },
        ])
    );
}

#[test]
fn who_is_asked_comes_back_as_a_flag_of_its_own() {
    let mut row = answer();
    row["targeting_flag"] = json!({ "id": 9, "key": "survey-targeting-0123456789", "filters": {
        "payloads": {}, "multivariate": null, "aggregation_group_type_index": null,
        "groups": [{ "variant": null, "rollout_percentage": 50, "aggregation_group_type_index": null, "properties": [
            { "type": "cohort", "key": "id", "operator": "in", "value": 4, "cohort_name": "Trial" },
            { "type": "person", "key": "plan", "operator": "exact", "value": ["pro"] },
        ] }],
    } });
    let live = Surveys.read(row).expect("it has an id");
    let want = meant(&BRANCHED);
    assert!(Surveys.agrees("targeting", &want["targeting"], None, &live.fields["targeting"]));
    let prior = Prior { id: live.id, outputs: live.outputs, fields: live.fields };
    let sent = |want: &Map| Surveys.update(want, &["targeting".into()], &prior).and_then(|call| call.body);
    let body = sent(&want).expect("it changes");
    assert_eq!(body["targeting_flag_filters"], want["targeting"]);
    let none = Map::from_iter([("targeting".to_owned(), json!({}))]);
    let body = sent(&none).expect("it changes");
    assert_eq!((&body["remove_targeting_flag"], body.get("targeting_flag_filters")), (&json!(true), None));
    // What people set is theirs, and what was declared goes with its declaration.
    let now = &prior.fields["targeting"];
    assert!(Surveys.agrees("targeting", &json!({}), None, now));
    assert!(!Surveys.agrees("targeting", &json!({}), Some(now), now));
}

#[test]
fn what_is_not_written_of_a_question_is_left_to_people() {
    let same = |want: Json, live: Json| Surveys.same("questions", &json!([want]), &json!([live]));
    let live = || json!({ "type": "open", "question": "Why?", "translations": { "de": { "question": "Warum?" } } });
    let want = |more: Json| {
        let want = json!({ "type": "open", "question": "Why?" });
        [want, more].into_iter().filter_map(|part| part.as_object().cloned()).flatten().collect::<Json>()
    };
    assert!(same(want(json!({})), live()));
    assert!(same(want(json!({ "translations": { "de": { "question": "Warum?" } } })), live()));
    assert!(!same(want(json!({ "translations": {} })), live()));
    assert!(!same(want(json!({ "translations": { "de": { "question": "Wieso?" } } })), live()));
    assert!(same(want(json!({ "skipSubmitButton": false, "validation": [] })), live()));
    let way = |values: Json| want(json!({ "branching": { "type": "response_based", "responseValues": values } }));
    assert!(same(way(json!({ "0": 2 })), way(json!({ "0": 2, "1": "next_question" }))));
}

#[test]
fn how_many_answers_are_wanted_is_sent_together_and_only_where_it_changes() {
    let live = Surveys.read(answer()).expect("it has an id");
    let prior = Prior { id: live.id, outputs: live.outputs, fields: live.fields };
    let want = meant(&BRANCHED);
    let body = Surveys.update(&want, &["response_sampling_limit".into()], &prior).and_then(|call| call.body);
    let body = body.unwrap_or_default();
    assert_eq!((&body["response_sampling_interval"], &body["response_sampling_limit"]), (&json!(2), &json!(100)));
    assert_eq!(body["response_sampling_start_date"], "2099-01-01T00:00:00Z");
    let body = Surveys.update(&want, &["name".into()], &prior).and_then(|call| call.body).unwrap_or_default();
    assert_eq!(body.get("response_sampling_limit"), None);
}

fn prior() -> Prior {
    let live = Surveys.read(answer()).expect("it has an id");
    Prior { id: live.id, outputs: live.outputs, fields: live.fields }
}

#[test]
fn a_change_keeps_conditions_and_question_ids() {
    let mut prior = prior();
    prior.outputs.insert(
        "questions".into(),
        json!([{ "id": "q-1", "question": "Old" }, { "id": "q-2", "question": "How was onboarding?" }]),
    );
    prior.fields.insert("questions".into(), json!([{}, { "translations": { "es": { "question": "¿Qué tal?" } } }]));
    let want = Map::from_iter([
        ("name".to_owned(), json!("New name")),
        (
            "questions".to_owned(),
            json!([{ "type": "open", "question": "How was onboarding?" }, { "type": "open", "question": "New" }]),
        ),
    ]);
    let renamed = Surveys.update(&want, &["name".into()], &prior).and_then(|call| call.body).expect("it can change");
    assert_eq!(
        renamed,
        json!({ "name": "New name", "conditions": { "events": { "values": [{ "name": "onboarding_completed" }] } } })
    );
    let asked = Surveys.update(&want, &["questions".into()], &prior).and_then(|call| call.body).expect("it can change");
    assert_eq!(
        asked["questions"],
        json!([
            { "id": "q-2", "type": "open", "question": "How was onboarding?", "translations": { "es": { "question": "¿Qué tal?" } } },
            { "type": "open", "question": "New" },
        ])
    );
}

#[test]
fn a_new_text_in_the_same_place_keeps_its_id() {
    let want = Map::from_iter([("questions".to_owned(), json!([{ "type": "open", "question": "How was it?" }]))]);
    let body =
        Surveys.update(&want, &["questions".into()], &prior()).and_then(|call| call.body).expect("it can change");
    assert_eq!(body["questions"][0]["id"], "q-1");
}

#[test]
fn what_goes_together_is_sent_together() {
    let want = Map::from_iter([
        ("schedule".to_owned(), json!("recurring")),
        ("iteration_count".to_owned(), json!(6)),
        ("iteration_frequency_days".to_owned(), json!(30)),
        ("appearance".to_owned(), json!({ "surveyPopupDelaySeconds": 9 })),
        ("conditions".to_owned(), json!({ "linkedFlagVariant": "test" })),
        ("linked_flag_id".to_owned(), json!(31)),
    ]);
    let body = Surveys
        .update(&merged(&Surveys, &want, &prior()), &["iteration_count".into(), "appearance".into()], &prior())
        .and_then(|call| call.body)
        .expect("it can change");
    assert_eq!(
        body,
        json!({
            "schedule": "recurring", "iteration_count": 6, "iteration_frequency_days": 30, "linked_flag_id": 31,
            "appearance": { "surveyPopupDelaySeconds": 9, "backgroundColor": "#eee" },
            "conditions": {
                "linkedFlagVariant": "test", "events": { "values": [{ "name": "onboarding_completed" }] },
            },
        })
    );
}

#[test]
fn texts_are_compared_as_people_read_them() {
    let same = |want: &str, live: &str| {
        let question = |text: &str| json!([{ "type": "open", "question": text }]);
        Surveys.same("questions", &question(want), &question(live))
    };
    assert!(same("Plans & prices < now?", "Plans &amp; prices &lt; now?"));
    assert!(same("<b>What", "<b>What</b>") && same("What? ", "What?"));
    assert!(!same("What?", "Why?"));
    assert!(Surveys.same("start_date", &json!("2026-12-01T00:00:00Z"), &json!("2026-12-01T00:00:00.000Z")));
}

#[test]
fn it_is_gone_for_good() {
    let Removal::Delete(call) = Surveys.remove(&prior()) else { panic!("it is deleted") };
    assert_eq!((call.method, call.path.as_str()), ("DELETE", "/api/projects/{project}/surveys/018f-a/"));
    let retired = Surveys.retire(&prior(), "(old)").and_then(|call| call.body).expect("it makes room");
    assert_eq!(retired["name"], "Onboarding feedback (old)");
    assert!(Surveys.identity_is_unique() && Surveys.fixed() == ["type"]);
}
