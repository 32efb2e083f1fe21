//! A request's bytes as they come in: how many, and how long that may take.

use crate::SandboxRequest;
use http_body_util::BodyExt;
use hyper::body::{Body, Incoming};
use hyper::http::request::Parts;
use std::time::Duration;
use tokio::time::{Instant, timeout};

/// No definition comes near this; a body that does is a mistake.
const BODY_LIMIT: usize = 8 << 20;
/// So much of a body that is too large is passed over, so that its client hears why. Nothing of it is kept.
const PASSED_OVER: usize = 64 << 20;
/// How long nothing of a body may come.
const PIECE: Duration = Duration::from_secs(5);
/// How long all of it may take.
const WHOLE: Duration = Duration::from_secs(30);

/// What came of a body.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Came {
    Whole(Vec<u8>),
    TooLarge,
    TooSlow,
    Broken,
}

/// Reads a body. What is not to be kept is read all the same, or its client would see a cut connection.
pub(crate) async fn read(mut body: Incoming, keep: bool) -> Came {
    if body.size_hint().lower() > PASSED_OVER as u64 {
        return Came::TooLarge;
    }
    let limit = if keep { BODY_LIMIT } else { 0 };
    let (mut bytes, mut length) = (Vec::new(), 0);
    let end = Instant::now() + WHOLE;
    loop {
        let wait = PIECE.min(end.saturating_duration_since(Instant::now()));
        let data = match timeout(wait, body.frame()).await {
            Err(_) => return Came::TooSlow,
            Ok(Some(Err(_))) => return Came::Broken,
            Ok(None) if length > limit && keep => return Came::TooLarge,
            Ok(None) => return Came::Whole(bytes),
            Ok(Some(Ok(frame))) => frame.into_data().unwrap_or_default(),
        };
        length += data.len();
        if length > PASSED_OVER {
            return Came::TooLarge;
        }
        if length <= limit {
            bytes.extend_from_slice(&data);
        } else {
            bytes = Vec::new();
        }
    }
}

/// A request without its body.
pub(crate) fn head(parts: &Parts) -> SandboxRequest {
    let headers: Vec<(String, String)> = parts
        .headers
        .iter()
        .map(|(name, value)| (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned()))
        .collect();
    let host = headers.iter().find(|(name, _)| name == "host").map_or("localhost", |(_, value)| value.as_str());
    let target = parts.uri.path_and_query().map_or("/", |target| target.as_str());
    SandboxRequest { origin: format!("http://{host}"), headers, ..SandboxRequest::new(parts.method.as_str(), target) }
}
