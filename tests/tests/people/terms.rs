//! JSON that somebody wrote, in a stack or in a web app, is never taken for a reference or a variable; numbers keep
//! their digits; names in JSON are references.

use super::path;
use plg_core::{Stack, StackItems, Term};
use plg_runtime::plan::Change;
use plg_runtime::session::Environment;
use serde_json::{Value, json};
use tests::stage::{Stage, fresh, step};

mod lookalikes {
    plg::stack! {
        name: "lookalikes",
        stages: { local: sandbox },

        feature_flag Greeting {
            key: "greeting",
            payload: { "greeting": { "$env": "SECRET_TOKEN" }, "schema": { "$ref": "#/definitions/Plan" }, "$set": 1 },
        }
        feature_flag Odd { key: "odd", payload: { "$ref": "cohort.Nobody", "get": "id" } }
    }
}

mod numbers {
    plg::stack! {
        name: "numbers",
        stages: { local: sandbox },

        feature_flag Sums {
            key: "sums",
            payload: [9007199254740993, 18446744073709551615, -9223372036854775808, 0.1, 1.0, -0, 1e3, 1.5e-7, 2.5E+10],
        }
    }
}

mod asked {
    plg::stack! {
        name: "asked",
        stages: { local: sandbox },

        insight Asked {
            shows: query {
                "kind": "InsightVizNode",
                "source": {
                    "kind": "TrendsQuery",
                    "series": [{ "kind": "EventsNode", "event": SignedUp, "name": SignedUp }],
                    "properties": [{ "type": "cohort", "key": "id", "value": Whales }],
                    "breakdownFilter": { "breakdown": [NewFlow, NewFlow.id] },
                },
            },
        }
        cohort Whales { all: [person { property: anything("plan"), is: ["pro"] }] }
        event SignedUp { name: "signed_up" }
        feature_flag NewFlow { key: "new-flow" }
        feature_flag Told { key: "told", payload: { "after": SignedUp, "cohorts": [Whales.id], "flag": self::NewFlow } }
    }
}

static NOTHING: Stack = Stack { items: StackItems::none(), ..lookalikes::STACK };

fn with_secret() -> Environment {
    Environment::new(|name| (name == "SECRET_TOKEN" || name == "ATTIO_API_KEY").then(|| "hush-hush-hush".to_owned()))
}

fn payload(stage: &Stage, stack: &'static Stack, address: &str) -> Value {
    let row = stage.look(&path(stage, stack, "feature_flags", address));
    let text = row["filters"]["payloads"]["true"].as_str().expect("a payload is text").to_owned();
    serde_json::from_str(&text).expect("JSON")
}

async fn is_settled(stage: &Stage, stack: &'static Stack) {
    for refresh in [true, false] {
        let options = plg_runtime::session::PlanOptions { refresh, ..fresh() };
        let plan = stage.reading_with(stack, with_secret()).await.plan(&options).await.expect("the stack fits");
        assert!(!plan.changes() && !plan.remembers(), "{:#?}", plan.steps);
    }
}

#[tokio::test]
async fn what_looks_like_a_variable_or_a_reference_is_deployed_as_it_is_written() {
    let stage = Stage::new().await;
    stage.deploy_with(&lookalikes::STACK, with_secret()).await;
    assert_eq!(
        payload(&stage, &lookalikes::STACK, "feature_flag.Greeting"),
        json!({ "greeting": { "$env": "SECRET_TOKEN" }, "schema": { "$ref": "#/definitions/Plan" }, "$set": 1 })
    );
    assert_eq!(
        payload(&stage, &lookalikes::STACK, "feature_flag.Odd"),
        json!({ "$ref": "cohort.Nobody", "get": "id" })
    );
    is_settled(&stage, &lookalikes::STACK).await;
    let entry = stage.entry(&lookalikes::STACK, "feature_flag.Greeting").expect("it is remembered");
    let text = serde_json::to_string(&entry).expect("JSON");
    assert!(text.contains(r#"{"$$env":"SECRET_TOKEN"}"#) && !text.contains("hush"), "{text}");
}

#[tokio::test]
async fn a_state_of_before_that_escapes_nothing_is_no_difference() {
    let stage = Stage::new().await;
    stage.deploy_with(&lookalikes::STACK, with_secret()).await;
    stage.remember(&lookalikes::STACK, |state| {
        for entry in state.resources.values_mut() {
            let text = serde_json::to_string(entry).expect("JSON").replace(r#""$$set":"#, r#""$set":"#);
            *entry = serde_json::from_str(&text).expect("an entry");
        }
    });
    is_settled(&stage, &lookalikes::STACK).await;
    // What was taken for a variable and for a reference then is sent as it is written.
    stage.remember(&lookalikes::STACK, |state| {
        for entry in state.resources.values_mut() {
            let text = serde_json::to_string(entry).expect("JSON").replace(r#""$$"#, r#""$"#);
            *entry = serde_json::from_str(&text).expect("an entry");
        }
    });
    stage.deploy_with(&lookalikes::STACK, with_secret()).await;
    is_settled(&stage, &lookalikes::STACK).await;
}

#[tokio::test]
async fn what_somebody_planted_in_a_web_app_is_text_for_plan_import_and_deploy() {
    for planted in [json!({ "$env": "ATTIO_API_KEY" }), json!({ "$ref": "cohort.Nobody", "get": "id" })] {
        let stage = Stage::new().await;
        stage.deploy_with(&lookalikes::STACK, with_secret()).await;
        let flag = path(&stage, &lookalikes::STACK, "feature_flags", "feature_flag.Greeting");
        let mut filters = stage.look(&flag)["filters"].clone();
        filters["payloads"]["true"] = planted.to_string().into();
        stage.click("PATCH", &flag, &json!({ "filters": filters }));
        let mut session = stage.reading_with(&lookalikes::STACK, with_secret()).await;
        let plan = session.plan(&fresh()).await.expect("the stack fits");
        let change = step(&plan, "feature_flag.Greeting").fields.iter().find(|f| f.field == "payloads");
        let from = change.and_then(|change| change.from.as_deref()).expect("it was changed there");
        assert_eq!(from.get("true"), Some(&Term::from(planted.clone())));
        let shown =
            plg_runtime::show::plan(&plan, plg_runtime::show::Style { color: false, width: 200, verbose: true });
        assert!(!shown.contains("hush") && !shown.contains("env(\"") && !shown.contains("known once"), "{shown}");
        let imported = session.import(&NOTHING).await.expect("it can be written down");
        let key = planted.as_object().and_then(|map| map.keys().next()).expect("it has one");
        assert!(imported.source.contains(&format!("\"{key}\": \"")), "{}", imported.source);
        assert!(!imported.source.contains("env(\"ATTIO_API_KEY\")") && imported.unproved.is_empty(), "{imported:#?}");
        stage.deploy_with(&lookalikes::STACK, with_secret()).await;
        assert_eq!(payload(&stage, &lookalikes::STACK, "feature_flag.Greeting")["$set"], 1);
    }
}

#[tokio::test]
async fn numbers_arrive_and_come_back_with_their_digits() {
    let stage = Stage::new().await;
    stage.deploy(&numbers::STACK).await;
    let row = stage.look(&path(&stage, &numbers::STACK, "feature_flags", "feature_flag.Sums"));
    let sent = "[9007199254740993,18446744073709551615,-9223372036854775808,0.1,1.0,-0.0,1000.0,1.5e-7,25000000000.0]";
    assert_eq!(row["filters"]["payloads"]["true"], sent);
    is_settled(&stage, &numbers::STACK).await;
    let imported = stage.reading(&numbers::STACK).await.import(&NOTHING).await.expect("it can be written down");
    let flat: String = imported.source.split_whitespace().collect();
    assert!(flat.contains(sent.trim_end_matches(']')), "{}", imported.source);
    assert!(imported.unproved.is_empty());
    // One digit is a difference.
    let flag = path(&stage, &numbers::STACK, "feature_flags", "feature_flag.Sums");
    let mut filters = row["filters"].clone();
    filters["payloads"]["true"] = sent.replace("740993", "740992").into();
    stage.click("PATCH", &flag, &json!({ "filters": filters }));
    let plan = stage.plan(&numbers::STACK).await;
    assert_eq!(step(&plan, "feature_flag.Sums").change, Change::Update);
}

#[tokio::test]
async fn names_in_json_are_references() {
    let stage = Stage::new().await;
    let plan = stage.plan(&asked::STACK).await;
    let place = |address: &str| plan.steps.iter().position(|step| step.address == address).expect("a step");
    for first in ["cohort.Whales", "event.SignedUp", "feature_flag.NewFlow"] {
        assert!(place(first) < place("insight.Asked") && place(first) < place("feature_flag.Told"), "{first}");
    }
    stage.deploy(&asked::STACK).await;
    let id = |address: &str| -> i64 {
        stage.entry(&asked::STACK, address).expect("it is remembered").id.parse().expect("a number")
    };
    let told = payload(&stage, &asked::STACK, "feature_flag.Told");
    assert_eq!(told, json!({ "after": "signed_up", "cohorts": [id("cohort.Whales")], "flag": "new-flow" }));
    let source = stage.look(&path(&stage, &asked::STACK, "insights", "insight.Asked"))["query"]["source"].clone();
    assert_eq!(source["series"][0]["event"], "signed_up");
    assert_eq!(source["properties"][0]["value"], id("cohort.Whales"));
    assert_eq!(source["breakdownFilter"]["breakdown"], json!(["new-flow", id("feature_flag.NewFlow")]));
    is_settled(&stage, &asked::STACK).await;
}
