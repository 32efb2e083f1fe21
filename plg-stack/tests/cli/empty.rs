//! A stage of which nothing is remembered says so, and a host that is not there is no fault of a key or a stack.

use super::{event, events, keys, plg, text};
use plg_sandbox::{Running, Sandbox};
use std::path::Path;

async fn server() -> Running {
    Sandbox::start(([127, 0, 0, 1], 0).into(), None).await.expect("the sandbox starts")
}

fn at(root: &Path, url: &str, arguments: &[&str]) -> (i32, String, String) {
    let mut command = plg(root);
    command.args(arguments).env("PLG_STAGE", "prod").envs(keys("k", "k"));
    command.env("DEAL_WEBHOOK_URL", "https://a.example/c").env("COMPANY_WEBHOOK_URL", "https://a.example/d");
    text(&command.env("PLG_ATTIO_URL", url).env("PLG_POSTHOG_URL", url).output().expect("the binary runs"))
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_remembered_is_said_first_and_is_no_success() {
    let (root, running) = (tempfile::tempdir().unwrap(), server().await);
    let url = running.url();
    let plg = |arguments: &[&str]| at(root.path(), &url, arguments);
    let first = |err: &str| {
        let line = err.trim_start().lines().next().unwrap_or_default().to_owned();
        assert!(line.starts_with("Stage prod has no state in ") && line.contains("state pull"), "{err}");
        assert!(line.contains(".plg/plg-saas-stack/prod"), "{err}");
    };
    let (code, out, err) = plg(&["drift", "--exit-code"]);
    assert_eq!(code, 11, "{out} {err}");
    assert!(!out.contains("No drift"), "{out}");
    first(&err);
    assert_eq!(plg(&["drift"]).0, 0);
    let (code, out, _) = plg(&["drift", "--exit-code", "--json"]);
    assert_eq!(code, 11);
    assert_eq!(event(&events(&out), "drift")["remembered"], false);
    assert_eq!(event(&events(&out), "unremembered")["stage"], "prod");
    let (code, _, err) = plg(&["plan"]);
    assert_eq!(code, 0);
    first(&err);
    let (_, _, err) = plg(&["promote", "--from", "local", "--to", "prod"]);
    let (from, to) = err.split_once('\n').unwrap_or_default();
    assert!(from.starts_with("Stage local has no state in "), "{err}");
    first(to);
    assert!(!err.contains("): plg promotes the declared values, not changes made in the web app"), "{err}");
    let mut destroy = super::plg(root.path());
    destroy.args(["destroy", "--yes", "--stage", "dev"]).envs(keys("k", "k"));
    let (code, _, err) = text(&destroy.env("PLG_ATTIO_URL", &url).env("PLG_POSTHOG_URL", &url).output().unwrap());
    assert_eq!(code, 0, "{err}");
    assert!(err.starts_with("Stage dev has no state in "), "{err}");
    assert_eq!(plg(&["drift", "--exit-code", "--stage", "dev"]).0, 11, "to look, even to destroy, leaves no state");

    let (code, _, err) = plg(&["deploy", "--yes"]);
    assert_eq!(code, 0, "{err}");
    first(&err);
    let (code, out, err) = plg(&["drift", "--exit-code"]);
    assert_eq!((code, err.as_str()), (0, ""), "{out}");
}

#[test]
fn a_state_without_resources_is_remembered() {
    let root = tempfile::tempdir().unwrap();
    let local = |arguments: &[&str]| super::run(root.path(), arguments);
    assert_eq!(local(&["drift", "--exit-code"]).0, 11);
    let (code, _, err) = local(&["deploy"]);
    assert_eq!(code, 0);
    assert!(err.starts_with("Stage local has no state in ") && err.contains("first deploy"), "{err}");
    assert_eq!(local(&["destroy", "--yes"]).0, 0);
    let (code, _, err) = local(&["drift", "--exit-code"]);
    assert_ne!(code, 11, "{err}");
    assert!(!err.contains("has no state"), "{err}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_saved_plan_without_the_state_it_was_made_of_says_so_once() {
    let (root, elsewhere, running) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap(), server().await);
    let url = running.url();
    let file = root.path().join("prod.plan").display().to_string();
    assert_eq!(at(root.path(), &url, &["deploy", "--yes"]).0, 0);
    assert_eq!(at(root.path(), &url, &["plan", "--out", &file]).0, 0);
    let (code, _, err) = at(elsewhere.path(), &url, &["deploy", &file]);
    assert_eq!(code, 7, "{err}");
    assert!(!err.contains("deployed since") && !err.contains("feature_flag."), "{err}");
    assert!(err.contains("there is none in ") && err.contains("Nothing was changed."), "{err}");
    assert!(err.lines().count() <= 5, "{err}");
}

#[test]
fn a_host_that_cannot_be_reached_is_exit_10() {
    let root = tempfile::tempdir().unwrap();
    // A port nobody listens on.
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let url = format!("http://127.0.0.1:{port}");
    for command in [&["plan"][..], &["deploy", "--yes"], &["drift"], &["doctor"], &["import"]] {
        let (code, out, err) = at(root.path(), &url, command);
        assert_eq!(code, 10, "{command:?}: {out} {err}");
    }
    let (_, out, _) = at(root.path(), &url, &["plan", "--json"]);
    let said = event(&events(&out), "error").clone();
    assert_eq!((&said["code"], &said["name"]), (&10.into(), &"P0626".into()), "{said}");
}
