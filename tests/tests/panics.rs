//! A process that panics in the middle of a deploy says no secret, and loses nothing.

use plg_runtime::apply::ApplyOptions;
use plg_runtime::apply::progress::Progress;
use plg_runtime::plan::Change;
use plg_runtime::session::{Environment, Session, SessionOptions, key};
use plg_runtime::store::Folder;
use plg_runtime::store::seal::SecretSealer;
use plg_sandbox::Sandbox;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;
use tests::stage::fresh;
use tokio_util::sync::CancellationToken;

plg::stack! {
    name: "panics",
    stages: { local: sandbox },
    /// Who is told.
    webhook Changes { url: env("HOOK_URL"), on: [companies.created] }
    /// What is new.
    feature_flag Welcome { key: "welcome", rollout: 10% }
    /// What we look at.
    dashboard Growth {}
}

const KEY: &str = "planted-key";
const URL: &str = "https://example.com/planted-hook";

/// Panics when something was made, with everything it can get hold of in its hands.
struct Clumsy(String);

impl Progress for Clumsy {
    fn done(&self, address: &str, change: Change, id: &str, took: Duration) {
        panic!("{change:?} {address} {id} {took:?}: {}", self.0);
    }
}

/// Where it all happens: a sandbox and a folder.
fn options(server: &str, folder: &Path) -> SessionOptions {
    SessionOptions::new(
        &STACK,
        "local",
        Arc::new(Folder::new(folder)),
        SecretSealer::new(None, &key(folder)),
        tests::endpoints(server, KEY),
    )
    .environment(Environment::new(|name| (name == "HOOK_URL").then(|| URL.to_owned())))
    .command("test")
}

/// Deploys, and panics where it is told to by name.
async fn deploy(server: &str, folder: &Path) {
    let options = options(server, folder);
    let mut shown = format!("{options:?}");
    let mut session = Session::open(options).await.expect("the sandbox answers");
    let plan = session.plan(&fresh()).await.expect("it can be planned");
    shown.push_str(&format!("{session:?} {plan:?} {:?}", session.save(&plan, &fresh())));
    let options = ApplyOptions {
        parallelism: 1,
        cancel: CancellationToken::new(),
        progress: Arc::new(Clumsy(shown)),
        no_wait: false,
        keep_going: false,
    };
    let outcome = session.apply(&plan, &options).await;
    // What the tasks do not say is in what comes of them.
    panic!("it came to an end: {outcome:?} {session:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_panic_says_no_secret_and_loses_nothing() {
    // The test starts itself again, as the output of a process is what is looked at.
    if let (Ok(server), Ok(folder)) = (std::env::var("PANICS_SERVER"), std::env::var("PANICS_FOLDER")) {
        return deploy(&server, Path::new(&folder)).await;
    }
    let running = Sandbox::start(([127, 0, 0, 1], 0).into(), None).await.expect("the sandbox starts");
    let folder = tempfile::tempdir().expect("a folder");
    for _ in 0..3 {
        let mut child = Command::new(std::env::current_exe().expect("it is running"));
        child.args(["a_panic_says_no_secret_and_loses_nothing", "--exact", "--nocapture"]);
        child.env("PANICS_SERVER", running.url()).env("PANICS_FOLDER", folder.path()).env("RUST_BACKTRACE", "full");
        let output = tokio::task::block_in_place(|| child.output()).expect("it starts");
        let said = [output.stdout, output.stderr].concat();
        let said = String::from_utf8_lossy(&said);
        assert!(!output.status.success() && said.contains("panicked at"), "{said}");
        assert!(said.contains("***") && !said.contains("planted"), "{said}");
    }
    let mut session = Session::open(options(&running.url(), folder.path())).await.expect("the lock is free");
    let plan = session.plan(&fresh()).await.expect("it can be planned");
    let options = tests::stage::quietly();
    let outcome = session.apply(&plan, &options).await.expect("the folder can be written");
    assert!(outcome.failed.is_empty(), "{:?}", outcome.failed);
    let made = |path: &str| running.sandbox().log().iter().filter(|l| l.method == "POST" && l.path == path).count();
    for path in ["/v2/webhooks", "/api/projects/12345/feature_flags/", "/api/projects/12345/dashboards/"] {
        assert_eq!(made(path), 1, "{path}");
    }
    for entry in std::fs::read_dir(folder.path()).expect("it is there").flatten() {
        let bytes = std::fs::read(entry.path()).unwrap_or_default();
        assert!(!String::from_utf8_lossy(&bytes).contains("planted"), "{}", entry.path().display());
    }
}
