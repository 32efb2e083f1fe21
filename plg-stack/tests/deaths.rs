//! The real binary, killed with SIGKILL at random instants, and interrupted at others. `PLG_KILLS`
//! says how often, `PLG_SEED` makes the same instants again.

#![cfg(all(unix, feature = "cli"))]

use plg_sandbox::{Faults, Sandbox, SandboxRequest};
use serde_json::Value;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// Numbers that look random and are the same for the same seed.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % sides.max(1)
    }
}

fn number(variable: &str) -> Option<u64> {
    std::env::var(variable).ok()?.parse().ok()
}

/// The binary, against a sandbox that outlives it, or with one of its own that dies with it.
fn plg(root: &Path, url: Option<&str>, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_plg-stack"));
    command.args(arguments).current_dir(root).env_clear().env("PLG_ROOT", root);
    if let Some(url) = url {
        // This server ends what it was asked within milliseconds, whether or not its client lives.
        command.env("PLG_ATTIO_URL", url).env("PLG_POSTHOG_URL", url).env("PLG_LATE_WINDOW", "1");
    }
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
    command
}

fn to_the_end(root: &Path, url: Option<&str>, arguments: &[&str]) -> Result<(), String> {
    let output = plg(root, url, arguments).output().expect("the binary runs");
    if output.status.success() { Ok(()) } else { Err(String::from_utf8_lossy(&output.stderr).into_owned()) }
}

/// Everything that people see, by kind and name: as often as it is there.
fn inventory(sandbox: &Sandbox) -> Vec<String> {
    let ask = |path: &str| -> Vec<Value> {
        let mut request = SandboxRequest::new("GET", path);
        request.headers.push(("authorization".into(), "Bearer x".into()));
        let body = sandbox.answer(&request).body.unwrap_or_default();
        ["data", "results"].iter().find_map(|k| body[*k].as_array().cloned()).unwrap_or_default()
    };
    let mut all = Vec::new();
    let mut add = |path: &str, name: &str| {
        let there = ask(path).into_iter().filter(|r| r["is_archived"] != true && r["deleted"] != true);
        all.extend(there.map(|row| format!("{path} {}", row[name])));
    };
    add("/v2/objects", "api_slug");
    add("/v2/webhooks?limit=100", "target_url");
    for object in ["companies", "people", "deals", "product_workspaces"] {
        add(&format!("/v2/objects/{object}/attributes"), "api_slug");
    }
    for attribute in ["companies/attributes/lifecycle_stage", "companies/attributes/churn_risk"] {
        add(&format!("/v2/objects/{attribute}/options"), "title");
    }
    add("/v2/objects/deals/attributes/deal_stage/statuses", "title");
    for (kind, name) in [
        ("feature_flags", "key"),
        ("cohorts", "name"),
        ("experiments", "name"),
        ("surveys", "name"),
        ("dashboards", "name"),
        ("insights", "name"),
        ("actions", "name"),
        ("event_definitions", "name"),
    ] {
        add(&format!("/api/projects/12345/{kind}/?limit=200"), name);
    }
    all.sort();
    all
}

const OPERATIONS: [&[&str]; 2] = [&["deploy"], &["destroy", "--yes"]];

/// How a process comes to an early end.
type End = fn(Child, &mut Dice) -> ExitStatus;

fn killed(mut child: Child, _: &mut Dice) -> ExitStatus {
    child.kill().expect("it is our child");
    child.wait().expect("it is our child")
}

/// Ctrl-C or SIGTERM, once or twice, the second right after the first or a little later.
fn interrupted(child: Child, dice: &mut Dice) -> ExitStatus {
    let name = ["-INT", "-TERM"][usize::from(dice.roll(2) == 0)];
    for _ in 0..=dice.roll(2) {
        // It may have ended by itself meanwhile: then nobody is there to hear it.
        let _ = Command::new("kill").args([name, &child.id().to_string()]).stderr(Stdio::null()).status();
        std::thread::sleep(Duration::from_micros(dice.roll(20_000)));
    }
    let ended = child.wait_with_output().expect("it is our child");
    // Before it listens, a signal ends it as it ends any process.
    let (status, said) = (ended.status, String::from_utf8_lossy(&ended.stderr));
    assert!(matches!(status.code(), None | Some(0 | 130)), "{name}: {status}: {said}");
    status
}

/// Ends it so often, and looks every few times, once it came to its end.
fn end(name: &str, ends: (u64, End), root: &Path, url: Option<&str>, look: impl Fn() -> Vec<String>) {
    let (kills, end) = ends;
    let clock = SystemTime::now().duration_since(UNIX_EPOCH).map_or(7, |t| u64::try_from(t.as_nanos()).unwrap_or(7));
    let seed = number("PLG_SEED").unwrap_or(clock).max(1);
    println!("{name}: PLG_SEED={seed} PLG_KILLS={kills}");
    let mut dice = Dice(seed);

    // What it looks like, and how long it takes, when nothing happens.
    let mut expected: [Vec<String>; 2] = Default::default();
    let mut lasts = [Duration::ZERO; 2];
    for turn in [0, 1, 0, 1] {
        let began = Instant::now();
        to_the_end(root, url, OPERATIONS[turn]).expect("it works when nobody kills it");
        (lasts[turn], expected[turn]) = (began.elapsed(), look());
    }

    let (mut killed, mut looked, mut turn) = (0, 0, 0);
    while killed < kills {
        for _ in 0..=dice.roll(6) {
            // What it says fits into a pipe that nobody reads before it has ended.
            let child = plg(root, url, OPERATIONS[turn]).spawn().expect("the binary runs");
            let instant = dice.roll(u64::try_from(lasts[turn].as_micros()).unwrap_or(u64::MAX));
            std::thread::sleep(Duration::from_micros(instant));
            let status = end(child, &mut dice);
            // The others were faster.
            killed += u64::from(status.code() != Some(0));
        }
        if let Err(said) = to_the_end(root, url, OPERATIONS[turn]) {
            panic!("{name}, seed {seed}, after {killed} deaths: {said}");
        }
        assert_eq!(look(), expected[turn], "{name}, seed {seed}, after {killed} deaths: twice, or missing");
        if turn == 0 {
            let again = to_the_end(root, url, &["plan", "--detailed-exitcode"]);
            assert_eq!(again, Ok(()), "{name}, seed {seed}, after {killed} deaths: a second plan is not empty");
        }
        looked += 1;
        turn = 1 - turn;
    }
    println!("{name}: {killed} processes ended, {looked} times looked at: nothing twice, nothing missing");
}

fn kills() -> u64 {
    number("PLG_KILLS").unwrap_or(20)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_lost_when_the_process_is_killed() {
    let root = tempfile::tempdir().unwrap();
    let running = Sandbox::start(([127, 0, 0, 1], 0).into(), None).await.unwrap();
    // Slow enough that a request is often under way when the end comes.
    running.sandbox().set_faults(Faults { delay_ms: 2, ..Faults::default() });
    let url = running.url();
    let look = || inventory(running.sandbox());
    tokio::task::block_in_place(|| end("plg alone", (kills(), killed), root.path(), Some(&url), look));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_lost_when_the_process_is_interrupted_once_or_twice() {
    let root = tempfile::tempdir().unwrap();
    let running = Sandbox::start(([127, 0, 0, 1], 0).into(), None).await.unwrap();
    running.sandbox().set_faults(Faults { delay_ms: 2, ..Faults::default() });
    let url = running.url();
    let look = || inventory(running.sandbox());
    let ends = (kills().div_ceil(2), interrupted as End);
    tokio::task::block_in_place(|| end("plg interrupted", ends, root.path(), Some(&url), look));
}

#[test]
fn nothing_is_lost_when_the_sandbox_dies_with_it() {
    let root = tempfile::tempdir().unwrap();
    let folder = root.path().join(".plg/plg-saas-stack/local/sandbox");
    let look = || inventory(&Sandbox::open(Some(&folder), None).expect("nobody else has it open"));
    end("plg and its sandbox", (kills().div_ceil(4), killed), root.path(), None, look);
}
