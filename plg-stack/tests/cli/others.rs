//! The stages of the shipped stack, where somebody gives one the keys of another.

use super::{event, events, keys, plg, rows, text};
use plg_sandbox::{Running, Sandbox};
use std::path::Path;

async fn server() -> Running {
    Sandbox::start(([127, 0, 0, 1], 0).into(), None).await.expect("the sandbox starts")
}

fn at(root: &Path, url: &str, arguments: &[&str]) -> (i32, String, String) {
    let mut command = plg(root);
    command.args(arguments).envs(keys("k", "k"));
    command.env("DEAL_WEBHOOK_URL", "https://a.example/c").env("COMPANY_WEBHOOK_URL", "https://a.example/d");
    text(&command.env("PLG_ATTIO_URL", url).env("PLG_POSTHOG_URL", url).output().expect("the binary runs"))
}

#[tokio::test(flavor = "multi_thread")]
async fn dev_with_the_keys_of_prod_takes_nothing_and_removes_nothing() {
    let (root, running) = (tempfile::tempdir().unwrap(), server().await);
    let url = running.url();
    let plg = |arguments: &[&str]| at(root.path(), &url, arguments);
    assert_eq!(plg(&["deploy", "--stage", "prod", "--yes"]).0, 0);
    let writes = || running.sandbox().stats().writes();
    let before = writes();

    for command in [&["plan", "--stage", "dev"][..], &["deploy", "--stage", "dev", "--yes"]] {
        let (code, _, err) = plg(command);
        assert_eq!(code, 5, "{err}");
        assert!(err.contains("error[P0627]: stage prod holds 72 objects that stage dev would adopt"), "{err}");
        assert!(err.contains("and 62 more") && err.contains("Nothing was changed."), "{err}");
    }
    let (code, out, _) = plg(&["plan", "--stage", "dev", "--json"]);
    assert_eq!((code, &event(&events(&out), "error")["name"]), (5, &"P0627".into()));
    let (code, out, err) = plg(&["destroy", "--stage", "dev", "--yes"]);
    assert_eq!(code, 0, "{out} {err}");
    let (_, out, _) = plg(&["promote", "--from", "prod", "--to", "dev", "--json"]);
    assert_eq!(event(&events(&out), "error")["code"], 5, "{out}");
    assert_eq!(writes(), before, "nothing was written");
    assert!(!rows(running.sandbox(), "/api/projects/12345/feature_flags/").is_empty());
    let (code, out, err) = plg(&["plan", "--stage", "prod", "--detailed-exitcode"]);
    assert_eq!((code, err.as_str()), (0, ""), "{out}");

    // A state that cannot be read is a warning, for people and for programs.
    std::fs::write(root.path().join(".plg/plg-saas-stack/prod/state.json"), "nonsense").unwrap();
    let (_, _, err) = plg(&["plan", "--stage", "dev"]);
    let warned = err.lines().filter(|line| line.contains("the state of stage prod cannot be read")).count();
    assert_eq!(warned, 1, "{err}");
    let (_, out, _) = plg(&["plan", "--stage", "dev", "--json"]);
    let said = event(&events(&out), "warning")["message"].as_str().unwrap_or_default().to_owned();
    assert!(said.ends_with("): plg does not know which objects it manages"), "{said}");
}
