//! What crosses crates, tested.

pub mod conformance;
pub mod hostile;
pub mod stage;
