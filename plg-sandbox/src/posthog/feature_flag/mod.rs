//! Feature flags: one row each, plus an index from key to id so that a key is found at once.

mod rows;

pub(crate) use rows::{FLAGS, create_internal, minimal, remove, set_active, set_filters};
