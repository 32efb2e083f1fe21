//! As much of a forge as the action asks: comments, pull requests of a commit, kept artefacts.

use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

/// What it has, and what it was asked.
#[derive(Debug, Default)]
pub(super) struct Held {
    pub(super) comments: Vec<Value>,
    pub(super) pulls: Vec<Value>,
    pub(super) artifacts: Vec<Value>,
    pub(super) asked: Vec<String>,
}

#[derive(Debug)]
pub(super) struct Forge {
    pub(super) url: String,
    pub(super) held: Arc<Mutex<Held>>,
}

impl Forge {
    pub(super) fn start() -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("it has an address"));
        let held = Arc::new(Mutex::new(Held::default()));
        let shared = Arc::clone(&held);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                answer(stream, &shared);
            }
        });
        Forge { url, held }
    }

    pub(super) fn bodies(&self) -> Vec<String> {
        let held = self.held.lock().expect("nobody panicked");
        held.comments.iter().map(|comment| comment["body"].as_str().expect("a body").to_owned()).collect()
    }
}

fn answer(stream: TcpStream, held: &Mutex<Held>) {
    let mut reader = BufReader::new(stream);
    let mut lines = Vec::new();
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).unwrap_or(0) <= 2 {
            break;
        }
        lines.push(line.trim_end().to_owned());
    }
    let header = |name: &str| {
        let named = |line: &&String| line.split_once(": ").is_some_and(|(key, _)| key.eq_ignore_ascii_case(name));
        lines.iter().find(named).and_then(|line| line.split_once(": ")).map(|(_, value)| value.to_owned())
    };
    let length = header("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
    let mut body = vec![0; length];
    reader.read_exact(&mut body).expect("a whole body");
    let mut words = lines.first().map(String::as_str).unwrap_or_default().split(' ');
    let (method, target) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let body = serde_json::from_slice(&body).unwrap_or(Value::Null);
    let (status, said) = match header("authorization").as_deref() {
        Some("Bearer t0ken") => decide(method, target, &body, &mut held.lock().expect("nobody panicked")),
        _ => (401, json!({ "message": "Bad credentials" })),
    };
    let said = said.to_string();
    let head = format!("HTTP/1.1 {status} .\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", said.len());
    let _ = reader.into_inner().write_all(format!("{head}{said}").as_bytes());
}

fn decide(method: &str, target: &str, body: &Value, held: &mut Held) -> (u16, Value) {
    held.asked.push(format!("{method} {target}"));
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let parts: Vec<&str> = path.split('/').skip(1).collect();
    let asked = |name: &str| query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='));
    let ["repos", "acme", "growth", rest @ ..] = parts.as_slice() else { return (404, Value::Null) };
    match (method, rest) {
        ("GET", ["issues", number, "comments"]) => {
            let page: usize = asked("page").and_then(|page| page.parse().ok()).unwrap_or(1);
            let of = |comment: &&Value| comment["on"].as_str() == Some(number);
            (200, held.comments.iter().filter(of).skip((page - 1) * 100).take(100).cloned().collect())
        }
        ("POST", ["issues", number, "comments"]) => {
            let id = held.comments.len() + 1;
            let comment = json!({ "id": id, "on": number, "body": body["body"], "user": { "type": "Bot" } });
            held.comments.push(comment.clone());
            (201, comment)
        }
        ("PATCH", ["issues", "comments", id]) => {
            let meant = |comment: &&mut Value| comment["id"].as_u64() == id.parse().ok();
            let Some(comment) = held.comments.iter_mut().find(meant) else { return (404, Value::Null) };
            comment["body"] = body["body"].clone();
            (200, comment.clone())
        }
        ("GET", ["commits", commit, "pulls"]) => {
            let of = |pull: &&Value| pull["merge_commit_sha"].as_str() == Some(commit);
            (200, held.pulls.iter().filter(of).cloned().collect())
        }
        ("GET", ["actions", "artifacts"]) => {
            let of = |artifact: &&Value| artifact["name"].as_str() == asked("name");
            (200, json!({ "artifacts": held.artifacts.iter().filter(of).cloned().collect::<Vec<_>>() }))
        }
        _ => (404, Value::Null),
    }
}
