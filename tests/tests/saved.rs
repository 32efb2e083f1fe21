//! A saved plan is applied as it is; what moved since, in the stack, in the state or in the web
//! app, is refused by name, and nothing else is.

use plg_core::Stack;
use plg_runtime::error::Error;
use plg_runtime::plan::saved::Saved;
use plg_test::variant;
use serde_json::{Value, json};
use tests::stage::{Stage, fresh, quietly};

plg::stack! {
    name: "saved",
    stages: { local: sandbox },
    /// Where a customer stands.
    attribute Phase { on: companies, slug: "phase", holds: select { Trial, Paying } }
    /// Who came lately.
    cohort Newcomers { all: [did(Came, within: 7 days)] }
    /// Somebody came.
    event Came { name: "came" }
    /// What is new.
    feature_flag Welcome { key: "welcome", rollout: 10% }
    /// What we look at.
    dashboard Growth {}
}

/// The stack with other words for one address, and without another.
fn edited(address: &'static str, without: &'static str) -> &'static Stack {
    variant(
        &STACK,
        "local",
        move |a| a != without,
        move |a, fields| {
            if a == address {
                fields.insert("description", "In other words.");
            }
        },
    )
}

async fn save(stage: &Stage, stack: &'static Stack) -> Saved {
    let mut session = stage.reading(stack).await;
    let plan = session.plan(&fresh()).await.expect("it can be planned");
    // As it is read from its file.
    let bytes = session.save(&plan, &fresh()).bytes().expect("it can be written");
    Saved::parse(&bytes).expect("it is what was written")
}

/// What is refused, each with its reason, and that nothing was changed.
async fn refused(stage: &Stage, stack: &'static Stack, saved: &Saved) -> Vec<(String, String)> {
    let before = stage.sandbox().rows();
    let restored = stage.open(stack).await.restore(saved).await;
    assert!(
        stage
            .sandbox()
            .rows()
            .iter()
            .filter(|((t, _), _)| !t.starts_with('_'))
            .eq(before.iter().filter(|((t, _), _)| !t.starts_with('_')))
    );
    let Err(Error::Stale { moved, .. }) = restored else { panic!("another version of plg saved it: {restored:?}") };
    moved.into_iter().map(|m| (m.address, m.what)).collect()
}

fn names(moved: &[(String, String)]) -> Vec<(&str, &str)> {
    moved.iter().map(|(address, what)| (address.as_str(), what.as_str())).collect()
}

#[tokio::test]
async fn what_moved_is_refused_and_named_and_nothing_else_is() {
    let stage = Stage::new().await;
    let wanted = edited("dashboard.Growth", "");
    let first = save(&stage, &STACK).await;
    // Nothing moved: exactly this is applied.
    let mut session = stage.open(&STACK).await;
    let plan = session.restore(&first).await.expect("nothing moved");
    let outcome = session.apply(&plan, &quietly()).await.expect("the folder can be written");
    assert!(outcome.failed.is_empty(), "{:?}", outcome.failed);
    drop(session);

    // The stack moved: one is declared differently, one is gone.
    let saved = save(&stage, wanted).await;
    let moved = refused(&stage, edited("feature_flag.Welcome", "dashboard.Growth"), &saved).await;
    let differently = "its declaration changed";
    assert_eq!(names(&moved), [("dashboard.Growth", differently), ("feature_flag.Welcome", differently)]);

    // The web app moved, and only where it matters to the plan.
    let flags = stage.look("/api/projects/12345/feature_flags/?limit=100");
    let flag = flags["results"].as_array().and_then(|all| all.iter().find(|f| f["key"] == "welcome")).expect("a flag");
    stage.click("PATCH", &format!("/api/projects/12345/feature_flags/{}/", flag["id"]), &json!({ "name": "By hand" }));
    stage.click("POST", "/api/projects/12345/dashboards/", &json!({ "name": "Somebody's" }));
    let moved = refused(&stage, wanted, &saved).await;
    assert_eq!(names(&moved), [("feature_flag.Welcome", "it was changed in the web app")]);

    // The state moved: another deploy was faster.
    let saved = save(&stage, wanted).await;
    stage.deploy(edited("cohort.Newcomers", "")).await;
    let moved = refused(&stage, wanted, &saved).await;
    let known: Vec<&str> = moved.iter().map(|(address, _)| address.as_str()).collect();
    assert_eq!(known, ["cohort.Newcomers", "feature_flag.Welcome"], "{moved:?}");

    // A forged one is none: there is nothing in it that is applied unseen.
    let saved = save(&stage, wanted).await;
    let mut json: Value = serde_json::from_slice(&saved.bytes().expect("it can be written")).expect("it is JSON");
    json["steps"] = json!([]);
    assert!(Saved::parse(json.to_string().as_bytes()).is_err());
}

mod watched {
    plg::stack! { name: "watched", stages: { local: sandbox }, dashboard Growth { filters: { last: 30 days } } }
}

mod watched_longer {
    plg::stack! { name: "watched", stages: { local: sandbox }, dashboard Growth { filters: { last: 90 days } } }
}

#[tokio::test]
async fn a_plan_that_was_applied_says_so_when_and_by_whom() {
    let stage = Stage::new().await;
    let saved = save(&stage, &watched::STACK).await;
    let mut session = stage.open(&watched::STACK).await;
    let mut by = plg_runtime::store::By::default();
    (by.user, by.host, by.commit) = ("anna".to_owned(), "desk".to_owned(), Some("1a2b3c4d5e6f".to_owned()));
    session.signed(by);
    let plan = session.restore(&saved).await.expect("nothing moved");
    session.apply(&plan, &tests::stage::quietly()).await.expect("it is applied");
    drop(session);
    let again = stage.open(&watched::STACK).await.restore(&saved).await;
    let Err(error @ Error::Applied { .. }) = again else { panic!("it was applied: {again:?}") };
    let said = error.to_string();
    assert!(
        said.contains("was applied already, by deploy 1 at ") && said.ends_with("by anna@desk, from commit 1a2b3c4")
    );
}

#[tokio::test]
async fn who_only_looks_at_something_moves_nothing() {
    let stage = Stage::new().await;
    stage.deploy(&watched::STACK).await;
    let id = stage.entry(&watched::STACK, "dashboard.Growth").expect("it was deployed").id;
    let saved = save(&stage, &watched_longer::STACK).await;
    let path = format!("/api/projects/12345/dashboards/{id}/");
    stage.click("GET", &path, &Value::Null);
    stage.open(&watched_longer::STACK).await.restore(&saved).await.expect("nobody changed it");
    // Whoever changes it, does.
    stage.click("PATCH", &path, &json!({ "description": "Ours" }));
    let restored = stage.open(&watched_longer::STACK).await.restore(&saved).await;
    let Err(Error::Stale { moved, .. }) = restored else { panic!("another version of plg saved it: {restored:?}") };
    assert_eq!(
        (moved[0].address.as_str(), moved[0].what.as_str()),
        ("dashboard.Growth", "it was changed in the web app")
    );
}
