//! What cannot be changed is made anew, and what it replaces moves out of its way.

use plg_runtime::plan::{Change, Plan};
use serde_json::Value;
use tests::stage::{Stage, step};

mod numbers {
    plg::stack! {
        name: "replaced",
        stages: { local: sandbox },
        attribute Tier { on: companies, slug: "tier", holds: number }
    }
}

mod options {
    plg::stack! {
        name: "replaced",
        stages: { local: sandbox },
        attribute Tier { on: companies, slug: "tier", holds: select { One, Two } }
    }
}

/// Attributes of companies that are not Attio's own: slug, type, archived.
fn attributes(stage: &Stage) -> Vec<(String, String, bool)> {
    let body = stage.look("/v2/objects/companies/attributes?show_archived=true");
    let text = |row: &Value, key: &str| row[key].as_str().unwrap_or_default().to_owned();
    let rows = body["data"].as_array().expect("a list has rows").iter().filter(|r| r["is_system_attribute"] == false);
    rows.map(|r| (text(r, "api_slug"), text(r, "type"), r["is_archived"] == true)).collect()
}

fn change(plan: &Plan, address: &str) -> Change {
    step(plan, address).change
}

#[tokio::test]
async fn an_attribute_of_another_type_takes_over_the_slug() {
    let stage = Stage::new().await;
    stage.deploy(&numbers::STACK).await;

    let plan = stage.deploy(&options::STACK).await;
    assert_eq!(change(&plan, "attribute.Tier"), Change::Replace);
    assert_eq!(step(&plan, "attribute.Tier").reason.as_deref(), Some("`holds` cannot be changed"));
    let there = attributes(&stage);
    assert_eq!(there.len(), 2);
    assert!(there[0].0.starts_with("tier_archived_") && there[0].2, "{there:?}");
    assert_eq!(there[1], ("tier".to_owned(), "select".to_owned(), false));

    // Archived by a destroy, it still holds the slug when something else is declared under it.
    stage.destroy(&options::STACK).await;
    let plan = stage.deploy(&numbers::STACK).await;
    assert_eq!(change(&plan, "attribute.Tier"), Change::Replace);
    let live: Vec<_> = attributes(&stage).into_iter().filter(|a| !a.2).collect();
    assert_eq!(live, [("tier".to_owned(), "number".to_owned(), false)]);
}
