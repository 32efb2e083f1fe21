//! Keys of flags: how they are spelled, who holds them, and how deleted flags give them up.

use super::rows::{by_key, flag, id_of, remove, set};
use super::{links, rows as flags};
use crate::posthog::call::PosthogCall;
use crate::posthog::fault::Fault;
use crate::posthog::json::text;
use serde_json::{Map, Value, json};

/// A key is checked for being free before it is checked for being well spelled.
pub(crate) fn check_key(call: &PosthogCall, key: Option<&Value>, old: &Map<String, Value>) -> Result<(), Fault> {
    let Some(key) = key.and_then(Value::as_str) else { return Ok(()) };
    if by_key(call, key).is_some_and(|holder| holder != id_of(old)) {
        return Err(taken());
    }
    let spelled = key.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
    // A deleted flag's own key has colons; it may be sent back as it was read.
    if !spelled && key != text(old, "key") {
        let detail = "Only letters, numbers, hyphens (-) & underscores (_) are allowed.";
        return Err(Fault::validation("invalid_key", detail).at("key"));
    }
    Ok(())
}

fn taken() -> Fault {
    Fault::validation("unique", "There is already a feature flag with this key.").at("key")
}

/// The key a restored flag gets: its own without the mark of deletion, or with a number if that is taken.
pub(crate) fn revived(call: &PosthogCall, id: u64, key: &str) -> Result<String, Fault> {
    let Some(own) = key.strip_suffix(&format!(":deleted:{id}")) else {
        return if by_key(call, key).is_some_and(|holder| holder != id) { Err(taken()) } else { Ok(key.to_owned()) };
    };
    let mut free = own.to_owned();
    let mut number = 2;
    while by_key(call, &free).is_some() {
        free = format!("{own}-{number}");
        number += 1;
    }
    Ok(free)
}

/// Takes a key from a deleted flag that still bears it.
pub(crate) fn clear_key(call: &mut PosthogCall, key: &str) {
    if let Some(old) = flags::tombstone(call, key) {
        bury(call, old);
    }
}

/// Takes the key from a deleted flag: the flag goes, unless a survey still points at it.
pub(crate) fn bury(call: &mut PosthogCall, id: u64) {
    let row = flag(call, id).map(|row| (text(row, "key").to_owned(), !links::surveys(call, row).is_empty()));
    match row {
        Some((key, true)) => set(call, id, "key", json!(format!("{key}:deleted:{id}"))),
        _ => remove(call, id),
    }
}
