//! No list is believed that does not show what is remembered: it is asked for by its id before it is called gone.

use plg_runtime::http::{Answer, Request};
use plg_runtime::plan::Change;
use serde_json::{Value, json};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tests::bent::body;
use tests::stage::{Stage, addresses};

mod kept {
    plg::stack! {
        name: "lists",
        stages: { local: sandbox },
        event Used { name: "used" }
        cohort One { title: "One", all: [person(anything("plan"), is: ["a"])] }
        cohort Two { title: "Two", all: [person(anything("plan"), is: ["a"])] }
        cohort Three { title: "Three", all: [person(anything("plan"), is: ["a"])] }
        cohort Four { title: "Four", all: [person(anything("plan"), is: ["a"])] }
        feature_flag Shade { key: "shade", rollout: 10% }
        insight Signups { shows: trend { series: [Used] } }
        object Tenants { slug: "tenants", singular: "Tenant", plural: "Tenants" }
        attribute Tier { on: Tenants, slug: "tier", holds: select { High, Low } }
        webhook Deals { url: "https://example.com/hook", on: [companies.created] }
    }
}

const COHORTS: &str = "/api/projects/12345/cohorts/";

/// Whether a request is for a list of objects.
fn is_list(request: &Request) -> bool {
    let path = request.url.split('?').next().unwrap_or_default();
    let kinds = [
        "/cohorts/",
        "/feature_flags/",
        "/insights/",
        "/event_definitions/",
        "/objects",
        "/attributes",
        "/options",
        "/webhooks",
    ];
    request.method == "GET" && kinds.iter().any(|kind| path.ends_with(kind))
}

/// An answer without some of its rows.
fn without(answer: Answer, is_left_out: impl Fn(&Value) -> bool) -> Answer {
    let mut shown = body(&answer);
    for key in ["results", "data"] {
        if let Some(rows) = shown.get_mut(key).and_then(Value::as_array_mut) {
            rows.retain(|row| !is_left_out(row));
        }
    }
    Answer { body: shown.to_string().into_bytes(), ..answer }
}

/// Whether Attio or PostHog has this row of its own accord.
fn is_own(row: &Value) -> bool {
    let slugs = ["people", "companies", "deals", "users", "workspaces"];
    row["is_system_attribute"] == true || slugs.iter().any(|slug| row["api_slug"] == *slug)
}

fn live(stage: &Stage, path: &str) -> usize {
    let found = stage.look(path);
    let rows = found["results"].as_array().or_else(|| found["data"].as_array());
    rows.map_or(0, |rows| rows.iter().filter(|row| row["is_archived"] != true).count())
}

/// Every row of ours is missing from every other answer of its list: first, third, …
#[tokio::test]
async fn what_slips_out_of_a_list_is_neither_gone_nor_made_anew() {
    let mut stage = Stage::new().await;
    stage.deploy(&kept::STACK).await;
    let seen: Mutex<std::collections::HashMap<String, usize>> = Mutex::default();
    let slips = move |request: &Request, pass: tests::bent::Pass<'_>| {
        is_list(request).then(|| {
            let mut seen = seen.lock().expect("nobody panicked");
            let times = seen.entry(request.url.clone()).or_default();
            *times += 1;
            let answer = pass(request);
            // What is only in a list is there when it is asked for again.
            let is_whole = request.url.contains("/options") && times.is_multiple_of(2);
            Ok(if is_whole { answer } else { without(answer, |row| !is_own(row)) })
        })
    };
    stage.bend(slips);
    let plan = stage.plan(&kept::STACK).await;
    assert!(!plan.changes(), "{:#?}", plan.steps.iter().filter(|s| s.writes()).collect::<Vec<_>>());
    let destroyed = stage.destroy(&kept::STACK).await;
    assert_eq!(destroyed.count(Change::Forget), 0);
    stage.straighten();
    for path in [COHORTS, "/api/projects/12345/feature_flags/", "/api/projects/12345/insights/", "/v2/webhooks"] {
        assert_eq!(live(&stage, path), 0, "{path}");
    }
}

#[tokio::test]
async fn a_list_that_misses_several_is_asked_for_once_more() {
    let mut stage = Stage::new().await;
    stage.deploy(&kept::STACK).await;
    let times = AtomicUsize::new(0);
    let bent = stage.bend(move |request, pass| {
        let is_first = request.url.contains("/cohorts/?") && times.fetch_add(1, Ordering::Relaxed) == 0;
        is_first.then(|| Ok(without(pass(request), |_| true)))
    });
    assert!(!stage.plan(&kept::STACK).await.changes());
    assert_eq!((bent.count("GET", "/cohorts/?"), bent.count("GET", "/cohorts/")), (2, 2));
}

#[tokio::test]
async fn one_that_is_missing_costs_one_request() {
    let mut stage = Stage::new().await;
    stage.deploy(&kept::STACK).await;
    let whole = stage.bend(|_, _| None);
    stage.plan(&kept::STACK).await;
    let bent = stage.bend(|request, pass| {
        request.url.contains("/cohorts/?").then(|| Ok(without(pass(request), |row| row["name"] == "Two")))
    });
    assert!(!stage.plan(&kept::STACK).await.changes());
    assert_eq!(bent.asked().len(), whole.asked().len() + 1);
}

#[tokio::test]
async fn what_is_gone_is_restored_or_forgotten() {
    let stage = Stage::new().await;
    stage.deploy(&kept::STACK).await;
    let id = stage.entry(&kept::STACK, "cohort.Two").expect("it was made").id;
    stage.click("PATCH", &format!("{COHORTS}{id}/"), &json!({ "deleted": true }));
    let plan = stage.plan(&kept::STACK).await;
    assert_eq!(addresses(&plan, Change::Revive), ["cohort.Two"]);
    let plan = stage.planned(&kept::STACK, true).await.expect("it can be planned");
    assert_eq!(addresses(&plan, Change::Forget), ["cohort.Two"]);
}

#[tokio::test]
async fn a_row_on_two_pages_is_one() {
    let mut stage = Stage::new().await;
    stage.bend(|request, pass| {
        is_list(request).then(|| {
            let answer = pass(request);
            let mut shown = body(&answer);
            for key in ["results", "data"] {
                if let Some(rows) = shown.get_mut(key).and_then(Value::as_array_mut) {
                    let again = rows.clone();
                    rows.extend(again);
                }
            }
            Ok(Answer { body: shown.to_string().into_bytes(), ..answer })
        })
    });
    stage.deploy(&kept::STACK).await;
    // Somebody without a state finds one of each, not two.
    stage.forget();
    let plan = stage.plan(&kept::STACK).await;
    assert_eq!(addresses(&plan, Change::Create), [""; 0]);
}

#[tokio::test]
async fn what_was_just_made_is_given_time_to_show() {
    for (shown_after, is_gone) in [(Duration::from_secs(1), false), (Duration::from_secs(3600), true)] {
        let mut stage = Stage::new().await;
        stage.deploy(&kept::STACK).await;
        stage.lag();
        let bent: Arc<Mutex<Option<Arc<tests::bent::Bent>>>> = Arc::default();
        let clock = bent.clone();
        let way = stage.bend(move |request, pass| {
            let paused = clock.lock().expect("nobody panicked").as_ref().map(|bent| bent.paused());
            let is_late = request.url.contains("/cohorts/") && paused.is_none_or(|paused| paused < shown_after);
            (request.method == "GET" && is_late).then(|| {
                let answer = pass(request);
                if request.url.contains("/cohorts/?") {
                    return Ok(without(answer, |row| row["name"] == "Two"));
                }
                Ok(tests::bent::says(
                    404,
                    &json!({ "type": "invalid_request", "code": "not_found", "detail": "Not found." }),
                ))
            })
        });
        *bent.lock().expect("nobody panicked") = Some(way.clone());
        let plan = stage.plan(&kept::STACK).await;
        assert_eq!(addresses(&plan, Change::Create), [""; 0]);
        assert_eq!(addresses(&plan, Change::Revive), if is_gone { vec!["cohort.Two"] } else { vec![] });
        let waited = if is_gone { Duration::from_millis(3_500) } else { Duration::from_millis(1_500) };
        assert_eq!(way.paused(), waited);
    }
}

#[tokio::test]
async fn one_that_has_the_same_name_is_not_taken_for_one_that_slipped() {
    let mut stage = Stage::new().await;
    stage.deploy(&kept::STACK).await;
    let ours = stage.entry(&kept::STACK, "cohort.Two").expect("it was made").id;
    let theirs = stage.click(
        "POST",
        COHORTS,
        &json!({ "name": "Two", "filters": stage.look(&format!("{COHORTS}{ours}/"))["filters"] }),
    );
    let id: u64 = ours.parse().expect("PostHog counts");
    stage.bend(move |request, pass| {
        request.url.contains("/cohorts/?").then(|| Ok(without(pass(request), |row| row["id"] == id)))
    });
    assert!(!stage.plan(&kept::STACK).await.changes());
    stage.destroy(&kept::STACK).await;
    stage.straighten();
    let left = stage.look(COHORTS)["results"].clone();
    assert_eq!(left.as_array().map(Vec::len), Some(1));
    assert_eq!(left[0]["id"], theirs["id"]);
}
