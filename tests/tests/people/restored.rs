//! What was deleted in the web app is restored where the API can, and made anew where not.

use super::{deploy, path};
use plg_runtime::http::Answer;
use plg_runtime::plan::Change;
use plg_runtime::show;
use serde_json::{Value, json};
use tests::stage::{Stage, addresses, fresh, quietly, step};

mod kept {
    plg::stack! {
        name: "kept",
        stages: { local: sandbox },

        event Used { name: "feature_used" }
        action Using { on: [Used] }
        cohort Pros { all: [person(anything("plan"), is: ["pro"])] }
        feature_flag Onboarding { key: "onboarding", variants: { control: 50%, test: 50% } }
        experiment Guided { flag: Onboarding, metrics: [mean(Used)] }
        dashboard Growth {}
        insight Uses { on: [Growth], shows: trend [Used] }
        subscription Digest { sends: Uses, to: email ["a@example.com"], every: 1 weeks, from: "2099-01-05" }
        annotation Launch { content: "We launched", on_date: "2026-11-01" }
    }
}

mod hard {
    plg::stack! {
        name: "hard",
        stages: { local: sandbox },

        survey Nps { questions: [open("Why?")] }
    }
}

/// What PostHog restores, each with where it is.
const RESTORED: [(&str, &str); 8] = [
    ("experiments", "experiment.Guided"),
    ("feature_flags", "feature_flag.Onboarding"),
    ("actions", "action.Using"),
    ("cohorts", "cohort.Pros"),
    ("subscriptions", "subscription.Digest"),
    ("insights", "insight.Uses"),
    ("dashboards", "dashboard.Growth"),
    ("annotations", "annotation.Launch"),
];

async fn deployed_and_deleted() -> Stage {
    let stage = Stage::new().await;
    stage.deploy(&kept::STACK).await;
    let experiment = path(&stage, &kept::STACK, "experiments", "experiment.Guided");
    stage.click("POST", &format!("{experiment}launch/"), &Value::Null);
    for (list, address) in RESTORED {
        stage.click("PATCH", &path(&stage, &kept::STACK, list, address), &json!({ "deleted": true }));
    }
    stage
}

fn ids(stage: &Stage) -> Vec<String> {
    RESTORED.iter().map(|(_, address)| stage.entry(&kept::STACK, address).expect("it is remembered").id).collect()
}

#[tokio::test]
async fn what_was_deleted_in_the_web_app_is_restored_as_it_was() {
    let stage = deployed_and_deleted().await;
    let before = ids(&stage);
    let plan = stage.plan(&kept::STACK).await;
    for (_, address) in RESTORED {
        assert_eq!(step(&plan, address).change, Change::Revive, "{address}");
    }
    let said = show::plan(&plan, show::Style { color: false, width: 120, verbose: false });
    assert!(said.contains("^ experiment.Guided  (it was deleted in the web app)"), "{said}");
    assert!(said.contains("the results of the old one; the new one is a draft"), "{said}");
    // All of it is drift, and is repaired as drift.
    let drift = plan.drift();
    assert_eq!(addresses(&drift, Change::Revive).len(), RESTORED.len());
    deploy(&stage, &kept::STACK, true).await;
    stage.settled(&kept::STACK).await;
    assert_eq!(ids(&stage), before);
    let look = |list: &str, address: &str| stage.look(&path(&stage, &kept::STACK, list, address));
    assert!(look("experiments", "experiment.Guided")["start_date"].is_string(), "it is a draft");
    assert_eq!(look("insights", "insight.Uses")["dashboards"].as_array().map(Vec::len), Some(1));
}

#[tokio::test]
async fn what_is_gone_for_good_is_made_anew_and_said() {
    let stage = deployed_and_deleted().await;
    stage.sandbox().reset().expect("a sandbox in memory");
    let mut session = stage.open(&kept::STACK).await;
    let plan = session.plan(&fresh()).await.expect("the stack fits");
    let outcome = session.apply(&plan, &quietly()).await.expect("the folder can be written");
    assert!(outcome.failed.is_empty(), "{:#?}", outcome.failed);
    let said = |address: &str| outcome.warnings.iter().any(|w| w.starts_with(address) && w.contains("lost: "));
    for (_, address) in RESTORED {
        assert!(said(address), "{address}: {:#?}", outcome.warnings);
    }
    drop(session);
    stage.settled(&kept::STACK).await;

    let stage = Stage::new().await;
    stage.deploy(&hard::STACK).await;
    stage.click("DELETE", &path(&stage, &hard::STACK, "surveys", "survey.Nps"), &Value::Null);
    let plan = stage.plan(&hard::STACK).await;
    let nps = step(&plan, "survey.Nps");
    assert_eq!(nps.change, Change::Create);
    assert_eq!(nps.means, ["PostHog cannot restore it; lost: the answers to the old one"]);
    stage.deploy(&hard::STACK).await;
}

#[tokio::test]
async fn a_restoration_without_an_answer_is_asked_for_again_and_makes_nothing_twice() {
    for is_done in [true, false] {
        let mut stage = deployed_and_deleted().await;
        let before = ids(&stage);
        stage.bend(move |request, pass| {
            let is_restore = request.method == "PATCH" && request.url.contains("/annotations/");
            is_restore.then(|| {
                if is_done {
                    let _ = pass(request);
                }
                Ok(Answer { status: 500, headers: Vec::new(), body: Vec::new() })
            })
        });
        let (_, outcome) = stage.apply(&kept::STACK, false).await;
        assert_eq!(outcome.failed.len(), usize::from(!is_done), "{:#?}", outcome.failed);
        stage.straighten();
        deploy(&stage, &kept::STACK, true).await;
        stage.settled(&kept::STACK).await;
        assert_eq!(ids(&stage), before);
        let there = stage.look("/api/projects/12345/annotations/");
        assert_eq!(there["results"].as_array().map(Vec::len), Some(1));
    }
}

mod boarded {
    plg::stack! {
        name: "back",
        stages: { local: sandbox },
        event Used { name: "used" }
        dashboard Growth {}
        insight Old { on: [Growth], shows: trend [Used] }
        insight Kept { on: [Growth], shows: trend [Used] }
    }
}

mod without_old {
    plg::stack! {
        name: "back",
        stages: { local: sandbox },
        event Used { name: "used" }
        dashboard Growth {}
        insight Kept { on: [Growth], shows: trend [Used] }
    }
}

fn insights(stage: &Stage) -> Vec<String> {
    let list = stage.look("/api/projects/12345/insights/?limit=100");
    let rows = list["results"].as_array().cloned().unwrap_or_default();
    rows.iter().map(|row| row["name"].as_str().unwrap_or_default().to_owned()).collect()
}

#[tokio::test]
async fn what_nobody_asked_back_does_not_stay() {
    let stage = Stage::new().await;
    stage.deploy(&boarded::STACK).await;
    stage.deploy(&without_old::STACK).await;
    // A dashboard comes back with every insight that was ever on it.
    let dashboard = super::path(&stage, &without_old::STACK, "dashboards", "dashboard.Growth");
    stage.click("PATCH", &dashboard, &json!({ "deleted": true }));
    let (_, outcome) = stage.apply(&without_old::STACK, false).await;
    assert!(outcome.failed.is_empty(), "{outcome:#?}");
    stage.settled(&without_old::STACK).await;
    assert_eq!(insights(&stage), ["Kept"]);
    let state = stage.state(&without_old::STACK);
    assert!(state.returning.is_empty() && !state.resources.keys().any(|address| address.contains('@')));
    // Somebody who asks it back has it back.
    let old = state.archived["insight"].iter().next().cloned().expect("it was deleted");
    stage.click("PATCH", &format!("/api/projects/12345/insights/{old}/"), &json!({ "deleted": false }));
    stage.settled(&without_old::STACK).await;
    assert_eq!(insights(&stage).len(), 2);
}
