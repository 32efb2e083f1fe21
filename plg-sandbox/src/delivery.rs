//! How an answer reaches its client: whole, broken, or not at all.

use crate::Reply;
use crate::faults::{Act, Cut};
use serde_json::json;

/// What is sent back, or how the connection ends.
#[derive(Debug, Clone, PartialEq)]
pub enum Delivery {
    /// The answer, whole.
    Answer(Reply),
    /// The reply's body is broken off, so that it is no JSON.
    Garbled(Reply),
    /// The connection ends in the middle of the reply's body.
    HalfBody(Reply),
    /// The connection ends before anything is answered.
    Cut,
}

/// Puts what a fault says over the real answer.
pub(crate) fn dress(real: Option<Reply>, fate: &Act) -> Delivery {
    if matches!(fate.cut, Some(Cut::Before | Cut::After)) {
        return Delivery::Cut;
    }
    let mut reply = match (real, fate.status) {
        (Some(real), None) => real,
        (_, status) => Reply::json(status.unwrap_or(500), json!({})),
    };
    if let Some(body) = &fate.body {
        reply.body = Some(body.clone());
    }
    reply.headers.extend(fate.headers.iter().map(|(k, v)| (k.to_lowercase(), v.clone())));
    match fate.cut {
        Some(Cut::HalfBody) => Delivery::HalfBody(reply),
        _ if fate.malformed => Delivery::Garbled(reply),
        _ => Delivery::Answer(reply),
    }
}
