//! Requests to the controls of a sandbox that another process serves.

use serde_json::Value;
use std::io;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// Sends one request to the sandbox at `http://host:port`, with a body or without one.
///
/// # Errors
/// When nobody answers there, or the answer is none of success.
pub(crate) async fn send(url: &str, method: &str, path: &str, body: Option<&Value>) -> io::Result<()> {
    let host = url.trim_start_matches("http://");
    let body = body.map(Value::to_string).unwrap_or_default();
    let length = body.len();
    let asked = async {
        let mut stream = TcpStream::connect(host).await?;
        let request = format!(
            "{method} {path} HTTP/1.1\r\nhost: {host}\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\
             connection: close\r\n\r\n{body}"
        );
        stream.write_all(request.as_bytes()).await?;
        let mut answer = Vec::new();
        stream.take(4096).read_to_end(&mut answer).await?;
        Ok::<_, io::Error>(String::from_utf8_lossy(&answer).into_owned())
    };
    let late = |_| io::Error::from(io::ErrorKind::TimedOut);
    let answer = tokio::time::timeout(PATIENCE, asked).await.map_err(late)??;
    let first = answer.lines().next().unwrap_or_default();
    if first.contains(" 200 ") { Ok(()) } else { Err(io::Error::other(format!("it answered `{first}`"))) }
}
