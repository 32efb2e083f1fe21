//! What should be, as a declaration says it.

use super::Map;
use serde_json::Value as Json;

/// What should be, in comparable form. Only declared fields are here: what is absent is not managed.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Want {
    /// Fields in comparable form, with markers.
    pub fields: Map,
    /// Fields sent when it is created and left alone afterwards: run states that people move.
    pub create_only: Vec<&'static str>,
    /// Addresses that must be applied before this one though no field refers to them, such as the
    /// option before this one.
    pub after: Vec<String>,
}

impl Want {
    /// Nothing yet.
    pub fn new() -> Self {
        // Most have a few fields, and a map that grows is filled anew each time.
        Want { fields: Map::with_capacity(7), ..Want::default() }
    }

    /// Sets a field.
    #[must_use]
    pub fn set(mut self, field: &str, value: impl Into<Json>) -> Self {
        self.fields.insert(field.to_owned(), value.into());
        self
    }

    /// Sets a field, where there is something to set.
    #[must_use]
    pub fn set_some(self, field: &str, value: Option<impl Into<Json>>) -> Self {
        match value {
            Some(value) => self.set(field, value),
            None => self,
        }
    }

    /// Sets a field that is sent at creation and left alone afterwards.
    #[must_use]
    pub fn set_create_only(mut self, field: &'static str, value: impl Into<Json>) -> Self {
        self.create_only.push(field);
        self.set(field, value)
    }

    /// Adds what must come before.
    #[must_use]
    pub fn after(mut self, address: String) -> Self {
        self.after.push(address);
        self
    }
}
