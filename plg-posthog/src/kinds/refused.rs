//! What PostHog refuses of objects as they are, and what changes of them disturb.

use crate::PROVIDER;
use plg_core::{Live, Map, Wire};
use serde_json::{Value as Json, json};

fn wire(kind: &str) -> &'static dyn Wire {
    PROVIDER.kind(kind).expect("it is a kind").wire
}

fn map(json: Json) -> Map {
    let Json::Object(map) = json else { panic!("{json}") };
    map
}

fn with(before: &Json, changed: Json) -> Map {
    let mut after = map(before.clone());
    after.extend(map(changed));
    after
}

/// What is said of a change, or of a removal where nothing is changed to.
fn refused(kind: &str, before: &Json, changed: Option<Json>) -> Option<String> {
    let after = changed.map(|changed| with(before, changed));
    wire(kind).refuses(&map(before.clone()), after.as_ref()).map(|hold| hold.says)
}

#[test]
fn what_stands_in_the_row_itself_is_known_before() {
    let replayed = json!({ "key": "a", "is_used_in_replay_settings": true });
    assert!(refused("feature_flag", &replayed, None).is_some());
    assert_eq!(refused("feature_flag", &replayed, Some(json!({ "key": "b" }))), None);

    let old = json!({ "name": "a", "is_legacy": true, "metrics": [] });
    assert_eq!(refused("experiment", &old, Some(json!({ "name": "b" }))), None);
    assert!(refused("experiment", &old, Some(json!({ "metrics": [{}] }))).is_some());
    assert_eq!(refused("experiment", &old, None), None);

    let old = json!({ "name": "a", "query": { "kind": "ExperimentFunnelsQuery" } });
    assert!(refused("shared_metric", &old, Some(json!({ "name": "b" }))).is_some());
    assert_eq!(refused("shared_metric", &old, None), None);
    let new = json!({ "name": "a", "query": { "kind": "ExperimentMetric" } });
    assert_eq!(refused("shared_metric", &new, Some(json!({ "name": "b" }))), None);

    let round = json!({ "current_iteration": 3, "iteration_count": 5 });
    let said = refused("survey", &round, Some(json!({ "iteration_count": 2 })));
    assert_eq!(said.as_deref(), Some("it is already in round 3, so it cannot be asked only 2 times"));
    assert_eq!(refused("survey", &round, Some(json!({ "iteration_count": 3 }))), None);
    assert_eq!(refused("survey", &json!({ "current_iteration": null }), Some(json!({ "iteration_count": 1 }))), None);
}

#[test]
fn who_may_only_look_is_told_by_every_kind_s_row() {
    let may = |level: &str| PROVIDER.api.withheld(&map(json!({ "user_access_level": level }))).is_none();
    assert!(may("editor") && may("manager") && may("admin") && !may("viewer") && !may("none"));
    assert!(PROVIDER.api.withheld(&Map::new()).is_none(), "older servers do not say it");
}

#[test]
fn rows_say_who_changed_them_last() {
    let said = |row: Json| PROVIDER.api.last_change(&map(row)).map(|last| json!(last));
    let anna = json!({ "id": 1, "first_name": "Anna", "last_name": "A", "email": "anna@example.com" });
    let flag =
        json!({ "updated_at": "2026-11-02T00:00:00Z", "last_modified_by": anna, "created_by": { "email": "b" } });
    assert_eq!(said(flag), Some(json!({ "by": "anna@example.com", "at": "2026-11-02T00:00:00Z" })));
    let insight = json!({ "updated_at": "2026-11-03T00:00:00Z", "last_modified_at": "2026-11-02T00:00:00Z",
        "last_modified_by": { "first_name": "Anna", "email": "" } });
    assert_eq!(said(insight), Some(json!({ "by": "Anna", "at": "2026-11-02T00:00:00Z" })));
    let event = json!({ "updated_at": "2026-11-03T00:00:00Z", "updated_by": anna });
    assert_eq!(said(event), Some(json!({ "by": "anna@example.com", "at": "2026-11-03T00:00:00Z" })));
    let holdout = json!({ "updated_at": "2026-11-03T00:00:00Z", "created_by": anna });
    assert_eq!(said(holdout), Some(json!({ "at": "2026-11-03T00:00:00Z" })));
    assert_eq!(said(json!({ "created_at": "2026-11-03T00:00:00Z", "created_by": anna })), None);
}

#[test]
fn the_log_says_who_changed_a_setting() {
    let call = PROVIDER.api.log_of("project_settings", "7").expect("it is logged");
    assert_eq!(call.path, "/api/projects/{project}/activity_log/?scope=Team&item_id=7&page=1&page_size=100");
    assert_eq!(PROVIDER.api.log_of("cohort", "7"), None);
    let entry = |who: &str, field: &str| {
        json!({ "user": { "email": who }, "created_at": "2026-11-03T00:00:00Z",
            "detail": { "changes": [{ "field": field, "before": null, "after": 1 }] } })
    };
    let log = json!({ "results": [entry("c", "surveys_opt_in"), entry("b", "primary_dashboard_id"), entry("a", "timezone")] });
    let by = |fields: &[&str]| PROVIDER.api.last_change_in(&log, fields).and_then(|last| last.by);
    assert_eq!(by(&["timezone"]).as_deref(), Some("a"));
    assert_eq!(by(&["timezone", "primary_dashboard"]).as_deref(), Some("b"));
    assert_eq!((by(&["modifiers"]), PROVIDER.api.last_change_in(&json!({}), &["timezone"])), (None, None));
}

#[test]
fn settings_for_admins_need_one() {
    let project =
        |level: u64| json!({ "timezone": "UTC", "surveys_opt_in": null, "effective_membership_level": level });
    let zone = || Some(json!({ "timezone": "Europe/Berlin", "surveys_opt_in": true }));
    let said = refused("project_settings", &project(1), zone()).unwrap_or_default();
    assert!(said.starts_with("only admins of the project can change `timezone`"), "{said}");
    assert_eq!(refused("project_settings", &project(1), Some(json!({ "surveys_opt_in": true }))), None);
    assert_eq!(refused("project_settings", &project(8), zone()), None);
    assert_eq!(refused("project_settings", &project(1), None), None);
}

#[test]
fn a_flag_disturbs_the_experiment_that_runs_on_it() {
    let flag = json!({ "active": true, "groups": [{ "properties": [], "rollout_percentage": 50 }],
        "variants": [{ "key": "control", "rollout_percentage": 50 }, { "key": "test", "rollout_percentage": 50 }] });
    let experiment = |dates: Json| Live { fields: map(dates), ..Live::default() };
    let runs = experiment(json!({ "start_date": "2026-11-01T09:00:00Z", "end_date": null }));
    let said = |changed: Json, other: &Live| {
        wire("feature_flag").disturbs(&map(flag.clone()), &with(&flag, changed), "experiment", other)
    };
    let split = json!({ "variants": [{ "key": "control", "rollout_percentage": 90 }, { "key": "test", "rollout_percentage": 10 }] });
    assert_eq!(
        said(split.clone(), &runs).as_deref(),
        Some("an experiment runs on it since 2026-11-01, and its split changes for people who are in it")
    );
    let off = said(json!({ "active": false }), &runs).expect("it is said");
    assert!(off.ends_with("and switching it off pauses that"), "{off}");
    let share = json!({ "groups": [{ "properties": [], "rollout_percentage": 60 }] });
    let share = said(share, &runs).expect("it is said");
    assert!(share.ends_with("and who is in it changes"), "{share}");
    assert_eq!(said(json!({ "name": "Another" }), &runs), None);
    let named = json!({ "variants": [{ "key": "control", "name": "A", "rollout_percentage": 50.0 }, { "key": "test", "rollout_percentage": 50 }] });
    assert_eq!(said(named, &runs), None, "what people call a variant moves nobody");
    for dates in [json!({ "start_date": null }), json!({ "start_date": "2026-11-01", "end_date": "2026-11-09" })] {
        assert_eq!(said(split.clone(), &experiment(dates)), None);
    }
}

#[test]
fn the_field_at_fault_is_one_of_the_kind_s_own() {
    let field = |kind: &str, said: &'static str, message: &str| wire(kind).field_at_fault(said, message);
    assert_eq!(field("feature_flag", "key", ""), "key");
    assert_eq!(field("feature_flag", "filters", "Variant rollout percentages must sum to 100"), "variants");
    assert_eq!(field("feature_flag", "filters", "Payload for key 'x' is not valid JSON."), "payloads");
    assert_eq!(field("feature_flag", "filters", "groups[0].rollout_percentage must be between 0 and 100"), "groups");
    assert_eq!(field("alert", "threshold__configuration", ""), "threshold");
    assert_eq!(field("cohort", "filters__detail", ""), "filters");
}
