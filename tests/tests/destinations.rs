//! What PostHog sends elsewhere, from a stack to the sandbox and back.

use plg_runtime::plan::{Change, Plan, Step};
use plg_runtime::session::Environment;
use serde_json::{Value, json};
use tests::stage::Stage;

#[path = "destinations/usage.rs"]
mod usage;

mod sends {
    plg::stack! {
        name: "sends",
        stages: { local: sandbox },

        event SignedUp { name: "signed_up" }
        destination Welcome {
            template: webhook,
            on: [SignedUp],
            inputs: { url: "https://example.com/hook", signing_secret: env("SIGNING"), method: "POST" },
        }
        destination Other { template: "template-intercom", inputs: { access_token: env("INTERCOM"), host: "api.intercom.io" } }
    }
}

mod sends_more {
    plg::stack! {
        name: "sends",
        stages: { local: sandbox },

        event SignedUp { name: "signed_up" }
        destination Welcome {
            template: webhook,
            on: [SignedUp],
            inputs: { url: "https://example.com/moved", signing_secret: env("SIGNING"), method: "POST" },
        }
    }
}

fn held(signing: &'static str) -> Environment {
    Environment::new(move |name| match name {
        "SIGNING" => Some(signing.to_owned()),
        "INTERCOM" => Some("hush-intercom".to_owned()),
        _ => None,
    })
}

fn row(stage: &Stage, name: &str) -> Value {
    let rows = stage.look("/api/projects/12345/hog_functions/?full=true");
    let row = rows["results"].as_array().into_iter().flatten().find(|row| row["name"] == name);
    row.cloned().unwrap_or_default()
}

/// What the sandbox keeps of an input: no request shows a secret.
fn kept(stage: &Stage, name: &str, input: &str) -> Value {
    let rows = stage.sandbox().rows();
    let row = rows.iter().find(|((table, _), row)| table.contains("posthog.hog_functions") && row["name"] == name);
    row.map(|(_, row)| row["inputs"][input]["value"].clone()).unwrap_or_default()
}

fn step<'a>(plan: &'a Plan, address: &str) -> &'a Step {
    plan.steps.iter().find(|step| step.address == address).unwrap_or_else(|| panic!("no {address}"))
}

fn destinations(plan: &Plan) -> impl Iterator<Item = &Step> {
    plan.steps.iter().filter(|step| step.kind == "destination")
}

async fn plan(stage: &Stage, stack: &'static plg_core::Stack, environment: Environment) -> Plan {
    let mut session = stage.open_with(stack, environment).await;
    session.plan(&tests::stage::fresh()).await.expect("a plan")
}

#[tokio::test]
async fn a_secret_is_kept_and_rotated_and_nowhere_to_be_read() {
    let stage = Stage::new().await;
    stage.deploy_with(&sends::STACK, held("hush-one")).await;
    assert_eq!(kept(&stage, "Welcome", "signing_secret"), "hush-one");
    assert_eq!(kept(&stage, "Other", "access_token"), "hush-intercom");
    let made = row(&stage, "Welcome");
    assert_eq!((&made["enabled"], &made["type"]), (&json!(true), &json!("destination")));
    assert_eq!(made["inputs"]["signing_secret"], json!({ "secret": true }));
    let state = serde_json::to_string(&stage.state(&sends::STACK)).unwrap();
    assert!(!state.contains("hush"), "{state}");

    let same = plan(&stage, &sends::STACK, held("hush-one")).await;
    assert!(destinations(&same).all(|step| step.change == Change::Unchanged), "{same:?}");

    let rotated = plan(&stage, &sends::STACK, held("hush-two")).await;
    let field = &step(&rotated, "destination.Welcome").fields[0];
    assert_eq!((field.field.as_str(), field.rotated), ("secrets", true));
    assert!(!format!("{rotated:?}").contains("hush"));
    stage.deploy_with(&sends::STACK, held("hush-two")).await;
    assert_eq!(kept(&stage, "Welcome", "signing_secret"), "hush-two");
    assert_eq!(kept(&stage, "Welcome", "url"), "https://example.com/hook");

    // Another address is sent without the secret, which stays.
    let moved = plan(&stage, &sends_more::STACK, held("hush-two")).await;
    let word = &step(&moved, "destination.Welcome").words[0];
    let told = (word.path.as_str(), word.from.as_deref(), word.to.as_deref());
    let (old, new) = ("\"https://example.com/hook\"", "\"https://example.com/moved\"");
    assert_eq!(told, ("inputs.url", Some(old), Some(new)));
    stage.deploy_with(&sends_more::STACK, held("hush-two")).await;
    assert_eq!(kept(&stage, "Welcome", "signing_secret"), "hush-two");
    assert_eq!(kept(&stage, "Welcome", "url"), "https://example.com/moved");
    assert_eq!(row(&stage, "Other"), Value::Null);
    let same = plan(&stage, &sends_more::STACK, held("hush-two")).await;
    assert!(destinations(&same).all(|step| step.change == Change::Unchanged), "{same:?}");
}

mod crm {
    plg::stack! {
        name: "crm",
        stages: { local: sandbox },

        attribute LastLogin { on: people, slug: "last_login", holds: timestamp }
        attribute ProductRole { on: people, slug: "product_role", holds: select { Admin, Member } }
        person_property RoleOfPerson { name: "product_role", holds: text }
        event SignedUp { name: "signed_up" }
        destination PeopleToAttio {
            template: attio_people,
            on: [SignedUp],
            inputs: { apiKey: env("ATTIO") },
            attributes: { LastLogin: event_time, ProductRole: person("product_role") },
        }
    }
}

mod crm_renamed {
    plg::stack! {
        name: "crm",
        stages: { local: sandbox },

        attribute LastLogin { on: people, slug: "last_seen", holds: timestamp }
        attribute ProductRole { on: people, slug: "product_role", holds: select { Admin, Member } }
        person_property RoleOfPerson { name: "product_role", holds: text }
        event SignedUp { name: "signed_up" }
        destination PeopleToAttio {
            template: attio_people,
            on: [SignedUp],
            inputs: { apiKey: env("ATTIO") },
            attributes: [{ attribute: LastLogin, from: event_time }, { attribute: ProductRole, from: "Admin" }],
        }
    }
}

#[tokio::test]
async fn usage_reaches_the_crm_by_reference() {
    let stage = Stage::new().await;
    let held = || Environment::new(|name| (name == "ATTIO").then(|| "hush-attio".to_owned()));
    stage.deploy_with(&crm::STACK, held()).await;
    let made = row(&stage, "People To Attio");
    let expected = json!({ "last_login": "{event.timestamp}", "product_role": "{person.properties.product_role}" });
    assert_eq!(made["inputs"]["personAttributes"]["value"], expected);
    assert_eq!(made["inputs"]["email"]["value"], "{person.properties.email}");
    assert_eq!(made["template"]["id"], "template-attio");
    let same = plan(&stage, &crm::STACK, held()).await;
    assert!(destinations(&same).all(|step| step.change == Change::Unchanged), "{same:?}");

    // Another slug changes the destination in the same plan, after the attribute.
    let renamed = plan(&stage, &crm_renamed::STACK, held()).await;
    let place = |address: &str| renamed.steps.iter().position(|step| step.address == address).unwrap();
    assert_eq!(step(&renamed, "destination.PeopleToAttio").change, Change::Update);
    assert!(place("attribute.LastLogin") < place("destination.PeopleToAttio"));
    stage.deploy_with(&crm_renamed::STACK, held()).await;
    let expected = json!({ "last_seen": "{event.timestamp}", "product_role": "Admin" });
    assert_eq!(row(&stage, "People To Attio")["inputs"]["personAttributes"]["value"], expected);
    assert_eq!(kept(&stage, "People To Attio", "apiKey"), "hush-attio");
}
