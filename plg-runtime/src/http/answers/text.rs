//! Texts in an answer.

use serde_json::Value as Json;

/// A text by its key.
pub(crate) fn text(body: &Json, key: &str) -> Option<String> {
    body.get(key)?.as_str().map(str::to_owned)
}
