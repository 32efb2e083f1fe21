//! What a terminal of 60 columns and one of 120 shows in the end: a first deploy, one that is interrupted, a plan with
//! losses, drift. What is another one each time is told by its form, and stands as `…`.

#![cfg(unix)]

use super::ends::Desk;
use super::manners::{in_a_terminal, seen};
use plg_sandbox::SandboxRequest;
use serde_json::{Value, json};
use std::process::{Command, Stdio};
use std::time::Duration;

const WIDTHS: [u32; 2] = [60, 120];

/// The same text for each run: without ids, times, ports and how long anything took. What is said of the folder before a
/// plan is as long as its name is, and left out.
fn settled(text: &str) -> String {
    let mut settings = Vec::new();
    let text = text.find("Plan ").map_or(text, |start| &text[start..]);
    for line in text.lines() {
        let words: Vec<String> = line.split(' ').map(word).collect();
        settings.push(words.join(" ").trim_end().to_owned());
    }
    settings.join("\n").replace("… UTC", "…").replace("… …", "…")
}

/// A word, or what stands for it.
fn word(word: &str) -> String {
    let core = word.trim_matches(|c: char| matches!(c, '(' | ')' | ',' | '.' | ':'));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let is_uuid = core.len() == 36 && core.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-');
    let is_day = core.len() == 10 && core.matches('-').count() == 2;
    let is_time = core.split_once(':').is_some_and(|(hours, minutes)| digits(hours) && digits(minutes));
    let is_seconds = core.split_once('.').is_some_and(|(whole, part)| digits(whole) && digits(part));
    if is_uuid || is_day || is_time || is_seconds { word.replacen(core, "…", 1) } else { word.to_owned() }
}

/// What a terminal shows of a command in the end.
fn shown(desk: &Desk, columns: u32, arguments: &[&str]) -> Option<String> {
    let output = in_a_terminal(&desk.command(arguments), columns)?.output().expect("the terminal runs");
    Some(settled(&seen(&output.stdout, columns as usize)))
}

fn send(desk: &Desk, method: &str, path: &str, body: &Value) {
    let mut request = SandboxRequest::new(method, path);
    request.headers =
        vec![("authorization".into(), "Bearer x".into()), ("content-type".into(), "application/json".into())];
    request.body = body.to_string().into_bytes();
    let reply = desk.running.sandbox().answer(&request);
    assert!(reply.status < 300, "{method} {path}: {} {:?}", reply.status, reply.body);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_first_deploy() {
    for columns in WIDTHS {
        let desk = Desk::slow().await;
        desk.delay(0);
        let Some(shown) = shown(&desk, columns, &["deploy", "--yes"]) else { return };
        // The rows of the plan are printed once.
        assert_eq!(shown.matches("feature_flag.DarkMode").count(), 1, "{shown}");
        insta::assert_snapshot!(format!("first_deploy_{columns}"), shown);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_is_interrupted() {
    for columns in WIDTHS {
        let desk = Desk::slow().await;
        desk.delay(300);
        let arguments =
            &["deploy", "--yes", "--parallelism", "1", "--target", "feature_flag.*", "--target", "cohort.*"];
        let Some(mut typed) = in_a_terminal(&desk.command(arguments), columns) else { return };
        let child = typed.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the terminal starts");
        while desk.running.sandbox().stats().writes() < 2 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        let lock = std::fs::read_to_string(desk.root.path().join(".plg/plg-saas-stack/dev/lock")).expect("it is held");
        let pid = serde_json::from_str::<Value>(&lock).expect("a holder")["pid"].to_string();
        assert!(Command::new("kill").args(["-INT", &pid]).status().expect("kill runs").success());
        let output = child.wait_with_output().expect("it ends");
        assert_eq!(output.status.code(), Some(130));
        let shown = settled(&seen(&output.stdout, columns as usize));
        // How far it came is another matter each time.
        let end = shown.find("Interrupted:").expect("it says so");
        let (plan, end) = shown.split_at(end);
        let mut counted = String::new();
        for c in end.chars() {
            match c {
                c if !c.is_ascii_digit() => counted.push(c),
                _ if counted.ends_with('0') => {}
                _ => counted.push('0'),
            }
        }
        let end = counted;
        insta::assert_snapshot!(format!("interrupted_{columns}"), format!("{plan}{end}"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plan_with_losses() {
    for columns in WIDTHS {
        let desk = Desk::slow().await;
        desk.delay(0);
        assert_eq!(desk.run(&["deploy", "--yes"]).0, 0);
        let record = json!({ "data": { "values": { "name": "Acme", "lifecycle_stage": "Trial" } } });
        send(&desk, "POST", "/v2/objects/companies/records", &record);
        let Some(shown) = shown(&desk, columns, &["plan", "--destroy", "--target", "attribute.LifecycleStage"]) else {
            return;
        };
        insta::assert_snapshot!(format!("losses_{columns}"), shown);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn drift() {
    for columns in WIDTHS {
        let desk = Desk::slow().await;
        desk.delay(0);
        assert_eq!(desk.run(&["deploy", "--yes"]).0, 0);
        let id = desk.run(&["output", "dashboard.ProductMetrics"]).1;
        let id = serde_json::from_str::<Value>(&id).expect("an output is JSON")["id"].to_string();
        let path = format!("/api/projects/12345/dashboards/{id}/");
        send(&desk, "PATCH", &path, &json!({ "name": "What somebody else calls it" }));
        let Some(shown) = shown(&desk, columns, &["drift"]) else { return };
        insta::assert_snapshot!(format!("drift_{columns}"), shown);
    }
}
