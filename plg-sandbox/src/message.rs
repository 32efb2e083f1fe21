//! A request and its answer, free of any HTTP library.

use serde_json::{Value, json};

/// What a client asked for.
#[derive(Debug, Clone, Default)]
pub struct SandboxRequest {
    /// Upper-case method, such as `PATCH`.
    pub method: String,
    /// Path as sent, still percent-encoded, without the query.
    pub path: String,
    /// Decoded query pairs, in order; keys may repeat.
    pub query: Vec<(String, String)>,
    /// Lower-case header names with their values.
    pub headers: Vec<(String, String)>,
    /// The body as sent; empty if there was none.
    pub body: Vec<u8>,
    /// `http://host:port` as the client sees it, for absolute links in pages.
    pub origin: String,
}

impl SandboxRequest {
    /// A request without headers and body; the target is a path, with a query if it has a `?`.
    pub fn new(method: &str, target: &str) -> Self {
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let part = |text: &str| decode(&text.replace('+', " "));
        let query = query
            .split('&')
            .filter(|pair| !pair.is_empty())
            .map(|pair| pair.split_once('=').map_or((part(pair), String::new()), |(k, v)| (part(k), part(v))))
            .collect();
        SandboxRequest { method: method.to_owned(), path: path.to_owned(), query, ..SandboxRequest::default() }
    }

    /// The first value of a query parameter.
    pub fn query(&self, key: &str) -> Option<&str> {
        self.query.iter().find(|(k, _)| k == key).map(|(_, v)| v.as_str())
    }

    /// A header by its lower-case name.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(k, _)| k == name).map(|(_, v)| v.as_str())
    }

    /// Every header of a lower-case name.
    pub(crate) fn headers_named<'r>(&'r self, name: &'r str) -> impl Iterator<Item = &'r str> {
        self.headers.iter().filter(move |(k, _)| k == name).map(|(_, v)| v.as_str())
    }

    /// The bearer token, if one was sent.
    pub fn bearer(&self) -> Option<&str> {
        self.header("authorization")?.strip_prefix("Bearer ")
    }

    /// Non-empty path segments, percent-decoded.
    pub fn segments(&self) -> Vec<String> {
        self.path.split('/').filter(|s| !s.is_empty()).map(decode).collect()
    }
}

/// What a text without more is.
const TEXT: &str = "text/plain; charset=utf-8";

/// What is answered.
#[derive(Debug, Clone, PartialEq)]
pub struct Reply {
    /// HTTP status.
    pub status: u16,
    /// Extra headers; `content-type` is set by the server from the body.
    pub headers: Vec<(String, String)>,
    /// JSON body, or a text where a header `content-type` says so; `None` sends no body at all.
    pub body: Option<Value>,
}

impl Reply {
    /// A JSON answer.
    pub fn json(status: u16, body: Value) -> Self {
        Reply { status, headers: Vec::new(), body: Some(body) }
    }

    /// An answer without a body.
    pub fn empty(status: u16) -> Self {
        Reply { status, headers: Vec::new(), body: None }
    }

    /// An answer of plain text, or of whatever a `content-type` that is added says.
    pub fn text(status: u16, text: impl Into<String>) -> Self {
        let body = Some(Value::String(text.into()));
        Reply { status, headers: vec![("content-type".to_owned(), TEXT.to_owned())], body }
    }

    /// The body as it is sent: JSON, but where the answer is of another type.
    pub(crate) fn written(&self) -> Option<String> {
        let mut types = self.headers.iter().rev().filter(|(name, _)| name.eq_ignore_ascii_case("content-type"));
        let is_json = types.next().is_none_or(|(_, media)| media.contains("json"));
        match self.body.as_ref()? {
            Value::String(text) if !is_json => Some(text.clone()),
            body => Some(body.to_string()),
        }
    }

    /// An answer of the sandbox itself, which says what is wrong.
    pub(crate) fn error(status: u16, error: &str) -> Self {
        Reply::json(status, json!({ "error": error }))
    }

    /// Adds a header.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }
}

/// Percent-decodes a path segment or query part; a broken escape stays as it is.
pub(crate) fn decode(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let escape = (bytes[at] == b'%')
            .then(|| text.get(at + 1..at + 3))
            .flatten()
            .and_then(|h| u8::from_str_radix(h, 16).ok());
        match escape {
            Some(byte) => {
                out.push(byte);
                at += 3;
            }
            None => {
                out.push(bytes[at]);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}
