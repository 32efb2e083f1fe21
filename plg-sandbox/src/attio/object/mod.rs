//! Objects.

pub(crate) mod rows;

use super::call::{AttioAnswer, AttioCall, data};
use super::refusal::AttioRefusal;
use super::row::{id, shown, text};
use super::schema::{BodyShape, JsonKind, SchemaField};
use super::{fixture, names};
use crate::attio::attribute::rows as attributes;
use crate::attio::list::rows as lists;
use crate::attio::record::rows as records;
use rows::{NAMES, PLURAL, SINGULAR, SLUGS, TABLE, enabled, find, insert, is_standard, missing};
use serde_json::{Value, json};

const CREATE: BodyShape = BodyShape {
    fields: &[
        SchemaField::required("api_slug", JsonKind::Slug),
        SchemaField::required("singular_noun", JsonKind::Word),
        SchemaField::required("plural_noun", JsonKind::Word),
    ],
    strict: false,
};

const UPDATE: BodyShape = BodyShape {
    fields: &[
        SchemaField::optional("api_slug", JsonKind::Slug),
        SchemaField::optional("singular_noun", JsonKind::Word),
        SchemaField::optional("plural_noun", JsonKind::Word),
    ],
    strict: false,
};

pub(crate) fn list(call: &mut AttioCall) -> AttioAnswer {
    data(call.store.rows(TABLE).map(|(_, row)| row).filter(|row| enabled(row, call.settings)).map(shown).collect())
}

pub(crate) fn get(call: &mut AttioCall) -> AttioAnswer {
    let reference = call.part(1);
    data(shown(&find(call, reference).ok_or_else(|| missing(reference))?))
}

pub(crate) fn create(call: &mut AttioCall) -> AttioAnswer {
    let body = Value::Object(call.data(&CREATE)?);
    let nouns = [text(&body, "api_slug"), text(&body, "singular_noun"), text(&body, "plural_noun")];
    let taken = [SLUGS, SINGULAR, PLURAL].iter().zip(nouns).any(|(scope, n)| names::is_taken(call.store, scope, n, ""));
    if taken {
        let message = "Failed to create object. Please ensure your api_slug and names are unique.";
        return Err(AttioRefusal::taken(message));
    }
    let now = call.now();
    let row = insert(call.store, &call.workspace, nouns, &now, false);
    fixture::plant_common(call.store, &call.workspace, id(&row, "object_id"), &now);
    data(shown(&row))
}

pub(crate) fn update(call: &mut AttioCall) -> AttioAnswer {
    let changes = call.data(&UPDATE)?;
    let changes: Vec<(&str, &str, String)> = NAMES
        .into_iter()
        .filter_map(|(scope, key)| Some((scope, key, changes.get(key)?.as_str()?.to_owned())))
        .collect();
    if changes.is_empty() {
        return Err(AttioRefusal::invalid(
            "You passed an empty payload. Please ensure you are updating at least one property in your request.",
        ));
    }
    let reference = call.part(1);
    let mut row = find(call, reference).ok_or_else(|| missing(reference))?;
    let object_id = id(&row, "object_id").to_owned();
    for (scope, key, value) in &changes {
        if *key == "api_slug" && is_standard(&row) && value != text(&row, key) {
            return Err(AttioRefusal::refused(
                "system_edit_unauthorized",
                "Cannot update the slug of a Standard object.",
            ));
        }
        if *key == "api_slug" && names::is_taken(call.store, scope, value, &object_id) {
            return Err(AttioRefusal::taken("Failed to update object. Please ensure api_slug is unique."));
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

pub(crate) fn delete(call: &mut AttioCall) -> AttioAnswer {
    let reference = call.part(1);
    let row = find(call, reference).ok_or_else(|| missing(reference))?;
    if is_standard(&row) {
        return Err(AttioRefusal::refused("system_edit_unauthorized", "Only deleting custom objects is allowed."));
    }
    let object_id = id(&row, "object_id");
    lists::forget_of(call.store, object_id);
    attributes::remove_all(call.store, object_id);
    records::forget_all(call.store, object_id);
    for (scope, key) in NAMES {
        if names::find(call.store, scope, text(&row, key)).is_some_and(|owner| owner == object_id) {
            names::release(call.store, scope, text(&row, key));
        }
    }
    call.store.remove(TABLE, object_id);
    Ok(json!({}))
}
