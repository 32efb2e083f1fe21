//! Whole operations on stacks of 57, 1,000 and 5,000 resources: `cargo bench -p benches --bench large`.
//!
//! The sandbox is served by a process of its own, and every operation runs in one of its own, so
//! that its CPU time and its peak memory are its own. `PLG_SIZES=57,1000` and `PLG_DELAYS=0` narrow it.

use benches::{Stage, edited, stack};
use plg_sandbox::{Faults, Sandbox};
use serde_json::{Value, json};
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const ROLE: &str = "PLG_BENCH_ROLE";
const PARALLELISM: usize = 16;

/// What is done, in this order, each on what the one before left.
const OPERATIONS: [&str; 6] =
    ["first deploy", "no-op plan", "no-op plan, no refresh", "no-op deploy", "one-change deploy", "destroy"];

fn main() {
    match std::env::var(ROLE).as_deref() {
        Ok("serve") => serve(),
        Ok(operation) => operate(operation),
        Err(_) => table(),
    }
}

fn number(variable: &str) -> u64 {
    std::env::var(variable).ok().and_then(|text| text.parse().ok()).unwrap_or(0)
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime")
}

fn serve() {
    runtime().block_on(async {
        let running = Sandbox::start(([127, 0, 0, 1], 0).into(), None).await.expect("it starts");
        running.sandbox().set_faults(Faults { delay_ms: number("PLG_DELAY"), ..Faults::default() });
        println!("{}", running.url());
        // Until whoever started it goes away.
        let _ = std::io::stdin().read_line(&mut String::new());
    });
}

fn operate(operation: &str) {
    let size = usize::try_from(number("PLG_SIZE")).expect("a size");
    let url = std::env::var("PLG_URL").expect("a server");
    let root = PathBuf::from(std::env::var("PLG_ROOT").expect("a folder"));
    let stack = if operation == "one-change deploy" { edited(stack(size)) } else { stack(size) };
    let stage = Stage { stack, url, root, parallelism: PARALLELISM };
    let (reads_only, refresh) = (operation.contains("plan"), !operation.contains("no refresh"));
    let before = cpu();
    let started = Instant::now();
    let (counts, (waves, tagged), files) = runtime().block_on(async {
        let mut session = stage.open(reads_only).await;
        let plan = stage.plan(&mut session, refresh, operation == "destroy").await;
        if !reads_only {
            stage.apply(&mut session, &plan).await;
        }
        let waves = plan.steps.iter().filter(|step| step.writes()).map(|step| step.wave + 1).max().unwrap_or(0);
        let state = std::fs::metadata(stage.state().join("state.json")).map_or(0, |data| data.len());
        // As a command does when it is done.
        session.leave_memory();
        let tagged = plan.steps.iter().filter(|step| step.carries_tags()).count();
        (session.requests(), (waves, tagged), state)
    });
    let seconds = started.elapsed().as_secs_f64();
    let outcome = json!({
        "seconds": seconds, "cpu": cpu() - before, "peak": peak(), "reads": counts.reads, "writes": counts.writes,
        "waves": waves, "tagged": tagged, "state": files, "sent": counts.sent, "received": counts.received,
    });
    println!("{outcome}");
}

/// Seconds of CPU this process has used.
fn cpu() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after = stat.rsplit_once(')').map_or("", |(_, rest)| rest);
    let ticks: f64 = after.split_whitespace().skip(11).take(2).filter_map(|n| n.parse::<f64>().ok()).sum();
    ticks / 100.0
}

/// The most memory this process has had, in MiB.
fn peak() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or_default();
    line.split_whitespace().next().and_then(|n| n.parse::<f64>().ok()).unwrap_or(0.0) / 1024.0
}

fn role(role: &str) -> Command {
    let mut command = Command::new(std::env::current_exe().expect("this program"));
    command.env(ROLE, role).stdout(Stdio::piped());
    command
}

fn table() {
    let list = |variable: &str, or: &str| -> Vec<u64> {
        let text = std::env::var(variable).unwrap_or_else(|_| or.to_owned());
        text.split(',').filter_map(|n| n.trim().parse().ok()).collect()
    };
    println!(
        "| resources | delay | operation | seconds | bound | times it | CPU | CPU a resource | peak | requests | sent | received |"
    );
    println!("|---|---|---|---|---|---|---|---|---|---|---|---|");
    for delay in list("PLG_DELAYS", "0,50") {
        for size in list("PLG_SIZES", "57,1000,5000") {
            let (mut server, url) = server(delay);
            let root = tempfile::tempdir().expect("a folder");
            for operation in OPERATIONS {
                let mut command = role(operation);
                command.env("PLG_SIZE", size.to_string()).env("PLG_URL", &url).env("PLG_ROOT", root.path());
                let output = command.output().expect("it runs");
                let line = String::from_utf8_lossy(&output.stdout).into_owned();
                match serde_json::from_str(&line) {
                    Ok(measured) => row(size, delay, operation, &measured),
                    Err(_) => println!("| {size} | {delay} ms | {operation} | failed | | | | | | | | |"),
                }
            }
            let _ = server.kill();
            let _ = server.wait();
        }
    }
    alone();
}

fn server(delay: u64) -> (Child, String) {
    let mut server =
        role("serve").env("PLG_DELAY", delay.to_string()).stdin(Stdio::piped()).spawn().expect("it starts");
    let mut url = String::new();
    if let Some(out) = server.stdout.take() {
        BufReader::new(out).read_line(&mut url).expect("an address");
    }
    (server, url.trim().to_owned())
}

/// No operation can be faster than its longest chain of requests, nor than all of them in rounds of as many as
/// there may be at once: 57 of them are four rounds of 16.
fn bound(measured: &Value, delay: u64) -> Duration {
    let count = |key: &str| measured[key].as_u64().unwrap_or(0);
    let width = u64::try_from(PARALLELISM).unwrap_or(1);
    let rounds = |requests: u64| requests.div_ceil(width) * delay;
    // An account is looked at before anything else; options are listed once their attributes are known.
    let reads = if count("reads") > 2 { (2 * delay).max(rounds(count("reads"))) } else { delay };
    // Writes that carry tags go one after another.
    let chain = count("waves").max(count("tagged"));
    let writes = (chain * delay).max(rounds(count("writes")));
    Duration::from_millis(reads + writes)
}

fn row(size: u64, delay: u64, operation: &str, measured: &Value) {
    let figure = |key: &str| measured[key].as_f64().unwrap_or(0.0);
    let (seconds, bound) = (figure("seconds"), bound(measured, delay).as_secs_f64());
    let times = if bound > 0.0 { format!("{:.2}", seconds / bound) } else { "–".to_owned() };
    #[expect(clippy::cast_precision_loss, reason = "sizes are small")]
    let each = figure("cpu") * 1e6 / size as f64;
    println!(
        "| {size} | {delay} ms | {operation} | {seconds:.3} | {bound:.3} | {times} | {:.2} s | {each:.0} µs | {:.0} MiB | {} | {:.0} KiB | {:.0} KiB |",
        figure("cpu"),
        figure("peak"),
        measured["reads"].as_u64().unwrap_or(0) + measured["writes"].as_u64().unwrap_or(0),
        figure("sent") / 1024.0,
        figure("received") / 1024.0,
    );
}

/// What the sandbox can serve by itself, so that it is not taken for the engine.
fn alone() {
    let sandbox = Sandbox::open(None, None).expect("it opens");
    let count = 20_000_u32;
    let started = Instant::now();
    for n in 0..count {
        let mut request = plg_sandbox::SandboxRequest::new("POST", "/api/projects/12345/event_definitions/");
        request.headers.push(("authorization".into(), "Bearer key".into()));
        request.body = format!(r#"{{"name":"event_{n}"}}"#).into_bytes();
        assert!(sandbox.answer(&request).status < 300);
    }
    let each = started.elapsed() / count;
    println!("\nThe sandbox alone, without a socket: {each:?} a write.");
}
