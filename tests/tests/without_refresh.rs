//! A deploy that does not look at what is live still knows what it has to: what was there before plg.

use plg_runtime::plan::{Change, Plan};
use plg_runtime::session::PlanOptions;
use plg_schema::Stack;
use serde_json::json;
use tests::stage::{Stage, addresses, fresh, quietly};

mod first {
    plg_macros::stack! {
        name: "unseen",
        stages: { local: sandbox },

        existing attribute Domains { on: companies, slug: "domains", holds: domain }
        attribute Phase { on: companies, slug: "phase", holds: select { Trial, Active } }
        webhook Changes { url: "https://example.com/hook", on: [companies.created, deals.created] }
        feature_flag Welcome { key: "welcome", rollout: 10% }
    }
}

mod edited {
    plg_macros::stack! {
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
    plg_macros::stack! {
        name: "unseen",
        stages: { local: sandbox },

        existing object Workspaces { slug: "workspaces", plural: "Workspaces" }
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
    assert_eq!(stage.sandbox().stats().attio.writes, 0);
}
