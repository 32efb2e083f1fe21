//! Secrets that must not be written anywhere: the tests plant them and search for them.

use super::{keys, plg, text};
use std::path::{Path, PathBuf};

pub(crate) fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() { files(&path, found) } else { found.push(path) }
    }
}

/// State, journal, lock, key, saved plan: nobody else can open any of them.
#[cfg(unix)]
fn only_the_owner_can_read(root: &Path) {
    use std::os::unix::fs::PermissionsExt;
    let mode = |path: &Path| std::fs::metadata(path).expect("it is there").permissions().mode() & 0o777;
    let stage = root.join(".plg/plg-saas-stack/dev");
    assert_eq!(mode(&stage), 0o700);
    let mut kept = vec![root.join("saved.plan"), root.join(".plg/key")];
    files(&stage, &mut kept);
    assert!(kept.len() >= 5, "{kept:?}");
    for file in kept {
        assert_eq!(mode(&file), 0o600, "{}", file.display());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_byte_that_is_written_holds_a_secret() {
    let root = tempfile::tempdir().unwrap();
    let running = plg_sandbox::Sandbox::start(([127, 0, 0, 1], 0).into(), None).await.unwrap();
    let url = running.url();
    let mut said = Vec::new();
    let mut plg = |arguments: &[&str], code: i32| {
        let mut command = plg(root.path());
        command.args(arguments).env("PLG_STAGE", "dev").env("PLG_LOG", "trace").env("RUST_BACKTRACE", "full");
        command.envs(keys("planted-attio-key", "planted-posthog-key"));
        let output = command.env("PLG_ATTIO_URL", &url).env("PLG_POSTHOG_URL", &url).output().unwrap();
        let (status, out, err) = text(&output);
        assert_eq!(status, code, "{arguments:?}: {err}");
        said.push((format!("{arguments:?}"), format!("{out}\n{err}")));
        out
    };
    plg(&["plan", "--json"], 0);
    plg(&["deploy", "--yes", "-vv", "--json"], 0);
    plg(&["plan", "--destroy", "--out", "saved.plan"], 0);
    plg(&["state", "show", "webhook.DealChanges"], 0);
    plg(&["output"], 0);
    plg(&["output", "webhook.DealChanges", "--json"], 0);
    plg(&["doctor"], 0);
    plg(&["drift"], 0);
    plg(&["import"], 0);
    plg(&["deploy", "--yes", "--target", "feature_flag.NoSuchFlag"], 2);

    // What was promised to be kept can be had back, and only when it is asked for.
    let mut reveal = super::plg(root.path());
    reveal.args(["output", "--reveal", "webhook.DealChanges"]).env("PLG_STAGE", "dev");
    let (code, secret, err) = text(&reveal.output().unwrap());
    assert_eq!(code, 0, "{err}");
    let secret = secret.trim();
    assert_eq!(secret.len(), 64, "the sandbox signs with 32 bytes");

    // The journal of a deploy that failed half way.
    running.sandbox().set_faults(
        serde_json::from_str(
            r#"{"rules": [{"match": {"method": "DELETE", "path": "/v2/webhooks"}, "do": {"status": 500}}]}"#,
        )
        .unwrap(),
    );
    plg(&["destroy", "--yes"], 4);

    let mut all = Vec::new();
    files(root.path(), &mut all);
    let key = std::fs::read_to_string(root.path().join(".plg/key")).unwrap();
    let key = key.lines().last().unwrap();
    assert!(key.starts_with("plg-key-1"), "a key of our own");
    for planted in ["planted-attio-key", "planted-posthog-key", secret, key] {
        for file in all.iter().filter(|file| !file.ends_with(".plg/key")) {
            let bytes = std::fs::read(file).unwrap();
            let found = bytes.windows(planted.len()).any(|window| window == planted.as_bytes());
            assert!(!found, "{} holds a secret", file.display());
        }
        for (arguments, text) in &said {
            assert!(!text.contains(planted), "{arguments} printed a secret:\n{text}");
        }
    }
    assert!(all.len() >= 5, "{all:?}");
    #[cfg(unix)]
    only_the_owner_can_read(root.path());

    // Without its file the key can be given, and nothing else opens what is kept.
    std::fs::remove_file(root.path().join(".plg/key")).unwrap();
    let reveal = |given: Option<&str>| {
        let mut reveal = super::plg(root.path());
        reveal.args(["output", "--reveal", "webhook.DealChanges"]).env("PLG_STAGE", "dev");
        text(&reveal.envs(given.map(|key| ("PLG_STATE_KEY", key))).output().unwrap())
    };
    let (code, out, err) = reveal(Some(key));
    assert_eq!((code, out.trim()), (0, secret), "{err}");
    for given in [None, Some("planted-passphrase")] {
        let (code, out, err) = reveal(given);
        assert!(code != 0 && !out.contains(secret), "{out}");
        assert!(!format!("{out}{err}").contains("planted"), "{err}");
        assert!(!root.path().join(".plg/key").exists(), "reading makes no key");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_declaration_takes_from_the_environment_is_a_secret_too() {
    let root = tempfile::tempdir().unwrap();
    let running = plg_sandbox::Sandbox::start(([127, 0, 0, 1], 0).into(), None).await.unwrap();
    let url = running.url();
    let planted = ["https://example.com/planted-deals", "https://example.com/planted-companies"];
    let mut said = Vec::new();
    let mut plg = |arguments: &[&str], code: i32| {
        let mut command = plg(root.path());
        command.args(arguments).env("PLG_STAGE", "prod").env("PLG_LOG", "trace").env("RUST_BACKTRACE", "full");
        command.envs(keys("k", "k"));
        command.env("DEAL_WEBHOOK_URL", planted[0]).env("COMPANY_WEBHOOK_URL", planted[1]);
        let output = command.env("PLG_ATTIO_URL", &url).env("PLG_POSTHOG_URL", &url).output().unwrap();
        let (status, out, err) = text(&output);
        assert_eq!(status, code, "{arguments:?}: {err}");
        said.push((format!("{arguments:?}"), format!("{out}\n{err}")));
    };
    // An API that repeats what it does not like.
    let repeats = format!(
        r#"{{"rules": [{{"match": {{"method": "POST", "path": "/v2/webhooks"}}, "do": {{"status": 400, "body":
            {{"status_code": 400, "type": "invalid_request_error", "code": "validation_type",
              "message": "{} is no address for a webhook"}}}}}}]}}"#,
        planted[0]
    );
    running.sandbox().set_faults(serde_json::from_str(&repeats).unwrap());
    plg(&["deploy", "--yes", "-vv", "--json"], 4);
    plg(&["deploy", "--yes"], 4);
    running.sandbox().set_faults(plg_sandbox::Faults::default());
    plg(&["plan", "--out", "saved.plan", "--html", "plan.html"], 0);
    plg(&["deploy", "--yes", "--json"], 0);
    plg(&["plan", "--detailed-exitcode"], 0);
    plg(&["state", "show", "webhook.DealChanges"], 0);
    plg(&["state", "pull"], 0);
    plg(&["output"], 0);
    for hook in super::rows(running.sandbox(), "/v2/webhooks") {
        let id = hook["id"]["webhook_id"].as_str().unwrap();
        let mut request = plg_sandbox::SandboxRequest::new("PATCH", &format!("/v2/webhooks/{id}"));
        request.headers.push(("authorization".into(), "Bearer x".into()));
        request.body = br#"{"data": {"target_url": "https://example.com/by-hand"}}"#.to_vec();
        assert_eq!(running.sandbox().answer(&request).status, 200);
    }
    plg(&["plan", "--format", "markdown"], 0);
    plg(&["drift", "--json"], 0);
    let mut all = Vec::new();
    files(root.path(), &mut all);
    for planted in planted {
        for (arguments, text) in &said {
            assert!(!text.contains(planted), "{arguments} printed a secret:\n{text}");
        }
        for file in &all {
            let bytes = std::fs::read(file).unwrap();
            let found = bytes.windows(planted.len()).any(|window| window == planted.as_bytes());
            assert!(!found, "{} holds a secret", file.display());
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_value_that_was_rotated_is_told_from_one_that_was_changed_there() {
    let root = tempfile::tempdir().unwrap();
    let running = plg_sandbox::Sandbox::start(([127, 0, 0, 1], 0).into(), None).await.unwrap();
    let url = running.url();
    let plg = |arguments: &[&str], deals: &str| {
        let mut command = plg(root.path());
        command.args(arguments).env("PLG_STAGE", "prod").envs(keys("k", "k"));
        command.env("DEAL_WEBHOOK_URL", deals).env("COMPANY_WEBHOOK_URL", "https://example.com/planted-companies");
        let output = command.env("PLG_ATTIO_URL", &url).env("PLG_POSTHOG_URL", &url).output().unwrap();
        let (code, out, err) = text(&output);
        assert!(!format!("{out}{err}").contains("planted"), "{out}{err}");
        assert!(matches!(code, 0 | 8 | 11), "{arguments:?}: {err}");
        out
    };
    let (old, new) = ("https://example.com/planted-deals", "https://example.com/planted-new-deals");
    plg(&["deploy", "--yes"], old);
    let rotated = plg(&["plan"], new);
    assert!(rotated.contains("the value of DEAL_WEBHOOK_URL changed since it was applied"), "{rotated}");
    assert!(!rotated.contains("changed in the web app"), "{rotated}");
    assert!(plg(&["drift"], new).contains("No drift"), "nobody changed anything there");
    let state = std::fs::read_to_string(root.path().join(".plg/plg-saas-stack/prod/state.json")).unwrap();
    assert!(state.contains("\"held\"") && !state.contains("planted"), "{state}");

    for hook in super::rows(running.sandbox(), "/v2/webhooks") {
        let id = hook["id"]["webhook_id"].as_str().unwrap();
        let mut request = plg_sandbox::SandboxRequest::new("PATCH", &format!("/v2/webhooks/{id}"));
        request.headers.push(("authorization".into(), "Bearer x".into()));
        request.body = br#"{"data": {"target_url": "https://example.com/by-hand"}}"#.to_vec();
        assert_eq!(running.sandbox().answer(&request).status, 200);
    }
    let changed = plg(&["plan"], old);
    assert!(changed.contains("changed in the web app"), "{changed}");
    assert!(!changed.contains("changed since it was applied"), "{changed}");
    assert!(plg(&["deploy", "--yes"], new).contains("changed"));
    assert!(plg(&["plan"], new).contains("No changes"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_imported_leaves_values_in_the_environment() {
    let root = tempfile::tempdir().unwrap();
    let running = plg_sandbox::Sandbox::start(([127, 0, 0, 1], 0).into(), None).await.unwrap();
    let url = running.url();
    let plg = |arguments: &[&str]| {
        let mut command = plg(root.path());
        command.args(arguments).env("PLG_STAGE", "prod").envs(keys("k", "k"));
        command.env("DEAL_WEBHOOK_URL", "https://example.com/planted-deals");
        command.env("COMPANY_WEBHOOK_URL", "https://example.com/planted-companies");
        let output = command.env("PLG_ATTIO_URL", &url).env("PLG_POSTHOG_URL", &url).output().unwrap();
        let (code, out, err) = text(&output);
        assert_eq!(code, 0, "{arguments:?}: {err}");
        out
    };
    plg(&["deploy", "--yes"]);
    let source = plg(&["import"]);
    for name in ["DEAL_WEBHOOK_URL", "COMPANY_WEBHOOK_URL"] {
        assert!(source.contains(&format!("url: env(\"{name}\")")), "{source}");
    }
    assert!(!source.contains("planted"), "{source}");
}
