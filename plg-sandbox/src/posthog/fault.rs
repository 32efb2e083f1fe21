//! PostHog's error body: exactly one error, `{"type", "code", "detail", "attr"}`.

use super::python::{python_str, python_type};
use crate::message::Reply;
use serde_json::{Value, json};

const NO_ENDPOINT: &str = "Endpoint not found.";

/// A request refused.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Fault {
    pub(crate) status: u16,
    pub(crate) kind: &'static str,
    pub(crate) code: String,
    pub(crate) detail: String,
    pub(crate) attr: Option<String>,
}

/// What a handler comes to.
pub(crate) type PosthogAnswer = Result<Reply, Fault>;

impl Fault {
    fn new(status: u16, kind: &'static str, code: &str, detail: impl Into<String>) -> Self {
        Fault { status, kind, code: code.to_owned(), detail: detail.into(), attr: None }
    }

    /// A 400 with a code of its own, about no field.
    pub(crate) fn validation(code: &str, detail: impl Into<String>) -> Self {
        Fault::new(400, "validation_error", code, detail)
    }

    /// The same fault, about a field.
    #[must_use]
    pub(crate) fn at(mut self, attr: &str) -> Self {
        self.attr = Some(attr.to_owned());
        self
    }

    /// The same fault, one level deeper: `attr` becomes `outer__attr`.
    #[must_use]
    pub(crate) fn under(mut self, outer: &str) -> Self {
        self.attr = Some(match self.attr {
            Some(inner) => format!("{outer}__{inner}"),
            None => outer.to_owned(),
        });
        self
    }

    /// A rule about one field.
    pub(crate) fn invalid_input(attr: &str, detail: impl Into<String>) -> Self {
        Fault::invalid(detail).at(attr)
    }

    /// A rule about the whole object.
    pub(crate) fn invalid(detail: impl Into<String>) -> Self {
        Fault::validation("invalid_input", detail)
    }

    /// A field refused with a code of its own.
    pub(crate) fn refused(attr: &str, code: &str, detail: impl Into<String>) -> Self {
        Fault::validation(code, detail).at(attr)
    }

    pub(crate) fn required(attr: &str) -> Self {
        Fault::validation("required", "This field is required.").at(attr)
    }

    pub(crate) fn null(attr: &str) -> Self {
        Fault::validation("null", "This field may not be null.").at(attr)
    }

    pub(crate) fn blank(attr: &str) -> Self {
        Fault::validation("blank", "This field may not be blank.").at(attr)
    }

    pub(crate) fn max_length(attr: &str, max: usize) -> Self {
        Fault::validation("max_length", format!("Ensure this field has no more than {max} characters.")).at(attr)
    }

    pub(crate) fn max_value(attr: &str, max: i64) -> Self {
        Fault::validation("max_value", format!("Ensure this value is less than or equal to {max}.")).at(attr)
    }

    pub(crate) fn min_value(attr: &str, min: i64) -> Self {
        Fault::validation("min_value", format!("Ensure this value is greater than or equal to {min}.")).at(attr)
    }

    pub(crate) fn invalid_choice(attr: &str, value: &Value) -> Self {
        Fault::validation("invalid_choice", format!("\"{}\" is not a valid choice.", python_str(value))).at(attr)
    }

    pub(crate) fn does_not_exist(attr: &str, value: &Value) -> Self {
        Fault::validation("does_not_exist", format!("Invalid pk \"{}\" - object does not exist.", python_str(value)))
            .at(attr)
    }

    pub(crate) fn not_a_list(attr: &str, value: &Value) -> Self {
        let detail = format!("Expected a list of items but got type \"{}\".", python_type(value));
        Fault::validation("not_a_list", detail).at(attr)
    }

    pub(crate) fn not_a_dict(attr: &str, value: &Value) -> Self {
        let detail = format!("Expected a dictionary of items but got type \"{}\".", python_type(value));
        Fault::validation("not_a_dict", detail).at(attr)
    }

    /// `Expected a dictionary, but got list.` and its like, for a body or an element of a list.
    pub(crate) fn not_an_object(value: &Value) -> Self {
        Fault::invalid(format!("Invalid data. Expected a dictionary, but got {}.", python_type(value)))
    }

    /// Where PostHog trips over its input and answers 500: here it is refused, and the refusal says so.
    pub(crate) fn trips(over: &str) -> Self {
        Fault::invalid(format!("{over} PostHog answers 500 to this."))
    }

    /// The body is not JSON, or not what the view's parser takes.
    pub(crate) fn parse(detail: impl Into<String>) -> Self {
        Fault::new(400, "invalid_request", "parse_error", detail)
    }

    /// Unknown, of another project, or gone.
    pub(crate) fn not_found() -> Self {
        Fault::not_found_as("Not found.")
    }

    /// 404 where no view has the path.
    pub(crate) fn no_endpoint() -> Self {
        Fault::not_found_as(NO_ENDPOINT)
    }

    /// Whether no view has the path, or not with this method.
    pub(crate) fn is_of_path(&self) -> bool {
        self.status == 405 || self.detail == NO_ENDPOINT
    }

    pub(crate) fn not_found_as(detail: impl Into<String>) -> Self {
        Fault::new(404, "invalid_request", "not_found", detail)
    }

    pub(crate) fn unauthenticated(code: &str, detail: &str) -> Self {
        Fault::new(401, "authentication_error", code, detail)
    }

    pub(crate) fn forbidden(detail: impl Into<String>) -> Self {
        Fault::new(403, "authentication_error", "permission_denied", detail)
    }

    /// The key lacks a scope such as `dashboard:write`.
    pub(crate) fn forbidden_scope(scope: &str) -> Self {
        Fault::forbidden(format!("API key missing required scope '{scope}'"))
    }

    /// A 409; `code` is `conflict`, `stale_update` or `draft_exists`.
    pub(crate) fn conflict(code: &str, detail: impl Into<String>) -> Self {
        Fault::new(409, "server_error", code, detail)
    }

    /// A body that no parser of the view reads.
    pub(crate) fn unsupported_media(kind: &str) -> Self {
        let detail = format!("Unsupported media type \"{kind}\" in request.");
        Fault::new(415, "invalid_request", "unsupported_media_type", detail)
    }

    pub(crate) fn method_not_allowed(method: &str) -> Self {
        Fault::new(405, "invalid_request", "method_not_allowed", format!("Method \"{method}\" not allowed."))
    }

    pub(crate) fn reply(self) -> Reply {
        let body = json!({ "type": self.kind, "code": self.code, "detail": self.detail, "attr": self.attr });
        Reply::json(self.status, body)
    }
}
