//! Surveys as their form saves them: with an appearance of which people chose a part, and conditions left empty.

use super::{done, made, with};
use serde_json::{Value, json};
use tests::stage::Stage;

/// What the form of a survey writes out, whatever was clicked in it.
fn form(name: &str, questions: &Value) -> Value {
    json!({
        "name": name, "description": "", "type": "popover", "schedule": "once", "questions": questions,
        "linked_flag_id": null, "targeting_flag_filters": null, "archived": false, "start_date": null, "end_date": null,
        "conditions": { "url": "", "events": { "values": [] }, "actions": { "values": [] } },
        "appearance": {
            "backgroundColor": "#eeeded", "submitButtonColor": "black", "submitButtonTextColor": "white",
            "ratingButtonColor": "white", "ratingButtonActiveColor": "black", "borderColor": "#c9c6c6", "placeholder": "Start typing...",
            "whiteLabel": false, "displayThankYouMessage": true, "thankYouMessageHeader": "Thank you for your feedback!",
            "thankYouMessageDescription": "", "thankYouMessageDescriptionContentType": "text", "position": "right",
            "widgetType": "tab", "widgetLabel": "Feedback", "widgetColor": "black", "fontFamily": "inherit",
            "disabledButtonOpacity": "0.6", "maxWidth": "300px", "textSubtleColor": "#939393", "zIndex": "2147482647",
            "boxPadding": "20px 24px", "boxShadow": "0 4px 12px rgba(0, 0, 0, 0.15)", "borderRadius": "10px",
            "tabPosition": "right", "inputBackground": "white", "shuffleQuestions": false, "surveyPopupDelaySeconds": null,
        },
        "iteration_count": null, "iteration_frequency_days": null, "responses_limit": null,
        "enable_partial_responses": true, "enable_iframe_embedding": false, "_create_in_folder": null,
    })
}

fn question(ty: &str, text: &str, more: Value) -> Value {
    let base = json!({
        "type": ty, "question": text, "description": "", "descriptionContentType": "text", "buttonText": "Submit", "optional": false,
    });
    with(&base, &more)
}

/// What is asked, each as the form saves it.
fn questions() -> Vec<Value> {
    let rating = |more: Value| {
        let base = json!({ "display": "number", "scale": 10, "lowerBoundLabel": "Unlikely", "upperBoundLabel": "Very likely" });
        question("rating", "How likely are you to recommend us?", with(&base, &more))
    };
    vec![
        json!([question("open", "Why?", json!({}))]),
        json!([question("open", "Your address?", json!({ "validation": [{ "type": "email" }], "optional": true }))]),
        json!([question(
            "open",
            "In short?",
            json!({ "validation": [{ "type": "min_length", "value": 5 }, { "type": "max_length", "value": 200 }] })
        )]),
        json!([question("link", "Have a look?", json!({ "link": "https://example.com/news" }))]),
        json!([rating(json!({ "isNpsQuestion": true }))]),
        json!([rating(json!({ "display": "emoji", "scale": 5, "skipSubmitButton": true }))]),
        json!([rating(json!({ "display": "emoji", "scale": 3 }))]),
        json!([rating(json!({ "scale": 7 }))]),
        json!([question(
            "single_choice",
            "Which one?",
            json!({ "choices": ["Boards", "Reports", "Other"], "hasOpenChoice": true })
        )]),
        json!([question(
            "multiple_choice",
            "Which ones?",
            json!({ "choices": ["Boards", "Reports"], "shuffleOptions": true })
        )]),
        json!([question("open", "Why?", json!({ "description": "<b>Please</b>", "descriptionContentType": "html" }))]),
        json!([
            rating(
                json!({ "branching": { "type": "response_based", "responseValues": { "detractors": 2, "promoters": "end" } } })
            ),
            question(
                "single_choice",
                "Which one?",
                json!({
                    "choices": ["Boards", "Reports"], "branching": { "type": "response_based", "responseValues": { "0": "end", "1": 2 } },
                })
            ),
            question("open", "Why?", json!({ "branching": { "type": "specific_question", "index": 3 } })),
            question("open", "What else?", json!({ "branching": { "type": "end" } })),
            question("open", "Nothing more?", json!({ "branching": { "type": "next_question" } })),
        ]),
        json!([
            question(
                "open",
                "Why?",
                json!({ "translations": { "de": { "question": "Warum?", "buttonText": "Senden" } } })
            ),
            question(
                "single_choice",
                "Which one?",
                json!({
                    "choices": ["Boards", "Reports"],
                    "translations": { "de": { "question": "Welches?", "choices": ["Tafeln", "Berichte"], "buttonText": "Senden" } },
                })
            ),
        ]),
        json!([
            question(
                "open",
                "Why?",
                json!({ "translations": { "fr": { "question": "Pourquoi ?", "buttonText": "Envoyer" } } })
            ),
            question("open", "What else?", json!({})),
        ]),
    ]
}

/// Who is asked, when, and how often, each as the form saves it.
fn occasions(stage: &Stage, cohort: &Value) -> Vec<(&'static str, Value)> {
    let flag = json!({ "key": "asked-about", "filters": {
        "groups": [{ "properties": [], "rollout_percentage": 100 }],
        "multivariate": { "variants": [
            { "key": "control", "rollout_percentage": 50 }, { "key": "test", "rollout_percentage": 50 },
        ] },
    } });
    let flag = made(stage, "feature_flags", &flag);
    let action = made(stage, "actions", &json!({ "name": "Leaving", "steps": [{ "event": "$pageleave" }] }));
    let conditions = |more: Value| {
        let base = json!({ "url": "", "events": { "values": [] }, "actions": { "values": [] } });
        json!({ "conditions": with(&base, &more) })
    };
    let targeting =
        |groups: Value| json!({ "targeting_flag_filters": { "groups": groups, "multivariate": null, "payloads": {} } });
    let chrome = json!({ "key": "$browser", "type": "person", "operator": "exact", "value": ["Chrome"] });
    let member =
        json!({ "key": "id", "type": "cohort", "operator": "in", "value": cohort, "cohort_name": "Condition 0" });
    let linked = with(&conditions(json!({ "linkedFlagVariant": "test" })), &json!({ "linked_flag_id": flag }));
    vec![
        ("At a place", conditions(json!({ "url": "/pricing", "urlMatchType": "regex", "selector": "#buy" }))),
        ("Not too often", conditions(json!({ "seenSurveyWaitPeriodInDays": 30 }))),
        ("On phones", conditions(json!({ "deviceTypes": ["Mobile", "Tablet"], "deviceTypesMatchType": "exact" }))),
        (
            "After something",
            conditions(json!({ "events": { "values": [{ "name": "$pageview" }], "repeatedActivation": true } })),
        ),
        ("After an action", conditions(json!({ "actions": { "values": [{ "id": action, "name": "Leaving" }] } }))),
        (
            "After something in Chrome",
            conditions(
                json!({ "events": { "values": [{ "name": "$pageview", "propertyFilters": { "$browser": { "values": ["Chrome"], "operator": "exact" } } }] } }),
            ),
        ),
        ("Of a flag", json!({ "linked_flag_id": flag })),
        ("Of a variant", linked),
        (
            "Of some people",
            targeting(json!([{ "properties": [chrome, member], "rollout_percentage": 50, "variant": null }])),
        ),
        (
            "Of these or those",
            targeting(json!([
                { "properties": [member], "rollout_percentage": 100, "variant": null },
                { "properties": [chrome], "rollout_percentage": 20, "variant": null },
            ])),
        ),
        ("Behind a tab", json!({ "type": "widget" })),
        ("On its own", json!({ "type": "external_survey", "conditions": null, "enable_iframe_embedding": true })),
        ("By code", json!({ "type": "api" })),
        ("Again and again", json!({ "schedule": "recurring", "iteration_count": 12, "iteration_frequency_days": 30 })),
        ("Always", json!({ "schedule": "always" })),
        ("Until there are enough", json!({ "responses_limit": 100 })),
        (
            "By and by",
            json!({
                "response_sampling_start_date": "2100-01-01T00:00:00Z", "response_sampling_interval_type": "week",
                "response_sampling_interval": 4, "response_sampling_limit": 100,
            }),
        ),
        (
            "In two languages",
            json!({ "base_language": "en", "translations": { "de": { "thankYouMessageHeader": "Danke!", "name": "Zwei Sprachen" } } }),
        ),
    ]
}

/// Makes them; how many.
pub(super) fn fill(stage: &Stage, cohorts: &[Value]) -> usize {
    let mut count = 0;
    for (n, asked) in questions().iter().enumerate() {
        let mut body = form(&format!("Question {n}"), asked);
        let is_in_german =
            asked.as_array().is_some_and(|all| all.iter().all(|one| one["translations"]["de"].is_object()));
        if is_in_german {
            body["translations"] = json!({ "de": { "thankYouMessageHeader": "Danke!", "name": "Frage" } });
        }
        let id = made(stage, "surveys", &body);
        count += 1;
        if n == 0 {
            let id = id.as_str().unwrap_or_default();
            done(stage, "PATCH", &format!("surveys/{id}"), &json!({ "start_date": "2026-01-05T00:00:00Z" }));
        }
    }
    let open = json!([question("open", "Why?", json!({}))]);
    for (name, more) in occasions(stage, &cohorts[0]) {
        made(stage, "surveys", &with(&form(name, &open), &more));
        count += 1;
    }
    count
}
