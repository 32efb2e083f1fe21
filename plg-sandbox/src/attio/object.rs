//! Objects.

use super::error::Problem;
use super::validate::{Field, Kind, Shape};
use super::{Answer, Call, attribute, data, fixture, id, list as lists, names, new_id, record, shown, text};
use crate::{Settings, Store};
use serde_json::{Value, json};

const TABLE: &str = "attio.objects";
const SLUGS: &str = "objects";
const SINGULAR: &str = "singular";
const PLURAL: &str = "plural";

/// Scopes of names with the keys that hold them.
const NAMES: [(&str, &str); 3] = [(SLUGS, "api_slug"), (SINGULAR, "singular_noun"), (PLURAL, "plural_noun")];

const CREATE: Shape = Shape {
    fields: &[
        Field::required("api_slug", Kind::Slug),
        Field::required("singular_noun", Kind::Word),
        Field::required("plural_noun", Kind::Word),
    ],
    strict: false,
};

const UPDATE: Shape = Shape {
    fields: &[
        Field::optional("api_slug", Kind::Slug),
        Field::optional("singular_noun", Kind::Word),
        Field::optional("plural_noun", Kind::Word),
    ],
    strict: false,
};

fn enabled(row: &Value, settings: &Settings) -> bool {
    !is_standard(row) || fixture::enabled(settings, text(row, "api_slug"))
}

fn is_standard(row: &Value) -> bool {
    row["_standard"] == true
}

/// An object by slug or id, also one that is disabled.
pub(super) fn any(store: &Store, reference: &str) -> Option<Value> {
    let by_slug = names::find(store, SLUGS, reference);
    store.get(TABLE, by_slug.as_deref().unwrap_or(reference)).cloned()
}

/// An object by slug or id, if it is enabled.
pub(super) fn find(call: &Call, reference: &str) -> Option<Value> {
    any(call.store, reference).filter(|row| enabled(row, call.settings))
}

/// An object for work with its records; a disabled one has a refusal of its own.
pub(super) fn for_records(call: &Call, reference: &str) -> Result<Value, Problem> {
    let row = any(call.store, reference).ok_or_else(|| missing(reference))?;
    if enabled(&row, call.settings) {
        return Ok(row);
    }
    let message = format!(
        "The Standard object with slug/ID \"{}\" must be enabled by a Workspace admin before it can be used.",
        id(&row, "object_id")
    );
    Err(Problem::refused("standard_object_disabled", message))
}

pub(super) fn missing(reference: &str) -> Problem {
    Problem::missing(format!("Object with slug/ID \"{reference}\" not found."))
}

/// Puts a new object with the attributes every object has first and last.
pub(super) fn insert(store: &mut Store, workspace: &str, nouns: [&str; 3], now: &str, standard: bool) -> Value {
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

pub(super) fn list(call: &mut Call) -> Answer {
    data(call.store.rows(TABLE).map(|(_, row)| row).filter(|row| enabled(row, call.settings)).map(shown).collect())
}

pub(super) fn get(call: &mut Call) -> Answer {
    let reference = call.part(1);
    data(shown(&find(call, reference).ok_or_else(|| missing(reference))?))
}

pub(super) fn create(call: &mut Call) -> Answer {
    let body = Value::Object(call.data(&CREATE)?);
    let nouns = [text(&body, "api_slug"), text(&body, "singular_noun"), text(&body, "plural_noun")];
    let taken = [SLUGS, SINGULAR, PLURAL].iter().zip(nouns).any(|(scope, n)| names::is_taken(call.store, scope, n, ""));
    if taken {
        let message = "Failed to create object. Please ensure your api_slug and names are unique.";
        return Err(Problem::taken(message));
    }
    let now = call.now();
    let row = insert(call.store, &call.workspace, nouns, &now, false);
    fixture::plant_common(call.store, &call.workspace, id(&row, "object_id"), &now);
    data(shown(&row))
}

pub(super) fn update(call: &mut Call) -> Answer {
    let changes = call.data(&UPDATE)?;
    let changes: Vec<(&str, &str, String)> = NAMES
        .into_iter()
        .filter_map(|(scope, key)| Some((scope, key, changes.get(key)?.as_str()?.to_owned())))
        .collect();
    if changes.is_empty() {
        return Err(Problem::invalid(
            "You passed an empty payload. Please ensure you are updating at least one property in your request.",
        ));
    }
    let reference = call.part(1);
    let mut row = find(call, reference).ok_or_else(|| missing(reference))?;
    let object_id = id(&row, "object_id").to_owned();
    for (scope, key, value) in &changes {
        if *key == "api_slug" && is_standard(&row) && value != text(&row, key) {
            return Err(Problem::refused("system_edit_unauthorized", "Cannot update the slug of a Standard object."));
        }
        if *key == "api_slug" && names::is_taken(call.store, scope, value, &object_id) {
            return Err(Problem::taken("Failed to update object. Please ensure api_slug is unique."));
        }
    }
    for (scope, key, value) in changes {
        let old = text(&row, key).to_owned();
        // Two objects may share a noun after a change: the name stays with the one that has it.
        if names::find(call.store, scope, &old).is_some_and(|owner| owner == object_id) {
            names::release(call.store, scope, &old);
        }
        if !names::is_taken(call.store, scope, &value, &object_id) {
            names::claim(call.store, scope, &value, &object_id);
        }
        row[key] = json!(value);
    }
    call.store.put(TABLE, &object_id, row.clone());
    data(shown(&row))
}

pub(super) fn delete(call: &mut Call) -> Answer {
    let reference = call.part(1);
    let row = find(call, reference).ok_or_else(|| missing(reference))?;
    if is_standard(&row) {
        return Err(Problem::refused("system_edit_unauthorized", "Only deleting custom objects is allowed."));
    }
    let object_id = id(&row, "object_id");
    lists::forget_of(call.store, object_id);
    attribute::remove_all(call.store, object_id);
    record::forget_all(call.store, object_id);
    for (scope, key) in NAMES {
        if names::find(call.store, scope, text(&row, key)).is_some_and(|owner| owner == object_id) {
            names::release(call.store, scope, text(&row, key));
        }
    }
    call.store.remove(TABLE, object_id);
    Ok(json!({}))
}
