//! How things stand is said in every format, and nobody is said to have changed what nobody changed.

use super::path;
use plg_runtime::http::Answer;
use plg_runtime::plan::{Change, Plan};
use plg_runtime::session::Environment;
use plg_runtime::show::{self, Picture, Style};
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tests::stage::{Stage, fresh, quietly, step};

mod drafts {
    plg::stack! {
        name: "told",
        stages: { local: sandbox },

        event Used { name: "feature_used" }
        feature_flag Shade { key: "shade", rollout: 10% }
        feature_flag Onboarding { key: "onboarding", variants: { control: 50%, test: 50% } }
        experiment Guided { flag: Onboarding, metrics: [mean(Used)] }
        survey Nps { questions: [open("Why?")] }
    }
}

const PLAIN: Style = Style { color: false, width: 120, verbose: false };

#[tokio::test]
async fn what_people_moved_stands_in_every_format() {
    let stage = Stage::new().await;
    stage.deploy(&drafts::STACK).await;
    let own = |list: &str, address: &str| path(&stage, &drafts::STACK, list, address);
    stage.click("POST", &format!("{}launch/", own("experiments", "experiment.Guided")), &Value::Null);
    stage.click("PATCH", &own("feature_flags", "feature_flag.Shade"), &json!({ "active": false }));
    stage.click("PATCH", &own("surveys", "survey.Nps"), &json!({ "start_date": "2026-11-01T00:00:00Z" }));

    let plan = stage.plan(&drafts::STACK).await;
    assert!(!plan.changes() && plan.drift().steps.is_empty());
    let formats = [
        ("text", show::plan(&plan, PLAIN)),
        ("drift", show::drift(&plan, PLAIN)),
        ("markdown", show::markdown(&Picture::of_plan(&plan))),
        ("page", show::html(&Picture::of_plan(&plan))),
        ("json", json!(plan).to_string()),
        ("json of drift", json!(plan.left_to_people()).to_string()),
    ];
    for (format, said) in formats {
        let plain = said.replace('\\', "");
        for part in ["experiment.Guided", "it runs since ", "feature_flag.Shade", "`active` is false"] {
            assert!(plain.contains(part), "{format} does not say {part}: {said}");
        }
    }
    assert!(plan.left_to_people().iter().any(|left| left.address == "survey.Nps"), "{:?}", plan.left_to_people());
}

mod hooked {
    plg::stack! {
        name: "hooked",
        stages: { local: sandbox },

        webhook Changes { url: env("HOOK_URL"), on: [companies.created] }
    }
}

fn at(url: &'static str) -> Environment {
    Environment::new(move |name| (name == "HOOK_URL").then(|| url.to_owned()))
}

async fn planned(stage: &Stage, environment: Environment) -> Plan {
    stage.reading_with(&hooked::STACK, environment).await.plan(&fresh()).await.expect("the stack fits")
}

#[tokio::test]
async fn another_value_of_a_variable_is_not_said_to_be_changed_in_the_web_app() {
    let stage = Stage::new().await;
    stage.deploy_with(&hooked::STACK, at("https://example.com/one")).await;
    let plan = planned(&stage, at("https://example.com/two")).await;
    let field = &step(&plan, "webhook.Changes").fields[0];
    assert_eq!((field.field.as_str(), field.drift), ("target_url", false));
    assert_eq!(field.variables, ["HOOK_URL"]);
    assert_eq!(step(&plan, "webhook.Changes").change, Change::Update, "a deploy sends it");
    assert!(plan.drift().steps.is_empty());
    for said in [
        show::plan(&plan, PLAIN),
        show::drift(&plan, PLAIN),
        show::markdown(&Picture::of_plan(&plan)),
        show::html(&Picture::of_plan(&plan)),
    ] {
        assert!(said.replace('\\', "").contains("the value of HOOK_URL changed since it was applied"), "{said}");
        assert!(!said.contains("changed in the web app") && !said.contains("example.com"), "{said}");
    }
    // A change in the web app that no variable explains is still drift.
    let hook = stage.entry(&hooked::STACK, "webhook.Changes").expect("it was deployed").id;
    let on = json!({ "data": { "subscriptions": [{ "event_type": "note.created", "filter": null }] } });
    stage.click("PATCH", &format!("/v2/webhooks/{hook}"), &on);
    let plan = planned(&stage, at("https://example.com/one")).await;
    assert!(step(&plan, "webhook.Changes").fields[0].drift);
    assert_eq!(plan.drift().steps.len(), 1);
}

mod first {
    plg::stack! {
        name: "own",
        stages: { local: sandbox },

        dashboard Growth { pinned: false }
        annotation Launch { content: "We launched", on_date: "2026-11-01" }
    }
}

mod second {
    plg::stack! {
        name: "own",
        stages: { local: sandbox },

        dashboard Growth { pinned: true }
    }
}

#[tokio::test]
async fn what_an_earlier_deploy_did_unseen_is_not_said_to_be_changed_in_the_web_app() {
    let mut stage = Stage::new().await;
    stage.deploy(&first::STACK).await;
    // What is written is done, and nobody sees that it was.
    let is_cut = Arc::new(AtomicBool::new(false));
    let cut = is_cut.clone();
    stage.bend(move |request, pass| {
        if request.method == "PATCH" {
            cut.store(true, Ordering::Relaxed);
            pass(request);
        }
        cut.load(Ordering::Relaxed).then(|| Ok(Answer { status: 500, headers: Vec::new(), body: Vec::new() }))
    });
    let mut session = stage.open(&second::STACK).await;
    let plan = session.plan(&fresh()).await.expect("the stack fits");
    let outcome = session.apply(&plan, &quietly()).await.expect("the folder can be written");
    assert!(!outcome.failed.is_empty(), "{outcome:#?}");
    drop(session);
    stage.straighten();

    // Somebody goes back to what was declared before.
    let plan = stage.plan(&first::STACK).await;
    let growth = step(&plan, "dashboard.Growth");
    let pinned = growth.fields.iter().find(|field| field.field == "pinned");
    let is_sent = pinned.is_some_and(|field| field.own && !field.drift);
    let launch = step(&plan, "annotation.Launch");
    let is_removed =
        launch.own && launch.reason.as_deref() == Some("an earlier deploy sent its removal, and got no answer");
    // One of the two was under way when the line went down.
    assert!(is_sent || is_removed, "{plan:#?}");
    assert!(plan.drift().steps.is_empty(), "{:#?}", plan.drift().steps);
    assert!(!plan.own_writes().is_empty());
    let said = show::drift(&plan, PLAIN);
    assert!(said.contains("Done by an earlier deploy") && !said.contains("in the web app"), "{said}");
    stage.deploy(&first::STACK).await;
}
