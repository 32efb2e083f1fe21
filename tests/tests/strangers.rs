//! Names and descriptions that strangers wrote, through `import` and `codegen`: the compilers and checkers of every
//! language take them, none of them is run, and the descriptions stay as they are.
//!
//! TypeScript is compiled where `PLG_NODE_MODULES` is set, Python checked where `PLG_PYTHON` is, and pages opened
//! where there is a Chromium.

#[path = "strangers/build.rs"]
mod build;
#[path = "strangers/names.rs"]
mod names;

use build::{Built, ran};
use plg_core::{Stack, StackItems, Stage, Target};
use plg_runtime::session::{Session, SessionOptions};
use plg_sandbox::{Running, Sandbox};
use std::fs;
use std::path::Path;
use std::process::Command;

/// As many names as `PLG_NAMES` says, or 500.
fn many() -> usize {
    std::env::var("PLG_NAMES").ok().and_then(|many| many.parse().ok()).unwrap_or(500)
}

static HEAD: Stack = Stack {
    name: "strange",
    stages: &[Stage { name: "local", target: Target::Sandbox }],
    items: StackItems::none(),
    overrides: &[],
    parts: &[],
    providers: &[&plg_attio::PROVIDER, &plg_posthog::PROVIDER],
    accounts: &[],
    folder: "",
    ..Stack::NOTHING
};

async fn imported(running: &Running, folder: &Path) -> String {
    let options = SessionOptions::new(
        &HEAD,
        "local",
        std::sync::Arc::new(plg_runtime::store::Folder::new(folder)),
        plg_runtime::store::seal::SecretSealer::new(None, &plg_runtime::session::key(folder)),
        tests::endpoints(&running.url(), "k"),
    );
    let session = Session::open(options.command("import").reading(true)).await.expect("the sandbox answers");
    let imported = session.import(&HEAD).await.expect("it can be written down");
    assert_eq!(imported.unproved, [""; 0]);
    assert!(imported.declarations > many() / 2, "{} declarations of {}", imported.declarations, many());
    imported.source
}

#[tokio::test(flavor = "multi_thread")]
async fn what_strangers_wrote_is_taken_by_every_tool_and_run_by_none() {
    let folder = tempfile::tempdir().expect("a folder");
    let root = folder.path();
    let running = Sandbox::start(([127, 0, 0, 1], 0).into(), None).await.expect("a free port");
    names::fill(running.sandbox(), many());
    let source = imported(&running, root).await;
    // A space that does not break is one that people see.
    let hidden = |c: &char| !matches!(*c, '\n' | '\u{a0}' | '\u{202f}') && plg_core::inert::is_hidden(*c);
    assert_eq!(source.chars().filter(hidden).collect::<String>(), "", "all that nobody sees is escaped");

    // The source compiles, and a plan of it changes nothing: every description is what it was.
    fs::write(root.join("stack.rs"), source).expect("the folder can be written");
    let built = Built::new(root);
    let led = |arguments: &[&str]| {
        let mut command = Command::new(root.join("stack"));
        command.current_dir(root).env_clear().env("PLG_ROOT", root).args(arguments);
        ran(command.env("PLG_ATTIO_URL", running.url()).env("PLG_POSTHOG_URL", running.url()))
    };
    let plan = led(&["plan", "--html", "plan.html"]);
    assert!(plan.contains("to adopt") && !plan.contains("to create") && !plan.contains("to change"), "{plan}");
    led(&["graph", "--html", "graph.html"]);
    for language in ["rust", "typescript", "python", "json"] {
        led(&["codegen", "--lang", language, "--out", language, "--ids", "none"]);
    }

    let generated = fs::read_to_string(root.join("rust/plg.rs")).expect("it was written");
    assert!(generated.contains(r"\u{202e}") && generated.contains(r"\`\`\`"), "there are hostile names in it");

    // No documentation is a test: neither what the macro puts on the items, nor what is generated.
    assert_eq!(built.doctests("control", CONTROL), 2, "code in documentation is found");
    assert_eq!(built.doctests("names", "#[path = \"rust/plg.rs\"]\npub mod plg;\npub mod stack;\n"), 0);
    typescript(root);
    python(root);
    in_a_browser(root, &running);
}

/// Documentation that is run.
const CONTROL: &str = "//! ```\n//! assert!(true);\n//! ```\n\n/// - a\n///\n///       assert!(true);\npub fn a() {}\n";

fn typescript(root: &Path) {
    let Some(modules) = std::env::var_os("PLG_NODE_MODULES") else {
        eprintln!("SKIPPED: PLG_NODE_MODULES is not set");
        return;
    };
    let tsc = Path::new(&modules).join("typescript/bin/tsc");
    let mut command = Command::new("node");
    command.arg(tsc).args(["--noEmit", "--strict", "--target", "es2022", "--module", "nodenext", "--skipLibCheck"]);
    ran(command.current_dir(root).arg("typescript/index.ts"));
}

fn python(root: &Path) {
    let Some(interpreter) = std::env::var_os("PLG_PYTHON") else {
        eprintln!("SKIPPED: PLG_PYTHON is not set");
        return;
    };
    let interpreter = std::path::absolute(interpreter).expect("the interpreter has a path");
    let python = |arguments: &[&str]| ran(Command::new(&interpreter).current_dir(root).args(arguments));
    python(&["-c", "from python import crm, events, flags, ids"]);
    python(&["-m", "mypy", "--strict", "--no-error-summary", "--cache-dir", ".mypy", "python"]);
    python(&["-m", "ruff", "check", "--isolated", "--no-cache", "--select", "E9,F5,F6,F7,F8,W605,PLE", "python"]);
}

/// Whatever is written into a page, nothing of it runs: each title stays the page's own.
fn in_a_browser(root: &Path, running: &Running) {
    let Some(chromium) = ["chromium", "google-chrome"].into_iter().find(|name| {
        std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default()).any(|folder| folder.join(name).exists())
    }) else {
        eprintln!("SKIPPED: there is no Chromium");
        return;
    };
    let page = |name: &str| format!("file://{}", root.join(name).display());
    for url in [page("plan.html"), page("graph.html"), running.url() + "/"] {
        let mut command = Command::new(chromium);
        command.args(["--headless", "--no-sandbox", "--disable-gpu", "--virtual-time-budget=1000", "--dump-dom"]);
        command.arg(format!("--user-data-dir={}", root.join("browser").display())).arg(&url);
        let output = command.output().expect("it starts");
        let shown = String::from_utf8_lossy(&output.stdout);
        let title = shown.split("<title>").nth(1).and_then(|rest| rest.split("</title>").next()).unwrap_or_default();
        assert!(!title.is_empty() && !title.contains("RAN"), "{url}: {title}: {shown}");
    }
}
