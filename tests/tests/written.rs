//! What is written happens: former names of options, what a stage says of them, what is only referred to; and what can
//! not happen is said.

use plg_core::Stack;
use plg_runtime::error::Error;
use plg_runtime::plan::{Change, Plan, PlanOptions, UnmanagedBy};
use plg_runtime::show::{self, Picture, Style};
use serde_json::{Value, json};
use tests::stage::{Stage, fresh, step};

mod first {
    plg::stack! {
        name: "written",
        stages: { local: sandbox },
        attribute Plan { on: companies, slug: "plan", holds: select { Free, Pro } }
        attribute Phase { on: deals, slug: "phase", holds: status { Open, Won { celebrate: true } } }
    }
}

mod renamed {
    plg::stack! {
        name: "written",
        stages: { local: sandbox },
        attribute Plan { on: companies, slug: "plan", holds: select { Gratis { was: Free }, Pro } }
        attribute Phase { on: deals, slug: "phase", holds: status { Started { was: Open }, Won { celebrate: true } } }
    }
}

mod around {
    plg::stack! {
        name: "written",
        stages: { local: sandbox },
        attribute Tier {
            was: Plan, on: companies, slug: "plan", title: "Plan",
            holds: select { Basic { was: Gratis }, Pro { title: "Professional" } },
        }
        attribute Step { was: Phase, on: deals, slug: "phase", title: "Phase", holds: status { Begun { was: Started }, Won { celebrate: true } } }
    }
}

mod staged {
    plg::stack! {
        name: "written",
        stages: { local: sandbox, prod: sandbox },
        attribute Plan {
            on: companies, slug: "plan",
            holds: select { Free { title: "Free", in local { title: "Free of charge" } }, Pro { in prod { title: "Professional" } } },
        }
        attribute Phase { on: deals, slug: "phase", holds: status { Open { in local { target: 7 days } }, Won } }
    }
}

mod reordered {
    plg::stack! {
        name: "written",
        stages: { local: sandbox },
        attribute Plan { on: companies, slug: "plan", holds: select { Pro, Free } }
        attribute Phase { on: deals, slug: "phase", holds: status { New, Open, Won { celebrate: true } } }
    }
}

mod alike {
    plg::stack! {
        name: "written",
        stages: { local: sandbox },
        attribute Plan { on: companies, slug: "plan", holds: select { Free, Pro } }
        attribute Other { on: deals, slug: "plan", holds: select { Free } }
        dashboard Growth {}
        dashboard GrowthToo { title: "growth" }
        event Seen { name: "seen" }
        event SeenToo { name: "Seen" }
    }
}

mod there {
    plg::stack! {
        name: "written",
        stages: { local: sandbox },
        existing object Tenants { slug: "tenants" }
        existing list Targets { slug: "targets" }
        existing attribute Size { on: Tenants, slug: "size" }
        existing webhook Calls { url: "https://example.com/hook" }
        existing action Using {}
        existing cohort Pros {}
        existing feature_flag Shade { key: "shade" }
        existing early_access_feature ShadeSoon { flag: Shade }
        existing feature_flag Guide { key: "guide", variants: { control: 50%, test: 50% } }
        existing experiment_holdout Held {}
        existing shared_metric Uses {}
        existing experiment Guided { flag: Guide }
        existing survey Nps {}
        existing dashboard Growth {}
        existing insight Daily {}
        existing alert Falling { insight: Daily }
        existing subscription Weekly { sends: Daily }
        existing annotation Launch { content: "We launched", on_date: "2026-01-01" }
    }
}

mod noted {
    plg::stack! {
        name: "written",
        stages: { local: sandbox },
        existing annotation Launch { content: "We launched", on_date: "2026-01-01" }
        existing dashboard Growth {}
        insight Daily { on: [Growth], shows: trend [Used] }
        existing event Used { name: "used", properties: { plan: text } }
    }
}

const OPTIONS: &str = "/v2/objects/companies/attributes/plan/options?show_archived=true";
const STATUSES: &str = "/v2/objects/deals/attributes/phase/statuses?show_archived=true";

/// Ids and titles of what is live in a list.
fn rows(stage: &Stage, path: &str) -> Vec<(String, String)> {
    let id = |row: &Value| row["id"]["option_id"].as_str().or(row["id"]["status_id"].as_str()).map(str::to_owned);
    let found = stage.look(path)["data"].as_array().cloned().unwrap_or_default();
    let live = found.iter().filter(|row| row["is_archived"] != true);
    live.map(|row| (id(row).unwrap_or_default(), row["title"].as_str().unwrap_or_default().to_owned())).collect()
}

fn titles(stage: &Stage, path: &str) -> Vec<String> {
    rows(stage, path).into_iter().map(|(_, title)| title).collect()
}

fn noted<'a>(plan: &'a Plan, address: &str) -> Vec<&'a str> {
    let left = plan.step(address).into_iter().flat_map(|step| &step.unmanaged);
    left.filter(|left| left.whose == UnmanagedBy::Noted).map(|left| left.says.as_str()).collect()
}

#[tokio::test]
async fn an_option_that_was_called_otherwise_is_the_same_one() {
    let stage = Stage::new().await;
    stage.deploy(&first::STACK).await;
    let before = [rows(&stage, OPTIONS), rows(&stage, STATUSES)];
    for refresh in [true, false] {
        let plan =
            stage.reading(&renamed::STACK).await.plan(&PlanOptions { refresh, ..fresh() }).await.expect("it fits");
        for (address, was) in
            [("option.Plan.Gratis", "option.Plan.Free"), ("status.Phase.Started", "status.Phase.Open")]
        {
            let step = step(&plan, address);
            assert_eq!((step.change, step.renamed_from.as_deref()), (Change::Update, Some(was)), "{address}");
        }
        assert_eq!(plan.steps.iter().filter(|step| step.writes()).count(), 2, "{:#?}", plan.steps);
    }
    stage.deploy(&renamed::STACK).await;
    let after = [rows(&stage, OPTIONS), rows(&stage, STATUSES)];
    for ((before, after), title) in before.iter().zip(&after).zip(["Gratis", "Started"]) {
        assert_eq!(
            after.iter().map(|row| &row.0).collect::<Vec<_>>(),
            before.iter().map(|row| &row.0).collect::<Vec<_>>()
        );
        assert_eq!(after[0].1, title);
    }
    // What is within an attribute goes with it, whether or not it says so itself.
    let plan = stage.plan(&around::STACK).await;
    for (address, was) in [
        ("option.Tier.Basic", "option.Plan.Gratis"),
        ("option.Tier.Pro", "option.Plan.Pro"),
        ("status.Step.Begun", "status.Phase.Started"),
    ] {
        let step = step(&plan, address);
        assert_eq!((step.change, step.renamed_from.as_deref()), (Change::Update, Some(was)), "{address}");
    }
    stage.deploy(&around::STACK).await;
    assert_eq!(titles(&stage, OPTIONS), ["Basic", "Professional"]);
    assert_eq!(
        rows(&stage, STATUSES).iter().map(|row| &row.0).collect::<Vec<_>>(),
        before[1].iter().map(|row| &row.0).collect::<Vec<_>>()
    );
    assert!(stage.state(&around::STACK).resources.keys().all(|address| !address.contains("Plan")));
}

#[tokio::test]
async fn a_stage_has_options_of_its_own() {
    let stage = Stage::new().await;
    stage.deploy(&staged::STACK).await;
    assert_eq!(titles(&stage, OPTIONS), ["Free of charge", "Pro"]);
    let statuses = stage.look(STATUSES)["data"].clone();
    assert!(statuses[0]["target_time_in_status"].is_string(), "{statuses}");
    assert!(statuses[1]["target_time_in_status"].is_null(), "{statuses}");
    let wanted = |stage: &'static str| {
        let rows = staged::STACK.rows().map(move |row| row.at(stage));
        rows.filter(|item| item.spec().keyword == "option")
            .map(|item| item.want().fields["title"].as_str().unwrap_or_default().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(wanted("prod"), ["Free", "Professional"]);
    assert_eq!(wanted("local"), ["Free of charge", "Pro"]);
}

#[tokio::test]
async fn an_order_that_cannot_be_changed_is_said_once_and_is_no_difference() {
    let stage = Stage::new().await;
    stage.deploy(&first::STACK).await;
    assert!(noted(&stage.plan(&first::STACK).await, "attribute.Plan").is_empty());
    let plan = stage.plan(&reordered::STACK).await;
    let says = "its options stand there in the order in which they were made, which Attio cannot change: Free, Pro";
    assert_eq!(noted(&plan, "attribute.Plan"), [says]);
    assert_eq!(plan.count(Change::Update) + plan.count(Change::Replace) + plan.count(Change::Archive), 0);
    assert!(noted(&plan, "attribute.Phase")[0].ends_with("Open, Won, New"), "{:?}", noted(&plan, "attribute.Phase"));
    let picture = Picture::of_plan(&plan);
    for shown in [
        show::plan(&plan, Style { color: false, width: 100, verbose: false }),
        show::markdown(&picture),
        show::html(&picture),
        json!(plan).to_string(),
    ] {
        assert_eq!(shown.matches(says).count(), 1, "{shown}");
    }
    stage.deploy(&reordered::STACK).await;
    let plan = stage.plan(&reordered::STACK).await;
    assert!(!plan.changes());
    assert_eq!(noted(&plan, "attribute.Plan"), [says]);
}

#[tokio::test]
async fn what_differs_in_case_only_is_said() {
    let stage = Stage::new().await;
    let plan = stage.deploy(&alike::STACK).await;
    for (address, word, other) in
        [("dashboard.GrowthToo", "title", "dashboard.Growth"), ("event.SeenToo", "name", "event.Seen")]
    {
        let says = format!("its {word} differs from that of {other} only in upper and lower case");
        assert_eq!(noted(&plan, address), [says], "{address}");
    }
    let all: usize = plan.steps.iter().map(|step| noted(&plan, &step.address).len()).sum();
    assert_eq!(all, 2);
}

async fn refused(stage: &Stage, stack: &'static Stack) -> Vec<(String, String)> {
    match stage.planned(stack, false).await {
        Err(Error::Problems(all)) => all.into_iter().map(|one| (one.address, one.message)).collect(),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn what_exists_is_looked_for_by_its_key_alone() {
    let stage = Stage::new().await;
    let missing = refused(&stage, &there::STACK).await;
    assert!(missing.iter().all(|(_, message)| message == "it does not exist"), "{missing:#?}");
    for address in ["object.Tenants", "webhook.Calls", "annotation.Launch", "feature_flag.Shade", "dashboard.Growth"] {
        assert!(missing.iter().any(|(missing, _)| missing == address), "{address}: {missing:#?}");
    }

    let posthog = |list: &str, body: Value| stage.click("POST", &format!("/api/projects/12345/{list}/"), &body);
    posthog(
        "annotations",
        json!({ "content": "We launched", "date_marker": "2026-01-01T00:00:00Z", "scope": "project" }),
    );
    posthog("dashboards", json!({ "name": "Growth", "pinned": true }));
    let plan = stage.deploy(&noted::STACK).await;
    for address in ["annotation.Launch", "dashboard.Growth", "event.Used"] {
        assert_eq!(step(&plan, address).change, Change::Read, "{address}");
    }
    let notes = stage.look("/api/projects/12345/annotations/")["results"].as_array().map(Vec::len);
    assert_eq!(notes, Some(1));
}
