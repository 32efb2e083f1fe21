//! The pages, opened in a real Chromium where there is one.

use super::{keys, plg, run, text};
use std::path::{Path, PathBuf};
use std::process::Command;

fn chromium() -> Option<PathBuf> {
    let given = std::env::var_os("PLG_CHROMIUM").map(PathBuf::from);
    given.into_iter().chain(["/usr/bin/chromium".into(), "/usr/bin/google-chrome".into()]).find(|path| path.exists())
}

#[test]
fn nothing_is_fetched_and_nothing_leaves_its_element() {
    let root = tempfile::tempdir().unwrap();
    let page = root.path().join("graph.html");
    let (code, _, err) = run(root.path(), &["graph", "--html", "graph.html"]);
    assert_eq!(code, 0, "{err}");
    let html = std::fs::read_to_string(&page).unwrap();
    for outside in ["http://", "https://", "src=", "@import", "url("] {
        // The name space of drawings is no address that anybody opens.
        let found = html.replace("http://www.w3.org/2000/svg", "").contains(outside);
        assert!(!found, "the page holds `{outside}`");
    }
    assert_eq!(run(root.path(), &["plan", "--html", "plan.html", "--format", "markdown"]).0, 0);
    let (_, comment, _) = run(root.path(), &["plan", "--format", "markdown"]);
    let marked = "<!-- plg: plg-saas-stack/local -->\n### Plan for plg-saas-stack in stage local\n\nmade 20";
    assert!(comment.starts_with(marked), "{comment}");
    assert!(comment.contains("\n\n**75 to create.**\n"), "{comment}");
    assert!(comment.contains("+ create feature_flag.DarkMode\n"), "{comment}");
    assert_eq!(comment.matches("```").count(), 4, "{comment}");
}

#[tokio::test(flavor = "multi_thread")]
async fn in_a_browser_at_two_widths() {
    let (Some(chromium), Some(modules)) = (chromium(), std::env::var_os("PLG_NODE_MODULES")) else {
        assert!(std::env::var_os("PLG_REQUIRE_SERVICES").is_none(), "Chromium or PLG_NODE_MODULES is missing");
        eprintln!("SKIPPED: no Chromium, or PLG_NODE_MODULES with playwright-core and axe-core is not set");
        return;
    };
    let root = tempfile::tempdir().unwrap();
    let running = plg_sandbox::Sandbox::start(([127, 0, 0, 1], 0).into(), None).await.unwrap();
    let url = running.url();
    let dev = |arguments: &[&str]| {
        let mut command = plg(root.path());
        command.args(arguments).env("PLG_STAGE", "dev").envs(keys("k", "k"));
        let (code, _, err) = text(&command.env("PLG_ATTIO_URL", &url).env("PLG_POSTHOG_URL", &url).output().unwrap());
        assert_eq!(code, 0, "{arguments:?}: {err}");
    };
    dev(&["plan", "--html", "first.html"]);
    dev(&["deploy", "--yes"]);
    let mut click = plg_sandbox::SandboxRequest::new("PATCH", "/api/projects/12345/dashboards/1/");
    click.headers.push(("authorization".into(), "Bearer x".into()));
    click.body = br#"{"name":"<script>alert(1)</script> & \"clicked\""}"#.to_vec();
    assert_eq!(running.sandbox().answer(&click).status, 200);
    // People and events, of whom the page shows what they sent as it is.
    let mut sent = plg_sandbox::SandboxRequest::new("POST", "/batch/");
    sent.body = br#"{"api_key":"any","batch":[
        {"event":"signup_complete","distinct_id":"<script>alert(2)</script>","properties":{"plan":"<b>pro</b>"}},
        {"event":"$identify","distinct_id":"u1","properties":{"$anon_distinct_id":"a1","$set":{"email":"a@example.com"}}}
    ]}"#
        .to_vec();
    assert_eq!(running.sandbox().answer(&sent).status, 200);
    dev(&["plan", "--html", "drift.html"]);
    dev(&["plan", "--destroy", "--html", "destroy.html"]);
    dev(&["graph", "--html", "graph.html"]);

    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/browser/check.mjs");
    let shots = Path::new(env!("CARGO_TARGET_TMPDIR")).join("pages");
    std::fs::create_dir_all(&shots).unwrap();
    let mut command = Command::new("node");
    command.arg(script).arg(chromium).arg(&shots).arg(format!("{url}/")).env("PLG_NODE_MODULES", modules);
    for page in ["first.html", "drift.html", "destroy.html", "graph.html"] {
        command.arg(format!("file://{}", root.path().join(page).display()));
    }
    let (code, out, err) = text(&command.output().expect("node runs"));
    assert_eq!(code, 0, "screenshots are in {}:\n{out}{err}", shots.display());
}
