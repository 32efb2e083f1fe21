//! Rules between flags, experiments, cohorts, actions and features, checked through the front door.

use super::Project;
use crate::ApiToken;
use serde_json::{Value, json};
use std::collections::BTreeMap;

fn everyone() -> Value {
    json!({ "groups": [{ "properties": [], "rollout_percentage": 100 }] })
}

fn split() -> Value {
    let variants = json!([{ "key": "control", "rollout_percentage": 50 }, { "key": "test", "rollout_percentage": 50 }]);
    json!({ "groups": [{ "properties": [], "rollout_percentage": 100 }], "multivariate": { "variants": variants } })
}

fn on_flag(id: u64) -> Value {
    let property = json!({ "key": id.to_string(), "type": "flag", "operator": "flag_evaluates_to", "value": true });
    json!({ "groups": [{ "properties": [property] }] })
}

fn on_cohort(id: u64) -> Value {
    json!({ "groups": [{ "properties": [{ "key": "id", "type": "cohort", "value": id }] }] })
}

fn criteria(leaf: Value) -> Value {
    json!({ "properties": { "type": "AND", "values": [{ "type": "AND", "values": [leaf] }] } })
}

fn person() -> Value {
    json!({ "type": "person", "key": "plan", "operator": "exact", "value": ["trial"] })
}

fn behavior() -> Value {
    json!({ "type": "behavioral", "key": "used", "event_type": "events", "value": "performed_event",
        "time_value": "30", "time_interval": "day", "operator": null })
}

#[test]
fn filters_merge_and_nulls_clear() {
    let mut project = Project::new();
    project.post("feature_flags/", json!({ "key": "a", "filters": split() }));
    let flag = project.patch("feature_flags/1/", json!({ "filters": { "groups": [{ "rollout_percentage": 5 }] } }));
    assert_eq!(flag["filters"]["multivariate"]["variants"][1]["key"], "test");
    let flag = project.patch("feature_flags/1/", json!({ "filters": { "multivariate": null, "super_groups": [] } }));
    assert_eq!(flag["filters"]["multivariate"], Value::Null);
    assert_eq!(flag["filters"].get("super_groups"), None);
    assert_eq!(flag["filters"]["groups"][0]["aggregation_group_type_index"], Value::Null);
    let flag = project.patch("feature_flags/1/", json!({ "filters": { "groups": [] } }));
    assert_eq!(flag["filters"]["groups"], json!([]));
    for filters in [json!({}), json!({ "groups": [] })] {
        let (_, attr, detail) = project.refusal("POST", "feature_flags/", json!({ "key": "b", "filters": filters }));
        assert_eq!(attr, "filters");
        assert_eq!(detail, "Feature flags must have at least one condition set (group).");
    }
}

#[test]
fn every_rule_of_filters_has_its_code() {
    let mut project = Project::new();
    let group = |group: Value| json!({ "groups": [group] });
    let property = |property: Value| json!({ "groups": [{ "properties": [property] }] });
    let mut twice = split();
    twice["multivariate"]["variants"][1]["key"] = json!("control");
    let mut paid = split();
    paid["payloads"] = json!({ "other": "1" });
    let mut boolean = everyone();
    boolean["payloads"] = json!({ "control": "1" });
    let mut reserved = everyone();
    reserved["version"] = json!(1);
    let mut sum = split();
    sum["multivariate"]["variants"][1]["rollout_percentage"] = json!(40.5);
    let expected = [
        (sum, "cross_field.variant_rollout_sum_not_100"),
        (twice, "cross_field.variant_keys_not_unique"),
        (paid, "cross_field.payload_key_not_a_variant"),
        (boolean, "cross_field.payload_key_not_true"),
        (reserved, "reserved_config_version"),
        (group(json!({ "variant": "x" })), "cross_field.group_variant_not_a_variant"),
        (group(json!({ "rollout_percentage": 101 })), "structural.groups[].rollout_percentage.max_value"),
        (group(json!({ "variant": 1 })), "invalid_input"),
        (
            property(json!({ "key": "a", "type": "group", "value": "x" })),
            "cross_field.person_aggregation_property_type",
        ),
        (property(json!({ "key": "a", "operator": "in", "value": ["x"] })), "cross_field.in_not_in_requires_cohort"),
        (property(json!({ "key": "a", "operator": "gt", "value": 5 })), "cross_field.operator_requires_string_value"),
        (
            property(json!({ "key": "a", "operator": "icontains_multi", "value": "x" })),
            "cross_field.operator_requires_list_value",
        ),
        (property(json!({ "key": "a", "operator": "semver_gt", "value": "one" })), "cross_field.semver_value_invalid"),
        (
            property(json!({ "key": "a", "operator": "is_date_after", "value": "soon" })),
            "cross_field.date_value_not_parseable",
        ),
        (property(json!({ "key": "a", "operator": "near", "value": "x" })), "invalid_operator"),
    ];
    for (filters, code) in expected {
        let refusal = project.refusal("POST", "feature_flags/", json!({ "key": "a", "filters": filters }));
        assert_eq!((refusal.0.as_str(), refusal.1), (code, json!("filters")));
    }
    assert_eq!(project.get("feature_flags/")["count"], 0);
}

#[test]
fn a_deleted_flag_gives_up_its_key() {
    let mut project = Project::new();
    project.post("feature_flags/", json!({ "key": "plain", "filters": everyone() }));
    project.patch("feature_flags/1/", json!({ "deleted": true }));
    assert_eq!(project.get("feature_flags/1/")["key"], "plain");
    assert_eq!(project.post("feature_flags/", json!({ "key": "plain" }))["id"], 2);
    project.answer(404, "GET", "feature_flags/1/", Value::Null);

    let experiment = project.post("experiments/", json!({ "name": "e", "feature_flag_key": "tried" }));
    assert_eq!(experiment["feature_flag"]["id"], 3);
    let gone = project.patch("feature_flags/3/", json!({ "deleted": true }));
    assert_eq!((gone["key"].clone(), gone["status"].clone()), (json!("tried:deleted:3"), json!("DELETED")));
    project.post("feature_flags/", json!({ "key": "tried" }));
    assert_eq!(project.patch("feature_flags/3/", json!({ "deleted": false }))["key"], "tried-2");
    let (code, attr, _) = project.refusal("PATCH", "feature_flags/3/", json!({ "key": "tried" }));
    assert_eq!((code.as_str(), attr), ("unique", json!("key")));
}

#[test]
fn flags_that_others_depend_on_stay_on() {
    let mut project = Project::new();
    project.post("feature_flags/", json!({ "key": "base", "filters": everyone() }));
    project.post("feature_flags/", json!({ "key": "child", "filters": on_flag(1) }));
    let told = "because other flags depend on it: child (ID: 2). Please update or disable the dependent flags first.";
    let refused = [("deleted", true, "delete"), ("active", false, "disable")];
    for (field, value, verb) in refused {
        let (_, attr, detail) = project.refusal("PATCH", "feature_flags/1/", json!({ field: value }));
        assert_eq!((attr, detail), (Value::Null, format!("Cannot {verb} this feature flag {told}")));
    }
    project.answer(400, "POST", "feature_flags/1/disable/", Value::Null);
    assert_eq!(project.get("feature_flags/1/dependent_flags/")[0]["key"], "child");
    for filters in [on_flag(2), on_flag(1), on_flag(99)] {
        project.answer(400, "PATCH", "feature_flags/1/", json!({ "filters": filters }));
    }
    project.patch("feature_flags/2/", json!({ "filters": everyone() }));
    project.patch("feature_flags/1/", json!({ "deleted": true }));
}

#[test]
fn only_a_conflicting_write_from_an_old_version_is_refused() {
    let mut project = Project::new();
    project.post("feature_flags/", json!({ "key": "a", "name": "one" }));
    project.patch("feature_flags/1/", json!({ "name": "two" }));
    let original = json!({ "key": "a", "name": "one", "active": true });
    let stale = |field: &str, value: Value| json!({ field: value, "version": 1, "original_flag": original });
    project.answer(409, "PATCH", "feature_flags/1/", stale("name", json!("three")));
    assert_eq!(project.patch("feature_flags/1/", stale("active", json!(false)))["version"], 3);
    assert_eq!(project.patch("feature_flags/1/", json!({ "name": "four", "version": 1 }))["version"], 4);
}

#[test]
fn lists_hide_and_filter() {
    let mut project = Project::new();
    for (key, extra) in [
        ("plain", json!({ "tags": [" Growth ", "growth", "b"] })),
        ("split", json!({ "filters": split(), "active": false })),
        ("old", json!({ "active": false, "archived": true })),
    ] {
        let mut body = extra;
        body["key"] = json!(key);
        project.post("feature_flags/", body);
    }
    let mut keys = |query: &str| -> Vec<String> {
        let list = project.get(&format!("feature_flags/?{query}"));
        list["results"].as_array().unwrap().iter().map(|f| f["key"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(keys(""), ["split", "plain"]);
    assert_eq!(keys("archived=true"), ["old"]);
    assert_eq!(keys("key=PLAIN"), ["plain"]);
    assert_eq!(keys("active=false"), ["split"]);
    assert_eq!(keys("type=multivariant"), ["split"]);
    assert_eq!(keys("tags=[\"growth\"]"), ["plain"]);
    assert_eq!(keys("order=key"), ["plain", "split"]);
    let page = project.get("feature_flags/?limit=1&search=l");
    let next = "http://127.0.0.1:1/api/projects/@current/feature_flags/?limit=1&offset=1&search=l";
    assert_eq!(
        (page["count"].clone(), page["next"].clone(), page["previous"].clone()),
        (json!(2), json!(next), Value::Null)
    );
    project.settings.tagging = false;
    assert_eq!(project.patch("feature_flags/1/", json!({ "tags": ["x"] }))["tags"], json!([]));
}

#[test]
fn an_experiment_lives_and_takes_its_flag_along() {
    let mut project = Project::new();
    project.post(
        "experiments/",
        json!({ "name": "e", "feature_flag_key": "f", "parameters": { "rollout_percentage": 20, "note": 1 } }),
    );
    let mut step = |action: &str, status: &str, active: bool| {
        let experiment = project.answer(200, "POST", &format!("experiments/1/{action}/"), Value::Null);
        assert_eq!(
            (&experiment["status"], &experiment["feature_flag"]["active"]),
            (&json!(status), &json!(active)),
            "{action}"
        );
    };
    step("launch", "running", true);
    step("pause", "paused", false);
    step("resume", "running", true);
    step("freeze_exposure", "exposure_frozen", true);
    step("unfreeze_exposure", "running", true);
    step("end", "stopped", true);
    step("archive", "stopped", true);
    step("unarchive", "stopped", true);
    step("reset", "draft", true);
    let shown = project.get("experiments/1/");
    assert_eq!((&shown["parameters"]["rollout_percentage"], &shown["parameters"]["note"]), (&json!(20), &json!(1)));
    project.answer(200, "POST", "experiments/1/launch/", Value::Null);
    let body = json!({ "variant_key": "test", "release_to_everyone": true, "conclusion": "won" });
    let shipped = project.answer(200, "POST", "experiments/1/ship_variant/", body);
    assert_eq!((&shipped["status"], &shipped["conclusion"]), (&json!("stopped"), &json!("won")));
    assert_eq!(shipped["feature_flag"]["filters"]["multivariate"]["variants"][1]["rollout_percentage"], 100);
    let echo = json!({ "parameters": shipped["parameters"], "feature_flag": shipped["feature_flag"], "name": "e2" });
    assert_eq!(project.patch("experiments/1/", echo)["name"], "e2");
    let (_, _, detail) = project.refusal("PATCH", "experiments/1/", json!({ "feature_flag_key": "other" }));
    assert_eq!(detail, "Can't update keys: get_feature_flag_key on Experiment");
    project.patch("experiments/1/", json!({ "deleted": true }));
    project.answer(404, "GET", "experiments/1/", Value::Null);
    project.answer(404, "PATCH", "experiments/1/", json!({ "deleted": true }));
    assert_eq!(project.get("feature_flags/1/")["experiment_set"], json!([]));
}

#[test]
fn metrics_get_ids_and_their_sources_must_be_known() {
    let mut project = Project::new();
    let metric = |source: Value| json!([{ "kind": "ExperimentMetric", "metric_type": "mean", "source": source }]);
    let event = metric(json!({ "kind": "EventsNode", "event": "bought" }));
    let body = |metrics: &Value| json!({ "name": "e", "feature_flag_key": "f", "metrics": metrics });
    let (_, attr, detail) = project.refusal("POST", "experiments/", body(&event));
    assert_eq!(attr, "metrics");
    assert!(detail.starts_with("Event(s) 'bought' not found."), "{detail}");
    let action = metric(json!({ "kind": "ActionsNode", "id": 1 }));
    project.answer(400, "POST", "experiments/", body(&action));
    project.post("event_definitions/", json!({ "name": "bought" }));
    project.post("actions/", json!({ "name": "a" }));
    let made = project.post("experiments/", body(&event));
    assert!(made["metrics"][0]["uuid"].is_string());
    assert_eq!(made["metrics"][0]["fingerprint"].as_str().map(str::len), Some(64));
    project.patch("experiments/1/", json!({ "metrics": action }));
    assert_eq!(project.get("actions/1/references/")[0]["type"], "experiment");
}

#[test]
fn holdouts_and_shared_metrics_reach_experiments() {
    let mut project = Project::new();
    let holdout = json!({ "name": "h", "filters": [{ "properties": [], "rollout_percentage": 10 }] });
    project.post("experiment_holdouts/", holdout);
    let query = json!({ "kind": "ExperimentMetric", "metric_type": "mean", "source": { "kind": "EventsNode" } });
    let metric = project.post("experiment_saved_metrics/", json!({ "name": "m", "query": query }));
    let mut other = query.clone();
    other["uuid"] = json!("x");
    project.answer(400, "PATCH", "experiment_saved_metrics/1/", json!({ "query": other }));
    let kept = project.patch("experiment_saved_metrics/1/", json!({ "query": query }));
    assert_eq!(kept["query"]["uuid"], metric["query"]["uuid"]);
    let saved = json!([{ "id": 1, "metadata": { "type": "secondary" } }]);
    let body = json!({ "name": "e", "feature_flag_key": "f", "holdout_id": 1, "saved_metrics_ids": saved });
    let made = project.post("experiments/", body);
    let held = json!({ "id": 1, "exclusion_percentage": 10 });
    assert_eq!((&made["feature_flag"]["filters"]["holdout"], &made["holdout"]["id"]), (&held, &json!(1)));
    project.patch("experiment_holdouts/1/", json!({ "filters": [{ "rollout_percentage": 30 }] }));
    assert_eq!(project.get("feature_flags/1/")["filters"]["holdout"]["exclusion_percentage"], 30);
    project.answer(204, "DELETE", "experiment_holdouts/1/", Value::Null);
    project.answer(204, "DELETE", "experiment_saved_metrics/1/", Value::Null);
    let left = project.get("experiments/1/");
    assert_eq!((&left["holdout_id"], &left["saved_metrics"]), (&Value::Null, &json!([])));
    assert_eq!(left["feature_flag"]["filters"]["holdout"], Value::Null);
}

#[test]
fn cohorts_are_calculated_after_the_write() {
    let mut project = Project::new();
    let made = project.post("cohorts/", json!({ "name": "c", "filters": criteria(behavior()) }));
    assert_eq!(
        (&made["is_calculating"], &made["count"], &made["cohort_type"]),
        (&json!(true), &Value::Null, &json!("realtime"))
    );
    let leaf = &made["filters"]["properties"]["values"][0]["values"][0];
    assert_eq!((&leaf["time_value"], &leaf["negation"], leaf.get("operator")), (&json!(30), &json!(false), None));
    let seen = project.get("cohorts/1/");
    assert_eq!((&seen["is_calculating"], &seen["count"], &seen["version"]), (&json!(false), &json!(0), &json!(1)));
    let mut negated = behavior();
    negated["negation"] = json!(true);
    project.patch("cohorts/1/", json!({ "filters": criteria(negated) }));
    let seen = project.get("cohorts/1/");
    assert_eq!((&seen["errors_calculating"], &seen["version"]), (&json!(1), &json!(1)));
    assert_eq!(seen["last_error_message"], "Top level condition cannot be negated");
    let echo = project.patch("cohorts/1/", json!({ "filters": seen["filters"] }));
    assert_eq!(echo["filters"], seen["filters"]);
    let mut extra = behavior();
    extra["property_value"] = json!(1);
    let (_, attr, detail) = project.refusal("POST", "cohorts/", json!({ "filters": criteria(extra) }));
    assert!(attr == "filters" && detail.contains("property_value"), "{detail}");
}

#[test]
fn cohorts_in_use_are_kept_and_kept_free_of_events() {
    let mut project = Project::new();
    project.post("cohorts/", json!({ "name": "inner", "filters": criteria(person()) }));
    let inner = json!({ "type": "cohort", "key": "id", "value": "1" });
    project.post("cohorts/", json!({ "name": "outer", "filters": criteria(inner) }));
    project.post("feature_flags/", json!({ "key": "f", "filters": on_cohort(2) }));
    let flag = project.get("feature_flags/1/");
    assert_eq!(flag["filters"]["groups"][0]["properties"][0]["cohort_name"], "outer");
    let (code, _, _) = project.refusal("PATCH", "cohorts/1/", json!({ "filters": criteria(behavior()) }));
    assert_eq!(code, "behavioral_cohort_found");
    let (_, _, detail) = project.refusal("PATCH", "cohorts/2/", json!({ "deleted": true }));
    assert!(detail.starts_with("This cohort is used in 1 active feature flag(s): f."), "{detail}");
    let (_, _, detail) = project.refusal("PATCH", "cohorts/1/", json!({ "deleted": true }));
    assert!(detail.starts_with("This cohort is used as criteria in 1 other cohort(s): outer."), "{detail}");
    project.patch("feature_flags/1/", json!({ "active": false }));
    project.patch("cohorts/1/", json!({ "filters": criteria(behavior()) }));
    let refusal = project.refusal("POST", "feature_flags/", json!({ "key": "g", "filters": on_cohort(2) }));
    assert_eq!(refusal.2, "Cohort 'inner' with filters on events cannot be used in feature flags.");
    let query =
        json!({ "kind": "TrendsQuery", "series": [], "properties": [{ "type": "cohort", "key": "id", "value": 2 }] });
    project.post("insights/", json!({ "name": "i", "query": query }));
    let (_, _, detail) = project.refusal("PATCH", "cohorts/2/", json!({ "deleted": true }));
    assert!(detail.starts_with("This cohort is used in 1 insight(s): i."), "{detail}");
}

#[test]
fn static_cohorts_need_a_source_and_keep_it() {
    let mut project = Project::new();
    let (_, _, detail) = project.refusal("POST", "cohorts/", json!({ "name": "s", "is_static": true }));
    assert!(detail.starts_with("Invalid source for static cohort."), "{detail}");
    let made = project.post("cohorts/", json!({ "name": "s", "is_static": true, "_create_static_person_ids": [] }));
    assert_eq!((&made["is_calculating"], made.get("_create_static_person_ids")), (&json!(false), None));
    project.answer(400, "PATCH", "cohorts/1/", json!({ "filters": criteria(person()) }));
    let query = json!({ "kind": "HogQLQuery" });
    let both = json!({ "is_static": true, "query": query, "filters": criteria(person()) });
    assert_eq!(project.refusal("POST", "cohorts/", both).2, "Cannot set both query and filters at the same time.");
}

#[test]
fn action_names_are_free_again_once_deleted() {
    let mut project = Project::new();
    project.post("actions/", json!({ "name": "a", "pinned_at": "whenever" }));
    assert!(project.get("actions/1/")["pinned_at"].as_str().is_some_and(|at| at.ends_with('Z')));
    project.patch("actions/1/", json!({ "deleted": true }));
    project.post("actions/", json!({ "name": "a" }));
    project.patch("actions/1/", json!({ "deleted": false }));
    let (code, _, detail) = project.refusal("PATCH", "actions/1/", json!({ "name": "a" }));
    assert_eq!((code.as_str(), detail.as_str()), ("unique", "This project already has an action with this name, ID 2"));
    let list = project.get("actions/");
    assert_eq!((list.get("count"), list["results"].as_array().map(Vec::len)), (None, Some(2)));
    assert_eq!(project.get("actions/?limit=1")["count"], 2);
}

#[test]
fn a_feature_opens_its_flag_to_everyone() {
    let mut project = Project::new();
    let made = project.post("early_access_feature/", json!({ "name": "Hick  Bon!", "stage": "beta" }));
    assert_eq!(made["feature_flag"]["key"], "hick-bon");
    assert_eq!(made["feature_flag"]["filters"]["feature_enrollment"], true);
    let id = made["id"].as_str().unwrap().to_owned();
    assert_eq!(project.get("feature_flags/1/")["features"][0]["id"], json!(id));
    let body = json!({ "name": "again", "stage": "beta", "feature_flag_id": 1 });
    let (_, _, detail) = project.refusal("POST", "early_access_feature/", body);
    assert_eq!(detail, "Linked feature flag hick-bon already has a feature attached to it.");
    let path = format!("early_access_feature/{id}/");
    let open = project.patch(&path, json!({ "stage": "general-availability", "rollout_to_all": true }));
    let filters = &open["feature_flag"]["filters"];
    assert_eq!(
        (&filters["groups"][0]["rollout_percentage"], &filters["feature_enrollment"]),
        (&json!(100), &Value::Null)
    );
}

#[test]
fn a_key_reaches_what_its_scopes_and_projects_allow() {
    let mut project = Project::new();
    let token = |scopes: &[&str], projects: &[u64]| ApiToken {
        scopes: scopes.iter().map(|s| (*s).to_owned()).collect(),
        projects: projects.to_vec(),
        ..ApiToken::default()
    };
    let grant = |project: &mut Project, granted: ApiToken| {
        project.settings.tokens = Some(BTreeMap::from([("phx_test".to_owned(), granted)]));
    };
    grant(&mut project, token(&["experiment:write", "feature_flag:write"], &[]));
    project.post("feature_flags/", json!({ "key": "a" }));
    let refused = project.answer(403, "GET", "cohorts/", Value::Null);
    assert_eq!(refused["detail"], "API key missing required scope 'cohort:read'");
    project.post("experiments/", json!({ "name": "e", "feature_flag_key": "f" }));
    grant(&mut project, token(&["experiment:write"], &[]));
    project.answer(200, "POST", "experiments/1/launch/", Value::Null);
    project.answer(200, "POST", "experiments/1/end/", Value::Null);
    project.answer(403, "POST", "experiments/1/archive/", json!({ "disable_feature_flag": true }));
    assert_eq!(project.get("experiments/1/")["archived"], false);
    grant(&mut project, token(&["*"], &[7]));
    let refused = project.answer(403, "GET", "feature_flags/", Value::Null);
    assert_eq!(refused["detail"], "API key does not have access to the requested project: ID 12345.");
    grant(&mut project, ApiToken { active: false, ..ApiToken::default() });
    project.answer(401, "GET", "feature_flags/", Value::Null);
}
