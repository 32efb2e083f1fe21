//! A person, as the API shows one.

use super::json;
use serde_json::{Map, Value};

/// The table of persons, by id.
pub(crate) const PERSONS: &str = "posthog.persons";

/// A person as the API shows one: named by an e-mail, a name, or the first of the ids.
pub(crate) fn show(row: &Map<String, Value>) -> Value {
    let has = |name: &str| row.get("properties").and_then(|properties| properties.get(name)).filter(|v| v.is_string());
    let first = row.get("distinct_ids").and_then(|ids| ids.get(0));
    let mut out = json::shown(row);
    out.insert("name".into(), has("email").or_else(|| has("name")).or(first).cloned().unwrap_or(Value::Null));
    Value::Object(out)
}
