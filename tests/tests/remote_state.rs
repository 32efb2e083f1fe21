//! A whole deploy whose state is beyond this machine, killed on the way and run again, through the
//! command line.

#![expect(clippy::unwrap_used, reason = "all of it is tests")]

#[path = "../../plg-runtime/tests/backend/servers.rs"]
mod servers;

use plg_sandbox::{Act, Cut, Faults, Match, Rule};
use plg_sandbox::{Running, Sandbox};
use serde_json::Value;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::process::{Command, Output, Stdio};
use tempfile::TempDir;

struct Bench {
    runtime: tokio::runtime::Runtime,
    sandbox: Running,
    folder: TempDir,
    stage: &'static str,
    variables: Vec<(&'static str, String)>,
}

impl Bench {
    fn new(stage: &'static str, mut variables: Vec<(&'static str, String)>) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        let sandbox = runtime.block_on(Sandbox::start(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)), None)).unwrap();
        for name in ["PLG_ATTIO_URL", "PLG_POSTHOG_URL"] {
            variables.push((name, sandbox.url()));
        }
        for name in ["ATTIO_API_KEY", "POSTHOG_API_KEY", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"] {
            variables.push((name, format!("planted-{name}")));
        }
        Bench { runtime, sandbox, folder: tempfile::tempdir().unwrap(), stage, variables }
    }

    fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_remote-stack"));
        command.args(["--stage", self.stage, "--root"]).arg(self.folder.path()).args(words);
        command.current_dir(self.folder.path()).envs(self.variables.iter().cloned()).stdin(Stdio::null());
        command
    }

    fn run(&self, words: &[&str]) -> (i32, String, String) {
        let Output { status, stdout, stderr } = self.command(words).output().unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        let (out, err) = (text(stdout), text(stderr));
        assert!(!out.contains("planted-") && !err.contains("planted-"), "a secret was shown:\n{out}\n{err}");
        (status.code().unwrap_or(-1), out, err)
    }

    fn good(&self, words: &[&str]) -> String {
        let (code, out, err) = self.run(words);
        assert_eq!(code, 0, "{words:?}\n{out}\n{err}");
        out
    }

    /// Requests of a method about flags, so far.
    fn seen(&self, method: &str) -> usize {
        let log = self.sandbox.sandbox().log();
        log.iter().filter(|call| call.method == method && call.path.contains("feature_flags")).count()
    }

    /// Kills a deploy that does not know what became of two requests, which were carried out.
    fn deploy_and_kill(&self) {
        self.good(&["plan"]);
        let looks = u64::try_from(self.seen("GET")).unwrap();
        let rule = |method: &str, nth: u64, act: Act| Rule {
            on: Match { method: Some(method.into()), path: Some("feature_flags".into()), nth, ..Match::default() },
            act,
            ..Rule::default()
        };
        // The answers are lost, and who looks what became of the requests waits for ever.
        let cut = rule("POST", 0, Act { cut: Some(Cut::After), ..Act::default() });
        let wait = rule("GET", looks, Act { delay_ms: 600_000, ..Act::default() });
        self.sandbox.sandbox().set_faults(Faults { rules: vec![cut, wait], ..Faults::default() });
        let mut deploy =
            self.command(&["deploy", "--yes"]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        self.runtime.block_on(async {
            while self.seen("POST") < 2 {
                assert!(deploy.try_wait().unwrap().is_none(), "it ended before it could be killed");
                tokio::time::sleep(std::time::Duration::from_millis(5)).await;
            }
        });
        deploy.kill().unwrap();
        deploy.wait().unwrap();
        self.sandbox.sandbox().set_faults(Faults::default());
    }

    /// What is the same wherever the state is kept, from a deploy that went through.
    fn check(&self) {
        assert_eq!(self.seen("POST"), 2, "each flag is made once");
        assert_eq!(self.run(&["plan", "--detailed-exitcode"]).0, 0);
        assert!(!self.folder.path().join(".plg/remote-stack").join(self.stage).join("state.json").exists());

        let out = self.good(&["state", "mv", "attribute.Phase", "attribute.Step", "--yes"]);
        assert!(out.contains("option.Phase.Trial is option.Step.Trial in the state now"), "{out}");
        assert!(self.good(&["state", "list"]).contains("attribute.Step"));
        self.good(&["state", "mv", "attribute.Step", "attribute.Phase", "--yes"]);
        assert_eq!(self.run(&["plan", "--detailed-exitcode"]).0, 0);
        assert_eq!(self.run(&["state", "rm", "feature_flag.DarkMode"]).0, 2, "nobody confirmed it");
        assert_eq!(self.run(&["state", "rm", "feature_flag.DarkMood", "--yes"]).0, 2);
        self.good(&["state", "rm", "feature_flag.DarkMode", "--yes"]);
        assert!(!self.good(&["state", "list"]).contains("DarkMode"));
        self.good(&["deploy", "--yes"]);
        assert_eq!(self.seen("POST"), 2, "what is there is adopted");

        let dump = self.good(&["state", "pull"]);
        assert!(!dump.contains("planted-"));
        let file = self.folder.path().join("dump.json");
        std::fs::write(&file, &dump).unwrap();
        let push = |more: &[&str]| self.run(&[&["state", "push", file.to_str().unwrap()], more].concat());
        let (code, out, err) = push(&["--yes"]);
        assert!(out.contains("exactly this already"), "{code} {out} {err}");
        let mut edited: Value = serde_json::from_str(&dump).unwrap();
        let serial = edited["serial"].as_u64().unwrap();
        edited["serial"] = (serial - 1).into();
        std::fs::write(&file, edited.to_string()).unwrap();
        let (code, _, err) = push(&["--yes"]);
        assert!(code == 5 && err.contains("is older"), "{code} {err}");
        edited["serial"] = (serial + 1).into();
        std::fs::write(&file, edited.to_string()).unwrap();
        assert_eq!(push(&[]).0, 2, "nobody confirmed it");
        assert_eq!(push(&["--yes"]).0, 0);
        assert_eq!(push(&["--yes", "--force"]).0, 0);
        assert_eq!(self.run(&["plan", "--detailed-exitcode"]).0, 0);
        self.migrates(&dump);
        // One flag was forgotten and adopted since: it is no longer known that plg made it.
        self.good(&["destroy", "--yes", "--include-adopted"]);
    }

    /// A holder that is suspended, loses its lock, and comes back when everything is done.
    #[cfg(unix)]
    fn comes_back_too_late(&self) {
        let slow = |delay_ms| self.sandbox.sandbox().set_faults(Faults { delay_ms, ..Faults::default() });
        let before = self.seen("POST");
        slow(200);
        let mut command = self.command(&["deploy", "--yes", "--parallelism", "1"]);
        let suspended = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        let signal = |name: &str| {
            assert!(Command::new("kill").args([name, &suspended.id().to_string()]).status().unwrap().success());
        };
        self.runtime.block_on(async {
            while self.seen("POST") == before {
                tokio::time::sleep(std::time::Duration::from_millis(5)).await;
            }
        });
        signal("-STOP");
        slow(0);
        let (code, _, err) = self.run(&["deploy", "--yes"]);
        assert_eq!(code, 6, "{err}");
        assert!(err.contains(&format!("process {}", suspended.id())), "{err}");
        self.good(&["state", "list"]);
        let nonce =
            err.split("state unlock ").nth(1).expect("it says how").split([' ', '`']).next().unwrap().to_owned();
        self.good(&["state", "unlock", &nonce, "--yes"]);
        self.good(&["deploy", "--yes"]);
        signal("-CONT");
        let output = suspended.wait_with_output().unwrap();
        let err = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(4), "{err}");
        assert!(err.contains("released the lock of this deploy"), "{err}");
        assert_eq!(self.seen("POST"), before + 2, "each flag is made once more");
        assert_eq!(self.run(&["plan", "--detailed-exitcode"]).0, 0);
        self.good(&["destroy", "--yes"]);
    }

    fn migrates(&self, dump: &str) {
        let nowhere = self.folder.path().join("nowhere");
        let from = |folder: &Path| format!("folder:{}", folder.display());
        assert_eq!(self.run(&["state", "migrate", "--from", &from(&nowhere), "--yes"]).0, 5);
        let (code, _, err) = self.run(&["state", "migrate", "--from", "postgres://u:hunter2@db/d", "--yes"]);
        assert!(code == 2 && err.contains("env:NAME") && !err.contains("hunter2"), "{code} {err}");
        // An older copy in a folder: all that is left to do is to say where it is now.
        let folder = self.folder.path().join("old");
        std::fs::create_dir(&folder).unwrap();
        let mut placed: Value = serde_json::from_str(dump).unwrap();
        placed["placed"] = true.into();
        std::fs::write(folder.join("state.json"), tests::hostile::checked(&placed)).unwrap();
        let out = self.good(&["state", "migrate", "--from", &from(&folder), "--yes"]);
        assert!(out.contains(", which plg no longer uses"), "{out}");
        let (code, _, err) = self.run(&["state", "migrate", "--from", &from(&folder), "--yes"]);
        assert!(code == 5 && err.contains("was moved to"), "{code} {err}");
    }
}

#[test]
fn a_deploy_killed_with_its_state_in_s3() {
    let Some(server) = servers::s3() else { return };
    let bench = Bench::new("s3", vec![("TEST_S3", server.url.clone())]);
    bench.deploy_and_kill();
    // Nothing frees the lock of who died, and looking does not need it.
    assert!(bench.good(&["state", "pull"]).contains("\"pending\""));
    let (code, _, err) = bench.run(&["deploy", "--yes"]);
    assert_eq!(code, 6, "{err}");
    let nonce = err.split("state unlock ").nth(1).expect("it says how").split([' ', '`']).next().unwrap().to_owned();
    assert_eq!(bench.run(&["state", "unlock", "another", "--yes"]).0, 2);
    assert_eq!(bench.run(&["state", "unlock", &nonce]).0, 2, "nobody confirmed it");
    bench.good(&["state", "unlock", &nonce, "--yes"]);
    assert_eq!(bench.run(&["state", "unlock", &nonce, "--yes"]).0, 2, "it is gone");
    bench.good(&["deploy", "--yes"]);
    bench.check();
    #[cfg(unix)]
    bench.comes_back_too_late();
}

#[test]
fn a_deploy_killed_with_its_state_in_postgresql() {
    let Some(server) = servers::postgres() else { return };
    let bench = Bench::new("postgres", vec![("TEST_POSTGRES", server.url.clone())]);
    bench.deploy_and_kill();
    assert!(bench.good(&["state", "pull"]).contains("\"pending\""));
    // The server notices in its own time that the holder is gone.
    let out = loop {
        match bench.run(&["deploy", "--yes"]) {
            (0, out, _) => break out,
            (6, ..) => {}
            (code, _, err) => panic!("{code} {err}"),
        }
    };
    assert!(out.contains("deployed"), "{out}");
    bench.check();
    #[cfg(unix)]
    bench.comes_back_too_late();
}

#[test]
fn what_is_not_set_is_said_before_anything_is_asked() {
    let bench = Bench::new("postgres", Vec::new());
    let (code, _, err) = bench.run(&["plan"]);
    assert!(code == 3 && err.contains("TEST_POSTGRES"), "{code} {err}");
    let bench = Bench::new("s3", vec![("TEST_S3", "http://planted.example".into())]);
    let (code, _, err) = bench.run(&["plan"]);
    assert!(code == 2 && err.contains("TEST_S3"), "{code} {err}");
}

#[test]
fn a_place_that_is_not_there_is_exit_10() {
    // A port nobody listens on.
    let port = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port();
    for (stage, name, url) in [
        ("s3", "TEST_S3", format!("http://127.0.0.1:{port}")),
        ("postgres", "TEST_POSTGRES", format!("postgres://u:planted-p@127.0.0.1:{port}/d")),
    ] {
        let bench = Bench::new(stage, vec![(name, url)]);
        for command in [&["plan"][..], &["deploy", "--yes"], &["state", "list"], &["doctor"]] {
            let (code, out, err) = bench.run(command);
            assert_eq!(code, 10, "{stage} {command:?}: {out} {err}");
            assert!(err.contains("cannot reach") || out.contains("cannot reach"), "{stage} {command:?}: {out} {err}");
        }
    }
}

#[test]
fn nobody_waits_long_for_the_state_of_another_stage() {
    // It takes connections, and never says anything.
    let silent = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let url = format!("http://{}", silent.local_addr().unwrap());
    let bench = Bench::new("here", vec![("TEST_S3", url)]);
    let started = std::time::Instant::now();
    let (code, _, err) = bench.run(&["deploy", "--yes"]);
    assert_eq!(code, 0, "{err}");
    assert!(err.contains("the state of stage s3 cannot be read (no answer within 5 s)"), "{err}");
    assert!(err.contains("the state of stage postgres cannot be read (TEST_POSTGRES is not set)"), "{err}");
    assert!(started.elapsed() < std::time::Duration::from_secs(30), "{:?}", started.elapsed());
}
