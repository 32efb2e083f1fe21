//! How objects are stored and found.

use crate::attio::call::AttioCall;
use crate::attio::refusal::AttioRefusal;
use crate::attio::row::{id, new_id, text};
use crate::attio::{names, workspace};
use crate::settings::Settings;
use crate::store::Store;
use serde_json::{Value, json};

pub(crate) const TABLE: &str = "attio.objects";
pub(crate) const SLUGS: &str = "objects";
pub(crate) const SINGULAR: &str = "singular";
pub(crate) const PLURAL: &str = "plural";

/// Scopes of names with the keys that hold them.
pub(crate) const NAMES: [(&str, &str); 3] = [(SLUGS, "api_slug"), (SINGULAR, "singular_noun"), (PLURAL, "plural_noun")];

pub(crate) fn enabled(row: &Value, settings: &Settings) -> bool {
    !is_standard(row) || workspace::enabled(settings, text(row, "api_slug"))
}

pub(crate) fn is_standard(row: &Value) -> bool {
    row["_standard"] == true
}

/// An object by slug or id, also one that is disabled.
pub(crate) fn any(store: &Store, reference: &str) -> Option<Value> {
    let by_slug = names::find(store, SLUGS, reference);
    store.get(TABLE, by_slug.as_deref().unwrap_or(reference)).cloned()
}

/// An object by slug or id, if it is enabled.
pub(crate) fn find(call: &AttioCall, reference: &str) -> Option<Value> {
    any(call.store, reference).filter(|row| enabled(row, call.settings))
}

/// An object for work with its records; a disabled one has a refusal of its own.
pub(crate) fn for_records(call: &AttioCall, reference: &str) -> Result<Value, AttioRefusal> {
    let row = any(call.store, reference).ok_or_else(|| missing(reference))?;
    if enabled(&row, call.settings) {
        return Ok(row);
    }
    let message = format!(
        "The Standard object with slug/ID \"{}\" must be enabled by a Workspace admin before it can be used.",
        id(&row, "object_id")
    );
    Err(AttioRefusal::refused("standard_object_disabled", message))
}

pub(crate) fn missing(reference: &str) -> AttioRefusal {
    AttioRefusal::missing(format!("Object with slug/ID \"{reference}\" not found."))
}

/// Puts a new object with the attributes every object has first and last.
pub(crate) fn insert(store: &mut Store, workspace: &str, nouns: [&str; 3], now: &str, standard: bool) -> Value {
    let object_id = new_id();
    let [slug, singular, plural] = nouns;
    let mut row = json!({
        "id": {"workspace_id": workspace, "object_id": object_id},
        "api_slug": slug,
        "singular_noun": singular,
        "plural_noun": plural,
        "created_at": now,
    });
    if standard {
        row["_standard"] = json!(true);
    }
    names::claim(store, SLUGS, slug, &object_id);
    names::claim(store, SINGULAR, singular, &object_id);
    names::claim(store, PLURAL, plural, &object_id);
    store.put(TABLE, &object_id, row.clone());
    row
}
