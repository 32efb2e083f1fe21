//! How a deploy ends that does not run to its end, and who waits for whom.

#![cfg(unix)]

use super::{keys, plg, rows, text};
use plg_sandbox::{Faults, Running, Sandbox};
use serde_json::json;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// A server that takes its time, and a folder to deploy to it from.
pub(super) struct Desk {
    pub(super) root: tempfile::TempDir,
    pub(super) running: Running,
}

impl Desk {
    pub(super) async fn slow() -> Desk {
        let running = Sandbox::start(([127, 0, 0, 1], 0).into(), None).await.expect("the sandbox starts");
        let desk = Desk { root: tempfile::tempdir().expect("a folder"), running };
        desk.delay(100);
        desk
    }

    pub(super) fn delay(&self, delay_ms: u64) {
        self.running.sandbox().set_faults(Faults { delay_ms, ..Faults::default() });
    }

    pub(super) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = plg(self.root.path());
        command.args(arguments).env("PLG_STAGE", "dev").envs(keys("k", "k"));
        // The sandbox ends every request within its delay.
        command.env("PLG_LATE_WINDOW", "2");
        command.env("PLG_ATTIO_URL", self.running.url()).env("PLG_POSTHOG_URL", self.running.url());
        command
    }

    pub(super) fn run(&self, arguments: &[&str]) -> (i32, String, String) {
        text(&self.command(arguments).output().expect("the binary runs"))
    }

    /// A deploy that has made a few things, and is not done.
    async fn half_way(&self) -> Child {
        let mut command = self.command(&["deploy", "--yes", "--parallelism", "2"]);
        let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the binary starts");
        let writes = || self.running.sandbox().stats().writes();
        let before = writes();
        while writes() < before + 4 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        child
    }

    /// Everything is there once, and a plan has nothing to do.
    pub(super) fn is_whole(&self) {
        self.delay(0);
        let (code, out, err) = self.run(&["deploy", "--yes"]);
        assert_eq!(code, 0, "{out} {err}");
        assert_eq!(self.run(&["plan", "--detailed-exitcode"]).0, 0);
        for (path, count) in [("cohorts", 5), ("feature_flags", 4), ("dashboards", 3), ("actions", 5)] {
            let all = rows(self.running.sandbox(), &format!("/api/projects/12345/{path}/?limit=100"));
            let own: Vec<_> =
                all.iter().filter(|row| !row["key"].as_str().unwrap_or_default().starts_with("survey-")).collect();
            assert_eq!(own.len(), count, "{path}: nothing twice, nothing missing: {own:?}");
        }
        assert_eq!(rows(self.running.sandbox(), "/v2/webhooks").len(), 2);
    }
}

fn signal(child: &Child, name: &str) {
    let sent = Command::new("kill").args([&format!("-{name}"), &child.id().to_string()]).status().expect("kill runs");
    assert!(sent.success());
}

fn ended(child: Child) -> (i32, String, String) {
    text(&child.wait_with_output().expect("it ends"))
}

#[tokio::test(flavor = "multi_thread")]
async fn interrupted_or_terminated_it_finishes_what_is_under_way_and_goes_on_later() {
    let desk = Desk::slow().await;
    for name in ["INT", "TERM"] {
        let child = desk.half_way().await;
        signal(&child, name);
        let (code, _, err) = ended(child);
        assert_eq!(code, 130, "{name}: {err}");
        assert!(
            err.contains("finishing the running requests") && err.contains("the state has everything that was done"),
            "{err}"
        );
        assert!(!err.contains("warning"), "nothing is left open: {err}");
    }
    desk.is_whole();
}

#[tokio::test(flavor = "multi_thread")]
async fn interrupted_twice_it_stops_at_once_and_the_journal_has_it() {
    let desk = Desk::slow().await;
    desk.delay(3_000);
    let mut command = desk.command(&["deploy", "--yes"]);
    // Reads are not delayed for long: only what is written takes its time.
    desk.running.sandbox().set_faults(
        serde_json::from_value(json!({ "rules": [{ "match": { "method": "POST" }, "do": { "delay_ms": 60_000 } }] }))
            .expect("faults"),
    );
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the binary starts");
    let journal = desk.root.path().join(".plg/plg-saas-stack/dev/journal");
    let announced = || std::fs::read_to_string(&journal).is_ok_and(|text| text.contains("\"intent\""));
    while !announced() {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    signal(&child, "INT");
    // The second counts once the first was seen.
    let mut said = std::io::BufRead::lines(std::io::BufReader::new(child.stderr.take().expect("a pipe")));
    while !said.next().expect("a line").expect("text").contains("Press Ctrl-C again") {}
    signal(&child, "INT");
    assert_eq!(ended(child).0, 130);
    desk.is_whole();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_lock_of_who_will_not_come_back_is_taken_away() {
    let desk = Desk::slow().await;
    let child = desk.half_way().await;
    signal(&child, "STOP");
    let (code, _, err) = desk.run(&["deploy", "--yes"]);
    assert_eq!(code, 6, "{err}");
    assert!(err.contains(&format!("process {}", child.id())), "{err}");
    for reads in [&["state", "list"][..], &["plan"], &["drift"], &["output"], &["history"]] {
        assert_eq!(desk.run(reads).0, 0, "who only reads does not wait: {reads:?}");
    }
    let nonce = err.split("state unlock ").nth(1).and_then(|rest| rest.split(' ').next()).expect("a nonce").to_owned();
    assert_ne!(desk.run(&["state", "unlock", "another", "--yes"]).0, 0);
    let (code, _, err) = desk.run(&["state", "unlock", &nonce, "--yes"]);
    assert_eq!(code, 0, "{err}");
    desk.delay(0);
    let (code, out, err) = desk.run(&["deploy", "--yes"]);
    assert_eq!(code, 0, "{out} {err}");

    signal(&child, "CONT");
    let (code, _, err) = ended(child);
    assert_eq!(code, 4, "{err}");
    assert!(err.contains("released the lock of this deploy"), "{err}");
    desk.is_whole();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_lock_of_the_dead_is_free_and_other_stages_have_their_own() {
    let desk = Desk::slow().await;
    let child = desk.half_way().await;
    let mut local = plg(desk.root.path());
    let (code, _, err) = text(&local.arg("deploy").output().expect("the binary runs"));
    assert_eq!(code, 0, "another stage is another lock: {err}");
    signal(&child, "KILL");
    let (code, _, _) = ended(child);
    assert_eq!(code, -1, "it was killed");
    desk.is_whole();
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_that_begin_at_once_one_works_and_the_others_are_told() {
    let desk = Desk::slow().await;
    let start = |_| {
        let mut command = desk.command(&["deploy", "--yes"]);
        command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the binary starts")
    };
    let all: Vec<Child> = (0..5).map(start).collect();
    let codes: Vec<i32> = all
        .into_iter()
        .map(|child| {
            let (code, _, err) = ended(child);
            assert!(matches!(code, 0 | 6), "{code} {err}");
            code
        })
        .collect();
    assert!(codes.contains(&0), "{codes:?}");
    desk.is_whole();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_failed_is_said_and_only_what_needs_it_is_not_tried() {
    let desk = Desk::slow().await;
    let no = json!({ "rules": [{ "match": { "method": "POST", "path": "/api/projects/12345/feature_flags" },
        "do": { "status": 403, "body": { "type": "authentication_error", "code": "permission_denied", "detail": "API key missing required scope 'feature_flag:write'" } } }] });
    desk.running.sandbox().set_faults(serde_json::from_value(no).expect("faults"));
    let (code, out, err) = desk.run(&["deploy", "--yes"]);
    assert_eq!(code, 4, "{out} {err}");
    assert!(err.contains("4 resources could not be applied"), "{err}");
    assert!(err.contains("feature_flag.DarkMode --> plg-stack/src/product.rs:"), "{err}");
    assert!(err.contains("feature_flag:write"), "{err}");
    // What needs one of them, and the marker of a whole deploy.
    assert!(err.contains("4 failed and 2 not tried"), "{err}");
    assert!(Path::new(&desk.root.path().join(".plg/plg-saas-stack/dev/state.json")).exists());
    desk.is_whole();
}
