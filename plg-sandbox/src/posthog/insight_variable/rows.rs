//! How variables are stored and found, and how queries that name them are shown.

use crate::posthog::call::PosthogCall;
use crate::posthog::fault::Fault;
use crate::posthog::json::text_at;
use crate::store::Store;
use serde_json::{Map, Value};

pub(crate) const VARIABLES: &str = "posthog.insight_variables";

/// The variables of a project.
pub(crate) fn all(store: &Store, project: u64) -> impl Iterator<Item = &Value> {
    store.rows(VARIABLES).map(|(_, row)| row).filter(move |row| row["team_id"].as_u64() == Some(project))
}

/// The variable of a path.
pub(crate) fn find(call: &PosthogCall, id: &str) -> Result<Value, Fault> {
    let row = call.store.get(VARIABLES, &id.to_lowercase());
    row.filter(|row| row["team_id"].as_u64() == Some(call.project)).cloned().ok_or_else(Fault::not_found)
}

/// The variable that a query names.
pub(crate) fn by_code_name<'s>(store: &'s Store, project: u64, code: &str) -> Option<&'s Value> {
    all(store, project).find(|row| text_at(row, "code_name") == code)
}

/// The code name a name makes: letters, digits, `_`, and `_` for a space, in lower case.
pub(crate) fn code_name(name: &str) -> String {
    let kept = name.chars().filter(|c| c.is_alphanumeric() || *c == ' ' || *c == '_');
    kept.map(|c| if c == ' ' { '_' } else { c }).collect::<String>().to_lowercase()
}

/// Variables as they are shown: by the ids of today, and without those whose code name nobody has any more.
pub(crate) fn current(store: &Store, project: u64, stored: &Value) -> Value {
    let Some(stored) = stored.as_object() else { return stored.clone() };
    let mut out = Map::new();
    for value in stored.values() {
        let Some(row) = by_code_name(store, project, text_at(value, "code_name")) else { continue };
        let mut value = value.clone();
        value["variableId"] = row["id"].clone();
        out.insert(text_at(row, "id").to_owned(), value);
    }
    Value::Object(out)
}
