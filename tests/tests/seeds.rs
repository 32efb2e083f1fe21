//! Records that a stack plants: made once, changed where they differ, and never taken from people.

use plg_runtime::plan::Change;
use serde_json::{Value, json};
use tests::stage::{Stage, addresses};

mod first {
    plg::stack! {
        name: "seeds",
        stages: { local: sandbox },
        object Plans { slug: "plans", singular: "Plan", plural: "Plans" }
        attribute Code { on: Plans, slug: "code", holds: text, unique: true }
        attribute Seats { on: Plans, slug: "seats", holds: number }
        attribute Tier { on: Plans, slug: "tier", holds: select { Gold, Silver }, multiple: true }
        attribute Notes { on: Plans, slug: "notes", holds: text }
        seed Pro { of: Plans, by: Code, values: [value(Code, "pro"), value(Seats, 5), value(Tier, ["Gold", "Silver"])] }
        seed Free { of: Plans, by: Code, values: [value(Code, "free"), value(Seats, 1)] }
    }
}

mod second {
    plg::stack! {
        name: "seeds",
        stages: { local: sandbox },
        object Plans { slug: "plans", singular: "Plan", plural: "Plans" }
        attribute Code { on: Plans, slug: "code", holds: text, unique: true }
        attribute Seats { on: Plans, slug: "seats", holds: number }
        attribute Tier { on: Plans, slug: "tier", holds: select { Gold, Silver }, multiple: true }
        attribute Notes { on: Plans, slug: "notes", holds: text }
        seed Pro { of: Plans, by: Code, values: [value(Code, "pro"), value(Seats, 7), value(Tier, ["Gold"])] }
    }
}

fn rows(stage: &Stage) -> Vec<Value> {
    let found = stage.click("POST", "/v2/objects/plans/records/query", &json!({}));
    found["data"].as_array().cloned().unwrap_or_default()
}

fn row(stage: &Stage, code: &str) -> Value {
    let found = rows(stage).into_iter().find(|row| row["values"]["code"][0]["value"] == code);
    found.unwrap_or_else(|| panic!("there is no {code}"))
}

fn path(row: &Value) -> String {
    format!("/v2/objects/plans/records/{}", row["id"]["record_id"].as_str().unwrap_or_default())
}

#[tokio::test]
async fn a_record_is_made_once_and_people_keep_what_they_type() {
    let stage = Stage::new().await;
    stage.deploy(&first::STACK).await;
    let pro = row(&stage, "pro");
    assert_eq!((rows(&stage).len(), &pro["values"]["seats"][0]["value"]), (2, &json!(5)));

    // Values that the seed does not write belong to people; plg repairs those that it writes.
    stage.click("PATCH", &path(&pro), &json!({ "data": { "values": { "notes": "by hand" } } }));
    assert!(!stage.plan(&first::STACK).await.changes());
    stage.click("PATCH", &path(&pro), &json!({ "data": { "values": { "seats": 50 } } }));
    let plan = stage.deploy(&first::STACK).await;
    assert_eq!(addresses(&plan, Change::Update), ["seed.Pro"]);
    let pro = row(&stage, "pro");
    assert_eq!(
        (&pro["values"]["seats"][0]["value"], &pro["values"]["notes"][0]["value"]),
        (&json!(5), &json!("by hand"))
    );

    // One that is deleted is made anew, and one that is no longer declared stays.
    stage.click("DELETE", &path(&pro), &Value::Null);
    let plan = stage.deploy(&first::STACK).await;
    assert_eq!(addresses(&plan, Change::Create), ["seed.Pro"]);
    let (plan, outcome) = stage.apply(&second::STACK, false).await;
    assert!(outcome.failed.is_empty(), "{:#?}", outcome.failed);
    assert_eq!(addresses(&plan, Change::Keep), ["seed.Free"]);
    let pro = row(&stage, "pro");
    let tiers = pro["values"]["tier"].as_array().map(Vec::len);
    assert_eq!((rows(&stage).len(), &pro["values"]["seats"][0]["value"], tiers), (2, &json!(7), Some(1)));
    stage.settled(&second::STACK).await;
}

#[tokio::test]
async fn a_record_that_is_there_is_taken_over_by_its_key() {
    let mut stage = Stage::new().await;
    stage.deploy(&first::STACK).await;
    let pro = row(&stage, "pro");
    stage.click("PATCH", &path(&pro), &json!({ "data": { "values": { "notes": "by hand", "seats": 9 } } }));
    stage.forget();
    stage.deploy(&first::STACK).await;
    assert_eq!(rows(&stage).len(), 2);
    let now = row(&stage, "pro");
    assert_eq!((&now["id"], &now["values"]["seats"][0]["value"]), (&pro["id"], &json!(5)));
    assert_eq!(now["values"]["notes"][0]["value"], "by hand");

    // Two that became one have another id, and their key still.
    let other = stage.click("POST", "/v2/objects/plans/records", &json!({ "data": { "values": { "code": "more" } } }));
    let ids = json!({ "data": {
        "primary_record_id": pro["id"]["record_id"], "secondary_record_id": other["data"]["id"]["record_id"],
    } });
    stage.click("POST", "/v2/objects/plans/records/merge", &ids);
    stage.deploy(&first::STACK).await;
    assert_eq!(rows(&stage).len(), 2);
}
