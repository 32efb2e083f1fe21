//! What Attio answers when it refuses.

use crate::message::Reply;
use serde_json::{Map, Value, json};

/// A refusal.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct AttioRefusal {
    status: u16,
    kind: &'static str,
    code: &'static str,
    message: String,
    /// Boxed, as a refusal travels in every `Result`.
    extra: Box<Map<String, Value>>,
}

const INVALID: &str = "invalid_request_error";
const AUTH: &str = "auth_error";

impl AttioRefusal {
    fn new(status: u16, kind: &'static str, code: &'static str, message: impl Into<String>) -> Self {
        AttioRefusal { status, kind, code, message: message.into(), extra: Box::default() }
    }

    /// 400 with a code of its own.
    pub(crate) fn refused(code: &'static str, message: impl Into<String>) -> Self {
        AttioRefusal::new(400, INVALID, code, message)
    }

    /// 400 where a value has the wrong form or does not fit its attribute.
    pub(crate) fn invalid(message: impl Into<String>) -> Self {
        AttioRefusal::refused("validation_type", message)
    }

    /// 400 where something named in the body or as a title in the path is unknown.
    pub(crate) fn unknown(message: impl Into<String>) -> Self {
        AttioRefusal::refused("value_not_found", message)
    }

    /// 400 with every issue of a schema.
    pub(crate) fn issues(message: impl Into<String>, issues: Vec<Value>) -> Self {
        let mut problem = AttioRefusal::invalid(message);
        problem.extra.insert("validation_errors".into(), Value::Array(issues));
        problem
    }

    /// 401.
    pub(crate) fn unauthorized(message: impl Into<String>) -> Self {
        AttioRefusal::new(401, AUTH, "unauthorized", message)
    }

    /// 403 for a missing scope.
    pub(crate) fn forbidden(message: impl Into<String>) -> Self {
        AttioRefusal::new(403, AUTH, "unauthorized", message)
    }

    /// 404.
    pub(crate) fn missing(message: impl Into<String>) -> Self {
        AttioRefusal::new(404, INVALID, "not_found", message)
    }

    /// 409 for a slug, name or title that is taken.
    pub(crate) fn taken(message: impl Into<String>) -> Self {
        AttioRefusal::new(409, INVALID, "slug_conflict", message)
    }

    /// 409 for a webhook subscription that exists.
    pub(crate) fn duplicate(message: impl Into<String>) -> Self {
        AttioRefusal::new(409, INVALID, "uniqueness_conflict", message)
    }

    /// 500.
    pub(crate) fn broken(message: impl Into<String>) -> Self {
        AttioRefusal::new(500, "api_error", "internal_error", message)
    }

    /// Says where in a filter it went wrong.
    pub(crate) fn at(mut self, path: &[String]) -> Self {
        self.extra.insert("path".into(), json!(path));
        self
    }

    /// Whether the message begins so.
    pub(crate) fn begins(&self, with: &str) -> bool {
        self.message.starts_with(with)
    }

    /// Says the status by the name that the description of comments has for it, too.
    pub(crate) fn camel(mut self) -> Self {
        self.extra.insert("statusCode".into(), json!(self.status));
        self
    }

    /// The answer on the wire.
    pub(crate) fn reply(self) -> Reply {
        let mut body = Map::new();
        body.insert("status_code".into(), json!(self.status));
        body.insert("type".into(), json!(self.kind));
        body.insert("code".into(), json!(self.code));
        body.insert("message".into(), json!(self.message));
        body.extend(*self.extra);
        Reply::json(self.status, Value::Object(body))
    }
}
