//! The stack against its sandbox: it is deployed, looked at, written down, and taken away.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Runs the stack's program in an empty place, and gives what it prints.
fn run(root: &Path, arguments: &[&str]) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_beacon-stack"));
    command.current_dir(root).env_clear().env("PLG_ROOT", root).args(arguments).stdin(Stdio::null());
    let output = command.output().expect("the program starts");
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{arguments:?}\n{out}\n{err}");
    out.into_owned()
}

/// An empty folder of this test's own.
fn empty() -> PathBuf {
    let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join("deploys");
    let _ = std::fs::remove_dir_all(&root);
    std::fs::create_dir_all(&root).expect("the folder can be made");
    root
}

#[test]
fn it_is_deployed_and_taken_away() {
    let root = empty();
    let deployed = run(&root, &["deploy"]);
    assert!(deployed.contains("+ monitor.Checkout") && deployed.contains("2 created"), "{deployed}");
    let again = run(&root, &["plan", "--detailed-exitcode"]);
    assert!(again.contains("2 unchanged"), "{again}");
    let source = run(&root, &["import"]);
    assert!(source.contains("monitor Checkout {") && source.contains("every: 1"), "{source}");
    run(&root, &["drift", "--exit-code"]);
    let gone = run(&root, &["destroy", "--yes", "--allow-loss"]);
    assert!(gone.contains("2 deleted"), "{gone}");
}
