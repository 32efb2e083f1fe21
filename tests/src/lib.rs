//! What crosses crates, tested.

pub mod conformance;
pub mod stage;
