//! Random stacks in a random world: `campaign [--runs N] [--seed S]`.
//!
//! Each run deploys a few versions of a stack while requests arrive late, lists lack rows, answers are untrue, files
//! are damaged and plg is killed. Then one deploy without trouble has to mend everything. The accounts' own rows say
//! whether it did, not plg: nothing missing, nothing twice unless plg named it, nothing of anybody else's touched.

mod stacks;
mod story;
mod trouble;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;
use std::time::Instant;
use story::{Story, tell};

/// What was asked for on the command line.
struct Wanted {
    runs: u64,
    seed: u64,
}

fn wanted() -> Result<Wanted, String> {
    let mut wanted = Wanted { runs: 100, seed: 1 };
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        let number = words.next().and_then(|number| number.parse().ok());
        match (word.as_str(), number) {
            ("--runs", Some(runs)) => wanted.runs = runs,
            ("--seed", Some(seed)) => wanted.seed = seed,
            _ => return Err(format!("`{word}` is not understood: campaign [--runs N] [--seed S]")),
        }
    }
    Ok(wanted)
}

fn main() -> ExitCode {
    let Wanted { runs, seed } = match wanted() {
        Ok(wanted) => wanted,
        Err(why) => {
            eprintln!("{why}");
            return ExitCode::from(2);
        }
    };
    println!("{runs} runs, seeds {seed} to {}", seed.saturating_add(runs.saturating_sub(1)));
    let began = Instant::now();
    let (mut together, mut failed) = (Story::default(), 0_u64);
    for seed in seed..seed.saturating_add(runs) {
        let story = catch_unwind(AssertUnwindSafe(|| tell(seed))).unwrap_or_else(|_| Story::panicked());
        if !story.is_good() {
            failed += 1;
            println!("\n{story}  to repeat it: cargo run -p benches --bin campaign -- --runs 1 --seed {seed}");
        }
        together.count(&story);
    }
    println!(
        "\n| runs | operations | troubles | deaths | lost | doubled | told | touched |\n|---|---|---|---|---|---|---|---|"
    );
    let Story { operations, troubles, deaths, lost, doubled, told, touched, .. } = &together;
    let (lost, doubled, touched) = (lost.len(), doubled.len(), touched.len());
    println!("| {runs} | {operations} | {troubles} | {deaths} | {lost} | {doubled} | {told} | {touched} |");
    println!("{failed} of {runs} runs failed, in {:.0} s", began.elapsed().as_secs_f64());
    if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
