//! A short campaign; `PLG_RUNS` says how many runs, `PLG_SEED` which is the first.

use std::process::Command;

#[test]
fn random_stacks_in_a_random_world() {
    let said = |name: &str, usual: &str| std::env::var(name).unwrap_or_else(|_| usual.to_owned());
    let (runs, seed) = (said("PLG_RUNS", "8"), said("PLG_SEED", "1"));
    let campaign = Command::new(env!("CARGO_BIN_EXE_campaign")).args(["--runs", &runs, "--seed", &seed]).output();
    let campaign = campaign.expect("it is built beside this test");
    let text = String::from_utf8_lossy(&campaign.stdout).into_owned();
    assert!(campaign.status.success(), "{text}{}", String::from_utf8_lossy(&campaign.stderr));
    println!("{text}");
}
