//! Lists.

use super::error::Problem;
use super::validate::{Field, Kind, Shape};
use super::{Answer, Call, attribute, data, entry, fixture, id, names, new_id, object, text};
use crate::Store;
use serde_json::{Value, json};

const TABLE: &str = "attio.lists";
const SLUGS: &str = "lists";
const LEVELS: Kind = Kind::OneOf(&["full-access", "read-and-write", "read-only"]);

const MEMBER: Shape = Shape {
    fields: &[Field::required("workspace_member_id", Kind::Uuid), Field::required("level", LEVELS)],
    strict: false,
};

const CREATE: Shape = Shape {
    fields: &[
        Field::required("name", Kind::Text),
        Field::required("api_slug", Kind::Slug),
        Field::required("parent_object", Kind::Text),
        Field::required("workspace_access", Kind::Nullable(&LEVELS)),
        Field::required("workspace_member_access", Kind::List(&Kind::Object(&MEMBER), 0)),
    ],
    strict: false,
};

const UPDATE: Shape = Shape {
    fields: &[
        Field::optional("name", Kind::Text),
        Field::optional("api_slug", Kind::Slug),
        Field::optional("workspace_access", Kind::Nullable(&LEVELS)),
        Field::optional("workspace_member_access", Kind::List(&Kind::Object(&MEMBER), 0)),
    ],
    strict: false,
};

/// A list by slug or id.
pub(super) fn find(store: &Store, reference: &str) -> Option<Value> {
    let by_slug = names::find(store, SLUGS, reference);
    store.get(TABLE, by_slug.as_deref().unwrap_or(reference)).cloned()
}

pub(super) fn missing(reference: &str) -> Problem {
    Problem::missing(format!("List with slug/ID \"{reference}\" not found."))
}

/// All lists, in order of creation.
pub(super) fn all(store: &Store) -> impl Iterator<Item = &Value> {
    store.rows(TABLE).map(|(_, row)| row)
}

/// The row as it is answered, with its parent's slug as it is now.
fn show(store: &Store, row: &Value) -> Value {
    let mut answer = row.clone();
    let slug = |id: &Value| object::any(store, id.as_str()?).map(|object| object["api_slug"].clone());
    answer["parent_object"] = row["parent_object"].as_array().into_iter().flatten().filter_map(slug).collect();
    answer
}

/// Whether a list takes the records of an object.
pub(super) fn takes(row: &Value, object_id: &str) -> bool {
    row["parent_object"].as_array().is_some_and(|ids| ids.iter().any(|id| id == object_id))
}

/// Removes the lists of an object that is removed, as they cannot be without it.
pub(super) fn forget_of(store: &mut Store, object_id: &str) {
    let rows: Vec<Value> = all(store).filter(|row| takes(row, object_id)).cloned().collect();
    for row in rows {
        let list_id = id(&row, "list_id");
        attribute::remove_all(store, list_id);
        entry::forget_all(store, list_id);
        names::release(store, SLUGS, text(&row, "api_slug"));
        store.remove(TABLE, list_id);
    }
}

pub(super) fn list(call: &mut Call) -> Answer {
    data(all(call.store).map(|row| show(call.store, row)).collect())
}

pub(super) fn get(call: &mut Call) -> Answer {
    let reference = call.part(1);
    data(show(call.store, &find(call.store, reference).ok_or_else(|| missing(reference))?))
}

pub(super) fn create(call: &mut Call) -> Answer {
    let body = Value::Object(call.data(&CREATE)?);
    if !call.settings.lists_plan {
        return Err(Problem::broken("An internal error occurred."));
    }
    let parent = text(&body, "parent_object");
    let Some(parent) = object::find(call, parent) else {
        return Err(Problem::missing(format!("Parent object with slug/ID \"{parent}\" not found.")));
    };
    check_access(call, &body)?;
    let (slug, list_id) = (text(&body, "api_slug"), new_id());
    if names::is_taken(call.store, SLUGS, slug, &list_id) {
        return Err(Problem::taken(format!("A list with api_slug \"{slug}\" already exists.")));
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

pub(super) fn update(call: &mut Call) -> Answer {
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
        return Err(Problem::taken(format!("A list with api_slug \"{slug}\" already exists.")));
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
fn check_access(call: &Call, list: &Value) -> Result<(), Problem> {
    let empty = Vec::new();
    let members = list["workspace_member_access"].as_array().unwrap_or(&empty);
    for member in members {
        let member = text(member, "workspace_member_id");
        if member != fixture::member(call.store) {
            return Err(Problem::unknown(format!("Workspace member with ID \"{member}\" not found.")));
        }
    }
    let full = |access: &Value| access == "full-access";
    if full(&list["workspace_access"]) || members.iter().any(|m| full(&m["level"])) {
        return Ok(());
    }
    Err(Problem::invalid("At least one workspace member or the whole workspace must have full access to the list."))
}
