//! What an application does reaches records in Attio: an event sent into the sandbox runs the destinations that hear of
//! it.

use super::{crm, row};
use plg_runtime::session::Environment;
use plg_sandbox::Settings;
use serde_json::{Value, json};
use tests::stage::{Stage, fresh};

mod accounts {
    plg::stack! {
        name: "accounts",
        stages: { local: sandbox },

        attribute HealthScore { on: companies, slug: "health_score", holds: number }
        attribute Seats { on: workspaces, slug: "seats", holds: number }
        existing event AccountChanged { name: "$groupidentify" }
        destination AccountsToAttio {
            template: attio_workspace,
            on: [AccountChanged],
            with: [{ property: "$group_type", is: ["account"] }],
            inputs: { apiKey: env("ATTIO") },
            attributes: {
                HealthScore: "{event.properties.$group_set.health_score}",
                Seats: "{event.properties.$group_set.seats}",
            },
        }
    }
}

mod users {
    plg::stack! {
        name: "users",
        stages: { local: sandbox },

        attribute Plan { on: users, slug: "plan", holds: text }
        attribute LastLogin { on: people, slug: "last_login", holds: timestamp }
        event SignedIn { name: "signed_in", properties: { plan: text } }
        action Arrives { on: [SignedIn] }
        destination UsersToAttio {
            template: attio_user,
            on: [Arrives],
            inputs: { apiKey: env("ATTIO"), userId: distinct_id },
            attributes: { Plan: event("plan"), LastLogin: event_time },
            once: { per: "{person.id}", within: 1 hours },
        }
    }
}

mod companies {
    plg::stack! {
        name: "companies",
        stages: { local: sandbox },

        attribute HealthScore { on: companies, slug: "health_score", holds: number }
        existing event AccountChanged { name: "$groupidentify" }
        destination AccountsToAttio {
            template: attio_workspace,
            on: [AccountChanged],
            inputs: { apiKey: env("ATTIO") },
            attributes: { HealthScore: "{event.properties.$group_set.health_score}" },
        }
    }
}

/// The same stack before anything is written down.
mod nothing {
    plg::stack! {
        name: "crm",
        stages: { local: sandbox },
    }
}

fn held() -> Environment {
    Environment::new(|name| (name == "ATTIO").then(|| "hush-attio".to_owned()))
}

/// Sends one event, as an application does.
fn send(stage: &Stage, event: &str, who: &str, properties: Value) {
    let body = json!({
        "api_key": "phc_sandbox", "event": event, "distinct_id": who, "properties": properties,
        "timestamp": "2026-11-03T08:15:00Z",
    });
    stage.click("POST", "/i/v0/e/", &body);
}

/// The values of every record of an object, by slug.
fn records(stage: &Stage, object: &str) -> Vec<Value> {
    let found = stage.click("POST", &format!("/v2/objects/{object}/records/query"), &json!({}));
    found["data"].as_array().into_iter().flatten().map(|record| record["values"].clone()).collect()
}

/// The lines of a destination's log, the newest first: level and words.
fn log(stage: &Stage, name: &str) -> Vec<(String, String)> {
    let id = row(stage, name)["id"].as_str().expect("it is there").to_owned();
    let lines = stage.look(&format!("/api/projects/12345/hog_functions/{id}/logs/"));
    let text = |line: &Value, key: &str| line[key].as_str().unwrap_or_default().to_owned();
    let all = lines["results"].as_array().into_iter().flatten();
    all.map(|line| (text(line, "level"), text(line, "message"))).collect()
}

fn counts(stage: &Stage, name: &str) -> Value {
    let id = row(stage, name)["id"].as_str().expect("it is there").to_owned();
    stage.look(&format!("/api/projects/12345/hog_functions/{id}/metrics/totals/"))["totals"].clone()
}

#[tokio::test]
async fn an_event_writes_the_person() {
    let stage = Stage::new().await;
    stage.deploy_with(&crm::STACK, held()).await;
    send(&stage, "left", "ada", json!({ "$set": { "email": "ada@example.com" } }));
    assert_eq!(records(&stage, "people"), [Value::Null; 0], "it hears of one event alone");

    send(&stage, "signed_up", "ada", json!({ "$set": { "product_role": "Admin", "name": "Ada Lovelace" } }));
    let people = records(&stage, "people");
    assert_eq!(people.len(), 1, "{people:?}");
    let ada = &people[0];
    assert_eq!(ada["email_addresses"][0]["email_address"], "ada@example.com");
    assert_eq!(ada["product_role"][0]["option"]["title"], "Admin");
    assert_eq!(ada["last_login"][0]["value"], "2026-11-03T08:15:00.000000000Z");

    // Who has no role keeps that of Attio, and the same person is found again.
    send(&stage, "signed_up", "ada", json!({ "$unset": ["product_role"] }));
    let people = records(&stage, "people");
    assert_eq!((people.len(), &people[0]["product_role"][0]["option"]["title"]), (1, &json!("Admin")));
    assert_eq!(counts(&stage, "People To Attio"), json!({ "succeeded": 2 }));

    // What Attio refuses is in the function's log, and the application does not hear of it.
    send(&stage, "signed_up", "ada", json!({ "$set": { "product_role": "Boss" } }));
    let (level, says) = log(&stage, "People To Attio").remove(0);
    assert!(
        level == "ERROR" && says.contains("/v2/objects/people/records: status 400") && says.contains("Boss"),
        "{says}"
    );
    assert_eq!(counts(&stage, "People To Attio"), json!({ "succeeded": 2, "failed": 1 }));
    send(&stage, "signed_up", "nobody", json!({}));
    assert_eq!(log(&stage, "People To Attio")[0].0, "ERROR", "without an address there is nobody to write");
    assert_eq!(records(&stage, "people").len(), 1);

    // What is sent on is in the sandbox's log, without the key; what is switched off hears of nothing.
    let mut sent = stage.sandbox().log();
    sent.retain(|entry| entry.note.as_deref() == Some("sent by the destination `People To Attio`"));
    let words = serde_json::to_string(&sent).expect("it is JSON");
    assert!(sent.len() == 4 && !words.contains("hush-attio"), "{words}");
    let id = row(&stage, "People To Attio")["id"].as_str().expect("it is there").to_owned();
    stage.click("PATCH", &format!("/api/projects/12345/hog_functions/{id}/"), &json!({ "enabled": false }));
    send(&stage, "signed_up", "bob", json!({ "$set": { "email": "bob@example.com" } }));
    assert_eq!(records(&stage, "people").len(), 1);
}

#[tokio::test]
async fn a_group_writes_the_company_and_its_workspace() {
    let stage = Stage::new().await;
    let settings = Settings { workspaces: true, ..stage.sandbox().settings() };
    stage.sandbox().set_settings(settings).expect("a sandbox in memory");
    stage.deploy_with(&accounts::STACK, held()).await;
    let changed = |kind: &str, set: Value| {
        send(
            &stage,
            "$groupidentify",
            "ada",
            json!({ "$group_type": kind, "$group_key": "acct_7", "$group_set": set }),
        );
    };
    changed("team", json!({ "domain": "other.example" }));
    changed("account", json!({ "domain": "acme.example", "health_score": 0, "seats": 12 }));
    let (companies, workspaces) = (records(&stage, "companies"), records(&stage, "workspaces"));
    assert_eq!((companies.len(), workspaces.len()), (1, 1), "{:?}", log(&stage, "Accounts To Attio"));
    assert_eq!(companies[0]["domains"][0]["domain"], "acme.example");
    assert_eq!(companies[0]["health_score"][0]["value"], 0, "zero is a score");
    assert_eq!(
        (&workspaces[0]["workspace_id"][0]["value"], &workspaces[0]["seats"][0]["value"]),
        (&json!("acct_7"), &json!(12))
    );
    let company = &companies[0]["record_id"][0]["value"];
    assert_eq!(&workspaces[0]["company"][0]["target_record_id"], company);
}

#[tokio::test]
async fn a_user_is_written_behind_the_person_and_once_an_hour() {
    let stage = Stage::new().await;
    stage.sandbox().set_settings(Settings { users: true, ..stage.sandbox().settings() }).expect("a sandbox in memory");
    stage.deploy_with(&users::STACK, held()).await;
    for plan in ["pro", "team"] {
        let properties = json!({ "plan": plan, "$set": { "email": "ada@example.com" } });
        send(&stage, "signed_in", "user_1", properties);
    }
    let (people, users) = (records(&stage, "people"), records(&stage, "users"));
    assert_eq!((people.len(), users.len()), (1, 1), "{:?}", log(&stage, "Users To Attio"));
    assert_eq!((&users[0]["user_id"][0]["value"], &users[0]["plan"][0]["value"]), (&json!("user_1"), &json!("pro")));
    assert_eq!(users[0]["person"][0]["target_record_id"], people[0]["record_id"][0]["value"]);
    assert_eq!(counts(&stage, "Users To Attio"), json!({ "succeeded": 1 }));
}

#[tokio::test]
async fn a_template_that_writes_into_what_is_switched_off_is_refused() {
    let stage = Stage::new().await;
    let mut session = stage.open_with(&companies::STACK, held()).await;
    let refused = session.plan(&fresh()).await.expect_err("workspaces are switched off").to_string();
    let wanted = "it is switched off, and destination.AccountsToAttio needs it";
    assert!(refused.contains("object.workspaces") && refused.contains(wanted), "{refused}");
    drop(session);
    let settings = Settings { workspaces: true, ..stage.sandbox().settings() };
    stage.sandbox().set_settings(settings).expect("a sandbox in memory");
    stage.deploy_with(&companies::STACK, held()).await;
}

#[tokio::test]
async fn import_names_attributes_where_it_writes_them() {
    let stage = Stage::new().await;
    stage.deploy_with(&crm::STACK, held()).await;
    let import = async || {
        let imported = stage.reading(&nothing::STACK).await.import(&nothing::STACK).await;
        imported.expect("it can be written down").source
    };
    let source = import().await;
    let wanted = "attributes: { LastLogin: event_time, ProductRole: person(anything(\"product_role\")) }";
    let flat = source.split_whitespace().collect::<Vec<_>>().join(" ").replace(", }", " }");
    assert!(flat.contains(wanted) && !source.contains("personAttributes"), "{source}");
    // A slug that is of no attribute there leaves all of them as they are.
    let made = row(&stage, "People To Attio");
    let id = made["id"].as_str().expect("it is there");
    let inputs = json!({ "personAttributes": { "value": { "nickname": "{person.properties.nick}" } } });
    stage.click("PATCH", &format!("/api/projects/12345/hog_functions/{id}/"), &json!({ "inputs": inputs }));
    assert!(import().await.contains("personAttributes"));
}
