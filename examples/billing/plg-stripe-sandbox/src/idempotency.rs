//! A request with a key is done once: sent again, it is answered as the first time.

use crate::refusal;
use plg_sandbox::{ApiAccount, Reply, SandboxRequest};
use serde_json::{Value, json};

/// Keys with what was asked and answered. What begins with `_` is nobody's object.
const KEYS: &str = "_stripe.idempotency";

/// For how many seconds a key is remembered.
const REMEMBERED: i64 = 24 * 60 * 60;

/// Answers a request, or repeats the answer to an earlier one of the same key.
pub(crate) fn once(
    account: &mut ApiAccount<'_>,
    request: &SandboxRequest,
    answer: impl FnOnce(&mut ApiAccount<'_>, &SandboxRequest) -> Reply,
) -> Reply {
    let key = request.header("idempotency-key").filter(|_| request.method == "POST").map(str::to_owned);
    let Some(key) = key else { return answer(account, request) };
    if key.is_empty() || key.len() > 255 {
        return refusal::refused("Idempotency keys have 1 to 255 characters.", None);
    }
    let asked = json!({ "path": request.path, "body": String::from_utf8_lossy(&request.body) });
    let now = account.now().as_second();
    if let Some(before) = account.store.get(KEYS, &key).filter(|before| now - at(before) < REMEMBERED) {
        if before["asked"] != asked {
            return refusal::other_request(&key);
        }
        let status = before["status"].as_u64().and_then(|status| u16::try_from(status).ok()).unwrap_or(500);
        return Reply::json(status, before["body"].clone()).with("idempotent-replayed", "true");
    }
    let reply = answer(account, request);
    // What was refused before anything was begun may be sent again under its key.
    let is_begun = reply.status < 400 || refusal::code(&reply).is_none_or(|code| !code.starts_with("parameter_"));
    if is_begun {
        let row = json!({ "asked": asked, "at": now, "status": reply.status, "body": reply.body });
        account.store.put(KEYS, &key, row);
    }
    reply
}

fn at(row: &Value) -> i64 {
    row["at"].as_i64().unwrap_or_default()
}
