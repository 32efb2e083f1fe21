//! Groups of properties, and the events that have them.

use plg_core::Capture;
use plg_runtime::plan::Change;
use serde_json::{Value, json};
use tests::stage::{Stage, addresses};

mod first {
    plg::stack! {
        name: "taxonomy",
        stages: { local: sandbox },

        /// What is paid.
        property_group Billing {
            properties: {
                /// How many people may sign in.
                seats: number,
                plan: one_of(["free", "pro"]),
            },
        }
        property_group Origin { properties: { campaign: optional(text) } }
        event Paid { name: "paid", schema: [Billing, Origin], properties: { amount: number } }
        event Left { name: "left", schema: [Billing] }
        insight Revenue {
            shows: trend [sum(Paid, of: "amount", with: [{ property: "plan", is: ["pro"] }])] { breakdown: "campaign" },
        }
    }
}

mod second {
    plg::stack! {
        name: "taxonomy",
        stages: { local: sandbox },

        /// What is paid.
        property_group Billing { properties: { seats: number, plan: text } }
        event Paid { name: "paid", schema: [Billing], properties: { amount: number } }
        event Left { name: "left" }
    }
}

mod nothing {
    plg::stack! { name: "taxonomy", stages: { local: sandbox } }
}

/// A group that another stack has, by its path.
mod elsewhere {
    plg::stack! {
        name: "elsewhere",
        stages: { local: sandbox },
        event Tried { name: "tried", schema: [super::first::Billing], properties: { days: number } }
        insight Trials { shows: trend [Tried] { breakdown: "plan" } }
    }
}

const P: &str = "/api/projects/12345";

fn names(list: &Value, at: &str) -> Vec<String> {
    let all = list["results"].as_array().into_iter().flatten();
    let mut names: Vec<String> =
        all.map(|row| row.pointer(at).and_then(Value::as_str).unwrap_or_default().to_owned()).collect();
    names.sort();
    names
}

fn schemas(stage: &Stage) -> Vec<String> {
    names(&stage.look(&format!("{P}/event_schemas/")), "/property_group/name")
}

#[tokio::test]
async fn what_events_have_in_common_is_made_changed_and_removed() {
    let stage = Stage::new().await;
    let plan = stage.deploy(&first::STACK).await;
    let made = addresses(&plan, Change::Create);
    for address in ["property_group.Billing", "event_schema.Paid.Billing", "event_schema.Paid.Origin"] {
        assert!(made.contains(&address), "{made:?}");
    }
    let groups = stage.look(&format!("{P}/schema_property_groups/"));
    let billing = &groups["results"][0];
    assert_eq!(billing["description"], "What is paid.");
    assert_eq!(billing["properties"][1]["description"], "How many people may sign in.");
    assert_eq!(billing["properties"][0]["validation_rules"], json!({ "enum": ["free", "pro"] }));
    assert_eq!(billing["events"][1]["name"], "paid");
    assert_eq!(schemas(&stage), ["Billing", "Billing", "Origin"]);
    stage.settled(&first::STACK).await;

    let plan = stage.plan(&second::STACK).await;
    assert_eq!(addresses(&plan, Change::Update), ["property_group.Billing"]);
    stage.deploy(&second::STACK).await;
    assert_eq!(schemas(&stage), ["Billing"]);
    let groups = stage.look(&format!("{P}/schema_property_groups/"));
    assert_eq!(names(&groups, "/name"), ["Billing"]);
    // `one_of` is no more, and what a property means stays until somebody says otherwise.
    assert_eq!(groups["results"][0]["properties"][0]["validation_rules"], Value::Null);
    assert_eq!(groups["results"][0]["properties"][1]["description"], "How many people may sign in.");
    stage.settled(&second::STACK).await;

    stage.destroy(&second::STACK).await;
    assert_eq!(names(&stage.look(&format!("{P}/schema_property_groups/")), "/name"), [""; 0]);
    assert!(stage.state(&second::STACK).resources.is_empty());
}

/// A group that was refused for its properties is there all the same, and is taken over.
#[tokio::test]
async fn what_is_there_already_is_taken_over() {
    let stage = Stage::new().await;
    let post = |path: &str, body: Value| stage.click("POST", &format!("{P}/{path}/"), &body);
    let group = post("schema_property_groups", json!({ "name": "Billing" }));
    let event = post("event_definitions", json!({ "name": "paid" }));
    let has = json!({ "event_definition": event["id"], "property_group_id": group["id"] });
    post("event_schemas", has);
    let plan = stage.deploy(&first::STACK).await;
    let adopted = addresses(&plan, Change::Adopt);
    for address in ["property_group.Billing", "event.Paid", "event_schema.Paid.Billing"] {
        assert!(adopted.contains(&address), "{adopted:?}");
    }
    assert_eq!(schemas(&stage), ["Billing", "Billing", "Origin"]);
    stage.settled(&first::STACK).await;
}

/// Somebody takes a group from an event, and gives it another one.
#[tokio::test]
async fn what_people_do_to_an_event_is_drift_where_it_is_declared() {
    let stage = Stage::new().await;
    stage.deploy(&first::STACK).await;
    let all = stage.look(&format!("{P}/event_schemas/"));
    let of = |name: &str| {
        let row = all["results"].as_array().into_iter().flatten().find(|row| row["property_group"]["name"] == name);
        row.expect("there is one").clone()
    };
    let origin = of("Origin");
    let id = origin["id"].as_str().expect("it has one");
    stage.click("DELETE", &format!("{P}/event_schemas/{id}/"), &Value::Null);
    let theirs = stage.click("POST", &format!("{P}/schema_property_groups/"), &json!({ "name": "Theirs" }));
    let has = json!({ "event_definition": origin["event_definition"], "property_group_id": theirs["id"] });
    stage.click("POST", &format!("{P}/event_schemas/"), &has);
    let plan = stage.plan(&first::STACK).await;
    assert_eq!(addresses(&plan, Change::Create), ["event_schema.Paid.Origin"]);
    stage.deploy(&first::STACK).await;
    assert_eq!(schemas(&stage), ["Billing", "Billing", "Origin", "Theirs"]);
    stage.settled(&first::STACK).await;
}

#[tokio::test]
async fn what_people_made_is_written_down() {
    let stage = Stage::new().await;
    stage.deploy(&first::STACK).await;
    let imported = stage.reading(&nothing::STACK).await.import(&nothing::STACK).await.expect("it can be read");
    for wanted in [
        "property_group Billing {",
        "plan: one_of [\"free\", \"pro\"]",
        "descriptions: { seats: \"How many people may sign in.\" }",
        "schema: [Billing, Origin]",
        "property_group Origin { properties: { campaign: optional(text) } }",
    ] {
        assert!(imported.source.contains(wanted), "{wanted} is not in\n{}", imported.source);
    }
    let said: Vec<_> = imported.said.iter().filter(|said| said.kind != "other kinds").map(|said| said.kind).collect();
    assert_eq!(said, [""; 0], "{}", imported.source);
}

#[test]
fn an_application_fills_in_what_events_have_in_common_as_one() {
    let billing = || first::Billing { seats: 3.0, plan: first::BillingPlan::Pro };
    let event = first::Paid { amount: 20.5, billing: billing(), origin: first::Origin { campaign: None } };
    assert_eq!(Value::Object(event.properties()), json!({ "amount": 20.5, "seats": 3, "plan": "pro" }));
    let left = first::Left { billing: billing() };
    assert_eq!((first::Left::NAME, left.properties().len()), ("left", 2));
    let tried = elsewhere::Tried { days: 14.0, billing: billing() };
    assert_eq!(Value::Object(tried.properties()), json!({ "days": 14, "seats": 3, "plan": "pro" }));
}
