//! The object or list an attribute belongs to, as a path names it.

use super::rows::lookup;
use crate::attio::call::AttioCall;
use crate::attio::list::rows as lists;
use crate::attio::object::rows as objects;
use crate::attio::refusal::AttioRefusal;
use crate::attio::row::{id, text};
use serde_json::Value;

/// The object or list an attribute belongs to.
pub(crate) struct Parent {
    pub(crate) id: String,
    pub(crate) slug: String,
    pub(crate) is_list: bool,
}

/// The parent a path names.
pub(crate) fn parent(call: &AttioCall) -> Result<Parent, AttioRefusal> {
    let reference = call.part(1);
    let is_list = call.part(0) == "lists";
    let (row, key) = if is_list {
        (lists::find(call.store, reference).ok_or_else(|| lists::missing(reference))?, "list_id")
    } else {
        (objects::find(call, reference).ok_or_else(|| objects::missing(reference))?, "object_id")
    };
    Ok(Parent { id: id(&row, key).to_owned(), slug: text(&row, "api_slug").to_owned(), is_list })
}

/// Like [`lookup`], with the refusal.
pub(crate) fn find(call: &AttioCall, parent: &Parent, reference: &str) -> Result<Value, AttioRefusal> {
    let row = lookup(call.store, call.settings, &parent.id, reference).cloned();
    row.ok_or_else(|| AttioRefusal::missing(format!("Attribute with slug/ID \"{reference}\" not found.")))
}

pub(crate) fn taken(parent: &Parent) -> AttioRefusal {
    let noun = if parent.is_list { "list" } else { "object" };
    let message = format!(
        "An attribute with the same API slug already exists on this {noun}. Please choose a different API slug."
    );
    AttioRefusal::taken(message)
}
