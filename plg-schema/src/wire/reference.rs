//! Markers for what is only known later: see [`Want`](super::Want).

use crate::declared::Declared;
use crate::value::Text;
use serde_json::{Value as Json, json};

/// A marker for another resource's remote id.
pub fn reference(to: &dyn Declared) -> Json {
    reference_to(to, "id")
}

/// A marker for one of another resource's outputs or fields: first [`Live::outputs`](crate::wire::Live::outputs), then its fields.
pub fn reference_to(to: &dyn Declared, get: &str) -> Json {
    json!({ "$ref": to.address(), "get": get })
}

/// A marker for an environment variable; text as it is otherwise.
pub fn env(text: Text) -> Json {
    match text {
        Text::Given(text) => Json::from(text),
        Text::Env(name) => json!({ "$env": name }),
    }
}
