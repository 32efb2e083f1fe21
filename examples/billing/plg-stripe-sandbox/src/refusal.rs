//! Answers that say no, as Stripe words them.

use plg_sandbox::Reply;
use serde_json::{Value, json};

fn error(status: u16, kind: &str, code: Option<&str>, message: String, param: Option<&str>) -> Reply {
    let mut error = json!({ "type": kind, "message": message });
    for (key, value) in [("code", code), ("param", param)] {
        if let Some(value) = value {
            error[key] = value.into();
        }
    }
    let log = "https://dashboard.stripe.com/test/logs/req_sandbox";
    error["request_log_url"] = log.into();
    Reply::json(status, json!({ "error": error }))
}

const INVALID: &str = "invalid_request_error";

/// A request that cannot be done.
pub(crate) fn refused(message: impl Into<String>, param: Option<&str>) -> Reply {
    error(400, INVALID, None, message.into(), param)
}

/// A request that cannot be done, with Stripe's code for why.
pub(crate) fn coded(code: &str, message: impl Into<String>, param: Option<&str>) -> Reply {
    error(400, INVALID, Some(code), message.into(), param)
}

/// The object of a path, or one that a parameter names, is not there.
pub(crate) fn missing(object: &str, id: &str, param: Option<&str>) -> Reply {
    let (status, param) = param.map_or((404, "id"), |param| (400, param));
    error(status, INVALID, Some("resource_missing"), format!("No such {object}: '{id}'"), Some(param))
}

/// No route.
pub(crate) fn unrecognized(method: &str, path: &str) -> Reply {
    error(404, INVALID, None, format!("Unrecognized request URL ({method}: {path})."), None)
}

/// No key, or one that is for other things.
pub(crate) fn unauthorized(message: &str) -> Reply {
    error(401, INVALID, None, message.to_owned(), None)
}

/// A key without the permission.
pub(crate) fn forbidden(what: &str) -> Reply {
    let message = format!(
        "The provided key does not have the required permissions for this endpoint. Having the '{what}' permission would \
         allow this request to continue."
    );
    error(403, INVALID, None, message, None)
}

/// A key of an earlier request, for another one.
pub(crate) fn other_request(key: &str) -> Reply {
    let message = format!(
        "Keys for idempotent requests can only be used with the same parameters they were first used with. Try using a key \
         other than '{key}' if you meant to execute a different request."
    );
    error(400, "idempotency_error", None, message, None)
}

/// Too many requests.
pub(crate) fn limited() -> Reply {
    error(429, INVALID, Some("rate_limit"), "Request rate limit exceeded.".to_owned(), None)
}

/// Stripe's code in an answer, if it is one.
pub(crate) fn code(reply: &Reply) -> Option<&str> {
    reply.body.as_ref()?.pointer("/error/code").and_then(Value::as_str)
}
