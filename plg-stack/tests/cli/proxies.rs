//! A proxy in the environment: it sees nothing that stays on this machine, and no key of what leaves it.

use super::{keys, plg, text};
use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// A proxy that refuses everything, and what it was asked.
fn proxy() -> (String, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let url = format!("http://{}", listener.local_addr().expect("it has an address"));
    let seen = Arc::<Mutex<Vec<String>>>::default();
    let kept = seen.clone();
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let _ = stream.set_read_timeout(Some(Duration::from_secs(5)));
            let mut bytes = [0; 4096];
            let count = stream.read(&mut bytes).unwrap_or(0);
            kept.lock().expect("nobody panicked").push(String::from_utf8_lossy(&bytes[..count]).into_owned());
            let _ = stream.write_all(b"HTTP/1.1 403 Forbidden\r\ncontent-length: 2\r\n\r\n{}");
        }
    });
    (url, seen)
}

const VARIABLES: [&str; 6] = ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy", "HTTPS_PROXY", "https_proxy"];

#[tokio::test(flavor = "multi_thread")]
async fn nothing_that_stays_on_this_machine_goes_to_a_proxy() {
    let running = plg_sandbox::Sandbox::start(([127, 0, 0, 1], 0).into(), None).await.unwrap();
    let url = running.url();
    let (proxy, seen) = proxy();
    for variable in VARIABLES {
        for url in [url.clone(), url.replace("127.0.0.1", "localhost")] {
            let root = tempfile::tempdir().unwrap();
            let mut command = plg(root.path());
            command.args(["plan", "--stage", "dev"]).envs(keys("planted-attio", "planted-posthog"));
            command.env("PLG_ATTIO_URL", &url).env("PLG_POSTHOG_URL", &url).env(variable, &proxy);
            let (code, _, err) = text(&command.output().unwrap());
            assert_eq!(code, 0, "{variable} {url}: {err}");
        }
    }
    let root = tempfile::tempdir().unwrap();
    let mut command = plg(root.path());
    command.args(["deploy"]).envs(VARIABLES.map(|variable| (variable, &proxy)));
    let (code, _, err) = text(&command.output().unwrap());
    assert_eq!(code, 0, "{err}");
    assert_eq!(*seen.lock().unwrap(), Vec::<String>::new());
}

#[test]
fn a_proxy_for_https_is_used_and_sees_no_key() {
    let (proxy, seen) = proxy();
    for variable in ["HTTPS_PROXY", "https_proxy", "ALL_PROXY"] {
        let root = tempfile::tempdir().unwrap();
        let mut command = plg(root.path());
        command.args(["plan", "--stage", "dev"]).envs(keys("planted-attio", "planted-posthog")).env(variable, &proxy);
        let (code, _, err) = text(&command.output().unwrap());
        assert_ne!(code, 0, "{variable}: {err}");
    }
    let seen = seen.lock().unwrap();
    assert!(seen.iter().any(|asked| asked.starts_with("CONNECT api.attio.com:443")), "{seen:?}");
    assert!(seen.iter().all(|asked| asked.starts_with("CONNECT ") && !asked.contains("planted")), "{seen:?}");
}
