//! What people left behind is written down as a stack that compiles and changes nothing.
//!
//! `IMPORT=overwrite cargo test -p tests --test import` writes the fixture anew.

use plg_core::{Stack, StackItems, Stage, Target};
use plg_runtime::answers::import::Imported;
use plg_runtime::plan::Change;
use plg_runtime::session::{PlanOptions, Session, SessionOptions};
use plg_sandbox::{Running, Sandbox};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;

#[path = "import/awkward.rs"]
mod awkward;
/// What the import of the awkward sandbox prints.
#[path = "../fixtures/imported.rs"]
#[allow(unreachable_pub, reason = "a stack is written for other crates")]
mod imported;
#[path = "import/ordinary.rs"]
mod ordinary;
#[path = "import/random.rs"]
mod random;
#[path = "import/silent.rs"]
mod silent;
#[path = "import/twice.rs"]
mod twice;
#[path = "import/unread.rs"]
mod unread;

static HEAD: Stack = Stack {
    name: "imported",
    stages: &[Stage { name: "local", target: Target::Sandbox }],
    items: StackItems::none(),
    overrides: &[],
    parts: &[],
    providers: &[&plg_attio::PROVIDER, &plg_posthog::PROVIDER],
    accounts: &[],
    folder: "",
    ..Stack::NOTHING
};

async fn awkward() -> Running {
    let running = Sandbox::start(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)), None).await.expect("a free port");
    awkward::fill(running.sandbox());
    running
}

async fn session(stack: &'static Stack, running: &Running, folder: &Path) -> Session {
    let options = SessionOptions::new(
        stack,
        "local",
        std::sync::Arc::new(plg_runtime::store::Folder::new(folder)),
        plg_runtime::store::seal::SecretSealer::new(None, &plg_runtime::session::key(folder)),
        tests::endpoints(&running.url(), "k"),
    )
    .command("import")
    .reading(true);
    Session::open(options).await.expect("the sandbox answers")
}

async fn import(running: &Running) -> Imported {
    let folder = tempfile::tempdir().expect("a folder");
    session(&HEAD, running, folder.path()).await.import(&HEAD).await.expect("it can be written down")
}

/// Ids of the workspace differ each time.
fn without_ids(source: &str) -> String {
    let is_id = |word: &str| word.len() == 36 && word.chars().all(|c| c.is_ascii_hexdigit() || c == '-');
    let mut out = String::new();
    for word in source.split_inclusive(|c: char| !c.is_ascii_hexdigit() && c != '-') {
        let end = word.len()
            - word.chars().last().map_or(0, |c| if c.is_ascii_hexdigit() || c == '-' { 0 } else { c.len_utf8() });
        let (id, rest) = word.split_at(end);
        out += if is_id(id) { "00000000-0000-0000-0000-000000000000" } else { id };
        out += rest;
    }
    out
}

#[tokio::test]
async fn the_source_is_the_fixture_and_proved() {
    let running = awkward().await;
    let before = running.sandbox().stats().writes();
    let imported = import(&running).await;
    assert_eq!(running.sandbox().stats().writes(), before, "it only reads");
    let fixture = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/imported.rs");
    let source = without_ids(&imported.source);
    if std::env::var("IMPORT").as_deref() == Ok("overwrite") {
        std::fs::write(&fixture, &source).expect("the fixture can be written");
    }
    assert_eq!(imported.unproved, [""; 0]);
    let known = std::fs::read_to_string(&fixture).expect("the fixture is there");
    assert!(source == known, "the source is no longer the fixture:\n{source}");
    running.stop().await;
}

#[tokio::test]
async fn a_plan_of_the_compiled_fixture_changes_nothing() {
    let running = awkward().await;
    let folder = tempfile::tempdir().expect("a folder");
    let mut session = session(&imported::STACK, &running, folder.path()).await;
    let plan = session.plan(&PlanOptions { refresh: true, ..PlanOptions::default() }).await.expect("it fits");
    let changed: Vec<String> = plan
        .steps
        .iter()
        .filter(|step| !step.fields.is_empty() || !matches!(step.change, Change::Adopt | Change::Read))
        .map(|step| format!("{} {:?} {:?}", step.address, step.change, step.fields))
        .collect();
    assert_eq!(changed, [""; 0]);
    assert!(!plan.changes());
    running.stop().await;
}
