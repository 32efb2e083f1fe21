//! Where the stack says what an API objected to.

use super::{event, events, keys, plg, text};
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn the_line_that_an_api_objects_to_is_shown() {
    let root = tempfile::tempdir().expect("a folder");
    let running = plg_sandbox::Sandbox::start(([127, 0, 0, 1], 0).into(), None).await.expect("the sandbox starts");
    let taken = json!({ "type": "validation_error", "code": "unique", "attr": "key",
        "detail": "There is already a feature flag with this key." });
    let share = json!({ "type": "validation_error", "code": "invalid_input", "attr": "filters",
        "detail": "groups[0].rollout_percentage must be between 0 and 100, got 10" });
    let refuses = |key: &str, body: &serde_json::Value| {
        json!({ "match": { "method": "POST", "path": "/api/projects/12345/feature_flags", "body": key },
            "do": { "status": 400, "body": body } })
    };
    let rules = json!({ "rules": [refuses("dark-mode", &taken), refuses("beta-features", &share)] });
    running.sandbox().set_faults(serde_json::from_value(rules).expect("faults"));
    let deploy = |arguments: &[&str]| {
        let mut command = plg(root.path());
        command.args(arguments).env("PLG_STAGE", "dev").envs(keys("k", "k"));
        let command = command.env("PLG_ATTIO_URL", running.url()).env("PLG_POSTHOG_URL", running.url());
        text(&command.output().expect("it runs"))
    };
    let (code, out, err) = deploy(&["deploy", "--yes"]);
    assert_eq!(code, 4, "{out} {err}");
    let lines: Vec<&str> = err.lines().collect();
    let shown = |address: &str, field: &str| {
        let title = format!("{address} could not be applied");
        let start = lines.iter().position(|line| line.contains(&title)).unwrap_or_else(|| panic!("{title}: {err}"));
        let [place, _, source, marks] = lines[start + 1..start + 5] else { panic!("{err}") };
        let column = source.find(field).unwrap_or_else(|| panic!("{field} is not in {source}: {err}"));
        assert!(place.contains("--> plg-stack/src/product.rs:"), "{err}");
        let marked = marks.trim_end().get(column..).unwrap_or_default();
        assert_eq!(marked, "^".repeat(field.len()), "{err}");
    };
    shown("feature_flag.DarkMode", "key: \"dark-mode\"");
    shown("feature_flag.BetaFeatures", "rollout: 10%");
    assert!(err.contains("PostHog answered 400 (unique) about `key`"), "{err}");

    let (_, out, _) = deploy(&["deploy", "--yes", "--json"]);
    let all = events(&out);
    let failed = all.iter().filter(|event| event["event"] == "failure");
    let said: Vec<_> =
        failed.map(|one| (one["address"].clone(), one["field"].clone(), one["account"].clone())).collect();
    assert!(said.contains(&(json!("feature_flag.DarkMode"), json!("key"), json!("posthog"))), "{out}");
    assert!(said.contains(&(json!("feature_flag.BetaFeatures"), json!("rollout"), json!("posthog"))), "{out}");
    let at = event(&all, "failure")["at"].as_str().map(|at| at.split(':').count());
    assert_eq!(at, Some(3), "a line and a column: {out}");
}
