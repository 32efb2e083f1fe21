//! Resources without a keyword, declared by API path: created, found, changed, read and deleted like all others.

use plg_core::Stack;
use plg_runtime::http::{FailureKind, Lost};
use plg_runtime::plan::{Change, Plan, Step};
use plg_runtime::session::Environment;
use serde_json::{Value, json};
use tests::stage::{Stage, fresh, quietly, step};

mod first {
    plg::stack! {
        name: "raw",
        stages: { local: sandbox },

        feature_flag NewCheckout { key: "new-checkout", rollout: 0% }
        /// Where people saw an error in it.
        posthog_rest Errors {
            create: "/api/projects/{project}/session_recording_playlists/",
            key: "/name",
            id: "/short_id",
            body: {
                "name": "Errors at the checkout",
                "description": "Watch these first",
                "type": "filters",
                "filters": { "date_from": "-3d", "flag": NewCheckout.id },
            },
            update: patch_all,
            remove: set { "deleted": true, "filters": { "date_from": "-3d" } },
        }
        attio_rest ReadThem {
            create: "/v2/tasks",
            body: {
                "content": "Read what people said",
                "format": "plaintext",
                "deadline_at": null,
                "is_completed": false,
                "linked_records": [],
                "assignees": [],
            },
        }
    }
}

/// Another period and another description, and the task is done.
mod second {
    plg::stack! {
        name: "raw",
        stages: { local: sandbox },

        feature_flag NewCheckout { key: "new-checkout", rollout: 0% }
        posthog_rest Errors {
            create: "/api/projects/{project}/session_recording_playlists/",
            key: "/name",
            id: "/short_id",
            body: {
                "name": "Errors at the checkout",
                "description": "Watch these last",
                "type": "filters",
                "filters": { "date_from": "-7d", "flag": NewCheckout.id },
            },
            update: patch_all("/api/environments/{project}/session_recording_playlists/{id}/"),
            remove: set { "deleted": true, "filters": { "date_from": "-7d" } },
        }
    }
}

const PLAYLISTS: &str = "/api/projects/12345/session_recording_playlists/";

fn playlists(stage: &Stage) -> Vec<Value> {
    stage.look(PLAYLISTS)["results"].as_array().cloned().unwrap_or_default()
}

fn tasks(stage: &Stage) -> Vec<Value> {
    stage.look("/v2/tasks")["data"].as_array().cloned().unwrap_or_default()
}

fn words(step: &Step) -> Vec<(String, Option<String>, Option<String>)> {
    step.words.iter().map(|told| (told.path.clone(), told.from.clone(), told.to.clone())).collect()
}

fn told(path: &str, from: &str, to: &str) -> (String, Option<String>, Option<String>) {
    (path.to_owned(), Some(from.to_owned()), Some(to.to_owned()))
}

async fn planned(stage: &Stage, stack: &'static Stack, environment: Environment) -> Plan {
    stage.open_with(stack, environment).await.plan(&fresh()).await.expect("a plan")
}

#[tokio::test]
async fn it_is_made_changed_and_removed() {
    let stage = Stage::new().await;
    let plan = stage.deploy(&first::STACK).await;
    let made = step(&plan, "posthog_rest.Errors");
    assert_eq!((made.change, &made.depends[..]), (Change::Create, &["feature_flag.NewCheckout".to_owned()][..]));
    let body = words(made).into_iter().find(|(path, ..)| path == "body").and_then(|(.., to)| to);
    assert!(body.is_some_and(|body| body.contains("\"flag\": NewCheckout.id")), "{:?}", made.words);
    let [playlist] = &playlists(&stage)[..] else { panic!("there is one: {:?}", playlists(&stage)) };
    let flag = &stage.look("/api/projects/12345/feature_flags/")["results"][0]["id"];
    assert_eq!(playlist["filters"], json!({ "date_from": "-3d", "flag": flag }));
    assert_eq!(tasks(&stage)[0]["content_plaintext"], "Read what people said");

    // How it is changed is another way, and no other object.
    let plan = stage.plan(&second::STACK).await;
    let changed = step(&plan, "posthog_rest.Errors");
    assert_eq!(changed.change, Change::Update);
    assert_eq!(
        words(changed),
        [
            told("body.description", "\"Watch these first\"", "\"Watch these last\""),
            told("body.filters.date_from", "\"-3d\"", "\"-7d\""),
        ]
    );
    assert_eq!(step(&plan, "attio_rest.ReadThem").change, Change::Delete);
    stage.deploy(&second::STACK).await;
    let [after] = &playlists(&stage)[..] else { panic!("there is one") };
    assert_eq!((&after["short_id"], &after["description"]), (&playlist["short_id"], &json!("Watch these last")));
    assert_eq!(tasks(&stage), [Value::Null; 0]);

    stage.destroy(&second::STACK).await;
    assert_eq!(playlists(&stage), [Value::Null; 0]);
    let rows = stage.sandbox().rows();
    let gone = rows.iter().find(|((table, _), _)| table.contains("recording_playlists")).expect("it is marked as gone");
    assert_eq!((&gone.1["deleted"], &gone.1["filters"]), (&json!(true), &json!({ "date_from": "-7d" })));
}

#[tokio::test]
async fn what_is_declared_is_repaired_and_what_others_add_is_theirs() {
    let stage = Stage::new().await;
    stage.deploy(&first::STACK).await;
    let mut playlist = playlists(&stage).remove(0);
    let path = format!("{PLAYLISTS}{}/", playlist["short_id"].as_str().expect("an id"));
    playlist["filters"]["order"] = json!("duration");
    stage.click("PATCH", &path, &json!({ "pinned": true, "filters": playlist["filters"] }));
    stage.settled(&first::STACK).await;

    stage.click("PATCH", &path, &json!({ "description": "Never mind", "filters": playlist["filters"] }));
    let plan = stage.plan(&first::STACK).await;
    let found = step(&plan, "posthog_rest.Errors");
    assert_eq!(words(found), [told("body.description", "\"Never mind\"", "\"Watch these first\"")]);
    assert!(found.fields.iter().all(|field| field.drift));
    stage.deploy(&first::STACK).await;
    assert_eq!(
        (&playlists(&stage)[0]["description"], &playlists(&stage)[0]["pinned"]),
        (&json!("Watch these first"), &json!(true))
    );

    // What somebody deleted is made anew.
    stage.click("PATCH", &path, &json!({ "deleted": true, "filters": playlist["filters"] }));
    let id = stage.look("/v2/tasks")["data"][0]["id"]["task_id"].clone();
    stage.click("DELETE", &format!("/v2/tasks/{}", id.as_str().expect("an id")), &Value::Null);
    let plan = stage.plan(&first::STACK).await;
    for address in ["posthog_rest.Errors", "attio_rest.ReadThem"] {
        assert_eq!(step(&plan, address).change, Change::Create, "{address}");
        assert_eq!(step(&plan, address).reason.as_deref(), Some("it was deleted in the web app"));
    }
    stage.deploy(&first::STACK).await;
    assert_eq!((playlists(&stage).len(), tasks(&stage).len()), (1, 1));
}

#[tokio::test]
async fn what_has_its_key_is_adopted() {
    let mut stage = Stage::new().await;
    stage.deploy(&first::STACK).await;
    let before = playlists(&stage);
    stage.forget();
    let plan = stage.plan(&first::STACK).await;
    assert_eq!(step(&plan, "posthog_rest.Errors").change, Change::Adopt);
    stage.deploy(&first::STACK).await;
    assert_eq!(playlists(&stage)[0]["short_id"], before[0]["short_id"]);
    // What was there before stays.
    stage.apply(&second::STACK, true).await;
    assert_eq!(playlists(&stage).len(), 1);
}

#[tokio::test]
async fn an_answer_that_is_lost_makes_nothing_twice() {
    let mut stage = Stage::new().await;
    stage.bend(|request, pass| {
        (request.method == "POST" && request.url.contains("playlists")).then(|| {
            pass(request);
            Err(Lost {
                kind: FailureKind::Network,
                status: None,
                unsent: false,
                message: "the line is dead".to_owned(),
            })
        })
    });
    let (_, outcome) = stage.apply(&first::STACK, false).await;
    assert!(outcome.failed.is_empty(), "{:?}", outcome.failed);
    stage.straighten();
    assert_eq!(playlists(&stage).len(), 1);
    stage.settled(&first::STACK).await;
}

#[tokio::test]
async fn a_list_that_is_not_there_is_none_that_is_empty() {
    mod lost {
        plg::stack! {
            name: "lost",
            stages: { local: sandbox },
            posthog_rest Board { create: "/api/projects/{project}/whiteboards/", key: "/name", body: { "name": "Ideas" } }
        }
    }
    let stage = Stage::new().await;
    let said = stage.planned(&lost::STACK, false).await.expect_err("there is no such list").to_string();
    assert!(said.contains("whiteboards"), "{said}");
}

mod never {
    plg::stack! {
        name: "never",
        stages: { local: sandbox },
        attio_rest Once {
            create: "/v2/tasks",
            key: "/deadline_at",
            body: {
                "content": "Ask again",
                "format": "plaintext",
                "deadline_at": "2030-01-01T00:00:00.000000000Z",
                "is_completed": false,
                "linked_records": [],
                "assignees": [],
            },
            update: never,
        }
    }
}

#[tokio::test]
async fn what_no_request_changes_is_replaced() {
    let stage = Stage::new().await;
    stage.deploy(&never::STACK).await;
    let before = tasks(&stage).remove(0);
    let path = format!("/v2/tasks/{}", before["id"]["task_id"].as_str().expect("an id"));
    stage.click("PATCH", &path, &json!({ "data": { "is_completed": true } }));
    let plan = stage.plan(&never::STACK).await;
    let found = step(&plan, "attio_rest.Once");
    assert_eq!((found.change, found.reason.as_deref()), (Change::Replace, Some("`body` cannot be changed")));
    stage.deploy(&never::STACK).await;
    let [after] = &tasks(&stage)[..] else { panic!("there is one: {:?}", tasks(&stage)) };
    assert!(after["id"] != before["id"] && after["is_completed"] == false);
}

mod elsewhere {
    plg::stack! {
        name: "never",
        stages: { local: sandbox },
        attio_rest Once {
            create: "/v2/notes",
            body: {
                "parent_object": "companies", "parent_record_id": "0190f1c2-0000-7000-8000-000000000000",
                "title": "Once", "format": "plaintext", "content": "Once",
            },
            update: never,
        }
    }
}

/// Another place is another object: the old one is asked for where it is, and goes.
#[tokio::test]
async fn what_is_made_elsewhere_is_replaced() {
    let stage = Stage::new().await;
    stage.deploy(&never::STACK).await;
    assert_eq!(tasks(&stage).len(), 1);
    let plan = stage.plan(&elsewhere::STACK).await;
    let found = step(&plan, "attio_rest.Once");
    assert_eq!(found.change, Change::Replace, "{found:?}");
    assert!(!found.reason.as_deref().is_some_and(|why| why.contains("web app")), "{found:?}");
}

mod hushed {
    plg::stack! {
        name: "hushed",
        stages: { local: sandbox },
        posthog_rest Hush {
            create: "/api/projects/{project}/session_recording_playlists/",
            key: "/name",
            id: "/short_id",
            body: { "name": "Hush", "type": "collection", "description": env("WORD"), "token": env("TOKEN") },
            remove: set { "deleted": true },
        }
    }
}

fn held(token: &'static str) -> Environment {
    Environment::new(move |name| match name {
        "WORD" => Some("hush-word".to_owned()),
        "TOKEN" => Some(token.to_owned()),
        _ => None,
    })
}

#[tokio::test]
async fn secrets_are_sent_and_nowhere_to_be_read() {
    let mut stage = Stage::new().await;
    let bent = stage.bend(|request, _| {
        assert!(!request.url.contains("hush"));
        None
    });
    let mut session = stage.open_with(&hushed::STACK, held("hush-one")).await;
    let plan = session.plan(&fresh()).await.expect("a plan");
    assert!(!format!("{plan:?}").contains("hush-"), "{plan:?}");
    let outcome = session.apply(&plan, &quietly()).await.expect("the folder can be written");
    assert!(outcome.failed.is_empty() && outcome.warnings.is_empty(), "{:?} {:?}", outcome.failed, outcome.warnings);
    drop(session);
    assert_eq!(playlists(&stage)[0]["description"], "hush-word");
    let state = serde_json::to_string(&stage.state(&hushed::STACK)).expect("JSON");
    assert!(!state.contains("hush-"), "{state}");

    let same = planned(&stage, &hushed::STACK, held("hush-one")).await;
    assert_eq!(step(&same, "posthog_rest.Hush").change, Change::Unchanged, "{same:?}");
    // The API never shows the token: that it is another one, its tag says.
    let rotated = planned(&stage, &hushed::STACK, held("hush-two")).await;
    let found = step(&rotated, "posthog_rest.Hush");
    assert_eq!(found.fields.iter().map(|field| (&*field.field, field.rotated)).collect::<Vec<_>>(), [("token", true)]);
    assert!(!format!("{rotated:?}").contains("hush-"));
    stage.deploy_with(&hushed::STACK, held("hush-two")).await;
    let same = planned(&stage, &hushed::STACK, held("hush-two")).await;
    assert_eq!(step(&same, "posthog_rest.Hush").change, Change::Unchanged, "{same:?}");
    assert_eq!(bent.count("POST", "playlists"), 1);
}
