//! Attributes of objects and lists.

use super::error::Problem;
use super::validate::{Field, Kind, Shape};
use super::{Answer, Call, choice, data, fixture, id, list as lists, names, new_id, object, rule, shown, text, value};
use crate::{Settings, Store};
use serde_json::{Value, json};

const TYPES: Kind = Kind::OneOf(&[
    "text",
    "number",
    "checkbox",
    "currency",
    "date",
    "timestamp",
    "rating",
    "status",
    "select",
    "record-reference",
    "actor-reference",
    "location",
    "domain",
    "email-address",
    "phone-number",
    "interaction",
    "personal-name",
]);

const CURRENCY: Shape = Shape {
    fields: &[
        Field::required("default_currency_code", Kind::OneOf(value::CURRENCIES)),
        Field::required("display_type", Kind::OneOf(&["code", "name", "narrowSymbol", "symbol"])),
    ],
    strict: false,
};
const REFERENCE: Shape =
    Shape { fields: &[Field::required("allowed_objects", Kind::List(&Kind::Text, 1))], strict: false };
const CONFIG: Shape = Shape {
    fields: &[
        Field::optional("currency", Kind::Object(&CURRENCY)),
        Field::optional("record_reference", Kind::Object(&REFERENCE)),
    ],
    strict: false,
};
const DYNAMIC: Shape = Shape {
    fields: &[Field::required("type", Kind::OneOf(&["dynamic"])), Field::required("template", Kind::Text)],
    strict: false,
};
const STATIC: Shape = Shape {
    fields: &[
        Field::required("type", Kind::OneOf(&["static"])),
        Field::required("template", Kind::List(&Kind::Any, 0)),
    ],
    strict: false,
};
const DEFAULT: Kind = Kind::Union(&[Kind::Object(&DYNAMIC), Kind::Object(&STATIC), Kind::Null]);
const RELATIONSHIP: Shape = Shape {
    fields: &[
        Field::required("object", Kind::Text),
        Field::required("title", Kind::Text),
        Field::required("api_slug", Kind::Slug),
        Field::required("is_multiselect", Kind::Flag),
    ],
    strict: true,
};

const CREATE: Shape = Shape {
    fields: &[
        Field::required("title", Kind::Text),
        Field::required("description", Kind::Nullable(&Kind::Text)),
        Field::required("api_slug", Kind::Slug),
        Field::required("type", TYPES),
        Field::required("is_required", Kind::Flag),
        Field::required("is_unique", Kind::Flag),
        Field::required("is_multiselect", Kind::Flag),
        Field::optional("default_value", DEFAULT),
        Field::optional("relationship", Kind::Nullable(&Kind::Object(&RELATIONSHIP))),
        Field::required("config", Kind::Object(&CONFIG)),
    ],
    strict: true,
};

const UPDATE: Shape = Shape {
    fields: &[
        Field::optional("title", Kind::Text),
        Field::optional("description", Kind::Nullable(&Kind::Text)),
        Field::optional("api_slug", Kind::Slug),
        Field::optional("is_required", Kind::Flag),
        Field::optional("is_unique", Kind::Flag),
        Field::optional("default_value", DEFAULT),
        Field::optional("config", Kind::Object(&CONFIG)),
        Field::optional("is_archived", Kind::Flag),
    ],
    strict: true,
};

/// The object or list an attribute belongs to.
pub(super) struct Parent {
    pub(super) id: String,
    pub(super) slug: String,
    pub(super) is_list: bool,
}

/// A new attribute.
pub(super) struct New<'a> {
    pub(super) title: &'a str,
    pub(super) description: Value,
    pub(super) slug: &'a str,
    pub(super) kind: &'a str,
    pub(super) system: bool,
    pub(super) writable: bool,
    pub(super) required: bool,
    pub(super) unique: bool,
    pub(super) multiselect: bool,
    pub(super) default: Value,
    pub(super) config: Value,
    /// The standard object without which it is hidden.
    pub(super) needs: Option<&'static str>,
}

fn table(parent: &str) -> String {
    format!("attio.attributes.{parent}")
}

/// The parent a path names.
pub(super) fn parent(call: &Call) -> Result<Parent, Problem> {
    let reference = call.part(1);
    let is_list = call.part(0) == "lists";
    let (row, key) = if is_list {
        (lists::find(call.store, reference).ok_or_else(|| lists::missing(reference))?, "list_id")
    } else {
        (object::find(call, reference).ok_or_else(|| object::missing(reference))?, "object_id")
    };
    Ok(Parent { id: id(&row, key).to_owned(), slug: text(&row, "api_slug").to_owned(), is_list })
}

/// An attribute by slug or id, archived ones too.
pub(super) fn lookup<'a>(store: &'a Store, settings: &Settings, parent: &str, reference: &str) -> Option<&'a Value> {
    let by_slug = names::find(store, parent, reference);
    let row = store.get(&table(parent), by_slug.as_deref().unwrap_or(reference))?;
    (!fixture::hidden(row, settings)).then_some(row)
}

/// Like [`lookup`], with the refusal.
pub(super) fn find(call: &Call, parent: &Parent, reference: &str) -> Result<Value, Problem> {
    let row = lookup(call.store, call.settings, &parent.id, reference).cloned();
    row.ok_or_else(|| Problem::missing(format!("Attribute with slug/ID \"{reference}\" not found.")))
}

/// All attributes of a parent that are there, in API order.
pub(super) fn all<'a>(store: &'a Store, settings: &Settings, parent: &str) -> impl Iterator<Item = &'a Value> {
    store.rows(&table(parent)).map(|(_, row)| row).filter(|row| !fixture::hidden(row, settings))
}

/// An attribute by the slugs of its object and itself.
pub(super) fn named(store: &Store, object: &str, slug: &str) -> Option<Value> {
    let object = object::any(store, object)?;
    let object = id(&object, "object_id");
    store.get(&table(object), &names::find(store, object, slug)?).cloned()
}

pub(super) fn empty_config() -> Value {
    json!({
        "currency": {"default_currency_code": null, "display_type": null},
        "record_reference": {"allowed_object_ids": null},
    })
}

/// Puts a new attribute at the end.
pub(super) fn insert(store: &mut Store, workspace: &str, parent: &str, now: &str, new: New) -> Value {
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
pub(super) fn link(store: &mut Store, one: (&str, &str), other: (&str, &str)) {
    let (Some(one), Some(other)) = (named(store, one.0, one.1), named(store, other.0, other.1)) else { return };
    for (mut here, there) in [(one.clone(), &other), (other.clone(), &one)] {
        let (parent, attribute) = (id(there, "object_id"), id(there, "attribute_id"));
        here["_reverse"] = json!({"parent": parent, "attribute": attribute});
        here["config"]["record_reference"]["allowed_object_ids"] = json!([parent]);
        store.put(&table(id(&here, "object_id")), id(&here, "attribute_id"), here.clone());
    }
}

/// Removes a deleted object's attributes and the other ends of their relationships.
pub(super) fn remove_all(store: &mut Store, parent: &str) {
    let rows: Vec<Value> = store.rows(&table(parent)).map(|(_, row)| row.clone()).collect();
    for row in &rows {
        let reverse = reverse(store, row);
        for row in [Some(row), reverse.as_ref()].into_iter().flatten() {
            let (object_id, attribute_id) = (id(row, "object_id"), id(row, "attribute_id"));
            choice::forget(store, attribute_id);
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
fn render(store: &Store, row: &Value) -> Value {
    let mut answer = shown(row);
    if let Some(other) = reverse(store, row) {
        let object = object::any(store, id(&other, "object_id")).unwrap_or_default();
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

pub(super) fn list(call: &mut Call) -> Answer {
    let limit = call.whole("limit", 1, usize::MAX, usize::MAX)?;
    let offset = call.whole("offset", 0, usize::MAX, 0)?;
    let archived = call.show_archived()?;
    let parent = parent(call)?;
    let rows = all(call.store, call.settings, &parent.id).filter(|row| archived || row["is_archived"] != true);
    data(rows.skip(offset).take(limit).map(|row| render(call.store, row)).collect())
}

pub(super) fn get(call: &mut Call) -> Answer {
    let parent = parent(call)?;
    let row = find(call, &parent, call.part(3))?;
    data(render(call.store, &row))
}

pub(super) fn create(call: &mut Call) -> Answer {
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

pub(super) fn update(call: &mut Call) -> Answer {
    let parent = parent(call)?;
    let mut row = find(call, &parent, call.part(3))?;
    if row["is_system_attribute"] == true {
        return Err(Problem::refused("system_edit_unauthorized", "Cannot update a System attribute."));
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

pub(super) fn taken(parent: &Parent) -> Problem {
    let noun = if parent.is_list { "list" } else { "object" };
    let message = format!(
        "An attribute with the same API slug already exists on this {noun}. Please choose a different API slug."
    );
    Problem::taken(message)
}
