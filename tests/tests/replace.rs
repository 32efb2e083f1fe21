//! What cannot be changed is made anew, and what it replaces moves out of its way.

use plg_runtime::apply::{ApplyOptions, Outcome};
use plg_runtime::http::{ClientOptions, Endpoint, Endpoints};
use plg_runtime::plan::{Change, Plan};
use plg_runtime::progress::Silent;
use plg_runtime::secret::Secret;
use plg_runtime::session::{Environment, Options, PlanOptions, Session, folder};
use plg_sandbox::{Request, Running, Sandbox};
use plg_schema::Stack;
use serde_json::Value;
use std::path::Path;
use std::sync::Arc;

mod numbers {
    plg_macros::stack! {
        name: "replaced",
        stages: { local: sandbox },
        attribute Tier { on: companies, slug: "tier", holds: number }
    }
}

mod options {
    plg_macros::stack! {
        name: "replaced",
        stages: { local: sandbox },
        attribute Tier { on: companies, slug: "tier", holds: select { One, Two } }
    }
}

async fn deploy(running: &Running, root: &Path, stack: &'static Stack, destroy: bool) -> (Plan, Outcome) {
    let endpoint = Endpoint { base: running.url(), key: Secret::new("k".to_owned()) };
    let options = Options {
        stack,
        stage: "local".into(),
        keeper: plg_runtime::seal::Keeper::new(None, &plg_runtime::session::key(root)),
        medium: Arc::new(plg_runtime::store::Folder::new(&folder(root, stack.name, "local"))),
        endpoints: Endpoints { attio: endpoint.clone(), posthog: endpoint, project: 12345 },
        environment: Environment::new(|_| None),
        command: "test".into(),
        reading: false,
        client: ClientOptions::default(),
    };
    let mut session = Session::open(options).await.expect("the sandbox answers");
    let plan =
        session.plan(&PlanOptions { refresh: true, destroy, targets: Vec::new() }).await.expect("the stack fits");
    let apply =
        ApplyOptions { parallelism: 4, cancel: tokio_util::sync::CancellationToken::new(), progress: Arc::new(Silent) };
    let outcome = session.apply(&plan, &apply).await.expect("the session writes");
    assert!(outcome.failed.is_empty(), "{:?}", outcome.failed);
    (plan, outcome)
}

/// Attributes of companies that are not Attio's own: slug, type, archived.
fn attributes(running: &Running) -> Vec<(String, String, bool)> {
    let mut request = Request::new("GET", "/v2/objects/companies/attributes?show_archived=true");
    request.headers.push(("authorization".into(), "Bearer x".into()));
    let body = running.sandbox().answer(&request).body.expect("a list has a body");
    let text = |row: &Value, key: &str| row[key].as_str().unwrap_or_default().to_owned();
    let rows = body["data"].as_array().expect("a list has rows").iter().filter(|r| r["is_system_attribute"] == false);
    rows.map(|r| (text(r, "api_slug"), text(r, "type"), r["is_archived"] == true)).collect()
}

fn change(plan: &Plan, address: &str) -> Change {
    plan.step(address).expect("a step").change
}

#[tokio::test]
async fn an_attribute_of_another_type_takes_over_the_slug() {
    let root = tempfile::tempdir().unwrap();
    let running = Sandbox::start(([127, 0, 0, 1], 0).into(), None).await.unwrap();
    deploy(&running, root.path(), &numbers::STACK, false).await;

    let (plan, _) = deploy(&running, root.path(), &options::STACK, false).await;
    assert_eq!(change(&plan, "attribute.Tier"), Change::Replace);
    assert_eq!(plan.step("attribute.Tier").unwrap().reason.as_deref(), Some("`type` cannot be changed"));
    let there = attributes(&running);
    assert_eq!(there.len(), 2);
    assert!(there[0].0.starts_with("tier_archived_") && there[0].2, "{there:?}");
    assert_eq!(there[1], ("tier".to_owned(), "select".to_owned(), false));
    let (plan, _) = deploy(&running, root.path(), &options::STACK, false).await;
    assert!(!plan.changes(), "{plan:#?}");

    // Archived by a destroy, it still holds the slug when something else is declared under it.
    deploy(&running, root.path(), &options::STACK, true).await;
    let (plan, _) = deploy(&running, root.path(), &numbers::STACK, false).await;
    assert_eq!(change(&plan, "attribute.Tier"), Change::Replace);
    let live: Vec<_> = attributes(&running).into_iter().filter(|a| !a.2).collect();
    assert_eq!(live, [("tier".to_owned(), "number".to_owned(), false)]);
    let (plan, _) = deploy(&running, root.path(), &numbers::STACK, false).await;
    assert!(!plan.changes(), "{plan:#?}");
}
