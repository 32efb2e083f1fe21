//! Rules of fields that are seldom set, and what happens as time passes.

use super::Project;
use serde_json::{Value, json};

fn flag(key: &str) -> Value {
    json!({"key": key, "filters": {"groups": [{"properties": [], "rollout_percentage": 100}]}})
}

fn at(project: &mut Project, moment: &str) {
    project.settings.now = moment.parse().ok();
}

#[test]
fn a_scheduled_change_happens_when_its_time_has_come() {
    let mut project = Project::new();
    at(&mut project, "2026-01-01T00:00:00Z");
    project.post("feature_flags/", flag("later"));
    let change = |payload: Value, more: Value| {
        let mut body = json!({"record_id": 1, "model_name": "FeatureFlag", "payload": payload,
            "scheduled_at": "2026-01-02T09:00:00Z"});
        body.as_object_mut().unwrap().extend(more.as_object().cloned().unwrap());
        body
    };
    let off = json!({"operation": "update_status", "value": false});
    let made = project.post("scheduled_changes/", change(off.clone(), json!({})));
    assert_eq!((&made["record_id"], &made["timezone"]), (&json!("1"), &json!("UTC")));
    assert_eq!(project.get("feature_flags/1/")["active"], json!(true));
    at(&mut project, "2026-01-02T09:00:00Z");
    assert_eq!(project.get("feature_flags/1/")["active"], json!(false));
    let done = project.get("scheduled_changes/1/");
    assert_eq!((&done["executed_at"], &done["failure_reason"]), (&json!("2026-01-02T09:00:00Z"), &Value::Null));
    let (_, attr, detail) = project.refusal("PATCH", "scheduled_changes/1/", json!({"payload": off}));
    assert_eq!((attr, detail.as_str()), (Value::Null, "Cannot modify a scheduled change that has already executed."));

    // Each working day at nine; a past one happens at once, and missed ones are not made up for.
    let on = json!({"operation": "update_status", "value": true});
    project.post("scheduled_changes/", change(on, json!({"is_recurring": true, "cron_expression": "0 9 * * 1-5"})));
    at(&mut project, "2026-01-04T12:00:00Z");
    assert_eq!(project.get("feature_flags/1/")["active"], json!(true));
    let again = project.get("scheduled_changes/2/");
    assert_eq!((&again["scheduled_at"], &again["executed_at"]), (&json!("2026-01-05T09:00:00Z"), &Value::Null));
    // Paused, it does not happen.
    project.patch("scheduled_changes/2/", json!({"is_recurring": false}));
    project.patch("feature_flags/1/", json!({"active": false}));
    at(&mut project, "2026-02-01T00:00:00Z");
    assert_eq!(project.get("feature_flags/1/")["active"], json!(false));

    let groups = json!([{"properties": [], "rollout_percentage": 5}]);
    let more = json!({"operation": "add_release_condition", "value": {"groups": groups}});
    project.post("scheduled_changes/", change(more, json!({})));
    assert_eq!(project.get("feature_flags/1/")["filters"]["groups"].as_array().map(Vec::len), Some(2));
    project.post("scheduled_changes/", change(json!({"field": "active"}), json!({})));
    let failed = project.get("scheduled_changes/4/");
    assert_eq!(failed["failure_reason"], json!("Invalid payload"));
    assert_eq!(project.get("scheduled_changes/?record_id=1")["count"], json!(4));
    project.answer(204, "DELETE", "scheduled_changes/2/", Value::Null);
    project.answer(404, "GET", "scheduled_changes/2/", Value::Null);
}

#[test]
fn variables_in_queries_and_dashboards_follow_their_code_name() {
    let mut project = Project::new();
    let old = project.post("insight_variables/", json!({"name": "Plan", "type": "String", "default_value": "pro"}));
    let id = old["id"].as_str().unwrap().to_owned();
    let named = json!({id.clone(): {"variableId": id, "code_name": "plan", "value": "free"}});
    let source = json!({"kind": "HogQLQuery", "query": "select {variables.plan}", "variables": named});
    let query = json!({"kind": "DataVisualizationNode", "source": source});
    project.post("insights/", json!({"query": query}));
    project.post("dashboards/", json!({"name": "d", "variables": named}));
    project.answer(204, "DELETE", &format!("insight_variables/{id}/"), Value::Null);
    assert_eq!(project.get("insights/1/")["query"]["source"]["variables"], json!({}));
    let new = project.post("insight_variables/", json!({"name": "Plan", "type": "String"}));
    let new = new["id"].as_str().unwrap().to_owned();
    let shown = json!({new.clone(): {"variableId": new, "code_name": "plan", "value": "free"}});
    assert_eq!(project.get("insights/1/")["query"]["source"]["variables"], shown);
    let dashboard = project.get("dashboards/1/");
    assert_eq!((&dashboard["variables"], &dashboard["persisted_variables"]), (&shown, &named));
}

#[test]
fn variables_are_on_numbered_pages() {
    let mut project = Project::new();
    for number in 0..501 {
        project.post("insight_variables/", json!({"name": format!("v{number}"), "type": "Number"}));
    }
    let first = project.get("insight_variables/?limit=2&offset=400");
    assert_eq!((first["count"].as_u64(), first["results"].as_array().map(Vec::len)), (Some(501), Some(500)));
    assert!(first["next"].as_str().unwrap().ends_with("?page=2"));
    let second = project.get("insight_variables/?page=2");
    assert_eq!((second["results"].as_array().map(Vec::len), &second["next"]), (Some(1), &Value::Null));
    project.answer(404, "GET", "insight_variables/?page=3", Value::Null);
}

#[test]
fn a_tile_shows_its_insight_with_the_filters_that_hold_there() {
    let mut project = Project::new();
    let source = json!({"kind": "TrendsQuery", "series": [], "dateRange": {"date_from": "-30d"}});
    let query = json!({"kind": "InsightVizNode", "source": source});
    project.post("dashboards/", json!({"name": "d", "filters": {"date_from": "-7d"}}));
    project.post("insights/", json!({"query": query, "dashboards": [1]}));
    let from = |project: &mut Project| {
        let tile = project.get("dashboards/1/")["tiles"][0].clone();
        tile["insight"]["query"]["source"]["dateRange"]["date_from"].clone()
    };
    assert_eq!(from(&mut project), json!("-7d"));
    assert_eq!(project.get("insights/1/")["query"]["source"]["dateRange"]["date_from"], json!("-30d"));
    project.patch("dashboards/1/", json!({"tiles": [{"id": 1, "filters_overrides": {"date_from": "-1d"}}]}));
    assert_eq!(from(&mut project), json!("-1d"));
}

#[test]
fn a_secret_payload_stays_until_it_is_secret_no_longer() {
    let mut project = Project::new();
    let mut body = flag("secret");
    body["is_remote_configuration"] = json!(true);
    body["has_encrypted_payloads"] = json!(true);
    let (_, _, detail) = project.refusal("POST", "feature_flags/", body.clone());
    assert_eq!(detail, "An encrypted payload is required when has_encrypted_payloads is true.");
    body["filters"]["payloads"] = json!({"true": "\"s3cret\""});
    project.post("feature_flags/", body);
    let hidden = json!({"filters": {"payloads": {"true": "\"********* (encrypted)\""}}});
    assert_eq!(project.patch("feature_flags/1/", hidden)["filters"]["payloads"]["true"], json!("\"s3cret\""));
    let open = project.patch("feature_flags/1/", json!({"has_encrypted_payloads": false}));
    assert_eq!(open["filters"]["payloads"], json!({}));
}

#[test]
fn contexts_are_dropped_where_the_organization_has_none() {
    let mut project = Project::new();
    let mut body = flag("a");
    body["evaluation_contexts"] = json!([" Docs ", "app", "docs"]);
    body["evaluation_contexts_match_mode"] = json!("all");
    let made = project.post("feature_flags/", body.clone());
    assert_eq!(made["evaluation_contexts"], json!(["app", "docs"]));
    assert_eq!(made["evaluation_contexts_match_mode"], json!("all"));
    project.settings.evaluation_contexts = false;
    body["key"] = json!("b");
    let made = project.post("feature_flags/", body);
    assert_eq!(made["evaluation_contexts"], json!([]));
}

#[test]
fn what_a_flag_is_about_follows_from_its_sets() {
    let mut project = Project::new();
    let set =
        |index: Value| json!({"properties": [], "rollout_percentage": 100, "aggregation_group_type_index": index});
    let mut body = flag("a");
    body["filters"] = json!({"groups": [set(json!(1)), set(json!(1))]});
    assert_eq!(project.post("feature_flags/", body)["filters"]["aggregation_group_type_index"], json!(1));
    let mixed = json!({"filters": {"groups": [set(json!(1)), set(Value::Null)]}});
    let mixed = project.patch("feature_flags/1/", mixed);
    assert_eq!(mixed["filters"]["aggregation_group_type_index"], Value::Null);
    assert_eq!(mixed["filters"]["groups"][1]["aggregation_group_type_index"], Value::Null);
}

#[test]
fn cycles_of_flags_are_named() {
    let mut project = Project::new();
    let on = |id: u64| {
        json!({"groups": [{"rollout_percentage": 100, "properties": [
        {"key": id.to_string(), "type": "flag", "operator": "flag_evaluates_to", "value": true}]}]})
    };
    project.post("feature_flags/", flag("a"));
    project.post("feature_flags/", json!({"key": "b", "filters": on(1)}));
    project.post("feature_flags/", json!({"key": "c", "filters": on(2)}));
    let (_, attr, detail) = project.refusal("PATCH", "feature_flags/1/", json!({"filters": on(3)}));
    assert_eq!((attr, detail.as_str()), (json!("filters"), "Circular dependency detected: a → c → b → a"));
}

#[test]
fn an_experiment_takes_its_flag_into_the_archive_and_back() {
    let mut project = Project::new();
    project.post("experiments/", json!({"name": "e", "feature_flag_key": "tried"}));
    for action in ["launch", "end"] {
        project.answer(200, "POST", &format!("experiments/1/{action}/"), json!({}));
    }
    project.answer(200, "POST", "experiments/1/archive/", json!({}));
    assert_eq!(project.get("feature_flags/1/")["archived"], json!(false), "it is on and may serve people");
    project.answer(200, "POST", "experiments/1/unarchive/", json!({}));
    project.patch("feature_flags/1/", json!({"active": false}));
    project.answer(200, "POST", "experiments/1/archive/", json!({}));
    assert_eq!(project.get("feature_flags/1/")["archived"], json!(true));
    project.answer(200, "POST", "experiments/1/unarchive/", json!({}));
    assert_eq!(project.get("feature_flags/1/")["archived"], json!(false));
}
