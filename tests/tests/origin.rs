//! What plg made goes when it is no longer declared; what was there before stays as it is, unless somebody says otherwise.

use plg_core::Stack;
use plg_runtime::error::Error;
use plg_runtime::plan::{Change, Plan};
use plg_runtime::session::PlanOptions;
use plg_runtime::show::{self, Picture, Style};
use plg_runtime::store::{Origin, State};
use serde_json::{Value, json};
use tests::stage::{Stage, addresses, fresh, quietly, step};

mod two {
    plg::stack! {
        name: "origins",
        stages: { local: sandbox },
        /// What we look at.
        dashboard Metrics { title: "Product Metrics" }
        feature_flag Shade { key: "shade", rollout: 10% }
    }
}

mod renamed {
    plg::stack! {
        name: "origins",
        stages: { local: sandbox },
        /// What everybody looks at.
        dashboard Figures { was: Metrics, title: "Product Metrics" }
        feature_flag Dark { was: Shade, key: "shade", rollout: 20% }
    }
}

mod nothing {
    plg::stack! { name: "origins", stages: { local: sandbox } }
}

mod written {
    plg::stack! {
        name: "origins",
        stages: { local: sandbox },
        /// What we look at.
        dashboard Metrics { title: "Product Metrics", on_destroy: delete }
        feature_flag Shade { key: "shade", rollout: 10%, on_destroy: keep }
        attribute Tier { on: companies, slug: "tier", holds: text, on_destroy: archive }
    }
}

mod numbers {
    plg::stack! {
        name: "origins",
        stages: { local: sandbox },
        attribute Tier { on: companies, slug: "tier", holds: number }
    }
}

mod texts {
    plg::stack! {
        name: "origins",
        stages: { local: sandbox },
        attribute Tier { on: companies, slug: "tier", holds: text }
    }
}

const DASHBOARDS: &str = "/api/projects/12345/dashboards/";
const FLAGS: &str = "/api/projects/12345/feature_flags/";

/// What people made in 2023: where it is.
fn by_hand(stage: &Stage) -> String {
    let made = stage.click("POST", DASHBOARDS, &json!({ "name": "Product Metrics", "tags": ["byhand"] }));
    format!("{DASHBOARDS}{}/", made["id"])
}

fn is_gone(stage: &Stage, path: &str) -> bool {
    let reply = stage.ask("GET", path, &Value::Null);
    reply.status == 404 || reply.body.is_some_and(|row| row["deleted"] == true)
}

fn all() -> PlanOptions {
    PlanOptions { include_adopted: true, ..fresh() }
}

fn origins(state: &State) -> Vec<(&str, Origin)> {
    state.resources.iter().map(|(address, entry)| (address.as_str(), entry.origin)).collect()
}

/// Makes the state one of a plg that noted no origins, and wrote `archive` for everything.
fn of_before(stage: &Stage, stack: &'static Stack) {
    stage.remember(stack, |state| {
        for entry in state.resources.values_mut() {
            (entry.origin, entry.on_destroy) = (Origin::Unknown, "archive".into());
        }
    });
}

#[tokio::test]
async fn what_people_made_stays_when_everything_goes() {
    let stage = Stage::new().await;
    let path = by_hand(&stage);
    stage.deploy(&two::STACK).await;
    let state = stage.state(&two::STACK);
    assert_eq!(origins(&state), [("dashboard.Metrics", Origin::Adopted), ("feature_flag.Shade", Origin::Made)]);
    assert_eq!(state.history[0].adopted, 1, "an adoption is counted as one: {:?}", state.history);
    assert_eq!((state.history[0].created, state.history[0].changed), (1, 0));

    let (plan, outcome) = stage.apply(&two::STACK, true).await;
    let stays = step(&plan, "dashboard.Metrics");
    assert_eq!((stays.change, step(&plan, "feature_flag.Shade").change), (Change::Forget, Change::Delete));
    assert_eq!(stays.reason.as_deref(), Some("it existed before plg: it stays as it is"));
    assert_eq!(show::summary(&plan), "1 to delete, 1 to forget");
    assert_eq!(outcome.behind.len(), 1, "{:?}", outcome.behind);
    assert!(!is_gone(&stage, &path) && stage.state(&two::STACK).resources.is_empty());
    assert_eq!(stage.look(FLAGS)["count"], 0);
}

#[tokio::test]
async fn what_is_no_longer_declared_is_let_go_unless_it_is_said_that_it_goes() {
    let stage = Stage::new().await;
    let path = by_hand(&stage);
    stage.deploy(&two::STACK).await;
    let plan = stage.deploy(&nothing::STACK).await;
    assert_eq!(addresses(&plan, Change::Forget), ["dashboard.Metrics"]);
    assert!(!is_gone(&stage, &path));

    stage.deploy(&two::STACK).await;
    let (plan, outcome) = stage.apply_with(&nothing::STACK, &all(), &quietly()).await;
    assert!(outcome.failed.is_empty(), "{:?}", outcome.failed);
    assert_eq!(plan.count(Change::Delete), 2, "{plan:#?}");
    assert!(is_gone(&stage, &path));
}

#[tokio::test]
async fn a_saved_plan_carries_what_was_said() {
    let stage = Stage::new().await;
    by_hand(&stage);
    stage.deploy(&two::STACK).await;
    let mut session = stage.open(&two::STACK).await;
    for options in [PlanOptions { destroy: true, ..fresh() }, PlanOptions { destroy: true, ..all() }] {
        let plan = session.plan(&options).await.expect("it fits");
        assert_eq!(plan.count(Change::Delete), 1 + usize::from(options.include_adopted));
        let saved = session.save(&plan, &options).bytes().expect("JSON");
        assert_eq!(String::from_utf8_lossy(&saved).contains("include_adopted"), options.include_adopted);
        let saved = plg_runtime::plan::saved::Saved::parse(&saved).expect("it was just saved");
        assert_eq!(session.restore(&saved).await.expect("nothing moved").steps, plan.steps);
    }
}

#[tokio::test]
async fn the_verb_of_the_declaration_decides_and_is_remembered() {
    let stage = Stage::new().await;
    let path = by_hand(&stage);
    stage.deploy(&written::STACK).await;
    let state = stage.state(&written::STACK);
    let said = |address: &str| state.resources[address].on_destroy.clone();
    assert_eq!(said("dashboard.Metrics"), "delete");
    assert_eq!((said("feature_flag.Shade"), said("attribute.Tier")), ("keep".into(), "archive".into()));
    let plan = stage.deploy(&nothing::STACK).await;
    assert_eq!(addresses(&plan, Change::Delete), ["dashboard.Metrics"]);
    assert_eq!(addresses(&plan, Change::Archive), ["attribute.Tier"]);
    assert_eq!(addresses(&plan, Change::Keep), ["feature_flag.Shade"], "though plg made it");
    assert!(is_gone(&stage, &path));
}

#[tokio::test]
async fn the_verb_alone_is_remembered_of_what_is_as_declared() {
    let stage = Stage::new().await;
    let path = by_hand(&stage);
    stage.deploy(&two::STACK).await;
    of_before(&stage, &two::STACK);
    let plan = stage.deploy(&written::STACK).await;
    assert_eq!(step(&plan, "dashboard.Metrics").change, Change::Unchanged);
    let entry = stage.entry(&written::STACK, "dashboard.Metrics").expect("it is remembered");
    assert_eq!((entry.origin, entry.on_destroy.as_str()), (Origin::Adopted, "delete"));
    stage.deploy(&nothing::STACK).await;
    assert!(is_gone(&stage, &path));
}

#[tokio::test]
async fn the_origin_stays_with_it_through_changes_and_other_names() {
    let stage = Stage::new().await;
    by_hand(&stage);
    stage.deploy(&two::STACK).await;
    let plan = stage.deploy(&renamed::STACK).await;
    assert!(plan.count(Change::Update) == 2, "{plan:#?}");
    let state = stage.state(&renamed::STACK);
    assert_eq!(origins(&state), [("dashboard.Figures", Origin::Adopted), ("feature_flag.Dark", Origin::Made)]);
}

#[tokio::test]
async fn what_people_made_anew_is_theirs() {
    let stage = Stage::new().await;
    stage.deploy(&two::STACK).await;
    let id = stage.entry(&two::STACK, "feature_flag.Shade").expect("it is remembered").id;
    stage.click("PATCH", &format!("{FLAGS}{id}/"), &json!({ "deleted": true }));
    let all = json!({ "groups": [{ "properties": [], "rollout_percentage": 10 }] });
    let made = stage.click("POST", FLAGS, &json!({ "key": "shade", "name": "", "filters": all }));
    assert_ne!(made["id"].to_string(), id);
    for _ in 0..2 {
        let plan = stage.planned(&two::STACK, true).await.expect("it fits");
        assert_eq!(step(&plan, "feature_flag.Shade").change, Change::Forget, "{plan:#?}");
        stage.deploy(&two::STACK).await;
    }
    stage.destroy(&two::STACK).await;
    assert!(!is_gone(&stage, &format!("{FLAGS}{}/", made["id"])));
}

#[tokio::test]
async fn what_was_adopted_is_replaced_only_where_that_is_said() {
    let mut stage = Stage::new().await;
    stage.deploy(&numbers::STACK).await;
    stage.forget();
    stage.deploy(&numbers::STACK).await;
    let old = stage.entry(&numbers::STACK, "attribute.Tier").expect("it is adopted");
    assert_eq!(old.origin, Origin::Adopted);
    let Err(Error::Problems(problems)) = stage.planned(&texts::STACK, false).await else { panic!("it is planned") };
    assert!(problems[0].message.contains(", and plg did not create it, so plg does not replace it"), "{problems:?}");
    let hint = &problems[0].hint;
    assert!(hint.contains("--include-adopted") && hint.contains("`on_destroy: archive`"), "{problems:?}");

    let (plan, outcome) = stage.apply_with(&texts::STACK, &all(), &quietly()).await;
    assert!(outcome.failed.is_empty(), "{:?}", outcome.failed);
    assert_eq!(step(&plan, "attribute.Tier").change, Change::Replace);
    let new = stage.entry(&texts::STACK, "attribute.Tier").expect("it is there");
    assert_eq!(new.origin, Origin::Made, "the new one is plg's");
    assert_eq!(stage.state(&texts::STACK).resources.len(), 1, "the old one is put away");
}

#[tokio::test]
async fn what_plg_archived_is_plgs_when_it_is_back_and_what_people_archived_is_theirs() {
    let mut stage = Stage::new().await;
    stage.deploy(&numbers::STACK).await;
    for _ in 0..2 {
        let (plan, _) = stage.apply(&numbers::STACK, true).await;
        assert_eq!(addresses(&plan, Change::Archive), ["attribute.Tier"]);
        assert_eq!(stage.state(&numbers::STACK).archived["attribute"].len(), 1);
        let plan = stage.deploy(&numbers::STACK).await;
        assert_eq!(addresses(&plan, Change::Revive), ["attribute.Tier"]);
        let state = stage.state(&numbers::STACK);
        assert_eq!(origins(&state), [("attribute.Tier", Origin::Made)]);
        assert!(state.archived.is_empty());
    }
    stage.destroy(&numbers::STACK).await;
    stage.forget();
    stage.deploy(&numbers::STACK).await;
    assert_eq!(origins(&stage.state(&numbers::STACK)), [("attribute.Tier", Origin::Adopted)]);
}

fn shown(plan: &Plan) -> [String; 4] {
    let picture = Picture::of_plan(plan);
    let text = show::plan(plan, Style { color: false, width: 100, verbose: false });
    [text, show::markdown(&picture), show::html(&picture), json!(plan).to_string()]
}

#[tokio::test]
async fn states_of_before_count_as_adopted_and_the_plan_says_so_once() {
    let stage = Stage::new().await;
    stage.deploy(&two::STACK).await;
    for one in shown(&stage.plan(&two::STACK).await) {
        assert!(!one.contains("state own") && !one.contains("unknown_origin"), "{one}");
    }
    of_before(&stage, &two::STACK);
    let plan = stage.plan(&two::STACK).await;
    assert!(!plan.changes() && !plan.remembers(), "{plan:#?}");
    let [text, markdown, html, json] = shown(&plan);
    for one in [text, markdown, html] {
        assert_eq!(one.matches("state own").count(), 2, "the line with both ways: {one}");
        assert!(one.contains("2 resources are in a state"), "{one}");
    }
    assert!(json.contains("\"unknown_origin\":2"), "{json}");
    let plan = stage.planned(&two::STACK, true).await.expect("it fits");
    assert_eq!(plan.count(Change::Forget), 2, "{plan:#?}");
    let reason = step(&plan, "feature_flag.Shade").reason.clone().unwrap_or_default();
    assert!(reason.contains("an earlier plg did not record whether it created it: it stays as it is"), "{reason}");

    // What is changed meanwhile is not of another origin.
    stage.deploy(&renamed::STACK).await;
    assert!(origins(&stage.state(&renamed::STACK)).iter().all(|(_, origin)| *origin == Origin::Unknown));
}
