//! What no word says is named, key by key: a plan of the source changes nothing, and a deploy of it elsewhere would not
//! make the same.

use super::ordinary::{imported, told};
use plg_core::linked::importers;
use plg_core::source::Fate;
use serde_json::{Value, json};
use tests::stage::Stage;

const P: &str = "/api/projects/12345";

fn post(stage: &Stage, path: &str, body: &Value) -> Value {
    stage.click("POST", &format!("{P}/{path}/"), body)["id"].clone()
}

/// The keys that are named of one kind.
async fn keys(stage: &Stage, kind: &str) -> Vec<String> {
    let imported = imported(stage).await;
    assert_eq!(imported.unproved, [""; 0], "{}", imported.source);
    imported.said.iter().filter(|said| said.kind == kind).flat_map(|said| said.keys.clone()).collect()
}

#[tokio::test]
async fn surveys_name_whom_they_ask_and_in_which_languages() {
    let survey = |more: Value| {
        let mut body =
            json!({ "name": "NPS", "type": "popover", "questions": [{ "type": "open", "question": "Why?" }] });
        body.as_object_mut().expect("it is an object").extend(more.as_object().cloned().unwrap_or_default());
        body
    };
    let groups = json!([{ "properties": [{ "key": "plan", "type": "person", "operator": "exact", "value": ["pro"] }], "rollout_percentage": 100 }]);
    let events =
        json!([{ "name": "$pageview", "propertyFilters": { "plan": { "values": ["pro"], "operator": "exact" } } }]);
    for (more, wanted) in [
        (json!({ "targeting_flag_filters": { "groups": groups } }), ""),
        (json!({ "enable_partial_responses": true }), ""),
        (json!({ "conditions": { "deviceTypes": ["Mobile"], "deviceTypesMatchType": "exact" } }), ""),
        (
            json!({ "questions": [{ "type": "open", "question": "Why?", "translations": { "de": { "question": "Warum?" } } }] }),
            "",
        ),
        (json!({ "appearance": { "position": "left", "fontFamily": "Comic Sans" } }), ""),
        // Each condition by itself: what has a word is written.
        (json!({ "conditions": { "url": "/app", "deviceTypes": ["Watch"] } }), "conditions"),
        (json!({ "conditions": { "url": "/app", "events": { "values": events } } }), "conditions"),
    ] {
        let stage = Stage::new().await;
        post(&stage, "surveys", &survey(more.clone()));
        let keys = keys(&stage, "survey").await;
        assert_eq!(keys.first().map_or("", String::as_str), wanted, "{more}");
    }
}

#[tokio::test]
async fn dashboards_are_written_with_their_texts_and_where_tiles_are() {
    let stage = Stage::new().await;
    let board = post(&stage, "dashboards", &json!({ "name": "Board" }));
    for name in ["One", "Two", "Three"] {
        let query = json!({ "kind": "InsightVizNode", "source": { "kind": "TrendsQuery", "series": [{ "kind": "EventsNode", "event": "$pageview", "name": "$pageview", "math": "total" }] } });
        post(&stage, "insights", &json!({ "name": name, "dashboards": [board], "saved": true, "query": query }));
    }
    assert_eq!(keys(&stage, "dashboard").await, [""; 0], "new tiles are where PostHog puts them");
    let at = format!("{P}/dashboards/{board}/");
    let tile = stage.look(&at)["tiles"][0]["id"].clone();
    let layouts = json!({ "sm": { "x": 0, "y": 20, "w": 12, "h": 5 } });
    stage.click("PATCH", &at, &json!({ "tiles": [{ "id": tile, "layouts": layouts, "color": "blue" }] }));
    stage.click("PATCH", &at, &json!({ "tiles": [{ "text": { "body": "What the week brought." } }] }));
    let imported = imported(&stage).await;
    assert_eq!(imported.unproved, [""; 0], "{}", imported.source);
    assert_eq!(keys(&stage, "dashboard").await, [""; 0], "{}", imported.source);
    for written in ["text(\"What the week brought.\")", "at: { x: 0, y: 20, w: 12, h: 5 }", "colour: blue"] {
        assert!(imported.source.contains(written), "{written}\n{}", imported.source);
    }
}

#[tokio::test]
async fn experiments_flags_and_relationships_name_what_is_left() {
    let stage = Stage::new().await;
    let variants = json!([{ "key": "control", "name": "As it is", "rollout_percentage": 50 }, { "key": "test", "rollout_percentage": 50 }]);
    let groups = json!([{ "properties": [], "rollout_percentage": 100, "description": "Everybody" }]);
    let filters = json!({ "groups": groups, "multivariate": { "variants": variants } });
    post(&stage, "feature_flags", &json!({ "key": "split", "name": "", "active": true, "filters": filters }));
    let experiment = json!({
        "name": "Split", "feature_flag_key": "split", "type": "product", "metrics": [], "metrics_secondary": [],
        "exposure_criteria": { "filterTestAccounts": false, "multiple_variant_handling": "exclude" },
    });
    post(&stage, "experiments", &experiment);
    let relationship = json!({ "data": {
        "api_slug": "tenants", "title": "Tenants", "type": "record-reference", "description": null,
        "is_required": false, "is_unique": false, "is_multiselect": true,
        "config": { "record_reference": { "allowed_objects": ["companies"] } },
        "relationship": { "object": "companies", "title": "Owner", "api_slug": "owner", "is_multiselect": false },
    } });
    stage.click("POST", "/v2/objects/people/attributes", &relationship);
    let imported = imported(&stage).await;
    assert_eq!(imported.unproved, [""; 0], "{}", imported.source);
    let keys = |kind: &str| -> Vec<&str> {
        imported.said.iter().filter(|said| said.kind == kind).flat_map(|said| &said.keys).map(String::as_str).collect()
    };
    assert_eq!(keys("experiment"), [""; 0]);
    assert_eq!(keys("feature_flag"), [""; 0]);
    assert_eq!(keys("attribute"), [""; 0]);
    // Both ends are one declaration, at the one that comes first.
    assert_eq!(imported.source.matches("back: {").count(), 1, "{}", imported.source);
}

#[tokio::test]
async fn objects_of_kinds_that_the_language_lacks_are_counted_and_named() {
    let stage = Stage::new().await;
    assert_eq!(told(&imported(&stage).await), [""; 0]);
    for n in 0..7 {
        post(
            &stage,
            "hog_functions",
            &json!({ "name": format!("To Slack {n}"), "type": "site_app", "hog": "return event", "enabled": true }),
        );
    }
    let imported = imported(&stage).await;
    let said =
        imported.said.iter().find(|said| said.kind == "function of the browser or of logs").expect("they are said");
    assert_eq!((said.id.as_str(), said.fate), ("7 in all", Fate::LeftOut));
    assert!(said.name.contains("`To Slack 6`") && said.name.ends_with("and 2 more"), "{}", said.name);
}

#[test]
fn every_key_that_is_passed_over_has_a_reason() {
    for importer in importers() {
        for (keys, because) in importer.passed_over() {
            assert!(!keys.is_empty() && because.len() > 10, "{}: {keys:?}", importer.spec.keyword);
        }
    }
}
