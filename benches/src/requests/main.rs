//! Random requests to the sandbox: `requests [--requests N] [--seed S]`.
//!
//! Recorded exchanges are played with requests that are bent: values of another type, deep nesting, huge numbers, broken
//! text, broken compression, other content types, queries, paths and methods. Between them the endpoints of both APIs are
//! asked at random, with ids that were answered before. Whatever is sent, the sandbox must refuse it or answer it: an
//! answer of 500 and above, or a panic, is a failure.

mod bend;
mod play;
mod recorded;
mod wire;

use play::{Played, ROUND, play};
use recorded::Recorded;
use std::process::ExitCode;
use std::time::Instant;

/// What was asked for on the command line.
struct Wanted {
    requests: u64,
    seed: u64,
}

fn wanted() -> Result<Wanted, String> {
    let mut wanted = Wanted { requests: 60_000, seed: 1 };
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        let number = words.next().and_then(|number| number.parse().ok());
        match (word.as_str(), number) {
            ("--requests", Some(requests)) => wanted.requests = requests,
            ("--seed", Some(seed)) => wanted.seed = seed,
            _ => return Err(format!("`{word}` is not understood: requests [--requests N] [--seed S]")),
        }
    }
    Ok(wanted)
}

fn main() -> ExitCode {
    let Wanted { requests, seed } = match wanted() {
        Ok(wanted) => wanted,
        Err(why) => {
            eprintln!("{why}");
            return ExitCode::from(2);
        }
    };
    let recorded = match Recorded::read() {
        Ok(recorded) => recorded,
        Err(why) => {
            eprintln!("{why}");
            return ExitCode::from(2);
        }
    };
    let last = seed.saturating_add(requests.div_ceil(ROUND).saturating_sub(1));
    println!("{requests} requests or more, {ROUND} a round, seeds {seed} to {last}");
    let began = Instant::now();
    let mut together = Played::default();
    for seed in seed..=last {
        let played = play(seed, &recorded);
        for failure in &played.failures {
            println!("\n{failure}\n  to repeat it: cargo run -p benches --bin requests -- --requests 1 --seed {seed}");
        }
        together.count(played);
    }
    let Played { sent, over_the_wire, answered, refused, failures, slowest } = together;
    println!("\n| requests | over a socket | answered | refused | failed |\n|---|---|---|---|---|");
    println!("| {sent} | {over_the_wire} | {answered} | {refused} | {} |", failures.len());
    if let Some((took, name)) = slowest {
        println!("the slowest took {} ms: {name}", took.as_millis());
    }
    println!("in {:.0} s", began.elapsed().as_secs_f64());
    if failures.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
