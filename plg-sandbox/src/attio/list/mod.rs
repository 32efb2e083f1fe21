//! Lists.

pub(crate) mod rows;

use super::call::{AttioAnswer, AttioCall, data};
use super::refusal::AttioRefusal;
use super::row::{id, new_id, text};
use super::schema::{BodyShape, JsonKind, SchemaField};
use super::{member, names};
use crate::attio::object::rows as objects;
use rows::{SLUGS, TABLE, all, find, missing, show};
use serde_json::{Value, json};

const LEVELS: JsonKind = JsonKind::OneOf(&["full-access", "read-and-write", "read-only"]);
const MEMBER: BodyShape = BodyShape {
    fields: &[SchemaField::required("workspace_member_id", JsonKind::Uuid), SchemaField::required("level", LEVELS)],
    strict: false,
};

const CREATE: BodyShape = BodyShape {
    fields: &[
        SchemaField::required("name", JsonKind::Text),
        SchemaField::required("api_slug", JsonKind::Slug),
        SchemaField::required("parent_object", JsonKind::Text),
        SchemaField::required("workspace_access", JsonKind::Nullable(&LEVELS)),
        SchemaField::required("workspace_member_access", JsonKind::List(&JsonKind::Object(&MEMBER), 0)),
    ],
    strict: false,
};

const UPDATE: BodyShape = BodyShape {
    fields: &[
        SchemaField::optional("name", JsonKind::Text),
        SchemaField::optional("api_slug", JsonKind::Slug),
        SchemaField::optional("workspace_access", JsonKind::Nullable(&LEVELS)),
        SchemaField::optional("workspace_member_access", JsonKind::List(&JsonKind::Object(&MEMBER), 0)),
    ],
    strict: false,
};

pub(crate) fn list(call: &mut AttioCall) -> AttioAnswer {
    data(all(call.store).map(|row| show(call.store, row)).collect())
}

pub(crate) fn get(call: &mut AttioCall) -> AttioAnswer {
    let reference = call.part(1);
    data(show(call.store, &find(call.store, reference).ok_or_else(|| missing(reference))?))
}

pub(crate) fn create(call: &mut AttioCall) -> AttioAnswer {
    let body = Value::Object(call.data(&CREATE)?);
    if !call.settings.lists_plan {
        return Err(AttioRefusal::broken("An internal error occurred."));
    }
    let parent = text(&body, "parent_object");
    let Some(parent) = objects::find(call, parent) else {
        return Err(AttioRefusal::missing(format!("Parent object with slug/ID \"{parent}\" not found.")));
    };
    check_access(call, &body)?;
    let (slug, list_id) = (text(&body, "api_slug"), new_id());
    if names::is_taken(call.store, SLUGS, slug, &list_id) {
        return Err(AttioRefusal::taken(format!("A list with api_slug \"{slug}\" already exists.")));
    }
    let row = json!({
        "id": {"workspace_id": call.workspace, "list_id": list_id},
        "api_slug": slug,
        "created_at": call.now(),
        "name": body["name"],
        "workspace_access": body["workspace_access"],
        "workspace_member_access": members(&body),
        "parent_object": [parent["id"]["object_id"]],
        "created_by_actor": call.actor(),
    });
    names::claim(call.store, SLUGS, slug, &list_id);
    call.store.put(TABLE, &list_id, row.clone());
    data(show(call.store, &row))
}

pub(crate) fn update(call: &mut AttioCall) -> AttioAnswer {
    let changes = Value::Object(call.data(&UPDATE)?);
    let reference = call.part(1);
    let mut row = find(call.store, reference).ok_or_else(|| missing(reference))?;
    let list_id = id(&row, "list_id").to_owned();
    let old = text(&row, "api_slug").to_owned();
    for key in ["name", "api_slug", "workspace_access"] {
        if let Some(value) = changes.get(key) {
            row[key] = value.clone();
        }
    }
    if changes.get("workspace_member_access").is_some() {
        row["workspace_member_access"] = members(&changes);
    }
    check_access(call, &row)?;
    let slug = text(&row, "api_slug");
    if names::is_taken(call.store, SLUGS, slug, &list_id) {
        return Err(AttioRefusal::taken(format!("A list with api_slug \"{slug}\" already exists.")));
    }
    names::release(call.store, SLUGS, &old);
    names::claim(call.store, SLUGS, slug, &list_id);
    call.store.put(TABLE, &list_id, row.clone());
    data(show(call.store, &row))
}

fn members(body: &Value) -> Value {
    let one = |m: &Value| json!({"level": m["level"], "workspace_member_id": m["workspace_member_id"]});
    body["workspace_member_access"].as_array().into_iter().flatten().map(one).collect()
}

/// Somebody must have full access, and every member must exist.
fn check_access(call: &AttioCall, list: &Value) -> Result<(), AttioRefusal> {
    let empty = Vec::new();
    let members = list["workspace_member_access"].as_array().unwrap_or(&empty);
    for one in members {
        member::known(call.store, text(one, "workspace_member_id"))?;
    }
    let full = |access: &Value| access == "full-access";
    if full(&list["workspace_access"]) || members.iter().any(|m| full(&m["level"])) {
        return Ok(());
    }
    Err(AttioRefusal::invalid(
        "At least one workspace member or the whole workspace must have full access to the list.",
    ))
}
