//! Every line about an error has a code that `explain` knows, whoever says it.

use super::{events, keys, plg, run, text};
use serde_json::json;
use std::path::Path;

/// The codes of every line that says an error.
fn codes(err: &str) -> Vec<String> {
    let lines = err.lines().filter(|line| line.trim_start().to_lowercase().starts_with("error"));
    let code = |line: &str| {
        let code = line.trim_start().strip_prefix("error[").and_then(|rest| rest.split_once("]: "));
        code.unwrap_or_else(|| panic!("no code: {line}")).0.to_owned()
    };
    lines.map(code).collect()
}

/// Runs what does not work; its codes are known, and a program is told the same.
fn refused(root: &Path, arguments: &[&str]) -> Vec<String> {
    let (code, _, err) = run(root, arguments);
    assert_ne!(code, 0, "{arguments:?}");
    let said = codes(&err);
    assert!(!said.is_empty(), "{arguments:?} says no error: {err}");
    for code in &said {
        let (known, out, err) = run(root, &["explain", code]);
        assert_eq!(known, 0, "{code}: {out} {err}");
    }
    said
}

#[test]
fn what_does_not_work_says_a_code() {
    let root = tempfile::tempdir().expect("a folder");
    let root = root.path();
    for arguments in [
        &["bogus"][..],
        &["plan", "--bogus"],
        &["plan", "--parallelism", "0"],
        &["plan", "-q", "-v"],
        &["state", "push"],
        &["graph", "--format", "dott"],
    ] {
        assert_eq!(refused(root, arguments), ["P0614"], "{arguments:?}");
    }
    std::fs::write(root.join("damaged.plan"), "{").expect("it can be written");
    for arguments in [
        &["plan", "--stage", "dev"][..],
        &["plan", "--stage", "lokal"],
        &["plan", "--target", "nothing.Such"],
        &["deploy", "nofile.plan"],
        &["deploy", "damaged.plan"],
        &["destroy", "--stage", "dev"],
        &["destroy", "--stage", "prod", "--yes"],
        &["drift", "--target", "nothing.Such"],
        &["promote", "--from", "dev", "--to", "dev"],
        &["doctor", "--stage", "dev"],
        &["import", "--stage", "dev"],
        &["output", "feature_flag.DarkMode"],
        &["state", "show", "feature_flag.DarkMode"],
        &["state", "rm", "feature_flag.DarkMode", "--yes"],
        &["state", "mv", "feature_flag.DarkMode", "feature_flag.Dark", "--yes"],
        &["state", "unlock", "abc"],
        &["state", "migrate", "--from", "ftp://x", "--yes"],
        &["explain", "P9999"],
        &["unused", "--in", "nowhere"],
        &["sandbox", "serve", "--listen", "0.0.0.0:0"],
        &["sandbox", "reset", "--stage", "dev", "--yes"],
    ] {
        let said = refused(root, arguments);
        let (_, out, _) = run(root, &[arguments, &["--json"]].concat());
        let events = events(&out);
        let told: Vec<&str> =
            events.iter().filter(|e| e["event"] == "error").filter_map(|e| e["name"].as_str()).collect();
        assert_eq!(told, said, "{arguments:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_resource_that_failed_says_a_code() {
    let root = tempfile::tempdir().expect("a folder");
    let running = plg_sandbox::Sandbox::start(([127, 0, 0, 1], 0).into(), None).await.expect("the sandbox starts");
    let no = json!({ "rules": [{ "match": { "method": "POST", "path": "/api/projects/12345/cohorts" },
        "do": { "status": 400, "body": { "type": "validation_error", "code": "invalid", "detail": "no", "attr": "name" } } }] });
    running.sandbox().set_faults(serde_json::from_value(no).expect("faults"));
    let deploy = |arguments: &[&str]| {
        let mut command = plg(root.path());
        command.args(arguments).env("PLG_STAGE", "dev").envs(keys("k", "k"));
        text(
            &command
                .env("PLG_ATTIO_URL", running.url())
                .env("PLG_POSTHOG_URL", running.url())
                .output()
                .expect("it runs"),
        )
    };
    let (code, out, err) = deploy(&["deploy", "--yes"]);
    assert_eq!(code, 4, "{out} {err}");
    // One cause is said once, with all that failed for it.
    assert_eq!(codes(&err), ["P0605"], "{err}");
    assert!(err.contains("5 resources could not be applied"), "{err}");
    let (_, out, _) = deploy(&["deploy", "--yes", "--json"]);
    let failures = events(&out).into_iter().filter(|event| event["event"] == "failure");
    assert_eq!(failures.map(|event| event["name"].clone()).collect::<Vec<_>>(), ["P0605"; 5], "{out}");
}

/// Only one function of the command line begins a line about an error, and it takes the code.
#[test]
fn nothing_else_says_an_error() {
    fn look(folder: &Path, found: &mut Vec<String>) {
        for entry in std::fs::read_dir(folder).expect("the sources are there") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                look(&path, found);
                continue;
            }
            let text = std::fs::read_to_string(&path).expect("a source");
            let lines = text
                .lines()
                .filter(|line| line.contains("\"error:") || line.contains("\"error[") || line.contains("\"1;31\""));
            found.extend(
                lines.map(|line| format!("{}: {}", path.file_name().unwrap_or_default().display(), line.trim())),
            );
        }
    }
    let mut found = Vec::new();
    look(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../plg-cli/src"), &mut found);
    found.sort();
    let places: Vec<&str> = found.iter().filter_map(|line| line.split(':').next()).collect();
    assert_eq!(places, ["lib.rs", "lib.rs", "output.rs"], "{found:#?}");
}
