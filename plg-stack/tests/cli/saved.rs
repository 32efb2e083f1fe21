//! A plan that is saved and applied later.

use super::{event, events, keys, plg, run, text};
use std::path::Path;

fn edit(path: &Path, from: &str, to: &str) {
    let text = std::fs::read_to_string(path).expect("it can be read");
    assert!(text.contains(from), "{text}");
    std::fs::write(path, text.replace(from, to)).expect("it can be written");
}

#[test]
fn it_is_applied_as_it_was_shown_or_not_at_all() {
    let root = tempfile::tempdir().unwrap();
    let run = |arguments: &[&str]| run(root.path(), arguments);
    let (code, shown, err) = run(&["plan", "--out", "first.plan"]);
    assert_eq!(code, 0, "{err}");
    assert!(err.contains("`deploy first.plan` applies exactly this"), "{err}");
    let (code, out, err) = run(&["deploy", "first.plan"]);
    assert_eq!(code, 0, "{err}");
    assert!(out.starts_with(&shown), "the same plan is shown again:\n{out}");
    assert!(out.contains("75 created"), "{out}");

    let (code, _, err) = run(&["deploy", "first.plan"]);
    assert_eq!(code, 7, "{err}");
    assert!(err.contains("was applied already, by deploy 1 at "), "{err}");
    assert!(err.contains("Nothing was changed."), "{err}");

    let (code, out, _) = run(&["plan", "--destroy", "--out", "gone.plan", "--json"]);
    assert_eq!(code, 0);
    assert_eq!(event(&events(&out), "saved")["file"], "gone.plan");
    let (code, _, err) = run(&["deploy", "gone.plan", "--stage", "dev"]);
    assert_eq!(code, 2, "{err}");
    assert!(err.contains("is a plan for stage local, and this command is for stage dev"), "{err}");
    let (code, out, err) = run(&["deploy", "gone.plan"]);
    assert_eq!(code, 0, "{err}");
    assert!(out.contains("44 deleted, 31 archived"), "{out}");

    let file = root.path().join("gone.plan");
    edit(&file, "\"destroy\": true", "\"destroy\": false");
    let (code, _, err) = run(&["deploy", "gone.plan"]);
    assert_eq!(code, 2, "{err}");
    assert!(err.contains("the file is not a saved plan, or was edited"), "{err}");
    assert_eq!(run(&["deploy", "nowhere.plan"]).0, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_moved_in_between_is_refused_by_name() {
    let root = tempfile::tempdir().unwrap();
    let running = plg_sandbox::Sandbox::start(([127, 0, 0, 1], 0).into(), None).await.unwrap();
    let url = running.url();
    let plg = |arguments: &[&str]| {
        let mut command = plg(root.path());
        command.args(arguments).env("PLG_STAGE", "dev").envs(keys("k", "k"));
        text(&command.env("PLG_ATTIO_URL", &url).env("PLG_POSTHOG_URL", &url).output().unwrap())
    };
    assert_eq!(plg(&["deploy", "--yes"]).0, 0);
    assert_eq!(plg(&["plan", "--out", "nothing.plan"]).0, 0);
    let id = serde_json::from_str::<serde_json::Value>(&plg(&["output", "cohort.PowerUsers"]).1).unwrap()["id"].clone();
    let mut request = plg_sandbox::SandboxRequest::new("PATCH", &format!("/api/projects/12345/cohorts/{id}/"));
    request.headers.push(("authorization".into(), "Bearer x".into()));
    request.body = br#"{"name":"clicked"}"#.to_vec();
    assert_eq!(running.sandbox().answer(&request).status, 200);
    let (code, _, err) = plg(&["deploy", "nothing.plan"]);
    assert_eq!(code, 7, "{err}");
    assert!(err.contains("cohort.PowerUsers: it was changed in the web app"), "{err}");
    assert_eq!(err.matches("\n  ").count(), 1, "and nothing else moved: {err}");
}
