//! How attributes are stored and found.

use crate::attio::choice::rows as choices;
use crate::attio::object::rows as objects;
use crate::attio::row::{id, new_id, shown, text};
use crate::attio::{names, workspace};
use crate::settings::Settings;
use crate::store::Store;
use serde_json::{Value, json};

/// A new attribute.
pub(crate) struct New<'a> {
    pub(crate) title: &'a str,
    pub(crate) description: Value,
    pub(crate) slug: &'a str,
    pub(crate) kind: &'a str,
    pub(crate) system: bool,
    pub(crate) writable: bool,
    pub(crate) required: bool,
    pub(crate) unique: bool,
    pub(crate) multiselect: bool,
    pub(crate) default: Value,
    pub(crate) config: Value,
    /// The standard object without which it is hidden.
    pub(crate) needs: Option<&'static str>,
}

pub(crate) fn table(parent: &str) -> String {
    format!("attio.attributes.{parent}")
}

/// An attribute by slug or id, archived ones too.
pub(crate) fn lookup<'a>(store: &'a Store, settings: &Settings, parent: &str, reference: &str) -> Option<&'a Value> {
    let by_slug = names::find(store, parent, reference);
    let row = store.get(&table(parent), by_slug.as_deref().unwrap_or(reference))?;
    (!workspace::hidden(row, settings)).then_some(row)
}

/// All attributes of a parent that are there, in API order.
pub(crate) fn all<'a>(store: &'a Store, settings: &Settings, parent: &str) -> impl Iterator<Item = &'a Value> {
    store.rows(&table(parent)).map(|(_, row)| row).filter(|row| !workspace::hidden(row, settings))
}

/// An attribute by the slugs of its object and itself.
pub(crate) fn named(store: &Store, object: &str, slug: &str) -> Option<Value> {
    let object = objects::any(store, object)?;
    let object = id(&object, "object_id");
    store.get(&table(object), &names::find(store, object, slug)?).cloned()
}

pub(crate) fn empty_config() -> Value {
    json!({
        "currency": {"default_currency_code": null, "display_type": null},
        "record_reference": {"allowed_object_ids": null},
    })
}

/// Puts a new attribute at the end.
pub(crate) fn insert(store: &mut Store, workspace: &str, parent: &str, now: &str, new: New) -> Value {
    let attribute_id = new_id();
    let mut row = json!({
        "id": {"workspace_id": workspace, "object_id": parent, "attribute_id": attribute_id},
        "title": new.title,
        "description": new.description,
        "api_slug": new.slug,
        "type": new.kind,
        "is_system_attribute": new.system,
        "is_writable": new.writable,
        "is_required": new.required,
        "is_unique": new.unique,
        "is_multiselect": new.multiselect,
        "is_default_value_enabled": !new.default.is_null(),
        "is_archived": false,
        "default_value": new.default,
        "relationship": null,
        "created_at": now,
        "config": new.config,
    });
    if let Some(needs) = new.needs {
        row["_needs"] = json!(needs);
    }
    names::claim(store, parent, new.slug, &attribute_id);
    store.put(&table(parent), &attribute_id, row.clone());
    row
}

/// Makes two attributes the two ends of one relationship.
pub(crate) fn link(store: &mut Store, one: (&str, &str), other: (&str, &str)) {
    let (Some(one), Some(other)) = (named(store, one.0, one.1), named(store, other.0, other.1)) else { return };
    for (mut here, there) in [(one.clone(), &other), (other.clone(), &one)] {
        let (parent, attribute) = (id(there, "object_id"), id(there, "attribute_id"));
        here["_reverse"] = json!({"parent": parent, "attribute": attribute});
        here["config"]["record_reference"]["allowed_object_ids"] = json!([parent]);
        store.put(&table(id(&here, "object_id")), id(&here, "attribute_id"), here.clone());
    }
}

/// Removes a deleted object's attributes and the other ends of their relationships.
pub(crate) fn remove_all(store: &mut Store, parent: &str) {
    let rows: Vec<Value> = store.rows(&table(parent)).map(|(_, row)| row.clone()).collect();
    for row in &rows {
        let reverse = reverse(store, row);
        for row in [Some(row), reverse.as_ref()].into_iter().flatten() {
            let (object_id, attribute_id) = (id(row, "object_id"), id(row, "attribute_id"));
            choices::forget(store, attribute_id);
            names::forget(store, &format!("values.{attribute_id}"));
            names::release(store, object_id, text(row, "api_slug"));
            store.remove(&table(object_id), attribute_id);
        }
    }
}

fn reverse(store: &Store, row: &Value) -> Option<Value> {
    let reverse = row.get("_reverse")?;
    store.get(&table(text(reverse, "parent")), text(reverse, "attribute")).cloned()
}

/// The row as it is answered, with the other end of its relationship as it is now.
pub(crate) fn render(store: &Store, row: &Value) -> Value {
    let mut answer = shown(row);
    if let Some(other) = reverse(store, row) {
        let object = objects::any(store, id(&other, "object_id")).unwrap_or_default();
        answer["relationship"] = json!({
            "id": other["id"],
            "object_slug": object["api_slug"],
            "title": other["title"],
            "api_slug": other["api_slug"],
            "is_multiselect": other["is_multiselect"],
        });
    }
    answer
}
