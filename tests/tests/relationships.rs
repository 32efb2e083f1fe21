//! Two attributes that are one relationship: declared at one end, looked after at both.

use plg_runtime::plan::Change;
use serde_json::{Value, json};
use tests::stage::{Stage, addresses, step};

mod pair {
    plg::stack! {
        name: "pairs",
        stages: { local: sandbox },
        object Projects { slug: "projects", singular: "Project", plural: "Projects" }
        attribute Company {
            on: Projects,
            slug: "company",
            holds: record [companies],
            back: { slug: "projects", title: "Projects", multiple: true },
        }
    }
}

mod renamed {
    plg::stack! {
        name: "pairs",
        stages: { local: sandbox },
        object Projects { slug: "projects", singular: "Project", plural: "Projects" }
        attribute Company {
            on: Projects,
            slug: "company",
            holds: record [companies],
            back: { slug: "work", title: "Our work", multiple: true },
        }
    }
}

mod one_way {
    plg::stack! {
        name: "pairs",
        stages: { local: sandbox },
        object Projects { slug: "projects", singular: "Project", plural: "Projects" }
        attribute Company { on: Projects, slug: "company", holds: record [companies] }
    }
}

const FAR: &str = "/v2/objects/companies/attributes/projects";
const NEAR: &str = "/v2/objects/projects/attributes/company";

fn data(stage: &Stage, path: &str) -> Value {
    stage.look(path)["data"].clone()
}

#[tokio::test]
async fn one_declaration_makes_renames_and_archives_both_ends() {
    assert_eq!((pair::Company::SLUG, pair::Company::BACK_SLUG), ("company", "projects"));
    let stage = Stage::new().await;
    let plan = stage.deploy(&pair::STACK).await;
    assert!(addresses(&plan, Change::Create).contains(&"relationship_end.Company.Back"));
    let (near, far) = (data(&stage, NEAR), data(&stage, FAR));
    assert_eq!(near["relationship"]["id"], far["id"]);
    assert_eq!(far["relationship"]["id"], near["id"]);
    assert_eq!((&far["title"], &far["is_multiselect"]), (&json!("Projects"), &json!(true)));
    let made = stage.entry(&pair::STACK, "relationship_end.Company.Back").expect("it is remembered");
    assert_eq!(json!(made.id), far["id"]["attribute_id"]);

    let plan = stage.deploy(&renamed::STACK).await;
    assert_eq!(addresses(&plan, Change::Update), ["relationship_end.Company.Back"]);
    let far = data(&stage, "/v2/objects/companies/attributes/work");
    assert_eq!((&far["title"], &far["id"]["attribute_id"]), (&json!("Our work"), &json!(made.id)));

    stage.destroy(&renamed::STACK).await;
    assert_eq!(
        data(&stage, "/v2/objects/companies/attributes?show_archived=true").as_array().map(|all| {
            all.iter().filter(|one| one["is_system_attribute"] == false && one["is_archived"] == false).count()
        }),
        Some(0)
    );
}

#[tokio::test]
async fn what_people_do_to_either_end_is_drift() {
    let stage = Stage::new().await;
    stage.deploy(&pair::STACK).await;
    stage.click("PATCH", FAR, &json!({ "data": { "title": "Jobs", "api_slug": "jobs" } }));
    let plan = stage.plan(&pair::STACK).await;
    assert_eq!(addresses(&plan, Change::Update), ["relationship_end.Company.Back"]);
    let told: Vec<&str> =
        step(&plan, "relationship_end.Company.Back").fields.iter().map(|field| field.field.as_str()).collect();
    assert_eq!(told, ["api_slug", "title"]);
    stage.deploy(&pair::STACK).await;

    // One end archived is brought back, whichever it is.
    for (path, address) in [(FAR, "relationship_end.Company.Back"), (NEAR, "attribute.Company")] {
        stage.click("PATCH", path, &json!({ "data": { "is_archived": true } }));
        let plan = stage.deploy(&pair::STACK).await;
        assert_eq!(addresses(&plan, Change::Revive), [address]);
        assert_eq!(data(&stage, path)["is_archived"], false);
    }
}

#[tokio::test]
async fn a_pair_that_is_there_is_adopted_under_any_name() {
    let mut stage = Stage::new().await;
    stage.deploy(&renamed::STACK).await;
    stage.forget();
    let (plan, outcome) = stage.apply(&pair::STACK, false).await;
    assert!(outcome.failed.is_empty(), "{:#?}", outcome.failed);
    assert_eq!(
        addresses(&plan, Change::Adopt),
        ["object.Projects", "attribute.Company", "relationship_end.Company.Back"]
    );
    assert_eq!(data(&stage, FAR)["title"], "Projects");
    // What was there before stays, at both ends.
    stage.destroy(&pair::STACK).await;
    assert_eq!((&data(&stage, FAR)["is_archived"], &data(&stage, NEAR)["is_archived"]), (&json!(false), &json!(false)));
}

#[tokio::test]
async fn a_reference_of_one_way_cannot_get_a_way_back() {
    let mut stage = Stage::new().await;
    stage.deploy(&one_way::STACK).await;
    let refused = stage.planned(&pair::STACK, false).await.expect_err("Attio cannot do it").to_string();
    assert!(refused.contains("one-way"), "{refused}");
    stage.forget();
    let refused = stage.planned(&pair::STACK, false).await.expect_err("nor of what was there before").to_string();
    assert!(refused.contains("one-way"), "{refused}");
}

/// Without a way back in the stack the other end goes, and this one keeps its values.
#[tokio::test]
async fn a_way_back_that_is_no_longer_declared_is_archived() {
    let stage = Stage::new().await;
    stage.deploy(&pair::STACK).await;
    let (plan, _) = stage.apply(&one_way::STACK, false).await;
    assert_eq!(addresses(&plan, Change::Archive), ["relationship_end.Company.Back"]);
    assert_eq!((&data(&stage, FAR)["is_archived"], &data(&stage, NEAR)["is_archived"]), (&json!(true), &json!(false)));
    stage.settled(&one_way::STACK).await;
    let plan = stage.deploy(&pair::STACK).await;
    assert_eq!(addresses(&plan, Change::Revive), ["relationship_end.Company.Back"]);
}
