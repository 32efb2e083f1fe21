//! What is remembered, when it is damaged, strange, edited, sealed anew, or nobody listens.

#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "all of it is tests")]

use super::ends::Desk;
use super::{rows, text};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

fn folder(desk: &Desk) -> PathBuf {
    desk.root.path().join(".plg/plg-saas-stack/dev")
}

/// A desk whose first deploy was killed: the secret of a webhook is in the journal, and nowhere else.
async fn died() -> Desk {
    let desk = Desk::slow().await;
    let wait =
        json!({ "rules": [{ "match": { "method": "POST", "path": "experiments" }, "do": { "delay_ms": 600_000 } }] });
    desk.running.sandbox().set_faults(serde_json::from_value(wait).expect("faults"));
    let mut child = desk.command(&["deploy", "--yes"]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let journal = folder(&desk).join("journal");
    let has = |text: &str| {
        text.matches("\"sealed\"").count() == 2 && text.contains("\"address\":\"experiment.OnboardingFlowTest\"")
    };
    while !std::fs::read_to_string(&journal).is_ok_and(|text| has(&text)) {
        assert!(child.try_wait().unwrap().is_none(), "it ended before it could be killed");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    child.kill().unwrap();
    child.wait().unwrap();
    desk.delay(0);
    desk
}

/// Flips a bit of the last whole line that has a secret in it, which is the last line then.
fn last_line(bytes: &[u8]) -> Vec<u8> {
    let lines: Vec<&[u8]> = bytes.split_inclusive(|byte| *byte == b'\n').collect();
    let sealed = lines.iter().position(|line| line.windows(8).any(|part| part == b"\"sealed\"")).unwrap();
    let mut left = lines[..=sealed].concat();
    let place = left.len() - 20;
    left[place] ^= 1;
    left
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_first_journal_is_refused_kept_and_salvaged() {
    let desk = died().await;
    let file = folder(&desk).join("journal");
    let journal = std::fs::read(&file).unwrap();
    let (code, secret, err) = desk.run(&["output", "--reveal", "webhook.DealChanges"]);
    assert_eq!(code, 0, "{err}");
    let first = journal.iter().position(|byte| *byte == b'\n').unwrap() + 1;
    for (name, damaged) in [
        ("zeros", vec![0; journal.len()]),
        ("empty", Vec::new()),
        ("its last line", last_line(&journal)),
        ("without its first line", journal[first..].to_vec()),
    ] {
        std::fs::write(&file, &damaged).unwrap();
        for refused in
            [&["deploy", "--yes"][..], &["plan"], &["output", "--reveal", "webhook.DealChanges"], &["state", "pull"]]
        {
            let (code, _, err) = desk.run(refused);
            assert_eq!(code, 1, "{name}, {refused:?}: {err}");
            assert!(err.contains("journal is damaged") && err.contains("state salvage"), "{name}: {err}");
        }
        assert_eq!(std::fs::read(&file).unwrap(), damaged, "{name}: plg does not overwrite it");
        assert!(!folder(&desk).join("state.json").exists(), "{name}");
    }
    // The last one had everything but its first line.
    let damaged = std::fs::read(&file).unwrap();
    assert_eq!(desk.run(&["state", "salvage"]).0, 2, "nobody confirmed it");
    let (code, out, err) = desk.run(&["state", "salvage", "--yes"]);
    assert_eq!(code, 0, "{err}");
    let kept = out.lines().find_map(|line| line.strip_prefix("The damaged files are in ")).expect("it says where");
    assert_eq!(std::fs::read(Path::new(kept.trim_end_matches('.')).join("journal")).unwrap(), damaged);
    assert_eq!(desk.run(&["output", "--reveal", "webhook.DealChanges"]).1, secret, "{out}");
    assert_eq!(desk.run(&["state", "salvage", "--yes"]).0, 5, "nothing is damaged any more");
    desk.is_whole();
    let history = desk.run(&["history"]).1;
    assert!(history.contains("died"), "{history}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_state_with_one_bit_flipped_or_edited_is_refused() {
    let desk = Desk::slow().await;
    desk.is_whole();
    let file = folder(&desk).join("state.json");
    let state = std::fs::read(&file).unwrap();
    for place in (0..state.len()).step_by(state.len() / 60) {
        let mut flipped = state.clone();
        flipped[place] ^= 1 << (place % 8);
        std::fs::write(&file, &flipped).unwrap();
        let (code, _, err) = desk.run(&["state", "list"]);
        assert!(code == 1 && err.contains("state.json is damaged"), "byte {place}: {code} {err}");
    }
    let edited = String::from_utf8(state.clone()).unwrap().replacen("dark-mode", "dork-mode", 1);
    std::fs::write(&file, edited).unwrap();
    let (code, _, err) = desk.run(&["deploy", "--yes"]);
    assert!(code == 1 && err.contains("state pull") && err.contains("state push"), "{err}");
    assert_eq!(desk.run(&["state", "push", "state.json", "--force"]).0, 2);
    std::fs::write(&file, &state).unwrap();

    // The way that is meant.
    let pulled = desk.run(&["state", "pull"]).1;
    let mut dump: Value = serde_json::from_str(&pulled).unwrap();
    assert!(dump.get("checksum").is_none());
    dump["serial"] = (dump["serial"].as_u64().unwrap() + 1).into();
    let gone = dump["resources"].as_object_mut().unwrap().remove("feature_flag.DarkMode");
    assert!(gone.is_some());
    std::fs::write(desk.root.path().join("edited.json"), dump.to_string()).unwrap();
    let (code, _, err) = desk.run(&["state", "push", "edited.json", "--yes"]);
    assert_eq!(code, 0, "{err}");
    assert!(!desk.run(&["state", "list"]).1.contains("DarkMode"));
    let (code, out, err) = desk.run(&["deploy", "--yes"]);
    assert!(code == 0 && out.contains("adopted"), "{out} {err}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_journal_of_another_time_is_refused_and_both_of_one_time_are_an_older_state() {
    let desk = Desk::slow().await;
    desk.is_whole();
    let path = |name: &str| folder(&desk).join(name);
    let read = |name: &str| std::fs::read(path(name)).unwrap();
    let (state, journal) = (read("state.json"), read("journal"));
    assert_eq!(desk.run(&["state", "rm", "feature_flag.DarkMode", "--yes"]).0, 0);
    let later = read("journal");
    std::fs::write(path("journal"), &journal).unwrap();
    let (code, _, err) = desk.run(&["plan"]);
    assert!(code == 1 && err.contains("it ends with record"), "{code} {err}");
    std::fs::remove_file(path("journal")).unwrap();
    let (code, _, err) = desk.run(&["plan"]);
    assert!(code == 1 && err.contains("it is missing"), "{code} {err}");
    std::fs::write(path("journal"), &later).unwrap();
    assert_eq!(desk.run(&["plan"]).0, 0);
    std::fs::write(path("state.json"), &state).unwrap();
    let (code, _, err) = desk.run(&["plan"]);
    assert!(code == 1 && err.contains("replaced by another"), "{code} {err}");
    std::fs::write(path("journal"), &journal).unwrap();
    assert_eq!(desk.run(&["plan", "--detailed-exitcode"]).0, 0, "an older state, which still knows it");
}

fn pipe(path: &Path) {
    assert!(Command::new("mkfifo").arg(path).status().expect("mkfifo runs").success());
}

fn at_once(mut child: Child) -> (i32, String, String) {
    let began = Instant::now();
    while child.try_wait().unwrap().is_none() {
        if began.elapsed() > Duration::from_secs(30) {
            child.kill().unwrap();
            panic!("it waits for a pipe");
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    text(&child.wait_with_output().unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn links_and_pipes_are_refused_by_name_and_nobody_waits_for_them() {
    let desk = Desk::slow().await;
    desk.is_whole();
    let spawn = |arguments: &[&str]| {
        let mut command = desk.command(arguments);
        at_once(command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap())
    };
    for name in ["state.json", "journal", "lock", "../../key"] {
        let path = folder(&desk).join(name);
        let aside = desk.root.path().join("aside");
        std::fs::rename(&path, &aside).unwrap();
        for link in [false, true] {
            if link {
                std::os::unix::fs::symlink(&aside, &path).unwrap()
            } else {
                pipe(&path)
            }
            let (code, _, err) = match name {
                "lock" => spawn(&["deploy", "--yes"]),
                "../../key" => spawn(&["output", "--reveal", "webhook.DealChanges"]),
                _ => spawn(&["plan"]),
            };
            let file = name.rsplit('/').next().unwrap();
            assert!(
                code == 1 && err.contains(file) && err.contains("plg did not create it"),
                "{name}, {link}: {code} {err}"
            );
            std::fs::remove_file(&path).unwrap();
        }
        std::fs::rename(&aside, &path).unwrap();
    }
    let (stage, elsewhere) = (folder(&desk), desk.root.path().join("elsewhere"));
    std::fs::rename(&stage, &elsewhere).unwrap();
    std::os::unix::fs::symlink(&elsewhere, &stage).unwrap();
    let (code, _, err) = spawn(&["deploy", "--yes"]);
    assert!(code == 1 && err.contains("a symbolic link"), "{err}");
}

#[tokio::test(flavor = "multi_thread")]
async fn folders_are_private_whatever_the_umask_and_hidden_from_git_from_the_first_write() {
    use std::os::unix::fs::PermissionsExt;
    for umask in ["000", "077", "777"] {
        let desk = Desk::slow().await;
        let mut shell = desk.command(&[]);
        let program = shell.get_program().to_owned();
        let variables: Vec<_> = shell.get_envs().map(|(k, v)| (k.to_owned(), v.map(ToOwned::to_owned))).collect();
        shell = Command::new("/bin/sh");
        shell.args(["-c", "umask $1; exec \"$2\" deploy --yes --target event.SignupCompleted", "sh", umask]);
        shell.arg(program).env_clear().current_dir(desk.root.path()).stdin(Stdio::null());
        shell.envs(variables.into_iter().filter_map(|(name, value)| Some((name, value?))));
        let (code, _, err) = text(&shell.output().unwrap());
        assert_eq!(code, 0, "{umask}: {err}");
        let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
        let stage = folder(&desk);
        for folder in [&stage, stage.parent().unwrap(), &desk.root.path().join(".plg")] {
            assert_eq!(mode(folder), 0o700, "{umask}: {}", folder.display());
        }
        for file in ["state.json", "journal", "lock"] {
            assert_eq!(mode(&stage.join(file)), 0o600, "{umask}: {file}");
        }
        assert_eq!(std::fs::read_to_string(desk.root.path().join(".plg/.gitignore")).unwrap(), "*\n");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_has_to_read_what_is_said() {
    let desk = Desk::slow().await;
    for arguments in [&["plan"][..], &["deploy", "--yes"], &["deploy", "--yes", "-vv"], &["destroy", "--yes", "-v"]] {
        let mut command = desk.command(arguments);
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        drop(child.stderr.take());
        let status = child.wait().unwrap();
        assert_eq!(status.code(), Some(0), "{arguments:?}: {status}");
    }
    let mut failing = desk.command(&["deploy", "--stage", "nowhere"]);
    let mut child = failing.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stderr.take());
    assert_eq!(child.wait().unwrap().code(), Some(2));
}

#[tokio::test(flavor = "multi_thread")]
async fn deploys_that_died_are_in_the_history_and_say_whether_the_sources_differed() {
    let desk = died().await;
    let git = |arguments: &[&str]| {
        let given = ["-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false"];
        let mut command = Command::new("git");
        command.args(given).args(arguments).current_dir(desk.root.path());
        command.output().is_ok_and(|output| output.status.success())
    };
    let said = desk.run(&["history"]).1;
    assert!(said.contains("at work, or died"), "{said}");
    std::fs::write(desk.root.path().join("stack.rs"), "one").unwrap();
    let has_git = git(&["init", "-q"]) && git(&["add", "stack.rs"]) && git(&["commit", "-q", "-m", "one"]);
    std::fs::write(desk.root.path().join("stack.rs"), "two").unwrap();
    desk.is_whole();
    let (_, out, _) = desk.run(&["history", "--json"]);
    let all: Vec<Value> = super::events(&out).into_iter().filter(|e| e["event"] == "deployed").collect();
    assert_eq!(all.len(), 2, "{out}");
    assert_eq!((&all[1]["deployed"]["died"], &all[0]["deployed"]["died"]), (&json!(true), &Value::Null));
    if has_git {
        assert_eq!(all[0]["deployed"]["by"]["dirty"], true, "{out}");
        let said = desk.run(&["history"]).1;
        assert!(said.lines().next().unwrap().contains(" dirty"), "{said}");
    }
    let markers = rows(desk.running.sandbox(), "/api/projects/12345/annotations/?limit=100");
    assert_eq!(markers.len(), 1, "the one that died left none");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deploy_in_which_anything_failed_leaves_no_marker() {
    let desk = Desk::slow().await;
    let refuse = json!({ "rules": [{ "match": { "method": "POST", "path": "surveys" }, "do": { "status": 400 } }] });
    desk.running.sandbox().set_faults(serde_json::from_value(refuse).expect("faults"));
    assert_eq!(desk.run(&["deploy", "--yes"]).0, 4);
    let markers = || rows(desk.running.sandbox(), "/api/projects/12345/annotations/?limit=100").len();
    assert_eq!(markers(), 0);
    desk.is_whole();
    assert_eq!(markers(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn secrets_are_sealed_anew_and_nothing_is_lost_on_the_way() {
    let desk = Desk::slow().await;
    desk.is_whole();
    let reveal = || {
        let (code, out, err) = desk.run(&["output", "--reveal", "webhook.DealChanges"]);
        assert_eq!(code, 0, "{err}");
        out
    };
    let key = desk.root.path().join(".plg/key");
    let sealed = || {
        let pulled: Value = serde_json::from_str(&desk.run(&["state", "pull"]).1).unwrap();
        let text = pulled["resources"]["webhook.DealChanges"]["sealed"]["secret"].as_str().unwrap().to_owned();
        assert!(text.starts_with("plg1:"), "{text}");
        text
    };
    let (secret, first, before) = (reveal(), std::fs::read_to_string(&key).unwrap(), sealed());
    let (code, out, err) = desk.run(&["state", "rekey", "--yes"]);
    assert!(code == 0 && out.contains("2 secrets of stage dev are encrypted with the key"), "{out} {err}");
    assert_eq!(reveal(), secret);
    let now = std::fs::read_to_string(&key).unwrap();
    assert!(now.starts_with(&first) && now.matches("plg-key-1").count() == 2, "the old key stays");
    assert_ne!(sealed()[..14], before[..14], "it is another key");

    // Died after the key was written: the next run uses that one.
    let (_, generated, _) = desk.run(&["state", "rekey", "--generate"]);
    std::fs::write(&key, format!("{now}{generated}")).unwrap();
    assert_eq!(reveal(), secret);
    assert_eq!(desk.run(&["state", "rekey", "--yes"]).0, 0);
    assert_eq!(std::fs::read_to_string(&key).unwrap().matches("plg-key-1").count(), 3);
    std::fs::write(&key, &generated).unwrap();
    assert_eq!(reveal(), secret, "only the last key is needed now");

    // A key that is missing stops it before anything is changed.
    std::fs::write(&key, &first).unwrap();
    let left = sealed();
    let (code, _, err) = desk.run(&["state", "rekey", "--yes"]);
    assert!(code == 1 && err.contains("it was encrypted with the key"), "{code} {err}");
    assert_eq!((sealed(), std::fs::read_to_string(&key).unwrap()), (left, first));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_age_sealed_is_carried_and_its_key_stays() {
    let desk = Desk::slow().await;
    desk.is_whole();
    let fixture = |name: &str| {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../plg-runtime/tests/fixtures/504ba90/whole").join(name);
        std::fs::read_to_string(path).unwrap()
    };
    // The secret of the fixture in the place of the one that is kept.
    let old: Value = serde_json::from_str(&fixture("pulled.json")).unwrap();
    let old = old["resources"]["webhook.DealChanges"]["sealed"].clone();
    let mut dump: Value = serde_json::from_str(&desk.run(&["state", "pull"]).1).unwrap();
    dump["serial"] = (dump["serial"].as_u64().unwrap() + 1).into();
    dump["resources"]["webhook.DealChanges"]["sealed"] = old.clone();
    std::fs::write(desk.root.path().join("dump.json"), dump.to_string()).unwrap();
    assert_eq!(desk.run(&["state", "push", "dump.json", "--yes"]).0, 0);
    let key = desk.root.path().join(".plg/key");
    let keys = format!("{}{}", fixture("key"), std::fs::read_to_string(&key).unwrap());
    std::fs::write(&key, &keys).unwrap();
    if cfg!(feature = "sealed-with-age") {
        assert_eq!(desk.run(&["output", "--reveal", "webhook.DealChanges"]).1, fixture("secret"));
        assert_eq!(desk.run(&["state", "rekey", "--yes"]).0, 0);
        assert!(!desk.run(&["state", "pull"]).1.contains("BEGIN AGE"));
        assert_eq!(desk.run(&["output", "--reveal", "webhook.DealChanges"]).1, fixture("secret"));
    } else {
        for refused in [&["output", "--reveal", "webhook.DealChanges"][..], &["state", "rekey", "--yes"]] {
            let (code, _, err) = desk.run(refused);
            let command = "cargo run -p plg-stack --features sealed-with-age -- state rekey";
            assert!(code == 1 && err.contains(command), "{refused:?}: {code} {err}");
        }
        assert_eq!(desk.run(&["deploy", "--yes"]).0, 0);
        let pulled: Value = serde_json::from_str(&desk.run(&["state", "pull"]).1).unwrap();
        assert_eq!(pulled["resources"]["webhook.DealChanges"]["sealed"], old, "it is carried as it is");
    }
    assert!(std::fs::read_to_string(&key).unwrap().starts_with(&keys), "no key is taken out");
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_made_whose_secret_could_not_be_kept() {
    let desk = Desk::slow().await;
    desk.delay(0);
    let key = include_str!("../../../plg-runtime/tests/fixtures/504ba90/whole/key");
    let identity = key.lines().last().unwrap();
    let mut deploy = desk.command(&["deploy", "--yes"]);
    let (code, _, err) = text(&deploy.env("PLG_STATE_KEY", identity).output().unwrap());
    assert!(code == 5 && err.contains("state rekey --generate"), "{code} {err}");
    assert!(rows(desk.running.sandbox(), "/v2/webhooks").is_empty());
    let (_, generated, _) = desk.run(&["state", "rekey", "--generate"]);
    let mut deploy = desk.command(&["deploy", "--yes"]);
    let (code, _, err) =
        text(&deploy.env("PLG_STATE_KEY", format!("{identity},{}", generated.trim())).output().unwrap());
    assert_eq!(code, 0, "{err}");
    assert!(!desk.root.path().join(".plg/key").exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_saved_plan_of_another_format_is_stale() {
    let desk = Desk::slow().await;
    desk.delay(0);
    for version in [0, 99] {
        std::fs::write(desk.root.path().join("old.plan"), json!({ "version": version }).to_string()).unwrap();
        let (code, _, err) = desk.run(&["deploy", "old.plan"]);
        assert!(code == 7 && err.contains("stale"), "{code} {err}");
    }
}
