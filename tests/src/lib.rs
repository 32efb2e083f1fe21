//! What crosses crates, tested.

pub mod conformance;
