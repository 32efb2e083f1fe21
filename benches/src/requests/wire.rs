//! Requests over a socket.

use plg_sandbox::{Reply, Running, Sandbox, SandboxRequest};
use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::runtime::{Builder, Runtime};

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// A sandbox that is served for as long as this lives.
pub(crate) struct Served {
    /// `host:port`.
    host: String,
    // Dropped first, so that it ends within the runtime.
    _running: Running,
    _runtime: Runtime,
}

impl Served {
    /// Serves a sandbox on a port of its own; none where this machine has none.
    pub(crate) fn start(sandbox: &Sandbox) -> Option<Served> {
        let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build().ok()?;
        let running = runtime.block_on(async {
            let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
            sandbox.clone().run(listener)
        });
        let running = running.ok()?;
        let host = running.url().strip_prefix("http://")?.to_owned();
        Some(Served { host, _running: running, _runtime: runtime })
    }

    /// What is answered.
    ///
    /// # Errors
    /// When the connection ends without an answer.
    pub(crate) fn ask(&self, request: &SandboxRequest) -> Result<Reply, String> {
        let mut stream = TcpStream::connect(&self.host).map_err(|error| format!("no connection: {error}"))?;
        let set = stream.set_read_timeout(Some(PATIENCE)).and_then(|()| stream.set_write_timeout(Some(PATIENCE)));
        set.map_err(|error| error.to_string())?;
        // Whoever refuses a request does not read it to its end.
        let _ = stream.write_all(&self.written(request));
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        read(&answer).ok_or_else(|| {
            let began = String::from_utf8_lossy(&answer).chars().take(200).collect::<String>();
            format!("the connection ended without an answer: `{began}`")
        })
    }

    fn written(&self, request: &SandboxRequest) -> Vec<u8> {
        let pairs = request.query.iter().map(|(key, value)| format!("{}={}", escaped(key, true), escaped(value, true)));
        let query = pairs.collect::<Vec<_>>().join("&");
        let mark = if query.is_empty() { "" } else { "?" };
        let path = escaped(&request.path, false);
        let mut head = format!("{} {path}{mark}{query} HTTP/1.1\r\n", request.method);
        head.push_str(&format!("host: {}\r\nconnection: close\r\n", self.host));
        let headers = request.headers.iter().filter(|(name, _)| !matches!(name.as_str(), "host" | "content-length"));
        for (name, value) in headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        head.push_str(&format!("content-length: {}\r\n\r\n", request.body.len()));
        let mut bytes = head.into_bytes();
        bytes.extend(&request.body);
        bytes
    }
}

/// A text that does not end a line or a path.
fn escaped(text: &str, is_query: bool) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        let is_plain =
            byte.is_ascii_graphic() && !matches!(byte, b'?' | b'#') && !(is_query && b"&=+%".contains(&byte));
        if is_plain {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

/// Status and body of an answer.
fn read(answer: &[u8]) -> Option<Reply> {
    let text = String::from_utf8_lossy(answer);
    let status = text.strip_prefix("HTTP/1.")?.split(' ').nth(1)?.parse().ok()?;
    let body = text.split_once("\r\n\r\n").and_then(|(_, body)| serde_json::from_str(body).ok());
    Some(Reply { status, headers: Vec::new(), body })
}
