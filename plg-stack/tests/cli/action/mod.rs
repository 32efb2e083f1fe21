//! The action for pull requests, end to end, with a forge and a runner of our own: the shell steps are run as they stand.

mod forge;
mod runner;

use forge::Forge;
use plg_sandbox::{Sandbox, SandboxRequest};
use runner::{Ended, Run, repository};
use serde_json::{Value, json};
use std::path::Path;
use std::process::Command;

/// The programs that the steps use, or why they are not run.
fn is_possible() -> bool {
    let has = |program: &str| Command::new(program).arg("--version").output().is_ok_and(|said| said.status.success());
    let lacking: Vec<&str> = ["bash", "curl", "jq"].into_iter().filter(|program| !has(program)).collect();
    assert!(lacking.is_empty() || std::env::var_os("PLG_REQUIRE_SERVICES").is_none(), "missing: {lacking:?}");
    if !lacking.is_empty() {
        eprintln!("SKIPPED: the action's steps need {}", lacking.join(" and "));
    }
    lacking.is_empty()
}

fn click(sandbox: &Sandbox, path: &str, body: &Value) {
    let mut request = SandboxRequest::new("PATCH", path);
    request.headers.push(("authorization".into(), "Bearer x".into()));
    request.body = body.to_string().into_bytes();
    let answer = sandbox.answer(&request);
    assert_eq!(answer.status, 200, "{answer:?}");
}

const DEV: &[(&str, &str)] = &[("command", "plan"), ("stage", "dev")];
const APPLY: &[(&str, &str)] = &[("command", "apply"), ("stage", "dev")];
const DRIFT: &[(&str, &str)] = &[("command", "drift"), ("stage", "dev")];

fn merged(forge: &Forge, commit: &str, head: &str) {
    let pull = json!({ "merge_commit_sha": commit, "merged_at": "2026-11-30T08:00:00Z", "head": { "sha": head } });
    forge.held.lock().expect("nobody panicked").pulls.push(pull);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pull_request_is_planned_merged_and_looked_after() {
    if !is_possible() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let root: &Path = folder.path();
    let running = Sandbox::start(([127, 0, 0, 1], 0).into(), None).await.unwrap();
    let forge = Forge::start();
    let url = running.url();
    let go = |id: u64, commit: &str, number: Option<u64>, inputs: &[(&str, &str)]| -> Ended {
        Run { forge: &forge, root, sandbox: &url, id, commit, number, program: None }.with(inputs)
    };
    // People talk in it, and one of them writes a mark, too.
    forge.held.lock().unwrap().comments = (1..=101)
        .map(|id| {
            json!({ "id": id, "on": "7", "user": { "type": "User" },
            "body": "<!-- plg: plg-saas-stack/dev -->\nI wrote this" })
        })
        .collect();

    let planned = go(1, "aaa", Some(7), DEV);
    assert_eq!(planned.code, 0, "{planned:?}");
    assert!(planned.summary.contains("75 to create"), "{planned:?}");
    let first = forge.bodies();
    assert_eq!(first.len(), 102);
    assert!(first[101].starts_with(
        "<!-- plg: plg-saas-stack/dev -->\n<!-- kept as: plg-dev -->\n### Plan for plg-saas-stack in stage dev"
    ));

    // A second push changes that comment; another stage has one of its own.
    assert_eq!(go(2, "bbb", Some(7), DEV).code, 0);
    assert_eq!(go(2, "bbb", Some(7), &[("command", "plan"), ("stage", "staging")]).code, 0);
    let second = forge.bodies();
    assert_eq!(second.len(), 103);
    assert!(second[102].starts_with("<!-- plg: plg-saas-stack/staging -->\n"));
    assert_eq!(second[..101], first[..101]);
    assert!(forge.held.lock().unwrap().asked.contains(&"PATCH /repos/acme/growth/issues/comments/102".to_owned()));

    // A push that does not compile takes the place of the plan, as nobody may believe the older one.
    let broken =
        Run { forge: &forge, root, sandbox: &url, id: 3, commit: "ccc", number: Some(7), program: Some("false") };
    assert_eq!(broken.with(DEV).code, 1);
    let third = forge.bodies();
    assert_eq!(third.len(), 103);
    let mark = "<!-- plg: plg-saas-stack/dev -->\n<!-- kept as: plg-dev -->\n";
    assert!(third[101].starts_with(&format!("{mark}**The plan of stage dev ended with 1: nothing")), "{}", third[101]);
    // Another stack with a stage of this name has comments of its own.
    let other =
        Run { forge: &forge, root, sandbox: &url, id: 3, commit: "ccc", number: Some(7), program: Some("false") };
    assert_eq!(other.with(&[("command", "plan"), ("stage", "dev"), ("name", "other stack")]).code, 1);
    assert_eq!(forge.bodies().len(), 104);
    assert_eq!(forge.bodies()[101], third[101]);
    let unknown = go(3, "ccc", Some(7), &[("command", "deploy"), ("stage", "dev")]);
    assert!(unknown.code == 2 && unknown.said.contains("write plan, apply or drift"), "{unknown:?}");

    // What was merged was planned by the run of its last push.
    assert_eq!(go(4, "ddd", Some(7), DEV).code, 0);
    merged(&forge, "eee", "ddd");
    let nothing = go(5, "fff", None, APPLY);
    assert_eq!(nothing.code, 1, "{nothing:?}");
    assert!(nothing.said.contains("no kept plan `plg-dev` belongs to fff: nothing was applied"), "{nothing:?}");
    let applied = go(6, "eee", None, APPLY);
    assert_eq!(applied.code, 0, "{applied:?}");
    assert!(applied.said.contains("75 created"), "{applied:?}");

    assert_eq!(go(7, "eee", None, DRIFT).code, 0);
    click(running.sandbox(), "/api/projects/12345/dashboards/1/", &json!({ "name": "Clicked `` together" }));
    let drift = go(8, "eee", None, DRIFT);
    assert_eq!(drift.code, 8, "{drift:?}");
    assert!(
        drift.summary.contains("### Drift of stage dev") && drift.summary.contains("Clicked `` together"),
        "{drift:?}"
    );

    // Somebody clicks once more between the plan and the merge: it is not the plan that was read any more.
    assert_eq!(go(9, "ggg", Some(8), DEV).code, 0);
    merged(&forge, "hhh", "ggg");
    click(running.sandbox(), "/api/projects/12345/dashboards/1/", &json!({ "name": "Once more" }));
    let stale = go(10, "hhh", None, APPLY);
    assert_eq!(stale.code, 7, "{stale:?}");
    assert!(stale.said.contains("moved after the pull request was planned"), "{stale:?}");
    // A commit without a pull request, where that is allowed.
    let anew = go(11, "iii", None, &[("command", "apply"), ("stage", "dev"), ("saved", "optional")]);
    assert_eq!(anew.code, 0, "{anew:?}");
    assert!(anew.said.contains("1 changed"), "{anew:?}");
}

/// What a run of a fork kept is no plan of ours, and neither is one of another head.
#[tokio::test(flavor = "multi_thread")]
async fn plans_of_strangers_are_not_applied() {
    if !is_possible() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let forge = Forge::start();
    let artifact = |head: &str, of: u64, expired: bool| {
        json!({ "name": "plg-dev", "expired": expired, "workflow_run": {
            "id": 1, "head_sha": head, "head_repository_id": of, "repository_id": 1 } })
    };
    forge.held.lock().unwrap().artifacts =
        vec![artifact("aaa", 2, false), artifact("bbb", 1, false), artifact("aaa", 1, true)];
    merged(&forge, "ccc", "aaa");
    let run =
        Run { forge: &forge, root: folder.path(), sandbox: "", id: 2, commit: "ccc", number: None, program: None };
    let ended = run.with(APPLY);
    assert_eq!(ended.code, 1, "{ended:?}");
    assert!(ended.said.contains("nothing was applied"), "{ended:?}");
}

/// The token is in no argument, and no script takes an expression into its text: what a branch is called is never run.
#[test]
fn nothing_of_a_pull_request_becomes_a_command() {
    let action: Value =
        serde_yaml_ng::from_str(&std::fs::read_to_string(repository().join("action.yml")).unwrap()).unwrap();
    let steps = action["runs"]["steps"].as_array().unwrap();
    for run in steps.iter().filter_map(|step| step["run"].as_str()) {
        assert!(!run.contains("${{"), "{run}");
    }
}
