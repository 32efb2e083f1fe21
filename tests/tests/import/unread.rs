//! What cannot be read is named, and the rest is written.

use super::ordinary::imported;
use plg_core::linked::importers;
use plg_core::source::{Fate, Only};
use plg_runtime::answers::import::{Imported, lines};
use serde_json::{Value, json};
use tests::bent::{body, says};
use tests::stage::Stage;

mod nothing {
    plg::stack! { name: "unread", stages: { local: sandbox } }
}

const P: &str = "/api/projects/12345";

async fn some() -> Stage {
    let stage = Stage::new().await;
    let flag =
        stage.click("POST", &format!("{P}/feature_flags/"), &json!({ "key": "shade", "name": "", "active": true }));
    let cohort = json!({ "name": "Pros", "filters": { "properties": { "type": "AND", "values": [
        { "type": "person", "key": "plan", "operator": "exact", "value": ["pro"] }] } } });
    stage.click("POST", &format!("{P}/cohorts/"), &cohort);
    let survey = json!({ "name": "NPS", "type": "popover", "linked_flag_id": flag["id"],
        "questions": [{ "type": "open", "question": "Why?" }] });
    stage.click("POST", &format!("{P}/surveys/"), &survey);
    stage.click("POST", &format!("{P}/dashboards/"), &json!({ "name": "Board" }));
    let attribute = json!({ "data": { "api_slug": "level", "title": "Level", "type": "select", "description": null,
        "is_required": false, "is_unique": false, "is_multiselect": false, "config": {} } });
    stage.click("POST", "/v2/objects/people/attributes", &attribute);
    stage.click("POST", "/v2/objects/people/attributes/level/options", &json!({ "data": { "title": "High" } }));
    stage
}

fn said(imported: &Imported, kind: &str) -> Vec<String> {
    imported.said.iter().filter(|said| said.kind == kind).map(|said| lines(said).join("\n")).collect()
}

#[tokio::test]
async fn one_kind_that_cannot_be_read_ends_nothing() {
    let whole = imported(&some().await).await;
    assert_eq!((whole.unread, whole.unproved.len()), (0, 0), "{}", whole.source);
    for (status, path, kind, gone) in [
        (403, "/cohorts/", "cohort", 1),
        (404, "/cohorts/", "cohort", 1),
        (500, "/cohorts/", "cohort", 1),
        (503, "/surveys/", "survey", 1),
        (402, "/dashboards/", "dashboard", 1),
        (500, "/event_definitions/", "event", 0),
        // With its options the attribute goes, and it is said twice.
        (500, "/attributes/level/options", "option", 2),
    ] {
        let mut stage = some().await;
        let attribute = stage.look("/v2/objects/people/attributes/level")["data"]["id"]["attribute_id"].clone();
        let path = path.replace("level", attribute.as_str().unwrap_or_default());
        stage.bend(move |request, _| {
            request.url.contains(&path).then(|| Ok(says(status, &json!({ "code": "failed", "detail": "not now" }))))
        });
        let most = imported(&stage).await;
        assert_eq!(most.declarations, whole.declarations - gone, "{status} {kind}\n{}", most.source);
        assert!(most.unread > 0 && most.unproved.is_empty(), "{status} {kind} {:?}", most.unproved);
        let said = said(&most, kind).join("\n");
        assert!(said.contains(&format!("answered {status}")), "{status} {kind}: {said}");
        if kind == "option" {
            assert!(said_of(&most, "attribute").contains("what people choose from"), "{:?}", most.said);
        }
    }
}

fn said_of(imported: &Imported, kind: &str) -> String {
    said(imported, kind).join("\n")
}

#[tokio::test]
async fn rows_and_details_that_cannot_be_read_are_named_one_by_one() {
    let mut stage = some().await;
    stage.bend(|request, pass| {
        if !request.url.contains("/surveys/") || request.method != "GET" {
            return None;
        }
        let mut answer = body(&pass(request));
        let rows = answer["results"].as_array_mut()?;
        rows.extend([json!({ "name": "no id" }), json!("nonsense"), json!(null)]);
        Some(Ok(says(200, &answer)))
    });
    let most = imported(&stage).await;
    assert_eq!(most.unread, 3, "{:?}", most.said);
    let of = said_of(&most, "survey");
    assert!(of.contains("1 row, and 2 more") && of.contains("no id"), "{of}");
    assert!(most.source.contains("survey NPS {"), "{}", most.source);

    let mut stage = some().await;
    let board = stage.look(&format!("{P}/dashboards/"))["results"][0]["id"].clone();
    let path = format!("/dashboards/{board}/");
    stage.bend(move |request, _| request.url.contains(&path).then(|| Ok(says(500, &json!({ "detail": "not now" })))));
    let most = imported(&stage).await;
    assert_eq!(most.unread, 1, "{:?}", most.said);
    let gap = most.said.iter().find(|said| said.kind == "dashboard").expect("it is said");
    assert_eq!((gap.name.as_str(), gap.fate), ("`Board`", Fate::LeftOut));
}

#[tokio::test]
async fn a_key_that_nobody_takes_ends_its_account_and_no_other() {
    let mut stage = some().await;
    stage.bend(|request, _| request.url.contains("/cohorts/").then(|| Ok(says(401, &json!({ "detail": "no" })))));
    let most = imported(&stage).await;
    assert_eq!(most.unread, 1, "{:?}", most.said);
    let gap = most.said.iter().find(|said| said.name == "PostHog").expect("it is said");
    assert_eq!((gap.kind, gap.fate), ("posthog", Fate::LeftOut));
    assert!(gap.why[0].contains("no") && most.unproved.is_empty(), "{:?} {:?}", gap.why, most.unproved);
    assert!(most.source.contains("attribute Level {") && !most.source.contains("survey"), "{}", most.source);
}

async fn only(stage: &Stage, wanted: &[(&str, Option<&str>)]) -> Imported {
    tests::providers();
    let only: Vec<Only> = wanted
        .iter()
        .map(|(kind, key)| {
            let importer = importers().find(|importer| importer.spec.keyword == *kind).expect("there is such a kind");
            Only { kind: importer.spec.keyword, key: key.map(str::to_owned) }
        })
        .collect();
    stage.reading(&nothing::STACK).await.import_only(&nothing::STACK, &only).await.expect("it can be read")
}

#[tokio::test]
async fn some_of_it_is_written_with_what_it_refers_to() {
    let mut stage = some().await;
    let id = stage.look(&format!("{P}/surveys/"))["results"][0]["id"].clone();
    // The import does not request kinds that a survey cannot refer to.
    stage.bend(|request, _| {
        let is_needless =
            ["/dashboards/", "/insights/", "/v2/objects", "hog_"].iter().any(|of| request.url.contains(of));
        is_needless.then(|| Ok(says(500, &Value::Null)))
    });
    for key in [None, Some("NPS"), id.as_str()] {
        let some = only(&stage, &[("survey", key)]).await;
        let (survey, flag) = ("    survey NPS {\n", "    existing feature_flag Shade { key: \"shade\" }\n");
        assert!(some.source.contains(survey) && some.source.contains(flag), "{key:?}\n{}", some.source);
        assert_eq!((some.declarations, some.unread), (2, 0), "{key:?}\n{}", some.source);
        assert_eq!((some.unproved.len(), some.said.len(), some.absent.len()), (0, 0, 0), "{:?}", some.said);
    }
    let two = only(&stage, &[("cohort", None), ("feature_flag", Some("shade"))]).await;
    assert_eq!(two.declarations, 2, "{}", two.source);
    assert!(!two.source.contains("existing"), "{}", two.source);
    let none = only(&stage, &[("survey", Some("CSAT")), ("cohort", Some("Pros"))]).await;
    assert_eq!((none.absent, none.declarations), (vec!["survey:CSAT".to_owned()], 1));
}
