//! What should be, as a declaration says it.

use crate::{Term, Terms};

/// What should be, in comparable form. Only declared fields are here: what is absent is not managed.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Want {
    /// Fields in comparable form, as far as they are known.
    pub fields: Terms,
    /// Fields sent when it is created and left alone afterwards: run states that people move.
    pub create_only: Vec<&'static str>,
    /// Addresses that must be applied before this one though no field refers to them, such as the
    /// option before this one.
    pub after: Vec<String>,
    /// Members of fields that other declarations have, which come with this one.
    pub adds: Vec<Addition>,
}

/// A member of a list that another declaration has: the dashboard that an insight is on, where the dashboard says so.
#[derive(Debug, Clone, PartialEq)]
pub struct Addition {
    /// The address of the other declaration.
    pub to: String,
    /// Its field, in the API's word.
    pub field: &'static str,
    /// The member.
    pub member: Term,
}

impl Want {
    /// Nothing yet.
    pub fn new() -> Self {
        // Most have a few fields, and a list that grows is copied each time.
        Want { fields: Terms::with_capacity(7), ..Want::default() }
    }

    /// Sets a field.
    #[must_use]
    pub fn set(mut self, field: &str, value: impl Into<Term>) -> Self {
        self.fields.insert(field, value);
        self
    }

    /// Sets a field, where there is something to set.
    #[must_use]
    pub fn set_some(self, field: &str, value: Option<impl Into<Term>>) -> Self {
        match value {
            Some(value) => self.set(field, value),
            None => self,
        }
    }

    /// Sets a field that is sent at creation and left alone afterwards.
    #[must_use]
    pub fn set_create_only(mut self, field: &'static str, value: impl Into<Term>) -> Self {
        self.create_only.push(field);
        self.set(field, value)
    }

    /// Adds a member to a list that the declaration of the address `to` has.
    #[must_use]
    pub fn adds(mut self, to: String, field: &'static str, member: Term) -> Self {
        self.adds.push(Addition { to, field, member });
        self
    }

    /// Adds what must come before.
    #[must_use]
    pub fn after(mut self, address: String) -> Self {
        self.after.push(address);
        self
    }
}
