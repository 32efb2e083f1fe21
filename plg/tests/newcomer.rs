//! Somebody's first minutes: `plg new` writes a stack, and it builds, deploys and passes its own tests as it stands there.

#[allow(dead_code, unreachable_pub, reason = "of what builds programs here, this needs a part")]
#[path = "../../tests/src/alone.rs"]
mod alone;
#[path = "newcomer/dev.rs"]
mod dev;

use std::ffi::OsString;
use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// A folder outside of any workspace, with the installed `plg`.
struct Desk(tempfile::TempDir);

impl Desk {
    fn new() -> Desk {
        Desk(tempfile::tempdir().expect("a folder"))
    }

    fn folder(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// Starts `plg` in a folder, with what cargo built already, and no network.
    fn plg(&self, folder: &str, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_plg"));
        let kept = ["PATH", "HOME", "CARGO", "CARGO_HOME", "RUSTUP_HOME", "RUSTUP_TOOLCHAIN", "TMPDIR"];
        let kept = kept.into_iter().filter_map(|name| Some((name, std::env::var_os(name)?)));
        let kept: Vec<(&str, OsString)> = kept.collect();
        command.current_dir(self.folder(folder)).env_clear().envs(kept).env("CARGO_NET_OFFLINE", "true");
        command.env("CARGO_TARGET_DIR", alone::target()).args(arguments).stdin(Stdio::null());
        command
    }

    /// What it prints on both streams, once it ended with this exit code.
    fn ends(&self, with: i32, folder: &str, arguments: &[&str]) -> String {
        let output = self.plg(folder, arguments).output().expect("it starts");
        said(&output, with, arguments)
    }

    /// Writes something new, which has the versions of this workspace.
    fn writes(&self, name: &str, arguments: &[&str]) -> String {
        let said = self.ends(0, "", arguments);
        let lock = |folder: &Path| fs::read_to_string(folder.join("Cargo.lock")).expect("it is there");
        assert!(lock(&self.folder(name)) == lock(&alone::workspace()), "it has other versions");
        said
    }

    /// Runs cargo in a folder that was written, and gives what it prints.
    fn cargo(&self, folder: &str, command: &str, arguments: &[&str]) -> String {
        let target = alone::target();
        let into = ["--target-dir", target.to_str().expect("UTF-8")];
        let output = alone::cargo(&self.folder(folder), command, &[&into, arguments].concat());
        String::from_utf8_lossy(&output.stdout).into_owned()
    }
}

fn said(output: &Output, with: i32, arguments: &[&str]) -> String {
    let both = String::from_utf8_lossy(&[&output.stdout[..], &output.stderr].concat()).into_owned();
    assert_eq!(output.status.code(), Some(with), "plg {arguments:?}\n{both}");
    both
}

/// Every source is as rustfmt leaves it.
fn is_formatted(folder: &Path) {
    let output = Command::new("cargo").args(["fmt", "--check"]).current_dir(folder).output();
    let output = output.expect("cargo starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
}

#[test]
fn a_new_stack_deploys_and_passes_its_own_tests() {
    let desk = Desk::new();
    let written = desk.writes("shop", &["new", "shop"]);
    assert!(written.contains("Written: the stack shop") && written.contains("plg deploy"), "{written}");
    assert!(desk.ends(2, "", &["new", "shop"]).contains("already exists, and plg does not overwrite it"));
    is_formatted(&desk.folder("shop"));

    // From anywhere below: the state is beside `Cargo.toml`.
    let deployed = desk.ends(0, "shop/src", &["deploy"]);
    for line in ["+ attribute.LifecycleStage", "+ feature_flag.NewOnboarding", "PLG stack deployed: shop"] {
        assert!(deployed.contains(line), "{line}: {deployed}");
    }
    assert!(desk.folder("shop/.plg/shop/local").is_dir());
    assert!(desk.ends(0, "shop", &["plan", "--detailed-exitcode"]).contains("No changes"));
    assert!(
        desk.ends(3, "shop", &["plan", "--stage", "prod"]).contains("ATTIO_API_KEY_PROD"),
        "its exit code comes through"
    );
    assert!(desk.ends(0, "shop", &["-p", "shop", "--version"]).contains("stack shop"));
    assert!(desk.ends(2, "shop", &["-p", "web", "plan"]).contains("has no stack `web`"));

    #[cfg(unix)]
    is_interrupted(desk.plg("shop", &["sandbox", "serve", "--listen", "127.0.0.1:0", "--json"]));

    desk.cargo("shop", "test", &[]);
    let application = desk.cargo("shop", "run", &["--no-default-features", "--example", "application"]);
    assert!(
        application.contains("signup_completed") && application.contains("lifecycle_stage: Trial"),
        "{application}"
    );
    let without = ["--no-default-features", "-e", "normal", "--prefix", "none"];
    let tree = String::from_utf8_lossy(&alone::cargo(&desk.folder("shop"), "tree", &without).stdout).into_owned();
    assert!(!tree.contains("reqwest ") && !tree.contains("tokio "), "{tree}");
    let whole = ["-e", "normal", "--prefix", "none"];
    let tree = String::from_utf8_lossy(&alone::cargo(&desk.folder("shop"), "tree", &whole).stdout).into_owned();
    assert!(tree.contains("reqwest ") && !tree.contains("notify "), "the program `plg` alone watches files: {tree}");

    // Compile errors are printed as the compiler words them, and the exit code is cargo's.
    let source = desk.folder("shop/src/product.rs");
    let text = fs::read_to_string(&source).expect("it is there");
    fs::write(&source, text.replace("flag: NewOnboarding", "flag: NewOnbording")).expect("a file");
    let said = desk.ends(101, "shop", &["plan"]);
    assert!(said.contains("a feature_flag with a similar name exists: `NewOnboarding`"), "{said}");
}

/// Ctrl-C ends the stack's program, and nothing stands between it and the terminal.
#[cfg(unix)]
fn is_interrupted(mut serve: Command) {
    use std::os::unix::process::ExitStatusExt;
    let mut serving = serve.stdout(Stdio::piped()).spawn().expect("it starts");
    let mut said = BufReader::new(serving.stdout.take().expect("it is piped"));
    let mut first = String::new();
    said.read_line(&mut first).expect("a line");
    assert!(first.contains("\"listening\""), "{first}");
    let sent = Command::new("kill").args(["-INT", &serving.id().to_string()]).status().expect("kill starts");
    assert!(sent.success());
    let ended = serving.wait().expect("it ends");
    // It may not listen for signals yet.
    assert!(ended.code() == Some(0) || ended.signal() == Some(2), "{ended}");
    // Nobody is left who could still print.
    said.read_to_string(&mut first).expect("the stream ends");
}

#[test]
fn each_provider_alone() {
    let desk = Desk::new();
    for (provider, made, other) in
        [("posthog", "feature_flag.NewOnboarding", "ATTIO"), ("attio", "attribute.Mrr", "POSTHOG")]
    {
        let name = format!("only-{provider}-new");
        desk.writes(&name, &["new", &name, "--with", provider]);
        is_formatted(&desk.folder(&name));
        assert!(desk.ends(0, &name, &["deploy"]).contains(&format!("+ {made}")), "{provider}");
        desk.cargo(&name, "test", &[]);
        desk.cargo(&name, "run", &["--no-default-features", "--example", "application"]);
        for file in [".env.example", ".github/workflows/plg.yml", "src/lib.rs"] {
            let text = fs::read_to_string(desk.folder(&name).join(file)).expect("it is there");
            assert!(!text.contains(other), "{file} of {provider}: {text}");
        }
    }
}

#[test]
fn a_new_provider_passes_its_own_tests() {
    let desk = Desk::new();
    desk.writes("plg-acme", &["new", "--provider", "acme"]);
    is_formatted(&desk.folder("plg-acme"));
    desk.cargo("plg-acme", "test", &["--workspace"]);
    let deployed = desk.ends(0, "plg-acme", &["deploy"]);
    assert!(deployed.contains("  Acme\n") && deployed.contains("+ monitor.Checkout"), "{deployed}");
    dev::a_sandbox_of_its_own_is_served_anew(&desk, "plg-acme", "plg-acme/plg-acme-sandbox/src/lib.rs");
    assert!(desk.ends(3, "plg-acme", &["-p", "acme-stack", "plan", "--stage", "prod"]).contains("ACME_API_KEY_PROD"));
}

#[test]
fn where_there_is_no_stack() {
    let desk = Desk::new();
    let said = desk.ends(2, "", &["plan"]);
    assert!(said.contains("error[P0614]: no stack in ") && said.contains("plg new NAME"), "{said}");
    let said = desk.ends(2, "", &["--stage", "local", "dev", "--json"]);
    assert!(said.contains("\"event\":\"error\"") && said.contains("or a folder above it"), "{said}");
    let event = desk.ends(2, "", &["plan", "--json"]);
    assert!(event.contains("\"event\":\"error\"") && event.contains("\"code\":2"), "{event}");
    fs::write(desk.folder("Cargo.toml"), "[package]\nname = \"web\"\nedition = \"2024\"\n").expect("a file");
    fs::create_dir(desk.folder("src")).expect("a folder");
    fs::write(desk.folder("src/main.rs"), "fn main() {}\n").expect("a file");
    assert!(desk.ends(2, "", &["plan"]).contains("is a stack: none has a program and depends on `plg`"));
}

#[test]
fn what_needs_no_stack() {
    let desk = Desk::new();
    assert_eq!(desk.ends(0, "", &["--version"]), format!("plg {}\n", env!("CARGO_PKG_VERSION")));
    let help = desk.ends(0, "", &["--help"]);
    let row = |name: &str| help.lines().position(|line| line.starts_with(&format!("  {name} ")));
    assert!(row("new").is_some_and(|new| row("plan").is_some_and(|plan| new < plan)), "{help}");
    assert!(help.contains("--package <NAME>") && help.contains("Exit codes: 0 done"), "{help}");
    assert!(desk.ends(0, "", &["plan", "--help"]).contains("--detailed-exitcode"));
    assert!(desk.ends(2, "", &[]).contains("Usage: plg"));
    assert!(desk.ends(0, "", &["completions", "bash"]).contains("_plg()"));
    assert!(desk.ends(0, "", &["explain", "P0201"]).starts_with("P0201: nothing of this name"));
    assert!(desk.ends(0, "", &["explain"]).contains("P0201  "));
    assert!(desk.ends(2, "", &["explain", "P9999"]).contains("no error has the code P9999"));
    assert!(desk.ends(0, "", &["new", "--help"]).contains("--provider <NAME>"));
    let help = desk.ends(0, "", &["dev", "--help"]);
    assert!(help.contains("--listen <ADDRESS>") && help.contains("  plg dev --port 4949"), "{help}");
    assert!(!help.contains("--with-input"), "{help}");
    for (arguments, wanted) in [
        (&["new"][..], "<NAME>"),
        (&["new", "My Shop"], "plg new my-shop"),
        (&["new", "shop", "--with", "stripe"], "posthog"),
        (&["new", "shop", "--plg", "nowhere"], "is no checkout of plg"),
        (&["new", "shop", "--in", "nowhere"], "the folder nowhere cannot be used"),
        (
            &["new", "--provider", "My-Api"],
            "is not a provider's name: use at most 32 lower-case letters and digits, a letter first",
        ),
        (&["-p"], "`-p` has no value"),
    ] {
        let said = desk.ends(2, "", arguments);
        assert!(said.contains(wanted) && said.contains("error[P0614]"), "{arguments:?}: {said}");
    }
    assert!(desk.folder("").read_dir().expect("a folder").next().is_none(), "nothing was written");
}
