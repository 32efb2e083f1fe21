use super::*;
use crate::kinds::Cohort;
use crate::kinds::fixture::{at, block, case, differing, event, list, mistakes, node, prior, record, resolved, wanted};
use crate::kinds::property::PropertyTest;

static SIGNED_UP: Event = event("SignedUp", "signed_up");
static CLICK: ClickStep = ClickStep {
    selector: Some(Str("div > button")),
    text: Some(Str("sign up")),
    text_matching: Matching::exact,
    href: None,
    href_matching: Matching::exact,
    tag: None,
    url: Some(Str("/signup")),
    url_matching: Matching::contains,
    with: &[],
};
static ACTION: Action = Action {
    common: Common { doc: "An account is opened.", ..Common::named("SignupCompleted") },
    title: Name("Signup Completed"),
    on: &[
        ActionStep::event(&SIGNED_UP),
        ActionStep::page(PageStep { url: Str("/thanks$"), matching: Matching::regex, with: &[] }),
        ActionStep::click(CLICK),
        ActionStep::sent(SentStep {
            event: &SIGNED_UP,
            with: &[Filter::event(PropertyTest { is: Some(&[Str("pro")]), ..PropertyTest::any("plan") })],
            ..SentStep::BLANK
        }),
    ],
    ..Action::BLANK
};

#[test]
fn steps_are_sent_and_recognised_with_what_the_server_adds() {
    let want = wanted(&ACTION);
    assert_eq!(want.after, ["event.SignedUp", "event.SignedUp"]);
    let plan = json!({ "key": "plan", "type": "event", "operator": "exact", "value": ["pro"] });
    let body = json!({
        "name": "Signup Completed", "description": "An account is opened.",
        "steps": [
            { "event": "signed_up" },
            { "event": "$pageview", "url": "/thanks$", "url_matching": "regex" },
            { "event": "$autocapture", "selector": "div > button", "text": "sign up", "url": "/signup" },
            { "event": "signed_up", "properties": [plan] },
        ],
    });
    assert_eq!(Actions.create(&want.fields).body, Some(body));

    let nulls = json!({
        "event": null, "properties": null, "selector": null, "selector_regex": null, "tag_name": null, "text": null,
        "text_matching": null, "href": null, "href_matching": null, "url": null, "url_matching": "contains",
    });
    let step = |own: Json| -> Map {
        let both = [nulls.clone(), own].into_iter().filter_map(|part| part.as_object().cloned());
        both.flatten().collect()
    };
    let live = json!({
        "id": 1, "name": "Signup Completed", "description": "An account is opened.", "post_to_slack": false, "tags": [],
        "steps": [
            step(json!({ "event": "signed_up" })),
            step(json!({ "event": "$pageview", "url": "/thanks$", "url_matching": "regex" })),
            step(json!({ "event": "$autocapture", "selector": "div > button", "selector_regex": "x", "text": "sign up",
                         "text_matching": "exact", "url": "/signup" })),
            step(json!({ "event": "signed_up", "properties": [plan] })),
        ],
        "deleted": false, "is_action": true, "pinned_at": null,
    });
    assert_eq!(differing(&ACTION, &want.fields, &live), [""; 0]);
    let prior = prior(&ACTION, &live);
    let call = Actions.revive(&want.fields, &prior).and_then(|call| call.body).unwrap_or_default();
    assert_eq!((&call["deleted"], &call["name"]), (&json!(false), &json!("Signup Completed")));
}

#[test]
fn an_action_is_referred_to_by_its_id() {
    let Tracked::Action { name, id } = ACTION.tracked() else { panic!("an action") };
    assert_eq!(
        (name, id),
        ("Signup Completed", Term::Ref { address: "action.SignupCompleted".into(), get: "id".into() })
    );
}

#[test]
fn steps_that_count_nothing_or_everything_are_refused() {
    let none = block("action", "A", vec![("on", list(3, vec![]))]);
    assert_eq!(mistakes("action", &none, &[]), at(3, "an action without a step matches no event"));
    assert_eq!(
        mistakes("action", &block("action", "A", vec![]), &[]),
        at(0, "an action without a step matches no event")
    );
    let matching = node(6, Given::Word("exact".into()));
    let all = case(4, "click", record(5, vec![("text_matching", matching)]));
    let all = block("action", "A", vec![("on", list(3, vec![all]))]);
    let said = mistakes("action", &all, &[]);
    assert_eq!(said[0], (6, "there is no text to compare".to_owned()));
    assert_eq!(said[1], (4, "this step counts every click".to_owned()));
    let bare = node(4, Given::Case("click".into(), None));
    let bare = block("action", "A", vec![("on", list(3, vec![bare]))]);
    assert_eq!(mistakes("action", &bare, &[]), at(4, "this step counts every click"));
}

#[test]
fn any_event_of_members_of_a_cohort_and_pinned() {
    static USERS: Cohort = Cohort { common: Common::named("PowerUsers"), title: Name("PowerUsers"), ..Cohort::BLANK };
    static INVITED: Action = Action {
        common: Common::named("Invited"),
        title: Name("Invited"),
        on: &[ActionStep::anything(ClickStep {
            selector: None,
            text: None,
            url: Some(Str("/invite")),
            with: &[Filter::member(&USERS)],
            ..CLICK
        })],
        pinned: Some(true),
        ..Action::BLANK
    };
    let want = resolved(&INVITED, &json!(7));
    let member = json!({ "type": "cohort", "key": "id", "operator": "in", "value": 7 });
    let step = json!({ "url": "/invite", "properties": [member] });
    let body = Actions.create(&want).body.unwrap_or_default();
    assert_eq!((&body["steps"], &body["pinned_at"]), (&json!([step]), &json!(PINNED)));
    let mut live = json!({
        "id": 1, "name": "Invited", "description": "", "tags": [], "pinned_at": "2026-11-01T10:00:00Z",
        "steps": [{ "event": null, "url": "/invite", "url_matching": "contains", "properties": [
            { "type": "cohort", "key": "id", "value": 7, "operator": "in", "cohort_name": "PowerUsers" },
        ] }],
    });
    assert_eq!(differing(&INVITED, &want, &live), [""; 0]);
    let row = Actions.read(live.clone()).expect("a row");
    assert_eq!(Actions.mentions(&row), [mention::id("cohort", Some(&json!(7))).expect("an id")]);
    live["pinned_at"] = Json::Null;
    assert_eq!(differing(&INVITED, &want, &live), ["pinned_at"]);
    let call = Actions.update(&want, &["pinned_at".into()], &prior(&INVITED, &live));
    assert_eq!(call.and_then(|call| call.body), Some(json!({ "pinned_at": PINNED })));
}

#[test]
fn actions_look_at_some_filters_alone() {
    let filter = |word: &str| case(6, word, record(7, vec![("set", node(8, Given::Bool(true)))]));
    let step = |word: &str| case(4, "anything", record(5, vec![("with", list(5, vec![filter(word)]))]));
    let said = |word: &str| mistakes("action", &block("action", "A", vec![("on", list(3, vec![step(word)]))]), &[]);
    assert_eq!((said("person"), said("event")), (vec![], vec![]));
    for unknown in ["session", "group"] {
        assert_eq!(said(unknown), at(6, &format!("an action cannot use `{unknown}`")));
    }
}
