//! Rules that cross resources, checked through the front door.

use super::Project;
use serde_json::{Value, json};

fn trends() -> Value {
    let series = json!([{"kind": "EventsNode", "event": "$pageview"}]);
    json!({"kind": "InsightVizNode", "source": {"kind": "TrendsQuery", "series": series}})
}

#[test]
fn restoring_a_dashboard_restores_everything_that_was_ever_on_it() {
    let mut project = Project::new();
    project.post("dashboards/", json!({"name": "d"}));
    project.post("insights/", json!({"name": "i", "dashboards": [1]}));
    project.patch("dashboards/1/", json!({"tiles": [{"text": {"body": "hello"}}]}));
    let text = project.get("dashboards/1/")["tiles"][1]["id"].clone();
    project.patch("dashboards/1/", json!({"tiles": [{"id": text, "deleted": true}]}));
    project.patch("dashboards/1/", json!({"deleted": true, "delete_insights": true}));
    project.answer(404, "GET", "insights/1/", Value::Null);
    let restored = project.patch("dashboards/1/", json!({"deleted": false}));
    assert_eq!(restored["tiles"].as_array().map(Vec::len), Some(2));
    assert_eq!(project.get("insights/1/")["dashboard_tiles"][0]["deleted"], json!(false));
}

#[test]
fn a_restored_insight_is_on_no_dashboard() {
    let mut project = Project::new();
    project.post("dashboards/", json!({}));
    let insight = project.post("insights/", json!({"query": trends(), "dashboards": [1]}));
    assert_eq!(insight["dashboard_tiles"][0]["deleted"], Value::Null);
    project.patch("insights/1/", json!({"deleted": true}));
    project.answer(404, "PATCH", "insights/1/", json!({"deleted": true}));
    project.answer(404, "PATCH", "insights/1/", json!({"deleted": "false"}));
    let restored = project.patch("insights/1/", json!({"deleted": false}));
    assert_eq!(restored["dashboards"], json!([]));
    let short = restored["short_id"].as_str().unwrap().to_owned();
    assert_eq!(project.get(&format!("insights/{short}"))["id"], json!(1));
}

#[test]
fn texts_and_buttons_are_checked_before_anything_is_kept() {
    let mut project = Project::new();
    project.post("dashboards/", json!({"name": "d"}));
    let long = "x".repeat(4001);
    let refusal = project.refusal("PATCH", "dashboards/1/", json!({"tiles": [{"text": {"body": long}}]}));
    let told = ("max_length".into(), json!("text__body"), "Text body cannot exceed 4000 characters".into());
    assert_eq!(refusal, told);
    let (_, attr, detail) =
        project.refusal("PATCH", "dashboards/1/", json!({"tiles": [{"text": {"id": 9, "body": "a"}}]}));
    assert_eq!((attr, detail.as_str()), (json!("text"), "Text tile not found in this team."));
    let button = json!({"url": "ftp://x", "text": "Go"});
    let (_, attr, _) = project.refusal("PATCH", "dashboards/1/", json!({"tiles": [{"button_tile": button}]}));
    assert_eq!(attr, json!("button_tile__url"));
    let tiles = project.patch("dashboards/1/", json!({"tiles": [{"button_tile": {"url": "/a", "text": "Go"}}]}));
    assert_eq!(tiles["tiles"][0]["button_tile"]["style"], json!("primary"));
    let no_tile = project.patch("dashboards/1/", json!({"tiles": [{"insight": {"id": 1}}]}));
    assert_eq!(no_tile["tiles"].as_array().map(Vec::len), Some(1));
}

#[test]
fn tiles_are_moved_copied_and_ordered() {
    let mut project = Project::new();
    project.post("dashboards/", json!({"name": "a"}));
    project.post("dashboards/", json!({"name": "b"}));
    for _ in 0..3 {
        project.post("insights/", json!({"dashboards": [1]}));
    }
    project.answer(
        200,
        "POST",
        "dashboards/1/reorder_tiles/",
        json!({"tile_order": [3, 1, 2], "layout": "full_width"}),
    );
    let order: Vec<Value> =
        project.get("dashboards/1/")["tiles"].as_array().unwrap().iter().map(|t| t["id"].clone()).collect();
    assert_eq!(order, [json!(3), json!(1), json!(2)]);
    project.answer(204, "POST", "dashboards/1/delete_tile/", json!({"tile_id": 3}));
    assert_eq!(project.get("dashboards/1/")["tiles"][0]["layouts"]["sm"]["y"], json!(0));
    project.patch("dashboards/1/move_tile/", json!({"to_dashboard": 2, "tile": {"id": 1}}));
    assert_eq!(project.get("insights/1/")["dashboards"], json!([2]));
    project.answer(200, "POST", "dashboards/2/copy_tile/", json!({"fromDashboardId": 1, "tileId": 2}));
    let (_, _, detail) = project.refusal("POST", "dashboards/2/copy_tile/", json!({"fromDashboardId": 1, "tileId": 2}));
    assert_eq!(detail, "This insight is already on the destination dashboard.");
    assert_eq!(project.get("insights/2/")["dashboards"], json!([1, 2]));
}

#[test]
fn a_query_is_judged_by_the_parser() {
    let mut project = Project::new();
    let query = json!({"kind": "InsightVizNode", "source": {"kind": "RetentionQuery"}});
    let body = project.answer(400, "POST", "insights/", json!({ "query": query }));
    assert_eq!((&body["type"], &body["code"]), (&json!("invalid_request"), &json!("parse_error")));
    let without = project.post("insights/", json!({}));
    assert_eq!(without["query"]["source"]["kind"], json!("TrendsQuery"));
}

#[test]
fn question_ids_are_given_once_and_lost_when_not_sent_back() {
    let mut project = Project::new();
    let question = json!({"type": "open", "question": "Why?"});
    let survey = project.post("surveys/", json!({"name": "s", "type": "api", "questions": [question]}));
    let path = format!("surveys/{}/", survey["id"].as_str().unwrap());
    let kept = project.patch(&path, json!({"questions": survey["questions"]}));
    assert_eq!(kept["questions"], survey["questions"]);
    let minted = project.patch(&path, json!({"questions": [question]}));
    assert_ne!(minted["questions"][0]["id"], survey["questions"][0]["id"]);
    assert!(survey.get("linked_flag_id").is_none() && survey.get("feature_flag_keys").is_none());
    assert_eq!(project.get(&path)["feature_flag_keys"].as_array().map(Vec::len), Some(4));
}

#[test]
fn launching_moves_a_date_and_leaves_the_flags() {
    let mut project = Project::new();
    let body = json!({"name": "s", "type": "popover", "iteration_count": 2, "iteration_frequency_days": 7});
    let survey = project.post("surveys/", body);
    let path = format!("surveys/{}", survey["id"].as_str().unwrap());
    let launched = project.answer(200, "POST", &format!("{path}/launch/"), Value::Null);
    assert_eq!(launched["current_iteration"], json!(1));
    let stored = project.get(&path);
    assert!(stored["start_date"].is_string() && stored["current_iteration"].is_null());
    assert_eq!(stored["internal_targeting_flag"]["active"], json!(false));
    let synced = project.patch(&path, json!({"description": "x"}));
    assert_eq!(synced["internal_targeting_flag"]["active"], json!(true));
    assert_eq!(synced["current_iteration"], json!(1));
    let stopped = project.answer(200, "POST", &format!("{path}/stop/"), Value::Null);
    assert_eq!(project.answer(200, "POST", &format!("{path}/stop/"), Value::Null)["end_date"], stopped["end_date"]);
    let (_, _, detail) = project.refusal("POST", &format!("{path}/launch/"), Value::Null);
    assert_eq!(detail, "Cannot launch a survey with end_date in the past. Extend the end_date first.");
}

#[test]
fn fewer_iterations_than_already_passed_are_refused() {
    let mut project = Project::new();
    let body = json!({
        "name": "s", "type": "popover", "start_date": "2024-05-22T14:40:09Z", "iteration_count": 3,
        "iteration_frequency_days": 30,
    });
    let survey = project.post("surveys/", body);
    assert_eq!(survey["iteration_start_dates"][2], json!("2024-07-21T14:40:09Z"));
    let path = format!("surveys/{}", survey["id"].as_str().unwrap());
    project.patch(&path, json!({"current_iteration": 2}));
    let (_, attr, detail) =
        project.refusal("PATCH", &path, json!({"iteration_count": 1, "iteration_frequency_days": 30}));
    assert_eq!((attr, detail.as_str()), (Value::Null, "Cannot change survey recurrence to 1, should be at least 2"));
    let without = project.patch(&path, json!({"iteration_count": 4}));
    assert_eq!((&without["iteration_frequency_days"], &without["iteration_start_dates"]), (&Value::Null, &json!([])));
}

#[test]
fn the_waiting_period_adds_a_group_to_the_hidden_flag() {
    let mut project = Project::new();
    let conditions = json!({"seenSurveyWaitPeriodInDays": 30});
    let survey = project.post("surveys/", json!({"name": "s", "type": "popover", "conditions": conditions}));
    let flag = &survey["internal_targeting_flag"];
    assert_eq!(flag["filters"]["groups"][1]["properties"][2]["value"], json!("30d"));
    let key = flag["key"].as_str().unwrap();
    assert!(key.starts_with("survey-targeting-") && key.ends_with("-custom") && key.len() == 34, "{key}");
}

#[test]
fn surveys_are_listed_newest_first_and_found_by_their_words() {
    let mut project = Project::new();
    for name in ["Onboarding", "Churn", "Onboarding two"] {
        project.post("surveys/", json!({"name": name, "type": "popover"}));
    }
    let names = |page: Value| page["results"].as_array().unwrap().iter().map(|s| s["name"].clone()).collect::<Vec<_>>();
    assert_eq!(names(project.get("surveys/")), ["Onboarding two", "Churn", "Onboarding"]);
    let found = project.get("surveys/?search=onboarding");
    assert_eq!(found["results"][0]["search_match_type"], json!("exact"));
    assert_eq!(names(found), ["Onboarding", "Onboarding two"]);
    let page = project.get("surveys/?limit=2");
    assert_eq!((page["count"].as_u64(), page["next"].is_string()), (Some(3), true));
}

#[test]
fn annotations_hide_with_their_parent_and_come_back_with_it() {
    let mut project = Project::new();
    project.post("dashboards/", json!({"name": "d"}));
    project.post("annotations/", json!({"scope": "dashboard", "dashboard_id": 1, "content": "a"}));
    project.patch("dashboards/1/", json!({"deleted": true}));
    project.answer(404, "GET", "annotations/1/", Value::Null);
    project.answer(404, "PATCH", "annotations/1/", json!({"content": "b"}));
    assert_eq!(project.get("annotations/")["count"], json!(0));
    project.patch("dashboards/1/", json!({"deleted": false}));
    assert_eq!(project.get("annotations/1/")["dashboard_name"], json!("d"));
    project.patch("annotations/1/", json!({"deleted": true}));
    project.patch("annotations/1/", json!({"content": "still there"}));
    project.answer(404, "GET", "annotations/1/", Value::Null);
}

#[test]
fn events_make_definitions_that_cannot_be_both_hidden_and_verified() {
    let mut project = Project::new();
    let id = project.settings.project;
    let properties = json!({"plan": "pro", "seats": 3}).as_object().cloned().unwrap();
    crate::posthog::event_definition::rows::ingest(
        &mut project.store,
        id,
        "signed_up",
        &properties,
        "2024-01-01T00:00:00Z",
    );
    let event = project.get("event_definitions/by_name/?name=signed_up");
    assert_eq!(event["last_seen_at"], json!("2024-01-01T00:00:00Z"));
    let path = format!("event_definitions/{}/", event["id"].as_str().unwrap());
    let verified = project.patch(&path, json!({"verified": true}));
    assert!(verified["verified_by"].is_object());
    let hidden = project.patch(&path, json!({"hidden": true}));
    assert_eq!((&hidden["verified"], &hidden["verified_at"]), (&json!(false), &Value::Null));
    let all = project.get("property_definitions/?event_names=[\"signed_up\"]");
    assert_eq!(all["results"][1]["property_type"], json!("Numeric"));
    assert_eq!(all["results"][1]["is_numerical"], json!(true));
    project.answer(405, "POST", "property_definitions/", json!({"name": "x"}));
    project.answer(204, "DELETE", &path, Value::Null);
    project.answer(404, "GET", "event_definitions/by_name/?name=signed_up", Value::Null);
}

#[test]
fn a_hog_function_keeps_its_secrets_and_its_type() {
    let mut project = Project::new();
    let schema = json!([{"key": "token", "type": "string", "label": "Token", "required": true, "secret": true}]);
    let inputs = json!({"token": {"value": "hunter2"}});
    let body = json!({"name": "f", "hog": "print(1);\n\n", "inputs_schema": schema, "inputs": inputs});
    let function = project.post("hog_functions/", body);
    assert_eq!((&function["inputs"]["token"], &function["hog"]), (&json!({"secret": true}), &json!("print(1);")));
    let path = format!("hog_functions/{}/", function["id"].as_str().unwrap());
    let kept = project.patch(&path, json!({"inputs": function["inputs"]}));
    assert_eq!(kept["inputs"]["token"], json!({"secret": true}));
    project.answer(409, "PATCH", &path, json!({"base_updated_at": "2000-01-01T00:00:00Z"}));
    let (_, attr, _) = project.refusal("POST", "hog_functions/", json!({"template_id": "template-webhook"}));
    assert_eq!(attr, json!("inputs__url"));
    let (_, attr, detail) = project.refusal("POST", "hog_functions/", json!({"template_id": "x"}));
    assert_eq!((attr, detail.as_str()), (json!("template_id"), "No template found for id 'x'"));
    project.patch(&path, json!({"deleted": true}));
    project.answer(404, "GET", &path, Value::Null);
    project.patch(&path, json!({"deleted": false}));
}

#[test]
fn a_subscription_is_delivered_by_the_calendar() {
    let mut project = Project::new();
    project.settings.now = "2024-01-15T00:00:00Z".parse().ok();
    project.post("dashboards/", json!({"name": "d"}));
    project.post("insights/", json!({"name": "i", "dashboards": [1]}));
    let body = |more: Value| {
        let mut body = json!({
            "target_type": "email", "target_value": "a@b.co", "frequency": "monthly",
            "start_date": "2024-01-01T09:00:00Z",
        });
        body.as_object_mut().unwrap().extend(more.as_object().cloned().unwrap());
        body
    };
    let made = project.post("subscriptions/", body(json!({"dashboard": 1, "dashboard_export_insights": [1]})));
    assert_eq!(made["content_type"], json!("dashboard"));
    assert_eq!(made["next_delivery_date"], json!("2024-02-01T09:00:00Z"));
    assert_eq!(made["summary"], json!("sent every month"));
    let ended = body(json!({"insight": 1, "until_date": "2024-01-02T00:00:00Z"}));
    assert_eq!(project.refusal("POST", "subscriptions/", ended).1, json!("start_date"));
    let (_, attr, _) = project.refusal("PATCH", "subscriptions/1/", json!({"content_type": "insight"}));
    assert_eq!(attr, json!("content_type"));
    assert_eq!(project.ask("DELETE", "subscriptions/1/", Value::Null).status, 405);
    project.patch("subscriptions/1/", json!({"deleted": true}));
    project.answer(404, "GET", "subscriptions/1/", Value::Null);
}

#[test]
fn an_alert_needs_a_bound_and_an_insight_that_can_be_watched() {
    let mut project = Project::new();
    let paths = json!({"kind": "InsightVizNode", "source": {"kind": "PathsQuery", "pathsFilter": {}}});
    project.post("insights/", json!({"query": trends()}));
    project.post("insights/", json!({ "query": paths }));
    let body = |insight: u64, bounds: Value| {
        let configuration = json!({"type": "absolute", "bounds": bounds});
        json!({"insight": insight, "subscribed_users": [1], "threshold": {"configuration": configuration}})
    };
    let (_, attr, _) = project.refusal("POST", "alerts/", body(1, json!({})));
    assert_eq!(attr, json!("threshold__configuration"));
    let (_, _, detail) = project.refusal("POST", "alerts/", body(2, json!({"lower": 1})));
    assert_eq!(detail, "Alerts are not supported for this insight.");
    let alert = project.post("alerts/", body(1, json!({"lower": 1})));
    assert_eq!(alert["subscribed_users"][0]["id"], json!(1));
    let path = format!("alerts/{}/", alert["id"].as_str().unwrap());
    assert_eq!(project.patch(&path, json!({"snoozed_until": "2h"}))["state"], json!("Snoozed"));
    project.patch("insights/1/", json!({ "query": paths }));
    project.answer(404, "GET", &path, Value::Null);
}
