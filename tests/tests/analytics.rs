//! Analytics as growth teams have them: what insights and dashboards can say is deployed and changes nothing afterwards,
//! and a project that grew in the web app is written down whole.

#[path = "analytics/project.rs"]
mod project;

use plg_core::{Declared, Stack, StackItems};
use plg_runtime::plan::Change;
use tests::stage::{Stage, addresses};

mod growth {
    plg::stack! {
        name: "growth",
        stages: { local: sandbox },

        event SignedUp { name: "signed_up", properties: { plan: text, source: text } }
        event Used { name: "feature_used", properties: { feature: text, seconds: number } }
        event Paid { name: "plan_paid", properties: { amount: number, currency: text, plan: text } }
        event Refunded { name: "refunded" }
        property Plan { name: "plan", holds: text }
        cohort Champions { all: [did(Used, at_least: 10, within: 7 days)] }
        insight_variable Country { holds: text, default: "DE" }

        insight PaidUse { shows: trend [count(Used, with: [{ property: "feature", is: ["export"] }])] }
        insight ByCohort { shows: trend [Used] { breakdown: members [Champions] } }
        insight Slowest { shows: trend [p90(Used, of: "seconds")] }
        insight FirstQuarter { shows: trend [SignedUp] { from: "2026-01-01", to: "2026-03-31", exact: true } }
        insight BySourceAndPlan { shows: trend [SignedUp] { breakdowns: ["source", "plan"] } }
        insight Kept { shows: funnel [SignedUp, Used, Paid] { exclusions: [{ what: Refunded, after: 1, before: 3 }] } }
        insight Ways { shows: paths { of: [pages], starting_at: "/pricing", without: ["/login"] } }
        insight Companies { shows: trend [groups(Used, of: 0)] }
        insight Goal { shows: trend [Paid] { goal_lines: [{ label: "Plan", value: 100 }] } }
        insight Share { shows: trend [SignedUp, Used, Paid] { formula: "(B + C) / A * 100" } }
        insight PerCountry { shows: sql("SELECT count() FROM events WHERE properties.country = {variables.country}", variables: [Country]) }

        dashboard Board {
            tiles: [
                text("## What pays"),
                insight(Goal, at: { x: 0, y: 1, w: 12, h: 5 }, colour: blue),
                Share,
                Kept,
            ],
            filters: { last: 30 days, with: [member(Champions)] },
        }
        alert FewerPay { insight: Kept, when: value(below: 5) }
        annotation Launch { content: "The new plans", on_date: "2026-02-01", on: Goal }
    }
}

#[tokio::test]
async fn what_growth_teams_ask_is_deployed_and_stays_as_it_is() {
    let stage = Stage::new().await;
    stage.deploy(&growth::STACK).await;
    stage.settled(&growth::STACK).await;
    stage.settled(&growth::STACK).await;
    assert_eq!(stage.destroy(&growth::STACK).await.failed.len(), 0);
}

mod nothing {
    plg::stack! { name: "analytics", stages: { local: sandbox } }
}

/// The keys that the import says it leaves out.
fn left_out(imported: &plg_runtime::answers::import::Imported) -> Vec<&str> {
    let said = imported.said.iter().filter(|said| said.kind != "other kinds");
    said.flat_map(|said| &said.keys).map(String::as_str).collect()
}

#[tokio::test]
async fn a_project_of_the_web_app_is_written_whole() {
    let stage = Stage::new().await;
    let insights = project::fill(&stage);
    assert!(insights >= 150, "{insights}");
    let imported = stage.reading(&nothing::STACK).await.import(&nothing::STACK).await.expect("it can be written down");
    assert_eq!(imported.unproved, [""; 0], "{}", imported.source);
    let raw: Vec<&str> = imported.source.lines().filter(|line| line.contains("shows: query {")).collect();
    assert_eq!(raw, [""; 0], "{}", imported.source);
    assert_eq!(left_out(&imported), project::LEFT_OUT);
}

#[tokio::test]
async fn a_plan_over_every_kind_of_insight_shows_no_drift() {
    let stage = Stage::new().await;
    for _ in 0..3 {
        project::fill(&stage);
    }
    let imported = stage.reading(&nothing::STACK).await.import(&nothing::STACK).await.expect("it can be written down");
    let items: Vec<&'static dyn Declared> = imported.items.clone();
    let insights = items.iter().filter(|item| item.spec().keyword == "insight").count();
    assert!(insights >= 450, "{insights}");
    let stack: &'static Stack = Box::leak(Box::new(Stack { items: StackItems::of(items), ..nothing::STACK }));
    let plan = stage.plan(stack).await;
    let changed: Vec<String> = plan
        .steps
        .iter()
        .filter(|step| !step.fields.is_empty() || !matches!(step.change, Change::Adopt | Change::Read))
        .map(|step| format!("{} {:?} {:?}", step.address, step.change, step.words))
        .collect();
    assert_eq!(changed, [""; 0]);
    assert_eq!(addresses(&plan, Change::Create), [""; 0]);
}
