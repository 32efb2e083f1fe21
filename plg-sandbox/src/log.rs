//! The log of requests: everything that came, bounded in requests and in bytes.

use crate::SandboxRequest;
use serde::Serialize;
use serde_json::Value;
use std::collections::VecDeque;

/// Enough to hold every request of a big deploy, few enough to stay in memory.
const ENTRIES: usize = 10_000;
/// What all entries may hold together, counted as it was sent.
const BYTES: usize = 16 << 20;
/// A longer body is kept as its beginning.
const BODY: usize = 256 << 10;
/// How much of what is too long is kept.
const BEGINNING: usize = 1024;
/// What an entry takes beside what was sent.
const ENTRY: usize = 256;

/// One request that came in. Headers are left out, as one of them is a key.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Logged {
    /// The word of the API that was asked; `None` for the sandbox's own pages and controls, and for what nobody serves.
    pub provider: Option<&'static str>,
    /// The account that was asked, where it is not the default one of its API.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
    /// The method; empty if none was told.
    pub method: String,
    /// The path as sent, without what leads to the account.
    pub path: String,
    /// Decoded query pairs.
    pub query: Vec<(String, String)>,
    /// The body: JSON, or text where it was not JSON, or null where there was none.
    pub body: Value,
    /// The status answered; `None` if the connection was cut.
    pub status: Option<u16>,
    /// Why it was refused, or how much of it came, where it was not carried out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

impl Logged {
    /// The entry of a request, with its body; whose it is, is added.
    pub(crate) fn of(request: &SandboxRequest, status: Option<u16>) -> Logged {
        let body = match request.body.as_slice() {
            [] => Value::Null,
            body if body.len() > BODY => {
                let beginning = String::from_utf8_lossy(&body[..BEGINNING]);
                Value::String(format!("{beginning}… ({} bytes)", body.len()))
            }
            body => serde_json::from_slice(body)
                .unwrap_or_else(|_| Value::String(String::from_utf8_lossy(body).into_owned())),
        };
        Logged {
            provider: None,
            account: None,
            method: cut(&request.method),
            path: cut(&request.path),
            query: request.query.iter().take(100).map(|(key, value)| (cut(key), cut(value))).collect(),
            body,
            status,
            note: None,
        }
    }

    fn size(&self) -> usize {
        let pairs: usize = self.query.iter().map(|(key, value)| key.len() + value.len()).sum();
        let note = self.note.as_ref().map_or(0, String::len);
        ENTRY + self.method.len() + self.path.len() + pairs + note + weight(&self.body)
    }
}

/// What is known of a request whose connection ended before its head was whole, from the first line it sent.
pub(crate) fn half_head(sent: &[u8]) -> SandboxRequest {
    let line = sent.split(|byte| matches!(byte, b'\r' | b'\n')).next().unwrap_or_default();
    let line = String::from_utf8_lossy(line);
    let mut words = line.split(' ');
    let method = words.next().unwrap_or_default();
    SandboxRequest::new(method, words.next().unwrap_or_default())
}

/// What a value takes, more or less.
fn weight(value: &Value) -> usize {
    match value {
        Value::String(text) => 32 + text.len(),
        Value::Array(items) => 32 + items.iter().map(weight).sum::<usize>(),
        Value::Object(fields) => 64 + fields.iter().map(|(key, value)| 64 + key.len() + weight(value)).sum::<usize>(),
        Value::Null | Value::Bool(_) | Value::Number(_) => 32,
    }
}

/// A text, or its beginning where it is too long.
fn cut(text: &str) -> String {
    if text.len() <= 4 * BEGINNING {
        return text.to_owned();
    }
    format!("{}… ({} bytes)", &text[..text.floor_char_boundary(BEGINNING)], text.len())
}

/// The last requests; the oldest go first.
#[derive(Debug, Default)]
pub(crate) struct RequestLog {
    entries: VecDeque<(Logged, usize)>,
    bytes: usize,
}

impl RequestLog {
    pub(crate) fn push(&mut self, entry: Logged) {
        let size = entry.size();
        self.bytes += size;
        self.entries.push_back((entry, size));
        while self.entries.len() > ENTRIES || self.bytes > BYTES {
            let Some((_, size)) = self.entries.pop_front() else { break };
            self.bytes -= size;
        }
    }

    /// Everything that is kept, oldest first.
    pub(crate) fn entries(&self) -> Vec<Logged> {
        self.entries.iter().map(|(entry, _)| entry.clone()).collect()
    }

    pub(crate) fn clear(&mut self) {
        *self = RequestLog::default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(body: Vec<u8>) -> SandboxRequest {
        SandboxRequest { body, ..SandboxRequest::new("POST", "/v2/objects?x=1") }
    }

    #[test]
    fn the_log_is_bounded_in_requests_and_in_bytes() {
        let mut log = RequestLog::default();
        for _ in 0..ENTRIES + 5 {
            log.push(Logged::of(&request(Vec::new()), Some(200)));
        }
        assert_eq!(log.entries().len(), ENTRIES);
        for _ in 0..200 {
            log.push(Logged::of(&request(vec![b'a'; BODY]), Some(200)));
        }
        assert!(log.bytes <= BYTES && log.entries.len() < 70, "{} in {}", log.bytes, log.entries.len());
        log.push(Logged::of(&request(vec![b'['; 31 << 20]), Some(200)));
        let last = log.entries().pop().unwrap();
        assert!(last.body.as_str().unwrap().ends_with("[… (32505856 bytes)"));
    }

    #[test]
    fn a_document_of_many_small_values_counts_as_what_it_takes() {
        let many = format!("[{}1]", "1,".repeat(100_000));
        assert!(Logged::of(&request(many.into_bytes()), None).size() > 3_000_000);
    }

    #[test]
    fn half_a_head_is_told_without_its_headers() {
        let sent = b"POST /v2/objects?a=b HTTP/1.1\r\nauthorization: Bearer secret-key\r\n";
        let entry = Logged::of(&half_head(sent), Some(408));
        assert_eq!((entry.method.as_str(), entry.path.as_str()), ("POST", "/v2/objects"));
        assert!(!serde_json::to_string(&entry).unwrap().contains("secret-key"));
        assert_eq!(half_head(b"\x16\x03\x01").method, "\u{16}\u{3}\u{1}");
    }
}
