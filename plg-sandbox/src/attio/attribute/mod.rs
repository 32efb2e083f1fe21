//! Attributes of objects and lists.

pub(crate) mod body;
pub(crate) mod parent;
pub(crate) mod rows;
pub(crate) mod rule;

use super::call::{AttioAnswer, AttioCall, data};
use super::names;
use super::refusal::AttioRefusal;
use super::row::{id, text};
use body::{CREATE, UPDATE};
use parent::{find, parent, taken};
use rows::{New, all, empty_config, insert, link, render, table};
use serde_json::{Value, json};

pub(crate) fn list(call: &mut AttioCall) -> AttioAnswer {
    let limit = call.whole("limit", 1, usize::MAX, usize::MAX)?;
    let offset = call.whole("offset", 0, usize::MAX, 0)?;
    let archived = call.show_archived()?;
    let parent = parent(call)?;
    let rows = all(call.store, call.settings, &parent.id).filter(|row| archived || row["is_archived"] != true);
    data(rows.skip(offset).take(limit).map(|row| render(call.store, row)).collect())
}

pub(crate) fn get(call: &mut AttioCall) -> AttioAnswer {
    let parent = parent(call)?;
    let row = find(call, &parent, call.part(3))?;
    data(render(call.store, &row))
}

pub(crate) fn create(call: &mut AttioCall) -> AttioAnswer {
    let body = Value::Object(call.data(&CREATE)?);
    let parent = parent(call)?;
    let reverse_on = rule::allowed(call, &parent, &body)?;
    let mut config = empty_config();
    rule::configure(call, &mut config, text(&body, "type"), &body["config"])?;
    if let Some((object_id, _)) = &reverse_on {
        config["record_reference"]["allowed_object_ids"] = json!([object_id]);
    }
    let probe = json!({"type": body["type"], "is_multiselect": body["is_multiselect"], "config": config});
    let default = rule::default(call, &probe, &body["default_value"])?;
    let slug = text(&body, "api_slug");
    if names::is_taken(call.store, &parent.id, slug, "") {
        return Err(taken(&parent));
    }
    let now = call.now();
    let new = New {
        title: text(&body, "title"),
        description: body["description"].clone(),
        slug,
        kind: text(&body, "type"),
        system: false,
        writable: true,
        required: body["is_required"] == true,
        unique: body["is_unique"] == true,
        multiselect: body["is_multiselect"] == true,
        default,
        config,
        needs: None,
    };
    let mut row = insert(call.store, &call.workspace, &parent.id, &now, new);
    if let Some((object_id, object_slug)) = reverse_on {
        let other = &body["relationship"];
        let new = New {
            title: text(other, "title"),
            description: Value::Null,
            slug: text(other, "api_slug"),
            kind: "record-reference",
            system: false,
            writable: true,
            required: false,
            unique: false,
            multiselect: other["is_multiselect"] == true,
            default: Value::Null,
            config: empty_config(),
            needs: None,
        };
        insert(call.store, &call.workspace, &object_id, &now, new);
        link(call.store, (&parent.slug, slug), (&object_slug, text(other, "api_slug")));
        row = find(call, &parent, slug)?;
    }
    data(render(call.store, &row))
}

pub(crate) fn update(call: &mut AttioCall) -> AttioAnswer {
    let parent = parent(call)?;
    let mut row = find(call, &parent, call.part(3))?;
    if row["is_system_attribute"] == true {
        return Err(AttioRefusal::refused("system_edit_unauthorized", "Cannot update a System attribute."));
    }
    let changes = call.data(&UPDATE)?;
    let old = text(&row, "api_slug").to_owned();
    for key in ["title", "description", "api_slug", "is_required", "is_unique", "is_archived"] {
        if let Some(value) = changes.get(key) {
            row[key] = value.clone();
        }
    }
    rule::fits(&parent, &row)?;
    if let Some(given) = changes.get("config") {
        let mut config = row["config"].clone();
        rule::configure(call, &mut config, text(&row, "type"), given)?;
        if row.get("_reverse").is_some() && config["record_reference"] != row["config"]["record_reference"] {
            return Err(AttioRefusal::invalid("The allowed objects must contain only the object of the relationship."));
        }
        row["config"] = config;
    }
    if let Some(given) = changes.get("default_value") {
        rule::refuse_default(&parent, given)?;
        let default = rule::default(call, &row, given)?;
        row["is_default_value_enabled"] = json!(!default.is_null());
        row["default_value"] = default;
    }
    let attribute_id = id(&row, "attribute_id").to_owned();
    if names::is_taken(call.store, &parent.id, text(&row, "api_slug"), &attribute_id) {
        return Err(taken(&parent));
    }
    names::release(call.store, &parent.id, &old);
    names::claim(call.store, &parent.id, text(&row, "api_slug"), &attribute_id);
    call.store.put(&table(&parent.id), &attribute_id, row.clone());
    data(render(call.store, &row))
}
