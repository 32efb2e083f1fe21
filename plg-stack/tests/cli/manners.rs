//! How the command line behaves towards whoever uses it.

#![cfg(unix)]

use super::ends::Desk;
use super::{event, events, keys, plg, rows, run, text};
use plg_sandbox::Faults;
use serde_json::json;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

fn killed(child: &Child, signal: &str) {
    let sent = Command::new("kill").args([&format!("-{signal}"), &child.id().to_string()]).status();
    assert!(sent.expect("kill runs").success());
}

/// The command in a terminal of so many columns, if there is a program that makes one.
pub(super) fn in_a_terminal(command: &Command, columns: u32) -> Option<Command> {
    let script = Path::new("/usr/bin/script");
    if !script.exists() {
        eprintln!("SKIPPED: /usr/bin/script is not there to make a terminal");
        return None;
    }
    let quoted = |text: &std::ffi::OsStr| format!("'{}'", text.to_string_lossy());
    let words: Vec<String> = std::iter::once(command.get_program()).chain(command.get_args()).map(quoted).collect();
    let mut typed = Command::new(script);
    typed.args(["-qefc", &format!("stty cols {columns} rows 40; exec {}", words.join(" ")), "/dev/null"]);
    typed.env_clear().env("PATH", "/usr/bin:/bin").env("SHELL", "/bin/sh").env("TERM", "xterm").stdin(Stdio::null());
    for (name, value) in command.get_envs() {
        value.map(|value| typed.env(name, value));
    }
    typed.current_dir(command.get_current_dir().expect("a folder"));
    Some(typed)
}

/// What a terminal shows in the end, with all that was scrolled away: the few commands that move a cursor and clear a
/// line are carried out, and a line that is full goes on in the next one.
pub(super) fn seen(bytes: &[u8], columns: usize) -> String {
    let text = String::from_utf8_lossy(bytes);
    let (mut rows, mut row, mut column) = (vec![Vec::new()], 0_usize, 0_usize);
    let mut letters = text.chars();
    while let Some(c) = letters.next() {
        match c {
            '\r' => column = 0,
            '\n' => {
                row += 1;
                if row == rows.len() {
                    rows.push(Vec::new());
                }
            }
            '\x1b' => {
                let command = escape(&mut letters);
                let number = command.trim_matches(|c: char| !c.is_ascii_digit()).parse::<usize>().ok();
                match command.chars().last() {
                    Some('A') => row = row.saturating_sub(number.unwrap_or(1)),
                    Some('B') => row = (row + number.unwrap_or(1)).min(rows.len() - 1),
                    Some('K') if number == Some(2) => rows[row].clear(),
                    Some('K') => rows[row].truncate(column),
                    Some('J') => {
                        rows[row].truncate(column);
                        rows.truncate(row + 1);
                    }
                    _ => {}
                }
            }
            c => {
                if column == columns {
                    (row, column) = (row + 1, 0);
                    rows.resize(rows.len().max(row + 1), Vec::new());
                }
                let line: &mut Vec<char> = &mut rows[row];
                line.resize(line.len().max(column + 1), ' ');
                line[column] = c;
                column += 1;
            }
        }
    }
    let lines: Vec<String> = rows.iter().map(|row| row.iter().collect::<String>().trim_end().to_owned()).collect();
    lines.join("\n")
}

/// The rest of an escape: up to its first letter.
fn escape(letters: &mut std::str::Chars) -> String {
    let mut taken = String::new();
    for c in letters.by_ref() {
        taken.push(c);
        if c.is_ascii_alphabetic() {
            break;
        }
    }
    taken
}

#[test]
fn the_version_says_of_what() {
    let root = tempfile::tempdir().unwrap();
    let (code, out, err) = run(root.path(), &["--version"]);
    assert_eq!((code, err.as_str()), (0, ""));
    let lines: Vec<&str> = out.lines().collect();
    assert_eq!(lines[..2], [concat!("plg ", env!("CARGO_PKG_VERSION")), "stack plg-saas-stack"]);
    assert_eq!(lines[2], "commit unknown: this folder is in no git repository");
    let commit = "0123456789abcdef0123456789abcdef01234567";
    let (_, out, _) = text(&plg(root.path()).args(["plan", "-V"]).env("GITHUB_SHA", commit).output().unwrap());
    assert!(out.contains(&format!("commit {commit}")), "{out}");
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_has_to_read_along() {
    let desk = Desk::slow().await;
    desk.delay(20);
    let mut child = desk.command(&["deploy", "--yes"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // Whoever read is gone at once.
    drop((child.stdout.take(), child.stderr.take()));
    assert_eq!(child.wait().unwrap().code(), Some(0));
    desk.is_whole();
    // Nor has a mistake to be heard.
    for arguments in [&["deploy", "--nonsense"][..], &["--help"], &["plan", "--stage", "nowhere"]] {
        let mut child =
            plg(desk.root.path()).args(arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop((child.stdout.take(), child.stderr.take()));
        assert!(child.wait().unwrap().code().is_some_and(|code| code == 0 || code == 2), "{arguments:?}");
    }
    let (code, _, _) = text(
        &Command::new("sh")
            .args(["-c", &format!("exec '{}' plan 2>&- >&-", env!("CARGO_BIN_EXE_plg-stack"))])
            .current_dir(desk.root.path())
            .env_clear()
            .env("PLG_ROOT", desk.root.path())
            .output()
            .unwrap(),
    );
    assert_eq!(code, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_interrupt_is_heard_on_a_terminal_and_stays_there() {
    let desk = Desk::slow().await;
    desk.delay(300);
    let Some(mut typed) = in_a_terminal(&desk.command(&["deploy", "--yes", "--parallelism", "2"]), 80) else { return };
    let child = typed.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let writes = || desk.running.sandbox().stats().writes();
    while writes() < 4 {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let lock = std::fs::read_to_string(desk.root.path().join(".plg/plg-saas-stack/dev/lock")).unwrap();
    let pid = serde_json::from_str::<serde_json::Value>(&lock).unwrap()["pid"].to_string();
    assert!(Command::new("kill").args(["-INT", &pid]).status().unwrap().success());
    let output = child.wait_with_output().unwrap();
    let seen = seen(&output.stdout, 80);
    assert_eq!(output.status.code(), Some(130), "{seen}");
    // The line is whole, with nothing of what moves in it.
    let heard =
        seen.lines().filter(|line| line.starts_with("Interrupted: finishing the running requests. Press")).count();
    assert_eq!(heard, 1, "{seen}");
    assert!(seen.replace('\n', " ").contains("the state has everything that was done"), "{seen}");
    desk.is_whole();
}

#[tokio::test(flavor = "multi_thread")]
async fn lines_are_broken_between_words_where_the_terminal_ends() {
    let desk = Desk::slow().await;
    desk.delay(0);
    for columns in [60, 120] {
        for arguments in [&["plan"][..], &["plan", "--target", "feature_flag.Nonsense"], &["explain", "P0627"]] {
            let Some(mut typed) = in_a_terminal(&desk.command(arguments), columns) else { return };
            let seen = seen(&typed.output().unwrap().stdout, usize::MAX);
            for line in seen.lines() {
                // Text without spaces may be longer than a line.
                let is_one_word = !line.trim().contains(' ');
                assert!(
                    is_one_word || line.chars().count() <= columns as usize,
                    "{columns} {arguments:?}: {line}\n{seen}"
                );
            }
        }
    }
    let wide = |columns| {
        let mut typed = in_a_terminal(&desk.command(&["plan"]), columns)?;
        seen(&typed.output().unwrap().stdout, usize::MAX).lines().map(|line| line.trim_end().chars().count()).max()
    };
    let (Some(narrow), Some(broad)) = (wide(60), wide(120)) else { return };
    assert!(narrow <= 60 && broad > 100 && broad <= 120, "{narrow} {broad}");
}

#[test]
fn a_host_that_is_not_there_is_named_in_three_lines() {
    let root = tempfile::tempdir().unwrap();
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let url = format!("http://127.0.0.1:{port}");
    for arguments in [&["plan"][..], &["deploy", "--yes"], &["drift"]] {
        let mut command = plg(root.path());
        command
            .args(arguments)
            .env("PLG_STAGE", "dev")
            .envs(keys("k", "k"))
            .env("PLG_ATTIO_URL", &url)
            .env("PLG_POSTHOG_URL", &url);
        let (code, out, err) = text(&command.output().unwrap());
        assert_eq!(code, 10, "{err}");
        assert_eq!(out, "");
        let lines: Vec<&str> = err.lines().collect();
        assert_eq!(lines.len(), 3, "{err}");
        assert!(lines[0].starts_with("error[P0626]: cannot reach Attio: no connection to 127.0.0.1:"), "{err}");
        assert!(lines[0].contains(&port.to_string()) && lines[0].ends_with("Connection refused"), "{err}");
        assert!(lines[1].contains(&port.to_string()), "{err}");
        assert_eq!(lines[2], "Nothing was changed.");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_time_of_a_run_ends_it_as_one_interrupt_does() {
    let desk = Desk::slow().await;
    let rules = json!({ "rules": [{ "match": { "method": "POST" }, "do": { "delay_ms": 1_500 } }] });
    desk.running.sandbox().set_faults(serde_json::from_value(rules).unwrap());
    let (code, _, err) = desk.run(&["deploy", "--yes", "--timeout", "2s", "--parallelism", "2"]);
    assert_eq!(code, 130, "{err}");
    assert!(
        err.contains("Out of time after 2s: finishing the running requests.")
            && err.contains("the state has everything"),
        "{err}"
    );
    assert!(!err.contains("warning"), "nothing is left open: {err}");
    desk.running.sandbox().set_faults(Faults::default());
    desk.is_whole();
    // Before anything is applied there is nothing to finish.
    desk.delay(3_000);
    for arguments in [&["plan", "--timeout", "1s"][..], &["deploy", "--yes", "--timeout", "1s"]] {
        let (code, _, err) = desk.run(arguments);
        assert_eq!(code, 130, "{err}");
        assert!(err.contains("error[P0629]: the run took longer than --timeout 1s"), "{err}");
        assert!(err.contains("Nothing was changed."), "{err}");
    }
    for wrong in ["10", "soon", "0s", ""] {
        assert_eq!(desk.run(&["plan", "--timeout", wrong]).0, 2, "{wrong}");
    }
    desk.delay(0);
    assert_eq!(desk.run(&["plan", "--timeout", "1h30m", "--detailed-exitcode"]).0, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plan_says_who_is_at_work_and_the_history_what_was_done() {
    let desk = Desk::slow().await;
    let commit = "0123456789abcdef0123456789abcdef01234567";
    let mut deploy = desk.command(&["deploy", "--yes", "--parallelism", "2"]);
    let child = deploy.env("GITHUB_SHA", commit).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let writes = || desk.running.sandbox().stats().of("attio").writes;
    while writes() < 3 {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let (code, out, err) = desk.run(&["plan"]);
    assert_eq!(code, 0, "{err}");
    assert!(err.contains(&format!("(process {}, since ", child.id())), "{err}");
    assert!(err.contains("Stage dev is locked by") && out.contains("to create"), "{err}");
    let (_, out, _) = desk.run(&["plan", "--json"]);
    assert_eq!(event(&events(&out), "at_work")["holder"]["pid"], child.id());
    // It died: it is at work no more.
    killed(&child, "KILL");
    let _ = child.wait_with_output();
    let (_, _, err) = desk.run(&["plan"]);
    assert!(!err.contains("is locked"), "{err}");

    desk.delay(0);
    let mut deploy = desk.command(&["deploy", "--yes"]);
    let (code, _, err) = text(&deploy.env("GITHUB_SHA", commit).output().unwrap());
    assert_eq!(code, 0, "{err}");
    assert!(!desk.run(&["plan"]).2.contains("is locked"));
    let (_, listed, _) = desk.run(&["history"]);
    let numbers: Vec<&str> = listed.lines().filter_map(|line| line.split_whitespace().nth(1)).collect();
    assert_eq!(numbers.len(), 2, "{listed}");
    for number in numbers {
        let (code, out, err) = desk.run(&["history", "show", number]);
        assert_eq!(code, 0, "{err}");
        assert!(out.contains(&format!("\ncommit {commit}\n")), "{out}");
        assert!(out.contains("+ feature_flag.") || out.contains("+ dashboard."), "that deploy's plan: {out}");
    }
    let (code, _, err) = desk.run(&["history", "show", "99"]);
    assert_eq!(code, 2, "{err}");
    assert!(err.contains("stage dev has no deploy 99") && err.contains("numbered 1 to 2"), "{err}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_excluded_waits_with_what_needs_it() {
    let desk = Desk::slow().await;
    desk.delay(0);
    let (code, out, err) =
        desk.run(&["deploy", "--yes", "--exclude", "feature_flag.NewOnboarding", "--exclude", "survey.*"]);
    assert_eq!(code, 0, "{out} {err}");
    assert!(out.contains("Left for later"), "{out}");
    assert!(out.contains("feature_flag.NewOnboarding: to create, as the command says"), "{out}");
    assert!(out.contains("experiment.OnboardingFlowTest: to create, waits for feature_flag.NewOnboarding"), "{out}");
    assert!(out.contains("PLG stack deployed"), "{out}");
    let there = |list: &str| rows(desk.running.sandbox(), &format!("/api/projects/12345/{list}/")).len();
    assert_eq!((there("experiments"), there("surveys"), there("cohorts")), (0, 0, 5));
    assert_eq!(desk.run(&["plan", "--detailed-exitcode"]).0, 2, "the rest is still to do");
    let saved: &[&str] = &["plan", "--out", "saved.plan", "--exclude", "survey.*"];
    assert_eq!(desk.run(saved).0, 0);
    assert_eq!(desk.run(&["deploy", "saved.plan"]).0, 0);
    assert_eq!((there("experiments"), there("surveys")), (1, 0));
    let (code, _, err) = desk.run(&["plan", "--exclude", "survey.Nonsens"]);
    assert!(code == 2 && err.contains("no resource has the address `survey.Nonsens`"), "{err}");
    let (_, out, _) = desk.run(&["plan", "--exclude", "survey.*", "--json"]);
    let excluded = event(&events(&out), "plan")["plan"]["excluded"].clone();
    assert_eq!(excluded.as_array().map(Vec::len), Some(4), "{excluded}");
    desk.is_whole();

    // What is needed by what stays is not removed.
    let (code, out, err) = desk.run(&["destroy", "--yes", "--exclude", "experiment.*"]);
    assert_eq!(code, 0, "{out} {err}");
    assert!(out.contains("feature_flag.NewOnboarding: to delete, waits for experiment.OnboardingFlowTest"), "{out}");
    assert_eq!((there("experiments"), there("cohorts")), (1, 0));
    assert_eq!(desk.run(&["destroy", "--yes"]).0, 0);
    assert_eq!(there("experiments"), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_state_is_spoken_of_as_what_it_is() {
    let desk = Desk::slow().await;
    desk.delay(0);
    // Nobody holds a lock, and that is no matter of the disk.
    let (code, _, err) = desk.run(&["state", "unlock", "0123", "--yes"]);
    assert_eq!(code, 2, "{err}");
    assert!(err.contains("error[P0614]: this stage is not locked"), "{err}");
    // Nor does somebody who is done.
    assert_eq!(desk.run(&["deploy", "--yes", "--target", "feature_flag.DarkMode"]).0, 0);
    let (code, _, err) = desk.run(&["state", "unlock", "0123", "--yes"]);
    assert!(code == 2 && err.contains("this stage is not locked"), "{err}");
    // What is wrong is the file that was given.
    let file = desk.root.path().join("pushed.json");
    std::fs::write(&file, "no state").unwrap();
    let push = |arguments: &[&str]| desk.run(&[&["state", "push", "pushed.json", "--yes"], arguments].concat());
    let (code, _, err) = push(&[]);
    assert_eq!(code, 2, "{err}");
    assert!(err.contains("pushed.json cannot be pushed, as it is not a state") && !err.contains("salvage"), "{err}");
    assert_eq!(desk.run(&["deploy", "--yes"]).0, 0);
    std::fs::write(&file, desk.run(&["state", "pull"]).1).unwrap();
    let (code, _, err) = push(&["--stage", "staging"]);
    assert_eq!(code, 2, "{err}");
    assert!(
        err.contains("is the state of stage dev of plg-saas-stack, and this command is for stage staging"),
        "{err}"
    );
    assert!(err.contains("--stage dev") && err.contains("Nothing was changed."), "{err}");
    assert_eq!(push(&[]).0, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_doctor_says_what_keeps_a_deploy_and_what_does_not() {
    let desk = Desk::slow().await;
    let rules = json!({ "rules": [{ "match": { "method": "POST" }, "do": { "delay_ms": 60_000 } }] });
    desk.running.sandbox().set_faults(serde_json::from_value(rules).unwrap());
    let child = desk.command(&["deploy", "--yes"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let journal = desk.root.path().join(".plg/plg-saas-stack/dev/journal");
    while !std::fs::read_to_string(&journal).is_ok_and(|text| text.contains("\"intent\"")) {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    killed(&child, "KILL");
    let _ = child.wait_with_output();
    desk.running.sandbox().set_faults(Faults::default());
    let (code, out, err) = desk.run(&["doctor"]);
    assert_eq!(code, 0, "the next deploy finds that out by itself: {out} {err}");
    assert!(out.contains("! state: an earlier deploy sent requests and got no answer"), "{out}");
    assert!(
        out.contains("the next deploy looks up their outcome first") && out.contains("Stage dev can be deployed to."),
        "{out}"
    );
    // A key that is not taken keeps it.
    let (code, out, err) = text(&desk.command(&["doctor"]).env("ATTIO_API_KEY_DEV", "phx_misplaced").output().unwrap());
    if code != 0 {
        assert!(out.contains('✗') && err.contains("prevents a deploy to stage dev"), "{out} {err}");
        assert!(err.contains("follow the line below each ✗"), "{err}");
    }
}

#[test]
fn every_code_is_explained_with_what_fails_and_what_works() {
    let root = tempfile::tempdir().unwrap();
    for code in plg::linked::codes() {
        let (ended, out, _) = run(root.path(), &["explain", code.code]);
        assert_eq!(ended, 0);
        assert!(out.contains("This is refused:\n\n    ") && out.contains("This is taken:\n\n    "), "{out}");
    }
    let (_, out, _) = run(root.path(), &["explain", "P0201", "--json"]);
    assert!(event(&events(&out), "explained")["example"]["works"].is_string(), "{out}");
}
