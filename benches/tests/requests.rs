//! Some thousand random requests to the sandbox; `PLG_REQUESTS` says how many, `PLG_SEED` which round is the first.

use std::process::Command;

#[test]
fn random_requests_are_answered_or_refused() {
    let said = |name: &str, usual: &str| std::env::var(name).unwrap_or_else(|_| usual.to_owned());
    let (many, seed) = (said("PLG_REQUESTS", "3000"), said("PLG_SEED", "1"));
    let asked = Command::new(env!("CARGO_BIN_EXE_requests")).args(["--requests", &many, "--seed", &seed]).output();
    let asked = asked.expect("it is built beside this test");
    let text = String::from_utf8_lossy(&asked.stdout).into_owned();
    assert!(asked.status.success(), "{text}{}", String::from_utf8_lossy(&asked.stderr));
    println!("{text}");
}
