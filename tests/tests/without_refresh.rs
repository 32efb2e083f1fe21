//! A deploy that does not look at what is live still knows what it has to: what was there before plg.

use plg_core::Stack;
use plg_runtime::plan::{Change, Plan};
use plg_runtime::session::{Environment, PlanOptions};
use plg_runtime::show;
use serde_json::json;
use tests::stage::{Stage, addresses, fresh, quietly, step};

mod first {
    plg::stack! {
        name: "unseen",
        stages: { local: sandbox },

        existing attribute Domains { on: companies, slug: "domains", holds: domain }
        attribute Phase { on: companies, slug: "phase", holds: select { Trial, Active } }
        webhook Changes { url: "https://example.com/hook", on: [companies.created, deals.created] }
        feature_flag Welcome { key: "welcome", rollout: 10% }
    }
}

mod edited {
    plg::stack! {
        name: "unseen",
        stages: { local: sandbox },

        existing attribute Domains { on: companies, slug: "domains", holds: domain }
        /// How far they are.
        attribute Phase { on: companies, slug: "phase", holds: select { Trial, Active, Churned } }
        attribute Score { on: people, slug: "score", holds: number }
        webhook Changes { url: "https://example.com/hook", on: [companies.created, deals.created] }
        feature_flag Welcome { key: "welcome", rollout: 10% }
    }
}

mod astray {
    plg::stack! {
        name: "unseen",
        stages: { local: sandbox },

        existing object Workspaces { slug: "workspaces" }
        attribute Score { on: Workspaces, slug: "score", holds: number }
    }
}

fn unseen() -> PlanOptions {
    PlanOptions { refresh: false, ..fresh() }
}

async fn deploy(stage: &Stage, stack: &'static Stack) -> Plan {
    let mut session = stage.open(stack).await;
    let plan = session.plan(&unseen()).await.expect("the stack fits");
    assert!(!plan.refreshed);
    let outcome = session.apply(&plan, &quietly()).await.expect("the folder can be written");
    assert!(outcome.failed.is_empty(), "{:#?}", outcome.failed);
    plan
}

#[tokio::test]
async fn what_is_made_refers_to_what_was_there_before() {
    let stage = Stage::new().await;
    deploy(&stage, &first::STACK).await;
    stage.settled(&first::STACK).await;
    let plan = deploy(&stage, &edited::STACK).await;
    assert_eq!(addresses(&plan, Change::Update), ["attribute.Phase"]);
    assert_eq!(addresses(&plan, Change::Create), ["attribute.Score", "option.Phase.Churned"]);
    stage.settled(&edited::STACK).await;
}

#[tokio::test]
async fn nothing_is_looked_at_where_nothing_is_written() {
    let stage = Stage::new().await;
    stage.deploy(&first::STACK).await;
    let flag = stage.entry(&first::STACK, "feature_flag.Welcome").expect("it was deployed").id;
    stage.click("PATCH", &format!("/api/projects/12345/feature_flags/{flag}/"), &json!({ "active": false }));
    let mut session = stage.reading(&first::STACK).await;
    let before = session.requests().reads;
    let plan = session.plan(&unseen()).await.expect("the stack fits");
    assert!(!plan.changes());
    // What is removed is remembered with all that it takes.
    let gone = session.plan(&PlanOptions { destroy: true, ..unseen() }).await.expect("the stack fits");
    assert!(gone.changes());
    assert_eq!(session.requests().reads, before);
}

#[tokio::test]
async fn what_should_be_there_and_is_not_is_said_before_anything_is_done() {
    let stage = Stage::new().await;
    let refused = stage.reading(&astray::STACK).await.plan(&unseen()).await.expect_err("it is not switched on");
    assert!(refused.to_string().contains("object.Workspaces"), "{refused}");
    assert_eq!(stage.sandbox().stats().of("attio").writes, 0);
}

mod titled {
    plg::stack! {
        name: "unseen",
        stages: { local: sandbox },

        event Used { name: "used" }
        attribute Phase { on: companies, slug: "phase", holds: select { Trial, Active } }
        feature_flag Welcome { key: "welcome", rollout: 10% }
        dashboard Growth { title: "Growth" }
        insight Uses { title: "Uses", on: [Growth], shows: trend [Used] }
        webhook Changes { url: env("HOOK"), on: [companies.created] }
    }
}

mod retitled {
    plg::stack! {
        name: "unseen",
        stages: { local: sandbox },

        event Used { name: "used" }
        attribute Stage { on: companies, slug: "phase", title: "Phase", holds: select { Trial, Active } }
        feature_flag Hello { key: "welcome", rollout: 10% }
        dashboard Growing { title: "Growth" }
        insight UsesByDay { title: "Uses", on: [Growing], shows: trend [Used] }
        webhook Calls { url: env("HOOK"), on: [companies.created] }
    }
}

mod guarded {
    plg::stack! {
        name: "unseen",
        stages: { local: sandbox },

        event Used { name: "used" }
        attribute Phase { on: companies, slug: "phase", holds: select { Trial, Active }, on_destroy: keep }
        feature_flag Welcome { key: "welcome", rollout: 10%, protect: true }
        dashboard Growth { title: "Growth" }
        insight Uses { title: "Uses", on: [Growth], shows: trend [Used] }
        webhook Changes { url: env("HOOK"), on: [companies.created] }
    }
}

const RENAMED: [(&str, &str); 7] = [
    ("attribute.Stage", "attribute.Phase"),
    ("option.Stage.Trial", "option.Phase.Trial"),
    ("option.Stage.Active", "option.Phase.Active"),
    ("feature_flag.Hello", "feature_flag.Welcome"),
    ("dashboard.Growing", "dashboard.Growth"),
    ("insight.UsesByDay", "insight.Uses"),
    ("webhook.Calls", "webhook.Changes"),
];

fn with_hook() -> Environment {
    Environment::new(|name| (name == "HOOK").then(|| "https://example.com/hook".to_owned()))
}

#[tokio::test]
async fn a_rename_is_one_whether_or_not_anybody_looks() {
    for refresh in [false, true] {
        let stage = Stage::new().await;
        stage.deploy_with(&titled::STACK, with_hook()).await;
        let was = stage.state(&titled::STACK);
        // Its name in the web app is no reason to call it another one.
        let id = &was.resources["dashboard.Growth"].id;
        stage.click("PATCH", &format!("/api/projects/12345/dashboards/{id}/"), &json!({ "name": "Renamed by hand" }));
        let mut session = stage.open_with(&retitled::STACK, with_hook()).await;
        let plan = session.plan(&PlanOptions { refresh, ..fresh() }).await.expect("the stack fits");
        for (now, before) in RENAMED {
            assert_eq!(step(&plan, now).renamed_from.as_deref(), Some(before), "{now}, refresh: {refresh}");
        }
        assert_eq!(plan.losses(), [""; 0]);
        assert_eq!(addresses(&plan, Change::Create), [""; 0]);
        assert!(plan.remembers());
        let outcome = session.apply(&plan, &quietly()).await.expect("the folder can be written");
        assert!(outcome.failed.is_empty(), "{:#?}", outcome.failed);
        let state = stage.state(&retitled::STACK);
        for (now, before) in RENAMED {
            assert_eq!(state.resources[now].id, was.resources[before].id);
        }
    }
}

#[tokio::test]
async fn a_target_that_another_declaration_stands_for_is_not_deleted() {
    for refresh in [false, true] {
        let stage = Stage::new().await;
        stage.deploy_with(&titled::STACK, with_hook()).await;
        let mut session = stage.reading_with(&retitled::STACK, with_hook()).await;
        let targets = vec!["dashboard.Growth".to_owned(), "feature_flag.Welcome".to_owned()];
        let plan = session.plan(&PlanOptions { refresh, targets, ..fresh() }).await.expect("the stack fits");
        assert_eq!(plan.losses(), [""; 0], "refresh: {refresh}");
        assert_eq!(step(&plan, "dashboard.Growing").renamed_from.as_deref(), Some("dashboard.Growth"));
        assert!(plan.step("insight.UsesByDay").is_none());
    }
}

#[tokio::test]
async fn nothing_is_made_that_was_not_looked_for() {
    let mut stage = Stage::new().await;
    stage.deploy_with(&titled::STACK, with_hook()).await;
    let count = |stage: &Stage| {
        let dashboards = stage.look("/api/projects/12345/dashboards/")["results"].as_array().map_or(0, Vec::len);
        let insights = stage.look("/api/projects/12345/insights/")["results"].as_array().map_or(0, Vec::len);
        (dashboards, insights, stage.look("/v2/webhooks")["data"].as_array().map_or(0, Vec::len))
    };
    let before = count(&stage);
    stage.forget();
    let mut session = stage.open_with(&titled::STACK, with_hook()).await;
    let plan = session.plan(&unseen()).await.expect("the stack fits");
    assert_eq!(addresses(&plan, Change::Create), [""; 0]);
    let outcome = session.apply(&plan, &quietly()).await.expect("the folder can be written");
    assert!(outcome.failed.is_empty(), "{:#?}", outcome.failed);
    assert_eq!(count(&stage), before);
}

#[tokio::test]
async fn how_something_is_treated_is_remembered_without_a_look() {
    for refresh in [false, true] {
        let stage = Stage::new().await;
        stage.deploy_with(&titled::STACK, with_hook()).await;
        let mut session = stage.open_with(&guarded::STACK, with_hook()).await;
        let plan = session.plan(&PlanOptions { refresh, ..fresh() }).await.expect("the stack fits");
        assert!(!plan.changes() && plan.remembers());
        assert_eq!(step(&plan, "feature_flag.Welcome").remembers, ["`protect: true`"]);
        assert_eq!(step(&plan, "attribute.Phase").remembers, ["`on_destroy: keep`"]);
        session.apply(&plan, &quietly()).await.expect("the folder can be written");
        drop(session);
        let state = stage.state(&guarded::STACK);
        assert!(state.resources["feature_flag.Welcome"].protect);
        assert_eq!(state.resources["attribute.Phase"].on_destroy, "keep");
        let again = stage.reading_with(&guarded::STACK, with_hook()).await.plan(&unseen()).await.expect("it fits");
        assert!(!again.remembers());
    }
}

#[tokio::test]
async fn what_people_toggled_is_told_as_it_was_seen_last() {
    let stage = Stage::new().await;
    stage.deploy(&first::STACK).await;
    let flag = stage.entry(&first::STACK, "feature_flag.Welcome").expect("it was deployed").id;
    let path = format!("/api/projects/12345/feature_flags/{flag}/");
    stage.click("PATCH", &path, &json!({ "active": false }));
    let seen = async || stage.reading(&first::STACK).await.plan(&unseen()).await.expect("the stack fits").not_queried;
    assert_eq!(seen().await, []);
    stage.apply(&first::STACK, false).await;
    let told = seen().await;
    assert_eq!((told.len(), told[0].address.as_str(), told[0].looked), (1, "feature_flag.Welcome", false));
    assert!(told[0].says.contains("active") && told[0].age_seconds < 60, "{told:?}");
    let plan = stage.reading(&first::STACK).await.plan(&unseen()).await.expect("the stack fits");
    let text = show::plan(&plan, show::Style { color: false, width: 100, verbose: false });
    assert!(text.contains("Not queried\n    feature_flag.Welcome: ") && text.contains("seconds ago"), "{text}");
    assert!(show::markdown(&show::Picture::of_plan(&plan)).contains("`feature_flag.Welcome`: "), "{text}");
    // Back as it was: nothing is left to tell.
    stage.click("PATCH", &path, &json!({ "active": true }));
    stage.apply(&first::STACK, false).await;
    assert_eq!(seen().await, []);
}
