//! The sandbox is a server on a developer's machine: what web pages, broken clients and half requests get of it.

#![expect(clippy::unwrap_used, reason = "what a test calls fails as the test does")]

use plg_sandbox::{Running, Sandbox};
use serde_json::Value;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

async fn start() -> Running {
    Sandbox::start("127.0.0.1:0".parse().unwrap(), None).await.unwrap()
}

fn send(addr: SocketAddr, bytes: &[u8]) -> TcpStream {
    let mut stream = TcpStream::connect(addr).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    // A refusal may come, and the connection end, before all of it is sent.
    let _ = stream.write_all(bytes);
    stream
}

fn rest(mut stream: TcpStream) -> String {
    let mut bytes = Vec::new();
    let _ = stream.read_to_end(&mut bytes);
    String::from_utf8_lossy(&bytes).into_owned()
}

fn asked(addr: SocketAddr, request: &str, headers: &[(&str, &str)], body: &str) -> String {
    let mut head = format!("{request} HTTP/1.1\r\nconnection: close\r\ncontent-length: {}\r\n", body.len());
    for (name, value) in headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    rest(send(addr, format!("{head}\r\n{body}").as_bytes()))
}

fn status(answer: &str) -> u16 {
    answer.get(9..12).and_then(|code| code.parse().ok()).unwrap_or_default()
}

const TIER: &str = r#"{"data":{"api_slug":"tiers","singular_noun":"Tier","plural_noun":"Tiers"}}"#;

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn no_page_of_another_site_reads_or_changes_anything() {
    let running = start().await;
    let (addr, here) = (running.addr, running.addr.to_string());
    let key = ("authorization", "Bearer x");
    assert_eq!(status(&asked(addr, "POST /v2/objects", &[("host", &here), key], TIER)), 200);
    let evil = ("origin", "https://evil.example");
    let rebound = ("host", "evil.example");
    for (request, body) in [
        ("POST /_sandbox/reset", ""),
        ("POST /_sandbox/faults", r#"{"delay_ms":5}"#),
        ("GET /_sandbox/log", ""),
        ("GET /", ""),
        ("DELETE /v2/objects/tiers", ""),
        ("GET /v2/objects/tiers", ""),
        ("POST /api/projects/12345/cohorts/", "{}"),
        ("OPTIONS /v2/objects", ""),
        ("GET /favicon.ico", ""),
        ("GET /elsewhere", ""),
    ] {
        for headers in [&[("host", here.as_str()), evil, key][..], &[rebound, key], &[key]] {
            let answer = asked(addr, request, headers, body);
            assert_eq!(status(&answer), 403, "{request} {headers:?}: {answer}");
            assert!(!answer.to_lowercase().contains("access-control"), "{answer}");
        }
    }
    let absolute = asked(addr, "GET http://evil.example/v2/self", &[("host", &here), key], "");
    assert_eq!(status(&absolute), 403, "{absolute}");
    assert_eq!(status(&asked(addr, "GET /v2/objects/tiers", &[("host", &here), key], "")), 200);
    assert_eq!(running.sandbox().faults().delay_ms, 0);
    let log = running.sandbox().log();
    let refused = log.iter().filter(|entry| entry.status == Some(403)).count();
    assert_eq!(refused, 31, "{log:?}");
    assert!(log[1].note.as_ref().unwrap().contains("https://evil.example"), "{:?}", log[1]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn an_application_sends_events_and_asks_for_flags_from_any_page() {
    let running = start().await;
    let host = running.addr.to_string();
    let event = r#"{"api_key":"k","event":"signed up","distinct_id":"u"}"#;
    let headers = [("host", host.as_str()), ("origin", "http://localhost:3000")];
    assert_eq!(status(&asked(running.addr, "POST /i/v0/e/", &headers, event)), 200);
    // Wherever the page is, it is told that it may read the answer; a name that was made to lead here is not served.
    for origin in ["http://localhost:3000", "https://app.example", "null"] {
        let asking = [("host", host.as_str()), ("origin", origin), ("access-control-request-method", "POST")];
        let allowed = format!("access-control-allow-origin: {origin}");
        for request in ["OPTIONS /flags/?v=2", "OPTIONS /i/v0/e/"] {
            let answer = asked(running.addr, request, &asking, "");
            assert!(status(&answer) == 200 && answer.contains(&allowed), "{request} {origin}: {answer}");
        }
        let flags = r#"{"token":"phc_sandbox","distinct_id":"u"}"#;
        let answer = asked(running.addr, "POST /flags/?v=2", &[("host", &host), ("origin", origin)], flags);
        assert!(status(&answer) == 200 && answer.contains(&allowed), "{answer}");
        let rebound = asked(running.addr, "POST /flags/?v=2", &[("host", "evil.example"), ("origin", origin)], flags);
        assert_eq!(status(&rebound), 403, "{rebound}");
    }
    let log = serde_json::to_value(running.sandbox().log()).unwrap();
    assert_eq!((&log[0]["path"], &log[0]["provider"]), (&Value::from("/i/v0/e/"), &Value::from("posthog")));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn half_requests_end_in_seconds_and_are_in_the_log() {
    let running = start().await;
    let (addr, host) = (running.addr, running.addr.to_string());
    let began = Instant::now();
    let head = format!("POST /v2/objects HTTP/1.1\r\nhost: {host}\r\ncontent-length: 100\r\n\r\n{{");
    let bodies: Vec<TcpStream> = (0..50).map(|_| send(addr, head.as_bytes())).collect();
    let heads =
        send(addr, format!("GET /v2/objects HTTP/1.1\r\nhost: {host}\r\nauthorization: Bearer secret").as_bytes());
    let mut drip = send(addr, b"GET /v2/self HTTP/1.1\r\nx: ");
    let dripping = std::thread::spawn(move || {
        while drip.write_all(b"x").is_ok() && began.elapsed() < Duration::from_secs(20) {
            std::thread::sleep(Duration::from_millis(100));
        }
        began.elapsed()
    });
    // Others are served meanwhile.
    assert_eq!(status(&asked(addr, "GET /v2/self", &[("host", &host)], "")), 200);
    drop(send(addr, head.as_bytes()));
    for stream in bodies {
        assert_eq!(status(&rest(stream)), 408);
    }
    assert_eq!(status(&rest(heads)), 408);
    assert!(dripping.join().unwrap() < Duration::from_secs(8));
    assert!(began.elapsed() < Duration::from_secs(8), "{:?}", began.elapsed());
    let log = running.sandbox().log();
    assert_eq!(log.iter().filter(|entry| entry.path == "/v2/objects" && entry.status == Some(408)).count(), 51);
    assert!(log.iter().any(|entry| entry.path == "/v2/objects" && entry.method == "POST" && entry.status != Some(408)));
    assert!(log.iter().all(|entry| entry.path == "/v2/self" && entry.status == Some(200) || entry.note.is_some()));
    assert!(!serde_json::to_string(&log).unwrap().contains("secret"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn what_is_no_request_is_refused_and_in_the_log() {
    let running = start().await;
    let (addr, host) = (running.addr, running.addr.to_string());
    let many = format!("GET / HTTP/1.1\r\nhost: {host}\r\n{}\r\n", "x: y\r\n".repeat(20_000));
    let long = format!("GET /{} HTTP/1.1\r\nhost: {host}\r\n\r\n", "a".repeat(100_000));
    let endless = format!("POST /v2/objects HTTP/1.1\r\nhost: {host}\r\ncontent-length: 99999999999\r\n\r\n{{}}");
    let chunks = format!("POST /v2/objects HTTP/1.1\r\nhost: {host}\r\ntransfer-encoding: chunked\r\n\r\nZZZ\r\n");
    for (bytes, expected) in [
        (b"GET\r\n\r\n".as_slice(), 400),
        (b"\x16\x03\x01\x00\x00\r\n\r\n", 400),
        (b"GET / HTTP/9.9\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: -1\r\n\r\n", 400),
        (many.as_bytes(), 431),
        (long.as_bytes(), 414),
        (endless.as_bytes(), 413),
        (chunks.as_bytes(), 400),
    ] {
        let before = running.sandbox().log().len();
        let answer = rest(send(addr, bytes));
        let line = String::from_utf8_lossy(&bytes[..bytes.len().min(60)]).into_owned();
        // A connection may be reset before its answer is read; the log tells.
        assert!(answer.is_empty() || status(&answer) == expected, "{line}: {answer}");
        // The client hears of the end of its connection first.
        let began = Instant::now();
        while running.sandbox().log().len() == before && began.elapsed() < Duration::from_secs(5) {
            std::thread::sleep(Duration::from_millis(5));
        }
        let log = running.sandbox().log();
        assert_eq!(log.len(), before + 1, "{line}");
        assert_eq!(log[before].status, Some(expected), "{line}: {:?}", log[before]);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_body_that_is_too_large_is_told_so_and_not_kept() {
    let running = start().await;
    let host = running.addr.to_string();
    let body = format!(r#"{{"data":{{"api_slug":"{}"}}}}"#, "a".repeat(20 << 20));
    assert_eq!(status(&asked(running.addr, "POST /v2/objects", &[("host", &host)], &body)), 413);
    let deep = "[".repeat(2_000_000);
    let headers = [("host", host.as_str()), ("authorization", "Bearer x")];
    assert_eq!(status(&asked(running.addr, "POST /v2/objects", &headers, &deep)), 400);
    assert!(serde_json::to_string(&running.sandbox().log()).unwrap().len() < 10_000);
}
