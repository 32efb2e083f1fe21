//! Rules that event and property definitions share: hidden or verified, and who changed them.

use super::call::PosthogCall;
use super::fault::Fault;
use super::json::{is_set, merge};
use serde_json::{Map, Value, json};

/// A definition is hidden or verified, never both; setting one takes the other back.
pub(crate) fn either_hidden_or_verified(read: &mut Map<String, Value>, refusal: &str) -> Result<(), Fault> {
    let yes = json!(true);
    let (hidden, verified) = (read.get("hidden") == Some(&yes), read.get("verified") == Some(&yes));
    if hidden && verified {
        return Err(Fault::invalid(refusal));
    }
    if hidden {
        read.insert("verified".into(), json!(false));
    } else if verified {
        read.insert("hidden".into(), json!(false));
    }
    Ok(())
}

/// Keeps the changes of a definition, with who made them and who verified it.
pub(crate) fn change(call: &PosthogCall, row: &mut Value, read: Map<String, Value>) {
    let (now, user) = (call.now(), call.user());
    if let Some(verified) = read.get("verified").and_then(Value::as_bool)
        && verified != is_set(row, "verified")
    {
        row["verified_at"] = if verified { json!(now) } else { Value::Null };
        row["verified_by"] = if verified { user.clone() } else { Value::Null };
    }
    merge(row, read);
    row["updated_at"] = json!(now);
    row["updated_by"] = user;
}
